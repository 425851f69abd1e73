//! SignedData of RSA and ECDSA, with indefinite lengths, with the document inside (数字签名的各种形式): good files and their
//! broken twins.

use eseal_asn1::{Node, write};
use eseal_gm::{Hash, sm3};

use super::{
    Case, Class, ConformanceWorld, Verdict,
    ofd_make::{OfdMake, Put},
    pdf_make::{PdfMake, PutPdf},
};
use crate::{CmsSpec, ForeignKey, ForeignSpec, days};

const CMS: &str = "RFC 5652; formats §5";
const BER: &str = "X.690, 8.1.3.6";
const STAMP: &str = "GB/T 20520; RFC 3161";

/// Makes a value over a document.
type Make<'a> = Box<dyn Fn(&[u8]) -> Vec<u8> + 'a>;

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    [good(world), unread(world), twins(world)].concat()
}

/// The value in a PDF and in an OFD.
fn both(class: Class, name: &str, make: &Make<'_>, verdict: &Verdict, words: (&str, &str, &'static str)) -> [Case; 2] {
    let (mut pdf, mut ofd) = (PdfMake::new(), OfdMake::new());
    let put = PutPdf { filter: "Adobe.PPKLite", sub_filter: "adbe.pkcs7.detached", ..PutPdf::default() };
    pdf.sign(&put, |document, _| make(document));
    ofd.sign(&Put { kind: "Sign", ..Put::default() }, |xml, _| make(xml));
    [("pdf", pdf.bytes), ("ofd", ofd.zip())].map(|(kind, bytes)| {
        let case = Case::one(class, &format!("{name}-{kind}"), kind, bytes, verdict.clone());
        case.says(words.0, words.1, words.2)
    })
}

fn good(world: &ConformanceWorld) -> Vec<Case> {
    let signer = &world.pki.signer;
    let foreign = |key: ForeignKey, hash: Hash, change: fn(ForeignSpec) -> ForeignSpec| -> Make<'_> {
        let certificate = world.foreign(key);
        Box::new(move |document| change(ForeignSpec::new(key, hash, document)).signed_by(certificate))
    };
    let sm2 = |change: fn(CmsSpec) -> CmsSpec| -> Make<'_> {
        Box::new(move |document| change(CmsSpec::new(document)).signed_by(&[signer]))
    };
    use ForeignKey::{Ecdsa, Rsa, RsaPss};
    use Hash::{Sha256, Sha512};
    let list: Vec<(&str, Make<'_>, &str, &str, &'static str)> = vec![
        ("cms-rsa", foreign(Rsa, Sha256, |spec| spec), "RSA 签名，有属性", "RSA with attributes", CMS),
        ("cms-rsa-sha512", foreign(Rsa, Sha512, |spec| spec), "RSA 签名，SHA-512", "RSA with SHA-512", CMS),
        ("cms-rsa-bare", foreign(Rsa, Sha256, ForeignSpec::bare), "RSA 签名，无属性", "RSA without attributes", CMS),
        ("cms-rsa-pss", foreign(RsaPss, Sha256, |spec| spec), "RSA-PSS 签名", "RSA-PSS", "RFC 4056"),
        (
            "cms-rsa-digest",
            foreign(Rsa, Sha256, |spec| {
                let digest = Sha256.digest(&spec.message);
                ForeignSpec { content: Some(digest.clone()), message: digest, message_digest: None, ..spec }
            }),
            "RSA 签名，内容为原文摘要",
            "RSA, the document's digest inside",
            CMS,
        ),
        ("cms-ecdsa", foreign(Ecdsa, Sha256, |spec| spec), "ECDSA 签名，有属性", "ECDSA with attributes", CMS),
        (
            "cms-ecdsa-bare",
            foreign(Ecdsa, Sha256, ForeignSpec::bare),
            "ECDSA 签名，无属性",
            "ECDSA without attributes",
            CMS,
        ),
        (
            "cms-content",
            sm2(|mut spec| {
                let content = sm3(&spec.message).to_vec();
                spec.attributes.iter_mut().for_each(|list| list.message_digests = vec![sm3(&content).to_vec()]);
                CmsSpec { content: Some(content), ..spec }
            }),
            "SM2 签名，内容为原文摘要，另有属性",
            "SM2, the document's digest inside, and attributes over that",
            CMS,
        ),
        (
            "cms-ber",
            sm2(|spec| CmsSpec { is_indefinite: true, ..spec }),
            "SM2 签名，不定长编码",
            "SM2 with indefinite lengths",
            BER,
        ),
        (
            "cms-ber-digest",
            sm2(|spec| CmsSpec { is_indefinite: true, ..CmsSpec::of_digest(&spec.message) }),
            "SM2 签名，不定长编码，内容分段",
            "SM2 with indefinite lengths, content in pieces",
            BER,
        ),
        (
            "cms-rsa-ber",
            foreign(Rsa, Sha256, |spec| ForeignSpec { is_indefinite: true, ..spec }),
            "RSA 签名，不定长编码",
            "RSA with indefinite lengths",
            BER,
        ),
        (
            "cms-two-signers",
            Box::new(|document| CmsSpec::new(document).signed_by(&[signer, &world.pki.other])),
            "两个签名者",
            "two signers",
            CMS,
        ),
        (
            "cms-stamped",
            Box::new(|document| {
                CmsSpec { stamp: Some((world.pki.tsa.clone(), world.now)), ..CmsSpec::new(document) }
                    .signed_by(&[signer])
            }),
            "签名值上有时间戳",
            "a time stamp over the value",
            STAMP,
        ),
        (
            "cms-without-time",
            sm2(|mut spec| {
                spec.attributes.iter_mut().for_each(|attributes| attributes.time = None);
                spec
            }),
            "属性中没有签名时间",
            "no signing time among the attributes",
            CMS,
        ),
    ];
    list.iter()
        .flat_map(|(name, make, zh, en, clause)| both(Class::Good, name, make, &Verdict::good(), (zh, en, clause)))
        .collect()
}

