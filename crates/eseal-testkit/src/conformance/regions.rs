//! Recognition across regions (跨区域互认): a signed trust bundle, seals of the own region, of a partner and of nobody.
//!
//! 深圳 is the own region and has an authority of its own; 广州 is a partner whose authority is the kit's root, and accepts
//! V4 and CMS with SM2 only; 北京 is a partner whose status service must be asked, and nobody answers here.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use eseal_gm::{Hash, sm2::SigningKey};
use eseal_pki::issue::{CrlTemplate, Profile};
use serde_json::{Value, json};

use super::{
    Case, Class, ConformanceWorld, Verdict,
    pdf_make::{PdfMake, PutPdf, sealed_pdf},
    ses_make::{SignatureMake, listed},
};
use crate::{ForeignKey, ForeignSpec, Party, days};

/// The bundle's file in the corpus.
pub const REGIONS: &str = "regions.json";

const CLAUSE: &str = "DB4403/T 383; 互信互认";

/// Whoever lives in a region.
pub(super) struct Region {
    root: Party,
    maker: Party,
    signer: Party,
}

impl Region {
    /// Seeds from `seed` on.
    pub(super) fn new(seed: u8, name: &str) -> Self {
        let root = Party::issue(seed, &format!("测试{name}根证书"), Profile::Root, None, |_| {});
        let below = |seed, name: String, profile| Party::issue(seed, &name, profile, Some(&root), |_| {});
        Self {
            maker: below(seed + 1, format!("测试{name}制章人"), Profile::SealMaker),
            signer: below(seed + 2, format!("440300000000{seed}"), Profile::Signer),
            root,
        }
    }
}

impl ConformanceWorld {
    /// The signed trust bundle, JSON.
    #[must_use]
    pub fn regions(&self) -> Value {
        let operator = SigningKey::from_bytes(&[41; 32]).expect("a key");
        let payload = serde_json::to_vec_pretty(&self.region_bundle()).expect("JSON");
        let signer = Party { key: operator.clone(), certificate: Vec::new() };
        let text = [&b"ESEAL-TRUST/1\n"[..], &payload].concat();
        let hex: String = operator.verifying_key().to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        json!({
            "format": "eseal-trust-bundle/1",
            "payload": BASE64.encode(&payload),
            "operator": hex,
            "signature": BASE64.encode(signer.sign(&text)),
        })
    }

    fn region_bundle(&self) -> Value {
        let crl = |root: &Party| {
            let this_update = self.now - days(1);
            let template = CrlTemplate { number: 1, this_update, next_update: this_update + days(30), revoked: &[] };
            root.issuing(|sign| template.issued_by(&root.certificate, sign))
        };
        let region = |code: &str, name: &str, root: &Party, structures: &[&str], algorithms: &[&str]| {
            let root = [BASE64.encode(&root.certificate)];
            json!({
                "code": code, "name": name, "makers": root, "signers": root, "timeStamps": root,
                "structures": structures, "algorithms": algorithms,
            })
        };
        let every = ["V1", "V4", "V5", "CMS"];
        let mut asked = region("110000", "北京", &self.asked.root, &every, &["SM2"]);
        let key: String = self.asked.root.key.public_key().iter().map(|byte| format!("{byte:02x}")).collect();
        asked["status"] = json!({"url": "https://status.example/seals", "key": key});
        let crls: Vec<String> = [crl(&self.home.root), crl(&self.asked.root), self.pki.crl()]
            .iter()
            .map(|der| BASE64.encode(der))
            .collect();
        json!({
            "name": "测试信任包",
            "version": 1,
            "issued": (self.now - days(1)).to_string(),
            "nextUpdate": (self.now + days(390)).to_string(),
            "home": "440300",
            "regions": [
                region("440300", "深圳", &self.home.root, &every, &["SM2", "RSA", "ECDSA"]),
                region("440100", "广州", &self.pki.root, &["V4", "CMS"], &["SM2"]),
                asked,
            ],
            "intermediates": [],
            "crls": crls,
        })
    }

    fn region_make(&self, shape: u8, maker: &Party, signer: &Party) -> SignatureMake {
        let seal = self.seal_with(shape, |make| {
            make.made_by(maker);
            make.list = listed(&[&signer.certificate]);
        });
        let mut make = self.signature_make(seal).signed_by(signer);
        make.version = i64::from(shape);
        make
    }
}

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    let (pki, home, asked) = (&world.pki, &world.home, &world.asked);
    let case = |class, name: &str, bytes: Vec<u8>, verdict: Verdict, zh: &str, en: &str| {
        Case::one(class, name, "pdf", bytes, verdict).says(zh, en, CLAUSE).trusting(REGIONS)
    };
    let sealed = |shape, maker: &Party, signer: &Party| sealed_pdf(&world.region_make(shape, maker, signer)).bytes;
    let partner = ("广州", "partner");
    let not_accepted = |sub| Verdict::open(sub, &["REGION_ACCEPTS"]).recognised(partner.0, partner.1);
    let rsa = {
        let mut file = PdfMake::new();
        let put = PutPdf { filter: "Adobe.PPKLite", sub_filter: "adbe.pkcs7.detached", ..PutPdf::default() };
        file.sign(&put, |document, _| {
            ForeignSpec::new(ForeignKey::Rsa, Hash::Sha256, document).signed_by(world.foreign(ForeignKey::Rsa))
        });
        file.bytes
    };
    let nobody = Verdict::open(
        "NO_CERTIFICATE_CHAIN_FOUND",
        &["SEAL_MAKER_CERT_CHAIN", "SEAL_MAKER_CERT_REVOCATION", "SIGNER_CERT_CHAIN", "SIGNER_CERT_REVOCATION"],
    );
    vec![
        case(
            Class::Good,
            "region-home",
            sealed(4, &home.maker, &home.signer),
            Verdict::good().recognised("深圳", "issuer"),
            "本地印章",
            "a seal of the own region",
        ),
        case(
            Class::Good,
            "region-partner",
            sealed(4, &pki.maker, &pki.signer),
            Verdict::good().recognised(partner.0, partner.1),
            "互认地区的印章",
            "a seal of a recognised partner",
        ),
        case(
            Class::Twin,
            "region-partner-structure",
            sealed(5, &pki.maker, &pki.signer),
            not_accepted("SIG_CONSTRAINTS_FAILURE"),
            "互认地区不认可的结构",
            "a structure that the partner does not accept",
        ),
        case(
            Class::Twin,
            "region-partner-algorithm",
            rsa,
            not_accepted("CRYPTO_CONSTRAINTS_FAILURE"),
            "互认地区不认可的算法",
            "an algorithm that the partner does not accept",
        ),
        case(
            Class::Twin,
            "region-signer-elsewhere",
            sealed(4, &pki.maker, &home.signer),
            not_accepted("CHAIN_CONSTRAINTS_FAILURE"),
            "签章人证书的颁发机构属于另一地区",
            "the signer's authority belongs to another region",
        ),
        case(
            Class::Twin,
            "region-status-not-answered",
            sealed(4, &asked.maker, &asked.signer),
            Verdict::open("TRY_LATER", &["SEAL_STATUS"]).recognised("北京", "partner"),
            "须查询印章状态而没有答复",
            "the status of the seal must be asked, and nobody answers",
        ),
        case(
            Class::Twin,
            "region-unknown",
            sealed(4, &pki.stranger, &pki.stranger),
            nobody.recognised("", "unknown"),
            "不明来源的印章",
            "a seal of nobody known",
        ),
    ]
}
