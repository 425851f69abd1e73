//! Arithmetic modulo p = 2²⁵⁶ − 2²²⁴ − 2⁹⁶ + 2⁶⁴ − 1 (素域), in Montgomery form with R = 2²⁵⁶.

use super::limbs::{self, Limbs, adc, sbb};

/// p.
pub(super) const P: Limbs =
    [0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000, 0xffff_ffff_ffff_ffff, 0xffff_fffe_ffff_ffff];
/// R² mod p.
const RR: Limbs = [0x0000_0002_0000_0003, 0x0000_0002_ffff_ffff, 0x0000_0001_0000_0001, 0x0000_0004_0000_0002];

/// A number modulo p, times R.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub(crate) struct Fe(pub(crate) Limbs);

/// Where products come from: the portable form or one for a processor.
pub(crate) trait Backend: Copy + 'static {
    /// `a·b·R⁻¹ mod p`.
    fn mul(a: &Fe, b: &Fe) -> Fe;
    /// `a²·R⁻¹ mod p`.
    fn sqr(a: &Fe) -> Fe;
    /// `a + b mod p`.
    #[inline(always)]
    fn add(a: &Fe, b: &Fe) -> Fe {
        a.add(b)
    }
    /// `a − b mod p`.
    #[inline(always)]
    fn sub(a: &Fe, b: &Fe) -> Fe {
        a.sub(b)
    }
    /// `2a mod p`.
    #[inline(always)]
    fn double(a: &Fe) -> Fe {
        Self::add(a, a)
    }
    /// Entry `index` − 1 of a row, or (0, 0) for index 0, touching every entry.
    fn look_up(row: &[super::comb::Affine; 64], index: u64) -> super::comb::Affine {
        super::comb::look_up_portable(row, index)
    }
}

/// The form for every machine.
#[derive(Clone, Copy)]
pub(crate) struct Portable;

impl Backend for Portable {
    #[inline(always)]
    fn mul(a: &Fe, b: &Fe) -> Fe {
        reduce(limbs::mul_wide(&a.0, &b.0))
    }

    #[inline(always)]
    fn sqr(a: &Fe) -> Fe {
        reduce(limbs::sqr_wide(&a.0))
    }
}

/// Montgomery reduction of eight limbs.
///
/// −p⁻¹ ≡ 1 mod 2⁶⁴, so the multiplier of each step is the lowest limb m itself, and m·p is made of shifts:
/// t + m·p = t + m·2²⁵⁶ − m·2²²⁴ − m·2⁹⁶ + m·2⁶⁴ − m, whose lowest limb is 0.
#[inline(always)]
fn reduce(t: [u64; 8]) -> Fe {
    let mut low = [t[0], t[1], t[2], t[3]];
    for _ in 0..4 {
        let m = low[0];
        let (l, h) = (m << 32, m >> 32);
        let mut borrow = false;
        let w = [sbb(m, l, &mut borrow), sbb(0, h, &mut borrow), sbb(0, l, &mut borrow), sbb(m, h, &mut borrow)];
        let mut carry = false;
        low = [
            adc(low[1], w[0], &mut carry),
            adc(low[2], w[1], &mut carry),
            adc(low[3], w[2], &mut carry),
            w[3].wrapping_add(u64::from(carry)),
        ];
    }
    let (sum, carry) = limbs::add(&low, &[t[4], t[5], t[6], t[7]]);
    Fe(limbs::reduce_once(&sum, carry, &P))
}

impl Fe {
    pub(crate) const ZERO: Self = Self([0; 4]);
    /// R mod p.
    pub(crate) const ONE: Self = Self([1, 0xffff_ffff, 0, 0x1_0000_0000]);

