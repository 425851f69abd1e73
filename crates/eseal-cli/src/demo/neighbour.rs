//! The demo's neighbour (邻市): 广州 with an authority, seals and a status service of its own, so that one sees what a
//! recognised partner is, what its word is worth, and what a stranger is.

use std::{path::Path, sync::Arc};

use anyhow::{Context, Result};
use axum::{
    Json, Router,
    extract::{Query, State},
    http::StatusCode,
    routing::get,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use eseal::{
    Anchor, Document, Evidence, Limits, PageSelection, PdfNames, Placement, Policy, PrepareRequest, SealValidityAt,
    SignatureValue,
    bundle::{KeyAlgorithm, StatusService, Structure, TrustRegion},
    status::{SealStatement, StatedStatus},
};
use eseal_bytes::ByteSource;
use eseal_gm::{sm2::SigningKey, sm3};
use eseal_picture::{SealDesign, draw};
use eseal_pki::issue::{Profile, Subject};
use eseal_ses::v4::ListTemplate;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{DEVELOPMENT_UNIT, request, samples, seed::millimetres};
use crate::{
    ca::Authority,
    files, keys,
    seal::{Wanted, whole_second},
};

/// Where its service answers, below the demo's address.
const PATH: &str = "/demo/guangzhou/sealStatus";
const REGION: (&str, &str) = ("440100", "广州");
/// How long an answer is good.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(10);

/// Files that others sealed: name, what the seal is called, its code, its state at the neighbour's; none for a stranger.
const FILES: [(&str, &str, &str, Option<StatedStatus>); 3] = [
    ("partner-valid.ofd", "广州市示例贸易有限公司", "44010000000001", Some(StatedStatus::Active)),
    ("partner-revoked.pdf", "广州市示例停业有限公司", "44010000000002", Some(StatedStatus::Revoked)),
    ("stranger.ofd", "某地示例有限公司", "99010000000001", None),
];

/// What the neighbour knows of its seals.
#[derive(Debug, Serialize, Deserialize)]
struct Known {
    code: String,
    /// SM3 of the seal, hex.
    sm3: String,
    status: String,
    since: Option<Timestamp>,
}

/// The neighbour.
pub(super) struct Neighbour {
    root: Vec<u8>,
    crl: Vec<u8>,
    key: SigningKey,
    known: Vec<Known>,
}

impl Neighbour {
    /// Opens or makes it in `folder`, with the files that it sealed in `samples`.
    pub(super) fn open(folder: &Path, samples: &Path) -> Result<Self> {
        files::make_folder(folder)?;
        let now = Timestamp::now();
        let key_file = folder.join("status.key");
        if !key_file.exists() {
            keys::write(&key_file, &keys::generate()?)?;
        }
        let mut authority = authority(&folder.join("ca"), "广州示例根证书 eseal demo neighbour", now)?;
        let register = folder.join("seals.json");
        if !register.exists() {
            let mut stranger = authority_of_nobody(&folder.join("stranger"), now)?;
            files::make_folder(samples)?;
            let mut known = Vec::new();
            for (file, name, code, status) in FILES {
                let issuer = if status.is_some() { &mut authority } else { &mut stranger };
                let seal = sealed(issuer, name, code, &samples.join(file), now)?;
                if let Some(status) = status {
                    let since = (status == StatedStatus::Revoked).then(|| now - SignedDuration::from_hours(1));
                    known.push(Known {
                        code: code.into(),
                        sm3: hex::encode(sm3(&seal)),
                        status: status.as_str().into(),
                        since: since.map(whole_second).transpose()?,
                    });
                }
            }
            files::write(&register, serde_json::to_string_pretty(&known)?.as_bytes())?;
        }
        Ok(Self {
            root: authority.root().to_vec(),
            crl: authority.crl()?,
            key: keys::read(&key_file)?,
            known: serde_json::from_str(&files::read_text(&register)?).context("seals.json")?,
        })
    }

    /// How the demo's bundle recognises it.
    pub(super) fn region(&self, base_url: &str) -> TrustRegion {
        let key = self.key.verifying_key().clone();
        region(REGION, &self.root, Some(StatusService { url: format!("{base_url}{PATH}"), key }))
    }

    /// Its CRL.
    pub(super) fn crl(&self) -> Vec<u8> {
        self.crl.clone()
    }

    /// Its service.
    pub(super) fn router(self) -> Router {
        Router::new().route(PATH, get(status)).with_state(Arc::new(self))
    }

    fn state(&self, question: &Question) -> Option<Value> {
        let (mut sm3, mut nonce) = ([0; 32], [0; 16]);
        hex::decode_to_slice(&question.seal_sm3, &mut sm3).ok()?;
        hex::decode_to_slice(&question.nonce, &mut nonce).ok()?;
        let found = self.known.iter().find(|seal| seal.code == question.seal_code && seal.sm3 == question.seal_sm3);
        let now = whole_second(Timestamp::now()).ok()?;
        let statement = SealStatement {
            region: REGION.1.into(),
            seal_code: question.seal_code.clone(),
            seal_sm3: Some(sm3),
            status: found.and_then(|seal| StatedStatus::find(&seal.status)).unwrap_or(StatedStatus::Unknown),
            since: found.and_then(|seal| seal.since),
            this_update: now,
            next_update: now + GOOD_FOR,
            nonce,
        };
        let text = statement.to_text();
        let signature = BASE64_STANDARD.encode(self.key.sign(text.as_bytes()));
        Some(json!({ "code": 200, "data": { "statement": text, "signature": signature } }))
    }
}

/// Names of the files that others sealed.
pub(super) fn file_names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, ..)| *name)
}

