//! Documents made in code (示例文件), for the demo and the benchmarks: plain, and the same bytes every time.

use crate::zip::zip;

const NAMESPACE: &str = r#"xmlns:ofd="http://www.ofdspec.org/2016""#;
const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

/// An OFD of one A4 page, carrying `payload` as a picture that is not drawn, so that it has about that size.
pub(crate) fn ofd(payload: &[u8]) -> Vec<u8> {
    let part = |text: &str| format!("{HEAD}{text}");
    let root = part(&format!(
        r#"<ofd:OFD {NAMESPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>00000000000000000000000000000001</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"#
    ));
    let document = part(&format!(
        r#"<ofd:Document {NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>20</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>"#
    ));
    let resources = part(&format!(
        r#"<ofd:Res {NAMESPACE} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="10" FontName="SimSun"/></ofd:Fonts><ofd:MultiMedias><ofd:MultiMedia ID="11" Type="Image" Format="PNG"><ofd:MediaFile>payload.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"#
    ));
    let page = part(&format!(
        r#"<ofd:Page {NAMESPACE}><ofd:Content><ofd:Layer ID="12"><ofd:TextObject ID="13" Boundary="30 40 60 6" Font="10" Size="5"><ofd:TextCode X="0" Y="5" DeltaX="5 5 5 5">性能测试页</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>"#
    ));
    zip(&[
        ("OFD.xml", root.as_bytes()),
        ("Doc_0/Document.xml", document.as_bytes()),
        ("Doc_0/PublicRes.xml", resources.as_bytes()),
        ("Doc_0/Pages/Page_0/Content.xml", page.as_bytes()),
        ("Doc_0/Res/payload.png", payload),
    ])
}

/// A PDF 1.7 of one A4 page, carrying `payload` as a stream that is not drawn.
pub(crate) fn pdf(payload: &[u8]) -> Vec<u8> {
    let text = "BT /F1 14 Tf 72 760 Td (Benchmark) Tj ET";
    let objects: [Vec<u8>; 6] = [
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Count 1/Kids[4 0 R]>>".to_vec(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.28 841.89]/Resources<</Font<</F1 3 0 R>>>>/Contents 5 0 R>>"
            .to_vec(),
        format!("<</Length {}>>\nstream\n{text}\nendstream", text.len()).into_bytes(),
        [format!("<</Length {}>>\nstream\n", payload.len()).as_bytes(), payload, b"\nendstream"].concat(),
    ];
    let mut out = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.extend([format!("{} 0 obj\n", index + 1).as_bytes(), object, b"\nendobj\n"].concat());
    }
    let start = out.len();
    out.extend_from_slice(table.as_bytes());
    out.extend_from_slice(
        format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).as_bytes(),
    );
    out
}

/// Bytes that do not compress, the same every time.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let step = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    (0..length).map(step).collect()
}
