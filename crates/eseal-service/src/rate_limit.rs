//! To be filled: rate_limit.
