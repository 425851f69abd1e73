//! Glyphs by number, and characters that an embedded font has not.

use skrifa::{FontRef, MetadataProvider as _};

use crate::{golden::check, package::Package};

fn glyph(font: &[u8], character: char) -> u32 {
    FontRef::new(font).unwrap().charmap().map(character).unwrap().to_u32()
}

/// The font with a table of characters that has only these.
fn with_characters(font: &[u8], characters: &str) -> Vec<u8> {
    let mut known: Vec<char> = characters.chars().collect();
    known.sort_unstable();
    let number = |count: usize| u32::try_from(count).unwrap().to_be_bytes();
    // One subtable of format 12, a group for each character.
    let mut table = [&[0, 0, 0, 1, 0, 3, 0, 10][..], &number(12), &[0, 12, 0, 0]].concat();
    table.extend([number(16 + known.len() * 12), [0; 4], number(known.len())].concat());
    for character in known {
        let code = u32::from(character).to_be_bytes();
        table.extend([code, code, glyph(font, character).to_be_bytes()].concat());
    }
    let mut made = font.to_vec();
    let record = made.chunks(4).position(|tag| tag == b"cmap").unwrap() * 4;
    made.resize(made.len().next_multiple_of(4), 0);
    let place = [number(made.len()), number(table.len())].concat();
    made[record + 8..record + 16].copy_from_slice(&place);
    made.extend(table);
    made
}

#[test]
fn glyphs_are_taken_by_number_and_missing_characters_from_another_font() {
    let font = eseal_fonts::SERIF_BOLD;
    let number = |character| glyph(font, character);
    let text = |id: u32, y: u32, transforms: &str, code: &str| {
        format!(
            "<ofd:TextObject ID=\"{id}\" Boundary=\"2 {y} 56 8\" Font=\"3\" Size=\"5\">{transforms}<ofd:TextCode X=\"0\" Y=\"5\" \
             DeltaX=\"g 8 6\">{code}</ofd:TextCode></ofd:TextObject>"
        )
    };
    let transform = |position: u32, codes: u32, glyphs: &[u32]| {
        let list: Vec<String> = glyphs.iter().map(u32::to_string).collect();
        format!(
            "<ofd:CGTransform CodePosition=\"{position}\" CodeCount=\"{codes}\" GlyphCount=\"{}\"><ofd:Glyphs>{}</ofd:Glyphs>\
             </ofd:CGTransform>",
            glyphs.len(),
            list.join(" ")
        )
    };
    let objects = [
        // The codes say one thing, the glyphs another: the glyphs are drawn.
        text(
            5,
            1,
            &transform(0, 4, &["电", "子", "印", "章"].map(|one| number(one.chars().next().unwrap()))),
            "ABCD后",
        ),
        // Two codes, one glyph; then one code, two glyphs.
        text(
            6,
            9,
            &format!("{}{}", transform(0, 2, &[number('合')]), transform(2, 1, &[number('一'), number('二')])),
            "ABC",
        ),
        // A number that the font has not: the character itself.
        text(7, 17, &transform(1, 1, &[60_000]), "印章用"),
        // A character that the embedded font has not.
        text(8, 25, "", "有无有"),
    ];
    let package = Package::of(&objects.concat())
        .resources(
            "<ofd:Fonts><ofd:Font ID=\"3\" FontName=\"内嵌\"><ofd:FontFile>f.otf</ofd:FontFile></ofd:Font></ofd:Fonts>",
        )
        .part("Doc/f.otf", with_characters(font, "后ABCD印章用有"));
    check("glyphs", &package, &["FONT_SUBSTITUTED 内嵌 → Noto Sans CJK SC"]);
}
