//! Which parts of the file the signatures protect (保护范围).

use crate::{Coverage, Examination, Text};

pub(super) fn of(examination: &Examination) -> Coverage {
    if examination.signatures.is_empty() {
        let summary = Text::new("没有签名保护该文件。", "No signature protects the file.");
        return Coverage { complete: false, uncovered: Vec::new(), summary };
    }
    let complete = examination.uncovered.is_empty();
    let summary = match (complete, examination.unused.len()) {
        (true, 0) => Text::new("整个文件受签名保护。", "The whole file is protected by signatures."),
        (true, count) => Text::new(
            format!("显示的内容均受签名保护；另有 {count} 个不显示的部分未受保护。"),
            match count {
                1 => "Everything that is shown is protected; one part that is not shown is not.".to_owned(),
                _ => format!("Everything that is shown is protected; {count} parts that are not shown are not."),
            },
        ),
        (false, _) => Text::new(
            format!("有 {} 个会显示的部分未受任何签名保护。", examination.uncovered.len()),
            match examination.uncovered.len() {
                1 => "One part that is shown is protected by no signature.".to_owned(),
                count => format!("{count} parts that are shown are protected by no signature."),
            },
        ),
    };
    let uncovered = examination.uncovered.iter().chain(&examination.unused).cloned().collect();
    Coverage { complete, uncovered, summary }
}
