//! Big integers, the other backend and the crate `sm2` judge the arithmetic.

use num_bigint::BigUint;
use sm2::elliptic_curve::{PrimeField as _, sec1::ToSec1Point as _};

use super::{field::P, limbs::Limbs, scalar::N, *};

/// Numbers at the edges of limbs and moduli, then pseudo-random ones.
fn numbers(count: usize) -> Vec<Limbs> {
    let mut all = vec![[0; 4], [1, 0, 0, 0], [u64::MAX; 4], P, N, [0, 0, 0, 1 << 63], [u64::MAX, 0, 0, 0]];
    for edge in [P, N] {
        all.extend([1, 2, 5].map(|less| limbs::subtract(&edge, &[less, 0, 0, 0]).0));
        all.extend([1, 2].map(|more| limbs::add(&edge, &[more, 0, 0, 0]).0));
    }
    for bit in 0..256 {
        all.push(std::array::from_fn(|limb| if limb == bit / 64 { 1 << (bit % 64) } else { 0 }));
        all.push(std::array::from_fn(|limb| if limb <= bit / 64 { u64::MAX >> (63 - bit % 64) } else { 0 }));
    }
    for number in 0..count {
        all.push(limbs::from_be(&crate::sm3(&number.to_be_bytes())));
    }
    all
}

fn big(limbs: &Limbs) -> BigUint {
    BigUint::from_bytes_be(&limbs::to_be(limbs))
}

fn check_field<F: Backend>() {
    let (p, r): (BigUint, BigUint) = (big(&P), BigUint::from(1_u8) << 256_u32);
    let inverse = r.modinv(&p).unwrap();
    let reduced: Vec<Limbs> = numbers(300).iter().map(|number| limbs::reduce_once(number, false, &P)).collect();
    for (index, a) in reduced.iter().enumerate() {
        let b = &reduced[(index * 7 + 3) % reduced.len()];
        let (x, y) = (Fe(*a), Fe(*b));
        assert_eq!(big(&F::mul(&x, &y).0), big(a) * big(b) * &inverse % &p);
        assert_eq!(big(&F::sqr(&x).0), big(a) * big(a) * &inverse % &p);
        assert_eq!(F::mul(&x, &y), Portable::mul(&x, &y));
        assert_eq!(F::sqr(&x), Portable::sqr(&x));
        assert_eq!((F::add(&x, &y), F::sub(&x, &y), F::double(&x)), (x.add(&y), x.sub(&y), x.add(&x)));
        assert_eq!(big(&x.add(&y).0), (big(a) + big(b)) % &p);
        assert_eq!(big(&x.sub(&y).0), (big(a) + &p - big(b)) % &p);
        assert_eq!(big(&Fe::from_plain(a).0), big(a) * &r % &p);
        assert_eq!(Fe::from_plain(a).to_plain(), *a);
        if index % 16 == 0 && !x.is_zero() {
            assert_eq!(F::mul(&x, &x.invert::<F>()), Fe::ONE);
            let square = F::sqr(&x);
            let root = square.square_root::<F>().unwrap();
            assert!(root == x || root == x.negate());
        }
    }
    assert!(Fe::ZERO.invert::<F>().is_zero());
    let row: [Affine; 64] = std::array::from_fn(|index| Affine {
        x: Fe(limbs::from_be(&crate::sm3(&[index.to_le_bytes()[0]]))),
        y: Fe(limbs::from_be(&crate::sm3(&[index.to_le_bytes()[0], 0]))),
    });
    for index in 0..=64 {
        let expected = usize::try_from(index).unwrap().checked_sub(1).map(|index| row[index]);
        assert_eq!(F::look_up(&row, index), expected.unwrap_or(Affine { x: Fe::ZERO, y: Fe::ZERO }));
    }
}

#[test]
fn the_portable_field_agrees_with_big_integers() {
    check_field::<Portable>();
}

#[cfg(target_arch = "x86_64")]
#[test]
fn the_adx_field_agrees_with_big_integers_and_the_portable_one() {
    if x86::has_adx() { check_field::<x86::Adx>() } else { println!("skipped: no ADX") }
}

#[test]
fn scalars_agree_with_big_integers() {
    let n = big(&N);
    let all = numbers(200);
    for (index, number) in all.iter().enumerate() {
        let (a, b) = (Scalar::from_limbs(number), Scalar::from_limbs(&all[(index * 5 + 1) % all.len()]));
        assert_eq!(big(&a.0), big(number) % &n);
        assert_eq!(big(&a.mul(&b).0), big(&a.0) * big(&b.0) % &n);
        assert_eq!(big(&a.add(&b).0), (big(&a.0) + big(&b.0)) % &n);
        assert_eq!(big(&a.sub(&b).0), (big(&a.0) + &n - big(&b.0)) % &n);
        assert_eq!(Scalar::from_bytes(&limbs::to_be(number)).is_some(), big(number) < n);
        if index % 16 == 0 && !a.is_zero() {
            assert!(a.mul(&a.invert()).equals(&Scalar::ONE));
        }
    }
}

