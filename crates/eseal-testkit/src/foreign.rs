//! Signers with RSA and ECDSA (国外算法的测试签名人): keys that everybody knows, values that are the same every time.
//!
//! For tests only: no padding is checked, nothing takes constant time, and every ECDSA nonce is one.

use eseal_asn1::write;
use eseal_gm::{
    Hash,
    oid::{self, Oid},
};
use eseal_pki::Certificate;
use eseal_ses::oid as content;
use num_bigint::BigUint;

use crate::{
    Party,
    nonce::bytes,
    times::{now, time},
};

/// Modulus of 2048 bits.
const RSA_N: &str = "\
    c6c9e7fe672d2c321f8c315bbe0f21c6503d199e065d46c11529f59a38512bc586e64dc2d4430d9bead6077e2690ebf5\
    c7f46346c32fa97b775f932b81132e952b23a64ffe84cba9aa724092032459c93f4689bcdec63c7416eca4ead883ff46\
    7cdc7574ce16ae18bd4e495f877bd6b7981da305b6e0544e49ad080c7125f1ea3f5ad9d7dba1b547abbe1e173a840d4f\
    c09a6020614a4fab6000c6d0890e56262a825eaa6cc0e1f4b03befb5a1f3fe8c0964dad21e7bbd9efc6a6bd6e484747d\
    3c9530b04df10c23157b310962277e8efe3db985a626223bb3f43982aa6c87878ebca20385c5508928697a59bf454367\
    e26de65114b8843b4cb90c12005baaff";
/// Its private exponent.
const RSA_D: &str = "\
    1285f70643636bb6aa1e3601d1c767b236f0bda0f441473c00159e8e8a573bce92dcae628953605d128c19b725272f76\
    121a6208debdd5651bfaa0e14463ddf3796dea60c710346997fcca28c8c9883038e03df9c375a669a74f0a959c274c05\
    e48ca0d58162395b1c29395f1982785e2376c929acfe1c15ddaa710d4d14ab31c72995f915344a80c6fe221033d110c2\
    797bf630f5f3ea37f4002549866b507ff5516b343fa79b716504efd673d52e134028fc57442d271c12108ae2ed5d2ba0\
    5e8b75fe20eddc8579ca06e96c4aaf54ab9bc61e9d95bd6e4654b792fee1dbbe21521fb0eb919bd42a101a5dd90af599\
    6f930c28b70a248fded98a399219ed5";
/// Modulus of 1024 bits.
const SHORT_N: &str = "\
    dbeb9f642e2909cb2e6a1854c558c7deee4f5efc76bf3198e1cb176c30e14386493b4e302fc0d00e1c32f4dd56849d7a\
    5c14903ee213499f1e62b13e610ddba0650debd5e5944a21077d1e313fccc5ea150116dd3a4bf5070738f73a5feb2cb3\
    51c26b45e5303442de20bfd1a9f83f9c200308d0b9f60f89691a146de72dfa57";
/// Its private exponent.
const SHORT_D: &str = "\
    77929012572ac7016b16126e9cf25d91ef7ec6457c870dff72dd0aba2f857b425b34dc99448d9051ebb12503e753a98f\
    eadadf66e162dd479facc774042f15b708cba95d5fecb00dba1afbafcb0e94a267279c185244b35cea65914f407d0cba\
    c1ec64ef7b7c228701896d5adc5778d41687f67707c21e713de027df33904cb9";
/// Private key on P-256.
const EC_D: &str = "\
    827988cff1ebabccc43c84f0931a1213929af7e7f79fd9bd0c41d2ec6308f493";
/// Its public key, 04 ‖ x ‖ y.
const EC_POINT: &str = "\
    0479ce7b6ba91c6927911f95818a12ffcfbfa63e031ccaa2cbebf953936766aad054c96bcd27e7b218298790809bd65e\
    4468244d22249c6c47cfe879f388ed22f8";
/// Order of the group of P-256, and the x of its generator.
const EC_N: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const EC_GX: &str = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
/// id-mgf1.
const MGF1: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 8];
/// id-RSASSA-PSS.
const PSS: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 10];

/// How a foreign signature is made (国外签名算法).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignKey {
    /// RSA of 2048 bits, PKCS#1 v1.5.
    Rsa,
    /// The same key, PSS with a salt of zeros as long as the digest.
    RsaPss,
    /// RSA of 1024 bits, PKCS#1 v1.5.
    ShortRsa,
    /// ECDSA on P-256.
    Ecdsa,
}

/// A SignedData of a foreign algorithm; begin with [`ForeignSpec::new`] and change what matters.
#[derive(Clone, Debug)]
pub struct ForeignSpec {
    /// Key.
    pub key: ForeignKey,
    /// Digest of the document and of what is signed.
    pub hash: Hash,
    /// messageDigest; none to sign `message` without attributes.
    pub message_digest: Option<Vec<u8>>,
    /// What is signed without attributes.
    pub message: Vec<u8>,
    /// The content, if it is inside.
    pub content: Option<Vec<u8>>,
    /// True for BER with indefinite lengths and content in pieces.
    pub is_indefinite: bool,
    /// True for a value with one bit flipped.
    pub is_flipped: bool,
}

