//! Refreshing the phone's share (分量刷新): the old share is kept until the server has proved that it holds the new half.

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_api::{
    Base64, Secret,
    mobile::{RefreshShare, RefreshShareResult},
};
use eseal_gm::sm2::cosign::{PhoneShare, PublicShare, Refresh};

use super::{Link, Phone, PhoneError, ask, fixed};

/// First line of what the proofs of refreshed shares are bound to.
pub const REFRESH_PREFIX: &[u8] = b"ESEAL-REFRESH/1\n";

/// What the proofs of refreshed shares are bound to.
#[must_use]
pub fn refresh_context(device_id: &str) -> Vec<u8> {
    [REFRESH_PREFIX, device_id.as_bytes()].concat()
}

/// A refresh that the server may have carried out, or not yet.
pub(super) struct Pending {
    pub(super) share: PhoneShare,
    pub(super) factor: Refresh,
}

impl Phone {
    /// Draws ρ and the new share.  Write the phone down afterwards, before [`Self::finish_refresh`]: a server that has
    /// moved its share is of no use to a phone that has forgotten where to.
    ///
    /// # Errors
    /// [`PhoneError::Cosign`].
    pub fn begin_refresh(&mut self) -> Result<(), PhoneError> {
        if self.pending.is_none() {
            let (share, factor) = self.share.refresh()?;
            self.pending = Some(Pending { share, factor });
        }
        Ok(())
    }

    /// Has the server move its share, and takes the new one once the server has proved that it holds the other half.
    /// If no answer came, this may be called again, after a restart too.  Write the phone down afterwards.
    ///
    /// # Errors
    /// See [`PhoneError`]; nothing changes then.
    pub async fn finish_refresh(&mut self, link: &mut dyn Link) -> Result<(), PhoneError> {
        let Some(pending) = &self.pending else { return Ok(()) };
        let context = refresh_context(&self.device_id);
        let request = RefreshShare {
            factor: Secret(BASE64_STANDARD.encode(*pending.factor.0)),
            key_share: Base64(pending.share.prove(&context)?.0.to_vec()),
        };
        let answer: RefreshShareResult = ask(link, "refreshShare", &request).await?;
        pending.share.check(&PublicShare(fixed(&answer.key_share.0, "keyShare")?), &context)?;
        if let Some(pending) = self.pending.take() {
            self.share = pending.share;
        }
        Ok(())
    }
}
