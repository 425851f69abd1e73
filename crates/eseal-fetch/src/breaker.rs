//! Hosts that do not answer are left alone (熔断): after some failures in a row nothing is asked for a while, then one
//! request tries again.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use crate::{FetchError, Limits, Origin};

#[derive(Debug, Default)]
struct Health {
    failures: u32,
    /// Nothing is asked before this.
    closed_until: Option<Timestamp>,
}

/// Health of every host that was asked; the allow-list bounds their number.
#[derive(Debug, Default)]
pub(crate) struct Breaker(Mutex<HashMap<Origin, Health>>);

impl Breaker {
    /// Whether the host may be asked now.
    pub(crate) fn check(&self, origin: &Origin, now: Timestamp, limits: &Limits) -> Result<(), FetchError> {
        let mut hosts = self.lock();
        let Some(health) = hosts.get_mut(origin) else { return Ok(()) };
        match health.closed_until {
            Some(until) if now < until => Err(FetchError::LeftAlone { origin: origin.to_string() }),
            Some(_) => {
                // This request tries; others wait for what it finds.
                health.closed_until = Some(later(now, limits));
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Notes how a request ended.
    pub(crate) fn note(&self, origin: &Origin, is_outage: bool, now: Timestamp, limits: &Limits) {
        let mut hosts = self.lock();
        if !is_outage {
            hosts.remove(origin);
            return;
        }
        let health = hosts.entry(origin.clone()).or_default();
        health.failures = health.failures.saturating_add(1);
        if health.failures >= limits.failures {
            if health.closed_until.is_none() {
                tracing::warn!(%origin, "{origin} does not answer and is left alone for a while");
            }
            health.closed_until = Some(later(now, limits));
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Origin, Health>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn later(now: Timestamp, limits: &Limits) -> Timestamp {
    let rest = SignedDuration::try_from(limits.left_alone).unwrap_or(SignedDuration::MAX);
    now.saturating_add(rest).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_fails_is_left_alone_and_tried_again_once() {
        let (breaker, limits) = (Breaker::default(), Limits::default());
        let origin: Origin = "https://a.example".parse().unwrap();
        let at = |seconds: i64| Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        for _ in 0..limits.failures {
            assert_eq!(breaker.check(&origin, at(0), &limits), Ok(()));
            breaker.note(&origin, true, at(0), &limits);
        }
        assert!(breaker.check(&origin, at(59), &limits).is_err());
        assert_eq!(breaker.check(&origin, at(60), &limits), Ok(()));
        assert!(breaker.check(&origin, at(61), &limits).is_err(), "one request tries");
        breaker.note(&origin, false, at(62), &limits);
        assert_eq!(breaker.check(&origin, at(62), &limits), Ok(()));
        breaker.note(&origin, true, at(63), &limits);
        assert_eq!(breaker.check(&origin, at(63), &limits), Ok(()), "counted from the start again");
    }
}
