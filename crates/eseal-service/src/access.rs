//! Who may do what (访问控制): the holder's right to act through a system, and the seals that it reaches.

use eseal_api::{Carrier, Common, Scene, SealStatus, SealType};
use eseal_store::{GrantRecord, OrganizationRecord, SealRecord, UserRecord};
use jiff::Timestamp;

use crate::{App, Caller, Error, Result, secret_hash};

/// The right of the calling system to act for a holder (授权), as one request proves it.
#[derive(Clone, Debug)]
pub(crate) struct Right {
    /// System that acts.
    pub(crate) system_id: String,
    /// Holder that it acts for.
    pub(crate) organization: OrganizationRecord,
    /// The holder's grant, unless a logged-in user acts.
    pub(crate) grant: Option<GrantRecord>,
    /// Scene that the request names.
    pub(crate) scene: Option<Scene>,
}

/// Finds out for whom a request acts: by `grantCode` alone, or by `accessToken` and `organizationCode`.
///
/// # Errors
/// [`Error::NotGranted`], [`Error::GrantExpired`], [`Error::InvalidToken`], [`Error::OrganizationNotFound`],
/// [`Error::SceneNotAllowed`]; 40001 if the request carries neither grant nor token.
pub(crate) async fn right(app: &App, caller: &Caller, common: &Common) -> Result<Right> {
    let system = caller.system()?;
    system.check_scene(common.scene)?;
    let asked = match &common.organization_code {
        Some(code) => {
            let found = app.store.find_organization(code.as_str()).await?;
            Some(found.ok_or_else(|| Error::OrganizationNotFound.at("/organizationCode"))?)
        }
        None => None,
    };
    let right = match (&common.grant_code, &common.access_token) {
        (Some(code), _) => by_grant(app, &system.system_id, &code.0, asked).await?,
        (None, Some(token)) => by_token(app, &system.system_id, &token.0, asked).await?,
        (None, None) => return Err(Error::missing("/grantCode")),
    };
    let right = Right { scene: common.scene, ..right };
    right.check_scene()?;
    right.check_person(app, common).await?;
    Ok(right)
}

async fn by_grant(app: &App, system_id: &str, code: &str, asked: Option<OrganizationRecord>) -> Result<Right> {
    let refused = || Error::NotGranted.at("/grantCode");
    let grant = app.store.find_grant(system_id, &secret_hash(code)).await?.ok_or_else(refused)?;
    if asked.as_ref().is_some_and(|asked| asked.code != grant.organization_code) {
        return Err(refused());
    }
    check_in_force(&grant, app.clock.now())?;
    let organization = match asked {
        Some(found) => found,
        None => app.store.find_organization(&grant.organization_code).await?.ok_or(Error::OrganizationNotFound)?,
    };
    Ok(Right { system_id: system_id.to_owned(), organization, grant: Some(grant), scene: None })
}

async fn by_token(app: &App, system_id: &str, token: &str, asked: Option<OrganizationRecord>) -> Result<Right> {
    let refused = || Error::InvalidToken.at("/accessToken");
    let user = app.store.find_token_user(system_id, &secret_hash(token), app.clock.now()).await?.ok_or_else(refused)?;
    let organization = match (asked, user.organizations.as_slice()) {
        (Some(asked), own) if own.contains(&asked.code) => asked,
        (Some(_), _) => return Err(Error::NotGranted.at("/organizationCode")),
        (None, [only]) => app.store.find_organization(only).await?.ok_or(Error::OrganizationNotFound)?,
        (None, _) => return Err(Error::missing("/organizationCode")),
    };
    Ok(Right { system_id: system_id.to_owned(), organization, grant: None, scene: None })
}

/// Whether a grant is in force and has uses left.
pub(crate) fn check_grant(grant: &GrantRecord, now: Timestamp) -> Result<()> {
    check_in_force(grant, now)?;
    if grant.remaining == Some(0) { Err(Error::GrantExpired.at("/grantCode")) } else { Ok(()) }
}

/// Whether a grant is in force; what was made with its last use may still be fetched.
pub(crate) fn check_in_force(grant: &GrantRecord, now: Timestamp) -> Result<()> {
    if grant.revoked {
        return Err(Error::NotGranted.at("/grantCode"));
    }
    if grant.valid_until.is_some_and(|until| until < now) { Err(Error::GrantExpired.at("/grantCode")) } else { Ok(()) }
}

impl Right {
    /// Whether the grant has a use left for one more seal.
    ///
    /// # Errors
    /// [`Error::GrantExpired`].
    pub(crate) fn check_uses_left(&self, app: &App) -> Result<()> {
        self.grant.as_ref().map_or(Ok(()), |grant| check_grant(grant, app.clock.now()))
    }

    /// Takes one use off the grant: one seal signature is one use.
    ///
    /// # Errors
    /// [`Error::GrantExpired`] if there is none left.
    pub(crate) async fn use_up(&self, app: &App) -> Result<()> {
        match &self.grant {
            Some(grant) if !app.store.use_grant(&grant.id).await? => Err(Error::GrantExpired.at("/grantCode")),
            _ => Ok(()),
        }
    }

    /// Whether the person that the request names, if any, acts for the holder.
    async fn check_person(&self, app: &App, common: &Common) -> Result<()> {
        let Some(number) = &common.id_no else { return Ok(()) };
        let kind = common.id_type.ok_or_else(|| Error::missing("/idType"))?;
        let found = app.store.find_user_by_document(kind.as_str(), &number.0).await?;
        let acts = |user: &UserRecord| user.active && user.organizations.contains(&self.organization.code);
        if found.as_ref().is_some_and(acts) { Ok(()) } else { Err(Error::NotGranted.at("/idNo")) }
    }

