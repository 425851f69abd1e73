//! Broken frames of PDF signatures (PDF 签名框架的改坏): ByteRange, Contents, wrapping, redefinition.

use super::{
    Case, Class, ConformanceWorld, Expected, Verdict,
    pdf_make::{PdfMake, PutPdf, find_last, object, sealed_pdf, stream},
};

const RANGE: &str = "formats §11.3 (1)";
const GAP: &str = "formats §11.3 (2)";
const REDEFINED: &str = "formats §11.3 (3)";

fn one(name: &str, file: PdfMake, verdict: Verdict, zh: &str, en: &str, clause: &'static str) -> Case {
    Case::one(Class::Twin, name, "pdf", file.bytes, verdict).says(zh, en, clause)
}

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    [contents(world), ranges(world), gaps(world), structure(world)].concat()
}

/// Bytes of the signed part changed in place.
fn contents(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let digest = || Verdict::fails("HASH_FAILURE", &["DOCUMENT_DIGEST"]);
    let list = [
        ("text", "(Amount 100)", "(Amount 900)", "正文被改", "the text was changed"),
        ("font", "/BaseFont/Helvetica", "/BaseFont/Courier-B", "字体被换", "a font was changed"),
        ("picture", "80>\nendstream", "00>\nendstream", "图片被改", "a picture was changed"),
        ("field", "/V(Zhang)", "/V(Wangx)", "表单域的值被改", "the value of a form field was changed"),
        ("mark", "5 5 109 109 re", "5 5 999 999 re", "印模外观被改", "the look of the mark was changed"),
        ("mark-place", "/Rect[300 400", "/Rect[100 400", "印模位置被改", "the mark was moved"),
        ("time", "D:20261124080000", "D:20261123080000", "/M 被改", "/M was changed"),
        ("filter", "/SubFilter/GM.sm2seal", "/SubFilter/GM.sm2xxxx", "SubFilter 被改", "the SubFilter was changed"),
        ("header", "%PDF-1.7", "%PDF-1.4", "文件头版本被改", "the version in the header was changed"),
    ];
    list.into_iter()
        .map(|(name, from, to, zh, en)| {
            let mut file = sealed_pdf(&make);
            file.replace(from, to);
            let verdict = if name == "time" { digest().deviates(&["STATED_TIME"]) } else { digest() };
            one(&format!("pdf-changed-{name}"), file, verdict, zh, en, "GB/T 38540-2020, 验证步骤 g")
        })
        .collect()
}

