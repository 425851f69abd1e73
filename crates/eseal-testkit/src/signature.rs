//! Seal signatures without a document (测试签章数据), for what the library would never make.

use eseal_ses::v4::{self, CriticalFalse, TbsTemplate};
use jiff::Timestamp;

use crate::{Party, time_stamp, times::now};

/// What a seal signature says; begin with [`SignatureSpec::new`] and change what matters.
#[derive(Clone, Debug)]
pub struct SignatureSpec {
    /// The seal, DER.
    pub seal: Vec<u8>,
    /// 签章时间.
    pub time: Timestamp,
    /// 原文杂凑值.
    pub data_hash: [u8; 32],
    /// 原文数据的属性.
    pub property_info: String,
}

impl SignatureSpec {
    /// A signature of [`now`] over a document with this digest.
    #[must_use]
    pub fn new(seal: Vec<u8>, data_hash: [u8; 32], property_info: &str) -> Self {
        Self { seal, time: now(), data_hash, property_info: property_info.into() }
    }

    /// DER of `TBS_Sign`.
    ///
    /// # Panics
    /// It cannot be written.
    #[must_use]
    pub fn tbs(&self) -> Vec<u8> {
        let template = TbsTemplate {
            seal: &self.seal,
            time: self.time,
            data_hash: self.data_hash,
            property_info: &self.property_info,
            ext_datas: &[],
            critical_false: CriticalFalse::Written,
        };
        template.to_der().expect("tests make signatures that can be written")
    }

    /// DER of `SES_Signature`, whether or not the seal lists the signer.
    #[must_use]
    pub fn signed_by(&self, signer: &Party) -> Vec<u8> {
        self.signed_and_stamped(signer, None)
    }

    /// The same with a time stamp of `tsa`, made at `at`.
    ///
    /// # Panics
    /// It cannot be written.
    #[must_use]
    pub fn signed_and_stamped(&self, signer: &Party, stamp: Option<(&Party, Timestamp)>) -> Vec<u8> {
        let tbs = self.tbs();
        let value = signer.sign(&tbs);
        let token = stamp.map(|(tsa, at)| time_stamp(tsa, &value, at));
        v4::signature(&tbs, &signer.certificate, &value, token.as_deref())
            .expect("tests make signatures that can be written")
    }
}
