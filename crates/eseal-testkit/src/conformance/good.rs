//! Good files (合规文件): every version, both carriers, with time stamps, several signatures, allowed later changes.

use eseal_asn1::write;

use super::{
    Case, Class, ConformanceWorld, Expected, Verdict,
    case::Words,
    ofd_make::{LIST, OfdMake, Put, sealed_ofd},
    pdf_make::{PdfMake, PutPdf, object, sealed_pdf, stream},
    ses_make::{Stamp, listed_digests},
};
use crate::{CmsSpec, days};

const V1: &str = "GM/T 0031-2014";
const V4: &str = "GB/T 38540-2020";
const V5: &str = "GM/T 0031-2025";

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    [seals(world), signatures(world), cms(world), pdf(world), ofd(world)].concat()
}

fn seals(world: &ConformanceWorld) -> Vec<Case> {
    let good = |name: &str, bytes, zh, en, clause| {
        Case::seal(Class::Good, name, bytes, Verdict::good(), Words(zh, en, clause))
    };
    let stamped = world.seal_with(5, |make| make.stamp = Some(Stamp::of(&world.pki.tsa, world.now - days(300))));
    vec![
        good("seal-v1", world.seal_with(1, |make| make.version = 1), "V1 印章", "seal of 2014", V1),
        good("seal-v4", world.seal_with(4, |_| {}), "V4 印章", "seal of 2020", V4),
        good("seal-v5", world.seal_with(5, |_| {}), "V5 印章，无时间戳", "seal of 2025 without a time stamp", V5),
        good("seal-v5-stamped", stamped, "V5 印章，有时间戳", "seal of 2025 with a time stamp", V5),
        good(
            "seal-v4-digest-list",
            world.seal_with(4, |make| {
                make.list_type = write::integer_i64(2);
                make.list = listed_digests(&[&world.pki.signer.certificate]);
            }),
            "列表为证书摘要",
            "the list holds digests of certificates",
            V4,
        ),
    ]
}

fn signatures(world: &ConformanceWorld) -> Vec<Case> {
    let stamped =
        |shape| world.signature_of(shape).with(|make| make.stamp = Some(Stamp::of(&world.pki.tsa, world.now)));
    let v1 = world.signature_of(1).with(|make| make.time = write::bit_string(&write::utc_time(world.now)));
    let by_digest = world.seal_with(4, |make| {
        make.list_type = write::integer_i64(2);
        make.list = listed_digests(&[&world.pki.other.certificate, &world.pki.signer.certificate]);
    });
    let ext = write::sequence(&[
        &write::oid(&[0x2A, 0x81, 0x1C, 0xCF, 0x55, 6, 7, 2, 2, 1]),
        &write::boolean(true),
        &write::octet_string(b"2.1"),
    ]);
    // Revoked ten days ago, expired ten days ago: a time stamp proves that it was made before.
    let before = world.now - days(20);
    let early = |signer: &crate::Party| {
        let seal = world.seal_with(4, |make| make.list = super::ses_make::listed(&[&signer.certificate]));
        world.signature_make(seal).signed_by(signer).with(|make| {
            make.at(before);
            make.stamp = Some(Stamp::of(&world.pki.tsa, before));
        })
    };
    let list = [
        ("v1", v1, "V1 签章", "signature of 2014", V1),
        ("v4", world.signature_of(4), "V4 签章", "signature of 2020", V4),
        ("v5", world.signature_of(5), "V5 签章", "signature of 2025", V5),
        ("v4-stamped", stamped(4), "V4 签章，有时间戳", "signature of 2020 with a time stamp", V4),
        ("v5-stamped", stamped(5), "V5 签章，有时间戳", "signature of 2025 with a time stamp", V5),
        ("v4-digest-list", world.signature_make(by_digest), "印章列表为证书摘要", "the seal lists digests", V4),
        (
            "v4-extension",
            world.signature_of(4).with(|make| make.ext = write::context(0, &write::sequence(&[&ext]))),
            "签章数据有自定义数据",
            "the signature has an extension",
            V4,
        ),
        (
            "v4-revoked-later",
            early(&world.pki.revoked),
            "签章人证书在签章之后被吊销，时间戳证明在先",
            "the signer was revoked later, as a time stamp proves",
            "GB/T 38540-2020, 验证步骤 f",
        ),
        (
            "v4-expired-later",
            early(&world.just_expired),
            "签章人证书在签章之后到期，时间戳证明在先",
            "the signer's certificate expired later, as a time stamp proves",
            "GB/T 38540-2020, 验证步骤 f",
        ),
    ];
    let good = Verdict::good();
    list.iter()
        .flat_map(|(name, make, zh, en, clause)| {
            // 2014 knows two ways to write a time; ASN.1 inside a BIT STRING is one of them.
            Case::both(Class::Good, name, make, &good, Words(zh, en, clause))
        })
        .collect()
}

