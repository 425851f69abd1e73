//! Seals and seal signatures of any version with anything about them changed (印章与签章数据的构造).

use eseal_asn1::write;
use eseal_gm::{
    sm2::{Signature, SigningKey},
    sm3,
};
use eseal_ses::oid;
use jiff::Timestamp;

use super::ConformanceWorld;
use crate::{Party, SEAL_CODE, SEAL_NAME, nonce, png, time, time_stamp};

/// How a signature value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// BIT STRING of DER.
    Der,
    /// r‖s.
    Raw,
    /// Each number in 64 bytes.
    Skf,
    /// The last zero byte of the DER cut off.
    Trimmed,
    /// Three bits said to be unused.
    Unused,
    /// INTEGERs without the zero byte that keeps them positive.
    Negative,
    /// OCTET STRING.
    Octet,
    /// One bit of s flipped.
    Flipped,
    /// Numbers that have nothing to do with the key.
    Junk,
    /// r = 0.
    ZeroR,
    /// s = 0.
    ZeroS,
    /// r = n.
    OrderR,
    /// s larger by n where that fits, else n.
    LargeS,
    /// A byte behind the DER.
    Tail,
    /// Another user ID in Z.
    OtherId,
    /// e = SM3(message), without Z.
    WithoutZ,
    /// Nothing.
    Empty,
}

/// The element of a signature value.
pub(super) fn value(party: &Party, message: &[u8], form: Form) -> Vec<u8> {
    let bytes = value_bytes(party, message, form);
    match form {
        Form::Unused => write::bit_string_with(3, &bytes),
        Form::Octet => write::octet_string(&bytes),
        _ => write::bit_string(&bytes),
    }
}

/// The value itself.
pub(super) fn value_bytes(party: &Party, message: &[u8], form: Form) -> Vec<u8> {
    let e = match form {
        Form::OtherId => {
            let key = SigningKey::from_bytes(&party.key.to_bytes()).expect("a key").with_id(b"other").expect("an ID");
            key.verifying_key().e(message)
        }
        Form::WithoutZ => sm3(message),
        _ => party.key.verifying_key().e(message),
    };
    let wanted = |value: &Signature| match form {
        Form::Trimmed => value.s[31] == 0 && value.s[30] & 7 != 0,
        Form::Unused => value.s[31] & 7 == 0,
        Form::Negative => value.r[0] >= 0x80 && value.s[0] >= 0x80,
        _ => true,
    };
    let good = nonce::sign_prehash(&party.key, &e, wanted);
    let n = nonce::bytes(&nonce::order());
    match form {
        Form::Raw => good.to_raw().to_vec(),
        Form::Skf => good.to_skf().to_vec(),
        Form::Trimmed => good.to_der().split_last().map(|(_, rest)| rest.to_vec()).unwrap_or_default(),
        Form::Negative => {
            let number = |digits: &[u8]| write::element(0x02, &[digits]);
            write::sequence(&[&number(&good.r), &number(&good.s)])
        }
        Form::Flipped => Signature { s: flipped(good.s), ..good }.to_der(),
        Form::Junk => Signature { r: sm3(b"junk r"), s: sm3(b"junk s") }.to_der(),
        Form::ZeroR => Signature { r: [0; 32], ..good }.to_der(),
        Form::ZeroS => Signature { s: [0; 32], ..good }.to_der(),
        Form::OrderR => Signature { r: n, ..good }.to_der(),
        Form::LargeS => Signature { s: [0xFF; 32], ..good }.to_der(),
        Form::Tail => [good.to_der(), vec![1]].concat(),
        Form::Empty => Vec::new(),
        _ => good.to_der(),
    }
}

fn flipped(mut number: [u8; 32]) -> [u8; 32] {
    number[20] ^= 1;
    number
}

/// A time stamp on a value.
#[derive(Clone)]
pub(super) struct Stamp {
    pub(super) tsa: Party,
    pub(super) at: Timestamp,
    /// The bytes that are stamped; none for the value.
    pub(super) over: Option<Vec<u8>>,
    /// What becomes of the token.
    pub(super) spoil: fn(Vec<u8>) -> Vec<u8>,
}

impl Stamp {
    pub(super) fn of(tsa: &Party, at: Timestamp) -> Self {
        Self { tsa: tsa.clone(), at, over: None, spoil: |token| token }
    }

    fn token(&self, value: &[u8]) -> Vec<u8> {
        (self.spoil)(time_stamp(&self.tsa, self.over.as_deref().unwrap_or(value), self.at))
    }

    /// `[0] EXPLICIT BIT STRING`.
    fn field(&self, value: &[u8]) -> Vec<u8> {
        write::context(0, &write::bit_string(&self.token(value)))
    }
}

