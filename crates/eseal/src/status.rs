//! What a region says of a seal (印章状态应答): a signed statement with a period, for one question.
//!
//! The statement is a text of lines, so that what is signed is what is read:
//!
//! ```text
//! ESEAL-STATUS/1
//! <region>
//! <seal code>
//! <SM3 of the seal, hex, or empty: the seal that has this code>
//! <ACTIVE | FROZEN | REVOKED | EXPIRED | UNCOLLECTED | UNKNOWN>
//! <since when, RFC 3339, or empty>
//! <made at, RFC 3339>
//! <next update, RFC 3339>
//! <nonce of the question, hex>
//! ```
//!
//! SM3withSM2 with the default ID signs these bytes, the last line ended like the others.

use std::fmt::Write as _;

use eseal_gm::sm2::VerifyingKey;
use jiff::{SignedDuration, Timestamp};

/// First line, so that this signature can pass for no other.
const FIRST_LINE: &str = "ESEAL-STATUS/1";
/// Longest statement: nine short lines.
const MAX_BYTES: usize = 2_048;
/// Clocks differ.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// Longest time that a statement may claim to be good for: a revocation must become known the same day.
const MAX_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// State of a seal at whoever issued it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatedStatus {
    /// 正常.
    Active,
    /// 已冻结.
    Frozen,
    /// 已注销.
    Revoked,
    /// 已过期.
    Expired,
    /// 未领取.
    Uncollected,
    /// There is no such seal there.
    Unknown,
}

impl StatedStatus {
    const ALL: [Self; 6] = [Self::Active, Self::Frozen, Self::Revoked, Self::Expired, Self::Uncollected, Self::Unknown];

    /// Name in the statement.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Frozen => "FROZEN",
            Self::Revoked => "REVOKED",
            Self::Expired => "EXPIRED",
            Self::Uncollected => "UNCOLLECTED",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// True if it speaks against using the seal, whatever its validity.
    #[must_use]
    pub const fn is_adverse(self) -> bool {
        matches!(self, Self::Frozen | Self::Revoked | Self::Uncollected)
    }

    /// The state with that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// A statement about a seal (印章状态声明).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealStatement {
    /// Region that speaks.
    pub region: String,
    /// 印章编码.
    pub seal_code: String,
    /// SM3 of the seal that was asked about; none if it was asked about by its code alone.
    pub seal_sm3: Option<[u8; 32]>,
    /// Its state.
    pub status: StatedStatus,
    /// Since when, if that is known.
    pub since: Option<Timestamp>,
    /// When this was said.
    pub this_update: Timestamp,
    /// Until when it may be relied on.
    pub next_update: Timestamp,
    /// Nonce of the question.
    pub nonce: [u8; 16],
}

/// What was asked (印章状态询问).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusQuestion {
    /// Region that was asked.
    pub region: String,
    /// 印章编码.
    pub seal_code: String,
    /// SM3 of the seal.
    pub seal_sm3: [u8; 32],
    /// Made anew for each question.
    pub nonce: [u8; 16],
}

/// Why a statement is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementError {
    /// It is no statement.
    #[error("no statement: line {0}")]
    Format(u8),
    /// It is not signed by the region's key.
    #[error("the signature does not fit the region's key")]
    Signature,
    /// It answers another question.
    #[error("answers another question")]
    OtherQuestion,
    /// It answers another time's question: it was kept and sent again.
    #[error("the nonce is not that of the question")]
    Nonce,
    /// It is from the future, or its time is over.
    #[error("not in its time")]
    NotInTime,
}

impl SealStatement {
    /// The text that is signed.
    #[must_use]
    pub fn to_text(&self) -> String {
        let since = self.since.map(|since| since.to_string()).unwrap_or_default();
        let sm3 = self.seal_sm3.map(|sm3| hex(&sm3)).unwrap_or_default();
        let Self { region, seal_code, status, this_update, next_update, .. } = self;
        let (status, nonce) = (status.as_str(), hex(&self.nonce));
        format!(
            "{FIRST_LINE}\n{region}\n{seal_code}\n{sm3}\n{status}\n{since}\n{this_update}\n{next_update}\n{nonce}\n"
        )
    }

    /// Reads a text; what [`Self::to_text`] would not write is refused.
    ///
    /// # Errors
    /// [`StatementError::Format`] with the line, from 1.
    pub fn from_text(text: &str) -> Result<Self, StatementError> {
        let wrong = StatementError::Format;
        if text.len() > MAX_BYTES {
            return Err(wrong(1));
        }
        let lines: Vec<&str> = text.strip_suffix('\n').ok_or(wrong(9))?.split('\n').collect();
        let [FIRST_LINE, region, seal_code, sm3, status, since, this_update, next_update, nonce] = lines[..] else {
            return Err(wrong(1));
        };
        let time = |text: &str, line: u8| text.parse::<Timestamp>().map_err(|_| wrong(line));
        let read = Self {
            region: region.to_owned(),
            seal_code: seal_code.to_owned(),
            seal_sm3: if sm3.is_empty() { None } else { Some(unhex(sm3).ok_or(wrong(4))?) },
            status: StatedStatus::find(status).ok_or(wrong(5))?,
            since: if since.is_empty() { None } else { Some(time(since, 6)?) },
            this_update: time(this_update, 7)?,
            next_update: time(next_update, 8)?,
            nonce: unhex(nonce).ok_or(wrong(9))?,
        };
        if read.to_text() == text { Ok(read) } else { Err(wrong(1)) }
    }