fn cms(world: &ConformanceWorld) -> Vec<Case> {
    let signer = &world.pki.signer;
    let mut all = Vec::new();
    for (name, is_digest, zh, en) in [
        ("cms-attributes", false, "GB/T 35275 签名，有属性，分离", "GB/T 35275 with attributes, detached"),
        ("cms-digest", true, "GB/T 35275 签名，内容为原文摘要", "GB/T 35275, the content is the document's digest"),
    ] {
        let value = |document: &[u8], _: &str| {
            let spec = if is_digest { CmsSpec::of_digest(document) } else { CmsSpec::new(document) };
            spec.signed_by(&[signer])
        };
        let (mut pdf, mut ofd) = (PdfMake::new(), OfdMake::new());
        pdf.sign(&PutPdf { filter: "DJ.GMPkiLite", sub_filter: "GM.sm2cms.detached", ..PutPdf::default() }, value);
        ofd.sign(&Put { kind: "Sign", ..Put::default() }, value);
        for (kind, bytes) in [("pdf", pdf.bytes), ("ofd", ofd.zip())] {
            let case = Case::one(Class::Good, &format!("{name}-{kind}"), kind, bytes, Verdict::good());
            all.push(case.says(zh, en, "GB/T 35275; formats §5"));
        }
    }
    all
}

fn pdf(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let one = || sealed_pdf(&make);
    let signed = |count: usize| Expected::Signatures(vec![Verdict::good(); count]);
    let case = |name: &str, file: PdfMake, expected, zh, en, clause| {
        Case::new(Class::Good, name, "pdf", file.bytes, expected).says(zh, en, clause)
    };
    let mut twice = one();
    twice.seal(&PutPdf::default(), &make);
    let mut data = one();
    let free = data.next;
    let certificate: String = world.pki.root.certificate.iter().map(|byte| format!("{byte:02x}")).collect();
    data.update(&[
        (object::CATALOG, data.catalog_object(&format!("/DSS {free} 0 R"))),
        (free, format!("<</Type/DSS/Certs[{} 0 R]>>", free + 1)),
        (free + 1, stream("/Filter/ASCIIHexDecode", &format!("{certificate}>"))),
    ]);
    let mut metadata = one();
    metadata
        .update_with(&[(object::INFO, "<</Producer(test)/ModDate(D:20261124170000+08'00')>>".into())], "/Info 11 0 R");
    let mut empty = one();
    let field = empty.next;
    empty.fields.push(field);
    empty.update(&[
        (object::CATALOG, empty.catalog_object("")),
        (field, "<</Type/Annot/Subtype/Widget/FT/Sig/T(Later)/F 132/Rect[0 0 0 0]/P 4 0 R>>".into()),
    ]);
    let certified = |permission: u8| {
        let mut file = PdfMake::new();
        file.seal(&certifying(permission).borrowed(), &make);
        file
    };
    let mut filled = certified(2);
    let look = filled.next;
    filled.update(&[
        (object::FIELD, filled_field().replace("/N 9 0 R", &format!("/N {look} 0 R"))),
        (look, stream(LOOK, "BT /F1 11 Tf 2 5 Td (Li) Tj ET")),
    ]);
    let mut signed_later = certified(2);
    signed_later.seal(&PutPdf::default(), &make);
    let mut hidden = PdfMake::new();
    hidden.seal(&PutPdf { is_hidden: true, ..PutPdf::default() }, &make);
    let mut spaces = PdfMake::new();
    spaces.seal(&PutPdf { digits: &|digits| digits.to_uppercase(), ..PutPdf::default() }, &make);
    vec![
        case("pdf-twice", twice, signed(2), "两枚印章", "two seals", "ISO 32000-2, 12.8"),
        case("pdf-dss", data, signed(1), "签后增加验证数据", "validation data added later", "ISO 32000-2, 12.8.4.3"),
        case(
            "pdf-metadata",
            metadata,
            signed(1),
            "签后修改文档信息",
            "document information changed later",
            "formats §11.3",
        ),
        case(
            "pdf-empty-field",
            empty,
            signed(1),
            "签后增加空签名域",
            "an empty signature field added later",
            "formats §11.3",
        ),
        case(
            "pdf-certified",
            certified(1),
            signed(1),
            "认证签名，不许改动",
            "certified, no changes permitted",
            "ISO 32000-2, 12.8.2.2",
        ),
        case(
            "pdf-certified-filled",
            filled,
            Expected::Signatures(vec![Verdict::open("PARTIAL_COVERAGE", &["PDF_COVERAGE"])]),
            "认证签名许可填表，其后填表：改动是许可的，填入的内容未受保护",
            "certified, form filled as permitted: the change is allowed, what was filled in is not protected",
            "ISO 32000-2, 12.8.2.2",
        ),
        case(
            "pdf-certified-signed",
            signed_later,
            signed(2),
            "认证签名后再签章",
            "certified, then sealed as permitted",
            "ISO 32000-2, 12.8.2.2",
        ),
        case("pdf-invisible", hidden, signed(1), "不可见签名域", "a field that does not show", "ISO 32000-2, 12.7.5.5"),
        case(
            "pdf-upper-case-digits",
            spaces,
            signed(1),
            "Contents 用大写十六进制",
            "Contents in upper-case digits",
            "ISO 32000-2, 7.3.4.3",
        ),
    ]
}

