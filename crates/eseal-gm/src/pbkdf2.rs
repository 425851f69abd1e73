//! Keys from passwords (口令派生密钥): PBKDF2 of RFC 8018, 5.2, with HMAC-SM3.

use zeroize::Zeroizing;

use crate::HmacSm3;

/// A key of 32 bytes from a password (PBKDF2-HMAC-SM3): one block, as long as the MAC is.
///
/// `rounds` is what each guess costs; 0 counts as 1.  Shorter keys are its first bytes.
#[must_use]
pub fn pbkdf2_sm3(password: &[u8], salt: &[u8], rounds: u32) -> Zeroizing<[u8; 32]> {
    let keyed = HmacSm3::new(password);
    let mac = |message: &[&[u8]]| {
        let mut mac = keyed.clone();
        message.iter().for_each(|part| mac.update(part));
        Zeroizing::new(mac.finish())
    };
    let mut block = mac(&[salt, &1_u32.to_be_bytes()]);
    let mut key = block.clone();
    for _ in 1..rounds {
        block = mac(&[&*block]);
        key.iter_mut().zip(block.iter()).for_each(|(sum, byte)| *sum ^= byte);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derived_key_is_that_of_another_implementation() {
        // openssl kdf -keylen 32 -kdfopt digest:SM3 -kdfopt pass:password -kdfopt salt:salt -kdfopt iter:N PBKDF2
        for (rounds, expected) in [
            (1, "4612f922a1fdcefaf4312fc6f8f3322b489cbf24f2ea361b44c2bd8fa2c6dcb0"),
            (1000, "e8b635a41dfe5aaab7cf828cff6f3608e22cac59ba16edd70e000b293d00bc91"),
        ] {
            assert_eq!(hex::encode(*pbkdf2_sm3(b"password", b"salt", rounds)), expected);
        }
        assert_ne!(pbkdf2_sm3(b"password", b"salt", 2), pbkdf2_sm3(b"passwort", b"salt", 2));
        assert_ne!(pbkdf2_sm3(b"password", b"salt", 2), pbkdf2_sm3(b"password", b"salz", 2));
    }
}
