//! How often a page may ask (频率限制).

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::AgentError;

/// Requests of one origin within a window: a person signs some batches a minute, and lists keys before each.
pub(crate) const REQUESTS: usize = 60;
/// The window.
const WINDOW: Duration = Duration::from_secs(60);

/// Requests of the last minute by origin; origins are those of the policy, so that there are not many.
#[derive(Debug, Default)]
pub(crate) struct Limits(Mutex<HashMap<String, Vec<Instant>>>);

impl Limits {
    /// Counts a request.
    pub(crate) fn count(&self, origin: &str, now: Instant) -> Result<(), AgentError> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let times = all.entry(origin.to_owned()).or_default();
        times.retain(|time| now.duration_since(*time) < WINDOW);
        if times.len() >= REQUESTS {
            let oldest = times.first().map_or(WINDOW, |time| WINDOW.saturating_sub(now.duration_since(*time)));
            return Err(AgentError::TooMany { retry_after_s: oldest.as_secs() + 1 });
        }
        times.push(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_asks_too_often_waits_and_others_do_not() {
        let (limits, start) = (Limits::default(), Instant::now());
        for _ in 0..REQUESTS {
            assert_eq!(limits.count("a", start), Ok(()));
        }
        assert_eq!(limits.count("a", start + Duration::from_secs(10)), Err(AgentError::TooMany { retry_after_s: 51 }));
        assert_eq!(limits.count("b", start), Ok(()));
        assert_eq!(limits.count("a", start + WINDOW), Ok(()));
    }
}
