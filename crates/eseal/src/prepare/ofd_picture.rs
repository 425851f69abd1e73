//! A seal whose picture is a page of OFD (印模为 OFD), GB/T 33190: paths as SVG, or the one image that fills the page.
//!
//! What is not understood is an error and never left out: a seal without its text would be another seal.

use std::{fmt::Write as _, sync::Arc};

use eseal_ofd::{
    Limits, Ofd, PartId,
    xml::{self, attribute, child, child_text, children, numbers, text},
};
use roxmltree::{Document, Node};

/// What the page shows.
#[derive(Debug)]
pub(super) enum Content {
    /// Its paths.
    Svg(String),
    /// Its one image, as it lies in the package.
    Image(Vec<u8>),
}

/// What a picture may cost: it has one page and a few resources.
const LIMITS: Limits = Limits {
    entries: 1_000,
    unpacked_bytes: 64 << 20,
    part_bytes: 20 << 20, // as large as a picture of pixels may be
    ratio: 200,
    ratio_floor_bytes: 8 << 20,
    pages: 1,
    signatures: 0,
    stamps: 0,
};
/// Page blocks inside each other.
const DEPTH: usize = 8;
/// Line width where none is stated, mm.
const LINE_WIDTH: f64 = 0.353;
/// How far an image may be from filling its page, mm: makers round.
const FILLS_MM: f64 = 0.5;

/// Reads the page; in words what is wrong with it.
pub(super) fn of(bytes: &[u8]) -> Result<Content, String> {
    let ofd = Ofd::open(Arc::new(bytes.to_vec()), &LIMITS).map_err(|error| format!("OFD: {error}"))?;
    let [document] = ofd.documents() else { return Err("OFD: several documents".into()) };
    let [page] = &document.pages[..] else { return Err("OFD: not one page".into()) };
    let (Some(root), Some(part)) = (document.root, page.part) else { return Err("OFD: a missing part".into()) };
    let package = ofd.package();
    let read = |part: PartId| package.text(part).map_err(|error| format!("OFD: {error}"));
    let (root_text, page_text) = (read(root)?, read(part)?);
    let document = xml::parse(&root_text)?;
    if !child_text(document.root_element(), "Annotations").is_empty() {
        return Err("OFD: Annotations".into());
    }
    let tree = xml::parse(&page_text)?;
    if child(tree.root_element(), "Template").is_some() {
        return Err("OFD: Template".into());
    }
    let size = ofd.page_size(1).map_err(|error| format!("OFD: {error}"))?;
    let mut drawing = Drawing::default();
    for layer in child(tree.root_element(), "Content").iter().flat_map(|content| children(*content, "Layer")) {
        drawing.objects(layer, 0)?;
    }
    match (drawing.image, drawing.count) {
        (None, 1..) => Ok(Content::Svg(format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{w}mm" height="{h}mm" viewBox="0 0 {w} {h}">{}</svg>"#,
            drawing.svg,
            w = size.width,
            h = size.height
        ))),
        (Some(image), 0) => {
            let fills = image.place.iter().zip([0.0, 0.0, size.width, size.height]);
            if !fills.into_iter().all(|(found, edge)| (found - edge).abs() <= FILLS_MM) {
                return Err("OFD: ImageObject that does not fill the page".into());
            }
            let found = resources(&document, root, &tree, part)
                .into_iter()
                .filter_map(|(base, location)| package.find(package.name(base), &location))
                .find_map(|resource| media(&ofd, resource, &image.resource))
                .ok_or("OFD: ImageObject whose image is missing")?;
            package.read(found).map(Content::Image).map_err(|error| format!("OFD: {error}"))
        }
        (None, 0) => Err("OFD: nothing on the page".into()),
        _ => Err("OFD: ImageObject among other objects".into()),
    }
}

/// Whether the package can be read and its page has objects, with the images that they name; in words why not.
pub(super) fn check_shown(bytes: &[u8]) -> Result<(), String> {
    let ofd = Ofd::open(Arc::new(bytes.to_vec()), &LIMITS).map_err(|error| format!("OFD: {error}"))?;
    let [document] = ofd.documents() else { return Err("OFD: several documents".into()) };
    let [page] = &document.pages[..] else { return Err("OFD: not one page".into()) };
    let (Some(root), Some(part)) = (document.root, page.part) else { return Err("OFD: a missing part".into()) };
    let package = ofd.package();
    let read = |part: PartId| package.text(part).map_err(|error| format!("OFD: {error}"));
    let (root_text, page_text) = (read(root)?, read(part)?);
    let (document, tree) = (xml::parse(&root_text)?, xml::parse(&page_text)?);
    let mut shown = child(tree.root_element(), "Template").is_some();
    let resources = resources(&document, root, &tree, part);
    for object in xml::descendants(tree.root_element()) {
        match object.tag_name().name() {
            "PathObject" => {
                outline(&child_text(object, "AbbreviatedData"))?;
                shown = true;
            }
            "TextObject" | "CompositeObject" => shown = true,
            "ImageObject" => {
                let id = attribute(object, "ResourceID").unwrap_or_default();
                let found = resources
                    .iter()
                    .filter_map(|(base, location)| package.find(package.name(*base), location))
                    .find_map(|resource| media(&ofd, resource, id.trim()));
                found.ok_or("OFD: ImageObject whose image is missing")?;
                shown = true;
            }
            _ => {}
        }
    }
    if shown { Ok(()) } else { Err("OFD: nothing on the page".into()) }
}

