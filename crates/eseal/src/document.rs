//! Opening a document (打开原文).

use std::sync::Arc;

use eseal_bytes::{ByteSource, ReadError};
use eseal_ofd::Ofd;
use eseal_pdf::{PdfDocument, PdfError};
use serde::{Deserialize, Serialize};

use crate::Limits;

/// Kind of a document that can carry seals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileType {
    /// Portable Document Format.
    Pdf,
    /// 版式文档 OFD, GB/T 33190.
    Ofd,
}

impl FileType {
    /// Name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Ofd => "OFD",
        }
    }
}

/// Size of a displayed page, mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PageSize {
    /// Width, mm.
    pub width_mm: f64,
    /// Height, mm.
    pub height_mm: f64,
}

/// Why a document cannot be looked at.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Neither PDF nor OFD.
    #[error("neither PDF nor OFD")]
    UnknownType,
    /// Damaged: what is wrong, and where if known.
    #[error("damaged: {0}")]
    Damaged(String),
    /// Encrypted.
    #[error("encrypted")]
    Encrypted,
    /// A limit is exceeded.
    #[error("{what}: {found} is more than the limit of {limit}")]
    TooLarge {
        /// Which limit.
        what: &'static str,
        /// What the file has.
        found: u64,
        /// The limit.
        limit: u64,
    },
    /// The bytes could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// An opened PDF or OFD (原文).
pub struct Document {
    pub(crate) source: Arc<dyn ByteSource>,
    pub(crate) limits: Limits,
    pub(crate) carrier: Carrier,
}

/// The two carriers (载体): known, closed, and different where it matters.
pub(crate) enum Carrier {
    Pdf(Box<PdfDocument>),
    Ofd(Box<Ofd>),
}

/// How far from the beginning the header of a PDF may stand (ISO 32000-1, Annex H.3.4.1).
const PDF_HEADER_WINDOW: u64 = 1024;

impl Document {
    /// Opens a document: reads its structure, not its content.  What it is, the bytes decide.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(source: Arc<dyn ByteSource>, limits: &Limits) -> Result<Self, OpenError> {
        let size = source.len();
        if size > limits.file_bytes {
            return Err(OpenError::TooLarge { what: "file", found: size, limit: limits.file_bytes });
        }
        let head = source.read_range(0..size.min(PDF_HEADER_WINDOW), PDF_HEADER_WINDOW)?;
        // A package whose first entry is a PDF has its header near the beginning too.
        let is_zip = head.starts_with(b"PK\x03\x04");
        let carrier = if !is_zip && head.windows(5).any(|window| window == b"%PDF-") {
            Carrier::Pdf(Box::new(PdfDocument::open(source.clone(), &limits.of_pdf())?))
        } else {
            match Ofd::open(source.clone(), &limits.of_ofd()) {
                Ok(ofd) => Carrier::Ofd(Box::new(ofd)),
                Err(eseal_ofd::Error::NotOfd) => return Err(why_not_ofd(&source, limits, is_zip)),
                Err(error) => return Err(error.into()),
            }
        };
        Ok(Self { source, limits: *limits, carrier })
    }

    /// What it is.
    #[must_use]
    pub fn file_type(&self) -> FileType {
        match &self.carrier {
            Carrier::Pdf(_) => FileType::Pdf,
            Carrier::Ofd(_) => FileType::Ofd,
        }
    }

    /// The PDF, if it is one.
    #[must_use]
    pub fn as_pdf(&self) -> Option<&PdfDocument> {
        if let Carrier::Pdf(pdf) = &self.carrier { Some(pdf) } else { None }
    }

    /// The OFD package, if it is one.
    #[must_use]
    pub fn as_ofd(&self) -> Option<&Ofd> {
        if let Carrier::Ofd(ofd) = &self.carrier { Some(ofd) } else { None }
    }

    /// Number of pages.
    #[must_use]
    pub fn page_count(&self) -> usize {
        match &self.carrier {
            Carrier::Pdf(pdf) => pdf.page_count(),
            Carrier::Ofd(ofd) => ofd.pages().len(),
        }
    }

    /// Size of page `number` (from 1) as displayed.
    #[must_use]
    pub fn page_size(&self, number: usize) -> Option<PageSize> {
        match &self.carrier {
            Carrier::Pdf(pdf) => {
                let page = pdf.page(number)?;
                Some(PageSize { width_mm: page.width_mm(), height_mm: page.height_mm() })
            }
            Carrier::Ofd(ofd) => {
                let size = ofd.page_size(number).ok()?;
                Some(PageSize { width_mm: size.width, height_mm: size.height })
            }
        }
    }

    /// Number of signatures in it, whether good or not; 0 if that cannot be read.
    #[must_use]
    pub fn signature_count(&self) -> usize {
        match &self.carrier {
            Carrier::Pdf(pdf) => pdf.signatures().map_or(0, |signatures| signatures.len()),
            Carrier::Ofd(ofd) => ofd.signature_count(),
        }
    }
}

/// Whether a file that is no OFD is a damaged package or something else.
fn why_not_ofd(source: &Arc<dyn ByteSource>, limits: &Limits, is_zip: bool) -> OpenError {
    if is_zip && eseal_ofd::Package::open(source.clone(), &limits.of_ofd()).is_err() {
        return OpenError::Damaged("a ZIP package without a readable directory".into());
    }
    OpenError::UnknownType
}

impl From<eseal_ofd::Error> for OpenError {
    fn from(error: eseal_ofd::Error) -> Self {
        use eseal_ofd::Error;
        match error {
            Error::NotOfd => Self::UnknownType,
            Error::Encrypted => Self::Encrypted,
            Error::TooLarge { what, found, limit } => Self::TooLarge { what, found, limit },
            Error::Read(error) => Self::Read(error),
            other => Self::Damaged(other.to_string()),
        }
    }
}

impl From<PdfError> for OpenError {
    fn from(error: PdfError) -> Self {
        match error {
            PdfError::NotPdf => Self::UnknownType,
            PdfError::Encrypted => Self::Encrypted,
            PdfError::TooLarge { what, found, limit } => Self::TooLarge { what, found, limit },
            PdfError::Read(error) => Self::Read(error),
            other => Self::Damaged(other.to_string()),
        }
    }
}
