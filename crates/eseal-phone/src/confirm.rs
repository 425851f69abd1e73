//! Confirming on the phone (确认与签名轮次): one round open at a time, each signature verified before it is let out.

use eseal_api::{
    Base64, Digest, Purpose, ScanStatus, Secret,
    mobile::{self, Confirm, ConfirmResult, Refuse, RefuseResult, SigningRound},
};
use eseal_gm::sm2::{
    Signature,
    cosign::{CosignError, PhoneRound, ServerPart},
};

use super::{Link, Phone, PhoneError, Shown, ask, fixed, half::Half};

/// Rounds that are begun again for one document before the phone gives up: restarts of the server, the rare numbers.
const TRIES: u32 = 3;

impl Phone {
    /// Confirms what was shown: a login at once, a list of documents one signature after the other.
    ///
    /// Borrowing the phone for the whole list is what keeps a second round from being opened.
    ///
    /// # Errors
    /// See [`PhoneError`].
    pub async fn confirm(
        &mut self,
        link: &mut dyn Link,
        shown: &Shown,
        match_code: &str,
        pin: &str,
    ) -> Result<ScanStatus, PhoneError> {
        let mut approval = Approval { shown, match_code, pin, asked: false };
        if shown.summary.purpose == Purpose::Login {
            return Ok(approval.send(link, None).await?.scan_status);
        }
        // The server's share may have moved already: the old one would sign nothing.
        self.finish_refresh(link).await?;
        let mut status = ScanStatus::Scanned;
        for (document, e) in shown.summary.documents.iter().zip(&shown.digests) {
            status = self.sign(link, &mut approval, &document.file_unique_id, e).await?;
        }
        Ok(status)
    }

    /// One document, begun again if the server has forgotten the round.
    async fn sign(
        &mut self,
        link: &mut dyn Link,
        approval: &mut Approval<'_>,
        id: &str,
        e: &[u8; 32],
    ) -> Result<ScanStatus, PhoneError> {
        let mut tries = 1;
        loop {
            match self.round(link, approval, id, e).await {
                Err(error) if tries < TRIES && error.is_forgotten_round() => {
                    // The PIN goes along again: the server may have forgotten the approval too.
                    approval.asked = false;
                    tries += 1;
                }
                other => return other,
            }
        }
    }

    /// One round.  w1 is destroyed when it ends, however it ends; the server hears of it.
    async fn round(
        &mut self,
        link: &mut dyn Link,
        approval: &mut Approval<'_>,
        id: &str,
        e: &[u8; 32],
    ) -> Result<ScanStatus, PhoneError> {
        let message = |q1: Option<Base64>, e: Option<Digest>, sign_value: Option<Base64>| SigningRound {
            file_unique_id: id.to_owned(),
            q1,
            e,
            sign_value,
        };
        let shared = match &mut self.half {
            Half::Shared(shared) => shared,
            Half::Held(key) => {
                let value = Base64(key.sign_prehash(e).to_der());
                return Ok(approval.send(link, Some(message(None, None, Some(value)))).await?.scan_status);
            }
        };
        let (round, first) = shared.share.begin(e)?;
        let q1 = first.0.iter().skip(32).copied().collect::<Vec<_>>();
        let answer = approval.send(link, Some(message(Some(Base64(q1)), Some(Digest(*e)), None))).await?;
        let Some(part) = answer.round else { return Ok(answer.scan_status) }; // it was signed before
        let signature = finish(round, id, &part);
        let signature: Signature = match signature {
            Ok(signature) => signature,
            Err(error) => {
                approval.send(link, Some(message(None, None, None))).await?;
                return Err(error);
            }
        };
        let value = Base64(signature.to_der());
        Ok(approval.send(link, Some(message(None, None, Some(value)))).await?.scan_status)
    }

    /// Refuses what was shown.
    ///
    /// # Errors
    /// See [`PhoneError`].
    pub async fn refuse(
        &self,
        link: &mut dyn Link,
        shown: &Shown,
        reason: Option<&str>,
    ) -> Result<ScanStatus, PhoneError> {
        let request = Refuse { qr_id: shown.summary.qr_id.clone(), reason: reason.map(str::to_owned) };
        let answer: RefuseResult = ask(link, "refuse", &request).await?;
        Ok(answer.scan_status)
    }
}

impl PhoneError {
    /// True if the round may be begun again: the server lost it, or the numbers ask for it.
    fn is_forgotten_round(&self) -> bool {
        match self {
            Self::Cosign(CosignError::Retry) => true,
            Self::Refused(refused) => {
                let field = refused.field.as_deref();
                (refused.code == 40001 && field == Some("/pin")) || (refused.code == 42211 && field == Some("/round"))
            }
            _ => false,
        }
    }
}

/// The finished signature, verified on the phone's own e.
fn finish(round: PhoneRound<'_>, id: &str, part: &mobile::ServerPart) -> Result<Signature, PhoneError> {
    if part.file_unique_id != id {
        return Err(PhoneError::Answer("round"));
    }
    let part = ServerPart(fixed(&[&part.r.0[..], &part.s1.0[..]].concat(), "round")?);
    Ok(round.finish(&part)?)
}

/// What the user has agreed to, repeated in every message.
struct Approval<'a> {
    shown: &'a Shown,
    match_code: &'a str,
    pin: &'a str,
    /// True once the PIN was sent.
    asked: bool,
}

impl Approval<'_> {
    async fn send(&mut self, link: &mut dyn Link, round: Option<SigningRound>) -> Result<ConfirmResult, PhoneError> {
        let summary = &self.shown.summary;
        let request = Confirm {
            qr_id: summary.qr_id.clone(),
            purpose: summary.purpose,
            confirmed_system_id: summary.system_id.clone(),
            match_code: self.match_code.to_owned(),
            pin: (!self.asked).then(|| Secret(self.pin.to_owned())),
            round,
        };
        self.asked = true;
        ask(link, "confirm", &request).await
    }
}
