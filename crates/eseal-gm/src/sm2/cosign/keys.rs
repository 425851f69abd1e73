//! Shares of a key (密钥分量): made together, kept apart, refreshed.

use zeroize::{Zeroize as _, Zeroizing};

use super::{CosignError, proof::Proof};
use crate::{
    Sm3,
    curve::{Point, Scalar},
    equal,
    sm2::{VerifyingKey, random_scalar},
};

/// Whose message it is: keeps one side's proof from being played back as the other's.
#[derive(Clone, Copy)]
pub(super) enum Role {
    Phone,
    Server,
}

impl Role {
    pub(super) fn byte(self) -> u8 {
        match self {
            Self::Phone => 1,
            Self::Server => 2,
        }
    }
}

/// The phone's commitment to its public share (承诺): SM3 over the share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment(pub [u8; 32]);

/// A public share with its proof (公开分量): `04 ‖ x ‖ y ‖ challenge ‖ answer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicShare(pub [u8; 129]);

/// The number that moves both shares and leaves the key as it is (分量刷新); a secret between the two sides.
pub struct Refresh(pub Zeroizing<[u8; 32]>);

/// The phone, between its commitment and the server's answer.
pub struct PhoneKeyStart(Start);

/// The server, between its public share and the phone's.
pub struct ServerKeyStart {
    start: Start,
    commitment: Commitment,
}

/// The phone's share of a key (手机端密钥分量).
pub struct PhoneShare(pub(super) Share);

/// The server's share of a key (服务端密钥分量).
pub struct ServerShare(pub(super) Share);

pub(super) struct Share {
    pub(super) d: Scalar,
    pub(super) inverse: Scalar,
    pub(super) key: VerifyingKey,
}

struct Start {
    d: Scalar,
    inverse: Scalar,
    public: PublicShare,
    context: Vec<u8>,
}

impl PhoneKeyStart {
    /// Draws d1.  `context` names the key to be (account, device, time): both sides pass the same.
    ///
    /// # Errors
    /// [`CosignError::Random`].
    pub fn new(context: &[u8]) -> Result<(Self, Commitment), CosignError> {
        let start = Start::new(Role::Phone, context)?;
        let commitment = commit(&start.public, context);
        Ok((Self(start), commitment))
    }

    /// Checks the server's public share; the phone's own is to be sent then.
    ///
    /// # Errors
    /// [`CosignError::Malformed`], [`CosignError::WrongProof`], [`CosignError::NoKey`].
    pub fn finish(self, server: &PublicShare) -> Result<(PhoneShare, PublicShare), CosignError> {
        let public = self.0.public;
        Ok((PhoneShare(self.0.finish(Role::Server, server)?), public))
    }
}

impl ServerKeyStart {
    /// Draws d2, once the phone has committed itself.
    ///
    /// # Errors
    /// [`CosignError::Random`].
    pub fn new(context: &[u8], commitment: Commitment) -> Result<(Self, PublicShare), CosignError> {
        let start = Start::new(Role::Server, context)?;
        let public = start.public;
        Ok((Self { start, commitment }, public))
    }

    /// Checks that the phone's public share opens its commitment and that the phone knows its secret.
    ///
    /// # Errors
    /// [`CosignError::WrongCommitment`], [`CosignError::Malformed`], [`CosignError::WrongProof`], [`CosignError::NoKey`].
    pub fn finish(self, phone: &PublicShare) -> Result<ServerShare, CosignError> {
        if !equal(&commit(phone, &self.start.context).0, &self.commitment.0) {
            return Err(CosignError::WrongCommitment);
        }
        Ok(ServerShare(self.start.finish(Role::Phone, phone)?))
    }
}

impl Start {
    fn new(role: Role, context: &[u8]) -> Result<Self, CosignError> {
        let d = random_scalar()?;
        let inverse = d.invert();
        let public = prove(role, context, &inverse)?;
        Ok(Self { d, inverse, public, context: context.to_vec() })
    }

    fn finish(&self, other_role: Role, other: &PublicShare) -> Result<Share, CosignError> {
        let key = joint_key(&self.inverse, other_role, other, &self.context)?;
        Ok(Share { d: self.d, inverse: self.inverse, key })
    }
}

/// `[x]G` with a proof that its maker knows x.
fn prove(role: Role, context: &[u8], x: &Scalar) -> Result<PublicShare, CosignError> {
    let point = Point::mul_base(x).ok_or(CosignError::NoKey)?;
    let proof = Proof::new(role, context, x, &point)?;
    let mut public = PublicShare([0; 129]);
    let parts = point.to_bytes().into_iter().chain(proof.to_bytes().into_iter().flatten());
    public.0.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
    Ok(public)
}

