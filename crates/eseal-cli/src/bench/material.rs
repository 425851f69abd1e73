//! A small PKI and a seal in memory, for the benchmarks (测试用证书与印章).

use anyhow::{Context, Result};
use eseal::{Anchor, Evidence};
use eseal_gm::sm2::SigningKey;
use eseal_picture::{SealDesign, draw};
use eseal_pki::issue::{CertificateTemplate, CrlTemplate, Profile, Subject};
use eseal_ses::v4::ListTemplate;
use jiff::{SignedDuration, Timestamp};

use crate::{keys, seal::Wanted};

/// Everything that sealing needs.
pub(super) struct Material {
    pub(super) now: Timestamp,
    pub(super) seal: Vec<u8>,
    pub(super) signer: SigningKey,
    pub(super) certificate: Vec<u8>,
    pub(super) evidence: Evidence,
}

impl Material {
    pub(super) fn make() -> Result<Self> {
        let now = crate::seal::whole_second(Timestamp::now())?;
        let (root, maker, signer) = (keys::generate()?, keys::generate()?, keys::generate()?);
        let window = (now - SignedDuration::from_hours(1), now + SignedDuration::from_hours(24 * 365));
        let issue = |serial: u8, name: &str, key: &SigningKey, profile, issuer: Option<&[u8]>| {
            let template = CertificateTemplate {
                serial: &[serial],
                subject: &Subject::named(name),
                public_key: &key.public_key(),
                profile,
                not_before: window.0,
                not_after: window.1,
                crl_url: None,
            };
            match issuer {
                Some(issuer) => template.issued_by(issuer, &|tbs| keys::sign(&root, tbs)),
                None => template.self_signed(&|tbs| keys::sign(&root, tbs)),
            }
        };
        let root_certificate = issue(1, "bench root", &root, Profile::Root, None)?;
        let maker_certificate = issue(2, "bench maker", &maker, Profile::SealMaker, Some(&root_certificate))?;
        let certificate = issue(3, "44030000000099", &signer, Profile::Signer, Some(&root_certificate))?;
        let crl = CrlTemplate { number: 1, this_update: window.0, next_update: window.1, revoked: &[] }
            .issued_by(&root_certificate, &|tbs| keys::sign(&root, tbs))?;
        let design = SealDesign {
            template: "co-42".into(),
            name: "性能测试有限公司".into(),
            dpi: Some(300),
            ..SealDesign::default()
        };
        let picture = draw(&design).context("the seal's picture")?;
        let seal = Wanted {
            vid: "ESEAL",
            code: "44030000000099",
            name: "性能测试有限公司",
            kind: 1,
            picture: &picture.png,
            size_mm: (42, 42),
            list: ListTemplate::Certificates(&[&certificate]),
            valid: window,
        }
        .make(&maker_certificate, &maker)?;
        let anchor = Anchor { certificate: root_certificate, region: String::new(), own: true };
        let evidence = Evidence { anchors: vec![anchor], crls: vec![crl], ..Evidence::default() };
        Ok(Self { now, seal, signer, certificate, evidence })
    }
}
