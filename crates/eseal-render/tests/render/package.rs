//! Small OFD packages made of parts.

use std::sync::Arc;

use eseal_ofd::{Limits as OfdLimits, Ofd};
use eseal_render::{FontLibrary, Limits, OfdPages, RenderError, Rendered};

/// A package of one page while it is put together.
#[derive(Clone, Default)]
pub(crate) struct Package {
    pub(crate) parts: Vec<(String, Vec<u8>)>,
    document: String,
    resources: String,
    page: String,
    entry: String,
}

/// Prefix and namespace of every part.
const XML: &str = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";

impl Package {
    /// A page of 60 by 40 mm with that inside its only layer.
    pub(crate) fn of(objects: &str) -> Self {
        Self::default().page(&format!("<ofd:Content><ofd:Layer ID=\"90\">{objects}</ofd:Layer></ofd:Content>"))
    }

    pub(crate) fn page(mut self, content: &str) -> Self {
        self.page = content.into();
        self
    }

    /// With these elements in the resource file.
    pub(crate) fn resources(mut self, elements: &str) -> Self {
        self.resources += elements;
        self
    }

    /// With these elements in Document.xml; those of CommonData have to be wrapped.
    pub(crate) fn document(mut self, elements: &str) -> Self {
        self.document += elements;
        self
    }

    /// With these elements in the DocBody of OFD.xml.
    pub(crate) fn entry(mut self, elements: &str) -> Self {
        self.entry += elements;
        self
    }

    pub(crate) fn part(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.parts.push((name.into(), bytes.into()));
        self
    }

    /// A part that is XML.
    pub(crate) fn xml(self, name: &str, root: &str, content: &str) -> Self {
        self.part(name, format!("<ofd:{root} {XML}>{content}</ofd:{root}>"))
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let document = format!(
            "<ofd:CommonData><ofd:MaxUnitID>99</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 60 40\
             </ofd:PhysicalBox></ofd:PageArea><ofd:DocumentRes>Res.xml</ofd:DocumentRes>{}</ofd:CommonData>\
             <ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"Page.xml\"/></ofd:Pages>{}",
            if self.document.starts_with("<ofd:TemplatePage") { &self.document } else { "" },
            if self.document.starts_with("<ofd:TemplatePage") { "" } else { &self.document },
        );
        let entry = format!(
            "<ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID></ofd:DocInfo>\
             <ofd:DocRoot>Doc/Document.xml</ofd:DocRoot>{}</ofd:DocBody>",
            self.entry
        );
        let all = self
            .clone()
            .xml("OFD.xml", "OFD", &entry)
            .xml("Doc/Document.xml", "Document", &document)
            .xml("Doc/Res.xml", "Res", &self.resources)
            .xml("Doc/Page.xml", "Page", &self.page);
        zip(&all.parts)
    }

    pub(crate) fn render(&self, dpi: f64) -> Result<Rendered, RenderError> {
        render(self.bytes(), dpi, Limits::default())
    }

    pub(crate) fn open(&self) -> Ofd {
        Ofd::open(Arc::new(self.bytes()), &OfdLimits::default()).unwrap()
    }
}

pub(crate) fn render(bytes: Vec<u8>, dpi: f64, limits: Limits) -> Result<Rendered, RenderError> {
    let ofd = Ofd::open(Arc::new(bytes), &OfdLimits::default())
        .map_err(|error| RenderError::Unreadable { page: 1, reason: error.to_string() })?;
    let fonts = FontLibrary::shipped();
    OfdPages::new(&ofd, &fonts, limits)?.render(1, dpi)
}

/// Kinds and details of warnings.
pub(crate) fn told(rendered: &Rendered) -> Vec<String> {
    let warnings = rendered.warnings.iter();
    warnings.map(|warning| format!("{} {}", warning.kind.as_str(), warning.detail)).collect()
}

/// A ZIP archive of entries as they are.
pub(crate) fn zip(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in parts {
        let offset = out.len() as u32;
        let mut common = vec![20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0x58];
        common.extend(crc32(bytes).to_le_bytes());
        common.extend((bytes.len() as u32).to_le_bytes());
        common.extend((bytes.len() as u32).to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(bytes);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, count) = (out.len() as u32, parts.len() as u16);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 })
    })
}
