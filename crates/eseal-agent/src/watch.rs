//! Keys that come and go (热插拔): the list of devices is looked at while somebody waits for a change.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use crate::Agent;

/// How often devices are listed while somebody waits: quick enough for a hand that plugs a key in.
const POLL: Duration = Duration::from_millis(500);
/// Longest wait.
pub(crate) const WAIT_MAX: Duration = Duration::from_secs(25);

/// Waits until a token is plugged in or pulled out, or the time is over.
///
/// `SKF_WaitForDevEvent` would hold the library's one thread, and vendors' libraries are not said to bear two.
pub(crate) async fn wait_for_change(agent: &Arc<Agent>, wait: Duration) {
    let until = Instant::now() + wait.min(WAIT_MAX);
    let list = || {
        let agent = Arc::clone(agent);
        async move { tokio::task::spawn_blocking(move || agent.devices()).await.unwrap_or_default() }
    };
    let before = list().await;
    while Instant::now() < until {
        sleep(POLL).await;
        if list().await != before {
            return;
        }
    }
}
