//! Documents made in code (测试原文): small, plain, the same bytes every time.

use crate::zip::zip;

/// Word on page 2 (page 1 of a one-page document), 40 mm from the left, 200 mm from the bottom.
pub const PDF_KEYWORD: &str = "SealHere";
/// The same in the OFD.
pub const OFD_KEYWORD: &str = "盖章处";

const POINTS_PER_MM: f64 = 72.0 / 25.4;
pub(crate) const NAMESPACE: &str = r#"xmlns:ofd="http://www.ofdspec.org/2016""#;
pub(crate) const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

/// A PDF 1.7 of A4 pages with a classic cross-reference table.
#[must_use]
pub fn pdf(pages: usize) -> Vec<u8> {
    pdf_with(pages, "")
}

/// As [`pdf`], the last page with further entries, such as `/Rotate 90/CropBox[20 30 575 812]`.
#[must_use]
pub fn pdf_with(pages: usize, last_page: &str) -> Vec<u8> {
    assemble(&pdf_objects(pages, last_page))
}

/// Its objects, in the order of their numbers: the catalog first, the first page fourth.
pub(crate) fn pdf_objects(pages: usize, last_page: &str) -> Vec<String> {
    let kids: String = (0..pages).map(|page| format!("{} 0 R ", 4 + 2 * page)).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Count {pages}/Kids[{}]>>", kids.trim_end()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
    ];
    for page in 0..pages {
        let word = if page == keyword_page(pages) { PDF_KEYWORD } else { "page" };
        let more = if page + 1 == pages { last_page } else { "" };
        let text = format!(
            "BT /F1 16 Tf {:.2} {:.2} Td ({word}) Tj ET\nBT /F1 11 Tf 72 400 Td (Contract, page {} of {pages}) Tj ET\n",
            40.0 * POINTS_PER_MM,
            200.0 * POINTS_PER_MM,
            page + 1
        );
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.28 841.89]{more}/Resources<</Font<</F1 3 0 R>>>>/Contents {} 0 R>>",
            5 + 2 * page
        ));
        objects.push(format!("<</Length {}>>\nstream\n{text}\nendstream", text.len()));
    }
    objects
}

/// An OFD of A4 pages.
#[must_use]
pub fn ofd(pages: usize) -> Vec<u8> {
    let parts = ofd_parts(pages, "");
    let entries: Vec<(&str, &[u8])> = parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    zip(&entries)
}

/// Its parts, the body with a further element.
pub(crate) fn ofd_parts(pages: usize, in_body: &str) -> Vec<(String, String)> {
    let list: String = (0..pages)
        .map(|page| format!(r#"<ofd:Page ID="{}" BaseLoc="Pages/Page_{page}/Content.xml"/>"#, page + 1))
        .collect();
    let mut parts = vec![
        (
            "OFD.xml".to_owned(),
            format!(
                r#"{HEAD}<ofd:OFD {NAMESPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0123456789abcdef0123456789abcdef</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>{in_body}</ofd:DocBody></ofd:OFD>"#
            ),
        ),
        (
            "Doc_0/Document.xml".to_owned(),
            format!(
                "{HEAD}<ofd:Document {NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>{}</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages>{list}</ofd:Pages></ofd:Document>",
                pages * 10 + 1_000
            ),
        ),
        (
            "Doc_0/PublicRes.xml".to_owned(),
            format!(
                r#"{HEAD}<ofd:Res {NAMESPACE} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="{}" FontName="SimSun" FamilyName="SimSun"/></ofd:Fonts></ofd:Res>"#,
                pages * 10 + 900
            ),
        ),
    ];
    for page in 0..pages {
        let word = if page == keyword_page(pages) { OFD_KEYWORD } else { "合同正" };
        parts.push((
            format!("Doc_0/Pages/Page_{page}/Content.xml"),
            format!(
                r#"{HEAD}<ofd:Page {NAMESPACE}><ofd:Content><ofd:Layer ID="{}"><ofd:TextObject ID="{}" Boundary="40 91 30 6" Font="{}" Size="5.6"><ofd:TextCode X="0" Y="5" DeltaX="5.6 5.6">{word}</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>"#,
                pages * 2 + page * 2 + 1,
                pages * 2 + page * 2 + 2,
                pages * 10 + 900
            ),
        ));
    }
    parts
}

/// Page, from 0, that carries the keyword.
fn keyword_page(pages: usize) -> usize {
    1.min(pages.saturating_sub(1))
}

pub(crate) fn assemble(objects: &[String]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).as_bytes());
    }
    let start = out.len();
    out.extend(table.as_bytes());
    out.extend(format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).as_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_the_same_every_time() {
        assert_eq!(pdf(3), pdf(3));
        assert_eq!(ofd(3), ofd(3));
        assert!(pdf(1).starts_with(b"%PDF-1.7"));
        assert!(ofd(1).starts_with(b"PK\x03\x04"));
    }
}
