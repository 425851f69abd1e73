//! Multiples of a point that is used often (固定点倍乘): 37 signed windows of 7 bits, each with its own row.
//!
//! Row i holds j·2⁷ⁱ·P for j = 1 … 64, so that a multiple is 37 additions and no doubling.  A digit is in
//! [−64, 64]; 37·7 = 259 bits hold every number below n with the carry of the top window.

use zeroize::Zeroize as _;

use super::{
    field::{Backend, Fe},
    jacobian::Jacobian,
    limbs::Limbs,
    scalar::Scalar,
};

/// Windows of a number.
const WINDOWS: usize = 37;
/// Bits of a window.
const BITS: usize = 7;
/// Entries of a row.
const ENTRIES: usize = 64;
/// Memory of one table.
pub(super) const TABLE_BYTES: usize = WINDOWS * ENTRIES * size_of::<Affine>();

/// A point with Z = 1; (0, 0) is infinity, which is not on the curve.  One cache line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C, align(64))]
pub(crate) struct Affine {
    pub(crate) x: Fe,
    pub(crate) y: Fe,
}

impl Affine {
    #[inline(always)]
    pub(super) fn infinity_mask(&self) -> u64 {
        self.x.zero_mask() & self.y.zero_mask()
    }
}

/// The rows of one point.
pub(crate) struct Comb(Vec<[Affine; ENTRIES]>);

impl Comb {
    /// Computes the rows: about as much work as 17 verifications.
    pub(super) fn new<B: Backend>(point: &Affine) -> Self {
        let mut base = Jacobian::from_affine(point);
        let rows = (0..WINDOWS).map(|_| {
            let first = base.to_affine::<B>();
            let mut multiples = vec![base];
            for _ in 1..ENTRIES {
                multiples.push(multiples.last().unwrap_or(&base).add_affine_vartime::<B>(&first));
            }
            base = (0..BITS).fold(base, |point, _| point.double::<B>());
            let mut row = [Affine { x: Fe::ZERO, y: Fe::ZERO }; ENTRIES];
            row.copy_from_slice(&Jacobian::to_affine_many::<B>(&multiples));
            row
        });
        Self(rows.collect())
    }

    /// `[k]P` in constant time.
    ///
    /// P = ±Q cannot happen in an addition: the sum so far is below 2⁷ⁱ⁻¹ in size and the entry at least 2⁷ⁱ,
    /// both times P; and in the top window their sum is k itself, below n and not 0.
    pub(super) fn mul<B: Backend>(&self, k: &Scalar) -> Jacobian {
        let mut windows = Windows::new(&k.0);
        let mut sum = Jacobian::INFINITY;
        for (index, row) in self.0.iter().enumerate() {
            let (negative, digit) = windows.digit(index);
            let mut entry = B::look_up(row, digit);
            entry.y = Fe::select(negative, &entry.y.negate(), &entry.y);
            sum = sum.add_affine::<B>(&entry);
        }
        windows.0.zeroize();
        sum
    }

    /// `start + [k]P` for a public number.
    pub(super) fn mul_vartime<B: Backend>(&self, k: &Scalar, start: Jacobian) -> Jacobian {
        let windows = Windows::new(&k.0);
        let mut sum = start;
        for (index, row) in self.0.iter().enumerate() {
            let (negative, digit) = windows.digit(index);
            let Some(entry) = usize::try_from(digit).ok().and_then(|digit| row.get(digit.checked_sub(1)?)) else {
                continue; // a digit of 0
            };
            let y = if negative == 0 { entry.y } else { entry.y.negate() };
            sum = sum.add_affine_vartime::<B>(&Affine { x: entry.x, y });
        }
        sum
    }
}

/// A number in little-endian bytes, with room for the top window.
struct Windows([u8; 40]);

impl Windows {
    fn new(k: &Limbs) -> Self {
        let mut bytes = [0; 40];
        for (to, limb) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(k) {
            *to = limb.to_le_bytes();
        }
        Self(bytes)
    }

    /// Booth digit of a window from its bits and the one below: its sign as a mask, and its size.
    #[inline(always)]
    fn digit(&self, index: usize) -> (u64, u64) {
        let bits = match index {
            0 => u64::from(self.0[0]) << 1,
            _ => {
                let position = BITS * index - 1;
                let pair = u64::from(self.0[position / 8]) | u64::from(self.0[position / 8 + 1]) << 8;
                pair >> (position % 8)
            }
        } & 0xff;
        let negative = 0_u64.wrapping_sub(bits >> 7);
        let bits = (bits & !negative) | ((255 - bits) & negative);
        (negative, (bits >> 1) + (bits & 1))
    }
}

