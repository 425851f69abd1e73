//! To be filled: authenticate.
