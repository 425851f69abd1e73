//! Packages that two readers read differently (ZIP 的改坏): refused, or named.

use super::{
    Case, Class, ConformanceWorld, Expected, Verdict,
    ofd_make::{OfdMake, sealed_ofd},
};
use crate::zip_altered;

const ZIP: &str = "formats §10.7";
const PAGE: &str = "Doc_0/Pages/Page_0/Content.xml";

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    let file = sealed_ofd(&world.signature_of(4));
    let good = file.zip();
    let other_page = {
        let mut other = file.clone();
        other.replace(PAGE, "壹佰", "玖佰");
        other.part(PAGE).clone()
    };
    let with = |name: &str, bytes: &[u8]| {
        let mut more: OfdMake = file.clone();
        more.parts.push((name.to_owned(), bytes.to_vec()));
        more.zip()
    };
    let first = |name: &str, bytes: &[u8]| {
        let mut more: OfdMake = file.clone();
        more.parts.insert(0, (name.to_owned(), bytes.to_vec()));
        more.zip()
    };
    let refused: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        (
            "duplicate-last",
            with(PAGE, &other_page),
            "同名文件出现两次，后者被改",
            "a name twice, the later one changed",
        ),
        (
            "duplicate-first",
            first(PAGE, &other_page),
            "同名文件出现两次，前者被改",
            "a name twice, the earlier one changed",
        ),
        (
            "duplicate-case",
            with("doc_0/pages/page_0/content.xml", &other_page),
            "仅大小写不同的同名文件",
            "a name twice in different letter case",
        ),
        (
            "duplicate-slash",
            with("Doc_0\\Pages\\Page_0\\Content.xml", &other_page),
            "仅斜线不同的同名文件",
            "a name twice with different slashes",
        ),
        (
            "duplicate-dot",
            with("Doc_0/./Pages/Page_0/Content.xml", &other_page),
            "路径含 . 的同名文件",
            "a name twice, once with a dot",
        ),
        (
            "duplicate-leading-slash",
            with("/Doc_0/Pages/Page_0/Content.xml", &other_page),
            "前有斜线的同名文件",
            "a name twice, once with a leading slash",
        ),
        ("name-up", with("../evil.xml", b"x"), "文件名指向包外", "a name that leads out of the package"),
        ("name-control", with("Doc_0/a\u{1}.xml", b"x"), "文件名有控制字符", "a name with a control character"),
        (
            "header-name",
            local(&good, |header| {
                let at = header.windows(6).position(|window| window == b"Page_0").expect("it is there");
                header[at + 5] = b'9';
            }),
            "本地头与目录的文件名不同",
            "local header and directory give different names",
        ),
        ("offset-shared", shared(&good), "两个目录项共用同一数据", "two records share their bytes"),
        ("encrypted-entry", directory(&good, |record| record[8] |= 1), "文件项被加密", "an encrypted entry"),
        ("truncated", good[..good.len() - 40].to_vec(), "包被截短", "the package was cut off"),
        (
            "count",
            {
                let mut bytes = good.clone();
                let at = bytes.len() - 22 + 10;
                bytes[at] -= 1;
                bytes[at - 2] -= 1;
                bytes
            },
            "目录项数不符",
            "the number of records is wrong",
        ),
        (
            "entry-file-missing",
            {
                let mut other = file.clone();
                other.remove("OFD.xml");
                other.zip()
            },
            "没有 OFD.xml",
            "no OFD.xml",
        ),
        (
            "entry-file-broken",
            {
                let mut other = file.clone();
                other.part("OFD.xml").truncate(100);
                other.zip()
            },
            "OFD.xml 不是完整的 XML",
            "OFD.xml is no whole XML",
        ),
        ("not-a-package", b"PK\x03\x04 and nothing else".to_vec(), "不是 ZIP", "no ZIP"),
        ("encrypted-package", with("Encryptions.xml", b"<x/>"), "加密的 OFD", "an encrypted OFD"),
    ];
    let mut all: Vec<Case> = refused
        .into_iter()
        .map(|(name, bytes, zh, en)| {
            Case::new(Class::Twin, &format!("zip-{name}"), "ofd", bytes, Expected::Refused).says(zh, en, ZIP)
        })
        .collect();
    // What the directory says counts, and that the headers disagree is named.
    let altered = |bytes, verdict: Verdict, name: &str, zh: &str, en: &str| {
        Case::one(Class::Twin, name, "ofd", bytes, verdict).says(zh, en, ZIP)
    };
    let changed = Verdict::fails("HASH_FAILURE", &["OFD_REFERENCES"]).and_open(&["OFD_COVERAGE"]);
    all.push(altered(
        zip_altered(&good, PAGE, |bytes| {
            let at = bytes.windows(6).position(|window| window == "壹佰".as_bytes()).expect("it is there");
            bytes[at..at + 6].copy_from_slice("玖佰".as_bytes());
        }),
        changed.clone(),
        "zip-content-changed",
        "页面被改且校验和随之更新",
        "a page was changed, its checksum adapted",
    ));
    // What cannot be unpacked is not there.
    let disagree = |names: &[&'static str]| {
        Verdict::fails("SIGNED_DATA_NOT_FOUND", &["OFD_REFERENCES"]).and_open(&["OFD_COVERAGE"]).deviates(names)
    };
    all.push(altered(
        directory(&good, |record| record[10] = 8),
        disagree(&["ZIP_HEADER_MISMATCH"]),
        "zip-header-method",
        "目录的压缩方法与本地头不同",
        "the directory gives another method than the local header",
    ));
    all.push(altered(
        directory(&good, |record| record[20] = record[20].wrapping_add(200)),
        disagree(&["ZIP_GARBAGE", "ZIP_HEADER_MISMATCH"]),
        "zip-header-size",
        "目录的大小与本地头不同",
        "the directory gives another size than the local header",
    ));
    let mut stale = good.clone();
    let at = stale.windows(6).position(|window| window == "壹佰".as_bytes()).expect("it is there");
    stale[at..at + 6].copy_from_slice("玖佰".as_bytes());
    all.push(altered(
        stale,
        changed,
        "zip-checksum-stale",
        "页面被改而校验和未变",
        "a page was changed, its checksum is stale",
    ));
    all.push(
        Case::one(
            Class::Good,
            "zip-header-checksum",
            "ofd",
            local(&good, |header| header[14] ^= 1),
            Verdict::good().deviates(&["ZIP_HEADER_MISMATCH"]),
        )
        .says(
            "本地头与目录的校验和不同，内容未变",
            "local header and directory give different checksums, the content is unchanged",
            "Q14",
        ),
    );
    all
}

