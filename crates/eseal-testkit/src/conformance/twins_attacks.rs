//! Published attacks on signed PDF (已公开的 PDF 签名攻击): signature forgery, incremental saving, evil annotations, sneaky
//! signatures, tables of references that lead elsewhere.

use super::{
    Case, Class, ConformanceWorld, Expected, Verdict,
    good::{LOOK, certifying},
    pdf_make::{PdfMake, PutPdf, find_last, object, sealed_pdf, stream},
    twins_later::{LATER, changed, one},
};

const FORGERY: &str = "universal signature forgery (USF)";
const SAVING: &str = "incremental saving attack (ISA)";
const ANNOTATION: &str = "evil annotation attack (EAA)";
const SNEAKY: &str = "sneaky signature attack (SSA)";
const TABLES: &str = "ISO 32000-2, 7.5.4 to 7.5.8";

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    [forgeries(world), savings(world), certified(world), names(world), tables(world)].concat()
}

/// Content that says something else.
fn other_text() -> String {
    stream("", "BT /F1 16 Tf 72 700 Td (Amount 900) Tj ET")
}

/// The signed revision cannot be told from what came later.
fn lost_revision() -> Verdict {
    Verdict::open("PARTIAL_COVERAGE", &["PDF_REVISION", "PDF_LATER_CHANGES", "PDF_COVERAGE"])
}

/// Neither allowed nor forbidden, and unprotected.
fn open() -> Verdict {
    Verdict::open("PARTIAL_COVERAGE", &["PDF_LATER_CHANGES", "PDF_COVERAGE"])
}

fn several(name: &str, file: PdfMake, all: Vec<Verdict>, zh: &str, en: &str, clause: &'static str) -> Case {
    Case::new(Class::Twin, name, "pdf", file.bytes, Expected::Signatures(all)).says(zh, en, clause)
}

/// Something that a verifier needs is taken away, so that it may skip the check.
fn forgeries(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let renamed = |from: &str, to: &str| {
        let mut file = sealed_pdf(&make);
        file.replace(from, to);
        file
    };
    let spaced = |from: &[u8], upto: u8, by: &[u8]| {
        let mut file = sealed_pdf(&make);
        let at = find_last(&file.bytes, from) + from.len();
        let end = at + file.bytes[at..].iter().position(|byte| *byte == upto).expect("it is there") + 1;
        file.bytes[at..end].fill(b' ');
        file.bytes[at..at + by.len()].copy_from_slice(by);
        file
    };
    let lost = |failed: &[&'static str]| {
        let unknown = ["PDF_REVISION", "PDF_LATER_CHANGES", "PDF_COVERAGE"];
        Verdict::fails("FORMAT_FAILURE", failed).and_open(&unknown)
    };
    vec![
        one(
            "pdf-usf-contents-missing",
            renamed("/Contents<", "/Xontents<"),
            Verdict::fails("FORMAT_FAILURE", &["SIG_FORMAT", "PDF_CONTENTS_GAP"]).and_open(&["PDF_COVERAGE"]),
            "签名字典没有 Contents",
            "no Contents in the signature",
            FORGERY,
        ),
        one(
            "pdf-usf-contents-null",
            spaced(b"/Contents", b'>', b" null"),
            Verdict::fails("FORMAT_FAILURE", &["SIG_FORMAT", "PDF_CONTENTS_GAP"]).and_open(&["PDF_COVERAGE"]),
            "Contents 为 null",
            "Contents is null",
            FORGERY,
        ),
        one(
            "pdf-usf-contents-empty",
            spaced(b"/Contents", b'>', b"<>"),
            Verdict::fails("FORMAT_FAILURE", &["SIG_FORMAT", "PDF_CONTENTS_GAP"]).and_open(&["PDF_COVERAGE"]),
            "Contents 为空串",
            "Contents is empty",
            FORGERY,
        ),
        one(
            "pdf-usf-range-missing",
            renamed("/ByteRange[", "/XyteRange["),
            Verdict::fails("SIGNED_DATA_NOT_FOUND", &["DOCUMENT_DIGEST", "PDF_BYTE_RANGE"]).and_open(&[
                "PDF_REVISION",
                "PDF_LATER_CHANGES",
                "PDF_COVERAGE",
            ]),
            "签名字典没有 ByteRange",
            "no ByteRange in the signature",
            FORGERY,
        ),
        one(
            "pdf-usf-both-missing",
            {
                let mut file = renamed("/ByteRange[", "/XyteRange[");
                file.replace("/Contents<", "/Xontents<");
                file
            },
            lost(&["SIG_FORMAT", "PDF_BYTE_RANGE", "PDF_CONTENTS_GAP"]),
            "签名字典既无 Contents 也无 ByteRange",
            "neither Contents nor ByteRange",
            FORGERY,
        ),
    ]
}

