//! How often somebody may ask (限流): so many requests a minute, spread evenly once a minute's worth is used up.
//!
//! Counted inside this process: several servers together let through several times as many.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

use crate::{App, Caller, Error, Identity, Result, config::Limits};

/// A minute in microseconds.
const MINUTE_US: i64 = 60_000_000;
/// Callers that are remembered before those who have been quiet are forgotten: 10 MB.
const REMEMBERED: usize = 100_000;

/// Who asked how often.
#[derive(Debug)]
pub struct RateLimits {
    device_per_minute: u32,
    public_per_minute: u32,
    callers: Mutex<HashMap<String, i64>>,
}

impl RateLimits {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            device_per_minute: limits.system_requests_per_minute,
            public_per_minute: limits.public_requests_per_minute,
            callers: Mutex::default(),
        }
    }

    /// Counts one request.
    ///
    /// The number kept is the moment at which everything asked for so far would have been answered at the even rate
    /// (GCRA): who is a minute ahead of that has to wait.
    fn count(&self, caller: String, per_minute: u32, now: Timestamp) -> Result<()> {
        let now = now.as_microsecond();
        let step = MINUTE_US / i64::from(per_minute.max(1));
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if callers.len() >= REMEMBERED && !callers.contains_key(&caller) {
            callers.retain(|_, until| *until > now);
        }
        let until = callers.get(&caller).copied().unwrap_or(now).max(now).saturating_add(step);
        let ahead = until.saturating_sub(now).saturating_sub(MINUTE_US);
        if ahead > 0 || callers.len() >= REMEMBERED && !callers.contains_key(&caller) {
            let wait = u64::try_from(ahead.max(step)).unwrap_or_default();
            return Err(Error::TooManyRequests { retry_after: Duration::from_secs(wait.div_ceil(1_000_000)) });
        }
        callers.insert(caller, until);
        Ok(())
    }
}

/// Whether the caller may ask once more; counts it.
///
/// # Errors
/// [`Error::TooManyRequests`] with the time to wait.
pub fn check_rate(app: &App, caller: &Caller) -> Result<()> {
    let now = app.clock.now();
    match &caller.identity {
        Identity::System(system) => {
            app.rates.count(format!("system:{}", system.system_id), system.requests_per_minute, now)
        }
        Identity::Device(device) => {
            app.rates.count(format!("device:{}", device.device_id), app.rates.device_per_minute, now)
        }
        Identity::Public => {
            app.rates.count(format!("public:{}", neighbourhood(caller.address)), app.rates.public_per_minute, now)
        }
    }
}

/// The address; of IPv6 its network, since whoever has one address there has 2⁶⁴.
fn neighbourhood(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => address.segments().iter().take(4).map(|part| format!("{part:x}:")).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> RateLimits {
        RateLimits { device_per_minute: 1, public_per_minute: 1, callers: Mutex::default() }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).unwrap()
    }

    #[test]
    fn a_minutes_worth_may_come_at_once_and_then_one_by_one() {
        let limits = limits();
        for _ in 0..30 {
            limits.count("a".into(), 30, at(0)).unwrap();
        }
        let Err(Error::TooManyRequests { retry_after }) = limits.count("a".into(), 30, at(0)) else { panic!() };
        assert_eq!(retry_after, Duration::from_secs(2));
        limits.count("b".into(), 30, at(0)).unwrap();
        limits.count("a".into(), 30, at(2)).unwrap();
        assert!(limits.count("a".into(), 30, at(2)).is_err());
        limits.count("a".into(), 30, at(100)).unwrap();
    }

    #[test]
    fn the_quiet_are_forgotten() {
        let limits = limits();
        for number in 0..REMEMBERED {
            limits.count(number.to_string(), 60, at(0)).unwrap();
        }
        assert!(limits.count("one more".into(), 60, at(0)).is_err());
        limits.count("one more".into(), 60, at(2)).unwrap();
        assert_eq!(limits.callers.lock().unwrap().len(), 1);
    }

    #[test]
    fn neighbours_in_ipv6_count_together() {
        let same = |a: &str, b: &str| neighbourhood(a.parse().unwrap()) == neighbourhood(b.parse().unwrap());
        assert!(same("2001:db8::1", "2001:db8::ffff"));
        assert!(!same("2001:db8:0:1::1", "2001:db8:0:2::1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
        assert!(same("192.0.2.1", "::ffff:192.0.2.1"));
    }
}
