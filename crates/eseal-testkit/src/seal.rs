//! Seals (测试印章).

use eseal_ses::v4::{CriticalFalse, ListTemplate, PictureTemplate, SealTemplate};
use jiff::Timestamp;

use crate::{Party, picture::png, times::time};

/// Code of the seal, invented.
pub const SEAL_CODE: &str = "44030000000001";
/// Name of the seal.
pub const SEAL_NAME: &str = "深圳示范科技有限公司";

/// What a seal says; begin with [`SealSpec::of`] and change what matters.
#[derive(Clone, Debug)]
pub struct SealSpec {
    /// 印章编码.
    pub code: String,
    /// 印章名称.
    pub name: String,
    /// 印章类型, 1 for 法定名称章.
    pub kind: i64,
    /// Certificates of those who may use it, DER.
    pub listed: Vec<Vec<u8>>,
    /// True to list their SM3 instead of the certificates.
    pub by_digest: bool,
    /// 印章制作日期.
    pub create_date: Timestamp,
    /// 有效起始日期.
    pub valid_start: Timestamp,
    /// 有效终止日期.
    pub valid_end: Timestamp,
    /// Type of the picture, `PNG`.
    pub picture_type: String,
    /// Picture.
    pub picture: Vec<u8>,
    /// 显示宽度, mm.
    pub width_mm: u16,
    /// 显示高度, mm.
    pub height_mm: u16,
}

impl SealSpec {
    /// A round seal of 42 mm that lists one signer, valid from 2026 to 2030.
    #[must_use]
    pub fn of(signer: &Party) -> Self {
        Self {
            code: SEAL_CODE.into(),
            name: SEAL_NAME.into(),
            kind: 1,
            listed: vec![signer.certificate.clone()],
            by_digest: false,
            create_date: time("2026-01-01T00:00:00Z"),
            valid_start: time("2026-01-01T00:00:00Z"),
            valid_end: time("2030-12-31T23:59:59Z"),
            picture_type: "PNG".into(),
            picture: png(42),
            width_mm: 42,
            height_mm: 42,
        }
    }

    /// DER of the seal, signed by `maker`.
    ///
    /// # Panics
    /// It cannot be written.
    #[must_use]
    pub fn made_by(&self, maker: &Party) -> Vec<u8> {
        let listed: Vec<&[u8]> = self.listed.iter().map(Vec::as_slice).collect();
        let template = SealTemplate {
            vid: "ESEAL",
            es_id: &self.code,
            kind: self.kind,
            name: &self.name,
            cert_list: if self.by_digest {
                ListTemplate::Digests(&listed)
            } else {
                ListTemplate::Certificates(&listed)
            },
            create_date: self.create_date,
            valid_start: self.valid_start,
            valid_end: self.valid_end,
            picture: PictureTemplate {
                kind: &self.picture_type,
                data: &self.picture,
                width_mm: self.width_mm,
                height_mm: self.height_mm,
            },
            ext_datas: &[],
            critical_false: CriticalFalse::Written,
        };
        let unsigned = template.info().expect("tests make seals that can be written");
        let signature = maker.sign(unsigned.signed_bytes());
        unsigned.seal(&maker.certificate, &signature).expect("tests make seals that can be written")
    }
}