/// Where the resources of the page and the document lie: seen from which part, and the location.
fn resources(document: &Document<'_>, root: PartId, page: &Document<'_>, part: PartId) -> Vec<(PartId, String)> {
    let mut found = locations(page.root_element(), &["PageRes"]).map(|location| (part, location)).collect::<Vec<_>>();
    if let Some(common) = child(document.root_element(), "CommonData") {
        found.extend(locations(common, &["PublicRes", "DocumentRes"]).map(|location| (root, location)));
    }
    found
}

/// Locations of resources that are named there.
fn locations(node: Node<'_, '_>, names: &[&str]) -> impl Iterator<Item = String> {
    let named = node.children().filter(|child| names.contains(&child.tag_name().name()));
    named.map(text).collect::<Vec<_>>().into_iter()
}

/// The file of that medium, if it is declared in `resource`.
fn media(ofd: &Ofd, resource: PartId, id: &str) -> Option<PartId> {
    let package = ofd.package();
    let source = package.text(resource).ok()?;
    let tree = xml::parse(&source).ok()?;
    let found = xml::descendants(tree.root_element())
        .filter(|node| node.tag_name().name() == "MultiMedia")
        .find(|node| attribute(*node, "ID").is_some_and(|found| found.trim() == id))?;
    let file = child_text(found, "MediaFile");
    let base = attribute(tree.root_element(), "BaseLoc").unwrap_or_default().trim().trim_end_matches('/');
    let own = package.name(resource);
    let inner = if base.is_empty() { None } else { package.find(own, &format!("{base}/{file}")) };
    inner.or_else(|| package.find(own, &file))
}

/// The only image.
struct Image {
    resource: String,
    /// Left, top, right, bottom, mm.
    place: [f64; 4],
}

#[derive(Default)]
struct Drawing {
    svg: String,
    /// Paths.
    count: usize,
    image: Option<Image>,
}

impl Drawing {
    fn objects(&mut self, parent: Node<'_, '_>, depth: usize) -> Result<(), String> {
        refuse(parent, &["DrawParam"])?;
        if depth > DEPTH {
            return Err("OFD: PageBlock too deep".into());
        }
        for object in parent.children().filter(Node::is_element) {
            if attribute(object, "Visible").is_some_and(|visible| visible.trim() == "false") {
                continue;
            }
            match object.tag_name().name() {
                "PageBlock" => self.objects(object, depth.saturating_add(1))?,
                "PathObject" => self.path(object)?,
                "ImageObject" if self.image.is_none() => self.image = Some(image(object)?),
                other => return Err(format!("OFD: {}", other.chars().take(40).collect::<String>())),
            }
        }
        Ok(())
    }

    /// A path in its boundary, which cuts it.
    fn path(&mut self, object: Node<'_, '_>) -> Result<(), String> {
        refuse(object, &["DrawParam", "DashPattern"])?;
        if child(object, "Clips").is_some() {
            return Err("OFD: Clips".into());
        }
        let [left, top, width, height] = boundary(object)?;
        let matrix = matrix(object)?.map(|number| number.to_string()).join(" ");
        let flag = |name: &str| attribute(object, name).map(|flag| matches!(flag.trim(), "true" | "1"));
        // Nothing is filled unless it is said, and nothing without a color; lines are black.
        let fill = match child(object, "FillColor") {
            Some(fill) if flag("Fill").unwrap_or(false) => color(fill, "fill")?,
            _ => r#"fill="none""#.into(),
        };
        let stroke = match child(object, "StrokeColor") {
            _ if !flag("Stroke").unwrap_or(true) => String::new(),
            Some(stroke) => color(stroke, "stroke")?,
            None => r##"stroke="#000000""##.into(),
        };
        let rule =
            if attribute(object, "Rule").is_some_and(|rule| rule.trim() == "Even-Odd") { "evenodd" } else { "nonzero" };
        let number = |name: &str, default: f64| positive(object, name, default);
        let (line, miter) = (number("LineWidth", LINE_WIDTH)?, number("MiterLimit", 3.528)?.max(1.0));
        let cap = word(object, "Cap", &[("Butt", "butt"), ("Round", "round"), ("Square", "square")])?;
        let join = word(object, "Join", &[("Miter", "miter"), ("Round", "round"), ("Bevel", "bevel")])?;
        let alpha = positive(object, "Alpha", 255.0)?.min(255.0) / 255.0;
        let data = outline(&child_text(object, "AbbreviatedData"))?;
        let id = self.count;
        let _ = write!(
            self.svg,
            "<clipPath id=\"b{id}\"><path d=\"M0 0H{width}V{height}H0z\"/></clipPath>\
             <g transform=\"translate({left} {top})\" clip-path=\"url(#b{id})\" opacity=\"{alpha}\">\
             <path transform=\"matrix({matrix})\" {fill} {stroke} fill-rule=\"{rule}\" stroke-width=\"{line}\" \
             stroke-miterlimit=\"{miter}\" stroke-linecap=\"{cap}\" stroke-linejoin=\"{join}\" d=\"{data}\"/></g>"
        ); // a String takes everything
        self.count = self.count.saturating_add(1);
        Ok(())
    }
}

