//! Files of many kinds, made here: each holds something that a converter of PDF may get wrong.

use std::{fmt::Write as _, sync::Arc};

use eseal_pdf::{PdfDocument, PdfLimits};
use eseal_render::{FontLibrary, OfdOptions, pdf_to_ofd};

/// A document of our own.
pub(crate) struct Varied {
    /// What is in it.
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    /// What its conversion tells, a part of each; nothing else may be told.
    pub(crate) told: &'static [&'static str],
}

/// A document as it is put together: a page of 200 by 150 points, whose content is object 4.
#[derive(Clone, Default)]
struct Sheet {
    content: Vec<u8>,
    /// Entries of the page, of its resources and of the catalog.
    page: String,
    resources: String,
    catalog: String,
    /// Objects from number 5 on.
    objects: Vec<Vec<u8>>,
}

/// Bounds of pages that say nothing else.
const BOX: &str = "/MediaBox[0 0 200 150]";

impl Sheet {
    fn of(content: impl Into<Vec<u8>>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }

    fn resources(mut self, resources: &str) -> Self {
        self.resources += resources;
        self
    }

    fn page(mut self, page: &str) -> Self {
        self.page += page;
        self
    }

    fn catalog(mut self, catalog: &str) -> Self {
        self.catalog += catalog;
        self
    }

    fn object(mut self, object: impl Into<Vec<u8>>) -> Self {
        self.objects.push(object.into());
        self
    }

    fn all(self) -> Vec<Vec<u8>> {
        let bounds = if self.page.contains("/MediaBox") { "" } else { BOX };
        let mut all = vec![
            format!("<</Type/Catalog/Pages 2 0 R{}>>", self.catalog).into_bytes(),
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
            format!("<</Type/Page/Parent 2 0 R{bounds}/Contents 4 0 R/Resources<<{}>>{}>>", self.resources, self.page)
                .into_bytes(),
            stream("", &self.content),
        ];
        all.extend(self.objects);
        all
    }

    fn written(self) -> Vec<u8> {
        let all = self.all();
        let mut out = b"%PDF-1.7\n".to_vec();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", all.len() + 1);
        for (number, object) in all.iter().enumerate() {
            writeln!(table, "{:010} 00000 n ", out.len()).unwrap();
            out.extend(format!("{} 0 obj\n", number + 1).bytes());
            out.extend(object);
            out.extend(b"\nendobj\n");
        }
        let end = format!("{table}trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{}\n%%EOF\n", all.len() + 1, out.len());
        out.extend(end.bytes());
        out
    }

    /// All that is no stream in an object stream, and a table that is a stream.
    fn packed(self) -> Vec<u8> {
        let all = self.all();
        let (container, table) = (all.len() + 1, all.len() + 2);
        let mut out = b"%PDF-1.7\n".to_vec();
        let (mut places, mut heads, mut bodies, mut inside) = (vec![[0_u8, 0, 0, 0, 0]], String::new(), Vec::new(), 0);
        let place = |kind: u8, at: usize, index: u8| {
            let at = u32::try_from(at).unwrap().to_be_bytes();
            [kind, at[1], at[2], at[3], index]
        };
        for (number, object) in (1..).zip(&all) {
            if object.ends_with(b"endstream") {
                places.push(place(1, out.len(), 0));
                out.extend(format!("{number} 0 obj\n").bytes());
                out.extend(object);
                out.extend(b"\nendobj\n");
            } else {
                places.push(place(2, container, inside));
                inside += 1;
                write!(heads, "{number} {} ", bodies.len()).unwrap();
                bodies.extend(object);
                bodies.push(b'\n');
            }
        }
        places.push(place(1, out.len(), 0));
        let held = [heads.as_bytes(), &bodies].concat();
        let held = stream(&format!("/Type/ObjStm/N {inside}/First {}", heads.len()), &held);
        out.extend(format!("{container} 0 obj\n").bytes());
        out.extend(held);
        out.extend(b"\nendobj\n");
        let start = out.len();
        places.push(place(1, start, 0));
        let entries = format!("/Type/XRef/Size {}/W[1 3 1]/Root 1 0 R", table + 1);
        out.extend(format!("{table} 0 obj\n").bytes());
        out.extend(stream(&entries, &places.concat()));
        out.extend(format!("\nendobj\nstartxref\n{start}\n%%EOF\n").bytes());
        out
    }
}

fn stream(entries: &str, data: &[u8]) -> Vec<u8> {
    [format!("<<{entries}/Length {}>>stream\n", data.len()).as_bytes(), data, b"\nendstream"].concat()
}

