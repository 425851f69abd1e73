//! The one file with `unsafe`: arithmetic and hashing with instructions that not every x86-64 processor has.
//!
//! Each function here has a safe twin (`Portable`, [`crate::sm3`]) that the tests compare it with.
#![expect(unsafe_code, reason = "instructions of this processor; each block says why it is sound")]
#![expect(clippy::indexing_slicing, reason = "arrays of fixed size, constant indices")]

use std::arch::{asm, is_x86_feature_detected, x86_64::*};

use crate::{
    curve::{Affine, Backend, Fe},
    sm3::{BLOCK, ROUNDS, States, compress_portable},
};

/// Whether [`Adx`] may be used.
#[inline(always)]
pub(crate) fn has_adx() -> bool {
    is_x86_feature_detected!("adx") && is_x86_feature_detected!("bmi2") && is_x86_feature_detected!("avx2")
}

/// Products modulo p with `mulx`, `adcx` and `adox`, look-up with AVX2; only where [`has_adx`] is true.
#[derive(Clone, Copy)]
pub(crate) struct Adx;

/// Montgomery reduction of t0 … t7 and one subtraction of p: see `curve::field::reduce`.  Ends in t4 … t7.
macro_rules! reduce {
    ($($product:literal,)*; $($operand:tt)*) => {
        asm!(
            $($product,)*
            "mov rdx, {t0}",
            "mov {lo}, {t0}",
            "shl {lo}, 32",
            "mov {hi}, {t0}",
            "shr {hi}, 32",
            "sub {t1}, {lo}",
            "sbb {t2}, {hi}",
            "sbb {t3}, {lo}",
            "sbb {t0}, {hi}",
            "add {t1}, rdx",
            "adc {t2}, 0",
            "adc {t3}, 0",
            "adc {t0}, 0",
            "mov rdx, {t1}",
            "mov {lo}, {t1}",
            "shl {lo}, 32",
            "mov {hi}, {t1}",
            "shr {hi}, 32",
            "sub {t2}, {lo}",
            "sbb {t3}, {hi}",
            "sbb {t0}, {lo}",
            "sbb {t1}, {hi}",
            "add {t2}, rdx",
            "adc {t3}, 0",
            "adc {t0}, 0",
            "adc {t1}, 0",
            "mov rdx, {t2}",
            "mov {lo}, {t2}",
            "shl {lo}, 32",
            "mov {hi}, {t2}",
            "shr {hi}, 32",
            "sub {t3}, {lo}",
            "sbb {t0}, {hi}",
            "sbb {t1}, {lo}",
            "sbb {t2}, {hi}",
            "add {t3}, rdx",
            "adc {t0}, 0",
            "adc {t1}, 0",
            "adc {t2}, 0",
            "mov rdx, {t3}",
            "mov {lo}, {t3}",
            "shl {lo}, 32",
            "mov {hi}, {t3}",
            "shr {hi}, 32",
            "sub {t0}, {lo}",
            "sbb {t1}, {hi}",
            "sbb {t2}, {lo}",
            "sbb {t3}, {hi}",
            "add {t0}, rdx",
            "adc {t1}, 0",
            "adc {t2}, 0",
            "adc {t3}, 0",
            "xor edx, edx",
            "add {t0}, {t4}",
            "adc {t1}, {t5}",
            "adc {t2}, {t6}",
            "adc {t3}, {t7}",
            "adc rdx, 0",
            "mov {lo}, 0xffffffff00000000",
            "mov {hi}, 0xfffffffeffffffff",
            "mov {t4}, {t0}",
            "mov {t5}, {t1}",
            "mov {t6}, {t2}",
            "mov {t7}, {t3}",
            "sub {t4}, -1",
            "sbb {t5}, {lo}",
            "sbb {t6}, -1",
            "sbb {t7}, {hi}",
            "sbb rdx, 0",
            "cmovc {t4}, {t0}",
            "cmovc {t5}, {t1}",
            "cmovc {t6}, {t2}",
            "cmovc {t7}, {t3}",
            $($operand)*
        )
    };
}

