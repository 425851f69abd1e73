//! Broken SignedData (数字签名的改坏), GB/T 35275; each in a PDF and an OFD.

use eseal_gm::sm3;
use eseal_ses::oid;

use super::{
    Case, Class, ConformanceWorld, Verdict,
    ofd_make::{OfdMake, Put},
    pdf_make::{PdfMake, PutPdf},
};
use crate::{AttributesSpec, CmsSpec, Party};

/// Makes a value over a document.
type Make<'a> = Box<dyn Fn(&[u8]) -> Vec<u8> + 'a>;

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    let pki = &world.pki;
    let signer = &pki.signer;
    let attributes = |document: &[u8], change: &dyn Fn(&mut AttributesSpec)| {
        let mut spec = CmsSpec::new(document);
        if let Some(attributes) = &mut spec.attributes {
            change(attributes);
        }
        spec
    };
    let by = |who: &Party| -> Make<'_> {
        let who = who.clone();
        Box::new(move |document| CmsSpec::new(document).signed_by(&[&who]))
    };
    let bad_value = Verdict::fails("SIG_CRYPTO_FAILURE", &["SIG_VALUE"]);
    let bad_digest = Verdict::fails("HASH_FAILURE", &["DOCUMENT_DIGEST"]);
    let doubt = Verdict::fails("FORMAT_FAILURE", &["SIG_FORMAT"]);
    let no_chain = Verdict::open("NO_CERTIFICATE_CHAIN_FOUND", &["SIGNER_CERT_CHAIN", "SIGNER_CERT_REVOCATION"]);
    let no_certificate =
        ["SIG_VALUE", "SIGNER_CERT_CHAIN", "SIGNER_CERT_PERIOD", "SIGNER_CERT_REVOCATION", "SIGNER_CERT_KEY_USAGE"];
    let list: Vec<(&str, Make<'_>, Verdict, &str, &str)> = vec![
        (
            "digest-other",
            Box::new(|document| {
                attributes(document, &|list| list.message_digests = vec![sm3(b"other").to_vec()]).signed_by(&[signer])
            }),
            bad_digest.clone(),
            "messageDigest 为另一文件的",
            "messageDigest of another document",
        ),
        (
            "digest-of-nothing",
            Box::new(|document| {
                attributes(document, &|list| list.message_digests = vec![sm3(b"").to_vec()]).signed_by(&[signer])
            }),
            bad_digest.clone(),
            "messageDigest 为空串的摘要",
            "messageDigest of the empty string",
        ),
        (
            "digest-missing",
            Box::new(|document| attributes(document, &|list| list.message_digests.clear()).signed_by(&[signer])),
            Verdict::fails("SIGNED_DATA_NOT_FOUND", &["DOCUMENT_DIGEST"]),
            "没有 messageDigest",
            "no messageDigest",
        ),
        (
            "digest-twice",
            Box::new(|document| {
                attributes(document, &|list| list.message_digests.push(sm3(b"other").to_vec())).signed_by(&[signer])
            }),
            Verdict::fails("FORMAT_FAILURE", &["SIG_FORMAT", "DOCUMENT_DIGEST"]),
            "messageDigest 出现两次",
            "messageDigest twice",
        ),
        (
            "content-type-missing",
            Box::new(|document| attributes(document, &|list| list.content_type = None).signed_by(&[signer])),
            doubt.clone(),
            "属性中没有内容类型",
            "no content type among the attributes",
        ),
        (
            "content-type-other",
            Box::new(|document| {
                attributes(document, &|list| list.content_type = Some(oid::TST_INFO)).signed_by(&[signer])
            }),
            doubt.deviates(&["CMS_CONTENT_TYPE"]),
            "属性中的内容类型不同",
            "another content type among the attributes",
        ),
        (
            "content-other",
            Box::new(|_| CmsSpec::of_digest(b"another document").signed_by(&[signer])),
            bad_digest,
            "内容为另一文件的摘要",
            "the content is the digest of another document",
        ),
        (
            "value-other-key",
            Box::new(|document| {
                let spec = CmsSpec::new(document);
                spec.of_parts(&[spec.info(&pki.other, &signer.certificate)], &[&signer.certificate])
            }),
            bad_value.clone(),
            "用另一把私钥签名",
            "signed with another key",
        ),
        (
            "value-flipped",
            Box::new(|document| {
                let mut der = CmsSpec::new(document).signed_by(&[signer]);
                let last = der.len() - 1;
                der[last] ^= 1;
                der
            }),
            bad_value,
            "签名值翻转一位",
            "one bit of the value flipped",
        ),
        (
            "certificate-missing",
            Box::new(|document| {
                let spec = CmsSpec::new(document);
                spec.of_parts(&[spec.info(signer, &signer.certificate)], &[])
            }),
            Verdict::open("NO_SIGNING_CERTIFICATE_FOUND", &no_certificate),
            "没有签名人证书",
            "the signer's certificate is missing",
        ),
        (
            "serial-other",
            Box::new(|document| CmsSpec { serial: Some(vec![9]), ..CmsSpec::new(document) }.signed_by(&[signer])),
            Verdict::open("NO_SIGNING_CERTIFICATE_FOUND", &no_certificate),
            "所称序列号没有对应证书",
            "the serial number fits no certificate",
        ),
        (
            "no-signer",
            Box::new(|document| CmsSpec::new(document).of_parts(&[], &[&signer.certificate])),
            Verdict::fails("FORMAT_FAILURE", &["SIG_FORMAT"]),
            "没有签名者",
            "no signer",
        ),
        (
            "time-stamp",
            Box::new(|document| crate::time_stamp(&pki.tsa, document, world.now)),
            Verdict::open("SIG_CONSTRAINTS_FAILURE", &["SIG_FORMAT"]),
            "内容是时间戳而非签名",
            "a time stamp instead of a signature",
        ),
        (
            "second-signer-bad",
            Box::new(|document| {
                let spec = CmsSpec::new(document);
                let infos = [spec.info(signer, &signer.certificate), spec.info(signer, &pki.other.certificate)];
                spec.of_parts(&infos, &[&signer.certificate, &pki.other.certificate])
            }),
            Verdict::fails("SIG_CRYPTO_FAILURE", &["SIG_VALUE"]),
            "第二个签名者的签名值不正确",
            "the second signer's value does not fit",
        ),
        ("stranger", by(&pki.stranger), no_chain, "自签名证书", "a self-signed certificate"),
        (
            "impostor",
            by(&pki.impostor),
            Verdict::open("NO_CERTIFICATE_CHAIN_FOUND", &["SIGNER_CERT_CHAIN", "SIGNER_CERT_REVOCATION"]),
            "冒称由根证书签发",
            "says falsely that the root issued it",
        ),
        (
            "forged",
            by(&world.forged),
            Verdict::fails("CERTIFICATE_CHAIN_GENERAL_FAILURE", &["SIGNER_CERT_CHAIN"])
                .and_open(&["SIGNER_CERT_REVOCATION"]),
            "证书的签名被改坏",
            "the signature of the certificate does not fit",
        ),
        (
            "revoked",
            by(&pki.revoked),
            Verdict::fails("REVOKED", &["SIGNER_CERT_REVOCATION"]),
            "证书已被吊销",
            "a revoked certificate",
        ),
        (
            "expired",
            by(&pki.expired),
            Verdict::fails("EXPIRED", &["SIGNER_CERT_PERIOD", "SIGN_TIME_IN_CERT"])
                .and_open(&["SIGNER_CERT_REVOCATION"]),
            "证书已过期",
            "an expired certificate",
        ),
        (
            "encryption",
            by(&pki.encryption),
            Verdict::fails("CHAIN_CONSTRAINTS_FAILURE", &["SIGNER_CERT_KEY_USAGE"]),
            "加密证书",
            "a certificate for encryption",
        ),
    ];
    let mut all = Vec::new();
    for (name, make, verdict, zh, en) in list {
        let (mut pdf, mut ofd) = (PdfMake::new(), OfdMake::new());
        pdf.sign(
            &PutPdf { filter: "DJ.GMPkiLite", sub_filter: "GM.sm2cms.detached", ..PutPdf::default() },
            |document, _| make(document),
        );
        ofd.sign(&Put { kind: "Sign", ..Put::default() }, |xml, _| make(xml));
        for (kind, bytes) in [("pdf", pdf.bytes), ("ofd", ofd.zip())] {
            let case = Case::one(Class::Twin, &format!("cms-{name}-{kind}"), kind, bytes, verdict.clone());
            all.push(case.says(zh, en, "GB/T 35275; RFC 5652"));
        }
    }
    all
}
