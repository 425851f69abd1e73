//! What the platform tells of its seals (印章信息).

use eseal::{SealReport, examine_seal, judge_seal};
use eseal_api::{Base64, Carrier, SealInfo, SealType};
use eseal_store::{OrganizationRecord, SealRecord};
use jiff::Timestamp;

use crate::{App, access::seal_status};

/// Everything about a seal, for those who may use it; blocking, since its maker's signature is verified.
pub(crate) fn seal_info(app: &App, seal: &SealRecord, organization: &OrganizationRecord, now: Timestamp) -> SealInfo {
    let view = report(app, seal, now).seal;
    let certificates: Vec<Base64> = seal.certificates.iter().cloned().map(Base64).collect();
    let length = |pick: fn(&eseal::SealView) -> i64| {
        view.as_ref().and_then(|view| i32::try_from(pick(view)).ok()).map_or(0.0, f64::from)
    };
    SealInfo {
        seal_code: seal.code.clone(),
        seal_name: seal.name.clone(),
        seal_type: SealType::find(&seal.seal_type),
        organization_code: Some(organization.code.clone()),
        organization_name: Some(organization.name.clone()),
        seal_img: view.as_ref().map(|view| Base64(view.picture.clone())),
        image_type: view.as_ref().map(|view| view.picture_type.clone()),
        width: length(|view| view.width_mm),
        height: length(|view| view.height_mm),
        cert: certificates.first().cloned(),
        cert_list: Some(certificates),
        valid_start: Some(seal.valid_start.into()),
        valid_end: Some(seal.valid_end.into()),
        carrier: Carrier::find(&seal.carrier),
        status: Some(seal_status(seal, now)),
        sign_alg: "SM3withSM2".into(),
        maker: view
            .as_ref()
            .and_then(|view| view.maker.as_ref())
            .map(|maker| maker.common_name.clone())
            .unwrap_or_default(),
        region: app.config.region.clone(),
        seal_data: Some(Base64(seal.der.clone())),
    }
}

/// The seal's data judged as of now.
pub(crate) fn report(app: &App, seal: &SealRecord, now: Timestamp) -> SealReport {
    judge_seal(&examine_seal(&seal.der), &app.trust.evidence(), &app.seal_policy(), now)
}