impl Backend for Adx {
    #[inline(always)]
    fn mul(a: &Fe, b: &Fe) -> Fe {
        let mut r = [0; 4];
        // SAFETY: reads four limbs at `a` and at `b`, which are valid references to four limbs; writes registers
        // that are declared; no stack, no branch.  The caller checked `has_adx`.
        unsafe {
            reduce!(
                "mov rdx, [{b}]",
                "mulx {t1}, {t0}, [{a}]",
                "mulx {t2}, {lo}, [{a} + 8]",
                "add {t1}, {lo}",
                "mulx {t3}, {lo}, [{a} + 16]",
                "adc {t2}, {lo}",
                "mulx {t4}, {lo}, [{a} + 24]",
                "adc {t3}, {lo}",
                "adc {t4}, 0",
                "mov rdx, [{b} + 8]",
                "xor {lo:e}, {lo:e}",
                "mulx {hi}, {lo}, [{a}]",
                "adcx {t1}, {lo}",
                "adox {t2}, {hi}",
                "mulx {hi}, {lo}, [{a} + 8]",
                "adcx {t2}, {lo}",
                "adox {t3}, {hi}",
                "mulx {hi}, {lo}, [{a} + 16]",
                "adcx {t3}, {lo}",
                "adox {t4}, {hi}",
                "mulx {t5}, {lo}, [{a} + 24]",
                "adcx {t4}, {lo}",
                "mov {lo:e}, 0",
                "adox {t5}, {lo}",
                "adcx {t5}, {lo}",
                "mov rdx, [{b} + 16]",
                "xor {lo:e}, {lo:e}",
                "mulx {hi}, {lo}, [{a}]",
                "adcx {t2}, {lo}",
                "adox {t3}, {hi}",
                "mulx {hi}, {lo}, [{a} + 8]",
                "adcx {t3}, {lo}",
                "adox {t4}, {hi}",
                "mulx {hi}, {lo}, [{a} + 16]",
                "adcx {t4}, {lo}",
                "adox {t5}, {hi}",
                "mulx {t6}, {lo}, [{a} + 24]",
                "adcx {t5}, {lo}",
                "mov {lo:e}, 0",
                "adox {t6}, {lo}",
                "adcx {t6}, {lo}",
                "mov rdx, [{b} + 24]",
                "xor {lo:e}, {lo:e}",
                "mulx {hi}, {lo}, [{a}]",
                "adcx {t3}, {lo}",
                "adox {t4}, {hi}",
                "mulx {hi}, {lo}, [{a} + 8]",
                "adcx {t4}, {lo}",
                "adox {t5}, {hi}",
                "mulx {hi}, {lo}, [{a} + 16]",
                "adcx {t5}, {lo}",
                "adox {t6}, {hi}",
                "mulx {t7}, {lo}, [{a} + 24]",
                "adcx {t6}, {lo}",
                "mov {lo:e}, 0",
                "adox {t7}, {lo}",
                "adcx {t7}, {lo}",
                ;
                a = in(reg) a.0.as_ptr(), b = in(reg) b.0.as_ptr(),
                t0 = out(reg) _, t1 = out(reg) _, t2 = out(reg) _, t3 = out(reg) _,
                t4 = out(reg) r[0], t5 = out(reg) r[1], t6 = out(reg) r[2], t7 = out(reg) r[3],
                lo = out(reg) _, hi = out(reg) _, out("rdx") _,
                options(pure, readonly, nostack)
            );
        }
        Fe(r)
    }

