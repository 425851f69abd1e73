//! The message that a USBKey signs to log in (登录消息), and the platform's ticket for it.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_api::Time;
use eseal_gm::sm2::VerifyingKey;
use jiff::Timestamp;

use super::{
    TicketError,
    fields::{Reader, Writer},
};

/// First line of every login message.
pub const LOGIN_PREFIX: &[u8] = b"ESEAL-LOGIN/1\n";
const EXPECTED: &str = "login message";

/// 登录消息: who asks whom to log in, signed by the user's key.
///
/// ```text
/// "ESEAL-LOGIN/1\n" ‖ field(server) ‖ field(origin) ‖ field(challengeId) ‖ field(random, 32)
///                   ‖ field(certificate SM3, 32) ‖ field(time, RFC 3339)        field(x) = length (2, big-endian) ‖ x
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginMessage {
    /// The server that will check the signature: its base URL.
    pub server: String,
    /// 页面来源 of the page that asks.
    pub origin: String,
    /// 挑战标识.
    pub challenge_id: String,
    /// 随机数.
    pub random: [u8; 32],
    /// SM3 of the certificate whose key signs.
    pub certificate_sm3: [u8; 32],
    /// When the challenge was made.
    pub time: Timestamp,
}

impl LoginMessage {
    /// The exact bytes to sign.
    ///
    /// # Errors
    /// [`TicketError::TooLong`] for a text that fits no field.
    pub fn to_bytes(&self) -> Result<Vec<u8>, TicketError> {
        let mut writer = Writer::new(LOGIN_PREFIX);
        writer.field(self.server.as_bytes())?;
        writer.field(self.origin.as_bytes())?;
        writer.field(self.challenge_id.as_bytes())?;
        writer.field(&self.random)?;
        writer.field(&self.certificate_sm3)?;
        writer.field(Time(self.time).to_string().as_bytes())?;
        Ok(writer.finish())
    }

    /// Reads a message, strictly.
    ///
    /// # Errors
    /// [`TicketError::Shape`].
    pub fn from_bytes(message: &[u8]) -> Result<Self, TicketError> {
        let mut reader = Reader::new(message, LOGIN_PREFIX, EXPECTED)?;
        let found = Self {
            server: reader.text()?,
            origin: reader.text()?,
            challenge_id: reader.text()?,
            random: reader.array()?,
            certificate_sm3: reader.array()?,
            time: reader.parsed()?,
        };
        reader.end()?;
        Ok(found)
    }

    /// What the platform's login key signs for the agent: the message and, once more, the origin.
    ///
    /// # Errors
    /// [`TicketError::TooLong`].
    pub fn ticket_text(message: &[u8], origin: &str) -> Result<Vec<u8>, TicketError> {
        let mut writer = Writer::new(message);
        writer.field(origin.as_bytes())?;
        Ok(writer.finish())
    }

    /// For the agent: reads a message after checking the platform's ticket and the time.
    ///
    /// # Errors
    /// See [`TicketError`]; nothing may be signed then.
    pub fn open(
        message: &[u8],
        ticket: &str,
        platform_key: &VerifyingKey,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<Self, TicketError> {
        let found = Self::from_bytes(message)?;
        let signature = BASE64_STANDARD.decode(ticket).map_err(|_| TicketError::Shape { expected: "login ticket" })?;
        if !platform_key.verify(&Self::ticket_text(message, &found.origin)?, &signature) {
            return Err(TicketError::WrongSignature);
        }
        let off_by = now.duration_since(found.time).unsigned_abs();
        if off_by > tolerance { Err(TicketError::Expired) } else { Ok(found) }
    }

    /// Whether the page that brings it is the one that asked for it.
    ///
    /// # Errors
    /// [`TicketError::OtherOrigin`].
    pub fn check_origin(&self, origin: &str) -> Result<(), TicketError> {
        if self.origin == origin { Ok(()) } else { Err(TicketError::OtherOrigin) }
    }

    /// [`Self::open`] and [`Self::check_origin`] in one.
    ///
    /// # Errors
    /// See [`TicketError`]; nothing may be signed then.
    pub fn verify(
        message: &[u8],
        ticket: &str,
        platform_key: &VerifyingKey,
        origin: &str,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<Self, TicketError> {
        let found = Self::open(message, ticket, platform_key, now, tolerance)?;
        found.check_origin(origin)?;
        Ok(found)
    }
}
