//! 通用签章 `sign`: interfaces 3-1 to 3-5.

pub(crate) mod compose;
pub(crate) mod digest;
pub(crate) mod generate_digest;
pub(crate) mod rules;
mod sign_by_mobile;
pub(crate) mod sign_by_server_device;
mod sign_by_usbkey;
mod sign_task;

pub use compose::compose;
pub use generate_digest::generate_digest;
pub use sign_by_mobile::sign_by_mobile;
pub use sign_by_server_device::sign_by_server_device;
pub use sign_by_usbkey::sign_by_usbkey;
pub use sign_task::sign_task;