impl ForeignSpec {
    /// CMS with attributes over a document, detached.
    #[must_use]
    pub fn new(key: ForeignKey, hash: Hash, document: &[u8]) -> Self {
        Self {
            key,
            hash,
            message_digest: Some(hash.digest(document)),
            message: document.to_vec(),
            content: None,
            is_indefinite: false,
            is_flipped: false,
        }
    }

    /// The same without attributes.
    #[must_use]
    pub fn bare(self) -> Self {
        Self { message_digest: None, ..self }
    }

    /// SignedData with this certificate.
    #[must_use]
    pub fn signed_by(&self, certificate: &[u8]) -> Vec<u8> {
        let attributes = self.message_digest.as_ref().map(|digest| {
            write::set_of(&[
                attribute(content::CONTENT_TYPE, &write::oid(content::PKCS7_DATA)),
                attribute(content::SIGNING_TIME, &write::utc_time(now())),
                attribute(content::MESSAGE_DIGEST, &write::octet_string(digest)),
            ])
        });
        let mut value = self.key.sign(self.hash, attributes.as_ref().unwrap_or(&self.message));
        if let (Some(last), true) = (value.last_mut(), self.is_flipped) {
            *last ^= 1;
        }
        let read = Certificate::from_der(certificate).expect("a certificate of the tests");
        let implicit = attributes.map(|set| [&[0xA0], set.get(1..).unwrap_or_default()].concat()).unwrap_or_default();
        let digest = write::sequence(&[&write::oid(digest_oid(self.hash).der), &write::null()]);
        let info = write::sequence(&[
            &write::integer_i64(1),
            &write::sequence(&[read.issuer.raw, &write::integer(read.serial)]),
            &digest,
            &implicit,
            &self.key.algorithm(self.hash),
            &write::octet_string(&value),
        ]);
        signed_data(
            content::PKCS7_SIGNED_DATA,
            content::PKCS7_DATA,
            self.content.as_deref(),
            [&digest, certificate, &info],
            self.is_indefinite,
        )
    }
}

/// ContentInfo around a SignedData of its digest algorithms, certificates and signers.
pub(crate) fn signed_data(
    outer: &[u8],
    inner: &[u8],
    content: Option<&[u8]>,
    [digests, certificates, infos]: [&[u8]; 3],
    is_indefinite: bool,
) -> Vec<u8> {
    let wrap = |tag: u8, parts: &[&[u8]]| {
        if is_indefinite { [&[tag, 0x80][..], &parts.concat(), &[0, 0]].concat() } else { write::element(tag, parts) }
    };
    let mut encapsulated = write::oid(inner);
    if let Some(content) = content {
        let octets = if is_indefinite {
            let pieces: Vec<Vec<u8>> = content.chunks(1_000).map(write::octet_string).collect();
            wrap(0x24, &[&pieces.concat()])
        } else {
            write::octet_string(content)
        };
        encapsulated.extend(wrap(0xA0, &[&octets]));
    }
    let data = wrap(
        0x30,
        &[
            &write::integer_i64(1),
            &write::set(digests),
            &wrap(0x30, &[&encapsulated]),
            &wrap(0xA0, &[certificates]),
            &write::set(infos),
        ],
    );
    wrap(0x30, &[&write::oid(outer), &wrap(0xA0, &[&data])])
}

impl ForeignKey {
    /// A certificate for signing, issued by `issuer`, valid from 2024 to 2044.
    #[must_use]
    pub fn certificate(self, serial: u8, common_name: &str, issuer: &Party) -> Vec<u8> {
        let read = Certificate::from_der(&issuer.certificate).expect("a certificate of the tests");
        let name = write::set(&write::sequence(&[&write::oid(&[0x55, 4, 3]), &write::utf8(common_name)]));
        let usage = write::sequence(&[
            &write::oid(&[0x55, 0x1D, 0x0F]),
            &write::boolean(true),
            &write::octet_string(&write::bit_string_with(6, &[0xC0])),
        ]);
        let algorithm = write::sequence(&[&write::oid(content::SM3_WITH_SM2)]);
        let tbs = write::sequence(&[
            &write::context(0, &write::integer(&[2])),
            &write::integer(&[0x4E, 0x53, 0x4C, serial]),
            &algorithm,
            read.subject.raw,
            &write::sequence(&[
                &write::utc_time(time("2024-01-01T00:00:00Z")),
                &write::utc_time(time("2044-01-01T00:00:00Z")),
            ]),
            &write::sequence(&[&name]),
            &self.public_key(),
            &write::context(3, &write::sequence(&[&usage])),
        ]);
        write::sequence(&[&tbs, &algorithm, &write::bit_string(&issuer.sign(&tbs))])
    }