/// Entries of the text field's appearance.
pub(super) const LOOK: &str = "/Type/XObject/Subtype/Form/BBox[0 0 128 20]/Resources<</Font<</F1 3 0 R>>>>";

/// The text field with another value.
pub(super) fn filled_field() -> String {
    "<</Type/Annot/Subtype/Widget/FT/Tx/T(Name)/F 4/Rect[72 600 200 620]/P 4 0 R/V(Li)/AP<</N 9 0 R>>>>".into()
}

/// Entries of a certification signature.
pub(super) struct Certifying(String);

pub(super) fn certifying(permission: u8) -> Certifying {
    Certifying(format!(
        "/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/V/1.2/P {permission}>>>>]"
    ))
}

impl Certifying {
    pub(super) fn borrowed(&self) -> PutPdf<'_> {
        PutPdf { entries: &self.0, catalog: "/Perms<</DocMDP SELF>>", ..PutPdf::default() }
    }
}

fn ofd(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let signed = |count: usize| Expected::Signatures(vec![Verdict::good(); count]);
    let case = |name: &str, package: &OfdMake, expected, zh, en, clause| {
        Case::new(Class::Good, name, "ofd", package.zip(), expected).says(zh, en, clause)
    };
    let mut twice = sealed_ofd(&make);
    twice.seal(&Put::default(), &make);
    let mut with_file = OfdMake::new();
    with_file.seal(&Put { seal_file: Some(make.seal.clone()), ..Put::default() }, &make);
    let mut locked = OfdMake::new();
    locked.seal(&Put { covers: &|_| true, ..Put::default() }, &make);
    let mut entry = OfdMake::new();
    entry.seal(&Put { covers: &|name| name != LIST && name != "OFD.xml", ..Put::default() }, &make);
    let mut unused = sealed_ofd(&make);
    unused.set("Doc_0/notes.txt", "not used by anything");
    let mut across = OfdMake::new();
    let stamps = r#"<ofd:StampAnnot ID="201" PageRef="1" Boundary="189 100 42 42" Clip="0 0 21 42"/><ofd:StampAnnot ID="202" PageRef="2" Boundary="168 100 42 42" Clip="21 0 21 42"/></ofd:SignedInfo>"#;
    across.seal(&Put { edit: &|xml| xml.replace("</ofd:SignedInfo>", stamps), ..Put::default() }, &make);
    vec![
        case("ofd-twice", &twice, signed(2), "两枚印章", "two seals", "GB/T 33190-2016 §18"),
        case("ofd-seal-file", &with_file, signed(1), "有 Seal.esl", "with Seal.esl", "GB/T 33190-2016 §18"),
        case(
            "ofd-locked",
            &locked,
            signed(1),
            "整体保护",
            "the list of signatures is protected as well",
            "formats §10.4",
        ),
        case(
            "ofd-entry-uncovered",
            &entry,
            signed(1),
            "OFD.xml 未受保护，其指向的内容全部受保护",
            "OFD.xml is not protected, all that it leads to is",
            "formats §10.4",
        ),
        case(
            "ofd-unused-part",
            &unused,
            signed(1),
            "包内有未受保护而无处使用的文件",
            "an unprotected part that nothing uses",
            "formats §10.4",
        ),
        case("ofd-across", &across, signed(1), "骑缝章", "a cross-page seal", "formats §10.5"),
    ]
}
