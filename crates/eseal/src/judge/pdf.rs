//! Judging the frame of a PDF signature (PDF 保护范围与签后改动), formats.md §11.3.

use eseal_pdf::{ByteRangeFault, LaterChange};

use super::answer::{Answer, Checks};
use crate::{CheckCode, SubIndication, Text, examine::PdfFrame};

/// Adds the checks of what is signed.
pub(super) fn check(frame: &PdfFrame, checks: &mut Checks) {
    checks.add(CheckCode::PdfByteRange, byte_range(frame));
    checks.add(CheckCode::PdfContentsGap, gap(frame));
    checks.add(CheckCode::PdfRevision, revision(frame));
}

const fn is_about_range(fault: &ByteRangeFault) -> bool {
    use ByteRangeFault::{BeyondEnd, DoesNotStartAtZero, NotFourIntegers, Overlap};
    matches!(fault, NotFourIntegers | DoesNotStartAtZero | Overlap | BeyondEnd)
}

fn byte_range(frame: &PdfFrame) -> Answer {
    match frame.faults.iter().find(|fault| is_about_range(fault)) {
        None => Answer::passed("ByteRange 格式正确", "ByteRange is well-formed").with_evidence(frame.range.clone()),
        Some(fault) => {
            Answer::failed(SubIndication::FormatFailure, "ByteRange 格式不正确", "ByteRange is not well-formed")
                .with_evidence(format!("{fault:?} {}", frame.range))
        }
    }
}

fn gap(frame: &PdfFrame) -> Answer {
    let wrong = |evidence: String| {
        Answer::failed(
            SubIndication::FormatFailure,
            "ByteRange 的间隙不正好是签名值",
            "the gap in ByteRange is not exactly the signature value",
        )
        .with_evidence(evidence)
    };
    match frame.faults.iter().find(|fault| !is_about_range(fault)) {
        Some(fault) => wrong(format!("{fault:?}")),
        None if frame.has_tail => wrong("bytes behind the value".into()),
        None => Answer::passed("ByteRange 的间隙正好是签名值", "the gap in ByteRange is exactly the signature value"),
    }
}

fn revision(frame: &PdfFrame) -> Answer {
    if frame.redefined {
        return Answer::failed(
            SubIndication::SigConstraintsFailure,
            "签名对象在其后的版本中被重新定义",
            "a later revision defines the signature again",
        );
    }
    if frame.revision_complete {
        Answer::passed("签名覆盖一个完整的文件版本", "the signed part is a complete revision")
    } else {
        Answer::unknown(
            SubIndication::PartialCoverage,
            "签名覆盖的部分不是一个完整的文件版本",
            "the signed part is not a complete revision",
        )
    }
}

/// Adds the checks of what came later.
pub(super) fn check_coverage(frame: &PdfFrame, checks: &mut Checks) {
    checks.add(CheckCode::PdfLaterChanges, later(frame));
    checks.add(CheckCode::PdfCoverage, coverage(frame));
}

/// What a later change means for the signature.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Allowed,
    Open,
    Forbidden,
}

fn weight(change: &LaterChange, frame: &PdfFrame) -> Weight {
    match change {
        LaterChange::ValidationData => Weight::Allowed,
        _ if frame.doc_mdp == Some(1) => Weight::Forbidden,
        change if change.is_harmless() => Weight::Allowed,
        LaterChange::FormField { .. } if frame.field_lock.is_some() => Weight::Forbidden,
        LaterChange::FormField { .. } if frame.doc_mdp.is_some() => Weight::Allowed,
        // What a filled field does to a document that is not certified, its readers see differently.
        LaterChange::FormField { .. } | LaterChange::StrayBytes { .. } | LaterChange::Unreadable => Weight::Open,
        _ => Weight::Forbidden,
    }
}

fn later(frame: &PdfFrame) -> Answer {
    let worst = frame.later_changes.iter().max_by_key(|change| weight(change, frame));
    let words = |wanted: Weight| {
        let found = frame.later_changes.iter().filter(|change| weight(change, frame) == wanted);
        found.take(10).map(|change| say(change).en).collect::<Vec<_>>().join("; ")
    };
    match worst.map(|change| weight(change, frame)) {
        None => Answer::passed("签章后没有改动", "nothing was changed after signing"),
        Some(Weight::Allowed) => Answer::passed("签章后只有允许的改动", "only what is allowed was added after signing")
            .with_evidence(words(Weight::Allowed)),
        Some(Weight::Open) => Answer::unknown(
            SubIndication::PartialCoverage,
            "签章后文件中增加了未受保护的内容",
            "something that is not protected was added after signing",
        )
        .with_evidence(words(Weight::Open)),
        Some(Weight::Forbidden) => Answer::failed(
            SubIndication::SigConstraintsFailure,
            "文件在签章后被修改",
            "the file was modified after signing",
        )
        .with_evidence(words(Weight::Forbidden)),
    }
}

fn coverage(frame: &PdfFrame) -> Answer {
    if frame.covers_whole_file {
        Answer::passed("签名覆盖整个文件", "the signature covers the whole file")
    } else if frame.end_is_covered {
        Answer::passed(
            "其后的部分由其他签名覆盖或无关内容",
            "what came later is covered by other signatures or does not matter",
        )
    } else {
        Answer::unknown(
            SubIndication::PartialCoverage,
            "文件末尾未受任何签名保护",
            "the end of the file is protected by no signature",
        )
    }
}

/// What came after the signature, in words.
pub(super) fn later_changes(frame: &PdfFrame) -> Vec<Text> {
    frame.later_changes.iter().map(say).collect()
}

fn say(change: &LaterChange) -> Text {
    match change {
        LaterChange::Signature { object } => Text::new(
            format!("其后增加了签名（对象 {object}）"),
            format!("a signature was added later (object {object})"),
        ),
        LaterChange::SignatureField { object } => Text::new(
            format!("其后增加了签名域（对象 {object}）"),
            format!("a signature field was added later (object {object})"),
        ),
        LaterChange::ValidationData => Text::new("其后增加了验证数据", "validation data was added later"),
        LaterChange::Metadata => Text::new("其后修改了文档信息", "document information was changed later"),
        LaterChange::FormField { object } => Text::new(
            format!("其后填写了表单域（对象 {object}）"),
            format!("a form field was filled in later (object {object})"),
        ),
        LaterChange::Page { page, entry, .. } => Text::new(
            format!("第 {page} 页在签章后被修改（{entry}）"),
            format!("page {page} was changed after signing ({entry})"),
        ),
        LaterChange::Catalog { entry } => Text::new(
            format!("文档目录在签章后被修改（{entry}）"),
            format!("the document catalog was changed after signing ({entry})"),
        ),
        LaterChange::Object { object, what } => Text::new(
            format!("对象 {object} 在签章后被修改（{what}）"),
            format!("object {object} after signing: {what}"),
        ),
        LaterChange::StrayBytes { offset, len } => Text::new(
            format!("文件在字节 {offset} 处有 {len} 个不属于任何版本的字节"),
            format!("{len} bytes at {offset} belong to no revision"),
        ),
        LaterChange::Unreadable => Text::new(
            "签章时的版本无法单独读取，不能比较改动",
            "the signed revision cannot be read, so changes cannot be told",
        ),
        _ => Text::new("签章后文件被修改", "the file was changed after signing"),
    }
}