/// All of them.
pub(crate) fn all() -> Vec<Varied> {
    let mut all = Vec::new();
    for group in [texts(), pages(), pictures(), drawings(), transparencies(), interactive()] {
        for (name, sheet, told) in group {
            all.push(Varied { name, bytes: sheet.written(), told });
        }
    }
    let packed = Sheet::of("BT /F 14 Tf 20 60 Td (Objects in a stream) Tj ET 1 0 0 rg 20 20 50 20 re f")
        .resources("/Font<</F 5 0 R>>")
        .object("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
    all.push(Varied { name: "objects in streams", bytes: packed.packed(), told: &[] });
    all
}

type Group = Vec<(&'static str, Sheet, &'static [&'static str])>;

/// What a conversion tells of fonts that are not in the file.
const FONT: &str = "FONT_SUBSTITUTED";
const PICTURE: &str = "that part of the page becomes a picture";

fn texts() -> Group {
    let font = |entries: &str, content: &str| {
        Sheet::of(content).resources("/Font<</F 5 0 R>>").object(format!("<</Type/Font{entries}>>"))
    };
    let standard =
        |name: &str, entries: &str, content: &str| font(&format!("/Subtype/Type1/BaseFont/{name}{entries}"), content);
    let line = "BT /F 14 Tf 12 60 Td (Seal No. 42, page 7) Tj ET";
    vec![
        ("Helvetica", standard("Helvetica", "", line), &[]),
        ("Times", standard("Times-BoldItalic", "", line), &[]),
        ("Courier", standard("Courier", "", line), &[]),
        ("Symbol", standard("Symbol", "", "BT /F 18 Tf 20 60 Td (abgd \\345) Tj ET"), &[]),
        ("Dingbats", standard("ZapfDingbats", "", "BT /F 18 Tf 20 60 Td (!468) Tj ET"), &[]),
        (
            "WinAnsi",
            standard(
                "Helvetica",
                "/Encoding/WinAnsiEncoding",
                "BT /F 14 Tf 20 60 Td (caf\\351 \\200 5 \\226 \\374) Tj ET",
            ),
            &[],
        ),
        (
            "MacRoman",
            standard("Times-Roman", "/Encoding/MacRomanEncoding", "BT /F 14 Tf 20 60 Td (caf\\216 \\237) Tj ET"),
            &[],
        ),
        (
            "differences",
            standard(
                "Times-Roman",
                "/Encoding<</BaseEncoding/WinAnsiEncoding/Differences[65/germandbls/section 97/Euro]>>",
                "BT /F 14 Tf 20 60 Td (A B a Z) Tj ET",
            ),
            &[],
        ),
        (
            "spacing, rise and width",
            standard(
                "Times-Roman",
                "",
                "BT /F 12 Tf 3 Tc 8 Tw 120 Tz 20 90 Td (a b c) Tj 0 Tc 0 Tw 70 Tz 4 Ts (up) Tj -3 Ts (down) Tj \
                 0 Ts 100 Tz 16 TL T* [(k) -300 (e) 200 (r) 50 (n)] TJ (next) ' ET",
            ),
            &[],
        ),
        (
            "modes of text",
            standard(
                "Helvetica-Bold",
                "",
                "1 0 0 RG 0 0 1 rg BT /F 24 Tf 20 100 Td 0 Tr (fill) Tj 0 -30 Td 1 Tr (line) Tj 0 -30 Td 2 Tr (both) Tj ET",
            ),
            &[],
        ),
        (
            "text that is not drawn",
            standard("Helvetica", "", "BT /F 14 Tf 20 60 Td 3 Tr (recognised) Tj ET 0 .5 0 rg 20 20 60 20 re f"),
            &[],
        ),
        (
            "text as a clip",
            standard(
                "Helvetica-Bold",
                "",
                "q BT /F 60 Tf 15 60 Td 7 Tr (CLIP) Tj ET 1 0 0 rg 0 0 200 80 re f 0 0 1 rg 0 80 200 70 re f Q",
            ),
            &[],
        ),
        (
            "text in a mirror",
            standard("Times-Roman", "", "BT /F 20 Tf -1 0 0 1 150 90 Tm (mirror) Tj 1 0 .5 1 20 40 Tm (slant) Tj ET"),
            &[],
        ),
        ("CJK in CFF", embedded_cjk(eseal_fonts::SANS_REGULAR, "深圳市电子印章", "Identity-H"), &[]),
        ("CJK of another face", embedded_cjk(eseal_fonts::SERIF_BOLD, "合同专用章（示例）", "Identity-H"), &[]),
        ("CJK in columns", embedded_cjk(eseal_fonts::SERIF_BOLD, "竖排文字", "Identity-V"), &[]),
        (
            "CJK that is not embedded",
            font(
                "/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType0\
                 /BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>]",
                "BT /F 20 Tf 20 60 Td <4E2D65875370> Tj ET",
            ),
            &[FONT],
        ),
        ("TrueType", true_type(false), &[]),
        ("TrueType by CID", true_type(true), &[]),
        ("Type3 without color", type3("500 0 0 0 500 500 d1 0 0 500 500 re 100 100 300 300 re f*"), &[]),
        ("Type3 with colors", type3("500 0 d0 1 0 0 rg 0 0 500 250 re f 0 0 1 rg 0 250 500 250 re f"), &[]),
        (
            "Type3 of pixels",
            type3(
                "500 0 0 0 500 500 d1 500 0 0 500 0 0 cm BI /W 8 /H 8 /IM true /BPC 1 ID \u{f}\u{f}\u{f}\u{f}pppp\nEI",
            ),
            &[],
        ),
        (
            "text with a shading",
            standard("Helvetica-Bold", "", "/Pattern cs /P scn BT /F 40 Tf 15 60 Td (shade) Tj ET").resources(
                "/Pattern<</P<</PatternType 2/Shading<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 200 0]\
                 /Function<</FunctionType 2/N 1/Domain[0 1]/C0[1 0 0]/C1[0 0 1]>>>>>>>>",
            ),
            &[PICTURE],
        ),
    ]
}

/// Text in a font of ours, embedded whole as OpenType with CFF.
fn embedded_cjk(font: &[u8], text: &str, encoding: &str) -> Sheet {
    use skrifa::MetadataProvider as _;
    let face = skrifa::FontRef::new(font).unwrap();
    let glyph = |letter| face.charmap().map(letter).unwrap().to_u32();
    let codes = text.chars().map(|letter| format!("{:04X}", glyph(letter))).collect::<String>();
    let start = if encoding == "Identity-V" { "100 120" } else { "12 60" };
    let mut map =
        "/CIDInit/ProcSet findresource begin begincmap 1 begincodespacerange <0000><FFFF> endcodespacerange\n"
            .to_owned();
    writeln!(map, "{} beginbfchar", text.chars().count()).unwrap();
    for letter in text.chars() {
        writeln!(map, "<{:04X}><{:04X}>", glyph(letter), u32::from(letter)).unwrap();
    }
    map += "endbfchar endcmap end";
    Sheet::of(format!("BT /F 20 Tf {start} Td <{codes}> Tj ET"))
        .resources("/Font<</F 5 0 R>>")
        .object(format!(
            "<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+Ours/Encoding/{encoding}/DescendantFonts[6 0 R]/ToUnicode 8 0 R>>"
        ))
        .object(
            "<</Type/Font/Subtype/CIDFontType0/BaseFont/ABCDEF+Ours/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)\
             /Supplement 0>>/DW 1000/FontDescriptor 7 0 R>>",
        )
        .object(
            "<</Type/FontDescriptor/FontName/ABCDEF+Ours/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 880\
             /Descent -120/CapHeight 700/StemV 80/FontFile3 9 0 R>>",
        )
        .object(stream("", map.as_bytes()))
        .object(stream("/Subtype/OpenType", font))
}

/// Text in TrueType, which our own converter made of a line in Times.
fn true_type(is_by_cid: bool) -> Sheet {
    let line = Sheet::of("BT /F 14 Tf 20 60 Td (ABCD) Tj ET")
        .resources("/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>>>");
    let document = PdfDocument::open(Arc::new(line.written()), &PdfLimits::default()).unwrap();
    let ofd = pdf_to_ofd(&document, &FontLibrary::shipped(), &OfdOptions::default()).unwrap().bytes;
    let ofd = eseal_ofd::Ofd::open(Arc::new(ofd), &eseal_ofd::Limits::default()).unwrap();
    let package = ofd.package();
    let font = package.parts().find(|part| package.name(*part).ends_with(".ttf")).unwrap();
    let font = package.read(font).unwrap();
    let descriptor = "<</Type/FontDescriptor/FontName/ABCDEF+Made/Flags 32/FontBBox[0 -200 1000 900]/ItalicAngle 0\
                      /Ascent 880/Descent -120/CapHeight 700/StemV 80/FontFile2 7 0 R>>";
    let widths = "[722 667 667 722]";
    let (content, entries, last) = if is_by_cid {
        (
            "BT /F 24 Tf 20 60 Td <0001000200030004> Tj ET",
            "/Subtype/Type0/BaseFont/ABCDEF+Made/Encoding/Identity-H/DescendantFonts[8 0 R]/ToUnicode 9 0 R".to_owned(),
            format!(
                "<</Type/Font/Subtype/CIDFontType2/BaseFont/ABCDEF+Made/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)\
                 /Supplement 0>>/W[1{widths}]/CIDToGIDMap/Identity/FontDescriptor 6 0 R>>"
            ),
        )
    } else {
        (
            "BT /F 24 Tf 20 60 Td (ABCD) Tj ET",
            format!(
                "/Subtype/TrueType/BaseFont/ABCDEF+Made/Encoding/WinAnsiEncoding/FirstChar 65/LastChar 68/Widths{widths}\
                 /FontDescriptor 6 0 R"
            ),
            "null".to_owned(),
        )
    };
    let map = "begincmap 1 begincodespacerange <0000><FFFF> endcodespacerange 1 beginbfrange <0001><0004><0041> endbfrange endcmap";
    Sheet::of(content)
        .resources("/Font<</F 5 0 R>>")
        .object(format!("<</Type/Font{entries}>>"))
        .object(descriptor)
        .object(stream("", &font))
        .object(last)
        .object(stream("", map.as_bytes()))
}

/// Text in a font whose one glyph is drawn so.
fn type3(glyph: &str) -> Sheet {
    let glyph: Vec<u8> = glyph.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    Sheet::of("0 .4 0 rg BT /F 40 Tf 20 60 Td (AAA) Tj ET")
        .resources("/Font<</F 5 0 R>>")
        .object(
            "<</Type/Font/Subtype/Type3/FontBBox[0 0 500 500]/FontMatrix[.001 0 0 .001 0 0]/CharProcs<</A 6 0 R>>\
             /Encoding<</Differences[65/A]>>/FirstChar 65/LastChar 65/Widths[600]/Resources<<>>>>",
        )
        .object(stream("", &glyph))
}

fn pages() -> Group {
    let marks = "BT /F 14 Tf 40 60 Td (Which way up) Tj ET 1 0 0 rg 20 20 40 30 re f 0 0 1 rg 150 100 30 30 re f";
    let page = |entries: &str| {
        Sheet::of(marks).resources("/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>").page(entries)
    };
    vec![
        ("a page turned by 90", page("/Rotate 90"), &[]),
        ("a page turned by 180", page("/Rotate 180"), &[]),
        ("a page turned by 270", page("/Rotate -90"), &[]),
        ("a crop box", page("/CropBox[10 10 190 140]"), &[]),
        ("a turned crop box", page("/CropBox[10 20 190 140]/Rotate 90"), &[]),
        ("a crop box beyond the page", page("/CropBox[-50 -50 150 150]"), &[]),
        ("bounds below zero", page("/MediaBox[-20 -30 180 120]"), &[]),
        ("bounds upside down", page("/MediaBox[200 150 0 0]"), &[]),
        ("larger units", page("/UserUnit 2"), &[]),
    ]
}

/// Four by four pixels in RGB.
fn pixels() -> Vec<u8> {
    (0..16_u8).flat_map(|at| [at * 16, 255 - at * 16, (at % 4) * 80]).collect()
}

fn pictures() -> Group {
    let drawn = "q 120 0 0 100 40 25 cm /I Do Q";
    let image = |entries: &str, data: &[u8]| {
        Sheet::of(format!(".9 .9 .5 rg 0 0 200 150 re f {drawn}"))
            .resources("/XObject<</I 5 0 R>>")
            .object(stream(&format!("/Type/XObject/Subtype/Image/Width 4/Height 4{entries}"), data))
    };
    let rgb = "/BitsPerComponent 8/ColorSpace/DeviceRGB";
    let hex = |data: &[u8]| data.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + ">";
    let gray: Vec<u8> = (0..16).map(|at| at * 17).collect();
    // Rows with a filter of PNG each: none, sub, up, average.
    let rows: Vec<u8> = pixels()
        .chunks(12)
        .enumerate()
        .flat_map(|(row, line)| {
            let left = |at: usize| at.checked_sub(3).map_or(0, |at| line[at]);
            let all = pixels();
            let above = |at: usize| row.checked_sub(1).map_or(0, |row| all[row * 12 + at]);
            let mut out = vec![u8::try_from(row).unwrap()];
            out.extend((0..12).map(|at| {
                let guess = match row {
                    0 => 0,
                    1 => left(at),
                    2 => above(at),
                    _ => u8::midpoint(left(at), above(at)),
                };
                line[at].wrapping_sub(guess)
            }));
            out
        })
        .collect();
    let masked = |entry: &str, entries: &str, mask: &[u8]| {
        image(&format!("{rgb}{entry}"), &pixels())
            .object(stream(&format!("/Type/XObject/Subtype/Image/Width 4/Height 4{entries}"), mask))
    };
    let (fax, jbig2) = crate::bilevel::parts();
    let bar = |entries: &str, data: &[u8]| {
        let entries = format!("/Type/XObject/Subtype/Image/Width 16/Height 8/BitsPerComponent 1{entries}");
        Sheet::of(drawn).resources("/XObject<</I 5 0 R>>").object(stream(&entries, data))
    };
    vec![
        ("raw pixels", image(rgb, &pixels()), &[]),
        ("pixels as hex", image(&format!("{rgb}/Filter/ASCIIHexDecode"), hex(&pixels()).as_bytes()), &[]),
        ("pixels in base 85", image(&format!("{rgb}/Filter/ASCII85Decode"), &base85(&pixels())), &[]),
        (
            "run lengths",
            image("/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/RunLengthDecode", &run_lengths(&gray)),
            &[],
        ),
        ("LZW", image(&format!("{rgb}/Filter/LZWDecode"), &lzw(&pixels())), &[]),
        ("Flate", image(&format!("{rgb}/Filter/FlateDecode"), &stored(&pixels())), &[]),
        (
            "Flate, rows guessed as in PNG",
            image(&format!("{rgb}/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors 3/Columns 4>>"), &stored(&rows)),
            &[],
        ),
        (
            "two filters",
            image(&format!("{rgb}/Filter[/ASCIIHexDecode/FlateDecode]"), hex(&stored(&pixels())).as_bytes()),
            &[],
        ),
        ("JPEG", image(&format!("{rgb}/Filter/DCTDecode"), &jpeg(&pixels(), image::ExtendedColorType::Rgb8)), &[]),
        (
            "gray JPEG",
            image(
                "/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/DCTDecode",
                &jpeg(&gray, image::ExtendedColorType::L8),
            ),
            &[],
        ),
        ("fax", bar("/ColorSpace/DeviceGray/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 16/Rows 8>>", &fax), &[]),
        ("JBIG2", bar("/ColorSpace/DeviceGray/Filter/JBIG2Decode", &jbig2), &[]),
        ("one bit", image("/BitsPerComponent 1/ColorSpace/DeviceGray", &[0xa0, 0x50, 0xa0, 0x50]), &[]),
        ("two bits, turned round", image("/BitsPerComponent 2/ColorSpace/DeviceGray/Decode[1 0]", &[0x1b; 4]), &[]),
        ("sixteen bits", image("/BitsPerComponent 16/ColorSpace/DeviceGray", &[&gray[..], &gray].concat()), &[]),
        (
            "a palette",
            image(
                "/BitsPerComponent 4/ColorSpace[/Indexed/DeviceRGB 3<ff000000ff000000ffffff00>]",
                &[1, 0x23, 0x12, 0x30, 0x23, 1, 0x30, 0x12],
            ),
            &[],
        ),
        ("CMYK", image("/BitsPerComponent 8/ColorSpace/DeviceCMYK", &[pixels(), vec![0; 16]].concat()), &[]),
        (
            "Lab",
            image(
                "/BitsPerComponent 8/ColorSpace[/Lab<</WhitePoint[.9505 1 1.089]/Range[-100 100 -100 100]>>]",
                &pixels(),
            ),
            &[],
        ),
        ("a stencil", bar("/ImageMask true/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 16/Rows 8>>", &fax), &[]),
        ("a key color", image(&format!("{rgb}/Mask[0 60 190 255 0 255]"), &pixels()), &[]),
        ("a mask", masked("/Mask 6 0 R", "/ImageMask true/BitsPerComponent 1", &[0x90, 0x60, 0x60, 0x90]), &[]),
        ("a soft mask", masked("/SMask 6 0 R", "/BitsPerComponent 8/ColorSpace/DeviceGray", &gray), &[]),
        (
            "an inline picture",
            Sheet::of([&b"q 120 0 0 100 40 25 cm BI /W 4 /H 4 /BPC 8 /CS /G ID "[..], &gray, b"\nEI Q"].concat()),
            &[],
        ),
        ("a turned picture", image(rgb, &pixels()).turned(), &[]),
    ]
}

impl Sheet {
    fn turned(mut self) -> Self {
        self.content = b"q 80 40 -40 80 70 20 cm /I Do Q q .5 0 0 -.5 150 140 cm 60 0 0 60 0 0 cm /I Do Q".to_vec();
        self
    }
}

fn base85(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for group in data.chunks(4) {
        let mut four = [0; 4];
        four[..group.len()].copy_from_slice(group);
        let number = u32::from_be_bytes(four);
        if number == 0 && group.len() == 4 {
            out.push(b'z');
            continue;
        }
        let digits = (0..5_u32).rev().map(|place| u8::try_from(number / 85_u32.pow(place) % 85).unwrap() + b'!');
        out.extend(digits.take(group.len() + 1));
    }
    out.extend(b"~>");
    out
}

fn run_lengths(data: &[u8]) -> Vec<u8> {
    let mut out = vec![u8::try_from(data.len() - 1).unwrap()];
    out.extend(data);
    out.push(128);
    out
}

/// Every byte by itself, the table cleared before each hundred: nine bits a code.
fn lzw(data: &[u8]) -> Vec<u8> {
    let mut bits = String::new();
    for group in data.chunks(100) {
        bits += &format!("{:09b}", 256);
        for byte in group {
            write!(bits, "{byte:09b}").unwrap();
        }
    }
    bits += &format!("{:09b}", 257);
    while !bits.len().is_multiple_of(8) {
        bits.push('0');
    }
    bits.as_bytes().chunks(8).map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap()).collect()
}

/// A stream of zlib with one block that is not compressed (RFC 1950, RFC 1951 3.2.4).
fn stored(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (a + b) % 65_521)
    });
    let sum = (b << 16 | a).to_be_bytes();
    [&[0x78, 0x01, 1][..], &length.to_le_bytes(), &(!length).to_le_bytes(), data, &sum].concat()
}