    /// Whether the grant covers the scene.
    pub(crate) fn check_scene(&self) -> Result<()> {
        let scenes = self.grant.as_ref().map_or(&[][..], |grant| &grant.scenes);
        match self.scene {
            Some(scene) if !scenes.is_empty() && !scenes.iter().any(|allowed| allowed == scene.as_str()) => {
                Err(Error::SceneNotAllowed.at("/scene"))
            }
            _ => Ok(()),
        }
    }

    /// True if the right reaches this seal: the holder's own, named by the grant if it names any, meant for the scene.
    fn covers(&self, seal: &SealRecord) -> bool {
        let granted = self.grant.as_ref().and_then(|grant| grant.seal_codes.as_ref());
        seal.organization_code == self.organization.code && granted.is_none_or(|codes| codes.contains(&seal.code))
    }

    /// Whether the seal may be used in the scene of the request.  Where grant or seal are for some scenes only, a request
    /// that names none is not for one of them: leaving the field out is no way round.
    fn check_seal_scene(&self, seal: &SealRecord) -> Result<()> {
        let grant_is_limited = self.grant.as_ref().is_some_and(|grant| !grant.scenes.is_empty());
        let is_allowed = match self.scene {
            Some(scene) => allows_scene(seal, scene),
            None => seal.scenes.is_empty() && !grant_is_limited,
        };
        if is_allowed { Ok(()) } else { Err(Error::SceneNotAllowed.at("/scene")) }
    }

    /// The seals that the right reaches, usable or not.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn seals(&self, app: &App) -> Result<Vec<SealRecord>> {
        let mut seals = app.store.list_seals(&self.organization.code).await?;
        seals.retain(|seal| self.covers(seal));
        Ok(seals)
    }

    /// The seal with this code, or the holder's only one of this type.  What is not granted does not exist.
    ///
    /// `at` is the pointer of the object that names the seal.
    ///
    /// # Errors
    /// [`Error::SealNotFound`], [`Error::SceneNotAllowed`]; 40001 without code and type, 40002 if the type is ambiguous.
    pub(crate) async fn seal(
        &self,
        app: &App,
        code: Option<&str>,
        kind: Option<SealType>,
        at: &str,
    ) -> Result<SealRecord> {
        let found = match (code, kind) {
            (Some(code), _) => app
                .store
                .find_seal(code)
                .await?
                .filter(|seal| self.covers(seal))
                .ok_or_else(|| Error::SealNotFound.at(format!("{at}/sealCode")))?,
            (None, Some(kind)) => self.only_seal_of(app, kind, at).await?,
            (None, None) => return Err(Error::missing(format!("{at}/sealCode"))),
        };
        self.check_seal_scene(&found)?;
        Ok(found)
    }

    async fn only_seal_of(&self, app: &App, kind: SealType, at: &str) -> Result<SealRecord> {
        let mut seals = self.seals(app).await?;
        seals.retain(|seal| seal.seal_type == kind.as_str());
        let now = app.clock.now();
        if seals.len() > 1 {
            // A renewed seal stands beside its predecessors.
            seals.retain(|seal| check_usable(seal, now).is_ok());
        }
        if seals.len() > 1 {
            return Err(Error::bad(
                format!("{at}/sealType"),
                "the holder has several such seals: name one by sealCode",
            ));
        }
        seals.pop().ok_or_else(|| Error::SealNotFound.at(format!("{at}/sealType")))
    }
}

/// True if the seal may be used in that scene; a seal without a list may be used in all.
#[must_use]
pub(crate) fn allows_scene(seal: &SealRecord, scene: Scene) -> bool {
    seal.scenes.is_empty() || seal.scenes.iter().any(|allowed| allowed == scene.as_str())
}

/// Whether a seal may be used now (可用): collected, in its validity, neither frozen nor revoked.
///
/// # Errors
/// [`Error::SealNotCollected`], [`Error::SealFrozen`], [`Error::SealRevoked`], [`Error::SealOutsideValidity`].
pub(crate) fn check_usable(seal: &SealRecord, now: Timestamp) -> Result<()> {
    match seal_status(seal, now) {
        SealStatus::Active => Ok(()),
        SealStatus::Frozen => Err(Error::SealFrozen),
        SealStatus::Revoked => Err(Error::SealRevoked),
        SealStatus::Uncollected => Err(Error::SealNotCollected),
        SealStatus::Expired => Err(Error::SealOutsideValidity),
    }
}

/// Status of a seal at a moment: what was decided about it, else whether its validity has begun and is not over.
#[must_use]
pub(crate) fn seal_status(seal: &SealRecord, now: Timestamp) -> SealStatus {
    match SealStatus::find(&seal.status) {
        Some(SealStatus::Active) if now < seal.valid_start || now > seal.valid_end => SealStatus::Expired,
        Some(status) => status,
        None => SealStatus::Revoked, // a status that this version does not know is not a permission
    }
}

/// Whether the seal's key is kept where this interface signs.
///
/// # Errors
/// [`Error::WrongCarrier`].
pub(crate) fn check_carrier(seal: &SealRecord, carrier: Carrier) -> Result<()> {
    if seal.carrier == carrier.as_str() { Ok(()) } else { Err(Error::WrongCarrier) }
}