/// Changes the local header of the first page.
fn local(package: &[u8], change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut bytes = package.to_vec();
    let name = bytes.windows(PAGE.len()).position(|window| window == PAGE.as_bytes()).expect("it is there");
    // The first occurrence may be a reference in a part before it; headers stand 30 bytes before their names.
    let at = (name..bytes.len())
        .find(|at| bytes[*at..].starts_with(PAGE.as_bytes()) && bytes[at - 30..].starts_with(b"PK\x03\x04"))
        .expect("it is there");
    change(&mut bytes[at - 30..at + PAGE.len()]);
    bytes
}

/// Changes the directory's record of the first page.
fn directory(package: &[u8], change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut bytes = package.to_vec();
    let at = record(&bytes, PAGE);
    change(&mut bytes[at..at + 46]);
    bytes
}

fn record(bytes: &[u8], name: &str) -> usize {
    let is_it = |at: &usize| bytes[*at..].starts_with(b"PK\x01\x02") && bytes[at + 46..].starts_with(name.as_bytes());
    (0..bytes.len().saturating_sub(46)).find(is_it).expect("it is there")
}

/// The second page's record leads to the first page's bytes.
fn shared(package: &[u8]) -> Vec<u8> {
    let mut bytes = package.to_vec();
    let (one, two) = (record(&bytes, PAGE), record(&bytes, "Doc_0/Pages/Page_1/Content.xml"));
    let offset: [u8; 4] = bytes[one + 42..one + 46].try_into().expect("four bytes");
    bytes[two + 42..two + 46].copy_from_slice(&offset);
    bytes
}
