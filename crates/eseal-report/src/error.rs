//! Why a report cannot be written (错误).

/// Why a report cannot be written (报告错误).
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A shipped font: what is wrong with it.
    #[error("the shipped font: {0}")]
    Font(String),
    /// The writer's own words.
    #[error("the report cannot be written: {0}")]
    Write(String),
}
