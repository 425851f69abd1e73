//! What was had already (缓存): answers until they are stale, failures for a short while, equal requests once.

use std::{
    collections::HashMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use jiff::Timestamp;

use crate::FetchError;

/// An answer, or why there is none.
pub(crate) type Answer = Result<Arc<[u8]>, FetchError>;
/// SM3 of a request.
pub(crate) type Key = [u8; 32];

/// What a failure and the bookkeeping of any entry are counted as.
const ENTRY_BYTES: u64 = 256;

/// A request that is under way: others wait for its answer.
#[derive(Debug, Default)]
struct Flight {
    answer: Mutex<Option<Answer>>,
    landed: Condvar,
}

#[derive(Debug)]
enum Entry {
    Running(Arc<Flight>),
    Ready { answer: Answer, until: Timestamp, bytes: u64, used: u64 },
}

#[derive(Debug, Default)]
struct State {
    entries: HashMap<Key, Entry>,
    bytes: u64,
    uses: u64,
}

/// Answers by request, bounded by bytes; the one that was not used for longest goes first.
#[derive(Debug)]
pub(crate) struct Cache {
    state: Mutex<State>,
    limit_bytes: u64,
}

impl Cache {
    pub(crate) fn new(limit_bytes: u64) -> Self {
        Self { state: Mutex::default(), limit_bytes }
    }

    /// The answer that is there, the one that somebody is getting, or the one of `ask`, which says until when it is good.
    pub(crate) fn get_or(
        &self,
        key: Key,
        now: Timestamp,
        deadline: Instant,
        ask: impl FnOnce() -> (Answer, Option<Timestamp>),
    ) -> Answer {
        let flight = {
            let mut state = self.lock();
            match state.find(&key, now) {
                Found::Ready(answer) => return answer,
                Found::Running(flight) => {
                    drop(state);
                    return flight.wait(deadline);
                }
                Found::Nothing => {
                    let flight = Arc::new(Flight::default());
                    state.entries.insert(key, Entry::Running(flight.clone()));
                    flight
                }
            }
        };
        // Whatever happens to `ask`, those who wait are told.
        let mut landing = Landing { cache: self, key, flight: &flight, result: None };
        let (answer, until) = ask();
        landing.result = Some((answer.clone(), until.filter(|until| *until > now)));
        drop(landing);
        answer
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Found {
    Ready(Answer),
    Running(Arc<Flight>),
    Nothing,
}

impl State {
    fn find(&mut self, key: &Key, now: Timestamp) -> Found {
        self.uses = self.uses.saturating_add(1);
        let uses = self.uses;
        match self.entries.get_mut(key) {
            Some(Entry::Ready { answer, until, used, .. }) if now < *until => {
                *used = uses;
                Found::Ready(answer.clone())
            }
            Some(Entry::Running(flight)) => Found::Running(flight.clone()),
            Some(Entry::Ready { .. }) => {
                self.remove(key);
                Found::Nothing
            }
            None => Found::Nothing,
        }
    }

    fn remove(&mut self, key: &Key) {
        if let Some(Entry::Ready { bytes, .. }) = self.entries.remove(key) {
            self.bytes = self.bytes.saturating_sub(bytes);
        }
    }

    fn keep(&mut self, key: Key, answer: Answer, until: Timestamp, limit_bytes: u64) {
        let length = answer.as_ref().map_or(0, |bytes| bytes.len());
        let bytes = u64::try_from(length).unwrap_or(u64::MAX).saturating_add(ENTRY_BYTES);
        if bytes > limit_bytes {
            return;
        }
        self.bytes = self.bytes.saturating_add(bytes);
        self.entries.insert(key, Entry::Ready { answer, until, bytes, used: self.uses });
        while self.bytes > limit_bytes {
            let ready = self.entries.iter().filter_map(|(key, entry)| match entry {
                Entry::Ready { used, .. } => Some((*used, *key)),
                Entry::Running(_) => None,
            });
            let Some((_, oldest)) = ready.min() else { return };
            self.remove(&oldest);
        }
    }
}

impl Flight {
    fn wait(&self, deadline: Instant) -> Answer {
        let mut answer = self.answer.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(answer) = &*answer {
                return answer.clone();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(FetchError::TimedOut);
            }
            answer = self.landed.wait_timeout(answer, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Ends a flight, even if it crashed.
struct Landing<'a> {
    cache: &'a Cache,
    key: Key,
    flight: &'a Flight,
    result: Option<(Answer, Option<Timestamp>)>,
}

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        let crashed = || (Err(FetchError::Unreachable("the request broke off".into())), None);
        let (answer, until) = self.result.take().unwrap_or_else(crashed);
        let mut state = self.cache.lock();
        state.entries.remove(&self.key);
        if let Some(until) = until {
            state.keep(self.key, answer.clone(), until, self.cache.limit_bytes);
        }
        drop(state);
        *self.flight.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        self.flight.landed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(200)
    }

    fn bytes(length: usize) -> Answer {
        Ok(vec![7; length].into())
    }

    #[test]
    fn an_answer_is_kept_until_it_is_stale() {
        let cache = Cache::new(10_000);
        let mut asked = 0;
        for (now, expected) in [(0, 1), (9, 1), (10, 2), (11, 2)] {
            let _ = cache.get_or([1; 32], at(now), soon(), || {
                asked += 1;
                (bytes(3), Some(at(now + 10)))
            });
            assert_eq!(asked, expected, "{now}");
        }
    }

    #[test]
    fn the_oldest_answers_go_when_there_is_no_room() {
        let cache = Cache::new(3 * 1_000 + 3 * ENTRY_BYTES);
        let ask = |key: u8, expected: bool| {
            let mut asked = false;
            let _ = cache.get_or([key; 32], at(0), soon(), || {
                asked = true;
                (bytes(1_000), Some(at(100)))
            });
            assert_eq!(asked, expected, "{key}");
        };
        ask(1, true);
        ask(2, true);
        ask(3, true);
        ask(1, false);
        ask(4, true);
        ask(1, false);
        ask(2, true);
        let huge = cache.get_or([9; 32], at(0), soon(), || (bytes(100_000), Some(at(100))));
        assert_eq!(huge.unwrap().len(), 100_000);
        ask(1, false);
    }

    #[test]
    fn equal_requests_at_one_time_are_one() {
        let cache = Cache::new(10_000);
        let asked = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| {
                    let answer = cache.get_or([1; 32], at(0), Instant::now() + Duration::from_secs(5), || {
                        asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        std::thread::sleep(Duration::from_millis(100));
                        (bytes(3), None)
                    });
                    assert_eq!(answer.unwrap().len(), 3);
                });
            }
        });
        assert_eq!(asked.into_inner(), 1);
    }

    #[test]
    fn those_who_wait_are_told_of_a_crash() {
        let cache = Cache::new(10_000);
        std::thread::scope(|scope| {
            let crash = scope.spawn(|| {
                cache.get_or([1; 32], at(0), soon(), || {
                    std::thread::sleep(Duration::from_millis(50));
                    std::panic::resume_unwind(Box::new("on purpose"))
                })
            });
            std::thread::sleep(Duration::from_millis(20));
            let patience = Instant::now() + Duration::from_secs(5);
            let waited = cache.get_or([1; 32], at(0), patience, || (bytes(1), None));
            assert!(matches!(waited, Err(FetchError::Unreachable(_))), "{waited:?}");
            assert!(crash.join().is_err());
        });
        assert!(cache.get_or([1; 32], at(0), soon(), || (bytes(1), None)).is_ok());
    }
}
