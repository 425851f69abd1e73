//! 通用签章 `sign`: interfaces 3-1 to 3-5.

pub(crate) mod rules;
