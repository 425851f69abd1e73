//! A package that is written from nothing (新建包): no dates, the same parts give the same bytes.

use eseal_bytes::Segment;
use eseal_gm::Sm3;

use super::write::{NewEntry, Output};
use crate::Error;

/// Most bytes of a package that is written: it is held in memory until it is stored.
const PACKAGE_BYTES: u64 = 1 << 30;

/// Writes an OFD package part by part (写 OFD 包).
#[derive(Default)]
pub struct PackageWriter {
    output: Output,
    content: Sm3,
}

impl std::fmt::Debug for PackageWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PackageWriter({} bytes)", self.output.len)
    }
}

impl PackageWriter {
    /// Adds a part, deflated if that makes it smaller.
    ///
    /// # Errors
    /// [`Error::TooLarge`] above 1 GiB.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        self.content.update(name.as_bytes());
        self.content.update(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.content.update(bytes);
        self.output.add(&NewEntry { name, bytes })?;
        if self.output.len > PACKAGE_BYTES {
            let what = "bytes of the written package";
            return Err(Error::TooLarge { what, found: self.output.len, limit: PACKAGE_BYTES });
        }
        Ok(())
    }

    /// `DocID` made of what has been added, so that the same content has the same.
    #[must_use]
    pub fn document_id(&self) -> String {
        self.content.clone().finish().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Writes the directory.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn finish(self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        for segment in self.output.finish()? {
            match segment {
                Segment::New(new) if bytes.is_empty() => bytes = new,
                Segment::New(new) => bytes.extend(new),
                Segment::Original(_) => {}
            }
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Limits, Ofd};

    #[test]
    fn more_parts_than_sixteen_bits_count_are_found_again() {
        let mut writer = PackageWriter::default();
        let entry = r#"<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.0"><ofd:DocBody><ofd:DocRoot>Doc.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"#;
        let document =
            r#"<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CommonData/><ofd:Pages/></ofd:Document>"#;
        writer.add("OFD.xml", entry.as_bytes()).unwrap();
        writer.add("Doc.xml", document.as_bytes()).unwrap();
        for number in 0..70_000 {
            writer.add(&format!("part_{number}"), b"x").unwrap();
        }
        let id = writer.document_id();
        assert_eq!(id.len(), 32);
        let bytes = writer.finish().unwrap();
        assert!(bytes.ends_with(&[0, 0]));
        let limits = Limits { entries: 100_000, ..Limits::default() };
        let ofd = Ofd::open(Arc::new(bytes), &limits);
        assert!(ofd.is_ok(), "{:?}", ofd.err());
    }
}
