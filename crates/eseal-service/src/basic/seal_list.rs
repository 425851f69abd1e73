//! Interface 1-1, 获取可用印章列表.

use std::sync::Arc;

use eseal_api::{GetSealList, GetSealListResult};

use crate::{
    App, Caller, Error, Result,
    access::{self, allows_scene, check_usable},
    seal_info::seal_info,
};

/// Seals of a page unless the caller says: more than any known holder has.
const PAGE_SIZE: u64 = 50;

/// Lists the seals that the caller may use: collected, in their validity, neither frozen nor revoked, held by the holder,
/// granted to this system, allowed for this scene.
///
/// # Errors
/// Those of the right to act; 40002 for a page 0.
pub async fn seal_list(app: &Arc<App>, caller: &Caller, request: GetSealList) -> Result<GetSealListResult> {
    let right = access::right(app, caller, &request.common).await?;
    right.check_uses_left(app)?;
    let now = app.clock.now();
    let mut seals = right.seals(app).await?;
    seals.retain(|seal| {
        check_usable(seal, now).is_ok()
            && right.scene.is_none_or(|scene| allows_scene(seal, scene))
            && request.seal_type.is_none_or(|kind| seal.seal_type == kind.as_str())
    });
    let total = u32::try_from(seals.len()).unwrap_or(u32::MAX);
    let (page, size) = (u64::from(request.page.unwrap_or(1)), request.page_size.map_or(PAGE_SIZE, u64::from));
    if page == 0 {
        return Err(Error::bad("/page", "pages count from 1"));
    }
    if size == 0 || size > app.config.limits.page_size {
        return Err(Error::bad("/pageSize", format!("from 1 to {}", app.config.limits.page_size)));
    }
    let skip = usize::try_from(page.saturating_sub(1).saturating_mul(size)).unwrap_or(usize::MAX);
    let take = usize::try_from(size).unwrap_or(usize::MAX);
    let (shared, organization) = (app.clone(), right.organization);
    let seal_list = app
        .pool
        .run(move || {
            let page = seals.iter().skip(skip).take(take);
            Ok(page.map(|seal| seal_info(&shared, seal, &organization, now)).collect())
        })
        .await?;
    Ok(GetSealListResult { total, seal_list })
}