fn jpeg(data: &[u8], color: image::ExtendedColorType) -> Vec<u8> {
    let mut out = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 95).encode(data, 4, 4, color).unwrap();
    out
}

fn drawings() -> Group {
    let shading =
        |entries: &str| Sheet::of("q 20 20 160 110 re W n /S sh Q").resources(&format!("/Shading<</S<<{entries}>>>>"));
    let two = "/Function<</FunctionType 2/N 1/Domain[0 1]/C0[1 0 0]/C1[0 0 1]>>";
    let stitched = "/Function<</FunctionType 3/Domain[0 1]/Bounds[.3 .7]/Encode[0 1 0 1 0 1]/Functions[\
                    <</FunctionType 2/N 1/Domain[0 1]/C0[1 0 0]/C1[1 1 0]>><</FunctionType 2/N 1/Domain[0 1]/C0[1 1 0]/C1[0 1 0]>>\
                    <</FunctionType 2/N 1/Domain[0 1]/C0[0 1 0]/C1[0 0 1]>>]>>";
    let tiles = |kind: &str, content: &str, tile: &str| {
        Sheet::of(content).resources("/Pattern<</P 5 0 R>>/ColorSpace<</C[/Pattern/DeviceRGB]>>").object(stream(
            &format!("/Type/Pattern/PatternType 1/PaintType {kind}/TilingType 1/BBox[0 0 30 30]/XStep 60/YStep 50/Resources<<>>"),
            tile.as_bytes(),
        ))
    };
    vec![
        ("nonzero", Sheet::of("0 .5 0 rg 20 20 100 80 re 40 40 60 40 re f 60 120 m 180 120 l 80 60 l 120 145 l 150 60 l f"), &[]),
        ("even-odd", Sheet::of("0 .5 0 rg 20 20 100 80 re 40 40 60 40 re f* 60 120 m 180 120 l 80 60 l 120 145 l 150 60 l f*"), &[]),
        ("a nonzero clip", Sheet::of("20 20 100 80 re 40 40 60 40 re W n 0 0 1 rg 0 0 200 150 re f"), &[]),
        ("an even-odd clip", Sheet::of("20 20 100 80 re 40 40 60 40 re W* n 0 0 1 rg 0 0 200 150 re f"), &[]),
        (
            "clips in clips",
            Sheet::of(
                "q 20 20 120 100 re 50 50 40 40 re W* n q 60 10 m 190 60 l 60 140 l h W n 1 0 0 rg 0 0 200 150 re f Q \
                 0 0 1 rg 20 20 30 30 re f Q q 150 10 40 40 re 160 20 20 20 re W* n 6 w 150 10 m 190 50 l S Q",
            ),
            &[],
        ),
        (
            "lines",
            Sheet::of(
                "8 w 0 J 0 j 20 20 m 60 60 l 100 20 l S 1 J 1 j 110 20 m 150 60 l 190 20 l S 2 J 2 j 20 80 m 60 120 l 100 80 l S \
                 2 w [8 4 2 4] 3 d 110 80 m 190 120 l S [] 0 d 0 w 10 140 m 190 140 l S",
            ),
            &[],
        ),
        ("a line drawn askew", Sheet::of("q 3 0 0 .5 0 0 cm 4 w 10 20 40 200 re S Q"), &[]),
        ("curves", Sheet::of("0 0 1 rg 1 0 0 RG 3 w 20 75 m 20 130 180 130 180 75 c 180 20 v 20 20 20 75 y b"), &[]),
        ("an axial shading", shading(&format!("/ShadingType 2/ColorSpace/DeviceRGB/Coords[20 0 180 60]/Extend[true true]{two}")), &[]),
        ("stops", shading(&format!("/ShadingType 2/ColorSpace/DeviceRGB/Coords[20 0 180 0]/Extend[true true]{stitched}")), &[]),
        (
            "an axial shading that ends",
            shading(&format!("/ShadingType 2/ColorSpace/DeviceRGB/Coords[60 0 140 0]/Extend[false false]{two}")),
            &[PICTURE],
        ),
        ("a radial shading", shading(&format!("/ShadingType 3/ColorSpace/DeviceRGB/Coords[100 75 0 100 75 90]/Extend[true true]{two}")), &[]),
        (
            "a radial shading off its center",
            shading("/ShadingType 3/ColorSpace/DeviceGray/Coords[80 75 10 110 75 90]/Extend[true true]/Function<</FunctionType 2/N 1/Domain[0 1]/C0[1]/C1[0]>>"),
            &[],
        ),
        (
            "a shading by function",
            Sheet::of("q 20 20 160 110 re W n /S sh Q")
                .resources("/Shading<</S<</ShadingType 1/ColorSpace/DeviceRGB/Domain[0 1 0 1]/Matrix[200 0 0 150 0 0]/Function 5 0 R>>>>")
                .object(stream("/FunctionType 4/Domain[0 1 0 1]/Range[0 1 0 1 0 1]", b"{ 0.5 }")),
            &[PICTURE],
        ),
        (
            "a shading of triangles",
            Sheet::of("/S sh").resources("/Shading<</S 5 0 R>>").object(stream(
                "/ShadingType 4/ColorSpace/DeviceRGB/BitsPerCoordinate 8/BitsPerComponent 8/BitsPerFlag 8/Decode[0 200 0 150 0 1 0 1 0 1]",
                &[0, 30, 30, 255, 0, 0, 0, 230, 30, 0, 255, 0, 0, 128, 230, 0, 0, 255],
            )),
            &[PICTURE],
        ),
        (
            "tiles with colors",
            tiles("1", "/Pattern cs /P scn 20 20 160 110 re f", "1 0 0 rg 0 0 15 15 re f 0 0 1 rg 15 15 10 10 re f"),
            &[PICTURE],
        ),
        ("tiles without color", tiles("2", "/C cs 0 .5 0 /P scn 20 20 160 110 re f", "0 0 15 15 re f"), &[PICTURE]),
        (
            "a line with a shading",
            Sheet::of("/Pattern CS /P SCN 12 w 30 30 140 90 re S").resources(&format!(
                "/Pattern<</P<</PatternType 2/Shading<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 200 0]{two}>>>>>>"
            )),
            &[PICTURE],
        ),
        (
            "forms in forms",
            Sheet::of("q 1 0 0 1 20 20 cm /X Do Q q .7 .7 -.7 .7 120 20 cm /X Do Q")
                .resources("/XObject<</X 5 0 R>>")
                .object(stream(
                    "/Subtype/Form/BBox[0 0 80 80]/Matrix[1 0 0 1 5 5]/Resources<</XObject<</Y 6 0 R>>>>",
                    b"1 0 0 rg 0 0 40 100 re f /Y Do",
                ))
                .object(stream("/Subtype/Form/BBox[0 0 50 50]/Matrix[.5 0 0 .5 30 30]", b"0 0 1 rg 0 0 100 100 re f")),
            &[],
        ),
        (
            "spot colors",
            Sheet::of("/C cs .8 scn 20 20 70 100 re f /D cs .2 .9 scn 110 20 70 100 re f").resources(
                "/ColorSpace<</C[/Separation/Spot/DeviceCMYK<</FunctionType 2/N 1/Domain[0 1]/C0[0 0 0 0]/C1[0 1 1 0]>>]\
                 /D[/DeviceN[/A/B]/DeviceRGB 5 0 R]>>",
            ).object(stream("/FunctionType 4/Domain[0 1 0 1]/Range[0 1 0 1 0 1]", b"{ 0.5 }")),
            &[],
        ),
    ]
}

