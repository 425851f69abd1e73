//! Tables as text (CSV): rows and cells, each column as wide as its longest cell if the page allows.

use super::layout::Sheets;
use crate::{
    ConvertError, Limits,
    page::{Letter, Page},
    warning::Warnings,
};

/// Signs that part cells, in the order of preference.
const DELIMITERS: [char; 4] = [',', '\t', ';', '，'];
/// Distance between columns, in characters of full width.
const GAP: f32 = 1.0;
/// Narrowest column, in characters of full width; a table that does not fit with those stays plain text.
const NARROWEST: f32 = 2.0;

/// Puts a table on pages; one that is too wide for any layout stays the text that it is.
pub(super) fn pages(text: &str, limits: &Limits, warnings: &mut Warnings) -> Result<Vec<Page>, ConvertError> {
    let mut sheets = Sheets::new(limits)?;
    let mut lettered = Vec::new();
    for row in rows(text) {
        let cells = row.iter().map(|cell| sheets.letters(cell, warnings));
        lettered.push(cells.collect::<Vec<Vec<Letter>>>());
    }
    let Some(widths) = column_widths(&lettered, sheets.line_width_mm(), sheets.size_mm()) else {
        return super::layout::pages(text, limits, warnings);
    };
    let gap_mm = GAP * sheets.size_mm();
    for row in &lettered {
        let cells: Vec<Vec<&[Letter]>> = row.iter().zip(&widths).map(|(cell, width)| broken(cell, *width)).collect();
        let lines = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
        for index in 0..lines {
            let mut line = Vec::new();
            for (cell, width) in cells.iter().zip(&widths) {
                let piece = cell.get(index).copied().unwrap_or_default();
                line.extend_from_slice(piece);
                let rest_mm = width + gap_mm - piece.iter().map(|letter| letter.advance_mm).sum::<f32>();
                line.push(Letter { advance_mm: rest_mm, ..sheets.blank() });
            }
            sheets.put(&line)?;
        }
    }
    Ok(sheets.finish())
}

/// Rows of cells, RFC 4180; the delimiter is the one that the first row has most of.
fn rows(text: &str) -> Vec<Vec<String>> {
    let text = text.trim_start_matches('\u{FEFF}');
    let first = text.lines().next().unwrap_or_default();
    let count = |delimiter: char| first.chars().filter(|character| *character == delimiter).count();
    let delimiter = DELIMITERS.into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(',');
    let (mut rows, mut row, mut cell, mut is_quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => cell.extend(characters.next()),
            '"' if is_quoted || cell.is_empty() => is_quoted = !is_quoted,
            other if is_quoted => cell.push(other),
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' | '\n' => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other if other == delimiter => row.push(std::mem::take(&mut cell)),
            other => cell.push(other),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}

/// Widths of the columns; wide ones give way until the table fits.
fn column_widths(rows: &[Vec<Vec<Letter>>], page_mm: f32, size_mm: f32) -> Option<Vec<f32>> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let narrowest_mm = NARROWEST * size_mm;
    let mut widths = vec![0.0_f32; count];
    for row in rows {
        for (cell, width) in row.iter().zip(&mut widths) {
            *width = width.max(cell.iter().map(|letter| letter.advance_mm).sum());
        }
    }
    let mut room_mm = page_mm;
    for _ in 0..count {
        room_mm -= GAP * size_mm;
    }
    let needed_mm: f32 = widths.iter().map(|width| width.min(narrowest_mm)).sum();
    if needed_mm > room_mm {
        return None;
    }
    // The widest that any column may be, by halving.
    let (mut low, mut high) = (narrowest_mm, page_mm);
    for _ in 0..24 {
        let middle = f32::midpoint(low, high);
        let total: f32 = widths.iter().map(|width| width.min(middle)).sum();
        if total <= room_mm { low = middle } else { high = middle }
    }
    Some(widths.into_iter().map(|width| width.min(low)).collect())
}

/// Pieces of a cell that fit its column.
fn broken(mut letters: &[Letter], width_mm: f32) -> Vec<&[Letter]> {
    let mut pieces = Vec::new();
    while !letters.is_empty() {
        let mut x_mm = 0.0;
        let fits = letters.iter().position(|letter| {
            x_mm += letter.advance_mm;
            x_mm > width_mm + 0.01
        });
        let (piece, rest) = letters.split_at(fits.unwrap_or(letters.len()).max(1));
        pieces.push(piece);
        letters = rest;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Content;

    #[test]
    fn quotes_delimiters_and_line_ends_are_understood() {
        assert_eq!(rows("a,\"b,\"\"c\"\"\nd\"\r\ne;f,g"), [vec!["a", "b,\"c\"\nd"], vec!["e;f", "g"]]);
        assert_eq!(rows("甲;乙\n丙;丁\n"), [["甲", "乙"], ["丙", "丁"]]);
        assert_eq!(rows("a\tb"), [["a", "b"]]);
        assert!(rows("").is_empty());
    }

    #[test]
    fn columns_stand_below_each_other_and_long_cells_are_broken() {
        let text = format!("名称,金额\n{},12\n短,3", "长".repeat(60));
        let pages = pages(&text, &Limits::default(), &mut Warnings::default()).unwrap();
        let Content::Lines(lines) = &pages[0].content else { panic!("text") };
        let at = |line: usize, wanted: char| -> f32 {
            let letters = &lines[line].letters;
            let index = letters.iter().position(|letter| letter.character == wanted).unwrap();
            lines[line].left_mm + letters[..index].iter().map(|letter| letter.advance_mm).sum::<f32>()
        };
        assert_eq!(lines.len(), 4);
        assert!((at(0, '金') - at(1, '1')).abs() < 0.01 && (at(0, '金') - at(3, '3')).abs() < 0.01);
    }

    #[test]
    fn a_table_of_too_many_columns_stays_text() {
        let text = "列名称,".repeat(100);
        let pages = pages(&text, &Limits::default(), &mut Warnings::default()).unwrap();
        let Content::Lines(lines) = &pages[0].content else { panic!("text") };
        assert!(lines.len() > 3);
    }
}
