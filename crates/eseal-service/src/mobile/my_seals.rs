//! `mySeals` 我的印章: the seals whose key is on this phone.

use std::sync::Arc;

use eseal_api::mobile::{MySeals, MySealsResult};

use super::calling_phone;
use crate::{App, Caller, Result, seal_info::seal_info};

/// Lists the seals of the user's organisations that this phone signs for, whatever their status.
///
/// # Errors
/// [`crate::Error::NotGranted`] for a phone that is switched off.
pub async fn my_seals(app: &Arc<App>, caller: &Caller, _request: MySeals) -> Result<MySealsResult> {
    let (phone, user) = calling_phone(app, caller).await?;
    let now = app.clock.now();
    let mut seal_list = Vec::new();
    for code in &user.organizations {
        let Some(organization) = app.store.find_organization(code).await? else { continue };
        let mut seals = app.store.list_seals(code).await?;
        seals.retain(|seal| seal.certificates.iter().any(|certificate| phone.certificates.contains(certificate)));
        let shared = app.clone();
        let infos = app
            .pool
            .run(move || Ok(seals.iter().map(|seal| seal_info(&shared, seal, &organization, now)).collect::<Vec<_>>()));
        seal_list.extend(infos.await?);
    }
    Ok(MySealsResult { seal_list })
}
