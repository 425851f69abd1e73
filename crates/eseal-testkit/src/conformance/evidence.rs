//! Evidence inside a PDF (文件内的验证证据): revocation lists and status responses in the document security store, document
//! time stamps; good files and their broken twins.
//!
//! The signer's issuer is an authority below the root of which the trust bundle says nothing: its certificate and what it
//! says of the signer come with the file, or are not there.

use eseal_gm::Hash;
use eseal_pki::{
    Certificate,
    issue::{CrlTemplate, OcspAnswer, OcspTemplate, RevokedEntry, SigningAlgorithm},
    ocsp::{CertStatus, OcspRequest, ocsp_request},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    Case, Class, ConformanceWorld, Expected, Verdict,
    pdf_make::{PdfMake, PutPdf, object, references, sealed_pdf, stream},
    ses_make::{SignatureMake, Stamp, listed},
};
use crate::{Party, days, party::serial, time_stamp};

const STORE: &str = "ISO 32000-2, 12.8.4.3";
const OCSP: &str = "RFC 6960";
const CRL: &str = "RFC 5280, 5";
const STAMP: &str = "ISO 32000-2, 12.8.5";

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    [store(world), stamps(world)].concat()
}

impl ConformanceWorld {
    /// A list of the authority below the root.
    fn lower_crl(&self, issuer: &Party, this_update: Timestamp, revoked: &[RevokedEntry]) -> Vec<u8> {
        let template = CrlTemplate { number: 1, this_update, next_update: this_update + days(7), revoked };
        issuer.issuing(|sign| template.issued_by(&issuer.certificate, sign))
    }

    /// What `responder` says of `subject`, whose issuer is the authority below the root.
    fn ocsp(&self, responder: &Party, subject: &Party, status: CertStatus, at: Timestamp) -> Vec<u8> {
        let read = |party: &Party| party.certificate.clone();
        let (subject, issuer) = (read(subject), read(&self.lower));
        let certificate = |der: &[u8]| Certificate::from_der(der).map(|read| read.raw.to_vec()).expect("a certificate");
        let (subject, issuer) = (certificate(&subject), certificate(&issuer));
        let request = ocsp_request(
            &Certificate::from_der(&subject).expect("a certificate"),
            &Certificate::from_der(&issuer).expect("a certificate"),
            Hash::Sm3,
            None,
        );
        let request = OcspRequest::from_der(&request).expect("a request");
        let answers = [OcspAnswer {
            cert_id: request.certificates[0].raw,
            status,
            this_update: at,
            next_update: Some(at + days(7)),
        }];
        let template =
            OcspTemplate { produced_at: at, answers: &answers, nonce: None, algorithm: SigningAlgorithm::Sm3WithSm2 };
        let is_issuer = responder.certificate == self.lower.certificate;
        responder.issuing(|sign| template.signed_by(&responder.certificate, is_issuer, sign))
    }

    /// A signature of the signer below the lower authority.
    fn lower_make(&self) -> SignatureMake {
        let seal = self.seal_with(4, |make| make.list = listed(&[&self.lower_signer.certificate]));
        self.signature_make(seal).signed_by(&self.lower_signer)
    }
}

impl PdfMake {
    /// Adds a document security store.
    fn keep(&mut self, certificates: &[&[u8]], crls: &[&[u8]], ocsps: &[&[u8]]) {
        let store = self.next;
        let mut objects = Vec::new();
        let mut lists = String::new();
        for (name, values) in [("Certs", certificates), ("CRLs", crls), ("OCSPs", ocsps)] {
            let first = store + 1 + u32::try_from(objects.len()).expect("few");
            let numbers: Vec<u32> = (first..).take(values.len()).collect();
            for (number, value) in numbers.iter().zip(values) {
                let digits: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
                objects.push((*number, stream("/Filter/ASCIIHexDecode", &format!("{digits}>"))));
            }
            if !numbers.is_empty() {
                lists.push_str(&format!("/{name}[{}]", references(&numbers)));
            }
        }
        self.catalog.push_str(&format!("/DSS {store} 0 R"));
        let catalog = self.catalog_object("");
        let head = [(object::CATALOG, catalog), (store, format!("<</Type/DSS{lists}>>"))];
        self.update(&[&head[..], &objects].concat());
    }
}

