//! The code of an answer that is a list.

use eseal_api::{EntryStatus, ErrorCode, FileHashEntry, GenerateDigestResult, Language, Overall};

fn overall(codes: &[ErrorCode]) -> u32 {
    let status = |&code| EntryStatus::failed(code, None, Language::Chinese);
    let file_hash_list = codes.iter().map(|code| FileHashEntry { hash: None, status: status(code) }).collect();
    GenerateDigestResult { file_hash_list }.overall().number()
}

#[test]
fn a_list_has_the_code_that_its_entries_share() {
    use ErrorCode::{AlreadyComposed, SealNotFound, Success};
    assert_eq!(overall(&[Success, Success]), 200);
    assert_eq!(overall(&[SealNotFound]), 40402);
    assert_eq!(overall(&[SealNotFound, SealNotFound]), 40402);
    assert_eq!(overall(&[Success, SealNotFound]), 20700);
    assert_eq!(overall(&[AlreadyComposed, SealNotFound]), 20700);
}

#[test]
fn an_entry_is_flat() {
    let entry = FileHashEntry {
        hash: None,
        status: EntryStatus::failed(
            ErrorCode::SealNotFound,
            Some("/sealDataList/0/sealCode".into()),
            Language::English,
        ),
    };
    expect_test::expect![[r#"{"code":40402,"msg":"No such seal","hint":"Check the seal code, and that the seal is granted to this system.","field":"/sealDataList/0/sealCode"}"#]]
        .assert_eq(&serde_json::to_string(&entry).unwrap());
    let back: FileHashEntry = serde_json::from_str(&serde_json::to_string(&entry).unwrap()).unwrap();
    assert!(back.hash.is_none());
}