    /// Reads a number below p, big-endian.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let plain = limbs::from_be(bytes);
        let below = limbs::subtract(&plain, &P).1;
        below.then(|| Self::from_plain(&plain))
    }

    pub(crate) fn from_plain(plain: &Limbs) -> Self {
        Portable::mul(&Self(*plain), &Self(RR))
    }

    /// The number itself, below p.
    pub(crate) fn to_plain(self) -> Limbs {
        reduce([self.0[0], self.0[1], self.0[2], self.0[3], 0, 0, 0, 0]).0
    }

    pub(crate) fn to_bytes(self) -> [u8; 32] {
        limbs::to_be(&self.to_plain())
    }

    #[inline(always)]
    pub(crate) fn add(&self, other: &Self) -> Self {
        Self(limbs::add_mod(&self.0, &other.0, &P))
    }

    #[inline(always)]
    pub(crate) fn sub(&self, other: &Self) -> Self {
        Self(limbs::sub_mod(&self.0, &other.0, &P))
    }

    #[inline(always)]
    pub(crate) fn negate(&self) -> Self {
        Self::ZERO.sub(self)
    }

    #[inline(always)]
    pub(crate) fn zero_mask(&self) -> u64 {
        limbs::zero_mask(&self.0)
    }

    #[inline(always)]
    pub(crate) fn is_zero(&self) -> bool {
        self.zero_mask() != 0
    }

    #[inline(always)]
    pub(crate) fn select(mask: u64, a: &Self, b: &Self) -> Self {
        Self(limbs::select(mask, &a.0, &b.0))
    }

    #[inline(always)]
    fn sqr_n<B: Backend>(&self, times: usize) -> Self {
        (0..times).fold(*self, |power, _| B::sqr(&power))
    }

    /// `a^(2³¹−1)`, `a^(2³²−1)` and parts of them, from which both long exponents are made.
    fn runs<B: Backend>(&self) -> [Self; 4] {
        let x2 = B::mul(&B::sqr(self), self);
        let x4 = B::mul(&x2.sqr_n::<B>(2), &x2);
        let x6 = B::mul(&x4.sqr_n::<B>(2), &x2);
        let x12 = B::mul(&x6.sqr_n::<B>(6), &x6);
        let x24 = B::mul(&x12.sqr_n::<B>(12), &x12);
        let x30 = B::mul(&x24.sqr_n::<B>(6), &x6);
        let x31 = B::mul(&B::sqr(&x30), self);
        let x32 = B::mul(&B::sqr(&x31), self);
        [x2, x30, x31, x32]
    }

    /// The inverse as a^(p−2); zero for zero.
    ///
    /// p − 2 = fffffffe ffffffff ffffffff ffffffff ffffffff 00000000 ffffffff fffffffd
    pub(crate) fn invert<B: Backend>(&self) -> Self {
        let [_, x30, x31, x32] = self.runs::<B>();
        let mut power = B::sqr(&x31);
        for _ in 0..4 {
            power = B::mul(&power.sqr_n::<B>(32), &x32);
        }
        power = B::mul(&power.sqr_n::<B>(64), &x32);
        power = B::mul(&power.sqr_n::<B>(30), &x30);
        B::mul(&power.sqr_n::<B>(2), self)
    }

    /// The square root as a^((p+1)/4), if there is one; not in constant time.
    ///
    /// (p + 1)/4 = 3fffffff bfffffff ffffffff ffffffff ffffffff c0000000 40000000 00000000
    pub(crate) fn square_root<B: Backend>(&self) -> Option<Self> {
        let [_, _, x31, x32] = self.runs::<B>();
        // (p + 1)/4 = 2²⁵⁴ − 2²²² − 2⁹⁴ + 2⁶²: ones(31) 0 ones(128) zeros(31) 1 zeros(62)
        let mut power = x31.sqr_n::<B>(1);
        for _ in 0..4 {
            power = B::mul(&power.sqr_n::<B>(32), &x32);
        }
        power = B::mul(&power.sqr_n::<B>(32), self);
        let root = power.sqr_n::<B>(62);
        (B::sqr(&root) == *self).then_some(root)
    }
}
