//! Arithmetic modulo the order n (阶).  Few products are needed, so there is only the portable form.

use zeroize::Zeroize;

use super::limbs::{self, Limbs, mac};

/// n.
pub(super) const N: Limbs =
    [0x53bb_f409_39d5_4123, 0x7203_df6b_21c6_052b, 0xffff_ffff_ffff_ffff, 0xffff_fffe_ffff_ffff];
/// −n⁻¹ mod 2⁶⁴.
const N_INVERSE: u64 = 0x327f_9e88_7235_0975;
/// R² mod n.
const RR: Limbs = [0x9011_92af_7c11_4f20, 0x3464_504a_de6f_a2fa, 0x620f_c84c_3aff_e0d4, 0x1eb5_e412_a22b_3d3b];

/// A number modulo n.
#[derive(Clone, Copy)]
pub(crate) struct Scalar(pub(super) Limbs);

/// A number modulo n, times R: a factor prepared for [`Scalar::mul_prepared`].
#[derive(Clone, Copy)]
pub(crate) struct Prepared(Limbs);

impl Scalar {
    pub(crate) const ONE: Self = Self([1, 0, 0, 0]);

    /// The number, if it is below n.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let limbs = limbs::from_be(bytes);
        let below = limbs::subtract(&limbs, &N).1;
        below.then_some(Self(limbs))
    }

    /// As [`Self::from_bytes`] for a secret: only whether it is below n may be known.
    pub(crate) fn from_secret(bytes: &[u8; 32]) -> Option<Self> {
        let limbs = limbs::from_be(bytes);
        crate::declassify(limbs::subtract(&limbs, &N).1).then_some(Self(limbs))
    }

    /// The number modulo n.
    pub(crate) fn reduce(bytes: &[u8; 32]) -> Self {
        Self::from_limbs(&limbs::from_be(bytes))
    }

    /// The number modulo n: one subtraction suffices, since 2n > 2²⁵⁶.
    pub(super) fn from_limbs(limbs: &Limbs) -> Self {
        Self(limbs::reduce_once(limbs, false, &N))
    }

    pub(crate) fn to_bytes(self) -> [u8; 32] {
        limbs::to_be(&self.0)
    }

    /// Either, without a branch.
    #[cfg(test)]
    pub(super) fn select(choice: bool, a: &Self, b: &Self) -> Self {
        Self(limbs::select(limbs::mask(choice), &a.0, &b.0))
    }

    pub(crate) fn is_zero(&self) -> bool {
        limbs::zero_mask(&self.0) != 0
    }

    pub(crate) fn equals(&self, other: &Self) -> bool {
        self.sub(other).is_zero()
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        Self(limbs::add_mod(&self.0, &other.0, &N))
    }

    pub(crate) fn sub(&self, other: &Self) -> Self {
        Self(limbs::sub_mod(&self.0, &other.0, &N))
    }

    pub(crate) fn mul(&self, other: &Self) -> Self {
        self.mul_prepared(&other.prepare())
    }

    pub(crate) fn prepare(&self) -> Prepared {
        Prepared(montgomery(&self.0, &RR))
    }

    pub(crate) fn mul_prepared(&self, factor: &Prepared) -> Self {
        Self(montgomery(&self.0, &factor.0))
    }

    /// The inverse as a^(n−2); zero for zero.  The exponent is public.
    pub(crate) fn invert(&self) -> Self {
        let base = self.prepare().0;
        let mut power = Self::ONE.prepare().0;
        let exponent = limbs::subtract(&N, &[2, 0, 0, 0]).0;
        for bit in (0..256).rev() {
            power = montgomery(&power, &power);
            if (exponent[bit / 64] >> (bit % 64)) & 1 == 1 {
                power = montgomery(&power, &base);
            }
        }
        Self(montgomery(&power, &[1, 0, 0, 0]))
    }
}

impl Zeroize for Scalar {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl Zeroize for Prepared {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

/// `a·b·R⁻¹ mod n`.
fn montgomery(a: &Limbs, b: &Limbs) -> Limbs {
    let mut t = limbs::mul_wide(a, b);
    let mut top = false;
    for i in 0..4 {
        let m = t[i].wrapping_mul(N_INVERSE);
        let mut carry = 0;
        for j in 0..4 {
            (t[i + j], carry) = mac(m, N[j], t[i + j], carry);
        }
        t[i + 4] = limbs::adc(t[i + 4], carry, &mut top);
    }
    limbs::reduce_once(&[t[4], t[5], t[6], t[7]], top, &N)
}