fn transparencies() -> Group {
    let states = "/ExtGState<</H<</ca .5/CA .5>>/M<</BM/Multiply>>/L<</BM/Luminosity>>/D<</BM/Difference>>/S<</BM/Screen>>\
                  /K<</SMask<</S/Luminosity/G 5 0 R>>>>/A<</SMask<</S/Alpha/G 5 0 R>>>>/N<</SMask/None>>>>";
    let two = |state: &str| {
        Sheet::of(format!("1 1 0 rg 20 20 90 90 re f {state} gs 0 .6 1 rg 70 50 100 80 re f")).resources(states)
    };
    let group = |entries: &str, inner: &str| {
        Sheet::of("1 1 0 rg 20 20 90 90 re f /H gs /X Do").resources(&format!("{states}/XObject<</X 5 0 R>>")).object(
            stream(&format!("/Subtype/Form/BBox[0 0 200 150]/Group<</S/Transparency{entries}>>"), inner.as_bytes()),
        )
    };
    let apart = "1 0 0 rg 30 30 40 40 re f 0 0 1 rg 120 60 40 40 re f";
    let crossed = "1 0 0 rg 40 40 80 60 re f 0 0 1 rg 80 60 80 60 re f";
    let masked = |state: &str| {
        Sheet::of(format!("{state} gs 1 0 0 rg 20 20 160 110 re f /N gs 0 0 1 rg 0 0 30 30 re f"))
            .resources(states)
            .object(stream(
                "/Subtype/Form/BBox[0 0 200 150]/Group<</S/Transparency/CS/DeviceGray>>",
                b"1 g 40 40 60 60 re f .5 g 100 40 60 60 re f",
            ))
    };
    vec![
        ("half transparent", two("/H"), &[]),
        (
            "half transparent lines",
            Sheet::of("/H gs 20 w 1 0 0 RG 20 20 m 180 130 l S 0 0 1 RG 20 130 m 180 20 l S").resources(states),
            &[],
        ),
        ("multiply", two("/M"), &[PICTURE]),
        ("screen", two("/S"), &[PICTURE]),
        ("difference", two("/D"), &[PICTURE]),
        ("luminosity", two("/L"), &[PICTURE]),
        ("a group whose parts are apart", group("", apart), &[]),
        ("a group whose parts are crossed", group("/I true", crossed), &[PICTURE]),
        ("a soft mask by luminosity", masked("/K"), &[PICTURE]),
        ("a soft mask by alpha", masked("/A"), &[PICTURE]),
    ]
}