/// `/ByteRange` is wrong, and what it says is signed where that is possible.
fn ranges(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let file = |put: PutPdf<'_>| {
        let mut file = PdfMake::new();
        file.seal(&put, &make);
        file
    };
    let range = |range: &dyn Fn(usize, usize, usize) -> String| file(PutPdf { range, ..PutPdf::default() });
    // What is protected cannot be told from such a range, and neither where the revision ends.
    let lost = |failed: &[&'static str]| {
        Verdict::fails("SIGNED_DATA_NOT_FOUND", failed).and_open(&["PDF_REVISION", "PDF_LATER_CHANGES", "PDF_COVERAGE"])
    };
    let late = &|file: &[u8], from: usize, to: usize| [&file[1..from], &file[to..]].concat();
    vec![
        one(
            "pdf-range-not-from-start",
            file(PutPdf {
                range: &|from, to, len| format!("[1 {} {to} {}]", from - 1, len - to),
                signed: late,
                ..PutPdf::default()
            }),
            Verdict::fails("SIGNED_DATA_NOT_FOUND", &["DOCUMENT_DIGEST", "PDF_BYTE_RANGE"]).and_open(&["PDF_COVERAGE"]),
            "ByteRange 不从文件开头起",
            "ByteRange does not begin with the file",
            RANGE,
        ),
        one(
            "pdf-range-overlap",
            range(&|from, _, len| format!("[0 {from} {} {}]", from - 10, len - from + 10)),
            Verdict::fails("HASH_FAILURE", &["DOCUMENT_DIGEST", "PDF_BYTE_RANGE", "PDF_CONTENTS_GAP"])
                .and_open(&["PDF_COVERAGE"]),
            "ByteRange 两段重叠",
            "the two ranges overlap",
            RANGE,
        ),
        one(
            "pdf-range-beyond-end",
            range(&|from, to, len| format!("[0 {from} {to} {}]", len - to + 5)),
            lost(&["DOCUMENT_DIGEST", "PDF_BYTE_RANGE"]),
            "ByteRange 超出文件",
            "ByteRange reaches beyond the file",
            RANGE,
        ),
        one(
            "pdf-range-three-numbers",
            range(&|from, to, _| format!("[0 {from} {to}]")),
            lost(&["DOCUMENT_DIGEST", "PDF_BYTE_RANGE"]),
            "ByteRange 只有三个数",
            "ByteRange of three numbers",
            RANGE,
        ),
        one(
            "pdf-range-six-numbers",
            range(&|from, to, len| format!("[0 {from} {to} 10 {} {}]", to + 20, len - to - 20)),
            lost(&["DOCUMENT_DIGEST", "PDF_BYTE_RANGE"]),
            "ByteRange 有六个数",
            "ByteRange of six numbers",
            RANGE,
        ),
        one(
            "pdf-range-negative",
            range(&|from, to, len| format!("[0 {from} {to} -{}]", len - to)),
            lost(&["DOCUMENT_DIGEST", "PDF_BYTE_RANGE"]),
            "ByteRange 有负数",
            "a negative number in ByteRange",
            RANGE,
        ),
        one(
            "pdf-range-null",
            range(&|_, _, _| " null".into()),
            lost(&["DOCUMENT_DIGEST", "PDF_BYTE_RANGE"]),
            "ByteRange 为 null",
            "ByteRange is null",
            RANGE,
        ),
        one(
            "pdf-range-empty",
            range(&|_, _, _| "[]".into()),
            lost(&["DOCUMENT_DIGEST", "PDF_BYTE_RANGE"]),
            "ByteRange 为空",
            "ByteRange is empty",
            RANGE,
        ),
        one(
            "pdf-range-huge",
            range(&|from, to, _| format!("[0 {from} {to} 18446744073709551615]")),
            lost(&["DOCUMENT_DIGEST", "PDF_BYTE_RANGE"]),
            "ByteRange 有极大的数",
            "an enormous number in ByteRange",
            RANGE,
        ),
    ]
}