fn judge(k: &Scalar) -> sm2::Scalar {
    sm2::Scalar::from_repr(k.to_bytes().into()).unwrap()
}

fn encoded(point: sm2::ProjectivePoint) -> Option<Vec<u8>> {
    let bytes = point.to_affine().to_sec1_point(false).as_bytes().to_vec();
    (bytes.len() == 65).then_some(bytes)
}

fn bytes(point: Option<Point>) -> Option<Vec<u8>> {
    point.map(|point| point.to_bytes().to_vec())
}

fn check_multiples<F: Backend>(count: usize) {
    let comb = Comb::new::<F>(&GENERATOR);
    let generator = sm2::ProjectivePoint::GENERATOR;
    let base = Scalar::from_limbs(&[77, 5, 3, 1]);
    let point = Point::of::<F>(comb.mul::<F>(&base)).unwrap();
    let table = Comb::new::<F>(&point.0);
    for number in numbers(count) {
        let k = Scalar::from_limbs(&number);
        let expected = encoded(generator * judge(&k));
        assert_eq!(bytes(Point::of::<F>(comb.mul::<F>(&k))), expected, "{number:x?}");
        assert_eq!(bytes(Point::of::<F>(comb.mul_vartime::<F>(&k, Jacobian::INFINITY))), expected);
        let expected = encoded(generator * judge(&base) * judge(&k));
        assert_eq!(bytes(Point::of::<F>(Multiples::mul::<F>(&point.0, &k))), expected);
        assert_eq!(bytes(Point::of::<F>(Multiples::mul_vartime::<F>(&point.0, &k))), expected);
        assert_eq!(bytes(Point::of::<F>(table.mul_vartime::<F>(&k, Jacobian::INFINITY))), expected);
        // [k]G + [−k]G and [k]G + [k]G: sums that are infinity or a double on the way.
        let negative = Scalar::from_limbs(&[0; 4]).sub(&k);
        let both = comb.mul_vartime::<F>(&negative, comb.mul_vartime::<F>(&k, Jacobian::INFINITY));
        assert!(both.is_infinity());
        let twice = comb.mul_vartime::<F>(&k, comb.mul_vartime::<F>(&k, Jacobian::INFINITY));
        assert_eq!(bytes(Point::of::<F>(twice)), encoded(generator * judge(&k.add(&k))));
    }
}

#[test]
fn multiples_agree_with_the_other_implementation() {
    check_multiples::<Portable>(20);
    #[cfg(target_arch = "x86_64")]
    if x86::has_adx() {
        check_multiples::<x86::Adx>(20);
    }
}

#[test]
fn sums_of_equal_opposite_and_infinite_points_are_right() {
    let g = Jacobian::from_affine(&GENERATOR);
    let scaled = g
        .double::<Portable>()
        .add_affine_vartime::<Portable>(&GENERATOR)
        .add::<Portable>(&g.double::<Portable>().negate());
    let double = bytes(Point::of::<Portable>(g.double::<Portable>()));
    assert!(
        g.add::<Portable>(&g.negate()).is_infinity()
            && scaled.add_vartime::<Portable>(&g.negate().summand::<Portable>()).is_infinity()
    );
    for sum in
        [g.add::<Portable>(&g), scaled.add::<Portable>(&g), scaled.add_vartime::<Portable>(&g.summand::<Portable>())]
    {
        assert_eq!(bytes(Point::of::<Portable>(sum)), double);
    }
    for sum in [g.add::<Portable>(&Jacobian::INFINITY), Jacobian::INFINITY.add::<Portable>(&g)] {
        assert_eq!(bytes(Point::of::<Portable>(sum)), bytes(Some(Point::generator())));
    }
    assert!(Jacobian::INFINITY.add::<Portable>(&Jacobian::INFINITY).is_infinity());
    assert!(Jacobian::INFINITY.double::<Portable>().is_infinity());
}

#[test]
fn x_is_compared_modulo_n() {
    // No point with x in [n, p) is known by its logarithm, so the comparison is tested by itself.
    for small in [0_u64, 1, 2, 3, 1000] {
        let x = Scalar::from_limbs(&[small, 0, 0, 0]);
        let (above, _) = limbs::add(&x.0, &N);
        let z = Fe::from_plain(&[9, 8, 7, 6]);
        let at =
            |plain: &Limbs| Jacobian { x: Portable::mul(&Fe::from_plain(plain), &Portable::sqr(&z)), y: Fe::ONE, z };
        assert!(has_x::<Portable>(&at(&x.0), &x) && has_x::<Portable>(&at(&above), &x));
        assert!(!has_x::<Portable>(&at(&limbs::add(&above, &[1, 0, 0, 0]).0), &x));
    }
}
