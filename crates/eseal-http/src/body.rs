//! Reading bodies (请求体): piece by piece, within limits, hashed on the way, never longer than someone waits.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, BodyDataStream};
use bytes::{Bytes, BytesMut};
use eseal_gm::Sm3;
use eseal_service::{Error, Result};
use futures::{Stream, StreamExt};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout, timeout_at},
};

use crate::limits::{BODY_SILENCE, BODY_TIME, DRAIN_BYTES, DRAIN_TIME, MEMORY_WAIT, STREAM_TIME};

/// A body on its way in, with what was read of it so far.
pub(crate) struct Incoming {
    stream: BodyDataStream,
    read: BytesMut,
    hash: Sm3,
    ended: bool,
    deadline: Instant,
    /// Share of the memory for bodies.
    share: Option<OwnedSemaphorePermit>,
}

/// A body that was read, and the share of memory that it takes.
pub(crate) struct Whole {
    pub(crate) bytes: Bytes,
    _share: Option<OwnedSemaphorePermit>,
}

impl Incoming {
    pub(crate) fn new(body: Body) -> Self {
        Self {
            stream: body.into_data_stream(),
            read: BytesMut::new(),
            hash: Sm3::new(),
            ended: false,
            deadline: Instant::now() + BODY_TIME,
            share: None,
        }
    }

    /// What was read so far.
    pub(crate) fn start(&self) -> &[u8] {
        &self.read
    }

    /// SM3 of what was read so far.
    pub(crate) fn sm3(&self) -> [u8; 32] {
        self.hash.clone().finish()
    }

    /// Reads until at least `bytes` are there or the body ends.
    pub(crate) async fn read_start(&mut self, bytes: u64) -> Result<()> {
        while !self.ended && length(self.read.len()) < bytes {
            self.read_piece().await?;
        }
        Ok(())
    }

    /// Reads all of it if it is not longer than `limit_bytes`.
    ///
    /// `announced` is the length that the head states, `memory` what all bodies share, in KiB.
    pub(crate) async fn read_all(
        &mut self,
        limit_bytes: u64,
        announced: Option<u64>,
        memory: &Arc<Semaphore>,
    ) -> Result<()> {
        if announced.is_some_and(|length| length > limit_bytes) {
            return Err(Error::FileTooLarge { limit_bytes });
        }
        if !self.ended && self.share.is_none() {
            self.share = Some(share_of(memory, announced.unwrap_or(limit_bytes)).await?);
        }
        while !self.ended {
            self.read_piece().await?;
            if length(self.read.len()) > limit_bytes {
                return Err(Error::FileTooLarge { limit_bytes });
            }
        }
        if length(self.read.len()) > limit_bytes { Err(Error::FileTooLarge { limit_bytes }) } else { Ok(()) }
    }

    /// The body, once it was read.
    pub(crate) fn into_whole(self) -> Whole {
        Whole { bytes: self.read.freeze(), _share: self.share }
    }

    /// Reads on for a while without keeping anything: the caller is still writing and would miss the answer.
    pub(crate) async fn drain(self) {
        if self.ended {
            return;
        }
        let mut stream = self.stream;
        let rest = async {
            let mut left = DRAIN_BYTES;
            while let Some(Ok(piece)) = stream.next().await {
                left = left.saturating_sub(length(piece.len()));
                if left == 0 {
                    break;
                }
            }
        };
        let _ = timeout(DRAIN_TIME, rest).await;
    }

    /// All pieces, those first that were read already; a silent or endless sender is given up.
    pub(crate) fn into_pieces(self) -> impl Stream<Item = Result<Bytes>> + Send {
        let read = self.read.freeze();
        let start = futures::stream::iter((!read.is_empty()).then_some(Ok(read)));
        let (ended, deadline) = (self.ended, Instant::now() + STREAM_TIME);
        let rest = futures::stream::try_unfold((self.stream, ended), move |(mut stream, ended)| async move {
            if ended {
                return Ok(None);
            }
            let piece = next_piece(&mut stream, deadline).await?;
            Ok(piece.map(|piece| (piece, (stream, false))))
        });
        start.chain(rest)
    }

    async fn read_piece(&mut self) -> Result<()> {
        match next_piece(&mut self.stream, self.deadline).await? {
            Some(piece) => {
                self.hash.update(&piece);
                self.read.extend_from_slice(&piece);
            }
            None => self.ended = true,
        }
        Ok(())
    }
}

/// The next piece, if it comes in time.
async fn next_piece(stream: &mut BodyDataStream, deadline: Instant) -> Result<Option<Bytes>> {
    match timeout_at(deadline.min(Instant::now() + BODY_SILENCE), stream.next()).await {
        Ok(piece) => piece.transpose().map_err(|error| broken(&error)),
        Err(_) => Err(Error::InvalidEnvelope { problem: "the body did not come in time".into() }),
    }
}

/// A share of the memory for bodies.
pub(crate) async fn share_of(memory: &Arc<Semaphore>, bytes: u64) -> Result<OwnedSemaphorePermit> {
    share_in_time(memory, bytes, MEMORY_WAIT).await
}

