//! Processor time of this thread (处理器时间).

use std::{
    fs,
    time::{Duration, Instant},
};

/// Shortest measurement: scheduling and cold caches no longer show.
const LEAST: Duration = Duration::from_millis(500);

/// A stopwatch of processor time; of wall time where the system does not tell it.
pub(crate) struct Timer {
    cpu: Option<Duration>,
    wall: Instant,
}

impl Timer {
    pub(crate) fn start() -> Self {
        Self { cpu: cpu_time(), wall: Instant::now() }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        match (self.cpu, cpu_time()) {
            (Some(start), Some(now)) => now.saturating_sub(start),
            _ => self.wall.elapsed(),
        }
    }
}

/// What this thread has used, from `/proc/thread-self/schedstat`: nanoseconds on a processor.
fn cpu_time() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// How often `work` is done a second of processor time; one round is not counted.
pub(crate) fn per_second<E>(mut work: impl FnMut() -> Result<(), E>) -> Result<f64, E> {
    work()?;
    let timer = Timer::start();
    let mut rounds = 0_u32;
    // Asking for the time costs microseconds: ask ever more rarely.
    let mut until = 1;
    loop {
        work()?;
        rounds += 1;
        if rounds >= until {
            let elapsed = timer.elapsed();
            if elapsed >= LEAST {
                return Ok(f64::from(rounds) / elapsed.as_secs_f64());
            }
            until = rounds.saturating_mul(2);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn work_takes_processor_time_and_waiting_does_not() {
        let timer = Timer::start();
        std::thread::sleep(Duration::from_millis(30));
        let waited = timer.elapsed();
        let rate = per_second(|| {
            std::hint::black_box((0..10_000_u64).fold(0, |sum, number| sum ^ number.wrapping_mul(31)));
            Ok::<_, Infallible>(())
        });
        assert!(rate.is_ok_and(|rate| rate > 1.0));
        assert!(cpu_time().is_none() || waited < Duration::from_millis(30));
    }
}
