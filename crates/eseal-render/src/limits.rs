//! What a stranger's page may cost us (限额): every number with its reason.

/// Limits for one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of a PDF that is read whole.
    pub file_bytes: u64,
    /// Most pixels of a picture; a larger page is drawn with a lower resolution, which is told.
    pub pixels: u64,
    /// Most pixels of one side.
    pub side_pixels: u32,
    /// Most objects of a page, those of templates, patterns and composites counted as often as they are drawn.
    pub objects: u64,
    /// Most pixels that are painted, one over the other.
    pub painted_pixels: u64,
    /// Most levels of blocks, composites and patterns.
    pub depth: usize,
    /// Most pixels of one picture on a page.
    pub image_pixels: u64,
    /// Most bytes of one font.
    pub font_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 512 << 20, // a tender volume of scans; the reader works on the bytes where they are
            pixels: 40_000_000,    // A4 at 600 dpi is 35 million
            side_pixels: 30_000,   // the rasterizer counts with 16 bits
            objects: 1_000_000,    // a dense map has some 300,000
            painted_pixels: 4_000_000_000, // a hundred layers over an A4 page at 600 dpi: some ten seconds
            depth: 32,             // real files have 5
            image_pixels: 120_000_000, // an A3 scan at 600 dpi is 70 million
            font_bytes: 64 << 20,  // a complete Chinese font has 20 MiB
        }
    }
}
