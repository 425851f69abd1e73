//! PINs (个人识别码): what opens the key of an application, and the counter that ends guessing.
//!
//! The key of an application is wrapped once by each of its two PINs: SM4-GCM under PBKDF2 with HMAC-SM3.  Nothing else
//! tells a right PIN from a wrong one, so there is nothing to compare.

use eseal_gm::{pbkdf2_sm3, random, sm4};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    Sar,
    token::{ApplicationRecord, Hex, Locked},
};

/// Rounds of PBKDF2: some hundredths of a second for each guess at a stolen file.
const ITERATIONS: u32 = 20_000;
/// Most rounds that a file may ask for, so that a forged one does not hold us for ever.
const ITERATIONS_MAX: u32 = 1_000_000;
/// Lengths of a PIN: at least six by the standard; sixteen is what such devices take.
pub(crate) const PIN_BYTES: std::ops::RangeInclusive<usize> = 6..=16;
/// Most tries that an application may be given.
pub(crate) const TRIES_MAX: u32 = 20;

/// Whose PIN (用户类型): `ADMIN_TYPE` 0, `USER_TYPE` 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    Admin,
    User,
}

impl Who {
    pub(crate) const fn of(user_type: u32) -> Result<Self, Sar> {
        match user_type {
            0 => Ok(Self::Admin),
            1 => Ok(Self::User),
            _ => Err(Sar::USER_TYPE),
        }
    }
}

/// A PIN at rest: the wrapped key, and how often it may still be tried.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Pin {
    salt: Hex,
    iterations: u32,
    /// nonce ‖ SM4-GCM(key of the application).
    wrapped: Hex,
    pub(crate) tries_max: u32,
    pub(crate) tries_left: u32,
    /// Nobody has changed it yet.
    pub(crate) initial: bool,
}

impl Pin {
    /// Wraps the key of an application.
    pub(crate) fn wrap(who: Who, pin: &[u8], master: &[u8; 16], tries: u32) -> Result<Self, Sar> {
        if !PIN_BYTES.contains(&pin.len()) {
            return Err(Sar::PIN_LENGTH);
        }
        if !(1..=TRIES_MAX).contains(&tries) {
            return Err(Sar::PARAMETER);
        }
        let salt = random::<16>().map_err(|_| Sar::RANDOM)?;
        let nonce = random::<{ sm4::NONCE }>().map_err(|_| Sar::RANDOM)?;
        let key = derive(pin, &salt, ITERATIONS);
        let sealed = sm4::gcm_seal(&key, &nonce, &[who as u8], master).ok_or(Sar::UNKNOWN)?;
        Ok(Self {
            salt: Hex(salt.to_vec()),
            iterations: ITERATIONS,
            wrapped: Hex([&nonce[..], &sealed].concat()),
            tries_max: tries,
            tries_left: tries,
            initial: true,
        })
    }

    /// Not the first PIN any more.
    pub(crate) fn changed(mut self) -> Self {
        self.initial = false;
        self
    }

    fn unwrap(&self, who: Who, pin: &[u8]) -> Option<Zeroizing<[u8; 16]>> {
        if !(1..=ITERATIONS_MAX).contains(&self.iterations) {
            return None;
        }
        let key = derive(pin, &self.salt.0, self.iterations);
        let (nonce, sealed) = self.wrapped.0.split_first_chunk()?;
        let opened = sm4::gcm_open(&key, nonce, &[who as u8], sealed)?;
        opened.as_slice().try_into().ok().map(Zeroizing::new)
    }
}

impl ApplicationRecord {
    pub(crate) const fn pin(&mut self, who: Who) -> &mut Pin {
        match who {
            Who::Admin => &mut self.admin,
            Who::User => &mut self.user,
        }
    }
}

/// Tries a PIN (校验 PIN): the key of the application, or the error with the tries that are left.
///
/// The counter goes down and is on the disk before the PIN is used; afterwards the token is written once more, right or
/// wrong, so that both take the same steps.
pub(crate) fn attempt(
    locked: &mut Locked,
    application: &str,
    who: Who,
    pin: &[u8],
) -> Result<Zeroizing<[u8; 16]>, (Sar, u32)> {
    let plain = |error| (error, 0);
    let record = locked.token.application(application).map_err(plain)?.pin(who);
    if record.tries_left == 0 {
        return Err((Sar::PIN_LOCKED, 0));
    }
    if !PIN_BYTES.contains(&pin.len()) {
        return Err((Sar::PIN_LENGTH, record.tries_left)); // no PIN has such a length: nothing is learnt, nothing counted
    }
    record.tries_left -= 1;
    locked.save().map_err(plain)?;
    let record = locked.token.application(application).map_err(plain)?.pin(who);
    let opened = record.unwrap(who, pin);
    record.tries_left = if opened.is_some() { record.tries_max } else { record.tries_left };
    let left = record.tries_left;
    locked.save().map_err(plain)?;
    opened.ok_or(if left == 0 { (Sar::PIN_LOCKED, 0) } else { (Sar::PIN_INCORRECT, left) })
}

