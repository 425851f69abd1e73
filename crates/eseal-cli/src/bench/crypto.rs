//! SM2 and SM3 through the public types of the product (算法性能).

use std::hint::black_box;

use anyhow::{Result, ensure};
use eseal_gm::{sm2::SigningKey, sm3 as digest, sm3_many};

use super::{Figures, timer::per_second};
use crate::samples::noise;

/// Digests of one batch: what a list of a busy system holds.
const BATCH: usize = 32;

/// Bytes of the single message.
const LARGE: usize = 1 << 20;

/// Messages hashed at once, and their size: entries of an OFD package.
const MANY: (usize, usize) = (64, 16 << 10);

pub(super) fn sm2() -> Result<Figures> {
    let key = SigningKey::generate()?;
    let digests: Vec<[u8; 32]> = (0..BATCH).map(|index| digest(&index.to_be_bytes())).collect();
    let signature = key.sign_prehash(&digests[0]);
    let verifying = key.verifying_key();
    let sign = per_second(|| {
        black_box(key.sign_prehash(&digests[0]));
        Ok::<_, anyhow::Error>(())
    })?;
    let batches = per_second(|| {
        black_box(key.sign_prehash_batch(&digests));
        Ok::<_, anyhow::Error>(())
    })?;
    let cold = per_second(|| {
        ensure!(verifying.verify_prehash_uncached(&digests[0], &signature), "our own signature does not verify");
        Ok(())
    })?;
    let cached = per_second(|| {
        ensure!(verifying.verify_prehash(&digests[0], &signature), "our own signature does not verify");
        Ok(())
    })?;
    let batch = u32::try_from(BATCH)?;
    Ok(Figures::from([
        ("sign", sign),
        ("sign_batch", batches * f64::from(batch)),
        ("verify_cold", cold),
        ("verify_cached", cached),
    ]))
}

pub(super) fn sm3() -> Result<Figures> {
    let large = noise(LARGE);
    let one = per_second(|| {
        black_box(digest(&large));
        Ok::<_, anyhow::Error>(())
    })?;
    let small: Vec<Vec<u8>> = (0..MANY.0).map(|index| noise(MANY.1 + index)).collect();
    let messages: Vec<&[u8]> = small.iter().map(Vec::as_slice).collect();
    let bytes: usize = messages.iter().map(|message| message.len()).sum();
    let many = per_second(|| {
        black_box(sm3_many(&messages));
        Ok::<_, anyhow::Error>(())
    })?;
    let megabytes = |bytes: usize| bytes as f64 / 1e6;
    Ok(Figures::from([("one_mb_s", one * megabytes(LARGE)), ("many_mb_s", many * megabytes(bytes))]))
}
