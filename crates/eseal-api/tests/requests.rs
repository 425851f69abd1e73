//! Reading of requests: what known clients send is taken, and what is wrong is named.

use eseal_api::{
    At, ComposeSignature, CreditCode, ErrorCode, Field, FieldError, GenerateDigest, GetLoginQrStatus, GetSealList,
    Language, Request, SealType, SignFile, Subject, VerifySeal,
};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

/// What reading says of `content`.
fn check<T: Request + std::fmt::Debug>(content: Value, expected: Expect) {
    let shown = match T::from_content(&content) {
        Ok(found) => format!("{found:?}"),
        Err(error) => shown(&error),
    };
    expected.assert_eq(&shown);
}

/// What reading says of the entries of 3-1.
fn check_entries(entries: Value, expected: Expect) {
    let found = GenerateDigest::from_content(&json!({"sealDataList": entries})).unwrap();
    let shown: Vec<String> = found
        .seal_data_list
        .0
        .iter()
        .map(|entry| entry.as_ref().map_or_else(shown, |entry| format!("{:?}", entry.rules)))
        .collect();
    expected.assert_eq(&shown.join("\n"));
}

fn shown(error: &FieldError) -> String {
    format!("{} {}", error.code().number(), error.hint(Language::Chinese))
}

fn rectangle(left: Value) -> Value {
    json!({"ruleType": "RECTANGLE", "version": "1.0", "rectangleRule": {"page": "1", "left": left, "bottom": 20}})
}

#[test]
fn numbers_may_be_strings_and_a_seal_type_may_lack_its_zero() {
    let found = GetSealList::from_content(&json!({"page": "2", "pageSize": 1, "sealType": "1"})).unwrap();
    assert_eq!((found.page, found.page_size, found.seal_type), (Some(2), Some(1), Some(SealType::LegalName)));
    let found = GetSealList::from_content(&json!({"sealType": 4, "page": "", "scene": null})).unwrap();
    assert_eq!((found.page, found.seal_type, found.common.scene), (None, Some(SealType::Contract), None));
}

#[test]
fn a_wrong_number_is_named() {
    check::<GetSealList>(json!({"page": "many"}), expect!["40002 /page 应为 0 至 4294967295 的整数。"]);
    check::<GetSealList>(json!({"page": -1}), expect!["40002 /page 应为 0 至 4294967295 的整数。"]);
    check::<GetSealList>(json!({"page": [1]}), expect!["40002 /page 应为 0 至 4294967295 的整数。"]);
}

#[test]
fn a_missing_field_is_named() {
    check::<GetLoginQrStatus>(json!({"pollToken": "x"}), expect!["40001 请填写 /qrId。"]);
    check::<GetLoginQrStatus>(json!({"qrId": "", "pollToken": "x"}), expect!["40001 请填写 /qrId。"]);
    check::<VerifySeal>(json!({}), expect!["40001 请填写 /sealData。"]);
    check::<ComposeSignature>(json!({"sealDataList": []}), expect!["40001 请填写 /sealDataList。"]);
    check::<SignFile>(json!({"scene": "S04"}), expect!["40001 请填写 /grantCode。"]);
    check::<SignFile>(
        json!({"grantCode": "g", "scene": "S04", "fileList": [{"fileId": "0", "rules": []}]}),
        expect!["40001 请填写 /operator。"],
    );
}

#[test]
fn content_must_be_an_object() {
    check::<GetSealList>(json!([1]), expect!["40002  应为 对象。"]);
}

#[test]
fn values_outside_a_table_are_named_with_the_table() {
    check::<GetSealList>(json!({"scene": "S77"}), expect!["40002 /scene 应为 下列值之一：S01、S02、S03、S04、S99。"]);
}

