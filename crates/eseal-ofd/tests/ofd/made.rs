//! Packages made in code: three A4 pages with a keyword on the second, and ZIPs of any shape.

use std::{io::Write, sync::Arc};

use eseal_bytes::{Assembly, ByteSource};
use eseal_ofd::{BoxMm, Limits, Ofd, Provider, SealRequest, Stamp};
use flate2::{Compression, Crc, write::DeflateEncoder};
use jiff::Timestamp;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const NAMESPACE: &str = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";

/// One entry of a made ZIP.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    pub(crate) content: Vec<u8>,
    pub(crate) deflate: bool,
    pub(crate) flags: u16,
    /// Data descriptor behind the data.
    pub(crate) descriptor: bool,
}

impl Entry {
    pub(crate) fn new(name: &str, content: impl Into<Vec<u8>>) -> Self {
        let flags = if name.is_ascii() { 0 } else { 0x800 };
        Self { name: name.into(), content: content.into(), deflate: true, flags, descriptor: false }
    }

    pub(crate) fn stored(self) -> Self {
        Self { deflate: false, ..self }
    }
}

pub(crate) fn zip_of(entries: &[Entry]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let offset = out.len() as u32;
        let packed = if entry.deflate { deflate(&entry.content) } else { entry.content.clone() };
        let mut crc = Crc::new();
        crc.update(&entry.content);
        let flags = entry.flags | if entry.descriptor { 8 } else { 0 };
        let method = if entry.deflate { 8_u16 } else { 0 };
        let sizes = [crc.sum(), packed.len() as u32, entry.content.len() as u32].map(u32::to_le_bytes).concat();
        let fields = |sizes: &[u8]| {
            let start = [20, flags, method, 0, 0x21].map(u16::to_le_bytes).concat();
            [&start[..], sizes, &(entry.name.len() as u16).to_le_bytes(), &[0, 0]].concat()
        };
        out.extend(b"PK\x03\x04");
        out.extend(if entry.descriptor { fields(&[0; 12]) } else { fields(&sizes) });
        out.extend(&entry.name);
        out.extend(packed);
        if entry.descriptor {
            out.extend(b"PK\x07\x08");
            out.extend(&sizes);
        }
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(fields(&sizes));
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(&entry.name);
    }
    end(out, directory, entries.len())
}

pub(crate) fn end(mut out: Vec<u8>, directory: Vec<u8>, count: usize) -> Vec<u8> {
    let (start, size) = (out.len() as u32, directory.len() as u32);
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend((count as u16).to_le_bytes());
    out.extend((count as u16).to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Entries of the plain package: the same document as the acceptance kit makes.
pub(crate) fn plain_entries() -> Vec<Entry> {
    let pages: String =
        (1..=3).map(|n| format!("<ofd:Page ID=\"{n}\" BaseLoc=\"Pages/Page_{}/Content.xml\"/>", n - 1)).collect();
    let mut entries = vec![
        Entry::new(
            "OFD.xml",
            format!(
                "{HEAD}<ofd:OFD {NAMESPACE} Version=\"1.0\" DocType=\"OFD\"><ofd:DocBody><ofd:DocInfo><ofd:DocID>\
                 0123456789abcdef0123456789abcdef</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>\
                 </ofd:DocBody></ofd:OFD>"
            ),
        ),
        Entry::new(
            "Doc_0/Document.xml",
            format!(
                "{HEAD}<ofd:Document {NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>40</ofd:MaxUnitID><ofd:PageArea>\
                 <ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>\
                 </ofd:CommonData><ofd:Pages>{pages}</ofd:Pages></ofd:Document>"
            ),
        ),
        Entry::new(
            "Doc_0/PublicRes.xml",
            format!(
                "{HEAD}<ofd:Res {NAMESPACE} BaseLoc=\"Res\"><ofd:Fonts><ofd:Font ID=\"10\" FontName=\"SimSun\" \
                 FamilyName=\"SimSun\"/></ofd:Fonts></ofd:Res>"
            ),
        ),
    ];
    for n in 1..=3 {
        let word = if n == 2 { "盖章处".to_owned() } else { format!("第三{n}") };
        entries.push(Entry::new(
            &format!("Doc_0/Pages/Page_{}/Content.xml", n - 1),
            format!(
                "{HEAD}<ofd:Page {NAMESPACE}><ofd:Content><ofd:Layer ID=\"{n}1\"><ofd:TextObject ID=\"{n}2\" \
                 Boundary=\"40 91 30 6\" Font=\"10\" Size=\"5.6\"><ofd:TextCode X=\"0\" Y=\"5\" DeltaX=\"5.6 5.6\">{word}\
                 </ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>"
            ),
        ));
    }
    entries
}

pub(crate) fn plain() -> Vec<u8> {
    zip_of(&plain_entries())
}

pub(crate) fn open(bytes: Vec<u8>) -> Ofd {
    try_open(bytes).unwrap()
}

pub(crate) fn try_open(bytes: Vec<u8>) -> Result<Ofd, eseal_ofd::Error> {
    Ofd::open(Arc::new(bytes), &Limits::default())
}

pub(crate) const SEAL: &[u8] = b"0\x03not a seal, but bytes that must come back";
pub(crate) const VALUE: &[u8] = b"0\x03not a signature value";

pub(crate) fn stamp(page: usize, left: f64) -> Stamp {
    let full = BoxMm { left, bottom: 50.0, right: left + 40.0, top: 90.0 };
    Stamp { page, full, visible: full }
}

pub(crate) fn request(stamps: &[Stamp]) -> SealRequest<'_> {
    SealRequest {
        seal: SEAL,
        stamps,
        lock: false,
        signed_at: Timestamp::from_second(1_800_000_000).unwrap(),
        provider: Provider { name: "eseal", version: "0.1", company: "eseal" },
    }
}

/// The package with one more seal.
pub(crate) fn sealed(bytes: Vec<u8>, request: &SealRequest<'_>) -> Vec<u8> {
    let source: Arc<dyn ByteSource> = Arc::new(bytes);
    let prepared = Ofd::open(source.clone(), &Limits::default()).unwrap().prepare(request).unwrap();
    let segments = prepared.finish(&*source, VALUE).unwrap();
    Assembly::new(source, segments).unwrap().read_all(1 << 30).unwrap()
}
