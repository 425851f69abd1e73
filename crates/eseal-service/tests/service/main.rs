//! The whole service on an embedded store, with a clock that stands still and invented parties.

mod authentication;
mod central;
mod compose;
mod conversion;
mod evidence;
mod font;
mod grants;
mod idempotency;
mod journey;
mod keyless;
mod login_code;
mod office;
mod online;
mod phone_enrolment;
mod phone_held;
mod phone_refresh;
mod phone_replay;
mod phone_signing;
mod phone_wasm;
mod phone_world;
mod production;
mod seal_image;
mod tickets;
mod usbkey_login;
mod verification;
mod world;