async fn share_in_time(memory: &Arc<Semaphore>, bytes: u64, wait: Duration) -> Result<OwnedSemaphorePermit> {
    let kibibytes = u32::try_from(bytes.div_ceil(1 << 10)).unwrap_or(u32::MAX).max(1);
    match timeout(wait, memory.clone().acquire_many_owned(kibibytes)).await {
        Ok(permit) => permit.map_err(|error| Error::Internal(error.to_string())),
        Err(_) => Err(Error::TooManyRequests { retry_after: MEMORY_WAIT }),
    }
}

fn broken(error: &axum::Error) -> Error {
    // The connection broke or the framing is wrong: the caller's, and nobody is likely to read the answer.
    Error::InvalidEnvelope { problem: format!("the body broke off: {error}") }
}

pub(crate) fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

/// Pieces of a body, hashed as they pass, within a limit; shared between the reader of a form and whoever reads the rest.
#[derive(Clone)]
pub(crate) struct Hashed(Arc<Mutex<HashedInner>>);

struct HashedInner {
    pieces: Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>,
    hash: Sm3,
    limit_bytes: u64,
    size: u64,
    failure: Option<Error>,
    rests: bool,
}

impl Hashed {
    pub(crate) fn new(pieces: impl Stream<Item = Result<Bytes>> + Send + 'static, limit_bytes: u64) -> Self {
        Self(Arc::new(Mutex::new(HashedInner {
            pieces: Box::pin(pieces),
            hash: Sm3::new(),
            limit_bytes,
            size: 0,
            failure: None,
            rests: false,
        })))
    }

    /// Reads what is left, and gives the hash of all of it.
    pub(crate) async fn finish(mut self) -> Result<[u8; 32]> {
        while let Some(piece) = self.next().await {
            if piece.is_err() {
                return Err(self
                    .failure()
                    .unwrap_or_else(|| Error::InvalidEnvelope { problem: "the body broke off".into() }));
            }
        }
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(std::mem::replace(&mut inner.hash, Sm3::new()).finish())
    }

    /// Why the stream failed, if it did: readers of forms only pass on that it failed.
    pub(crate) fn failure(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).failure.take()
    }
}

impl Stream for Hashed {
    type Item = std::io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The reader of forms takes all that is ready into its buffer: after each piece it is made to look at it.
        if std::mem::take(&mut inner.rests) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let found = std::task::ready!(inner.pieces.as_mut().poll_next(context));
        Poll::Ready(found.map(|piece| {
            let piece = piece.and_then(|piece| inner.take(piece));
            piece.map_err(|error| {
                inner.failure = Some(error);
                std::io::Error::other("the body cannot be read")
            })
        }))
    }
}

impl HashedInner {
    fn take(&mut self, piece: Bytes) -> Result<Bytes> {
        self.size = self.size.saturating_add(length(piece.len()));
        if self.size > self.limit_bytes {
            return Err(Error::FileTooLarge { limit_bytes: self.limit_bytes });
        }
        self.hash.update(&piece);
        self.rests = true;
        Ok(piece)
    }
}

/// Memory for bodies, in KiB.
pub(crate) fn memory(bytes: u64) -> Arc<Semaphore> {
    let kibibytes = usize::try_from(bytes >> 10).unwrap_or(Semaphore::MAX_PERMITS);
    Arc::new(Semaphore::new(kibibytes.clamp(1, Semaphore::MAX_PERMITS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(sizes: &[usize]) -> Body {
        let pieces: Vec<_> = sizes.iter().map(|&size| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; size]))).collect();
        Body::from_stream(futures::stream::iter(pieces))
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit() {
        let memory = memory(1 << 20);
        let mut body = Incoming::new(pieces(&[10, 10]));
        body.read_start(5).await.unwrap();
        assert_eq!(body.start().len(), 10);
        body.read_all(20, None, &memory).await.unwrap();
        assert_eq!(body.into_whole().bytes.len(), 20);
        let mut body = Incoming::new(pieces(&[10, 11]));
        assert!(matches!(body.read_all(20, None, &memory).await, Err(Error::FileTooLarge { limit_bytes: 20 })));
        let mut body = Incoming::new(pieces(&[1]));
        assert!(matches!(body.read_all(20, Some(21), &memory).await, Err(Error::FileTooLarge { .. })));
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_is_given_up() {
        let mut stream = Body::from_stream(futures::stream::pending::<std::io::Result<Bytes>>()).into_data_stream();
        let over = next_piece(&mut stream, Instant::now()).await;
        assert!(matches!(over, Err(Error::InvalidEnvelope { .. })));
    }

    #[tokio::test]
    async fn without_memory_the_caller_comes_again() {
        let memory = memory(1 << 10);
        let _taken = memory.clone().acquire_many_owned(1).await.unwrap();
        let over = share_in_time(&memory, 20, Duration::ZERO).await;
        assert!(matches!(over, Err(Error::TooManyRequests { .. })));
    }

    #[tokio::test]
    async fn the_hash_covers_what_nobody_looked_at() {
        let mut hashed = Hashed::new(Incoming::new(pieces(&[3, 4])).into_pieces(), 7);
        assert_eq!(hashed.next().await.unwrap().unwrap().len(), 3);
        assert_eq!(hashed.finish().await.unwrap(), eseal_gm::sm3(b"xxxxxxx"));
        let hashed = Hashed::new(Incoming::new(pieces(&[3, 5])).into_pieces(), 7);
        assert!(matches!(hashed.finish().await, Err(Error::FileTooLarge { .. })));
    }
}