/// Something is appended, in a form that a careless reader takes for no update.
fn savings(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let object = |number: u32, body: &str| format!("{number} 0 obj\n{body}\nendobj\n");
    let with = |tail: &str| {
        let mut file = sealed_pdf(&make);
        file.bytes.extend(tail.as_bytes());
        file
    };
    let content = object(object::CONTENT_1, &other_text());
    let mut copied = sealed_pdf(&make);
    let signature = object::FREE;
    let at = find_last(&copied.bytes, format!("\n{signature} 0 obj\n").as_bytes());
    let text = &copied.bytes[at + 1..];
    let end = text.windows(8).position(|window| window == b"\nendobj\n").expect("it is there");
    let dictionary = String::from_utf8_lossy(&text[format!("{signature} 0 obj\n").len()..end]).into_owned();
    let copy = copied.next;
    let field = format!(
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal2)/F 132/Rect[300 400 419 519]/P 4 0 R/V {copy} 0 R/AP<</N {} 0 R>>>>",
        signature + 2
    );
    copied.update(&[(object::CONTENT_1, other_text()), (signature + 1, field), (copy, dictionary)]);
    vec![
        one(
            "pdf-isa-without-table",
            with(&format!("{content}%%EOF\n")),
            open(),
            "追加对象和 %%EOF，没有交叉引用",
            "an object and %%EOF appended, without a table",
            SAVING,
        ),
        one(
            "pdf-isa-broken-table",
            with(&format!("{content}xref\ntrailer\n<</Root 1 0 R>>\nstartxref\n9999999\n%%EOF\n")),
            lost_revision(),
            "追加的交叉引用不可用，阅读软件会重建",
            "the appended table is of no use, so that readers rebuild it",
            SAVING,
        ),
        several(
            "pdf-isa-copied-signature",
            copied,
            vec![
                changed(),
                Verdict::fails("FORMAT_FAILURE", &["PDF_CONTENTS_GAP", "PDF_LATER_CHANGES"])
                    .and_open(&["PDF_COVERAGE"]),
            ],
            "改页面并把签名复制到新对象",
            "a page drawn anew, and the signature copied to another object",
            SAVING,
        ),
    ]
}

