//! How many requests run at once (并发限制), in all and to one host.

use std::{
    collections::HashMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use crate::{FetchError, Limits, Origin};

#[derive(Debug, Default)]
struct Running {
    all: usize,
    by_host: HashMap<Origin, usize>,
}

/// Counts running requests.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    running: Mutex<Running>,
    freed: Condvar,
}

/// The right to run one request; given back when dropped.
pub(crate) struct Slot<'a> {
    slots: &'a Slots,
    origin: Origin,
}

impl Slots {
    /// Waits for a place until `deadline`.
    pub(crate) fn take(&self, origin: &Origin, limits: &Limits, deadline: Instant) -> Result<Slot<'_>, FetchError> {
        let mut running = self.lock();
        loop {
            let of_host = running.by_host.get(origin).copied().unwrap_or(0);
            if running.all < limits.at_once && of_host < limits.at_once_per_host {
                running.all = running.all.saturating_add(1);
                running.by_host.insert(origin.clone(), of_host.saturating_add(1));
                return Ok(Slot { slots: self, origin: origin.clone() });
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(FetchError::Busy);
            }
            running = self.freed.wait_timeout(running, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut running = self.slots.lock();
        running.all = running.all.saturating_sub(1);
        match running.by_host.get_mut(&self.origin) {
            Some(count) if *count > 1 => *count = count.saturating_sub(1),
            _ => {
                running.by_host.remove(&self.origin);
            }
        }
        drop(running);
        self.slots.freed.notify_all();
    }
}