/// The first 16 bytes of PBKDF2 with HMAC-SM3: a key of SM4, as long as its block.
fn derive(pin: &[u8], salt: &[u8], rounds: u32) -> Zeroizing<[u8; sm4::BLOCK]> {
    let derived = pbkdf2_sm3(pin, salt, rounds);
    let mut key = Zeroizing::new([0; sm4::BLOCK]);
    key.iter_mut().zip(derived.iter()).for_each(|(key, byte)| *key = *byte);
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::Token;

    fn token(folder: &std::path::Path, tries: u32) -> std::path::PathBuf {
        let path = folder.join("t.skf");
        let mut locked = Locked::create(&path, Token::new("test").expect("made")).expect("written");
        let wrap = |who, pin: &[u8]| Pin::wrap(who, pin, &[9; 16], tries).expect("wrapped");
        locked.token.applications.push(ApplicationRecord {
            name: "a".to_owned(),
            file_rights: 0,
            admin: wrap(Who::Admin, b"administrator"),
            user: wrap(Who::User, b"123456"),
            containers: Vec::new(),
            files: Vec::new(),
        });
        locked.save().expect("written");
        path
    }

    #[test]
    fn twenty_wrong_pins_lock_and_the_lock_is_on_the_disk() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = token(folder.path(), 20);
        for left in (1..20).rev() {
            let mut locked = Locked::open(&path).expect("opened anew");
            assert_eq!(attempt(&mut locked, "a", Who::User, b"654321").err(), Some((Sar::PIN_INCORRECT, left)));
        }
        let attempt = |pin: &[u8]| attempt(&mut Locked::open(&path).expect("opened"), "a", Who::User, pin);
        assert_eq!(attempt(b"654321").err(), Some((Sar::PIN_LOCKED, 0)));
        assert_eq!(attempt(b"123456").err(), Some((Sar::PIN_LOCKED, 0)), "the right one does not open it any more");
    }

    #[test]
    fn the_right_pin_gives_the_key_and_all_tries_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = token(folder.path(), 3);
        let mut locked = Locked::open(&path).expect("opened");
        assert_eq!(attempt(&mut locked, "a", Who::User, b"12345").err(), Some((Sar::PIN_LENGTH, 3)));
        assert_eq!(attempt(&mut locked, "a", Who::User, b"000000").err(), Some((Sar::PIN_INCORRECT, 2)));
        assert_eq!(attempt(&mut locked, "a", Who::User, b"123456").as_deref(), Ok(&[9; 16]));
        assert_eq!(locked.token.application("a").expect("there").user.tries_left, 3);
        assert_eq!(attempt(&mut locked, "a", Who::Admin, b"123456").err(), Some((Sar::PIN_INCORRECT, 2)));
    }

    #[test]
    fn right_and_wrong_pins_take_as_long() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = token(folder.path(), 20); // the right one in between gives all back
        let time = |pin: &[u8]| {
            let mut locked = Locked::open(&path).expect("opened");
            let begun = std::time::Instant::now();
            let _ = attempt(&mut locked, "a", Who::User, pin);
            begun.elapsed()
        };
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..15 {
            times[0].push(time(b"123456"));
            times[1].push(time(b"654321"));
        }
        let [right, wrong] = times.map(|mut times| {
            times.sort();
            times[times.len() / 2].as_secs_f64()
        });
        // A missing derivation or write would be a third of the whole; a busy machine is not.
        assert!((0.6..1.6).contains(&(right / wrong)), "right {right} s, wrong {wrong} s");
    }

    #[test]
    fn the_counter_goes_down_even_if_nobody_survives_the_comparison() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = token(folder.path(), 3);
        let mut locked = Locked::open(&path).expect("opened");
        // The first write of an attempt is what a crash in the middle leaves.
        locked.token.application("a").expect("there").user.tries_left -= 1;
        locked.save().expect("written");
        drop(locked);
        assert_eq!(Locked::open(&path).expect("opened").token.application("a").expect("there").user.tries_left, 2);
    }
}
