//! Fills an empty demo (演示数据): keys and certificates, the registry, the phone, the seals.  What is there stays.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use eseal_api::{Function, Scene};
use eseal_gm::{sm2::SigningKey, sm3};
use eseal_picture::{SealDesign, draw};
use eseal_pki::{
    issue::{Profile, Subject},
    pem,
};
use eseal_service::{
    App,
    mobile::{new_enrolment, phone::Phone},
    secret_hash,
};
use eseal_ses::v4::ListTemplate;
use eseal_store::{GrantRecord, OrganizationRecord, SealRecord, SystemRecord, UserRecord};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    device,
    phone::HttpLink,
    request, usbkey,
    who::{self, ORGANIZATIONS, Organization, PHONE_SEAL, SYSTEM, Seal, USER},
};
use crate::{
    ca::Authority,
    client::random_hex,
    files, keys,
    seal::{Wanted, whole_second},
};

/// Years that the demo's seals are valid; less than the certificates would be too little, more than five unusual.
const SEAL_DAYS: i64 = 720;
/// Where the maker's certificate and key are.
const MAKER: &str = "maker";
const SECRETS: &str = "secrets.json";
const PHONE: &str = "phone.json";

/// What the demo's parties know besides what is public; for development.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Secrets {
    /// HMAC-SM3 key of the system, hex.
    pub(super) hmac_key: String,
    /// SM2 request key of the system, hex.
    pub(super) sm2_key: String,
    /// Grant codes, in the order of the organisations.
    pub(super) grant_codes: Vec<String>,
    /// PIN of the phone.
    pub(super) phone_pin: String,
    /// Bearer token of the platform's operator.
    pub(super) operator_token: String,
}

impl Secrets {
    /// Reads them, or makes them at the first start.
    pub(super) fn of(folder: &Path) -> Result<Self> {
        let path = folder.join(SECRETS);
        if path.exists() {
            let text = Zeroizing::new(files::read_text(&path)?);
            return serde_json::from_str(&text).with_context(|| format!("{} is damaged", path.display()));
        }
        let digits = random_hex()?.bytes().map(|byte| char::from(b'0' + byte % 10)).take(6).collect();
        let made = Self {
            hmac_key: random_hex()? + &random_hex()?,
            sm2_key: hex::encode(*keys::generate()?.to_bytes()),
            grant_codes: ORGANIZATIONS.iter().map(|_| random_hex()).collect::<Result<_>>()?,
            phone_pin: digits,
            operator_token: random_hex()? + &random_hex()?,
        };
        files::write_private(&path, Zeroizing::new(serde_json::to_string_pretty(&made)?).as_bytes())?;
        Ok(made)
    }

    /// The system's SM2 request key.
    pub(super) fn request_key(&self) -> Result<SigningKey> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(&self.sm2_key, &mut *bytes).context("sm2Key in secrets.json")?;
        SigningKey::from_bytes(&bytes).context("sm2Key in secrets.json")
    }
}

/// Certificates and keys of the maker, of the seals in the server, and of the seal on the USBKey.
pub(super) fn server_keys(demo: &Path, authority: &mut Authority) -> Result<()> {
    let folder = demo.join("keys");
    files::make_folder(&folder)?;
    pair(authority, &folder.join(MAKER), |key| {
        request(Subject::of("示例制章单位", "eseal demo seal maker"), key, Profile::SealMaker)
    })?;
    for (_, seal) in who::seals() {
        match seal.carrier {
            "server" => device::provision(demo, authority, seal.code)?,
            "usbkey" => usbkey::provision(demo, authority, seal.code)?,
            _ => {}
        }
    }
    Ok(())
}

/// NAME.key and NAME.pem, unless both are there.
pub(super) fn pair(
    authority: &mut Authority,
    path: &Path,
    request: impl FnOnce(&[u8]) -> crate::ca::IssueRequest,
) -> Result<()> {
    let (key_file, certificate_file) = (path.with_extension("key"), path.with_extension("pem"));
    if key_file.exists() && certificate_file.exists() {
        return Ok(());
    }
    let key = keys::generate()?;
    let certificate = authority.issue(&request(&key.public_key()), Timestamp::now())?;
    keys::write(&key_file, &key)?;
    files::write(&certificate_file, pem::encode(pem::CERTIFICATE, &certificate).as_bytes())
}

/// Organisations, the system, the user, the grants, and the seals whose keys exist.
pub(super) async fn registry(app: &App, folder: &Path, base_url: &str, requests_per_minute: Option<u32>) -> Result<()> {
    let secrets = Secrets::of(folder)?;
    let (id, name) = SYSTEM;
    let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let functions: Vec<&str> = Function::ALL.iter().map(|function| function.path()).collect();
    app.store
        .put_system(&SystemRecord {
            id: id.into(),
            name: name.into(),
            active: true,
            hmac_keys: vec![hex::decode(&secrets.hmac_key).context("hmacKey in secrets.json")?],
            sm2_keys: vec![secrets.request_key()?.public_key().to_vec()],
            functions: texts(&functions),
            scenes: texts(Scene::VALUES),
            addresses: Vec::new(),
            origins: vec![base_url.to_owned()],
            digest_only: true,
            requests_per_minute,
        })
        .await?;
    let (id, name, id_type, id_no) = USER;
    app.store
        .put_user(&UserRecord {
            id: id.into(),
            name: name.into(),
            id_type: id_type.into(),
            id_no: id_no.into(),
            organizations: ORGANIZATIONS.iter().map(|organization| organization.code.into()).collect(),
            active: true,
        })
        .await?;
    for (organization, grant_code) in ORGANIZATIONS.iter().zip(&secrets.grant_codes) {
        put_organization(app, organization, grant_code).await?;
    }
    for (organization, seal) in who::seals() {
        let certificate = match seal.carrier {
            "server" => device::certificate(folder, seal.code),
            "usbkey" => usbkey::certificate(folder, seal.code),
            _ => continue, // the phone makes its key when it is enrolled
        };
        let certificate = files::read_certificate(&certificate.with_extension("pem"))?;
        put_seal(app, folder, organization, seal, certificate).await?;
    }
    Ok(())
}