    fn public_key(self) -> Vec<u8> {
        let (modulus, _) = match self {
            Self::Ecdsa => {
                let algorithm = write::sequence(&[&write::oid(oid::EC_PUBLIC_KEY.der), &write::oid(oid::P256.der)]);
                return write::sequence(&[&algorithm, &write::bit_string(&number(EC_POINT).to_bytes_be())]);
            }
            other => other.rsa(),
        };
        let algorithm = write::sequence(&[&write::oid(oid::RSA.der), &write::null()]);
        let key = write::sequence(&[&write::integer(&modulus.to_bytes_be()), &write::integer(&[1, 0, 1])]);
        write::sequence(&[&algorithm, &write::bit_string(&key)])
    }

    fn rsa(self) -> (BigUint, BigUint) {
        match self {
            Self::ShortRsa => (number(SHORT_N), number(SHORT_D)),
            _ => (number(RSA_N), number(RSA_D)),
        }
    }

    /// AlgorithmIdentifier of a signature.
    fn algorithm(self, hash: Hash) -> Vec<u8> {
        match self {
            Self::Ecdsa => write::sequence(&[&write::oid(oid::ECDSA_SHA256.der)]),
            Self::Rsa | Self::ShortRsa => write::sequence(&[&write::oid(oid::RSA.der), &write::null()]),
            Self::RsaPss => {
                let digest = write::sequence(&[&write::oid(digest_oid(hash).der), &write::null()]);
                let mask = write::sequence(&[&write::oid(MGF1), &digest]);
                let salt = i64::try_from(hash.digest(&[]).len()).expect("small");
                let parameters = write::sequence(&[
                    &write::context(0, &digest),
                    &write::context(1, &mask),
                    &write::context(2, &write::integer_i64(salt)),
                ]);
                write::sequence(&[&write::oid(PSS), &parameters])
            }
        }
    }

    fn sign(self, hash: Hash, message: &[u8]) -> Vec<u8> {
        let digest = hash.digest(message);
        if self == Self::Ecdsa {
            // The nonce is one, so that r is the x of the generator.
            let n = number(EC_N);
            let e = BigUint::from_bytes_be(&digest) % &n;
            let r = number(EC_GX) % &n;
            let s = (e + &r * number(EC_D)) % &n;
            return write::sequence(&[&write::integer(&bytes(&r)), &write::integer(&bytes(&s))]);
        }
        let (modulus, exponent) = self.rsa();
        let len = modulus.to_bytes_be().len();
        let block = match self {
            Self::RsaPss => pss(hash, &digest, len),
            _ => pkcs1(hash, &digest, len),
        };
        let value = BigUint::from_bytes_be(&block).modpow(&exponent, &modulus).to_bytes_be();
        [vec![0; len - value.len()], value].concat()
    }
}

/// 00 01 FF … 00 ‖ DigestInfo (RFC 8017, 9.2).
fn pkcs1(hash: Hash, digest: &[u8], len: usize) -> Vec<u8> {
    let algorithm = write::sequence(&[&write::oid(digest_oid(hash).der), &write::null()]);
    let info = write::sequence(&[&algorithm, &write::octet_string(digest)]);
    [vec![0, 1], vec![0xFF; len - info.len() - 3], vec![0], info].concat()
}

/// EMSA-PSS with a salt of zeros, modulus of whole bytes (RFC 8017, 9.1.1).
fn pss(hash: Hash, digest: &[u8], len: usize) -> Vec<u8> {
    let salt = vec![0; digest.len()];
    let hashed = hash.digest(&[&[0; 8][..], digest, &salt].concat());
    let mut block = vec![0; len - hashed.len() - 1 - salt.len() - 1];
    block.push(1);
    block.extend(&salt);
    let mask = (0_u32..).flat_map(|count| hash.digest(&[&hashed[..], &count.to_be_bytes()].concat()));
    let mut masked: Vec<u8> = block.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
    masked[0] &= 0x7F;
    [&masked[..], &hashed, &[0xBC]].concat()
}

fn digest_oid(hash: Hash) -> Oid {
    match hash {
        Hash::Sha1 => oid::SHA1,
        Hash::Md5 => oid::MD5,
        Hash::Sha512 => oid::SHA512,
        Hash::Sha384 => oid::SHA384,
        Hash::Sm3 => oid::SM3,
        _ => oid::SHA256,
    }
}

fn attribute(kind: &[u8], value: &[u8]) -> Vec<u8> {
    write::sequence(&[&write::oid(kind), &write::set(value)])
}

fn number(hex: &str) -> BigUint {
    BigUint::parse_bytes(hex.as_bytes(), 16).expect("a number")
}