    #[inline(always)]
    fn sqr(a: &Fe) -> Fe {
        let mut r = [0; 4];
        // SAFETY: as in `mul`.
        unsafe {
            reduce!(
                "mov rdx, [{a}]",
                "mulx {t2}, {t1}, [{a} + 8]",
                "mulx {t3}, {lo}, [{a} + 16]",
                "add {t2}, {lo}",
                "mulx {t4}, {hi}, [{a} + 24]",
                "adc {t3}, {hi}",
                "adc {t4}, 0",
                "mov rdx, [{a} + 8]",
                "mulx {hi}, {lo}, [{a} + 16]",
                "mulx {t5}, {t0}, [{a} + 24]",
                "add {t3}, {lo}",
                "adc {t4}, {hi}",
                "adc {t5}, 0",
                "add {t4}, {t0}",
                "adc {t5}, 0",
                "mov rdx, [{a} + 16]",
                "mulx {t6}, {lo}, [{a} + 24]",
                "add {t5}, {lo}",
                "adc {t6}, 0",
                "xor {t7:e}, {t7:e}",
                "add {t1}, {t1}",
                "adc {t2}, {t2}",
                "adc {t3}, {t3}",
                "adc {t4}, {t4}",
                "adc {t5}, {t5}",
                "adc {t6}, {t6}",
                "adc {t7}, {t7}",
                "mov rdx, [{a}]",
                "mulx {hi}, {t0}, rdx",
                "add {t1}, {hi}",
                "mov rdx, [{a} + 8]",
                "mulx {hi}, {lo}, rdx",
                "adc {t2}, {lo}",
                "adc {t3}, {hi}",
                "mov rdx, [{a} + 16]",
                "mulx {hi}, {lo}, rdx",
                "adc {t4}, {lo}",
                "adc {t5}, {hi}",
                "mov rdx, [{a} + 24]",
                "mulx {hi}, {lo}, rdx",
                "adc {t6}, {lo}",
                "adc {t7}, {hi}",
                ;
                a = in(reg) a.0.as_ptr(),
                t0 = out(reg) _, t1 = out(reg) _, t2 = out(reg) _, t3 = out(reg) _,
                t4 = out(reg) r[0], t5 = out(reg) r[1], t6 = out(reg) r[2], t7 = out(reg) r[3],
                lo = out(reg) _, hi = out(reg) _, out("rdx") _,
                options(pure, readonly, nostack)
            );
        }
        Fe(r)
    }

    #[inline(always)]
    fn add(a: &Fe, b: &Fe) -> Fe {
        let ([a0, a1, a2, a3], mut r) = (a.0, [0; 4]);
        // SAFETY: reads four limbs at `b`, a valid reference; writes declared registers; no stack, no branch.
        unsafe {
            asm!(
                "xor {carry:e}, {carry:e}",
                "add {a0}, [{b}]",
                "adc {a1}, [{b} + 8]",
                "adc {a2}, [{b} + 16]",
                "adc {a3}, [{b} + 24]",
                "adc {carry}, 0",
                "mov {r0}, {a0}",
                "mov {r1}, 0xffffffff00000000",
                "mov {r3}, 0xfffffffeffffffff",
                "mov {r2}, {a1}",
                "sub {r0}, -1",
                "sbb {r2}, {r1}",
                "mov {r1}, {r2}",
                "mov {r2}, {a2}",
                "sbb {r2}, -1",
                "mov {b}, {a3}",
                "sbb {b}, {r3}",
                "sbb {carry}, 0",
                "cmovc {r0}, {a0}",
                "cmovc {r1}, {a1}",
                "cmovc {r2}, {a2}",
                "cmovc {b}, {a3}",
                a0 = inout(reg) a0 => _, a1 = inout(reg) a1 => _, a2 = inout(reg) a2 => _, a3 = inout(reg) a3 => _,
                b = inout(reg) b.0.as_ptr() => r[3],
                r0 = out(reg) r[0], r1 = out(reg) r[1], r2 = out(reg) r[2], r3 = out(reg) _, carry = out(reg) _,
                options(pure, readonly, nostack)
            );
        }
        Fe(r)
    }

