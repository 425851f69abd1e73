//! Judging the frame of a PDF signature (PDF 保护范围与签后改动), formats.md §11.3.

use eseal_pdf::{ByteRangeFault, FieldLock, LaterChange};

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
    use LaterChange::{
        DrawingField, FormField, SameName, Signature, SignatureField, StrayBytes, Unreadable, ValidationData,
    };
    // A further seal is a further field.
    let locks_fields = matches!(frame.field_lock, Some(FieldLock::All | FieldLock::Exclude(_)));
    match change {
        ValidationData => Weight::Allowed,
        Unreadable => Weight::Open,
        _ if frame.doc_mdp == Some(1) => Weight::Forbidden,
        Signature { .. } | SignatureField { .. } | DrawingField { .. } if locks_fields => Weight::Forbidden,
        change if change.is_harmless() => Weight::Allowed,
        // A locked field that was filled in is a change of another kind.
        FormField { .. } if frame.doc_mdp.is_some() => Weight::Allowed,
        // What a filled field does to a document that is not certified, readers see differently; a field without a
        // signature may draw over what was signed.
        FormField { .. } | DrawingField { .. } | SameName { .. } | StrayBytes { .. } => Weight::Open,
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
    if !frame.outside.is_empty() {
        return Answer::unknown(
            SubIndication::PartialCoverage,
            "显示的部分内容取自文件之外，不受签名保护",
            "part of what is shown is taken from another file, which no signature protects",
        )
        .with_evidence(format!("objects {:?}", frame.outside));
    }
    let (zh, en) = if frame.covers_whole_file {
        ("签名覆盖整个文件", "the signature covers the whole file")
    } else if frame.end_is_covered {
        ("其后的部分由其他签名覆盖或无关内容", "what came later is covered by other signatures or does not matter")
    } else {
        return Answer::unknown(
            SubIndication::PartialCoverage,
            "文件末尾未受任何签名保护",
            "the end of the file is protected by no signature",
        );
    };
    if frame.moving {
        let zh = format!("{zh}；文件含脚本或动态表单，不同软件显示的内容可能不同");
        return Answer::passed(zh, format!("{en}; scripts or a dynamic form may make readers show different things"));
    }
    Answer::passed(zh, en)
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
        LaterChange::DrawingField { object } => Text::new(
            format!("其后增加了未签名而有外观的签名域（对象 {object}）"),
            format!("a signature field that draws something and is not signed was added later (object {object})"),
        ),
        LaterChange::SameName { object } => Text::new(
            format!("其后增加了与已有域同名的域（对象 {object}）"),
            format!("a field with the name of another one was added later (object {object})"),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Outcome;

    fn frame(doc_mdp: Option<u8>, field_lock: Option<FieldLock>, later_changes: Vec<LaterChange>) -> PdfFrame {
        PdfFrame {
            faults: Vec::new(),
            has_tail: false,
            redefined: false,
            revision_complete: true,
            covers_whole_file: later_changes.is_empty(),
            end_is_covered: true,
            is_time_stamp: false,
            byte_range: None,
            range: String::new(),
            later_changes,
            outside: Vec::new(),
            moving: false,
            doc_mdp,
            field_lock,
        }
    }

    #[test]
    fn what_may_follow_depends_on_what_was_locked() {
        use LaterChange::{Metadata, StrayBytes, ValidationData};
        use Outcome::{Failed, Passed, Unknown};
        let (signature, form) = (LaterChange::Signature { object: 9 }, LaterChange::FormField { object: 8 });
        let page = LaterChange::Page { page: 1, object: 3, entry: "Contents".into() };
        let (all, some) = (Some(FieldLock::All), Some(FieldLock::Include(vec![b"a".to_vec()])));
        for (doc_mdp, lock, change, expected) in [
            (None, None, signature.clone(), Passed),
            (None, None, Metadata, Passed),
            (None, None, form.clone(), Unknown),
            (None, None, StrayBytes { offset: 1, len: 1 }, Unknown),
            (None, None, LaterChange::Unreadable, Unknown),
            (None, None, page, Failed),
            (None, None, LaterChange::Catalog { entry: "Names".into() }, Failed),
            (Some(1), None, ValidationData, Passed),
            (Some(1), None, signature.clone(), Failed),
            (Some(2), None, signature.clone(), Passed),
            (Some(2), None, form.clone(), Passed),
            (None, all.clone(), signature.clone(), Failed),
            (None, all, LaterChange::SignatureField { object: 7 }, Failed),
            (None, some.clone(), signature, Passed),
            (Some(2), some, form, Passed),
            (Some(2), None, LaterChange::DrawingField { object: 7 }, Unknown),
            (None, None, LaterChange::SameName { object: 7 }, Unknown),
        ] {
            let found = later(&frame(doc_mdp, lock.clone(), vec![change.clone()])).outcome;
            assert_eq!(found, expected, "{doc_mdp:?} {lock:?} {change:?}");
        }
        assert_eq!(later(&frame(Some(1), None, Vec::new())).outcome, Passed);
    }

    #[test]
    fn faults_of_the_frame_name_their_check() {
        let mut broken = frame(None, None, Vec::new());
        broken.faults = vec![ByteRangeFault::Overlap, ByteRangeFault::GapIsNotContents];
        let mut checks = Checks::default();
        check(&broken, &mut checks);
        let outcomes: Vec<_> = checks.all().iter().map(|check| (check.code.as_str(), check.outcome)).collect();
        let expected = [
            ("PDF_BYTE_RANGE", Outcome::Failed),
            ("PDF_CONTENTS_GAP", Outcome::Failed),
            ("PDF_REVISION", Outcome::Passed),
        ];
        assert_eq!(outcomes, expected);
        let tail = PdfFrame { has_tail: true, ..frame(None, None, Vec::new()) };
        assert_eq!(gap(&tail).outcome, Outcome::Failed);
        assert_eq!(revision(&PdfFrame { redefined: true, ..tail }).outcome, Outcome::Failed);
    }
}
