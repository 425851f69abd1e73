//! Envelope of an encryption key pair (加密密钥对保护数据格式), GB/T 35276, 7.4: how a CA hands it to a USBKey.

use zeroize::{Zeroize as _, Zeroizing};

use super::{
    SigningKey, VerifyingKey,
    encryption::{Ciphertext, DecryptError, EncryptError, decrypt, encrypt},
};
use crate::{der, equal, oid, random, sm4::Sm4};

/// Wraps the key pair `inner` for the holder of the signing key `outer`.
///
/// ```text
/// SM2EnvelopedKey ::= SEQUENCE {
///     symAlgID                AlgorithmIdentifier,   -- SM4 in ECB mode
///     symEncryptedKey         SM2Cipher,
///     Sm2PublicKey            BIT STRING,
///     Sm2EncryptedPrivateKey  BIT STRING }
/// ```
///
/// # Errors
/// [`EncryptError::Random`].
pub fn wrap(outer: &VerifyingKey, inner: &SigningKey) -> Result<Vec<u8>, EncryptError> {
    let key = Zeroizing::new(random::<16>()?);
    let mut private = inner.to_bytes();
    let cipher = Sm4::new(&key);
    private.as_chunks_mut().0.iter_mut().for_each(|block| cipher.encrypt_block(block));
    let (mut algorithm, mut body, mut der) = (Vec::new(), Vec::new(), Vec::new());
    der::put(&mut algorithm, der::OID, oid::SM4_ECB.der);
    der::put(&mut body, der::SEQUENCE, &algorithm);
    body.extend(encrypt(outer, key.as_slice())?.to_der());
    der::put(&mut body, der::BIT_STRING, &[&[0], inner.public_key().as_slice()].concat());
    der::put(&mut body, der::BIT_STRING, &[&[0], private.as_slice()].concat());
    der::put(&mut der, der::SEQUENCE, &body);
    Ok(der)
}

/// Unwraps a key pair and checks that its halves belong together.
///
/// The encrypted private key may be 32 bytes, or 64 with 32 zero bytes before, as devices of GM/T 0016 write it.
///
/// # Errors
/// [`DecryptError`] whatever is wrong with it.
pub fn unwrap(outer: &SigningKey, envelope: &[u8]) -> Result<SigningKey, DecryptError> {
    let (cipher, public, private) = read(envelope).ok_or(DecryptError)?;
    let key = decrypt(outer, &cipher)?;
    let cipher = Sm4::new(key.as_slice().try_into().map_err(|_| DecryptError)?);
    let mut private = Zeroizing::new(private.to_vec());
    private.as_chunks_mut().0.iter_mut().for_each(|block| cipher.decrypt_block(block));
    let (padding, number) = private.split_last_chunk::<32>().ok_or(DecryptError)?;
    if !matches!(padding.len(), 0 | 32) || !padding.iter().all(|byte| *byte == 0) {
        return Err(DecryptError);
    }
    let inner = SigningKey::from_bytes(number).map_err(|_| DecryptError)?;
    private.zeroize();
    if equal(&inner.public_key(), public) { Ok(inner) } else { Err(DecryptError) }
}

fn read(envelope: &[u8]) -> Option<(Ciphertext, &[u8], &[u8])> {
    let mut input = envelope;
    let mut body = der::take(&mut input, der::SEQUENCE)?;
    let mut algorithm = der::take(&mut body, der::SEQUENCE)?;
    let name = der::take(&mut algorithm, der::OID)?;
    if name != oid::SM4_ECB.der && name != oid::SM4.der {
        return None;
    }
    let cipher = Ciphertext::take(&mut body)?;
    let (public, private) = (take_bits(&mut body)?, take_bits(&mut body)?);
    (input.is_empty() && body.is_empty()).then_some((cipher, public, private))
}

/// A BIT STRING of whole bytes.
fn take_bits<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
    match der::take(input, der::BIT_STRING)? {
        [0, bytes @ ..] => Some(bytes),
        _ => None,
    }
}
