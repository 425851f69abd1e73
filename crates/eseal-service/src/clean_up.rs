//! To be filled: clean_up.
