//! The phone's core for pages (手机端核心): one call with JSON in and JSON out, see `phone.mjs`.
//!
//! There is no I/O in here: where the phone would send a message, [`call`] answers `{"send":{function,content}}`, and the
//! page calls again with what came back.  Random numbers come from the page's `crypto.getRandomValues`.
//!
//! | in | out |
//! |---|---|
//! | `{"op":"enrol","code","name","pin","platformKey"}` | `send`, then `{"done":{"phone","deviceId","cert"}}` |
//! | `{"op":"open","phone"}` | `{"done":{"deviceId","cert"}}` |
//! | `{"op":"signRequest","text"}` | `{"done":{"signature"}}`, base64: for `X-Eseal-Signature` |
//! | `{"op":"scan","qrCode"}` | `send`, then `{"done":{"summary"}}` |
//! | `{"op":"confirm","matchCode","pin"}` | `send` again and again, then `{"done":{"scanStatus"}}` |
//! | `{"op":"answer","data"}`, `{"op":"refused","code","message"}` | goes on with what was sent |

use std::{
    cell::RefCell,
    future::{Future, poll_fn},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_gm::sm2::{SigningKey, VerifyingKey};
use eseal_phone::{Link, Phone, PhoneError, Refused, Shown};
use serde_json::{Value, json};

/// What goes out and what came back.
#[derive(Default)]
struct Mail {
    out: Option<(&'static str, Value)>,
    back: Option<Result<Value, Refused>>,
}

/// The page carries the messages.
struct Page(Arc<Mutex<Mail>>);

#[async_trait::async_trait]
impl Link for Page {
    async fn send(&mut self, function: &'static str, content: Value) -> Result<Value, Refused> {
        lock(&self.0).out = Some((function, content));
        poll_fn(|_| lock(&self.0).back.take().map_or(Poll::Pending, Poll::Ready)).await
    }
}

fn lock(mail: &Mutex<Mail>) -> std::sync::MutexGuard<'_, Mail> {
    mail.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What comes of an operation: the phone, what is shown, and the answer.
type Outcome = (Option<Phone>, Option<Shown>, Result<Value, PhoneError>);

#[derive(Default)]
struct State {
    phone: Option<Phone>,
    device_key: Option<SigningKey>,
    shown: Option<Shown>,
    running: Option<Pin<Box<dyn Future<Output = Outcome>>>>,
    mail: Arc<Mutex<Mail>>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

fn text<'a>(request: &'a Value, name: &str) -> Result<&'a str, String> {
    request[name].as_str().ok_or_else(|| format!("{name} is missing"))
}

impl State {
    fn handle(&mut self, request: &Value) -> Result<Value, String> {
        let op = text(request, "op")?;
        let goes_on = matches!(op, "answer" | "refused" | "signRequest");
        if self.running.is_some() && !goes_on {
            self.running = None; // the page gave up; what the phone held open is destroyed with it
            self.phone = None;
            return Err("an operation was open: open the phone again".to_owned());
        }
        let mut page = Page(self.mail.clone());
        match op {
            "enrol" => {
                let key = hex::decode(text(request, "platformKey")?).map_err(|_| "platformKey")?;
                let key = VerifyingKey::from_bytes(&key).map_err(|_| "platformKey")?;
                let owned = |name| text(request, name).map(str::to_owned);
                let (code, name, pin) = (owned("code")?, owned("name")?, owned("pin")?);
                self.start(async move {
                    match Phone::enrol(&mut page, &code, &name, &pin, key).await {
                        Ok(phone) => {
                            let kept = phone.to_json().map(|kept| {
                                json!({ "phone": &*kept, "deviceId": phone.device_id, "cert": cert(&phone) })
                            });
                            (Some(phone), None, kept)
                        }
                        Err(error) => (None, None, Err(error)),
                    }
                })
            }
            "open" => {
                let phone = Phone::from_json(text(request, "phone")?).map_err(|error| error.to_string())?;
                let answer = json!({ "deviceId": phone.device_id, "cert": cert(&phone) });
                self.keep(Some(phone));
                Ok(json!({ "done": answer }))
            }
            "signRequest" => {
                let key = self.device_key.as_ref().ok_or("no phone is open")?;
                Ok(json!({ "done": { "signature": BASE64_STANDARD.encode(key.sign(text(request, "text")?.as_bytes())) } }))
            }
            "scan" => {
                let (phone, code) = (self.phone.take().ok_or("no phone is open")?, text(request, "qrCode")?.to_owned());
                self.start(async move {
                    match phone.scan(&mut page, &code).await {
                        Ok(shown) => {
                            let answer = json!({ "summary": shown.summary });
                            (Some(phone), Some(shown), Ok(answer))
                        }
                        Err(error) => (Some(phone), None, Err(error)),
                    }
                })
            }
            "confirm" => {
                let shown = self.shown.take().ok_or("nothing is shown")?;
                let mut phone = self.phone.take().ok_or("no phone is open")?;
                let (code, pin) = (text(request, "matchCode")?.to_owned(), text(request, "pin")?.to_owned());
                self.start(async move {
                    let status = phone.confirm(&mut page, &shown, &code, &pin).await;
                    (Some(phone), None, status.map(|status| json!({ "scanStatus": status })))
                })
            }
            "answer" => self.back(Ok(request["data"].clone())),
            "refused" => self.back(Err(Refused {
                code: request["code"].as_u64().and_then(|code| u32::try_from(code).ok()).unwrap_or_default(),
                message: request["message"].as_str().unwrap_or_default().to_owned(),
                field: request["field"].as_str().map(str::to_owned),
            })),
            _ => Err("no such operation".to_owned()),
        }
    }

    fn start(&mut self, future: impl Future<Output = Outcome> + 'static) -> Result<Value, String> {
        *lock(&self.mail) = Mail::default();
        self.running = Some(Box::pin(future));
        self.step()
    }

    fn back(&mut self, answer: Result<Value, Refused>) -> Result<Value, String> {
        lock(&self.mail).back = Some(answer);
        self.step()
    }

    fn step(&mut self) -> Result<Value, String> {
        let running = self.running.as_mut().ok_or("nothing was sent")?;
        let Poll::Ready((phone, shown, result)) = running.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
            let (function, content) = lock(&self.mail).out.take().ok_or("nothing is to be sent")?;
            return Ok(json!({ "send": { "function": function, "content": content } }));
        };
        self.running = None;
        self.shown = shown;
        self.keep(phone);
        match result {
            Ok(answer) => Ok(json!({ "done": answer })),
            Err(PhoneError::Refused(refused)) => {
                Ok(json!({ "error": refused.message, "code": refused.code, "field": refused.field }))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    fn keep(&mut self, phone: Option<Phone>) {
        self.device_key = phone.as_ref().and_then(|phone| SigningKey::from_bytes(&phone.device_key.to_bytes()).ok());
        self.phone = phone;
    }
}

fn cert(phone: &Phone) -> String {
    BASE64_STANDARD.encode(&phone.certificate)
}

/// Room for so many bytes of the page's; given back by [`call`].
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    Box::into_raw(vec![0_u8; length].into_boxed_slice()).cast()
}

/// Takes a request that the page wrote into [`room`], and gives the answer: its length in four bytes, little-endian,
/// then the text.  It is given back by [`release`].
///
/// # Safety
/// `request` is what `room(length)` gave, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn call(request: *mut u8, length: usize) -> *mut u8 {
    // SAFETY: as the function says.
    let bytes = unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(request, length)) };
    let answer = match serde_json::from_slice(&bytes) {
        Ok(request) => STATE.with_borrow_mut(|state| state.handle(&request)),
        Err(_) => Err("no JSON".to_owned()),
    };
    let text = answer.unwrap_or_else(|error| json!({ "error": error })).to_string();
    let length = u32::try_from(text.len()).unwrap_or_default();
    Box::into_raw([&length.to_le_bytes(), text.as_bytes()].concat().into_boxed_slice()).cast()
}

/// Gives an answer of so many bytes, its length included, back; it may hold secrets and is overwritten.
///
/// # Safety
/// `answer` came from [`call`] and has that length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn release(answer: *mut u8, length: usize) {
    // SAFETY: as the function says.
    let mut bytes = unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(answer, length)) };
    bytes.fill(0);
    std::hint::black_box(&bytes);
}

#[link(wasm_import_module = "page")]
unsafe extern "C" {
    /// Fills the module's memory with random bytes; 0 is good.
    fn random(at: *mut u8, length: usize) -> i32;
}

#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(at: *mut u8, length: usize) -> Result<(), getrandom::Error> {
    // SAFETY: the page writes within these bytes, as whoever asks for them says.
    if unsafe { random(at, length) } == 0 { Ok(()) } else { Err(getrandom::Error::UNSUPPORTED) }
}
