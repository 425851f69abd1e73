//! What the phone shows (扫码核验): nothing that the platform did not sign, no digest that it did not compute itself.

use eseal_api::mobile::{Scan, ScanDocument, ScanResult, ScanSummary};
use eseal_ses::v4::TbsSign;
use jiff::Timestamp;

use super::{Link, Phone, PhoneError, SUMMARY_PREFIX, ask};

/// A summary that was checked: show it, then confirm or refuse (已核验的扫码摘要).
#[derive(Clone, Debug)]
pub struct Shown {
    /// What the platform signed.
    pub summary: ScanSummary,
    /// e of each document, computed here.
    pub(super) digests: Vec<[u8; 32]>,
}

impl Shown {
    /// Whether it is still in its time, by the phone's clock.
    #[must_use]
    pub fn is_current(&self, now: Timestamp) -> bool {
        self.summary.expire_time.0 >= now
    }
}

impl Phone {
    /// Scans a code; gives what is to be shown, checked.
    ///
    /// # Errors
    /// See [`PhoneError`]; nothing may be confirmed then.
    pub async fn scan(&self, link: &mut dyn Link, qr_code: &str) -> Result<Shown, PhoneError> {
        let answer: ScanResult = ask(link, "scan", &Scan { qr_code: qr_code.to_owned() }).await?;
        self.check(&answer)
    }

    /// Believes what is signed in a scan's answer, if it is; looks at nothing else.
    ///
    /// # Errors
    /// [`PhoneError::SummarySignature`], [`PhoneError::Answer`], [`PhoneError::OtherDocument`].
    pub fn check(&self, answer: &ScanResult) -> Result<Shown, PhoneError> {
        if !self.platform_key.verify(&answer.summary.0, &answer.summary_signature.0) {
            return Err(PhoneError::SummarySignature);
        }
        let json = answer.summary.0.strip_prefix(SUMMARY_PREFIX).ok_or(PhoneError::Answer("summary"))?;
        let summary: ScanSummary = serde_json::from_slice(json).map_err(|_| PhoneError::Answer("summary"))?;
        let documents = summary.documents.iter().enumerate();
        let digests = documents
            .map(|(index, document)| self.digest(document).ok_or(PhoneError::OtherDocument { index }))
            .collect::<Result<_, _>>()?;
        Ok(Shown { summary, digests })
    }

    /// e of a document, if its TBS_Sign is about the document and the seal that are shown.
    fn digest(&self, document: &ScanDocument) -> Option<[u8; 32]> {
        let tbs = TbsSign::parse(&document.tbs.0).ok()?;
        let is_shown = tbs.data_hash == document.data_hash.0 && tbs.eseal.code() == document.seal_code;
        // The key of the own certificate, not one that somebody names.
        is_shown.then(|| self.half.verifying_key().e(&document.tbs.0))
    }
}