/// The hole is not exactly the value.
fn gaps(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let file = |put: PutPdf<'_>| {
        let mut file = PdfMake::new();
        file.seal(&put, &make);
        file
    };
    let range = |range: &dyn Fn(usize, usize, usize) -> String| file(PutPdf { range, ..PutPdf::default() });
    let gap = || Verdict::fails("FORMAT_FAILURE", &["PDF_CONTENTS_GAP"]).and_open(&["PDF_COVERAGE"]);
    let tail = || Verdict::fails("FORMAT_FAILURE", &["PDF_CONTENTS_GAP"]);
    let wide = file(PutPdf {
        range: &|from, to, len| format!("[0 {} {} {}]", from - 9, to + 12, len - to - 12),
        signed: &|file, from, to| [&file[..from - 9], &file[to + 12..]].concat(),
        ..PutPdf::default()
    });
    let inside = file(PutPdf {
        range: &|from, to, len| format!("[0 {} {} {}]", from + 1, to - 1, len - to + 1),
        signed: &|file, from, to| [&file[..=from], &file[to - 1..]].concat(),
        ..PutPdf::default()
    });
    let begins_early = file(PutPdf {
        range: &|from, to, len| format!("[0 {} {to} {}]", from - 100, len - to),
        signed: &|file, from, to| [&file[..from - 100], &file[to..]].concat(),
        ..PutPdf::default()
    });
    let ends_late = file(PutPdf {
        range: &|from, to, len| format!("[0 {from} {} {}]", to + 1, len - to - 1),
        signed: &|file, from, to| [&file[..from], &file[to + 1..]].concat(),
        ..PutPdf::default()
    });
    vec![
        one("pdf-gap-wide", wide, gap(), "间隙大于签名值，其中可藏内容", "the gap is wider than the value", GAP),
        one("pdf-gap-inside", inside, gap(), "间隙不含尖括号", "the gap leaves out the brackets", GAP),
        one(
            "pdf-gap-begins-early",
            begins_early,
            gap(),
            "间隙从签名值之前开始",
            "the gap begins before the value",
            GAP,
        ),
        one("pdf-gap-ends-late", ends_late, gap(), "间隙到签名值之后才结束", "the gap ends behind the value", GAP),
        one(
            "pdf-contents-tail",
            file(PutPdf { digits: &|digits| format!("{}ff", &digits[..digits.len() - 2]), ..PutPdf::default() }),
            tail(),
            "签名值之后不是零",
            "something but zeros behind the value",
            "formats §11.3 (6)",
        ),
        one(
            "pdf-contents-second-value",
            file(PutPdf {
                digits: &|digits| {
                    let at = digits.len() - 40;
                    format!("{}3003020101{}", &digits[..at], &digits[at + 10..])
                },
                ..PutPdf::default()
            }),
            tail(),
            "签名值之后还有一个值",
            "another value behind the value",
            "formats §11.3 (6)",
        ),
        one(
            "pdf-contents-second-range",
            file(PutPdf {
                digits: &|digits| {
                    let key = ">/ByteRange[0 1 2 3]/Pad<";
                    let at = digits.len() - 100;
                    format!("{}{key}{}", &digits[..at], &digits[at + key.len()..])
                },
                ..PutPdf::default()
            }),
            Verdict::fails("HASH_FAILURE", &["DOCUMENT_DIGEST", "PDF_CONTENTS_GAP"]).and_open(&[
                "PDF_REVISION",
                "PDF_LATER_CHANGES",
                "PDF_COVERAGE",
            ]),
            "间隙中藏有第二个 ByteRange",
            "a second ByteRange hidden in the gap",
            GAP,
        ),
        one(
            "pdf-value-unreadable",
            range(&|_, _, _| "null".into()),
            Verdict::fails("FORMAT_FAILURE", &["SIG_FORMAT", "PDF_BYTE_RANGE", "PDF_CONTENTS_GAP"]).and_open(&[
                "PDF_REVISION",
                "PDF_LATER_CHANGES",
                "PDF_COVERAGE",
            ]),
            "签名字典无法解析",
            "the signature dictionary cannot be read",
            GAP,
        ),
        one(
            "pdf-contents-not-hexadecimal",
            file(PutPdf { digits: &|digits| format!("{}zz", &digits[..digits.len() - 2]), ..PutPdf::default() }),
            gap(),
            "Contents 含非十六进制字符",
            "Contents has something but digits",
            GAP,
        ),
        one(
            "pdf-contents-zeros",
            file(PutPdf { digits: &|digits| "0".repeat(digits.len()), ..PutPdf::default() }),
            Verdict::fails("FORMAT_FAILURE", &["SIG_FORMAT"]),
            "Contents 全零",
            "Contents of zeros",
            "formats §11.1",
        ),
        one(
            "pdf-contents-unknown",
            file(PutPdf { digits: &|digits| format!("0203010203{}", &digits[10..]), ..PutPdf::default() }),
            Verdict::fails("FORMAT_FAILURE", &["SIG_FORMAT", "PDF_CONTENTS_GAP"]),
            "Contents 为不认识的结构",
            "Contents of an unknown structure",
            "formats §11.1",
        ),
    ]
}