/// Something in a SignedData that nothing signs and nothing rests on: named.
fn unread(world: &ConformanceWorld) -> Vec<Case> {
    let made = |document: &[u8]| {
        let spec = ForeignSpec::new(ForeignKey::Rsa, Hash::Sha256, document);
        spec.signed_by(world.foreign(ForeignKey::Rsa))
    };
    let parameters: Make<'_> = Box::new(|document| {
        let der = made(document);
        let digest = write::oid(Hash::Sha256.oid().der);
        let found = der.windows(digest.len()).rposition(|window| window == digest);
        let at = found.expect("the signer's digest algorithm") + digest.len();
        [&der[..at], &write::octet_string(&[]), &der[at + write::null().len()..]].concat()
    });
    let behind: Make<'_> = Box::new(|document| {
        let der = made(document);
        let body = Node::parse_first(&der).expect("a SignedData just made").body;
        write::sequence(&[body, &write::null()])
    });
    let verdict = Verdict::good().deviates(&["CMS_UNREAD"]);
    let words = ("摘要算法的参数不是 NULL", "parameters of a digest algorithm that are not NULL", "RFC 5754, 2");
    let parameters = both(Class::Good, "cms-parameters", &parameters, &verdict, words);
    let words = ("SignedData 之后还有元素", "an element behind the SignedData", "RFC 5652, 3");
    [parameters, both(Class::Good, "cms-behind", &behind, &verdict, words)].concat()
}