#[test]
fn a_malformed_entry_fails_alone_and_deep_fields_are_named() {
    check_entries(
        json!([
            {"fileStr": "AAAA", "rules": [rectangle(json!("20.5"))]},
            {"fileStr": "AAAA", "rules": [rectangle(json!(1)), rectangle(json!("wide"))]},
            {"file": {"fileB64": "?"}, "rules": [rectangle(json!(1))]},
            {"file": {"fileType": "PDF"}, "rules": [rectangle(json!(1))]},
            {"file": {"fileId": "0"}},
            {"rules": [rectangle(json!(1))]},
            {"dataHash": "AAAA", "propertyInfo": "x"},
            {"fileStr": "AAAA", "rules": [{"ruleType": "KEYWORD"}]},
            {"fileStr": "AAAA", "rules": [{"ruleType": "SOMEWHERE"}]},
            7
        ]),
        expect![[r#"
            [Rectangle { rule: RectangleRule { page: Ranges([(1, 1)]), left: 20.5, bottom: 20.0, right: None, top: None } }]
            40002 /sealDataList/1/rules/1/rectangleRule/left 应为 数字。
            40002 /sealDataList/2/file/fileB64 应为 标准 base64。
            40001 请填写 /sealDataList/3/file/fileB64。
            40001 请填写 /sealDataList/4/rules。
            40001 请填写 /sealDataList/5/file。
            40002 /sealDataList/6/dataHash 应为 32 字节的标准 base64。
            40001 请填写 /sealDataList/7/rules/0/keywordRule。
            40002 /sealDataList/8/rules/0/ruleType 应为 下列值之一：RECTANGLE、KEYWORD、ACROSS。
            40002 /sealDataList/9 应为 对象。"#]],
    );
}

#[test]
fn the_inline_form_of_version_1_is_read() {
    let entry = json!({"fileStr": "QUJD", "fileType": "PDF", "title": "合同.pdf", "ruleType": "RECTANGLE",
        "rectangleRule": {"page": 1, "left": "20", "bottom": "60", "right": "60", "top": "20"}});
    let found = GenerateDigest::from_content(&json!({"grantCode": "g", "sealDataList": [entry]})).unwrap();
    let entry = found.seal_data_list.0[0].as_ref().unwrap();
    assert_eq!(entry.rules.len(), 1);
    assert!(matches!(&entry.subject, Subject::File { file } if file.title.as_deref() == Some("合同.pdf")));
}

#[test]
fn base64_may_be_broken_into_lines() {
    let found = VerifySeal::from_content(&json!({"sealData": "QU\r\nJD\r\n"})).unwrap();
    assert_eq!(found.seal_data.unwrap().0, b"ABC");
}

#[test]
fn a_too_long_text_is_refused() {
    check::<GetLoginQrStatus>(
        json!({"qrId": "x".repeat(2001), "pollToken": "x"}),
        expect!["40002 /qrId 应为 不超过 2000 个字符的文本。"],
    );
}

#[test]
fn secrets_are_not_shown() {
    let found = GetSealList::from_content(&json!({"grantCode": "hush-hush", "idNo": "11010519491231002X"})).unwrap();
    let shown = format!("{found:?}");
    assert!(!shown.contains("hush") && !shown.contains("1101"), "{shown}");
}

#[test]
fn pages_are_read_as_written() {
    let read = |text: &str| eseal_api::Pages::find(text).map(|pages| pages.to_string());
    for text in ["0", "1", "-1", "1-3,5", "2--1", "7,9,-1"] {
        assert_eq!(read(text).as_deref(), Some(text));
    }
    for text in ["", "x", "3-1", "-2", "1,,2", "0,1", "1-0"] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn check_characters_of_credit_codes_are_verified() {
    for good in ["91440300MA5DA1234H", "91350100M000100Y43", "91350100m000100y43"] {
        assert!(CreditCode::new(good).is_some(), "{good}");
    }
    for bad in ["91440300MA5DA12340", "91350100M000100Y4", "91350100M000100Y433", "91350100M0001O0Y43", "", "中文"] {
        assert!(CreditCode::new(bad).is_none(), "{bad}");
    }
}

#[test]
fn pointers_are_escaped() {
    assert_eq!(At::ROOT.key("a/b~c").missing().pointer, "/a~1b~0c");
    assert!(String::parse(&json!(true), &At::ROOT).is_err());
}

#[test]
fn every_code_is_once_in_the_table_and_says_what_to_do() {
    for (index, code) in ErrorCode::ALL.iter().enumerate() {
        assert!(ErrorCode::ALL[..index].iter().all(|other| other.number() != code.number()), "{}", code.number());
        assert_eq!(ErrorCode::find_number(code.number()), Some(*code));
        assert!((200..600).contains(&code.http_status()));
        for language in [Language::Chinese, Language::English] {
            assert_eq!(code.hint(language).is_empty(), code.is_success());
            assert!(!code.message(language).is_empty());
        }
        assert!(code.message(Language::English).is_ascii());
    }
}

#[test]
fn the_first_known_language_is_taken() {
    let read = Language::from_accept_language;
    assert_eq!(read("en"), Language::English);
    assert_eq!(read("en-US,en;q=0.9,zh;q=0.8"), Language::English);
    assert_eq!(read("zh-CN,zh;q=0.9,en;q=0.8"), Language::Chinese);
    assert_eq!(read("fr, en;q=0.5"), Language::English);
    assert_eq!(read("fr"), Language::Chinese);
    assert_eq!(read(""), Language::Chinese);
}

#[test]
fn times_are_read_with_offset_and_leave_as_beijing_time() {
    let read = |text: &str| eseal_api::Time::parse(&json!(text), &At::ROOT).map(|time| time.to_string()).ok();
    assert_eq!(read("2001-02-03T04:05:06+08:00").as_deref(), Some("2001-02-03T04:05:06+08:00"));
    assert_eq!(read("2001-02-03T04:05:06.1234567Z").as_deref(), Some("2001-02-03T12:05:06.123+08:00"));
    assert_eq!(read("2001-02-03 04:05:06").as_deref(), Some("2001-02-03T04:05:06+08:00"));
    assert_eq!(read("yesterday"), None);
}
