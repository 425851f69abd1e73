//! The ticket of 3-3 (签名票据): what the agent may sign, and what it shows before it asks for the PIN.

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_api::Time;
use eseal_gm::sm2::VerifyingKey;
use jiff::Timestamp;

use super::{
    TicketError,
    fields::{Reader, Writer},
};

/// First line of every signing ticket.
pub const TICKET_PREFIX: &[u8] = b"ESEAL-TICKET/1\n";
/// Most entries of a ticket: as many as a request may carry.
pub const TICKET_ENTRIES: usize = 1_000;
/// Longest ticket as text: a thousand entries whose title and seal name fill a line of 1 KiB each, as base64.
pub const TICKET_BYTES: usize = 4 << 20;
const EXPECTED: &str = "signing ticket";
/// The only operation so far; a ticket for another one is not taken for it.
const OPERATION: &[u8] = b"sign";

/// 签名票据: the platform's statement of what a USBKey may sign.
///
/// ```text
/// ticket = base64(text) "." base64(SM2 signature of the platform's ticket key over text, DER)
/// text   = "ESEAL-TICKET/1\n" ‖ field("sign") ‖ field(origin) ‖ field(systemID) ‖ field(system name)
///          ‖ field(organizationCode) ‖ field(organization name) ‖ field(certificate SM3, 32) ‖ field(nonce, 16)
///          ‖ field(expiry, RFC 3339) ‖ field(number of entries, decimal) ‖ entry…
/// entry  = field(fileUniqueId) ‖ field(seal code) ‖ field(seal name) ‖ field(title) ‖ field(pages, decimal, or empty)
///          ‖ field(e, 32)                                            field(x) = length (2, big-endian) ‖ x
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignTicket {
    /// 页面来源 that may use it.
    pub origin: String,
    /// 应用系统标识.
    pub system_id: String,
    /// 应用系统名称.
    pub system_name: String,
    /// 统一社会信用代码 of the holder.
    pub organization_code: String,
    /// 持有人.
    pub organization_name: String,
    /// SM3 of the certificate whose key signs.
    pub certificate_sm3: [u8; 32],
    /// Lets the agent use it once.
    pub nonce: [u8; 16],
    /// Last moment.
    pub expires: Timestamp,
    /// What is signed, in this order.
    pub entries: Vec<TicketEntry>,
}

/// One signature of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketEntry {
    /// 文件唯一标识.
    pub file_unique_id: String,
    /// 印章编码.
    pub seal_code: String,
    /// 印章名称.
    pub seal_name: String,
    /// 文件标题; 内容未知 for digests without a document.
    pub title: String,
    /// 页数, if there is a document.
    pub page_count: Option<u32>,
    /// What the key signs.
    pub e: [u8; 32],
}

impl SignTicket {
    /// The bytes that the platform's ticket key signs.
    ///
    /// # Errors
    /// [`TicketError::TooLong`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, TicketError> {
        if self.entries.len() > TICKET_ENTRIES {
            return Err(TicketError::TooLong);
        }
        let mut writer = Writer::new(TICKET_PREFIX);
        writer.field(OPERATION)?;
        for text in [&self.origin, &self.system_id, &self.system_name, &self.organization_code, &self.organization_name]
        {
            writer.field(text.as_bytes())?;
        }
        writer.field(&self.certificate_sm3)?;
        writer.field(&self.nonce)?;
        writer.field(Time(self.expires).to_string().as_bytes())?;
        writer.field(self.entries.len().to_string().as_bytes())?;
        for entry in &self.entries {
            for text in [&entry.file_unique_id, &entry.seal_code, &entry.seal_name, &entry.title] {
                writer.field(text.as_bytes())?;
            }
            writer.field(entry.page_count.map_or_else(String::new, |pages| pages.to_string()).as_bytes())?;
            writer.field(&entry.e)?;
        }
        Ok(writer.finish())
    }

    /// The ticket as it travels: text and signature.
    ///
    /// # Errors
    /// [`TicketError::TooLong`].
    pub fn assemble(text: &[u8], signature: &[u8]) -> Result<String, TicketError> {
        let ticket = format!("{}.{}", BASE64_STANDARD.encode(text), BASE64_STANDARD.encode(signature));
        if ticket.len() > TICKET_BYTES { Err(TicketError::TooLong) } else { Ok(ticket) }
    }

    /// Reads the signed bytes, strictly.
    ///
    /// # Errors
    /// [`TicketError::Shape`].
    pub fn from_bytes(text: &[u8]) -> Result<Self, TicketError> {
        let mut reader = Reader::new(text, TICKET_PREFIX, EXPECTED)?;
        if reader.bytes()? != OPERATION {
            return Err(reader.error());
        }
        let mut ticket = Self {
            origin: reader.text()?,
            system_id: reader.text()?,
            system_name: reader.text()?,
            organization_code: reader.text()?,
            organization_name: reader.text()?,
            certificate_sm3: reader.array()?,
            nonce: reader.array()?,
            expires: reader.parsed()?,
            entries: Vec::new(),
        };
        let count: usize = reader.parsed()?;
        if !(1..=TICKET_ENTRIES).contains(&count) {
            return Err(reader.error());
        }
        for _ in 0..count {
            ticket.entries.push(TicketEntry::read(&mut reader)?);
        }
        reader.end()?;
        Ok(ticket)
    }

    /// For the agent: reads a ticket after checking its signature and its time.
    ///
    /// That its nonce was not used before is for the agent to remember until it expires; that it was made for the page
    /// that brings it is checked with [`Self::check_origin`].
    ///
    /// # Errors
    /// See [`TicketError`]; nothing may be signed then.
    pub fn open(ticket: &str, platform_key: &VerifyingKey, now: Timestamp) -> Result<Self, TicketError> {
        let shape = TicketError::Shape { expected: EXPECTED };
        if ticket.len() > TICKET_BYTES {
            return Err(TicketError::TooLong);
        }
        let (text, signature) = ticket.split_once('.').ok_or(shape)?;
        let decode = |part: &str| BASE64_STANDARD.decode(part).map_err(|_| shape);
        let (text, signature) = (decode(text)?, decode(signature)?);
        // The first line is looked at before the signature counts: another text of the same key is no ticket.
        if !text.starts_with(TICKET_PREFIX) {
            return Err(shape);
        }
        if !platform_key.verify(&text, &signature) {
            return Err(TicketError::WrongSignature);
        }
        let found = Self::from_bytes(&text)?;
        if found.expires < now { Err(TicketError::Expired) } else { Ok(found) }
    }

    /// Whether the page that brings it is the one that it was made for.
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
        ticket: &str,
        platform_key: &VerifyingKey,
        origin: &str,
        now: Timestamp,
    ) -> Result<Self, TicketError> {
        let found = Self::open(ticket, platform_key, now)?;
        found.check_origin(origin)?;
        Ok(found)
    }
}

impl TicketEntry {
    fn read(reader: &mut Reader<'_>) -> Result<Self, TicketError> {
        Ok(Self {
            file_unique_id: reader.text()?,
            seal_code: reader.text()?,
            seal_name: reader.text()?,
            title: reader.text()?,
            page_count: match reader.text()?.as_str() {
                "" => None,
                pages => Some(pages.parse().map_err(|_| reader.error())?),
            },
            e: reader.array()?,
        })
    }
}
