//! Requests and answers (请求与响应), `SignData`.
//!
//! | what | as | why |
//! |---|---|---|
//! | INTEGER | decimal text | Annex A; answers are read as number or text, decimal or 0x [I] |
//! | OCTET STRING | base64 | Annex A; `keyValue` plain is a setting [I] |
//! | `signerID` | always sent | the default of servers differs [I] |
//! | time | `YYYYMMDDhhmmss+0800` | the example prints `Z+0800`, against its own format [I]; the answer's is ignored |
//! | answer's type | not looked at | the example keeps the request's names [I] |
//! | form bodies | base64 percent-encoded; in answers `+` and a blank are both `+` | urlencoding is not told apart [I] |
//!
//! ```text
//! SignDataReq ::= SEQUENCE {
//!     signMethod INTEGER, keyIndex INTEGER, keyValue OCTET STRING,
//!     signerIDLen [0] INTEGER, signerID [1] OCTET STRING, inDataLen INTEGER, inData OCTET STRING }
//! SignDataResp ::= SEQUENCE { respValue INTEGER, signature SM2Signature }
//! ```

use base64::{Engine as _, prelude::BASE64_STANDARD};
use eseal_gm::sm2::{DEFAULT_ID, Signature};
use jiff::{Timestamp, tz::Offset};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::{SignDigestError, SvsForm, SvsKeyValue};

/// Version of the protocol.
pub(super) const VERSION: &str = "v1";
/// The request's name: as path, and as `reqType`.
pub(super) const PATH: &str = "SignData";
const TYPE: &str = "signData";
/// Hours by which Chinese time is ahead.
const ZONE_HOURS: i8 = 8;

/// What one signature needs.
pub(super) struct SignData<'a> {
    pub(super) method: u32,
    pub(super) index: u32,
    pub(super) key_value: &'a [u8],
    pub(super) key_value_form: SvsKeyValue,
    pub(super) text: &'a [u8],
}

impl SignData<'_> {
    /// Names and values in the standard's order.
    fn fields(&self) -> [(&'static str, Zeroizing<String>); 7] {
        let text = |text: String| Zeroizing::new(text);
        [
            ("signMethod", text(self.method.to_string())),
            ("keyIndex", text(self.index.to_string())),
            (
                "keyValue",
                match self.key_value_form {
                    SvsKeyValue::Base64 => text(BASE64_STANDARD.encode(self.key_value)),
                    SvsKeyValue::Plain => text(String::from_utf8_lossy(self.key_value).into_owned()),
                },
            ),
            ("signerIDLen", text(DEFAULT_ID.len().to_string())),
            ("signerID", text(BASE64_STANDARD.encode(DEFAULT_ID))),
            ("inDataLen", text(self.text.len().to_string())),
            ("inData", text(BASE64_STANDARD.encode(self.text))),
        ]
    }

    /// The body, which holds the access code: written where it is forgotten, and long enough from the beginning.
    pub(super) fn body(&self, form: SvsForm, now: Timestamp) -> Zeroizing<Vec<u8>> {
        let fields = self.fields();
        let longest: usize = fields.iter().map(|(name, value)| name.len() + 6 * value.len() + 8).sum();
        let mut body = Zeroizing::new(Vec::with_capacity(longest + 128));
        match form {
            SvsForm::Json => {
                body.extend(format!(r#"{{"version":"{VERSION}","reqType":"{TYPE}","request":{{"#).bytes());
                for (place, (name, value)) in fields.iter().enumerate() {
                    body.extend(if place == 0 { "" } else { "," }.bytes());
                    body.extend(format!("\"{name}\":").bytes());
                    // A text can always be written into memory.
                    let _ = serde_json::to_writer(&mut *body, value.as_str());
                }
                body.extend(format!(r#"}},"reqTime":"{}"}}"#, time(now)).bytes());
            }
            SvsForm::Form => {
                for (place, (name, value)) in fields.iter().enumerate() {
                    body.extend(if place == 0 { "" } else { "&" }.bytes());
                    body.extend(format!("{name}=").bytes());
                    body.extend(percent(value).bytes());
                }
            }
        }
        body
    }
}

/// Local time of China with its offset.
pub(super) fn time(now: Timestamp) -> String {
    let local = Offset::constant(ZONE_HOURS).to_datetime(now);
    format!("{}+{ZONE_HOURS:02}00", local.strftime("%Y%m%d%H%M%S"))
}

/// Reads an answer of either form.
pub(super) fn signature(body: &[u8]) -> Result<Signature, SignDigestError> {
    let unreadable = || SignDigestError::Unavailable("the signature server's answer cannot be read".to_owned());
    let text = std::str::from_utf8(body).map_err(|_| unreadable())?.trim();
    let (code, value) = if text.starts_with('{') {
        let answer: Value = serde_json::from_str(text).map_err(|_| unreadable())?;
        let respond = &answer["respond"];
        let code = number(&respond["respValue"]).ok_or_else(unreadable)?;
        (code, respond["signature"].as_str().map(str::to_owned))
    } else {
        let field = |wanted: &str| {
            let mut pairs = text.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(name, _)| *name == wanted).and_then(|(_, value)| unescape(value))
        };
        let code = field("respValue").and_then(|text| number(&json!(text))).ok_or_else(unreadable)?;
        (code, field("signature"))
    };
    if code != 0 {
        return Err(SignDigestError::Device { code });
    }
    let value: String = value.ok_or_else(unreadable)?.chars().filter(|char| !matches!(char, '\r' | '\n')).collect();
    let der = BASE64_STANDARD.decode(value).map_err(|_| SignDigestError::WrongValue)?;
    Signature::read_any(&der).map(|(signature, _)| signature).map_err(|_| SignDigestError::WrongValue)
}

/// A number, or one written as text.
fn number(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        Value::String(text) => match text.trim().strip_prefix("0x").or(text.trim().strip_prefix("0X")) {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => text.trim().parse().ok(),
        },
        _ => None,
    }
}

/// Percent-encodes all but letters and digits.
fn percent(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(3 * text.len()));
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(b"0123456789ABCDEF"[usize::from(byte >> 4)]));
            out.push(char::from(b"0123456789ABCDEF"[usize::from(byte & 15)]));
        }
    }
    out
}

