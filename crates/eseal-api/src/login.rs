//! 系统登录 `login`: interfaces 2-1 to 2-4.

mod qr_code;
mod qr_status;
mod usbkey_challenge;
mod usbkey_login;

pub use qr_code::{GetLoginQrCode, GetLoginQrCodeResult};
pub use qr_status::{GetLoginQrStatus, GetLoginQrStatusResult};
pub use usbkey_challenge::{GetUsbKeyChallenge, GetUsbKeyChallengeResult};
pub use usbkey_login::{LoginByUsbKey, LoginByUsbKeyResult};