fn interactive() -> Group {
    let text = "BT /F 14 Tf 20 120 Td (A page) Tj ET";
    let page = |annotations: &str| {
        Sheet::of(text)
            .resources("/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>")
            .page(&format!("/Annots[{annotations}]"))
    };
    let look = stream("/Subtype/Form/BBox[0 0 60 30]", b"1 0 0 RG 2 w 1 1 58 28 re S 0 .6 0 rg 10 10 10 10 re f");
    vec![
        ("a stamp", page("<</Subtype/Stamp/F 4/Rect[20 20 140 80]/AP<</N 5 0 R>>>>").object(look.clone()), &[]),
        ("a square", page("<</Subtype/Square/F 4/Rect[20 20 80 50]/AP<</N 5 0 R>>>>").object(look.clone()), &[]),
        ("a hidden annotation", page("<</Subtype/Square/F 2/Rect[20 20 80 50]/AP<</N 5 0 R>>>>").object(look), &[]),
        (
            "a turned appearance",
            page("<</Subtype/Square/F 4/Rect[20 20 80 110]/AP<</N 5 0 R>>>>").object(stream(
                "/Subtype/Form/BBox[0 0 60 30]/Matrix[0 1 -1 0 0 0]",
                b"1 0 0 rg 0 0 30 30 re f 0 0 1 rg 30 0 30 30 re f",
            )),
            &[],
        ),
        ("an annotation without appearance", page("<</Subtype/Highlight/F 4/Rect[20 110 80 140]/QuadPoints[20 140 80 140 20 110 80 110]>>"), &["Highlight"]),
        ("a link", page("<</Subtype/Link/Border[0 0 0]/Rect[20 110 80 140]/A<</S/URI/URI(https://example.com)>>>>"), &[]),
        (
            "form fields",
            page("5 0 R 6 0 R")
                .catalog("/AcroForm<</Fields[5 0 R 6 0 R]/DA(/F 12 Tf)>>")
                .object("<</Subtype/Widget/FT/Tx/T(name)/V(Li)/F 4/Rect[20 60 140 90]/AP<</N 7 0 R>>>>")
                .object("<</Subtype/Widget/FT/Btn/T(yes)/V/On/AS/On/F 4/Rect[20 20 50 50]/AP<</N<</On 8 0 R/Off 9 0 R>>>>>>")
                .object(stream(
                    "/Subtype/Form/BBox[0 0 120 30]/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>",
                    b"/Tx BMC BT /F 12 Tf 4 10 Td (Li) Tj ET EMC",
                ))
                .object(stream("/Subtype/Form/BBox[0 0 30 30]", b"2 w 5 15 m 12 5 l 25 25 l S"))
                .object(stream("/Subtype/Form/BBox[0 0 30 30]", b"1 0 0 rg 0 0 30 30 re f")),
            &["form fields"],
        ),
        (
            "fields that viewers are to draw",
            page("5 0 R")
                .catalog("/AcroForm<</NeedAppearances true/Fields[5 0 R]/DA(/F 12 Tf)>>")
                .object("<</Subtype/Widget/FT/Tx/T(name)/V(Li)/F 4/Rect[20 60 140 90]/AP<</N 6 0 R>>>>")
                .object(stream("/Subtype/Form/BBox[0 0 120 30]", b"")),
            &["form fields: they are drawn", "form fields that viewers are to draw"],
        ),
        (
            "an outline",
            page("").catalog("/Outlines 5 0 R").object("<</Type/Outlines/First 6 0 R/Last 6 0 R/Count 1>>").object(
                "<</Title<FEFF7B2C4E007AE0>/Parent 5 0 R/Dest[3 0 R/XYZ 0 150 0]>>",
            ),
            &[],
        ),
        (
            "an attachment",
            page("")
                .catalog("/Names<</EmbeddedFiles<</Names[(a.txt)5 0 R]>>>>")
                .object("<</Type/Filespec/F(a.txt)/UF(a.txt)/EF<</F 6 0 R>>>>")
                .object(stream("/Type/EmbeddedFile", b"attached")),
            &[],
        ),
        (
            "layers",
            Sheet::of("/OC/On BDC 1 0 0 rg 20 20 60 60 re f EMC /OC/Off BDC 0 0 1 rg 100 20 60 60 re f EMC")
                .resources("/Properties<</On 5 0 R/Off 6 0 R>>")
                .catalog("/OCProperties<</OCGs[5 0 R 6 0 R]/D<</OFF[6 0 R]>>>>")
                .object("<</Type/OCG/Name(On)>>")
                .object("<</Type/OCG/Name(Off)>>"),
            &["optional layers"],
        ),
        // Of the two numbers behind the last object: new objects must not take their place.
        (
            "references that lead nowhere",
            page("").resources("/ExtGState<</A<</SMask<</S/Alpha/G 5 0 R>>>>>>/XObject<</X 6 0 R>>"),
            &[],
        ),
        (
            "an action on opening",
            page("").catalog("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"),
            &["what happens when the document is opened"],
        ),
    ]
}
