//! What can be computed from a seal alone (印章事实).

use std::{collections::HashMap, sync::Arc};

use eseal_gm::sm3;
use eseal_ses::{Deviation, Seal, Version};
use jiff::Timestamp;

use super::{Fit, StampFacts};
use crate::{CertificateFacts, SealView};

/// A seal (印章事实).
#[derive(Clone, Debug)]
pub(crate) struct SealFacts {
    /// What it says.
    pub(crate) view: SealView,
    /// Shape.
    pub(crate) version: Version,
    /// Whether the maker's signature fits.
    pub(crate) maker_fit: Fit,
    /// When it was made, by its own account.
    pub(crate) created: Timestamp,
    /// First moment of validity.
    pub(crate) valid_start: Timestamp,
    /// Last moment of validity.
    pub(crate) valid_end: Timestamp,
    /// Time stamp over the maker's signature; V5 only.
    pub(crate) time_stamp: Option<StampFacts>,
    /// Names of tolerated deviations.
    pub(crate) deviations: Vec<String>,
}

impl SealFacts {
    pub(crate) fn of(seal: &Seal<'_>) -> Self {
        let mut deviations: Vec<String> = seal.deviations().iter().map(|found| found.as_str().to_owned()).collect();
        let maker_fit = maker_fit(seal, &mut deviations);
        let property = &seal.info().property;
        let stamped = seal.maker_signature().map(|value| value.bytes).unwrap_or_default();
        Self {
            view: view(seal),
            version: seal.version(),
            maker_fit,
            created: property.create_date,
            valid_start: property.valid_start,
            valid_end: property.valid_end,
            time_stamp: seal.time_stamp().map(|token| StampFacts::read(token, stamped)),
            deviations,
        }
    }
}

/// The version's own rule first, then the other one's (formats.md Q6).
fn maker_fit(seal: &Seal<'_>, deviations: &mut Vec<String>) -> Fit {
    let (Some(maker), Some(algorithm), Some(value)) =
        (seal.maker_certificate(), seal.maker_algorithm(), seal.maker_signature())
    else {
        return Fit::Unreadable;
    };
    let fit = |signed: Option<std::borrow::Cow<'_, [u8]>>| {
        signed.map_or(Fit::Unreadable, |signed| Fit::of(maker, algorithm, &signed, value.bytes))
    };
    let own = fit(seal.signed_bytes());
    if own == Fit::Bad && fit(seal.signed_bytes_of_other_version()) == Fit::Good {
        deviations.push(Deviation::SealTbsOtherVersion.as_str().to_owned());
        return Fit::Good;
    }
    own
}

fn view(seal: &Seal<'_>) -> SealView {
    let info = seal.info();
    let (property, picture) = (&info.property, &info.picture);
    SealView {
        der: seal.raw().to_vec(),
        code: info.es_id.clone(),
        name: property.name.clone(),
        kind: property.kind,
        vendor: info.header.vid.clone(),
        version: info.header.version,
        created: Some(property.create_date),
        valid_start: Some(property.valid_start),
        valid_end: Some(property.valid_end),
        picture_type: picture.kind.clone(),
        picture: picture.data.to_vec(),
        width_mm: picture.width_mm,
        height_mm: picture.height_mm,
        maker: seal.maker_certificate().and_then(CertificateFacts::read),
        certificates: property.cert_list.certificates().iter().map(|der| der.to_vec()).collect(),
    }
}

/// Reads seals, each once: a document sealed twenty times has the same seal twenty times.
#[derive(Default)]
pub(crate) struct SealReader(HashMap<[u8; 32], Arc<SealFacts>>);

impl SealReader {
    pub(crate) fn facts(&mut self, seal: &Seal<'_>) -> Arc<SealFacts> {
        self.0.entry(sm3(seal.raw())).or_insert_with(|| Arc::new(SealFacts::of(seal))).clone()
    }
}
