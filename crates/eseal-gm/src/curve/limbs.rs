//! Numbers of 256 bits in four limbs, least significant first, and what is common to both moduli.
//!
//! No branch and no index here depends on a value.

/// Four limbs.
pub(super) type Limbs = [u64; 4];

#[inline(always)]
pub(super) fn adc(a: u64, b: u64, carry: &mut bool) -> u64 {
    let (sum, out) = a.carrying_add(b, *carry);
    *carry = out;
    sum
}

#[inline(always)]
pub(super) fn sbb(a: u64, b: u64, borrow: &mut bool) -> u64 {
    let (difference, out) = a.borrowing_sub(b, *borrow);
    *borrow = out;
    difference
}

/// `a·b + c + d` as low and high half: it cannot overflow.
#[inline(always)]
pub(super) fn mac(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    a.carrying_mul_add(b, c, d)
}

/// All bits set for true.
#[inline(always)]
pub(super) fn mask(choice: bool) -> u64 {
    0_u64.wrapping_sub(u64::from(choice))
}

/// `a` where the mask is set, else `b`.
#[inline(always)]
pub(super) fn select(mask: u64, a: &Limbs, b: &Limbs) -> Limbs {
    [
        b[0] ^ (mask & (a[0] ^ b[0])),
        b[1] ^ (mask & (a[1] ^ b[1])),
        b[2] ^ (mask & (a[2] ^ b[2])),
        b[3] ^ (mask & (a[3] ^ b[3])),
    ]
}

/// All bits set if the number is zero.
#[inline(always)]
pub(super) fn zero_mask(a: &Limbs) -> u64 {
    let any = a[0] | a[1] | a[2] | a[3];
    ((any | any.wrapping_neg()) >> 63).wrapping_sub(1)
}

/// The difference, and whether it is negative.
#[inline(always)]
pub(super) fn subtract(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    let mut borrow = false;
    let difference = [
        sbb(a[0], b[0], &mut borrow),
        sbb(a[1], b[1], &mut borrow),
        sbb(a[2], b[2], &mut borrow),
        sbb(a[3], b[3], &mut borrow),
    ];
    (difference, borrow)
}

/// The sum, and whether it has a 257th bit.
#[inline(always)]
pub(super) fn add(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    let mut carry = false;
    let sum = [
        adc(a[0], b[0], &mut carry),
        adc(a[1], b[1], &mut carry),
        adc(a[2], b[2], &mut carry),
        adc(a[3], b[3], &mut carry),
    ];
    (sum, carry)
}

/// `a` (with its 257th bit) less `modulus`, if that is not negative.
#[inline(always)]
pub(super) fn reduce_once(a: &Limbs, carry: bool, modulus: &Limbs) -> Limbs {
    let (reduced, borrow) = subtract(a, modulus);
    select(mask(borrow & !carry), a, &reduced)
}

#[inline(always)]
pub(super) fn add_mod(a: &Limbs, b: &Limbs, modulus: &Limbs) -> Limbs {
    let (sum, carry) = add(a, b);
    reduce_once(&sum, carry, modulus)
}

#[inline(always)]
pub(super) fn sub_mod(a: &Limbs, b: &Limbs, modulus: &Limbs) -> Limbs {
    let (difference, borrow) = subtract(a, b);
    let keep = mask(borrow);
    add(&difference, &[modulus[0] & keep, modulus[1] & keep, modulus[2] & keep, modulus[3] & keep]).0
}

/// The product in eight limbs.
#[inline(always)]
pub(super) fn mul_wide(a: &Limbs, b: &Limbs) -> [u64; 8] {
    let mut t = [0; 8];
    for i in 0..4 {
        let mut carry = 0;
        for j in 0..4 {
            (t[i + j], carry) = mac(a[i], b[j], t[i + j], carry);
        }
        t[i + 4] = carry;
    }
    t
}

/// The square in eight limbs: each mixed product once, doubled.
#[inline(always)]
pub(super) fn sqr_wide(a: &Limbs) -> [u64; 8] {
    let (r1, c) = mac(a[0], a[1], 0, 0);
    let (r2, c) = mac(a[0], a[2], 0, c);
    let (r3, r4) = mac(a[0], a[3], 0, c);
    let (r3, c) = mac(a[1], a[2], r3, 0);
    let (r4, r5) = mac(a[1], a[3], r4, c);
    let (r5, r6) = mac(a[2], a[3], r5, 0);
    let doubled = [
        r1 << 1,
        (r2 << 1) | (r1 >> 63),
        (r3 << 1) | (r2 >> 63),
        (r4 << 1) | (r3 >> 63),
        (r5 << 1) | (r4 >> 63),
        (r6 << 1) | (r5 >> 63),
        r6 >> 63,
    ];
    let square = |x: u64| mac(x, x, 0, 0);
    let ((l0, h0), (l1, h1), (l2, h2), (l3, h3)) = (square(a[0]), square(a[1]), square(a[2]), square(a[3]));
    let mut c = false;
    [
        l0,
        adc(doubled[0], h0, &mut c),
        adc(doubled[1], l1, &mut c),
        adc(doubled[2], h1, &mut c),
        adc(doubled[3], l2, &mut c),
        adc(doubled[4], h2, &mut c),
        adc(doubled[5], l3, &mut c),
        adc(doubled[6], h3, &mut c),
    ]
}

/// Reads 32 bytes, big-endian.
#[inline(always)]
pub(super) fn from_be(bytes: &[u8; 32]) -> Limbs {
    let (words, _) = bytes.as_chunks::<8>();
    std::array::from_fn(|limb| u64::from_be_bytes(words[3 - limb]))
}

/// 32 bytes, big-endian.
#[inline(always)]
pub(super) fn to_be(limbs: &Limbs) -> [u8; 32] {
    let mut bytes = [0; 32];
    let (words, _) = bytes.as_chunks_mut::<8>();
    for (word, limb) in words.iter_mut().zip(limbs.iter().rev()) {
        *word = limb.to_be_bytes();
    }
    bytes
}