    #[inline(always)]
    fn sub(a: &Fe, b: &Fe) -> Fe {
        let mut r = a.0;
        // SAFETY: as in `add`.
        unsafe {
            asm!(
                "sub {r0}, [{b}]",
                "sbb {r1}, [{b} + 8]",
                "sbb {r2}, [{b} + 16]",
                "sbb {r3}, [{b} + 24]",
                "sbb {m}, {m}",
                "mov {high}, {m}",
                "shl {high}, 32",
                "mov {b}, {m}",
                "btr {b}, 32",
                "and {b}, {m}",
                "add {r0}, {m}",
                "adc {r1}, {high}",
                "adc {r2}, {m}",
                "adc {r3}, {b}",
                r0 = inout(reg) r[0], r1 = inout(reg) r[1], r2 = inout(reg) r[2], r3 = inout(reg) r[3],
                b = inout(reg) b.0.as_ptr() => _, m = out(reg) _, high = out(reg) _,
                options(pure, readonly, nostack)
            );
        }
        Fe(r)
    }

    #[inline(always)]
    fn look_up(row: &[Affine; 64], index: u64) -> Affine {
        // SAFETY: the caller checked `has_adx`, which includes AVX2; AVX-512 is checked here.
        unsafe { if has_avx512() { look_up_avx512(row, index) } else { look_up_avx2(row, index) } }
    }
}

/// Reads all 64 entries, each whole (a masked load could skip one), and keeps one by masks.
#[target_feature(enable = "avx512f,avx512bw")]
fn look_up_avx512(row: &[Affine; 64], index: u64) -> Affine {
    let wanted = _mm512_set1_epi64(index.cast_signed());
    let (mut number, one) = (_mm512_set1_epi64(1), _mm512_set1_epi64(1));
    let mut found = _mm512_setzero_si512();
    for entry in row {
        // SAFETY: an entry is 64 bytes, aligned to 64 (`repr(C, align(64))`): one whole vector.
        let entry = unsafe { _mm512_load_si512(std::ptr::from_ref(entry).cast()) };
        found = _mm512_mask_mov_epi64(found, _mm512_cmpeq_epi64_mask(number, wanted), entry);
        number = _mm512_add_epi64(number, one);
    }
    let mut point = Affine { x: Fe::ZERO, y: Fe::ZERO };
    // SAFETY: as above, for writing.
    unsafe { _mm512_store_si512(std::ptr::from_mut(&mut point).cast(), found) };
    point
}

/// Reads all 64 entries and keeps one by masks.
#[target_feature(enable = "avx2")]
fn look_up_avx2(row: &[Affine; 64], index: u64) -> Affine {
    let wanted = _mm256_set1_epi64x(index.cast_signed());
    let (mut number, one) = (_mm256_set1_epi64x(1), _mm256_set1_epi64x(1));
    let (mut x, mut y) = (_mm256_setzero_si256(), _mm256_setzero_si256());
    for entry in row {
        let keep = _mm256_cmpeq_epi64(number, wanted);
        // SAFETY: an entry is 64 bytes, aligned to 64 (`repr(C, align(64))`): two whole vectors.
        let (entry_x, entry_y) = unsafe {
            let start = std::ptr::from_ref(entry).cast::<__m256i>();
            (_mm256_load_si256(start), _mm256_load_si256(start.add(1)))
        };
        x = _mm256_or_si256(x, _mm256_and_si256(keep, entry_x));
        y = _mm256_or_si256(y, _mm256_and_si256(keep, entry_y));
        number = _mm256_add_epi64(number, one);
    }
    let mut found = Affine { x: Fe::ZERO, y: Fe::ZERO };
    // SAFETY: as above, for writing.
    unsafe {
        let start = std::ptr::from_mut(&mut found).cast::<__m256i>();
        _mm256_store_si256(start, x);
        _mm256_store_si256(start.add(1), y);
    }
    found
}