    /// The statement, if `key` signed it, it answers `question` and `now` is in its time.
    ///
    /// # Errors
    /// [`StatementError`]: nothing is known then.
    pub fn verify(
        text: &str,
        signature: &[u8],
        key: &VerifyingKey,
        question: &StatusQuestion,
        now: Timestamp,
    ) -> Result<Self, StatementError> {
        if !key.verify(text.as_bytes(), signature) {
            return Err(StatementError::Signature);
        }
        let read = Self::from_text(text)?;
        if read.nonce != question.nonce {
            return Err(StatementError::Nonce);
        }
        let same = (&read.region, &read.seal_code) == (&question.region, &question.seal_code);
        if !same || read.seal_sm3 != Some(question.seal_sm3) {
            return Err(StatementError::OtherQuestion);
        }
        let earliest = read.this_update.saturating_sub(CLOCK_TOLERANCE).unwrap_or(read.this_update);
        let latest = read.this_update.saturating_add(MAX_LIFE).unwrap_or(read.this_update).min(read.next_update);
        if now < earliest || now >= latest {
            return Err(StatementError::NotInTime);
        }
        Ok(Self { next_update: latest, ..read })
    }
}

impl StatusQuestion {
    /// The query of the question's URL.
    #[must_use]
    pub fn to_query(&self) -> String {
        format!("sealCode={}&sealSm3={}&nonce={}", percent(&self.seal_code), hex(&self.seal_sm3), hex(&self.nonce))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let pairs = text.as_bytes().chunks_exact(2).map(|pair| std::str::from_utf8(pair).ok());
    let bytes: Option<Vec<u8>> = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect();
    // A sign is no hex digit, and upper case is another text.
    bytes.filter(|bytes| hex(bytes) == text)?.try_into().ok()
}

/// RFC 3986: unreserved characters stand for themselves.
fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut query, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            query.push(char::from(byte));
        } else {
            let _ = write!(query, "%{byte:02X}");
        }
        query
    })
}

#[cfg(test)]
mod tests {
    use eseal_gm::sm2::SigningKey;

    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap()
    }

    fn statement() -> SealStatement {
        SealStatement {
            region: "广州".into(),
            seal_code: "44010000000001".into(),
            seal_sm3: Some([3; 32]),
            status: StatedStatus::Revoked,
            since: Some(at(-500)),
            this_update: at(0),
            next_update: at(10),
            nonce: [7; 16],
        }
    }

    fn question() -> StatusQuestion {
        StatusQuestion {
            region: "广州".into(), seal_code: "44010000000001".into(), seal_sm3: [3; 32], nonce: [7; 16]
        }
    }

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[5; 32]).unwrap()
    }

    #[test]
    fn a_statement_reads_back_and_is_believed_in_its_time() {
        let text = statement().to_text();
        assert_eq!(SealStatement::from_text(&text), Ok(statement()));
        let signature = key().sign(text.as_bytes());
        let check = |minutes: i64, expected: Result<(), StatementError>| {
            let found = SealStatement::verify(&text, &signature, key().verifying_key(), &question(), at(minutes));
            assert_eq!(found.map(|_| ()), expected, "{minutes}");
        };
        check(0, Ok(()));
        check(-5, Ok(()));
        check(-6, Err(StatementError::NotInTime));
        check(9, Ok(()));
        check(10, Err(StatementError::NotInTime));
    }

    #[test]
    fn a_statement_with_one_thing_wrong_is_not_believed() {
        let check = |change: fn(&mut SealStatement, &mut StatusQuestion), expected: StatementError| {
            let (mut statement, mut question) = (statement(), question());
            change(&mut statement, &mut question);
            let text = statement.to_text();
            let signature = key().sign(text.as_bytes());
            let found = SealStatement::verify(&text, &signature, key().verifying_key(), &question, at(1));
            assert_eq!(found, Err(expected), "{text}");
        };
        check(|statement, _| statement.nonce = [8; 16], StatementError::Nonce);
        check(|statement, _| statement.region = "北京".into(), StatementError::OtherQuestion);
        check(|statement, _| statement.seal_code = "1".into(), StatementError::OtherQuestion);
        check(|statement, _| statement.seal_sm3 = None, StatementError::OtherQuestion);
        check(|_, question| question.seal_sm3 = [4; 32], StatementError::OtherQuestion);
        check(|statement, _| statement.next_update = at(1), StatementError::NotInTime);
        check(|statement, _| statement.this_update = at(-24 * 60), StatementError::NotInTime);
        check(|statement, _| statement.region = "广州\nX".into(), StatementError::Format(1));
        let text = statement().to_text();
        let other = SigningKey::from_bytes(&[6; 32]).unwrap();
        for (text, signature) in [
            (text.replace("REVOKED", "ACTIVE"), key().sign(text.as_bytes())),
            (text.clone(), other.sign(text.as_bytes())),
            (text.clone(), Vec::new()),
        ] {
            let found = SealStatement::verify(&text, &signature, key().verifying_key(), &question(), at(1));
            assert_eq!(found, Err(StatementError::Signature));
        }
    }

    #[test]
    fn other_texts_are_no_statements() {
        let text = statement().to_text();
        let others = [
            String::new(),
            text.trim_end().to_owned(),
            text.replace('\n', "\r\n"),
            text.replace("REVOKED", "revoked"),
            text.replace("07", "0A"),
            format!("{text}\n"),
            text.replace("ESEAL-STATUS/1", "ESEAL-STATUS/2"),
            text.replacen("2027-", "+002027-", 1),
        ];
        for other in others {
            assert!(SealStatement::from_text(&other).is_err(), "{other}");
        }
    }
}