fn flipped(mut der: Vec<u8>) -> Vec<u8> {
    if let Some(last) = der.last_mut() {
        *last ^= 1;
    }
    der
}

/// Lists and responses in the document security store.
fn store(world: &ConformanceWorld) -> Vec<Case> {
    let (lower, signer, now) = (&world.lower, &world.lower_signer, world.now);
    let make = world.lower_make();
    let file = |make: &SignatureMake, certificates: &[&[u8]], crls: &[&[u8]], ocsps: &[&[u8]]| {
        let mut file = sealed_pdf(make);
        file.keep(certificates, crls, ocsps);
        file.bytes
    };
    let with_crl = |crl: Vec<u8>| file(&make, &[&lower.certificate], &[&crl], &[]);
    let with_ocsp = |ocsp: Vec<u8>| file(&make, &[&lower.certificate], &[], &[&ocsp]);
    let entry = |since: Timestamp| RevokedEntry { serial: serial(61).into(), since, reason: Some(1) };
    let fresh = now - days(1);
    let good = |name: &str, bytes, zh: &str, en: &str, clause| {
        Case::one(Class::Good, name, "pdf", bytes, Verdict::good()).says(zh, en, clause)
    };
    let twin = |name: &str, bytes, verdict, zh: &str, en: &str, clause| {
        Case::one(Class::Twin, name, "pdf", bytes, verdict).says(zh, en, clause)
    };
    let try_later = || Verdict::open("TRY_LATER", &["SIGNER_CERT_REVOCATION"]);
    let revoked = || Verdict::fails("REVOKED", &["SIGNER_CERT_REVOCATION"]);
    // Signed five days ago, revoked two days ago.
    let early = |is_stamped: bool| {
        make.clone().with(|make| {
            make.at(now - days(5));
            make.stamp = is_stamped.then(|| Stamp::of(&world.pki.tsa, now - days(5)));
        })
    };
    let two_days = world.lower_crl(lower, fresh, &[entry(now - days(2))]);
    let before = world.lower_crl(lower, now - days(4), &[]);
    let now_good = world.lower_crl(lower, fresh, &[]);
    let lower_entry = RevokedEntry { serial: serial(60).into(), since: now - days(2), reason: Some(1) };
    let issuer_revoked = world.pki.crl_with(fresh + SignedDuration::from_hours(1), &[lower_entry]);
    let status = |status| world.ocsp(lower, signer, status, fresh);
    let no_path = Verdict::open("NO_CERTIFICATE_CHAIN_FOUND", &["SIGNER_CERT_CHAIN", "SIGNER_CERT_REVOCATION"]);
    vec![
        good(
            "pdf-dss-crl",
            with_crl(world.lower_crl(lower, fresh, &[])),
            "验证数据中有吊销列表",
            "a revocation list in the store",
            CRL,
        ),
        good(
            "pdf-dss-ocsp",
            with_ocsp(status(CertStatus::Good)),
            "验证数据中有证书状态响应",
            "a status response in the store",
            OCSP,
        ),
        good(
            "pdf-dss-ocsp-delegated",
            with_ocsp(world.ocsp(&world.responder, signer, CertStatus::Good, fresh)),
            "状态响应由颁发机构授权的响应者签名",
            "the response is signed by a responder that the issuer certified",
            OCSP,
        ),
        good(
            "pdf-dss-revoked-later",
            file(&early(true), &[&lower.certificate], &[&two_days, &before], &[]),
            "签章人证书在签章之后被吊销，时间戳与验证数据证明在先",
            "the signer was revoked later, as time stamp and store prove",
            CRL,
        ),
        twin(
            "pdf-dss-none",
            sealed_pdf(&make).bytes,
            no_path,
            "没有验证数据，颁发机构未知",
            "no store, and the issuer is not known",
            STORE,
        ),
        twin(
            "pdf-dss-certificates-only",
            file(&make, &[&lower.certificate], &[], &[]),
            try_later(),
            "验证数据中只有证书",
            "the store has certificates only",
            STORE,
        ),
        twin(
            "pdf-dss-crl-forged",
            with_crl(flipped(world.lower_crl(lower, fresh, &[]))),
            try_later(),
            "吊销列表的签名被改坏",
            "the list's signature does not fit",
            CRL,
        ),
        twin(
            "pdf-dss-crl-old",
            with_crl(world.lower_crl(lower, now - days(40), &[])),
            try_later(),
            "吊销列表早已过期",
            "the list is long overdue",
            CRL,
        ),
        twin(
            "pdf-dss-crl-other-issuer",
            with_crl(world.lower_crl(&world.pki.stranger, fresh, &[])),
            try_later(),
            "吊销列表由他人签发",
            "the list is somebody else's",
            CRL,
        ),
        twin(
            "pdf-dss-crl-revoked",
            with_crl(world.lower_crl(lower, fresh, &[entry(now - days(10))])),
            revoked(),
            "吊销列表说签章前已吊销",
            "the list says revoked before signing",
            CRL,
        ),
        twin(
            "pdf-dss-crl-revoked-no-proof",
            file(&early(false), &[&lower.certificate], &[&two_days, &before], &[]),
            Verdict::open("REVOKED_NO_POE", &["SIGNER_CERT_REVOCATION"]),
            "签章之后被吊销，没有时间证明",
            "revoked after the claimed time, which nothing proves",
            CRL,
        ),
        twin(
            "pdf-dss-issuer-revoked-no-proof",
            file(&early(false), &[&lower.certificate], &[&issuer_revoked, &before, &now_good], &[]),
            Verdict::open("REVOKED_CA_NO_POE", &["SIGNER_CERT_REVOCATION"]),
            "签章之后颁发机构的证书被吊销，没有时间证明",
            "the issuer was revoked after the claimed time, which nothing proves",
            CRL,
        ),
        twin(
            "pdf-dss-ocsp-forged",
            with_ocsp(flipped(status(CertStatus::Good))),
            try_later(),
            "状态响应的签名被改坏",
            "the response's signature does not fit",
            OCSP,
        ),
        twin(
            "pdf-dss-ocsp-revoked",
            with_ocsp(status(CertStatus::Revoked { since: now - days(10), reason: Some(1) })),
            revoked(),
            "状态响应说已吊销",
            "the response says revoked",
            OCSP,
        ),
        twin(
            "pdf-dss-ocsp-unknown",
            with_ocsp(status(CertStatus::Unknown)),
            try_later(),
            "响应者不知道该证书",
            "the responder does not know the certificate",
            OCSP,
        ),
        twin(
            "pdf-dss-ocsp-old",
            with_ocsp(world.ocsp(lower, signer, CertStatus::Good, now - days(40))),
            try_later(),
            "状态响应早已过期",
            "the response is long overdue",
            OCSP,
        ),
        twin(
            "pdf-dss-ocsp-other-certificate",
            with_ocsp(world.ocsp(lower, &world.pki.other, CertStatus::Good, fresh)),
            try_later(),
            "状态响应是关于另一证书的",
            "the response is about another certificate",
            OCSP,
        ),
        twin(
            "pdf-dss-ocsp-not-authorised",
            with_ocsp(world.ocsp(signer, signer, CertStatus::Good, fresh)),
            try_later(),
            "状态响应由签章人自己签名",
            "the signer answers for itself",
            OCSP,
        ),
        twin(
            "pdf-dss-ocsp-stranger",
            with_ocsp(world.ocsp(&world.pki.stranger, signer, CertStatus::Good, fresh)),
            try_later(),
            "状态响应由不明身份者签名",
            "somebody unknown answers",
            OCSP,
        ),
        twin(
            "pdf-dss-good-ocsp-later-crl",
            file(
                &make,
                &[&lower.certificate],
                &[&world.lower_crl(lower, fresh, &[entry(now - days(10))])],
                &[&world.ocsp(lower, signer, CertStatus::Good, now - days(2))],
            ),
            revoked(),
            "较早的响应说正常，较新的列表说已吊销",
            "an older response says good, a newer list says revoked",
            CRL,
        ),
    ]
}

