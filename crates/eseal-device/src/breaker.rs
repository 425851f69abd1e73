//! The circuit breaker of a device (熔断器): who fails again and again rests, and longer each time.

use std::time::{Duration, Instant};

/// Pause after the second grave failure in a row; the first has none, each further one doubles it.
const PAUSE_MIN: Duration = Duration::from_millis(100);
/// Longest pause: an operator who mended the device does not wait longer.
const PAUSE_MAX: Duration = Duration::from_secs(30);
/// Failures of single requests that are forgiven; the process ending or hanging is grave and counts for as many.
const FORGIVEN: u32 = 5;

/// Whether requests go through (熔断状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// They do.
    Closed,
    /// They are refused at once, until a pause is over.
    Open,
    /// The pause is over, and one request tries.
    HalfOpen,
}

impl BreakerState {
    /// As health pages and metrics write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
        }
    }
}

/// Counts failures in a row.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    failures: u32,
    open_until: Option<Instant>,
    trying_until: Option<Instant>,
}

impl Breaker {
    /// Whether a request may go through; after a pause, one at a time, until one of them succeeds.
    pub(crate) fn allows(&mut self, now: Instant) -> bool {
        match self.state(now) {
            BreakerState::Closed => true,
            BreakerState::Open => false,
            BreakerState::HalfOpen if self.trying_until.is_some_and(|until| now < until) => false,
            BreakerState::HalfOpen => {
                self.trying_until = Some(now + PAUSE_MAX); // whoever tries may never say how it went
                true
            }
        }
    }

    pub(crate) fn state(&self, now: Instant) -> BreakerState {
        match self.open_until {
            None => BreakerState::Closed,
            Some(until) if now < until => BreakerState::Open,
            Some(_) => BreakerState::HalfOpen,
        }
    }

    pub(crate) fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// A failure; a grave one ended the process.
    pub(crate) fn failed(&mut self, now: Instant, is_grave: bool) {
        self.failures = self.failures.saturating_add(if is_grave { FORGIVEN } else { 1 });
        self.trying_until = None;
        let beyond = self.failures.saturating_sub(FORGIVEN);
        if beyond > 0 {
            let doublings = (beyond - 1) / if is_grave { FORGIVEN } else { 1 };
            self.open_until = Some(now + PAUSE_MIN.saturating_mul(1 << doublings.min(16)).min(PAUSE_MAX));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_grave_failure_is_forgiven_the_next_ones_pause_longer_and_longer() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        breaker.failed(now, true);
        assert!(breaker.allows(now));
        breaker.failed(now, true);
        assert!(!breaker.allows(now));
        let later = now + PAUSE_MIN;
        assert_eq!(breaker.state(later), BreakerState::HalfOpen);
        assert!(breaker.allows(later));
        assert!(!breaker.allows(later), "only one tries");
        breaker.failed(later, true);
        assert!(!breaker.allows(later + PAUSE_MIN));
        assert!(breaker.allows(later + 2 * PAUSE_MIN));
        breaker.succeeded();
        assert!(breaker.allows(later));
    }

    #[test]
    fn single_requests_may_fail_some_times_and_a_success_forgets_them() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..FORGIVEN {
            breaker.failed(now, false);
            assert!(breaker.allows(now));
        }
        breaker.failed(now, false);
        assert!(!breaker.allows(now));
        for _ in 0..100 {
            breaker.failed(now, false);
        }
        assert!(breaker.allows(now + PAUSE_MAX));
        breaker.succeeded();
        breaker.failed(now, false);
        assert!(breaker.allows(now));
    }
}
