//! What is refused for its size (限额).

/// What is refused for its size (转换限额): the source is in memory while it is converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a text file.
    pub text_bytes: u64,
    /// Bytes of a picture file.
    pub picture_bytes: u64,
    /// Pixels of one picture.
    pub pixels: u64,
    /// Pixels of all pictures of a file.
    pub pixels_in_all: u64,
    /// Pages of the new document.
    pub pages: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            text_bytes: 8 << 20,      // a novel of two million characters
            picture_bytes: 256 << 20, // an uncompressed scan of A3 in colour at 600 dpi
            pixels: 80_000_000,       // the same; decoded it takes 320 MB at most
            pixels_in_all: 4 << 30,   // 500 pages of A4 at 300 dpi: a minute of work
            pages: 3000,              // eight million bytes of text have as many
        }
    }
}