/// The reverse; a blank stands for `+`, because all values are numbers and base64.
fn unescape(text: &str) -> Option<String> {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        if first == '%' {
            out.push(char::from(u8::from_str_radix(rest.get(1..3)?, 16).ok()?));
            rest = rest.get(3..)?;
        } else {
            out.push(if first == ' ' { '+' } else { first });
            rest = rest.get(first.len_utf8()..)?;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(key_value_form: SvsKeyValue) -> SignData<'static> {
        SignData { method: 131_585, index: 3, key_value: b"a+b", key_value_form, text: b"\x30\x00" }
    }

    fn now() -> Timestamp {
        "2026-01-01T16:00:01Z".parse().expect("a time")
    }

    #[test]
    fn requests_are_as_the_annex_shows_them() {
        let body = request(SvsKeyValue::Base64).body(SvsForm::Json, now());
        let read: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(
            read,
            json!({
                "version": "v1", "reqType": "signData", "reqTime": "20260102000001+0800",
                "request": {
                    "signMethod": "131585", "keyIndex": "3", "keyValue": "YSti", "signerIDLen": "16",
                    "signerID": "MTIzNDU2NzgxMjM0NTY3OA==", "inDataLen": "2", "inData": "MAA=",
                },
            })
        );
        let body = request(SvsKeyValue::Plain).body(SvsForm::Form, now());
        assert_eq!(
            std::str::from_utf8(&body),
            Ok("signMethod=131585&keyIndex=3&keyValue=a%2Bb&signerIDLen=16\
                &signerID=MTIzNDU2NzgxMjM0NTY3OA%3D%3D&inDataLen=2&inData=MAA%3D")
        );
    }

    #[test]
    fn answers_are_read_whatever_their_ways() {
        let value = Signature { r: [0xFB; 32], s: [0x7E; 32] };
        let base64 = BASE64_STANDARD.encode(value.to_der());
        assert!(base64.contains('+') || base64.contains('/'));
        for answer in [
            json!({ "respond": { "respValue": "0", "signature": base64 } }).to_string(),
            json!({ "respType": "x", "respond": { "respValue": 0, "signature": base64 }, "reqTime": 1 }).to_string(),
            json!({ "respond": { "respValue": "0x0", "signature": base64 } }).to_string(),
            format!("respValue=0&signature={}", &*percent(&base64)),
            format!("respValue=0&signature={}\r\n", base64.replace('+', " ")),
        ] {
            assert_eq!(signature(answer.as_bytes()), Ok(value), "{answer}");
        }
    }

    #[test]
    fn codes_are_told_and_nonsense_is_no_signature() {
        for (answer, code) in [
            ("{\"respond\":{\"respValue\":\"67108870\"}}", 0x0400_0006),
            ("{\"respond\":{\"respValue\":\"0x04000005\"}}", 0x0400_0005),
            ("respValue=67108878", 0x0400_000E),
        ] {
            assert_eq!(signature(answer.as_bytes()), Err(SignDigestError::Device { code }), "{answer}");
        }
        for answer in ["", "{}", "<html>", "{\"respond\":{\"respValue\":0}}", "respValue=zero", "\u{FF}%"] {
            assert!(matches!(signature(answer.as_bytes()), Err(SignDigestError::Unavailable(_))), "{answer}");
        }
        for value in ["*", "AAAA", ""] {
            let answer = json!({ "respond": { "respValue": 0, "signature": value } }).to_string();
            assert_eq!(signature(answer.as_bytes()), Err(SignDigestError::WrongValue), "{answer}");
        }
        assert_eq!(unescape("%zz"), None);
        assert_eq!(unescape("%2"), None);
    }
}
