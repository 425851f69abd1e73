//! Appendices (附录): tables of values, codes and checks.

use eseal::CheckCode;
use eseal_api::{
    Carrier, EdgeSide, ErrorCode, FileForm, IdType, KeyPurpose, Language, MoveType, Purpose, ReportLevel, Row,
    RuleType, ScanStatus, Scene, SealStatus, SealType, SearchOrder, SignAlgorithm, SignTaskStatus, TargetType,
    TaskState,
};

use super::{both, escape, heading, put};

/// Every table of appendix A: Chinese, English, rows.
const TABLES: [(&str, &str, &[Row]); 18] = [
    ("印章类型 sealType", "Seal types: sealType", SealType::TABLE),
    ("证件类型 idType", "Identity documents: idType", IdType::TABLE),
    ("应用场景 scene", "Scenes: scene", Scene::TABLE),
    ("扫码状态 scanStatus", "States of a code: scanStatus", ScanStatus::TABLE),
    ("签名任务状态 signTaskStatus", "States of a signing task: signTaskStatus", SignTaskStatus::TABLE),
    ("密钥载体 carrier", "Where a key is kept: carrier", Carrier::TABLE),
    ("印章状态 status", "Status of a seal: status", SealStatus::TABLE),
    ("签章规则类型 ruleType", "Rules: ruleType", RuleType::TABLE),
    ("骑缝边 side", "Edges: side", EdgeSide::TABLE),
    ("查找顺序 searchOrder", "Order of search: searchOrder", SearchOrder::TABLE),
    ("偏移方式 moveType", "Where from the keyword: moveType", MoveType::TABLE),
    ("目标文件类型 targetType", "Targets of conversion: targetType", TargetType::TABLE),
    ("文件返回形式 as", "How files are answered: as", FileForm::TABLE),
    ("验章报告详细程度 level", "Depth of a report: level", ReportLevel::TABLE),
    ("签名算法 algo", "Signature algorithm: algo", SignAlgorithm::TABLE),
    ("任务状态 state", "States of a task: state", TaskState::TABLE),
    ("二维码用途 purpose", "Purpose of a code: purpose", Purpose::TABLE),
    ("平台密钥用途 purpose", "Purpose of a platform key: purpose", KeyPurpose::TABLE),
];

/// Appendices A and B, and the checks.
pub(super) fn appendices(html: &mut String) {
    heading(html, "appendix-a", "附录 A 代码表", "Appendix A: tables");
    html.push_str("<div class=\"tables\">\n");
    for (zh, en, rows) in TABLES {
        put(html, format_args!("<section><h3>{}</h3>\n<table>\n", both(zh, en)));
        for row in rows {
            put(html, format_args!("<tr><td><code>{}</code></td><td>{}</td></tr>\n", row.value, both(row.zh, row.en)));
        }
        html.push_str("</table></section>\n");
    }
    html.push_str("</div>\n");
    codes(html);
    checks(html);
}

fn codes(html: &mut String) {
    heading(html, "appendix-b", "附录 B 返回码", "Appendix B: codes");
    let head = [("code", "code"), ("HTTP", "HTTP"), ("含义", "Meaning"), ("怎么办", "What to do")];
    html.push_str("<div class=\"wide\"><table>\n<tr>");
    for (zh, en) in head {
        put(html, format_args!("<th>{}</th>", both(zh, en)));
    }
    html.push_str("</tr>\n");
    for code in ErrorCode::ALL {
        let say = |text: fn(ErrorCode, Language) -> &'static str| {
            both(&escape(text(*code, Language::Chinese)), &escape(text(*code, Language::English)))
        };
        put(
            html,
            format_args!(
                "<tr id=\"code-{0}\"><td><code>{0}</code></td><td>{1}</td><td>{2}</td><td>{3}</td></tr>\n",
                code.number(),
                code.http_status(),
                say(ErrorCode::message),
                say(ErrorCode::hint)
            ),
        );
    }
    html.push_str("</table></div>\n");
}

fn checks(html: &mut String) {
    heading(html, "checks", "检查项", "Checks");
    html.push_str(&both(
        "<p>每项结果为 <code>passed</code>、<code>failed</code> 或 <code>unknown</code>。任一项失败即为 INVALID；\
         无失败而有必需项未知即为 INDETERMINATE。</p>\n",
        "<p>Each is <code>passed</code>, <code>failed</code> or <code>unknown</code>. One that failed makes INVALID; \
         none failed but a required one unknown makes INDETERMINATE.</p>\n",
    ));
    html.push_str("<div class=\"wide\"><table>\n");
    for (_, name, meaning) in CheckCode::ALL {
        let (zh, en) = meaning.split_once(": ").unwrap_or((meaning, meaning));
        put(
            html,
            format_args!(
                "<tr><td><code>{name}</code></td><td>{}</td></tr>\n",
                both(&escape(zh), &escape(&super::capital(en)))
            ),
        );
    }
    html.push_str("</table></div>\n");
}