/// `[own⁻¹]P_other − G`, after the other side's proof was checked.
fn joint_key(
    inverse: &Scalar,
    other_role: Role,
    other: &PublicShare,
    context: &[u8],
) -> Result<VerifyingKey, CosignError> {
    let (point, numbers) = other.0.split_at(65);
    let point = Point::from_bytes(point).ok_or(CosignError::Malformed)?;
    let proof = match numbers.as_chunks::<32>().0 {
        [challenge, answer] => Proof::from_bytes(challenge, answer),
        _ => None,
    };
    if !proof.ok_or(CosignError::Malformed)?.verifies(other_role, context, &point) {
        return Err(CosignError::WrongProof);
    }
    let product = point.mul(inverse).and_then(|product| product.add(&Point::generator().negate()));
    product.map(VerifyingKey::new).ok_or(CosignError::NoKey)
}

impl Share {
    fn new(bytes: &[u8; 97]) -> Result<Self, CosignError> {
        let (d, key) = bytes.split_at(32);
        let d = <&[u8; 32]>::try_from(d).ok().and_then(Scalar::from_bytes).filter(|d| !d.is_zero());
        let d = d.ok_or(CosignError::Malformed)?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| CosignError::Malformed)?;
        Ok(Self { d, inverse: d.invert(), key })
    }

    fn to_bytes(&self) -> Zeroizing<[u8; 97]> {
        let mut bytes = Zeroizing::new([0; 97]);
        let d = Zeroizing::new(self.d.to_bytes());
        bytes.iter_mut().zip(d.iter().copied().chain(self.key.to_bytes())).for_each(|(to, from)| *to = from);
        bytes
    }

    fn prove(&self, role: Role, context: &[u8]) -> Result<PublicShare, CosignError> {
        prove(role, context, &self.inverse)
    }

    fn times(&self, factor: &Scalar) -> Self {
        let d = self.d.mul(factor);
        Self { d, inverse: d.invert(), key: self.key.clone() }
    }
}

macro_rules! share {
    ($name:ident, $own:ident, $other:ident) => {
        impl $name {
            /// Reads what [`Self::to_bytes`] wrote.
            ///
            /// # Errors
            /// [`CosignError::Malformed`].
            pub fn from_bytes(bytes: &[u8; 97]) -> Result<Self, CosignError> {
                Share::new(bytes).map(Self)
            }

            /// Share and public key, `d ‖ 04 ‖ x ‖ y`, to be kept under another key.
            #[must_use]
            pub fn to_bytes(&self) -> Zeroizing<[u8; 97]> {
                self.0.to_bytes()
            }

            /// The public share that belongs to this share, with a new proof that this side knows it.
            ///
            /// # Errors
            /// [`CosignError::Random`].
            pub fn prove(&self, context: &[u8]) -> Result<PublicShare, CosignError> {
                self.0.prove(Role::$own, context)
            }

            /// Whether the other side holds the share that makes the same key with this one: its proof, and the sum.
            ///
            /// # Errors
            /// [`CosignError::Malformed`], [`CosignError::WrongProof`]; [`CosignError::NoKey`] if the key would be another.
            pub fn check(&self, other: &PublicShare, context: &[u8]) -> Result<(), CosignError> {
                let key = joint_key(&self.0.inverse, Role::$other, other, context)?;
                if key.to_bytes() == self.0.key.to_bytes() { Ok(()) } else { Err(CosignError::NoKey) }
            }

            /// The public key of both shares together.
            #[must_use]
            pub fn verifying_key(&self) -> &VerifyingKey {
                &self.0.key
            }

            /// The public key of both shares together, `04 ‖ x ‖ y`.
            #[must_use]
            pub fn public_key(&self) -> [u8; 65] {
                self.0.key.to_bytes()
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}
share!(PhoneShare, Phone, Server);
share!(ServerShare, Server, Phone);

impl PhoneShare {
    /// A new share for the same key, with the number that the server needs for its own.
    ///
    /// Each side keeps the old share until the other has stored the new one, and deletes it then.
    ///
    /// # Errors
    /// [`CosignError::Random`].
    pub fn refresh(&self) -> Result<(Self, Refresh), CosignError> {
        let factor = random_scalar()?;
        Ok((Self(self.0.times(&factor)), Refresh(Zeroizing::new(factor.to_bytes()))))
    }
}

impl ServerShare {
    /// The share that belongs to the phone's new one.
    ///
    /// # Errors
    /// [`CosignError::Malformed`] if the number is not in [1, n − 1].
    pub fn refresh(&self, refresh: &Refresh) -> Result<Self, CosignError> {
        let factor = Scalar::from_bytes(&refresh.0).filter(|factor| !factor.is_zero()).ok_or(CosignError::Malformed)?;
        Ok(Self(self.0.times(&factor.invert())))
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.d.zeroize();
        self.inverse.zeroize();
    }
}

impl Drop for Start {
    fn drop(&mut self) {
        self.d.zeroize();
        self.inverse.zeroize();
    }
}

fn commit(public: &PublicShare, context: &[u8]) -> Commitment {
    let mut hash = Sm3::new();
    hash.update(b"eseal-gm cosign commitment v1");
    hash.update(&public.0);
    hash.update(context);
    Commitment(hash.finish())
}
