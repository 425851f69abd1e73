//! For tests only (测试工具): declared certification authorities, seals, signatures, time stamps and documents.
//!
//! All names are invented, all keys are the same every time and known to everybody: never trust them anywhere.
//!
//! ```
//! use eseal_testkit::{Pki, now, pdf};
//!
//! let pki = Pki::new();
//! let seal = pki.seal(); // lists the signer, valid now, with a picture
//! let evidence = (pki.anchor(), pki.crl());
//! let document = pdf(3);
//! let value = pki.signer.key.sign(b"message");
//! # let _ = (seal, evidence, document, value, now());
//! ```

mod cms;
#[expect(clippy::type_complexity, reason = "tables of cases and of what is done to them")]
pub mod conformance;
mod document;
mod foreign;
mod nonce;
mod party;
mod picture;
mod pki;
mod seal;
mod signature;
mod signed;
mod times;
mod token;
mod zip;

pub use cms::{AttributesSpec, CmsSpec};
pub use document::{OFD_KEYWORD, PDF_KEYWORD, ofd, pdf, pdf_with};
pub use foreign::{ForeignKey, ForeignSpec};
pub use party::Party;
pub use picture::png;
pub use pki::{ORGANIZATION_CODE, ORGANIZATION_NAME, Pki};
pub use seal::{SEAL_CODE, SEAL_NAME, SealSpec};
pub use signature::SignatureSpec;
pub use signed::{signed_ofd, signed_pdf};
pub use times::{days, now, time};
pub use token::time_stamp;
pub use zip::{zip, zip_altered};