fn image(object: Node<'_, '_>) -> Result<Image, String> {
    refuse(object, &["ImageMask", "Alpha"])?;
    if child(object, "Clips").is_some() || child(object, "Border").is_some() {
        return Err("OFD: ImageObject with Clips or Border".into());
    }
    let [left, top, ..] = boundary(object)?;
    let [a, b, c, d, e, f] = matrix(object)?;
    if b != 0.0 || c != 0.0 {
        return Err("OFD: ImageObject that is turned".into());
    }
    let resource = attribute(object, "ResourceID").unwrap_or_default().trim().to_owned();
    Ok(Image { resource, place: [left + e, top + f, left + e + a, top + f + d] })
}

fn refuse(node: Node<'_, '_>, names: &[&str]) -> Result<(), String> {
    match names.iter().find(|name| attribute(node, name).is_some()) {
        Some(name) => Err(format!("OFD: {name}")),
        None => Ok(()),
    }
}

fn boundary(object: Node<'_, '_>) -> Result<[f64; 4], String> {
    attribute(object, "Boundary")
        .and_then(numbers)
        .and_then(|found| <[f64; 4]>::try_from(found).ok())
        .ok_or_else(|| "OFD: Boundary".into())
}

fn matrix(object: Node<'_, '_>) -> Result<[f64; 6], String> {
    let Some(text) = attribute(object, "CTM") else { return Ok([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]) };
    numbers(text).and_then(|found| <[f64; 6]>::try_from(found).ok()).ok_or_else(|| "OFD: CTM".into())
}

fn positive(node: Node<'_, '_>, name: &str, default: f64) -> Result<f64, String> {
    let Some(text) = attribute(node, name) else { return Ok(default) };
    match numbers(text).as_deref() {
        Some([number]) if *number >= 0.0 => Ok(*number),
        _ => Err(format!("OFD: {name}")),
    }
}

fn word(node: Node<'_, '_>, name: &str, words: &[(&str, &'static str)]) -> Result<&'static str, String> {
    let Some(text) = attribute(node, name) else {
        return words.first().map_or(Err(String::new()), |(_, word)| Ok(*word));
    };
    let found = words.iter().find(|(word, _)| *word == text.trim());
    found.map(|(_, word)| *word).ok_or_else(|| format!("OFD: {name}"))
}

/// `Value="r g b"` of the standard color space as attributes of SVG.
fn color(node: Node<'_, '_>, what: &str) -> Result<String, String> {
    refuse(node, &["ColorSpace", "Index"])?;
    let name = node.tag_name().name();
    if node.children().any(|child| child.is_element()) {
        return Err(format!("OFD: {name} with shading"));
    }
    let values = numbers(attribute(node, "Value").unwrap_or("0 0 0")).unwrap_or_default();
    let [red, green, blue] = values[..] else { return Err(format!("OFD: {name}")) };
    if ![red, green, blue].iter().all(|part| (0.0..=255.0).contains(part)) {
        return Err(format!("OFD: {name}"));
    }
    let alpha = positive(node, "Alpha", 255.0)?.min(255.0) / 255.0;
    Ok(format!(r#"{what}="rgb({red:.0},{green:.0},{blue:.0})" {what}-opacity="{alpha}""#))
}

/// `AbbreviatedData` (图形轮廓数据), GB/T 33190 §9.1, as the data of an SVG path.
fn outline(data: &str) -> Result<String, String> {
    let mut out = String::with_capacity(data.len());
    let mut words = data.split_whitespace();
    while let Some(word) = words.next() {
        let (letter, count) = match word {
            "S" | "M" => ('M', 2),
            "L" => ('L', 2),
            "Q" => ('Q', 4),
            "B" => ('C', 6),
            "A" => ('A', 7),
            "C" => ('Z', 0),
            _ => return Err("OFD: AbbreviatedData".into()),
        };
        out.push(letter);
        for _ in 0..count {
            let number = words.next().and_then(|word| word.parse::<f64>().ok()).filter(|number| number.abs() <= 1e6);
            let number = number.ok_or("OFD: AbbreviatedData")?;
            let _ = write!(out, "{number} "); // a String takes everything
        }
    }
    Ok(out)
}
