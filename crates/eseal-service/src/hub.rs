//! Waking up those who wait for a change (长轮询通知): by topic, inside this process.
//!
//! Changes made by another server instance are seen because whoever waits looks at the store every [`POLL`] anyway.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::watch;

/// How often a waiting request looks at the store by itself: changes of other instances are seen within a second.
pub const POLL: Duration = Duration::from_secs(1);

/// Topics somebody waits for, such as a qrId or taskId.
#[derive(Debug, Default)]
pub struct Hub {
    topics: Mutex<HashMap<String, watch::Sender<()>>>,
}

impl Hub {
    /// Wakes everybody who listens to `topic`.
    pub fn notify(&self, topic: &str) {
        if let Some(sender) = self.topics.lock().unwrap_or_else(PoisonError::into_inner).get(topic) {
            sender.send_replace(());
        }
    }

    /// Starts to listen.  Subscribe first, look at the state, then wait: nothing in between is lost.
    pub fn subscribe(&self, topic: &str) -> Subscription<'_> {
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        let receiver = topics.entry(topic.to_owned()).or_insert_with(|| watch::channel(()).0).subscribe();
        Subscription { hub: self, topic: topic.to_owned(), receiver }
    }
}

/// Somebody listens to a topic; the topic is forgotten when the last listener leaves.
#[derive(Debug)]
pub struct Subscription<'a> {
    hub: &'a Hub,
    topic: String,
    receiver: watch::Receiver<()>,
}

impl Subscription<'_> {
    /// Waits until the topic is notified, at most [`POLL`] and at most `at_most`.
    pub async fn wait(&mut self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most.min(POLL), self.receiver.changed()).await;
    }
}

impl Drop for Subscription<'_> {
    fn drop(&mut self) {
        let mut topics = self.hub.topics.lock().unwrap_or_else(PoisonError::into_inner);
        if topics.get(&self.topic).is_some_and(|sender| sender.receiver_count() <= 1) {
            topics.remove(&self.topic);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_change_between_subscribing_and_waiting_is_not_lost() {
        let hub = Hub::default();
        let mut listener = hub.subscribe("a");
        hub.notify("a");
        hub.notify("b");
        let started = std::time::Instant::now();
        listener.wait(Duration::from_secs(1)).await;
        assert!(started.elapsed() < Duration::from_millis(500));
    }

    #[tokio::test]
    async fn the_last_listener_closes_the_topic() {
        let hub = Hub::default();
        let (first, second) = (hub.subscribe("a"), hub.subscribe("a"));
        drop(first);
        assert_eq!(hub.topics.lock().unwrap().len(), 1);
        drop(second);
        assert!(hub.topics.lock().unwrap().is_empty());
    }
}