/// Whether [`compress_bmi`] may be used.
#[inline(always)]
pub(crate) fn has_bmi() -> bool {
    is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2")
}

/// Whether [`compress_8`] may be used.
pub(crate) fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
}

/// Whether [`compress_16`] may be used.
pub(crate) fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw")
}

/// The compression function with `rorx` and `andn`; only where [`has_bmi`] is true.
pub(crate) fn compress_bmi(state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
    #[target_feature(enable = "bmi1,bmi2")]
    fn compress(state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
        compress_portable(state, blocks);
    }
    // SAFETY: the caller checked `has_bmi`; the code is the safe portable one.
    unsafe { compress(state, blocks) }
}

/// SM3 in lanes: the rounds of `sm3::compress`, each word a vector.
macro_rules! lanes {
    ($name:ident, $inner:ident, $lanes:literal, $features:literal, $vector:ty,
     $set:ident, $load:expr, $store:expr, $add:ident, $xor:ident, $rotate:ident, $majority:ident, $choose:ident) => {
        /// The compression function for this many messages side by side; only where its instructions are present.
        pub(crate) fn $name(states: &mut States<$lanes>, inputs: &[&[[u8; BLOCK]]; $lanes], count: usize) {
            // SAFETY: the caller checked for the instructions; memory is touched through references only.
            unsafe { $inner(states, inputs, count) }
        }

        #[target_feature(enable = $features)]
        fn $inner(states: &mut States<$lanes>, inputs: &[&[[u8; BLOCK]]; $lanes], count: usize) {
            let mut state: [$vector; 8] = [$set(0); 8];
            for (to, from) in state.iter_mut().zip(states.iter()) {
                *to = $load(from);
            }
            let mut columns = [[0_u32; $lanes]; 16];
            for block in 0..count {
                for (lane, input) in inputs.iter().enumerate() {
                    let (words, _) = input[block].as_chunks::<4>();
                    for (column, word) in columns.iter_mut().zip(words) {
                        column[lane] = u32::from_be_bytes(*word);
                    }
                }
                let mut w: [$vector; 16] = [$set(0); 16];
                for (to, from) in w.iter_mut().zip(&columns) {
                    *to = $load(from);
                }
                let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
                macro_rules! round {
                    ($j:expr, $ff:expr, $gg:expr) => {{
                        let j: usize = $j;
                        let a12 = $rotate!(a, 12);
                        let t = $set(ROUNDS[j].cast_signed());
                        let ss1 = $rotate!($add($add(a12, e), t), 7);
                        let ss2 = $xor(ss1, a12);
                        let w0 = w[j & 15];
                        let w4 = w[(j + 4) & 15];
                        let tt1 = $add($add($ff, d), $add(ss2, $xor(w0, w4)));
                        let tt2 = $add($add($gg, h), $add(ss1, w0));
                        d = c;
                        c = $rotate!(b, 9);
                        b = a;
                        a = tt1;
                        h = g;
                        g = $rotate!(f, 19);
                        f = e;
                        e = $xor($xor(tt2, $rotate!(tt2, 9)), $rotate!(tt2, 17));
                        if j < 52 {
                            let x = $xor($xor(w0, w[(j + 7) & 15]), $rotate!(w[(j + 13) & 15], 15));
                            let p1 = $xor($xor(x, $rotate!(x, 15)), $rotate!(x, 23));
                            w[j & 15] = $xor($xor(p1, $rotate!(w[(j + 3) & 15], 7)), w[(j + 10) & 15]);
                        }
                    }};
                }
                for j in 0..16 {
                    round!(j, $xor($xor(a, b), c), $xor($xor(e, f), g));
                }
                for j in 16..64 {
                    round!(j, $majority!(a, b, c), $choose!(e, f, g));
                }
                for (old, new) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
                    *old = $xor(*old, new);
                }
            }
            for (to, from) in states.iter_mut().zip(state) {
                $store(to, from);
            }
        }
    };
}