/// What a seal is made of; begin with [`ConformanceWorld::seal_make`].
#[derive(Clone)]
pub(super) struct SealMake {
    /// 1, 4 or 5.
    pub(super) shape: u8,
    pub(super) id: &'static str,
    pub(super) version: i64,
    pub(super) code: Vec<u8>,
    pub(super) kind: i64,
    pub(super) name: Vec<u8>,
    /// certListType, where there is one.
    pub(super) list_type: Vec<u8>,
    /// Elements of certList.
    pub(super) list: Vec<Vec<u8>>,
    /// createDate, validStart, validEnd.
    pub(super) dates: [Vec<u8>; 3],
    pub(super) picture_type: &'static str,
    pub(super) picture: Vec<u8>,
    pub(super) size_mm: i64,
    /// What stands behind the picture.
    pub(super) ext: Vec<u8>,
    pub(super) maker: Party,
    /// Element of the maker's certificate.
    pub(super) certificate: Vec<u8>,
    /// Element of the algorithm.
    pub(super) algorithm: Vec<u8>,
    /// True to sign what the other version's rule names.
    pub(super) other_rule: bool,
    pub(super) form: Form,
    pub(super) stamp: Option<Stamp>,
    /// What is changed after signing: the info that is written.
    pub(super) edited: Option<Box<Self>>,
}

/// Certificates as elements of a list.
pub(super) fn listed(certificates: &[&[u8]]) -> Vec<Vec<u8>> {
    certificates.iter().map(|der| write::octet_string(der)).collect()
}

/// Their SM3 as elements of a list.
pub(super) fn listed_digests(certificates: &[&[u8]]) -> Vec<Vec<u8>> {
    let digest = |der: &&[u8]| write::sequence(&[&write::printable("SM3"), &write::octet_string(&sm3(der))]);
    certificates.iter().map(digest).collect()
}

impl ConformanceWorld {
    /// The seal that everybody uses, in one of the three shapes.
    pub(super) fn seal_make(&self, shape: u8) -> SealMake {
        let date = |text: &str| {
            let at = time(text);
            if shape == 1 { write::utc_time(at) } else { write::generalized_time(at) }
        };
        SealMake {
            shape,
            id: "ES",
            version: i64::from(shape),
            code: write::ia5(SEAL_CODE),
            kind: 1,
            name: write::utf8(SEAL_NAME),
            list_type: if shape == 1 { Vec::new() } else { write::integer_i64(1) },
            list: listed(&[&self.pki.signer.certificate]),
            dates: [date("2026-01-01T00:00:00Z"), date("2026-01-01T00:00:00Z"), date("2030-12-31T23:59:59Z")],
            picture_type: "PNG",
            picture: png(8),
            size_mm: 42,
            ext: Vec::new(),
            maker: self.pki.maker.clone(),
            certificate: write::octet_string(&self.pki.maker.certificate),
            algorithm: write::oid(oid::SM3_WITH_SM2),
            other_rule: false,
            form: Form::Der,
            stamp: None,
            edited: None,
        }
    }

    /// The same, changed.
    pub(super) fn seal_with(&self, shape: u8, change: impl FnOnce(&mut SealMake)) -> Vec<u8> {
        let mut make = self.seal_make(shape);
        change(&mut make);
        make.der()
    }

    /// The same, made, and changed by somebody who is not its maker.
    pub(super) fn seal_edited(&self, shape: u8, change: impl FnOnce(&mut SealMake)) -> Vec<u8> {
        let mut make = self.seal_make(shape);
        let mut edited = make.clone();
        change(&mut edited);
        make.edited = Some(Box::new(edited));
        make.der()
    }
}

impl SealMake {
    /// Another maker, whose certificate it says.
    pub(super) fn made_by(&mut self, maker: &Party) {
        self.maker = maker.clone();
        self.certificate = write::octet_string(&maker.certificate);
    }

    fn info(&self) -> Vec<u8> {
        let header = write::sequence(&[&write::ia5(self.id), &write::integer_i64(self.version), &write::ia5("ESEAL")]);
        let [created, start, end] = &self.dates;
        let property = write::sequence(&[
            &write::integer_i64(self.kind),
            &self.name,
            &self.list_type,
            &write::sequence_of(&self.list),
            created,
            start,
            end,
        ]);
        let size = write::integer_i64(self.size_mm);
        let picture = [&write::ia5(self.picture_type), &write::octet_string(&self.picture), &size, &size];
        let picture = write::sequence_of(&picture);
        write::sequence(&[&header, &self.code, &property, &picture, &self.ext])
    }

