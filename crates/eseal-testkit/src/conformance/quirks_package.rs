//! Packages and files that deviate around the value (载体的偏差), formats.md §12, one vector each.

use super::{
    Case, Class, ConformanceWorld, Verdict,
    ofd_make::{LIST, OfdMake, Put, sealed_ofd},
    pdf_make::{PdfMake, PutPdf},
    ses_make::{Form, value_bytes},
};

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let case = |name: &str, bytes: Vec<u8>, deviations: &[&'static str], zh, en, clause| {
        Case::one(Class::Good, name, "ofd", bytes, Verdict::good().deviates(deviations)).says(zh, en, clause)
    };
    let signed = |put: &Put<'_>| {
        let mut package = OfdMake::new();
        package.seal(put, &make);
        package
    };
    let method = |method: &str| signed(&Put { check_method: method, ..Put::default() }).zip();
    let edited = |from: &str, to: &str| {
        signed(&Put {
            edit: &|xml| {
                assert!(xml.contains(from), "{from}");
                xml.replace(from, to)
            },
            ..Put::default()
        })
        .zip()
    };
    let listed = |from: &str, to: &str| {
        let mut package = sealed_ofd(&make);
        package.replace(LIST, from, to);
        package.zip()
    };
    let good = sealed_ofd(&make).zip();
    let dated = |text: &str| signed(&Put { date_time: text, ..Put::default() }).zip();
    let mut backslash = sealed_ofd(&make);
    for (name, _) in &mut backslash.parts {
        *name = name.replace('/', "\\");
    }
    let mut namespace = OfdMake::new();
    namespace.replace("OFD.xml", "http://www.ofdspec.org/2016", "http://www.ofdspec.org/2014");
    namespace.seal(&Put::default(), &make);
    let mut bare = OfdMake::new();
    bare.sign(&Put { kind: "Sign", ..Put::default() }, |xml, _| value_bytes(&world.pki.signer, xml, Form::Der));
    let mut pdf = PdfMake::new();
    pdf.seal(&PutPdf { at: "D:20261124080000+08'00'", ..PutPdf::default() }, &make);
    let mut stated_later = PdfMake::new();
    stated_later.seal(&PutPdf { at: "D:20261124170000+08'00'", ..PutPdf::default() }, &make);
    let mut other_name = PdfMake::new();
    other_name.seal(&PutPdf { filter: "Adobe.PPKLite", sub_filter: "adbe.pkcs7.detached", ..PutPdf::default() }, &make);
    let pdf_case = |name: &str, bytes, deviations: &[&'static str], zh, en, clause| {
        Case::one(Class::Good, name, "pdf", bytes, Verdict::good().deviates(deviations)).says(zh, en, clause)
    };
    let no_type = {
        let mut package = OfdMake::new();
        package.seal(&Put { kind: "", ..Put::default() }, &make);
        package.zip()
    };
    let wrong_type = {
        let mut package = OfdMake::new();
        package.seal(&Put { kind: "Sign", ..Put::default() }, &make);
        package.zip()
    };
    let sha256 = signed(&Put { check_method: "SHA256", hash: eseal_gm::Hash::Sha256, ..Put::default() }).zip();
    vec![
        case("q13-method-sm3", method("SM3"), &[], "CheckMethod 为 SM3", "CheckMethod SM3", "Q13"),
        case(
            "q13-method-401-2",
            method("1.2.156.10197.1.401.2"),
            &["CHECKMETHOD_VARIANT"],
            "CheckMethod 为 401.2",
            "CheckMethod 401.2",
            "Q13",
        ),
        case(
            "q13-method-401-1",
            method("1.2.156.10197.1.401.1"),
            &["CHECKMETHOD_VARIANT"],
            "CheckMethod 为 401.1",
            "CheckMethod 401.1",
            "Q13",
        ),
        case("q13-method-sha256", sha256, &[], "CheckMethod 为 SHA256", "CheckMethod SHA256", "GB/T 33190-2016 §18"),
        case(
            "q14-zip-prefix",
            [b"KG\0\0".as_slice(), &good].concat(),
            &["ZIP_GARBAGE"],
            "ZIP 前有多余字节",
            "bytes before the package",
            "Q14",
        ),
        case(
            "q14-zip-suffix",
            [good.as_slice(), b"\0\0KG"].concat(),
            &["ZIP_GARBAGE"],
            "ZIP 后有多余字节",
            "bytes behind the package",
            "Q14",
        ),
        case("q14-backslashes", backslash.zip(), &["PACKAGE_PATH"], "包内路径用反斜线", "backslashes in names", "Q14"),
        case(
            "q14-relative-reference",
            edited("FileRef=\"/Doc_0/Document.xml\"", "FileRef=\"Doc_0/Document.xml\""),
            &["PACKAGE_PATH"],
            "引用为相对路径",
            "a relative reference",
            "Q14",
        ),
        case(
            "q14-letter-case",
            edited("FileRef=\"/OFD.xml\"", "FileRef=\"/ofd.xml\""),
            &["PACKAGE_PATH"],
            "引用的大小写不同",
            "a reference in another letter case",
            "Q14",
        ),
        case(
            "q14-list-relative",
            listed("BaseLoc=\"/Doc_0/Signs/Sign_0/Signature.xml\"", "BaseLoc=\"Sign_0/Signature.xml\""),
            &[],
            "BaseLoc 为相对路径",
            "a relative BaseLoc",
            "formats §10.7",
        ),
        case(
            "q14-value-relative",
            edited("<ofd:SignedValue>/Doc_0/Signs/Sign_0/SignedValue.dat", "<ofd:SignedValue>SignedValue.dat"),
            &[],
            "SignedValue 为相对路径",
            "a relative SignedValue",
            "formats §10.7",
        ),
        case(
            "q14-namespace",
            namespace.zip(),
            &["XML_NAMESPACE"],
            "命名空间不同",
            "another namespace",
            "formats §10.3",
        ),
        case(
            "q11-date-local-as-utc",
            dated("20261124160000Z"),
            &["TIME_ZONE_DOUBT"],
            "SignatureDateTime 为当地时间而标注 Z",
            "SignatureDateTime is local time labelled Z",
            "Q11",
        ),
        case(
            "q11-date-free-form",
            dated("2026-11-24 16:00:00"),
            &[],
            "SignatureDateTime 无时区",
            "SignatureDateTime without a zone",
            "Q11",
        ),
        case(
            "q11-date-differs",
            dated("20261123080000Z"),
            &["STATED_TIME"],
            "SignatureDateTime 与签章时间相差一天",
            "SignatureDateTime is a day away from timeInfo",
            "formats §11.2",
        ),
        case("q15-type-missing", no_type, &[], "签名列表没有 Type", "no Type in the list", "GB/T 33190-2016 §18"),
        case(
            "q15-type-other",
            wrong_type,
            &["SIGNATURE_TYPE"],
            "Type 为 Sign 而值为电子签章",
            "Type says Sign, the value is a seal signature",
            "Q15",
        ),
        pdf_case(
            "q11-pdf-m-zone",
            pdf.bytes,
            &["TIME_ZONE_DOUBT"],
            "/M 与签章时间相差八小时",
            "/M is eight hours away from timeInfo",
            "formats §11.2",
        ),
        pdf_case(
            "q11-pdf-m-differs",
            stated_later.bytes,
            &["STATED_TIME"],
            "/M 与签章时间相差一小时",
            "/M is an hour away from timeInfo",
            "formats §11.2",
        ),
        pdf_case(
            "q15-pdf-sub-filter",
            other_name.bytes,
            &[],
            "SubFilter 为 adbe.pkcs7.detached 而值为电子签章",
            "SubFilter names CMS, the value is a seal signature",
            "formats §11.1",
        ),
        Case::one(
            Class::Good,
            "q15-raw-value",
            "ofd",
            bare.zip(),
            Verdict::open("NO_SIGNING_CERTIFICATE_FOUND", &["SIG_VALUE"]),
        )
        .says("裸 SM2 签名，没有证书", "a bare SM2 signature has no certificate", "Q15"),
    ]
}
