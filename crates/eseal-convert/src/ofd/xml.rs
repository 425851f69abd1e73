//! The package's XML (部件): written by hand, since each part is a few lines.

use std::fmt::Write as _;

use eseal_ofd::xml::escape;
use eseal_picture::{Segment, VectorPath};

use crate::{
    font,
    page::{Area, Line},
    picture::Picture,
};

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;
const NAMESPACE: &str = r#"xmlns:ofd="http://www.ofdspec.org/2016""#;

/// Identifiers, given one after another.
#[derive(Debug, Default)]
pub(super) struct Ids(u32);

impl Ids {
    pub(super) fn next(&mut self) -> u32 {
        self.0 += 1;
        self.0
    }
}

/// A picture among the resources.
pub(super) struct Media {
    pub(super) id: u32,
    pub(super) format: &'static str,
    pub(super) name: String,
}

/// `OFD.xml`.
pub(super) fn entry(id: &str, title: Option<&str>) -> String {
    let title = title.map(|title| format!("<ofd:Title>{}</ofd:Title>", escape(title))).unwrap_or_default();
    format!(
        "{HEAD}<ofd:OFD {NAMESPACE} Version=\"1.0\" DocType=\"OFD\"><ofd:DocBody><ofd:DocInfo><ofd:DocID>{id}</ofd:DocID>{title}\
        <ofd:Creator>eseal</ofd:Creator></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )
}

/// `Document.xml`.
pub(super) fn document(ids: &Ids, size: (f32, f32), pages: &[u32], has_font: bool, has_media: bool) -> String {
    let list: String = pages
        .iter()
        .enumerate()
        .map(|(number, id)| format!(r#"<ofd:Page ID="{id}" BaseLoc="Pages/Page_{number}/Content.xml"/>"#))
        .collect();
    let public = if has_font { "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes>" } else { "" };
    let media = if has_media { "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>" } else { "" };
    format!(
        "{HEAD}<ofd:Document {NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>{}</ofd:MaxUnitID>{}{public}{media}</ofd:CommonData>\
        <ofd:Pages>{list}</ofd:Pages></ofd:Document>",
        ids.0,
        page_area("PageArea", size)
    )
}

/// `PublicRes.xml`.
pub(super) fn public_res(font: u32) -> String {
    let name = font::NAME;
    format!(
        r#"{HEAD}<ofd:Res {NAMESPACE} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="{font}" FontName="{name}" FamilyName="{name}" Charset="unicode"><ofd:FontFile>font.otf</ofd:FontFile></ofd:Font></ofd:Fonts></ofd:Res>"#
    )
}

/// `DocumentRes.xml`.
pub(super) fn document_res(media: &[Media]) -> String {
    let list: String = media
        .iter()
        .map(|Media { id, format, name }| {
            format!(r#"<ofd:MultiMedia ID="{id}" Type="Image" Format="{format}"><ofd:MediaFile>{name}</ofd:MediaFile></ofd:MultiMedia>"#)
        })
        .collect();
    format!(r#"{HEAD}<ofd:Res {NAMESPACE} BaseLoc="Res"><ofd:MultiMedias>{list}</ofd:MultiMedias></ofd:Res>"#)
}

/// `Content.xml`; the size is left out where the document's own holds.
pub(super) fn page(size: Option<(f32, f32)>, content: &str) -> String {
    let area = size.map(|size| page_area("Area", size)).unwrap_or_default();
    format!("{HEAD}<ofd:Page {NAMESPACE}>{area}<ofd:Content>{content}</ofd:Content></ofd:Page>")
}

/// The layer of a page of text: one object a line.
pub(super) fn text_page(lines: &[Line], font: u32, ids: &mut Ids) -> String {
    let layer = ids.next();
    let objects: String = lines.iter().map(|line| text_object(line, font, ids.next())).collect();
    format!(r#"<ofd:Layer ID="{layer}" Type="Body">{objects}</ofd:Layer>"#)
}

fn text_object(line: &Line, font: u32, id: u32) -> String {
    let ascent = line.size_mm * font::ASCENT;
    let (left, top) = (number(line.left_mm), number(line.baseline_mm - ascent));
    let width = number(line.letters.iter().map(|letter| letter.advance_mm).sum());
    let height = number(line.size_mm * 1.2);
    let text: String = line.letters.iter().map(|letter| letter.character).collect();
    format!(
        r#"<ofd:TextObject ID="{id}" Boundary="{left} {top} {width} {height}" Font="{font}" Size="{}"><ofd:TextCode X="0" Y="{}"{}>{}</ofd:TextCode></ofd:TextObject>"#,
        number(line.size_mm),
        number(ascent),
        delta_x(line),
        escape(&text)
    )
}

/// Distances between the characters; equal ones one after another are written `g count distance`.
fn delta_x(line: &Line) -> String {
    let Some((_, before_last)) = line.letters.split_last() else { return String::new() };
    let mut runs: Vec<(String, usize)> = Vec::new();
    for letter in before_last {
        let distance = number(letter.advance_mm);
        match runs.last_mut() {
            Some((last, count)) if *last == distance => *count += 1,
            _ => runs.push((distance, 1)),
        }
    }
    let run = |(distance, count): &(String, usize)| match count {
        1 => distance.clone(),
        2 => format!("{distance} {distance}"),
        _ => format!("g {count} {distance}"),
    };
    if runs.is_empty() {
        return String::new();
    }
    format!(r#" DeltaX="{}""#, runs.iter().map(run).collect::<Vec<_>>().join(" "))
}

/// The layer of a page with a picture.
pub(super) fn picture_page(picture: &Picture, area: Area, resource: u32, ids: &mut Ids) -> String {
    let (layer, object) = (ids.next(), ids.next());
    let Area { left_mm, top_mm, width_mm, height_mm } = area;
    let [a, b, c, d, e, f] = picture.upright();
    let matrix = [a * width_mm, b * height_mm, c * width_mm, d * height_mm, e * width_mm, f * height_mm];
    format!(
        r#"<ofd:Layer ID="{layer}" Type="Body"><ofd:ImageObject ID="{object}" Boundary="{} {} {} {}" CTM="{}" ResourceID="{resource}"/></ofd:Layer>"#,
        number(left_mm),
        number(top_mm),
        number(width_mm),
        number(height_mm),
        matrix.map(number).join(" ")
    )
}

/// The layer of a page of shapes; each may fill the whole page, which cuts off what stands out.
pub(super) fn shapes_page(paths: &[VectorPath], (width, height): (f32, f32), ids: &mut Ids) -> String {
    let layer = ids.next();
    let boundary = format!("0 0 {} {}", number(width), number(height));
    let mut objects = String::new();
    for path in paths {
        let VectorPath { segments, fill: [red, green, blue], alpha, even_odd } = path;
        let rule = if *even_odd { " Rule=\"Even-Odd\"" } else { "" };
        let alpha = if *alpha == u8::MAX { String::new() } else { format!(" Alpha=\"{alpha}\"") };
        let _ = write!(
            objects,
            "<ofd:PathObject ID=\"{}\" Boundary=\"{boundary}\" Stroke=\"false\" Fill=\"true\"{rule}>\
             <ofd:FillColor Value=\"{red} {green} {blue}\"{alpha}/>\
             <ofd:AbbreviatedData>{}</ofd:AbbreviatedData></ofd:PathObject>",
            ids.next(),
            abbreviated(segments)
        ); // a String takes everything
    }
    format!(r#"<ofd:Layer ID="{layer}" Type="Body">{objects}</ofd:Layer>"#)
}

/// `AbbreviatedData` (图形轮廓数据), GB/T 33190 §9.1.
fn abbreviated(segments: &[Segment]) -> String {
    let words: Vec<String> = segments
        .iter()
        .flat_map(|segment| {
            let (operator, points): (_, &[[f64; 2]]) = match segment {
                Segment::Move(to) => ("M", std::slice::from_ref(to)),
                Segment::Line(to) => ("L", std::slice::from_ref(to)),
                Segment::Cubic(points) => ("B", points),
                Segment::Close => ("C", &[]),
            };
            std::iter::once(operator.to_owned())
                .chain(points.iter().flatten().map(|place| short(&format!("{place:.3}"))))
        })
        .collect();
    words.join(" ")
}

fn page_area(name: &str, (width, height): (f32, f32)) -> String {
    format!("<ofd:{name}><ofd:PhysicalBox>0 0 {} {}</ofd:PhysicalBox></ofd:{name}>", number(width), number(height))
}

/// Three decimals, a thousandth of a millimetre; no needless zeros.
fn number(value: f32) -> String {
    short(&format!("{value:.3}"))
}

fn short(text: &str) -> String {
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Letter;

    #[test]
    fn numbers_are_short() {
        for (value, expected) in [(210.0, "210"), (3.7041, "3.704"), (0.1, "0.1"), (-0.0001, "0"), (-1.5, "-1.5")] {
            assert_eq!(number(value), expected);
        }
    }

    #[test]
    fn equal_distances_are_written_once() {
        let letter = |advance_mm| Letter { character: 'x', glyph: 1, advance_mm };
        let line = |advances: &[f32]| Line {
            left_mm: 0.0,
            baseline_mm: 0.0,
            size_mm: 1.0,
            letters: advances.iter().copied().map(letter).collect(),
        };
        assert_eq!(delta_x(&line(&[1.0])), "");
        assert_eq!(delta_x(&line(&[1.0, 1.0])), r#" DeltaX="1""#);
        assert_eq!(delta_x(&line(&[1.0, 1.0, 1.0, 2.0, 2.0, 9.0])), r#" DeltaX="g 3 1 2 2""#);
    }
}
