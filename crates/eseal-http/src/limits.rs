//! What a stranger may cost this server, beside the `[limits]` of the configuration: numbers with their reasons.

use std::time::Duration;

/// Open connections: each may hold 64 KiB of headers and 64 KiB of body before anything is known of it, 1.3 GB in all.
pub(crate) const CONNECTIONS: usize = 10_000;
/// Time for the head of a request, and for which a connection may rest: above the 60 s for which common proxies keep one,
/// so that they close it, not we while they send.
pub(crate) const HEAD_TIME: Duration = Duration::from_secs(65);
/// Silence inside a body: proxies give up after a minute at most.
pub(crate) const BODY_SILENCE: Duration = Duration::from_secs(30);
/// Time for a body that is held in memory: 64 MiB in two minutes is 4.5 Mbit/s.
pub(crate) const BODY_TIME: Duration = Duration::from_secs(120);
/// Time for a streamed body: 2 GiB in an hour is 5 Mbit/s.
pub(crate) const STREAM_TIME: Duration = Duration::from_secs(3_600);
/// Memory for bodies of known senders at once: eight of the largest, and each is held about three times (text, fields,
/// file).  Bodies below 64 KiB need none of it.
pub(crate) const BODY_MEMORY_BYTES: u64 = 512 << 20;
/// The same for bodies whose senders are not known yet or will not be: apart, so that strangers take nothing from systems.
pub(crate) const STRANGER_MEMORY_BYTES: u64 = 256 << 20;
/// Wait for that memory before the caller is told to come again.
pub(crate) const MEMORY_WAIT: Duration = Duration::from_secs(10);
/// Time for an answer: above the longest long poll (25 s), below the 180 s after which clients give up.
pub(crate) const ANSWER_TIME: Duration = Duration::from_secs(150);
/// What is read and thrown away after a refusal, so that the caller reads the answer instead of a broken connection.
pub(crate) const DRAIN_BYTES: u64 = 8 << 20;
/// Time for that.
pub(crate) const DRAIN_TIME: Duration = Duration::from_secs(5);
/// Text parts of a form, all together: title and type of a file need a line.
pub(crate) const FORM_TEXT_BYTES: usize = 16 << 10;
/// Parts of a form: three are known.
pub(crate) const FORM_PARTS: usize = 16;
/// What a form may have around its file: headers of its parts, texts, boundaries.
pub(crate) const FORM_OVERHEAD_BYTES: u64 = 1 << 20;
/// Longest stream of a task's progress: the caller subscribes again after that.
pub(crate) const EVENTS_TIME: Duration = Duration::from_secs(3_600);
/// Silence inside a stream of events: below the 30 s after which common proxies close.
pub(crate) const EVENTS_KEEP_ALIVE: Duration = Duration::from_secs(15);
/// JSON that is read on the event loop; more is read on another thread (1 ms a MiB).
pub(crate) const SMALL_JSON_BYTES: usize = 256 << 10;