macro_rules! rotate_avx2 {
    ($x:expr, $n:literal) => {{
        let x = $x;
        _mm256_or_si256(_mm256_slli_epi32::<$n>(x), _mm256_srli_epi32::<{ 32 - $n }>(x))
    }};
}
macro_rules! majority_avx2 {
    ($x:expr, $y:expr, $z:expr) => {
        _mm256_or_si256(_mm256_and_si256($x, $y), _mm256_and_si256(_mm256_or_si256($x, $y), $z))
    };
}
macro_rules! choose_avx2 {
    ($x:expr, $y:expr, $z:expr) => {
        _mm256_xor_si256(_mm256_and_si256(_mm256_xor_si256($y, $z), $x), $z)
    };
}
macro_rules! rotate_avx512 {
    ($x:expr, $n:literal) => {
        _mm512_rol_epi32::<$n>($x)
    };
}
macro_rules! majority_avx512 {
    ($x:expr, $y:expr, $z:expr) => {
        _mm512_ternarylogic_epi32::<0xe8>($x, $y, $z)
    };
}
macro_rules! choose_avx512 {
    ($x:expr, $y:expr, $z:expr) => {
        _mm512_ternarylogic_epi32::<0xca>($x, $y, $z)
    };
}

lanes!(
    compress_8,
    lanes_8,
    8,
    "avx2",
    __m256i,
    _mm256_set1_epi32,
    // SAFETY: eight words are 32 bytes; unaligned access is allowed.
    |words: &[u32; 8]| unsafe { _mm256_loadu_si256(words.as_ptr().cast()) },
    // SAFETY: as above, for writing.
    |words: &mut [u32; 8], vector| unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), vector) },
    _mm256_add_epi32,
    _mm256_xor_si256,
    rotate_avx2,
    majority_avx2,
    choose_avx2
);
lanes!(
    compress_16,
    lanes_16,
    16,
    "avx512f,avx512bw",
    __m512i,
    _mm512_set1_epi32,
    // SAFETY: sixteen words are 64 bytes; unaligned access is allowed.
    |words: &[u32; 16]| unsafe { _mm512_loadu_si512(words.as_ptr().cast()) },
    // SAFETY: as above, for writing.
    |words: &mut [u32; 16], vector| unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), vector) },
    _mm512_add_epi32,
    _mm512_xor_si512,
    rotate_avx512,
    majority_avx512,
    choose_avx512
);

/// What only the tests of timing and of secrets need.
#[cfg(test)]
pub(crate) mod probe {
    use super::*;

    /// Tells memcheck that memory is secret (1) or public (2); does nothing elsewhere.
    fn memcheck<T>(request: u64, value: &mut T) {
        let start = std::ptr::from_mut(value).expose_provenance() as u64;
        let arguments = [0x4d43_0000 + request, start, size_of::<T>() as u64, 0, 0, 0];
        // SAFETY: the client request of valgrind.h: rotations that add up to nothing, and an exchange of a register
        // with itself; valgrind reads the arguments, and a processor sees no effect.
        unsafe {
            asm!(
                "rol rdi, 3", "rol rdi, 13", "rol rdi, 61", "rol rdi, 51", "xchg rbx, rbx",
                in("rax") arguments.as_ptr(), inout("rdx") 0_u64 => _, inout("rdi") 0_u64 => _,
                options(nostack)
            );
        }
    }

    /// From here on memcheck reports every branch and address that depends on the value.
    pub(crate) fn classify<T>(value: &mut T) {
        memcheck(1, value);
    }

    /// The value may be known.
    pub(crate) fn declassify<T>(value: &mut T) {
        memcheck(2, value);
    }

    /// The time stamp counter.
    pub(crate) fn cycles() -> u64 {
        // SAFETY: SSE2 and a time stamp counter are part of x86-64.
        unsafe {
            _mm_lfence();
            let cycles = _rdtsc();
            _mm_lfence();
            cycles
        }
    }
}
