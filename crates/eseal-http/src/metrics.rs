//! `GET /metrics` (运行指标): counters and times in the format of Prometheus.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Bounds of the histogram of answer times, in seconds: from a lookup to the longest long poll.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0, 30.0];

/// Name of that histogram.
pub(crate) const ANSWER_SECONDS: &str = "eseal_http_answer_seconds";
/// Answers by route and code.
pub(crate) const ANSWERS: &str = "eseal_http_answers_total";
/// Requests that are being answered.
pub(crate) const RUNNING: &str = "eseal_http_requests_running";

/// What was counted.
#[derive(Clone)]
pub(crate) struct Metrics(Option<PrometheusHandle>);

impl Metrics {
    /// Counts in this process, once; if somebody else does already, there is nothing to show here.
    pub(crate) fn installed() -> Self {
        static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
        Self(HANDLE.get_or_init(install).clone())
    }

    /// In the format of Prometheus.
    pub(crate) fn render(&self) -> String {
        self.0.as_ref().map(PrometheusHandle::render).unwrap_or_default()
    }

    /// Folds what was observed into the histograms: call it now and then.
    pub(crate) fn tidy(&self) {
        if let Some(handle) = &self.0 {
            handle.run_upkeep();
        }
    }
}

fn install() -> Option<PrometheusHandle> {
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(ANSWER_SECONDS.into()), &SECONDS);
    let handle = builder.and_then(PrometheusBuilder::install_recorder);
    match handle {
        Ok(handle) => {
            metrics::describe_histogram!(ANSWER_SECONDS, "time until an answer began");
            metrics::describe_counter!(ANSWERS, "answers by route and code");
            metrics::describe_gauge!(RUNNING, "requests that are being answered");
            metrics::gauge!("eseal_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
            Some(handle)
        }
        Err(error) => {
            tracing::warn!(%error, "Nothing is counted for /metrics");
            None
        }
    }
}