/// Certification that permits something, and what was made of that.
fn certified(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let with = |permission| {
        let mut file = PdfMake::new();
        file.seal(&certifying(permission).borrowed(), &make);
        file
    };
    let annotated = |annotation: &str| {
        let mut file = with(3);
        let number = file.next;
        let page = file.page_object(&format!("{number} 0 R"));
        let look = format!("/AP<</N {} 0 R>>", number + 1);
        file.update(&[
            (object::PAGE_1, page),
            (number, format!("<</Type/Annot{annotation}/F 4/Rect[72 690 300 720]/P 4 0 R{look}>>")),
            (number + 1, stream(LOOK, "1 g 0 0 228 30 re f 0 g BT /F1 16 Tf 2 5 Td (Amount 900) Tj ET")),
        ]);
        file
    };
    let sneaky = |file: &mut PdfMake, entries: &str| {
        let field = file.next;
        file.fields.push(field);
        file.widgets.push(field);
        let (catalog, page) = (file.catalog_object(""), file.page_object(""));
        file.update(&[
            (object::CATALOG, catalog),
            (object::PAGE_1, page),
            (
                field,
                format!(
                    "<</Type/Annot/Subtype/Widget/FT/Sig/T(Note)/Rect[72 690 300 720]/P 4 0 R/AP<</N {} 0 R>>{entries}>>",
                    field + 1
                ),
            ),
            (field + 1, stream(LOOK, "1 g 0 0 228 30 re f 0 g BT /F1 16 Tf 2 5 Td (Amount 900) Tj ET")),
        ]);
    };
    let mut unsigned = with(2);
    sneaky(&mut unsigned, "/F 4");
    let mut approved = sealed_pdf(&make);
    sneaky(&mut approved, "/F 4");
    let mut valued = sealed_pdf(&make);
    let value = valued.next + 2;
    sneaky(&mut valued, &format!("/F 4/V {value} 0 R"));
    valued.update(&[(value, "(no signature)".into())]);
    valued.seal(&PutPdf::default(), &make);
    let mut covered = approved.clone();
    covered.seal(&PutPdf::default(), &make);
    let stranger = world
        .signature_make(world.seal_with(4, |make| {
            make.made_by(&world.pki.stranger);
            make.list = super::ses_make::listed(&[&world.pki.stranger.certificate]);
        }))
        .signed_by(&world.pki.stranger);
    let mut foreign = with(2);
    foreign.seal(&PutPdf::default(), &stranger);
    let nobody = Verdict::open(
        "NO_CERTIFICATE_CHAIN_FOUND",
        &["SEAL_MAKER_CERT_CHAIN", "SEAL_MAKER_CERT_REVOCATION", "SIGNER_CERT_CHAIN", "SIGNER_CERT_REVOCATION"],
    );
    vec![
        one(
            "pdf-eaa-free-text",
            annotated("/Subtype/FreeText/DA(/F1 16 Tf)/Contents(Amount 900)"),
            changed(),
            "许可注释的认证签名之后，用文本注释盖住金额",
            "annotations are permitted, and one writes over the amount",
            ANNOTATION,
        ),
        one(
            "pdf-eaa-stamp",
            annotated("/Subtype/Stamp/Name/Approved"),
            changed(),
            "许可注释的认证签名之后，用图章注释盖住金额",
            "annotations are permitted, and a stamp covers the amount",
            ANNOTATION,
        ),
        one(
            "pdf-eaa-redact",
            annotated("/Subtype/Redact/OverlayText(Amount 900)"),
            changed(),
            "许可注释的认证签名之后，用密文注释盖住金额",
            "annotations are permitted, and a redaction covers the amount",
            ANNOTATION,
        ),
        one(
            "pdf-ssa-unsigned",
            unsigned,
            open(),
            "认证签名之后增加的未签签名域画出文字，盖住金额",
            "a field without a signature, added after certification, draws over the amount",
            SNEAKY,
        ),
        one(
            "pdf-ssa-approval",
            approved,
            open(),
            "签章之后增加的未签签名域画出文字，盖住金额",
            "a field without a signature, added after sealing, draws over the amount",
            SNEAKY,
        ),
        several(
            "pdf-ssa-covered",
            covered,
            vec![Verdict::open("PARTIAL_COVERAGE", &["PDF_LATER_CHANGES"]), Verdict::good()],
            "未签签名域画出的文字只由第二枚印章保护",
            "what the unsigned field draws is protected by the second seal only",
            SNEAKY,
        ),
        several(
            "pdf-ssa-value",
            valued,
            vec![Verdict::fails("SIG_CONSTRAINTS_FAILURE", &["PDF_LATER_CHANGES"]), Verdict::good()],
            "同上，域的值不是签名，是其后补上的文字",
            "the same with a value that is no signature, put in later",
            SNEAKY,
        ),
        several(
            "pdf-ssa-stranger",
            foreign,
            vec![Verdict::good(), nobody],
            "认证签名之后由不明身份者签章",
            "after certification somebody unknown seals",
            SNEAKY,
        ),
    ]
}

/// Names that stand twice, fields that are locked by name.
fn names(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let mut twice = sealed_pdf(&make);
    let field = twice.next;
    twice.fields.push(field);
    let catalog = twice.catalog_object("");
    twice.update(&[
        (object::CATALOG, catalog),
        (field, "<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal2)/F 132/Rect[0 0 0 0]/P 4 0 R>>".into()),
    ]);
    let lock = "/Reference[<</Type/SigRef/TransformMethod/FieldMDP/TransformParams<</Type/TransformParams/V/1.2/Action/Include/Fields[(Name)]>>>>]";
    let mut locked = PdfMake::new();
    locked.seal(&PutPdf { entries: lock, ..PutPdf::default() }, &make);
    let look = locked.next;
    locked.update(&[
        (object::FIELD, super::good::filled_field().replace("/N 9 0 R", &format!("/N {look} 0 R"))),
        (look, stream(LOOK, "BT /F1 11 Tf 2 5 Td (Li) Tj ET")),
    ]);
    let mut appearance = sealed_pdf(&make);
    let look = appearance.next;
    appearance.update(&[
        (
            object::FIELD,
            super::good::filled_field().replace("(Li)", "(Zhang)").replace("/N 9 0 R", &format!("/N {look} 0 R")),
        ),
        (look, stream(LOOK, "BT /F1 11 Tf 2 5 Td (Li) Tj ET")),
    ]);
    // What is replaced is the content of a page, and named as document information or metadata as well.
    let mut info = sealed_pdf(&make);
    info.update_with(&[(object::CONTENT_1, other_text())], "/Info 5 0 R");
    let mut metadata = PdfMake::new();
    metadata.catalog = "/Metadata 5 0 R".into();
    metadata.update(&[(
        object::CONTENT_1,
        stream("/Type/Metadata/Subtype/XML", "BT /F1 16 Tf 72 700 Td (Amount 100) Tj ET"),
    )]);
    metadata.seal(&PutPdf::default(), &make);
    metadata.update(&[(
        object::CONTENT_1,
        stream("/Type/Metadata/Subtype/XML", "BT /F1 16 Tf 72 700 Td (Amount 900) Tj ET"),
    )]);
    vec![
        one(
            "pdf-info-is-content",
            info,
            changed(),
            "页面内容被重写，并称为文档信息",
            "the content of a page is drawn anew and named as document information",
            LATER,
        ),
        one(
            "pdf-shadow-metadata-is-content",
            metadata,
            changed(),
            "签前把页面内容兼作元数据，签后改写",
            "the content of a page serves as metadata as well, and is changed after signing",
            "shadow attacks",
        ),
        one(
            "pdf-name-collision",
            twice,
            open(),
            "签后增加与已签域同名的域",
            "a field added later has the name of the signed one",
            "ISO 32000-2, 12.7.4.2",
        ),
        one(
            "pdf-field-lock-include-filled",
            locked,
            changed(),
            "被锁定的域在签后被填写",
            "a field that is locked by its name was filled in",
            "ISO 32000-2, 12.8.2.4",
        ),
        one(
            "pdf-shadow-field-look",
            appearance,
            open(),
            "域的值不变而外观被换",
            "the look of a field is exchanged and its value kept",
            "shadow attacks",
        ),
    ]
}