/// Wrapping, redefinition, several things at one place.
fn structure(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let redefined = || {
        Verdict::fails("SIG_CONSTRAINTS_FAILURE", &["PDF_REVISION", "PDF_LATER_CHANGES"]).and_open(&["PDF_COVERAGE"])
    };
    let sealed = || sealed_pdf(&make);
    // The signature dictionary is the first object of the signing update.
    let signature = object::FREE;
    let dictionary = |file: &PdfMake| {
        let at = find_last(&file.bytes, format!("\n{signature} 0 obj\n").as_bytes());
        let text = &file.bytes[at + 1..];
        let end = text.windows(8).position(|window| window == b"\nendobj\n").expect("it is there");
        String::from_utf8_lossy(&text[format!("{signature} 0 obj\n").len()..end]).into_owned()
    };
    let mut again = sealed();
    let text = dictionary(&again);
    again.update(&[(signature, text)]);
    let mut wrapped = sealed();
    // The signed tail is moved to the end, and a page drawn anew stands in between.
    let from = find_last(&wrapped.bytes, b"/Contents<") + "/Contents".len();
    let to = from + wrapped.bytes[from..].iter().position(|byte| *byte == b'>').expect("it is there") + 1;
    let tail = wrapped.bytes[to..].to_vec();
    let text = stream("", "BT /F1 16 Tf 72 700 Td (Amount 900) Tj ET");
    wrapped.update(&[(object::CONTENT_1, text)]);
    let moved = wrapped.bytes.len();
    wrapped.bytes.extend(&tail);
    let at = find_last(&wrapped.bytes, b"/ByteRange[") + "/ByteRange".len();
    let range = format!("[0 {from} {moved} {}]", tail.len());
    let end = from - "/Contents".len();
    let padded = format!("{range}{}", " ".repeat(end - at - range.len()));
    wrapped.bytes[at..end].copy_from_slice(padded.as_bytes());
    let mut freed = sealed();
    let previous = freed.start();
    freed.finish(&format!("xref\n{signature} 1\n0000000000 00001 f \n"), previous, "");
    let mut field_value = sealed();
    let field = signature + 1;
    field_value.update(&[(
        field,
        format!(
            "<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal2)/F 132/Rect[300 400 419 519]/P 4 0 R/AP<</N {} 0 R>>>>",
            signature + 2
        ),
    )]);
    let mut shared = sealed();
    let second = shared.next;
    shared.fields.push(second);
    shared.update(&[
        (object::CATALOG, shared.catalog_object("")),
        (
            second,
            format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(Copy)/F 132/Rect[0 0 0 0]/P 4 0 R/V {signature} 0 R>>"),
        ),
    ]);
    let later = || Verdict::fails("SIG_CONSTRAINTS_FAILURE", &["PDF_LATER_CHANGES"]).and_open(&["PDF_COVERAGE"]);
    vec![
        Case::new(Class::Twin, "pdf-redefined", "pdf", again.bytes, Expected::Signatures(vec![Verdict::fails("FORMAT_FAILURE", &["PDF_CONTENTS_GAP"]).and_open(&["PDF_COVERAGE"]), Verdict::fails("SIG_CONSTRAINTS_FAILURE", &["PDF_REVISION"]).and_open(&["PDF_COVERAGE"])])).says("签名对象在其后被重新定义", "the signature is defined again", REDEFINED),
        one("pdf-wrapped", wrapped, Verdict::fails("HASH_FAILURE", &["DOCUMENT_DIGEST", "PDF_CONTENTS_GAP"]).and_open(&["PDF_COVERAGE"]), "签名包裹：被签的尾部移到末尾，中间插入新页面", "wrapping: the signed tail moved behind a page drawn anew", REDEFINED),
        one("pdf-signature-freed", freed, redefined(), "签名对象在其后被释放", "the signature is freed later", REDEFINED),
        one("pdf-value-removed", field_value, later(), "签名域的值在其后被删去", "the value of the field is removed later", REDEFINED),
        one("pdf-value-shared-later", shared, later(), "其后增加的域引用先前的签名值", "a field added later shows the earlier signature", REDEFINED),
        Case::new(Class::Twin, "pdf-without-signature", "pdf", PdfMake::new().bytes, Expected::NoSignature("NO_SIGNATURE_FOUND")).says("没有签名", "no signature", "formats §11.3"),
        Case::new(Class::Twin, "pdf-empty-field-only", "pdf", {
            let mut file = PdfMake::new();
            file.fields.push(12);
            file.update(&[(object::CATALOG, file.catalog_object("")), (12, "<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal)/F 132/Rect[0 0 0 0]/P 4 0 R>>".into())]);
            file.bytes
        }, Expected::NoSignature("NO_SIGNATURE_FOUND")).says("只有空签名域", "an empty signature field and no signature", "formats §11.3"),
        Case::new(Class::Twin, "pdf-not-a-pdf", "pdf", b"%PDF-1.7 and nothing else".to_vec(), Expected::Refused).says("不是完整的 PDF", "no whole PDF", "formats §11.3"),
        Case::new(Class::Twin, "pdf-encrypted", "pdf", {
            let mut file = sealed();
            file.update_with(&[(file.next, "<</Filter/Standard/V 1/R 2/P -4/O(12345678901234567890123456789012)/U(12345678901234567890123456789012)>>".into())], "/Encrypt 15 0 R/ID[(a)(a)]");
            file.bytes
        }, Expected::Refused).says("加密的 PDF", "an encrypted PDF", "GM/T 0112-2021 §8"),
    ]
}
