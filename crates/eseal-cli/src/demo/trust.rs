//! Whom the demo trusts (演示信任包): a signed bundle with the six regions that are known, and a time-stamp authority.

use std::path::Path;

use anyhow::{Context, Result};
use eseal::bundle::{BundleError, KnownRegion, SignedBundle, TrustBundle};
use eseal_pki::issue::{Profile, Subject};
use jiff::{SignedDuration, Timestamp};

use super::{
    neighbour::{self, Neighbour, region},
    request, seed,
};
use crate::{ca::Authority, files, keys, seal::whole_second, tsa};

/// The bundle, in the demo's folder.
pub(super) const BUNDLE: &str = "trust.json";
/// The operator's key, below the folder of keys.
pub(crate) const OPERATOR: &str = "operator.key";
/// Where the time-stamp authority answers, below the demo's address.
pub(super) const TIME_STAMPS: &str = "/demo/tsa";

/// Signs a new bundle at each start, for its lists are new; gives the operator's public key as hex.
pub(super) fn write(folder: &Path, base_url: &str, authority: &Authority, neighbour: &Neighbour) -> Result<String> {
    let key_file = folder.join("keys").join(OPERATOR);
    if !key_file.exists() {
        keys::write(&key_file, &keys::generate()?)?;
    }
    let key = keys::read(&key_file)?;
    let issued = whole_second(Timestamp::now())?;
    let home = KnownRegion::find("深圳").context("the own region")?;
    let mut regions = vec![region((home.code, home.name), authority.root(), None), neighbour.region(base_url)];
    let mut crls = vec![authority.crl()?, neighbour.crl()];
    for known in KnownRegion::ALL {
        if regions.iter().all(|region| region.code != known.code) {
            let root = far_away(&folder.join("regions").join(known.code), known)?;
            regions.push(region((known.code, known.name), root.root(), None));
            crls.push(root.crl()?);
        }
    }
    let bundle = TrustBundle {
        name: "示例信任包 eseal demo".into(),
        // Grows with the time; a demo is not started twice in a second.
        version: u64::try_from(issued.as_second()).context("the clock")?,
        issued,
        next_update: issued + SignedDuration::from_hours(24 * 30),
        home: home.code.into(),
        regions,
        intermediates: Vec::new(),
        crls,
    };
    let signed =
        SignedBundle::sign(bundle.to_json()?, key.verifying_key(), |text| Ok::<_, BundleError>(key.sign(text)))?;
    files::write(&folder.join(BUNDLE), &signed.to_json()?)?;
    Ok(hex::encode(key.public_key()))
}

/// The root of a region that the demo knows by name only.
fn far_away(folder: &Path, region: &KnownRegion) -> Result<Authority> {
    files::make_folder(folder)?;
    neighbour::authority(&folder.join("ca"), &format!("{}示例根证书 eseal demo", region.name), Timestamp::now())
}

/// The demo's time-stamp authority.
pub(super) fn time_stamps(folder: &Path, authority: &mut Authority) -> Result<tsa::Authority> {
    let pair = folder.join("keys").join("tsa");
    seed::pair(authority, &pair, |key| request(Subject::of("示例时间戳服务", "eseal demo TSA"), key, Profile::Tsa))?;
    tsa::Authority::new(
        files::read_certificate(&pair.with_extension("pem"))?,
        keys::read(&pair.with_extension("key"))?,
        vec![authority.root().to_vec()],
        tsa::EXAMPLE_POLICY,
        1,
        &folder.join("tsa-serials"),
    )
}