async fn put_organization(app: &App, organization: &Organization, grant_code: &str) -> Result<()> {
    app.store
        .put_organization(&OrganizationRecord {
            code: organization.code.into(),
            name: organization.name.into(),
            is_government: organization.is_government,
        })
        .await?;
    let id = format!("demo-{}", organization.code);
    if app.store.find_grant_by_id(&id).await?.is_some_and(|grant| grant.code_hash == secret_hash(grant_code)) {
        return Ok(()); // revoked, or with other limits: it stays so
    }
    app.store
        .put_grant(&GrantRecord {
            id,
            code_hash: secret_hash(grant_code),
            system_id: SYSTEM.0.into(),
            organization_code: organization.code.into(),
            central: true,
            ..GrantRecord::default()
        })
        .await?;
    Ok(())
}

/// Makes and registers a seal, unless there is one with this code.
async fn put_seal(
    app: &App,
    folder: &Path,
    organization: &Organization,
    seal: &Seal,
    certificate: Vec<u8>,
) -> Result<()> {
    if app.store.find_seal(seal.code).await?.is_some() {
        return Ok(());
    }
    let valid_start = whole_second(Timestamp::now())?;
    let valid_end = valid_start + SignedDuration::from_hours(24 * SEAL_DAYS);
    let der = make(folder, seal, &certificate, (valid_start, valid_end))?;
    app.store.bind_certificate(&sm3(&certificate), USER.0).await?;
    app.store
        .put_seal(&SealRecord {
            code: seal.code.into(),
            name: seal.name.into(),
            organization_code: organization.code.into(),
            seal_type: seal.seal_type.into(),
            carrier: seal.carrier.into(),
            status: "ACTIVE".into(),
            status_since: None,
            scenes: Vec::new(),
            valid_start,
            valid_end,
            certificates: vec![certificate],
            der,
        })
        .await?;
    tracing::info!(seal.code, "Made the seal {}", seal.code);
    Ok(())
}

fn make(folder: &Path, seal: &Seal, certificate: &[u8], valid: (Timestamp, Timestamp)) -> Result<Vec<u8>> {
    let maker = folder.join("keys").join(MAKER);
    let picture = draw(&SealDesign {
        template: seal.template.into(),
        name: seal.text.into(),
        lines: seal.lines.iter().map(|line| (*line).to_owned()).collect(),
        code: (seal.seal_type != "05").then(|| seal.code.to_owned()),
        dpi: None,
        ..SealDesign::default()
    })
    .with_context(|| format!("the picture of seal {}", seal.code))?;
    let kind: i64 = seal.seal_type.parse().context("a seal's type")?;
    Wanted {
        vid: "ESEAL",
        code: seal.code,
        name: seal.name,
        kind,
        picture: &picture.png,
        size_mm: (millimetres(picture.width_mm), millimetres(picture.height_mm)),
        list: ListTemplate::Certificates(&[certificate]),
        valid,
    }
    .make(&files::read_certificate(&maker.with_extension("pem"))?, &keys::read(&maker.with_extension("key"))?)
}

/// Seals carry whole millimetres.
pub(super) fn millimetres(length: f64) -> u16 {
    length.round().clamp(1.0, 1000.0) as u16
}

/// The phone: enrolled over the real protocol at the first start, with the seal made for the key that came out of it.
pub(super) async fn phone(app: &App, folder: &Path, base_url: &str) -> Result<Phone> {
    let path: PathBuf = folder.join(PHONE);
    let phone = if path.exists() {
        let text = Zeroizing::new(files::read_text(&path)?);
        Phone::from_json(&text).with_context(|| format!("{} is damaged", path.display()))?
    } else {
        let (code, _) = new_enrolment(app, USER.0).await?;
        let platform = app.platform_keys.public_key(eseal_api::KeyPurpose::Summary).clone();
        let pin = Zeroizing::new(Secrets::of(folder)?.phone_pin);
        let phone = Phone::enrol(&mut HttpLink::unsigned(base_url), &code, "模拟手机", &pin, platform).await?;
        files::write_private(&path, phone.to_json()?.as_bytes())?;
        phone
    };
    let found = who::seals().find(|(_, seal)| seal.code == PHONE_SEAL);
    let (organization, seal) = found.context("the seal on the phone")?;
    put_seal(app, folder, organization, seal, phone.certificate.clone()).await?;
    Ok(phone)
}
