//! Why the store did not answer (存储错误).

/// Why the store did not answer.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database does not answer, or refuses the statement.
    #[error("database: {0}")]
    Database(String),
    /// What stands in the database cannot be read.
    #[error("database holds an unreadable {what}")]
    Unreadable {
        /// Table and column.
        what: &'static str,
    },
    /// The object store does not answer.
    #[error("object store: {0}")]
    Objects(String),
    /// There is no object of that name.
    #[error("no such object")]
    NoObject,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.to_string())
    }
}

impl From<object_store::Error> for StoreError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::NoObject,
            other => Self::Objects(other.to_string()),
        }
    }
}
