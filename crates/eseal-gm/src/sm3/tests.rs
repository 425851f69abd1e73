//! The crate `sm3` judges every length around block ends, all pieces, and every lane width.

use sm3::Digest as _;

use super::*;

fn judge(message: &[u8]) -> [u8; 32] {
    sm3::Sm3::digest(message).into()
}

fn message(len: usize) -> Vec<u8> {
    (0..len).map(|index| (index * 31 + len).to_le_bytes()[0]).collect()
}

#[test]
fn every_length_agrees_with_the_other_implementation() {
    for len in (0..400).chain([1000, 4095, 4096, 65_536]) {
        let message = message(len);
        let expected = judge(&message);
        assert_eq!(sm3(&message), expected, "{len}");
        for size in [1, 7, 63, 64, 65, 128, 200] {
            let mut hash = Sm3::new();
            message.chunks(size).for_each(|piece| hash.update(piece));
            assert_eq!(hash.finish(), expected, "{len} in pieces of {size}");
        }
        let mut state = STATE;
        compress_portable(&mut state, message.as_chunks().0);
        compress_portable(&mut state, Tail::new(message.as_chunks::<64>().1, message.len() as u64).blocks());
        assert_eq!(digest(&state), expected, "{len} portable");
    }
}

#[test]
fn many_messages_agree_with_single_ones_at_every_count_and_mix_of_lengths() {
    for count in [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 100] {
        for mix in [0, 1, 64, 777] {
            let messages: Vec<Vec<u8>> = (0..count).map(|index| message(index * 37 % (mix + 1) + mix)).collect();
            let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
            let expected: Vec<[u8; 32]> = messages.iter().map(|message| judge(message)).collect();
            assert_eq!(sm3_many(&messages), expected, "{count} {mix}");
            #[cfg(target_arch = "x86_64")]
            if crate::x86::has_avx2() {
                assert_eq!(lanes::hash::<8>(&messages, crate::x86::compress_8), expected, "{count} {mix}");
            }
        }
    }
}

/// Ratios to one stream, of every lane width that this machine has: `cargo test --release … -- --ignored --nocapture lanes`.
#[cfg(target_arch = "x86_64")]
#[test]
#[ignore = "a measurement"]
fn lanes_are_several_times_as_fast_as_one_stream() {
    use std::time::Instant;

    let kibibytes = vec![[3; 1024]; 1024];
    let messages: Vec<&[u8]> = kibibytes.iter().map(<[u8; 1024]>::as_slice).collect();
    let mebibyte = vec![3; 1 << 20];
    let best = |run: &dyn Fn()| {
        let time = || {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        };
        (0..200).map(|_| time()).fold(f64::MAX, f64::min)
    };
    let one = best(&|| drop(std::hint::black_box(sm3(&mebibyte).to_vec())));
    println!("one stream: {:.0} MB/s", 1.048_576 / one);
    let report = |name: &str, seconds: f64| {
        println!("{name}: {:.0} MB/s, {:.2} ×", 1.048_576 / seconds, one / seconds);
        assert!(one / seconds >= 3.0, "{name}");
    };
    if crate::x86::has_avx2() {
        report("8 lanes", best(&|| drop(std::hint::black_box(lanes::hash::<8>(&messages, crate::x86::compress_8)))));
    }
    if crate::x86::has_avx512() {
        report("16 lanes", best(&|| drop(std::hint::black_box(lanes::hash::<16>(&messages, crate::x86::compress_16)))));
    }
}