/// A region of the demo that accepts what the product makes.
pub(super) fn region((code, name): (&str, &str), root: &[u8], status: Option<StatusService>) -> TrustRegion {
    TrustRegion {
        code: code.into(),
        name: name.into(),
        makers: vec![root.to_vec()],
        signers: vec![root.to_vec()],
        time_stamps: vec![root.to_vec()],
        structures: Structure::ALL.to_vec(),
        algorithms: vec![KeyAlgorithm::Sm2],
        status,
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    seal_code: String,
    seal_sm3: String,
    nonce: String,
}

async fn status(
    State(neighbour): State<Arc<Neighbour>>,
    Query(question): Query<Question>,
) -> Result<Json<Value>, StatusCode> {
    neighbour.state(&question).map(Json).ok_or(StatusCode::BAD_REQUEST)
}

/// Opens or makes an authority, its list renewed.
pub(super) fn authority(folder: &Path, name: &str, now: Timestamp) -> Result<Authority> {
    if folder.join("ca.pem").exists() {
        let mut authority = Authority::open(folder)?;
        authority.renew_crl(now)?;
        return Ok(authority);
    }
    let subject = Subject { organizational_unit: DEVELOPMENT_UNIT.into(), ..Subject::named(name) };
    Authority::init(folder, &subject, 20, now)
}

/// An authority that no bundle names.
fn authority_of_nobody(folder: &Path, now: Timestamp) -> Result<Authority> {
    authority(folder, "示例陌生根证书 eseal demo stranger", now)
}

/// Makes a seal under `authority` and seals the sample contract with it; gives the seal.
fn sealed(authority: &mut Authority, name: &str, code: &str, file: &Path, now: Timestamp) -> Result<Vec<u8>> {
    let mut party = |common_name: &str, profile| -> Result<(SigningKey, Vec<u8>)> {
        let key = keys::generate()?;
        let wanted = request(Subject::of(name, common_name), &key.public_key(), profile);
        let certificate = authority.issue(&wanted, now)?;
        Ok((key, certificate))
    };
    let (maker_key, maker) = party("示例制章单位", Profile::SealMaker)?;
    let (signer_key, signer) = party(code, Profile::Signer)?;
    let picture = draw(&SealDesign {
        template: "co-40".into(),
        name: name.into(),
        lines: Vec::new(),
        code: Some(code.into()),
        dpi: None,
        ..SealDesign::default()
    })
    .with_context(|| format!("the picture of seal {code}"))?;
    let start = whole_second(now)?;
    let seal = Wanted {
        vid: "eseal",
        code,
        kind: 1,
        name,
        list: ListTemplate::Certificates(&[&signer]),
        valid: (start, start + SignedDuration::from_hours(24 * 700)),
        picture: &picture.png,
        size_mm: (millimetres(picture.width_mm), millimetres(picture.height_mm)),
    }
    .make(&maker, &maker_key)?;
    let bytes = samples::contract_of(file)?;
    let anchor = |der: &[u8]| Anchor { certificate: der.to_vec(), region: String::new(), own: false };
    let source: Arc<dyn ByteSource> = Arc::new(bytes);
    let place = Placement::Rectangle {
        pages: PageSelection::Ranges(vec![(1, 1)]),
        left_mm: 120.0,
        bottom_mm: 60.0,
        right_mm: None,
        top_mm: None,
    };
    let prepared = Document::open(source.clone(), &Limits::default())?.prepare(&PrepareRequest {
        seal: &seal,
        signer_certificate: &signer,
        placements: &[place],
        lock: false,
        reason: None,
        signing_time: start,
        pdf: &PdfNames::default(),
        evidence: &Evidence { anchors: vec![anchor(authority.root())], ..Evidence::default() },
        policy: &Policy {
            seal_validity_at: SealValidityAt::Now,
            require_revocation: false,
            ..Policy::gbt38540_claimed_time()
        },
    })?;
    let value = SignatureValue::Bytes(signer_key.sign_prehash(&prepared.e).to_der());
    let sealed = prepared.compose(source, &value, Some(&signer))?;
    files::write_source(file, &sealed.bytes)?;
    Ok(seal)
}
