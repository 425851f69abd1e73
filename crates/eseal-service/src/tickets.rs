//! To be filled: tickets.