/// See [`Backend::look_up`].
#[inline(always)]
pub(super) fn look_up_portable(row: &[Affine; ENTRIES], index: u64) -> Affine {
    let mut found = Affine { x: Fe::ZERO, y: Fe::ZERO };
    let mut number = 0_u64;
    for entry in row {
        number += 1;
        let keep = mask_if_zero(number ^ index);
        for limb in 0..4 {
            found.x.0[limb] |= entry.x.0[limb] & keep;
            found.y.0[limb] |= entry.y.0[limb] & keep;
        }
    }
    found
}

/// All bits set for zero.
///
/// Behind a barrier: without it the compiler sees a comparison, and makes a branch of what is done with the mask.
#[inline(always)]
fn mask_if_zero(value: u64) -> u64 {
    std::hint::black_box(((value | value.wrapping_neg()) >> 63).wrapping_sub(1))
}

/// Multiples of a point that is used once.
pub(super) struct Multiples(Vec<Jacobian>);

impl Multiples {
    /// `[k]P` in constant time: signed windows of 5 bits, all 16 multiples read for each.
    pub(super) fn mul<B: Backend>(point: &Affine, k: &Scalar) -> Jacobian {
        let one = Jacobian::from_affine(point);
        let mut table = vec![one];
        for _ in 1..16 {
            table.push(table.last().unwrap_or(&one).add::<B>(&one));
        }
        let table = Self(table);
        let mut windows = Windows::new(&k.0);
        let mut sum = Jacobian::INFINITY;
        for index in (0..52).rev() {
            sum = (0..5).fold(sum, |point, _| point.double::<B>());
            let (negative, digit) = windows.digit5(index);
            sum = sum.add::<B>(&table.look_up(negative, digit));
        }
        windows.0.zeroize();
        sum
    }

    fn look_up(&self, negative: u64, digit: u64) -> Jacobian {
        let mut found = Jacobian::INFINITY;
        let mut number = 0;
        for entry in &self.0 {
            number += 1;
            found = Jacobian::select(mask_if_zero(number ^ digit), entry, &found);
        }
        Jacobian::select(negative, &found.negate(), &found)
    }

    /// `[k]P` for a public number: width-5 NAF, one addition in six doublings.
    pub(super) fn mul_vartime<B: Backend>(point: &Affine, k: &Scalar) -> Jacobian {
        let one = Jacobian::from_affine(point);
        let two = one.double::<B>().summand::<B>();
        let mut odd = [const { None }; 8];
        let mut next = one;
        for entry in &mut odd {
            *entry = Some(next.summand::<B>());
            next = next.add_vartime::<B>(&two);
        }
        let mut sum = Jacobian::INFINITY;
        for digit in naf(&k.0).into_iter().rev() {
            if !sum.is_infinity() {
                sum = sum.double::<B>();
            }
            if let Some(entry) =
                odd.get(usize::from(digit.unsigned_abs()) / 2).filter(|_| digit != 0).and_then(Option::as_ref)
            {
                sum = if digit > 0 { sum.add_vartime::<B>(entry) } else { sum.add_vartime::<B>(&entry.negate()) };
            }
        }
        sum
    }
}

impl Windows {
    /// As [`Self::digit`] for windows of 5 bits.
    #[inline(always)]
    fn digit5(&self, index: usize) -> (u64, u64) {
        let bits = match index {
            0 => u64::from(self.0[0]) << 1,
            _ => {
                let position = 5 * index - 1;
                let pair = u64::from(self.0[position / 8]) | u64::from(self.0[position / 8 + 1]) << 8;
                pair >> (position % 8)
            }
        } & 0x3f;
        let negative = 0_u64.wrapping_sub(bits >> 5);
        let bits = (bits & !negative) | ((63 - bits) & negative);
        (negative, (bits >> 1) + (bits & 1))
    }
}

/// The non-adjacent form of width 5: digits are 0 or odd, between −15 and 15.
fn naf(k: &Limbs) -> [i8; 257] {
    let mut digits = [0; 257];
    let mut bits = Windows::new(k).0;
    let window = |bits: &[u8; 40], position: usize| {
        let pair = u16::from(bits[position / 8]) | u16::from(bits[position / 8 + 1]) << 8;
        (pair >> (position % 8)) & 31
    };
    let mut position = 0;
    while position < 257 {
        let value = window(&bits, position);
        if value & 1 == 0 {
            position += 1;
            continue;
        }
        let value = i8::try_from(value).unwrap_or(0); // at most 31
        digits[position] = if value < 16 { value } else { value - 32 };
        if value >= 16 {
            add_bit(&mut bits, position + 5);
        }
        position += 5;
    }
    digits
}

/// Adds 2^position.
fn add_bit(bits: &mut [u8; 40], position: usize) {
    let mut carry = 1_u8 << (position % 8);
    for byte in &mut bits[position / 8..] {
        let (sum, overflow) = byte.overflowing_add(carry);
        *byte = sum;
        if !overflow {
            return;
        }
        carry = 1;
    }
}
