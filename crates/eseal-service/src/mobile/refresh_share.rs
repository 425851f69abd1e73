//! `refreshShare` 分量刷新: both shares move, the key stays; what was copied from either side before is worth nothing after.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_api::{
    Base64,
    mobile::{RefreshShare, RefreshShareResult},
};
use eseal_gm::sm2::cosign::{PublicShare, Refresh, ServerShare};
use zeroize::Zeroizing;

use super::{calling_phone, phone::refresh_context};
use crate::{App, Caller, Error, Result, login::audit};

/// Replaces the server's share by the one that belongs to the phone's new one, once the phone has proved that it holds
/// that, and the key would be the same.  Sent again it changes nothing and gives the same proof, so that a phone that
/// heard no answer asks again.
///
/// # Errors
/// 40002 for a factor or share that does not fit; [`Error::SameRequestRunning`] while a round is open or another refresh
/// was faster.
pub async fn refresh_share(app: &Arc<App>, caller: &Caller, request: RefreshShare) -> Result<RefreshShareResult> {
    let (phone, user) = calling_phone(app, caller).await?;
    if phone.key_share.is_empty() {
        return Err(Error::bad("/keyShare", "the server holds no share of this phone's key"));
    }
    app.phones.rounds.check_idle(&phone.id, app.clock.now())?;
    let factor = factor(&request)?;
    let public = <[u8; 129]>::try_from(request.key_share.0.as_slice());
    let public = PublicShare(public.map_err(|_| Error::bad("/keyShare", "129 bytes"))?);
    let (shared, device_id, old) = (app.clone(), phone.id.clone(), phone.key_share.clone());
    let moved = app.pool.run(move || shared.phones.moved(&device_id, &old, &factor, &public)).await?;
    if let Some(sealed) = moved.sealed {
        // Compare and set: two requests at a time do not move the share twice.
        if !app.store.replace_key_share(&phone.id, &phone.key_share, &sealed).await? {
            return Err(Error::SameRequestRunning);
        }
        audit(app, "phone.refresh", None, Some(&user.id), Some(&phone.id), Ok(())).await?;
        tracing::info!(device.id = %phone.id, "Refreshed the key share of the phone {}", phone.id);
    }
    Ok(RefreshShareResult { key_share: Base64(moved.public.0.to_vec()) })
}

/// The server's share after the refresh.
struct Moved {
    /// To be stored; `None` if it is already.
    sealed: Option<Vec<u8>>,
    public: PublicShare,
}

fn factor(request: &RefreshShare) -> Result<Refresh> {
    let wrong = || Error::bad("/factor", "base64 of 32 bytes");
    let bytes = Zeroizing::new(BASE64_STANDARD.decode(&request.factor.0).map_err(|_| wrong())?);
    Ok(Refresh(Zeroizing::new(bytes.as_slice().try_into().map_err(|_| wrong())?)))
}

impl super::PhoneKeys {
    fn moved(&self, device_id: &str, old: &[u8], factor: &Refresh, phone: &PublicShare) -> Result<Moved> {
        let share = self.share_key()?.open(device_id, old)?;
        let context = refresh_context(device_id);
        let prove = |share: &ServerShare| share.prove(&context).map_err(|error| Error::Internal(error.to_string()));
        if share.check(phone, &context).is_ok() {
            return Ok(Moved { sealed: None, public: prove(&share)? }); // the phone did not hear that it was done
        }
        let new = share.refresh(factor).map_err(|_| Error::bad("/factor", "not a number of the curve's order"))?;
        new.check(phone, &context).map_err(|_| Error::bad("/keyShare", "not the other half of the same key"))?;
        Ok(Moved { sealed: Some(self.share_key()?.seal(device_id, &new)?), public: prove(&new)? })
    }
}