/// Cross-reference data that leads elsewhere.
fn tables(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let append = |file: &mut PdfMake, number: u32, body: &str| -> usize {
        let at = file.bytes.len();
        file.bytes.extend(format!("{number} 0 obj\n{body}\nendobj\n").into_bytes());
        at
    };
    // A stream of references: three bytes of fields of widths 1, 4, 2.
    let references = |entries: &[(u32, u8, usize, u16)], rest: &str, size: u32| {
        let index: String = entries.iter().map(|(number, ..)| format!("{number} 1 ")).collect();
        let data: String =
            entries.iter().map(|(_, kind, offset, last)| format!("{kind:02x}{offset:08x}{last:04x}")).collect();
        stream(
            &format!("/Type/XRef/Size {size}/Index[{index}]/W[1 4 2]{rest}/Filter/ASCIIHexDecode"),
            &format!("{data}>"),
        )
    };
    let end = |file: &mut PdfMake, at: usize| file.bytes.extend(format!("startxref\n{at}\n%%EOF\n").into_bytes());

    let mut overriding = sealed_pdf(&make);
    let previous = overriding.start();
    let content = append(&mut overriding, object::CONTENT_1, &other_text());
    let own = overriding.next;
    let at = overriding.bytes.len();
    let table = references(
        &[(object::CONTENT_1, 1, content, 0), (own, 1, at, 0)],
        &format!("/Root 1 0 R/Prev {previous}"),
        own + 1,
    );
    append(&mut overriding, own, &table);
    end(&mut overriding, at);

    let mut hybrid = sealed_pdf(&make);
    let previous = hybrid.start();
    let content = append(&mut hybrid, object::CONTENT_1, &other_text());
    let own = hybrid.next;
    let at = hybrid.bytes.len();
    append(&mut hybrid, own, &references(&[(object::CONTENT_1, 1, content, 0)], "", own + 1));
    hybrid.next = own + 1;
    hybrid.finish("xref\n0 0\n", previous, &format!("/XRefStm {at}"));

    let mut inside = sealed_pdf(&make);
    let previous = inside.start();
    let (container, own) = (inside.next, inside.next + 1);
    let page = inside.page_object("").replace("/Contents 5 0 R", "/Contents 7 0 R");
    let data = format!("4 0 {page}");
    let held = append(&mut inside, container, &stream("/Type/ObjStm/N 1/First 4", &data));
    let at = inside.bytes.len();
    let table = references(
        &[(object::PAGE_1, 2, usize::try_from(container).expect("small"), 0), (container, 1, held, 0), (own, 1, at, 0)],
        &format!("/Root 1 0 R/Prev {previous}"),
        own + 1,
    );
    append(&mut inside, own, &table);
    end(&mut inside, at);

    let mut looped = sealed_pdf(&make);
    let content = append(&mut looped, object::CONTENT_1, &other_text());
    let at = looped.bytes.len();
    looped.finish(&format!("xref\n5 1\n{content:010} 00000 n \n"), at, "");

    // The newest table skips the signed revision.
    let plain = PdfMake::new();
    let first = plain.start();
    let mut skipping = sealed_pdf(&make);
    let content = append(&mut skipping, object::CONTENT_1, &other_text());
    skipping.finish(&format!("xref\n5 1\n{content:010} 00000 n \n"), first, "");

    let mut back = sealed_pdf(&make);
    end(&mut back, first);

    // What is signed names objects that do not exist yet: an offset behind the end, a container that nobody defines.
    let ahead = |finish: &dyn Fn(&mut PdfMake)| {
        let mut file = PdfMake::new();
        let note = 40_u32;
        let place = 40_000_usize;
        let page = file.page_object(&format!("{note} 0 R"));
        let previous = file.start();
        let offset = append(&mut file, object::PAGE_1, &page);
        file.next = 41;
        file.finish(&format!("xref\n4 1\n{offset:010} 00000 n \n{note} 1\n{place:010} 00000 n \n"), previous, "");
        file.seal(&PutPdf { is_hidden: true, ..PutPdf::default() }, &make);
        assert!(file.bytes.len() < place);
        let filler = place - file.bytes.len() - 1;
        file.bytes.extend(std::iter::repeat_n(b' ', filler));
        file.bytes.push(b'\n');
        append(
            &mut file,
            note,
            "<</Type/Annot/Subtype/FreeText/F 4/Rect[72 690 300 720]/DA(/F1 16 Tf)/Contents(Amount 900)/P 4 0 R>>",
        );
        finish(&mut file);
        file
    };
    let ahead_bare = ahead(&|file| {
        let start = file.start();
        end(file, start);
    });
    let ahead_update = ahead(&|file| {
        let previous = file.start();
        file.finish("xref\n0 0\n", previous, "");
    });
    let mut held_later = PdfMake::new();
    let (note, container, own) = (40_u32, 41_u32, 42_u32);
    let page = held_later.page_object(&format!("{note} 0 R"));
    let previous = held_later.start();
    let offset = append(&mut held_later, object::PAGE_1, &page);
    let at = held_later.bytes.len();
    let table = references(
        &[(object::PAGE_1, 1, offset, 0), (note, 2, usize::try_from(container).expect("small"), 0), (own, 1, at, 0)],
        &format!("/Root 1 0 R/Prev {previous}"),
        own + 1,
    );
    append(&mut held_later, own, &table);
    end(&mut held_later, at);
    held_later.next = own + 1;
    held_later.seal(&PutPdf { is_hidden: true, ..PutPdf::default() }, &make);
    let annotation =
        "<</Type/Annot/Subtype/FreeText/F 4/Rect[72 690 300 720]/DA(/F1 16 Tf)/Contents(Amount 900)/P 4 0 R>>";
    held_later.update(&[(container, stream("/Type/ObjStm/N 1/First 5", &format!("{note} 0 {annotation}")))]);

    vec![
        one(
            "pdf-xref-stream-overriding",
            overriding,
            changed(),
            "签后的交叉引用流改指另一内容",
            "a stream of references added later leads to other content",
            TABLES,
        ),
        one(
            "pdf-xref-hybrid",
            hybrid,
            changed(),
            "签后的混合交叉引用在 XRefStm 中改指另一内容",
            "a hybrid table hides in its stream what leads to other content",
            TABLES,
        ),
        one(
            "pdf-xref-object-stream",
            inside,
            changed(),
            "签后用对象流替换页面",
            "a page is replaced out of an object stream",
            TABLES,
        ),
        one(
            "pdf-xref-loop",
            looped,
            lost_revision(),
            "签后的交叉引用指向自身",
            "a table added later names itself as the previous one",
            TABLES,
        ),
        one(
            "pdf-xref-skips-signed",
            skipping,
            lost_revision(),
            "最新的交叉引用跳过被签的版本",
            "the newest table skips the signed revision",
            TABLES,
        ),
        one(
            "pdf-xref-back",
            back,
            lost_revision(),
            "末尾的 startxref 退回签章之前的版本",
            "the last startxref leads back to the revision before the seal",
            TABLES,
        ),
        one(
            "pdf-xref-ahead",
            ahead_bare,
            lost_revision(),
            "被签的交叉引用指向文件末尾之后，其后填入注释",
            "the signed table leads behind the end, where an annotation is put later",
            TABLES,
        ),
        one(
            "pdf-xref-ahead-update",
            ahead_update,
            lost_revision(),
            "同上，另有空的增量更新",
            "the same with an empty update behind it",
            TABLES,
        ),
        one(
            "pdf-xref-container-later",
            held_later,
            changed(),
            "被签的交叉引用指向不存在的对象流，其后补上",
            "the signed table names an object stream that is put in later",
            LATER,
        ),
    ]
}
