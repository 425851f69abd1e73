//! PINs of phones (口令): checked by the server only, so that a stolen phone cannot be guessed at.

use eseal_gm::{equal, pbkdf2_sm3};
use eseal_store::PhoneRecord;
use zeroize::Zeroizing;

use crate::{App, Error, Result};

/// Wrong PINs in a row until a phone's key locks itself: as bank cards and USBKeys do, with a little grace for phones.
pub const PIN_ATTEMPTS: u32 = 5;
/// Shortest PIN in characters, as USBKeys ask for.
const PIN_MIN: usize = 6;
/// Longest PIN in bytes: more is no PIN, and hashing it costs.
const PIN_MAX_BYTES: usize = 64;
/// Rounds of PBKDF2: some milliseconds.  Guessing online is stopped by the counter, guessing from a stolen database by
/// the key that the hash is sealed with; this is for whoever steals both.
const ROUNDS: u32 = 20_000;

/// Whether a text may become a PIN.
pub(super) fn check_new_pin(pin: &str) -> Result<()> {
    if pin.chars().count() < PIN_MIN || pin.len() > PIN_MAX_BYTES {
        return Err(Error::bad(
            "/pin",
            format!("a PIN has {PIN_MIN} characters or more, and at most {PIN_MAX_BYTES} bytes"),
        ));
    }
    Ok(())
}

/// What is kept of a PIN; takes its time, so it runs in the pool.
pub(super) async fn hash_pin(app: &App, pin: &str, salt: &[u8]) -> Result<Zeroizing<[u8; 32]>> {
    let (pin, salt) = (Zeroizing::new(pin.as_bytes().to_vec()), salt.to_vec());
    let derived = app.pool.run(move || Ok(pbkdf2_sm3(&pin, &salt, ROUNDS))).await?;
    Ok(Zeroizing::new(app.phones.share_key()?.pepper(&derived)))
}

/// How a PIN fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PinAnswer {
    /// It is right; all attempts are there again.
    Right,
    /// It is wrong, and there are attempts left.
    Wrong,
    /// The key is locked, before or now.
    Locked,
}

/// Compares a PIN.  The attempt is taken before, and durably: whoever pulls the plug has no guess more.
pub(super) async fn check_pin(app: &App, phone: &PhoneRecord, pin: &str) -> Result<PinAnswer> {
    let Some(left) = app.store.take_pin_attempt(&phone.id).await? else { return Ok(PinAnswer::Locked) };
    // Something as long as no PIN is cannot be right; it is not hashed either.
    let right = pin.len() <= PIN_MAX_BYTES && equal(&*hash_pin(app, pin, &phone.pin_salt).await?, &phone.pin_hash);
    match (right, left) {
        (true, _) => {
            app.store.reset_pin_attempts(&phone.id, PIN_ATTEMPTS).await?;
            Ok(PinAnswer::Right)
        }
        (false, 0) => Ok(PinAnswer::Locked),
        (false, _) => Ok(PinAnswer::Wrong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_endless_pins_are_refused() {
        assert!(check_new_pin("12345").is_err());
        assert!(check_new_pin(&"1".repeat(65)).is_err());
        check_new_pin("123456").unwrap();
    }
}
