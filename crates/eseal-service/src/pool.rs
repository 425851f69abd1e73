//! Parsing and signing away from the event loop, a bounded number at once (计算线程池).

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::{Error, Result};

/// Bounded pool of blocking work.
#[derive(Clone, Debug)]
pub struct Pool(Arc<Semaphore>);

impl Pool {
    /// At most `width` pieces of work at once, at least one.
    #[must_use]
    pub fn new(width: usize) -> Self {
        Self(Arc::new(Semaphore::new(width.clamp(1, Semaphore::MAX_PERMITS))))
    }

    /// Runs `work` on a blocking thread, when there is room.
    ///
    /// # Errors
    /// What `work` gives; [`Error::Internal`] if it panicked.
    pub async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T> + Send + 'static,
    {
        let permit = self.0.clone().acquire_owned().await.map_err(|error| Error::Internal(error.to_string()))?;
        let span = tracing::Span::current();
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            span.in_scope(work)
        })
        .await
        .map_err(|error| {
            Error::Internal(if error.is_panic() { "a piece of work panicked".into() } else { error.to_string() })
        })?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_internal_error_and_frees_its_place() {
        let pool = Pool::new(1);
        let result: Result<()> = pool.run(|| panic!("on purpose")).await;
        assert!(matches!(result, Err(Error::Internal(_))));
        assert_eq!(pool.run(|| Ok(7)).await.unwrap(), 7);
    }
}