/// Time stamps over the document.
fn stamps(world: &ConformanceWorld) -> Vec<Case> {
    let before = world.now - days(20);
    let seal = world.seal_with(4, |make| make.list = listed(&[&world.just_expired.certificate]));
    let make = world.signature_make(seal).signed_by(&world.just_expired).with(|make| make.at(before));
    let stamped = |tsa: &Party, at: Timestamp, over: Option<&[u8]>| {
        let mut file = sealed_pdf(&make);
        let stated = format!("{}", at.strftime("D:%Y%m%d%H%M%SZ"));
        let put = PutPdf {
            kind: "DocTimeStamp",
            filter: "Adobe.PPKLite",
            sub_filter: "ETSI.RFC3161",
            at: &stated,
            is_hidden: true,
            ..PutPdf::default()
        };
        file.sign(&put, |document, _| time_stamp(tsa, over.unwrap_or(document), at));
        file
    };
    let tsa = &world.pki.tsa;
    let no_proof = || Verdict::open("OUT_OF_BOUNDS_NO_POE", &["SIGNER_CERT_PERIOD"]);
    let case = |class, name: &str, file: PdfMake, all, zh: &str, en: &str| {
        Case::new(class, name, "pdf", file.bytes, Expected::Signatures(all)).says(zh, en, STAMP)
    };
    let mut changed = stamped(tsa, before, None);
    changed.replace("(Amount 100)", "(Amount 900)");
    let mut second = stamped(tsa, before, None);
    second.seal(&PutPdf::default(), &make);
    vec![
        case(
            Class::Good,
            "pdf-document-stamp",
            stamped(tsa, before, None),
            vec![Verdict::good(), Verdict::good()],
            "签章人证书其后到期，文档时间戳证明在先",
            "the signer's certificate expired later, as a document time stamp proves",
        ),
        case(
            Class::Twin,
            "pdf-document-stamp-stranger",
            stamped(&world.unknown_tsa, before, None),
            vec![no_proof(), Verdict::open("NO_CERTIFICATE_CHAIN_FOUND", &["SIG_TIMESTAMP"])],
            "文档时间戳的服务不受信任",
            "the document time stamp's authority is not trusted",
        ),
        case(
            Class::Twin,
            "pdf-document-stamp-late",
            stamped(tsa, world.now - days(5), None),
            vec![no_proof(), Verdict::good()],
            "文档时间戳晚于证书到期",
            "the document time stamp is later than the end of the certificate",
        ),
        case(
            Class::Twin,
            "pdf-document-stamp-of-other",
            stamped(tsa, before, Some(b"another document")),
            vec![no_proof(), Verdict::fails("HASH_FAILURE", &["DOCUMENT_DIGEST", "SIG_TIMESTAMP"])],
            "文档时间戳是对另一文件的",
            "a document time stamp of another document",
        ),
        case(
            Class::Twin,
            "pdf-document-stamp-changed",
            changed,
            vec![
                Verdict::fails("HASH_FAILURE", &["DOCUMENT_DIGEST"]).and_open(&["SIGNER_CERT_PERIOD"]),
                Verdict::fails("HASH_FAILURE", &["DOCUMENT_DIGEST", "SIG_TIMESTAMP"]),
            ],
            "加盖时间戳之后页面被改",
            "a page was changed after the time stamp",
        ),
        case(
            Class::Twin,
            "pdf-document-stamp-before-seal",
            second,
            vec![Verdict::good(), Verdict::good(), no_proof().deviates(&["STATED_TIME"])],
            "时间戳之后的第二枚印章没有时间证明",
            "the second seal came after the time stamp, which proves nothing of it",
        ),
    ]
}