fn twins(world: &ConformanceWorld) -> Vec<Case> {
    use ForeignKey::{Ecdsa, Rsa, ShortRsa};
    let signer = &world.pki.signer;
    let foreign = |key: ForeignKey, hash: Hash, change: fn(ForeignSpec) -> ForeignSpec| -> Make<'_> {
        let certificate = world.foreign(key);
        Box::new(move |document| change(ForeignSpec::new(key, hash, document)).signed_by(certificate))
    };
    let bad_value = Verdict::fails("SIG_CRYPTO_FAILURE", &["SIG_VALUE"]);
    let bad_digest = Verdict::fails("HASH_FAILURE", &["DOCUMENT_DIGEST"]);
    let weak = |codes: &[&'static str]| Verdict::open("CRYPTO_CONSTRAINTS_FAILURE", codes);
    let other = |spec: ForeignSpec| ForeignSpec { message_digest: Some(spec.hash.digest(b"another")), ..spec };
    let of_other = |spec: ForeignSpec| ForeignSpec { message: b"another".to_vec(), message_digest: None, ..spec };
    let flipped = |spec: ForeignSpec| ForeignSpec { is_flipped: true, ..spec };
    let list: Vec<(&str, Make<'_>, Verdict, &str, &str, &'static str)> = vec![
        (
            "cms-rsa-flipped",
            foreign(Rsa, Hash::Sha256, flipped),
            bad_value.clone(),
            "RSA 签名值翻转一位",
            "one bit of an RSA value flipped",
            CMS,
        ),
        (
            "cms-rsa-digest-other",
            foreign(Rsa, Hash::Sha256, other),
            bad_digest.clone(),
            "RSA 签名，messageDigest 为另一文件的",
            "RSA, messageDigest of another document",
            CMS,
        ),
        (
            "cms-rsa-bare-other",
            foreign(Rsa, Hash::Sha256, of_other),
            bad_value.clone().and_open(&["DOCUMENT_DIGEST"]),
            "RSA 签名值是对另一文件的",
            "an RSA value over another document",
            CMS,
        ),
        (
            "cms-rsa-certificate-other",
            Box::new(|document| ForeignSpec::new(Rsa, Hash::Sha256, document).signed_by(world.foreign(Ecdsa))),
            Verdict::fails("SIG_CRYPTO_FAILURE", &["SIG_VALUE"]),
            "RSA 签名值配 ECDSA 证书",
            "an RSA value with a certificate of ECDSA",
            CMS,
        ),
        (
            "cms-rsa-1024",
            foreign(ShortRsa, Hash::Sha256, |spec| spec),
            weak(&["SIG_VALUE"]),
            "RSA 密钥只有 1024 位",
            "an RSA key of 1024 bits",
            "formats §5; NIST SP 800-57",
        ),
        (
            "cms-rsa-sha1",
            foreign(Rsa, Hash::Sha1, |spec| spec),
            weak(&["SIG_VALUE", "DOCUMENT_DIGEST"]),
            "RSA 签名，SHA-1",
            "RSA with SHA-1",
            "adbe.pkcs7.sha1",
        ),
        (
            "cms-rsa-md5",
            foreign(Rsa, Hash::Md5, |spec| spec),
            weak(&["SIG_VALUE", "DOCUMENT_DIGEST"]),
            "RSA 签名，MD5",
            "RSA with MD5",
            CMS,
        ),
        (
            "cms-ecdsa-flipped",
            foreign(Ecdsa, Hash::Sha256, flipped),
            bad_value.clone(),
            "ECDSA 签名值翻转一位",
            "one bit of an ECDSA value flipped",
            CMS,
        ),
        (
            "cms-ecdsa-digest-other",
            foreign(Ecdsa, Hash::Sha256, other),
            bad_digest.clone(),
            "ECDSA 签名，messageDigest 为另一文件的",
            "ECDSA, messageDigest of another document",
            CMS,
        ),
        (
            "cms-ecdsa-bare-other",
            foreign(Ecdsa, Hash::Sha256, of_other),
            bad_value.and_open(&["DOCUMENT_DIGEST"]),
            "ECDSA 签名值是对另一文件的",
            "an ECDSA value over another document",
            CMS,
        ),
        (
            "cms-ber-length",
            Box::new(|document| {
                let mut der = CmsSpec { is_indefinite: true, ..CmsSpec::new(document) }.signed_by(&[signer]);
                der[1] = 0x84; // four octets of length, which are none
                der
            }),
            Verdict::fails("FORMAT_FAILURE", &["SIG_FORMAT"]),
            "不定长编码的长度被改",
            "indefinite lengths, the first of which was changed",
            BER,
        ),
        (
            "cms-ber-digest-other",
            Box::new(|_| CmsSpec { is_indefinite: true, ..CmsSpec::of_digest(b"another") }.signed_by(&[signer])),
            bad_digest.clone(),
            "不定长编码，内容为另一文件的摘要",
            "indefinite lengths, the digest of another document inside",
            BER,
        ),
        (
            "cms-content-differs",
            Box::new(|document| {
                CmsSpec { content: Some(sm3(b"another").to_vec()), ..CmsSpec::new(document) }.signed_by(&[signer])
            }),
            bad_digest,
            "内容与属性中的摘要不一致",
            "the content is not what the attributes say",
            CMS,
        ),
        (
            "cms-stamp-of-other",
            Box::new(|document| {
                // The token is over the DER, the value is r‖s.
                let stamp = Some((world.pki.tsa.clone(), world.now));
                CmsSpec { stamp, raw: true, ..CmsSpec::new(document) }.signed_by(&[signer])
            }),
            Verdict::fails("HASH_FAILURE", &["SIG_TIMESTAMP"]).deviates(&["SIGNATURE_RAW"]),
            "时间戳不是对该签名值作出的",
            "a time stamp over something else",
            STAMP,
        ),
        (
            "cms-stamp-before-claim",
            Box::new(|document| {
                let stamp = Some((world.pki.tsa.clone(), world.now - days(1)));
                CmsSpec { stamp, ..CmsSpec::new(document) }.signed_by(&[signer])
            }),
            Verdict::fails("SIG_CONSTRAINTS_FAILURE", &["SIG_TIMESTAMP"]),
            "所称时间晚于时间戳",
            "the claimed time is later than the time stamp",
            STAMP,
        ),
    ];
    list.iter()
        .flat_map(|(name, make, verdict, zh, en, clause)| both(Class::Twin, name, make, verdict, (zh, en, clause)))
        .collect()
}
