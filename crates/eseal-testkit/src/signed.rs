//! Documents with one signature of any kind (测试签名文件): whoever calls makes the value.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use eseal_gm::sm3;

use crate::{
    document::{HEAD, NAMESPACE, assemble, ofd_parts, pdf_objects},
    zip::zip,
};

/// Room for the value, in bytes.
const CONTENTS_BYTES: usize = 12_288;

/// A PDF of one page with one invisible signature over the whole file; `sign` is given the protected bytes.
///
/// # Panics
/// The value is too long.
#[must_use]
pub fn signed_pdf(sub_filter: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut objects = pdf_objects(1, "/Annots[6 0 R]");
    objects[0] = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]/SigFlags 3>>>>".into();
    objects.push("<</Type/Annot/Subtype/Widget/FT/Sig/T(S1)/F 132/Rect[0 0 0 0]/P 4 0 R/V 7 0 R>>".into());
    let (range, token) = (format!("[0 {0} {0} {0}]", " ".repeat(10)), format!("<{}>", "00".repeat(CONTENTS_BYTES)));
    objects.push(format!("<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/{sub_filter}/ByteRange{range}/Contents{token}>>"));
    let mut file = assemble(&objects);
    let find = |text: &str| {
        let windows = file.windows(text.len());
        windows.into_iter().position(|window| window == text.as_bytes()).expect("it was just written")
    };
    let (range_at, from) = (find(&range), find(&token));
    let to = from + token.len();
    let written = format!("[0 {from:>10} {to:>10} {:>10}]", file.len() - to);
    file[range_at..range_at + written.len()].copy_from_slice(written.as_bytes());
    let value = sign(&[&file[..from], &file[to..]].concat());
    assert!(value.len() <= CONTENTS_BYTES, "{} bytes", value.len());
    let hex: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
    file[from + 1..from + 1 + hex.len()].copy_from_slice(hex.as_bytes());
    file
}

/// An OFD of one page with one signature over every part; `kind` is `Sign` or `Seal`, `sign` is given Signature.xml.
#[must_use]
pub fn signed_ofd(kind: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut parts: Vec<(String, Vec<u8>)> = ofd_parts(1, "<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures>")
        .into_iter()
        .map(|(name, text)| (name, text.into_bytes()))
        .collect();
    let reference = |(name, bytes): &(String, Vec<u8>)| {
        let digest = BASE64.encode(sm3(bytes));
        format!(r#"<ofd:Reference FileRef="/{name}"><ofd:CheckValue>{digest}</ofd:CheckValue></ofd:Reference>"#)
    };
    let references: String = parts.iter().map(reference).collect();
    let signature = format!(
        r#"{HEAD}<ofd:Signature {NAMESPACE}><ofd:SignedInfo><ofd:Provider ProviderName="test"/><ofd:References CheckMethod="1.2.156.10197.1.401">{references}</ofd:References></ofd:SignedInfo><ofd:SignedValue>/Doc_0/Signs/Sign_0/SignedValue.dat</ofd:SignedValue></ofd:Signature>"#
    );
    let value = sign(signature.as_bytes());
    let list = format!(
        r#"{HEAD}<ofd:Signatures {NAMESPACE}><ofd:MaxSignId>1</ofd:MaxSignId><ofd:Signature ID="s001" Type="{kind}" BaseLoc="/Doc_0/Signs/Sign_0/Signature.xml"/></ofd:Signatures>"#
    );
    parts.push(("Doc_0/Signs/Signatures.xml".into(), list.into_bytes()));
    parts.push(("Doc_0/Signs/Sign_0/Signature.xml".into(), signature.into_bytes()));
    parts.push(("Doc_0/Signs/Sign_0/SignedValue.dat".into(), value));
    let entries: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    zip(&entries)
}
