//! What eseal-gm promises to the rest of the product.

mod cosign;
mod cosign_algebra;
mod encryption;
mod foreign;
mod judges;
mod signatures;
mod vectors;
