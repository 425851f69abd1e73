//! To be filled: idempotency.
