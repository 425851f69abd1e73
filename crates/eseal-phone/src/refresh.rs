//! Refreshing the phone's share (分量刷新): the old share is kept until the server has proved that it holds the new half.

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_api::{
    Base64, Secret,
    mobile::{RefreshShare, RefreshShareResult},
};
use eseal_gm::sm2::cosign::PublicShare;

use super::{
    Link, Phone, PhoneError, ask, fixed,
    half::{Half, Pending},
};

/// First line of what the proofs of refreshed shares are bound to.
pub const REFRESH_PREFIX: &[u8] = b"ESEAL-REFRESH/1\n";

/// What the proofs of refreshed shares are bound to.
#[must_use]
pub fn refresh_context(device_id: &str) -> Vec<u8> {
    [REFRESH_PREFIX, device_id.as_bytes()].concat()
}

impl Phone {
    /// Draws ρ and the new share; nothing for a key that the phone holds alone.  Write the phone down afterwards, before [`Self::finish_refresh`]: a server that has
    /// moved its share is of no use to a phone that has forgotten where to.
    ///
    /// # Errors
    /// [`PhoneError::Cosign`].
    pub fn begin_refresh(&mut self) -> Result<(), PhoneError> {
        if let Half::Shared(shared) = &mut self.half
            && shared.pending.is_none()
        {
            let (share, factor) = shared.share.refresh()?;
            shared.pending = Some(Pending { share, factor });
        }
        Ok(())
    }

    /// Has the server move its share, and takes the new one once the server has proved that it holds the other half.
    /// If no answer came, this may be called again, after a restart too.  Write the phone down afterwards.
    ///
    /// # Errors
    /// See [`PhoneError`]; nothing changes then.
    pub async fn finish_refresh(&mut self, link: &mut dyn Link) -> Result<(), PhoneError> {
        let Half::Shared(shared) = &mut self.half else { return Ok(()) };
        let Some(pending) = &shared.pending else { return Ok(()) };
        let context = refresh_context(&self.device_id);
        let request = RefreshShare {
            factor: Secret(BASE64_STANDARD.encode(*pending.factor.0)),
            key_share: Base64(pending.share.prove(&context)?.0.to_vec()),
        };
        let answer: RefreshShareResult = ask(link, "refreshShare", &request).await?;
        pending.share.check(&PublicShare(fixed(&answer.key_share.0, "keyShare")?), &context)?;
        if let Some(pending) = shared.pending.take() {
            shared.share = pending.share;
        }
        Ok(())
    }
}
