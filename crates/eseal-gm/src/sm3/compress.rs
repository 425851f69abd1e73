//! The compression function (压缩函数), GB/T 32905, 5.3.

use super::BLOCK;

/// IV.
pub(crate) const STATE: [u32; 8] =
    [0x7380_166f, 0x4914_b2b9, 0x1724_42d7, 0xda8a_0600, 0xa96f_30bc, 0x1631_38aa, 0xe38d_ee4d, 0xb0fb_0e4e];

/// T_j ⋘ j.
pub(crate) const ROUNDS: [u32; 64] = rounds();

#[expect(clippy::as_conversions, clippy::indexing_slicing, reason = "constant evaluation: there is no other way")]
const fn rounds() -> [u32; 64] {
    let mut rounds = [0; 64];
    let mut j = 0;
    while j < 64 {
        let t: u32 = if j < 16 { 0x79cc_4519 } else { 0x7a87_9d8a };
        rounds[j] = t.rotate_left(j as u32);
        j += 1;
    }
    rounds
}

/// Runs whole blocks through the compression function.
///
/// Always inlined, so that a caller with more instructions gets them: see `x86::compress_bmi`.
#[inline(always)]
pub(crate) fn compress_portable(state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
    for block in blocks {
        let (words, _) = block.as_chunks::<4>();
        let mut w = [0_u32; 16];
        for (to, word) in w.iter_mut().zip(words) {
            *to = u32::from_be_bytes(*word);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;

        // One round; the caller renames the variables instead of moving them.
        macro_rules! round {
            ($ff:ident, $gg:ident, $j:expr, $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident) => {
                let a12 = $a.rotate_left(12);
                let ss1 = a12.wrapping_add($e).wrapping_add(ROUNDS[$j]).rotate_left(7);
                let ss2 = ss1 ^ a12;
                $d = $ff($a, $b, $c, $d.wrapping_add(w[$j & 15] ^ w[($j + 4) & 15])).wrapping_add(ss2);
                $h = $gg($e, $f, $g, $h.wrapping_add(w[$j & 15])).wrapping_add(ss1);
                $b = $b.rotate_left(9);
                $f = $f.rotate_left(19);
                $h = $h ^ $h.rotate_left(9) ^ $h.rotate_left(17);
            };
        }
        // W_{j+16} takes the place of W_j once that is used.
        macro_rules! expand {
            ($j:expr) => {
                let x = w[$j & 15] ^ w[($j + 7) & 15] ^ w[($j + 13) & 15].rotate_left(15);
                w[$j & 15] =
                    x ^ x.rotate_left(15) ^ x.rotate_left(23) ^ w[($j + 3) & 15].rotate_left(7) ^ w[($j + 10) & 15];
            };
        }
        macro_rules! four {
            ($ff:ident, $gg:ident, $expand:tt, $j:expr) => {
                round!($ff, $gg, $j, a b c d e f g h);
                $expand!($j);
                round!($ff, $gg, $j + 1, d a b c h e f g);
                $expand!($j + 1);
                round!($ff, $gg, $j + 2, c d a b g h e f);
                $expand!($j + 2);
                round!($ff, $gg, $j + 3, b c d a f g h e);
                $expand!($j + 3);
            };
        }
        macro_rules! keep {
            ($j:expr) => {};
        }
        four!(parity, parity, expand, 0);
        four!(parity, parity, expand, 4);
        four!(parity, parity, expand, 8);
        // W_16 … are needed from round 12 on (W_{j+4}), which is why each is made right after W_j was used.
        four!(parity, parity, expand, 12);
        four!(majority, choose, expand, 16);
        four!(majority, choose, expand, 20);
        four!(majority, choose, expand, 24);
        four!(majority, choose, expand, 28);
        four!(majority, choose, expand, 32);
        four!(majority, choose, expand, 36);
        four!(majority, choose, expand, 40);
        four!(majority, choose, expand, 44);
        four!(majority, choose, expand, 48);
        four!(majority, choose, keep, 52);
        four!(majority, choose, keep, 56);
        four!(majority, choose, keep, 60);

        for (old, new) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *old ^= new;
        }
    }
}

// The Boolean functions of x, y and z, added to `sum`.  Their parts have no bit in common, so that they can be
// added one by one; x comes last of the three, and little is left to do with it.

#[inline(always)]
fn parity(x: u32, y: u32, z: u32, sum: u32) -> u32 {
    sum.wrapping_add(x ^ (y ^ z))
}

#[inline(always)]
fn majority(x: u32, y: u32, z: u32, sum: u32) -> u32 {
    sum.wrapping_add(y & z).wrapping_add(x & (y ^ z))
}

#[inline(always)]
fn choose(x: u32, y: u32, z: u32, sum: u32) -> u32 {
    sum.wrapping_add(!x & z).wrapping_add(x & y)
}
