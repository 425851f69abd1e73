//! The phone's side of the protocol (手机端), as `eseal-phone` has it.

pub use eseal_phone::*;