    /// The seal.
    pub(super) fn der(&self) -> Vec<u8> {
        let info = self.info();
        let whole = write::sequence(&[&info, &self.certificate, &self.algorithm]);
        let signed = if (self.shape == 1) == self.other_rule { &info } else { &whole };
        let value = value(&self.maker, signed, self.form);
        let shown = self.edited.as_ref().map_or_else(|| info.clone(), |edited| edited.info());
        if self.shape == 1 {
            let sign_info = write::sequence(&[&self.certificate, &self.algorithm, &value]);
            return write::sequence(&[&shown, &sign_info]);
        }
        let bytes = value_bytes(&self.maker, signed, self.form);
        let stamp = self.stamp.as_ref().map(|stamp| stamp.field(&bytes)).unwrap_or_default();
        write::sequence(&[&shown, &self.certificate, &self.algorithm, &value, &stamp])
    }
}

/// What a seal signature is made of; begin with [`ConformanceWorld::signature_make`].
#[derive(Clone)]
pub(super) struct SignatureMake {
    /// 1 or 4; V5 is the shape of V4.
    pub(super) shape: u8,
    pub(super) version: i64,
    pub(super) seal: Vec<u8>,
    /// timeInfo.
    pub(super) time: Vec<u8>,
    /// What the carrier states as the time.
    pub(super) stated: Timestamp,
    /// dataHash of the document's SM3.
    pub(super) data_hash: fn([u8; 32]) -> Vec<u8>,
    /// True to hash Z of the signer before the document.
    pub(super) hash_with_z: bool,
    pub(super) property_info: Option<String>,
    /// extDatas.
    pub(super) ext: Vec<u8>,
    pub(super) signer: Party,
    /// Element of the signer's certificate.
    pub(super) certificate: Vec<u8>,
    /// Element of the algorithm.
    pub(super) algorithm: Vec<u8>,
    pub(super) form: Form,
    pub(super) stamp: Option<Stamp>,
    /// What becomes of the whole.
    pub(super) spoil: fn(Vec<u8>) -> Vec<u8>,
}

impl ConformanceWorld {
    /// A signature of now with this seal.
    pub(super) fn signature_make(&self, seal: Vec<u8>) -> SignatureMake {
        SignatureMake {
            shape: 4,
            version: 4,
            seal,
            time: write::generalized_time(self.now),
            stated: self.now,
            data_hash: |sm3| write::bit_string(&sm3),
            hash_with_z: false,
            property_info: None,
            ext: Vec::new(),
            signer: self.pki.signer.clone(),
            certificate: write::octet_string(&self.pki.signer.certificate),
            algorithm: write::oid(oid::SM3_WITH_SM2),
            form: Form::Der,
            stamp: None,
            spoil: |der| der,
        }
    }

    /// A good signature of a version.
    pub(super) fn signature_of(&self, shape: u8) -> SignatureMake {
        let mut make = self.signature_make(self.seal_with(shape, |_| {}));
        make.version = i64::from(shape);
        if shape == 1 {
            make.shape = 1;
            make.time = write::bit_string(self.now.to_string().as_bytes());
        }
        make
    }
}

impl SignatureMake {
    /// Another signer, whose certificate it says.
    pub(super) fn signed_by(mut self, signer: &Party) -> Self {
        self.signer = signer.clone();
        self.certificate = write::octet_string(&signer.certificate);
        self
    }

    /// Signed at another time, as the carrier says too.
    pub(super) fn at(&mut self, at: Timestamp) {
        self.time = write::generalized_time(at);
        self.stated = at;
    }

    /// Changed.
    pub(super) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// DER over a document; `property_info` is what the carrier says.
    pub(super) fn der(&self, document: &[u8], property_info: &str) -> Vec<u8> {
        let property_info = self.property_info.as_deref().unwrap_or(property_info);
        let z = self.signer.key.verifying_key().z();
        let hashed = if self.hash_with_z { sm3(&[&z[..], document].concat()) } else { sm3(document) };
        let hash = (self.data_hash)(hashed);
        let mut fields = vec![write::integer_i64(self.version), self.seal.clone(), self.time.clone(), hash];
        fields.push(write::ia5(property_info));
        let (certificate, algorithm) = (self.certificate.clone(), self.algorithm.clone());
        let signature = |tbs: &[u8]| value(&self.signer, tbs, self.form);
        let der = if self.shape == 1 {
            fields.extend([certificate, algorithm]);
            let tbs = write::sequence_of(&fields);
            write::sequence(&[&tbs, &signature(&tbs)])
        } else {
            fields.push(self.ext.clone());
            let tbs = write::sequence_of(&fields);
            let bytes = value_bytes(&self.signer, &tbs, self.form);
            let stamp = self.stamp.as_ref().map(|stamp| stamp.field(&bytes)).unwrap_or_default();
            write::sequence(&[&tbs, &certificate, &algorithm, &signature(&tbs), &stamp])
        };
        (self.spoil)(der)
    }
}
