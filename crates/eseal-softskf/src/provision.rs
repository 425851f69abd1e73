//! Filling a token without an interface (灌注): for demonstrations and tests.

use std::{fs, io, path::Path};

use eseal_gm::sm2::SigningKey;
use zeroize::Zeroizing;

use crate::{
    Sar,
    application::New,
    pin::{Who, attempt},
    place::{is_name, token_path},
    token::{ContainerRecord, Hex, Locked, PairRecord, Token},
};

/// Why a key was not put into a token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProvisionError {
    /// The folder cannot be made.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// As the interface would say.
    #[error("the token refuses: {:#010x}", .0.code())]
    Token(Sar),
}

impl From<Sar> for ProvisionError {
    fn from(error: Sar) -> Self {
        Self::Token(error)
    }
}

/// A key with its certificate for a container of a token (待灌注密钥).
#[derive(Clone, Copy)]
pub struct TokenKey<'a> {
    /// Name of the application; made if it is not there.
    pub application: &'a str,
    /// Name of the container; one that is there is replaced.
    pub container: &'a str,
    /// For signatures.
    pub key: &'a SigningKey,
    /// DER.
    pub certificate: &'a [u8],
    /// The user's PIN: 6 to 16 bytes.
    pub user_pin: &'a [u8],
    /// The administrator's PIN, for a new application.
    pub admin_pin: &'a [u8],
    /// Wrong PINs until the application is locked, for a new one: 1 to 20.
    pub tries: u32,
}

/// Puts a key into the token NAME of a folder (灌注密钥); makes both if they are not there.
///
/// # Errors
/// See [`ProvisionError`]; a wrong PIN of an application that is there counts like any other.
pub fn provision(folder: &Path, name: &str, new: &TokenKey<'_>) -> Result<(), ProvisionError> {
    if !is_name(name.as_bytes()) || !is_name(new.container.as_bytes()) {
        return Err(Sar::NAME_LENGTH.into());
    }
    fs::create_dir_all(folder)?;
    let mut locked = Locked::create(&token_path(folder, name), Token::new(name)?)?;
    if locked.token.application(new.application).is_err() {
        let application = New {
            name: new.application.as_bytes(),
            admin_pin: new.admin_pin,
            admin_tries: new.tries,
            user_pin: new.user_pin,
            user_tries: new.tries,
            file_rights: 0x10,
        };
        locked.token.applications.push(application.record()?);
    }
    let master: Zeroizing<[u8; 16]> =
        attempt(&mut locked, new.application, Who::User, new.user_pin).map_err(|(error, _)| error)?;
    let container = ContainerRecord {
        name: new.container.to_owned(),
        signing: Some(PairRecord::seal(&master, new.key)?),
        signing_certificate: Some(Hex(new.certificate.to_vec())),
        ..ContainerRecord::default()
    };
    let application = locked.token.application(new.application)?;
    application.containers.retain(|found| found.name != new.container);
    application.containers.push(container);
    locked.save()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_no_private_key_and_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = SigningKey::from_bytes(&[7; 32]).expect("a key");
        let new = TokenKey {
            application: "a",
            container: "c",
            key: &key,
            certificate: b"certificate",
            user_pin: b"zebra-1",
            admin_pin: b"87654321",
            tries: 6,
        };
        provision(folder.path(), "token", &new).expect("written");
        provision(folder.path(), "token", &TokenKey { container: "d", ..new }).expect("written");
        let wrong = provision(folder.path(), "token", &TokenKey { user_pin: b"000000", ..new });
        assert!(matches!(wrong, Err(ProvisionError::Token(Sar::PIN_INCORRECT))));
        let path = token_path(folder.path(), "token");
        let text = fs::read_to_string(&path).expect("read");
        for secret in [hex::encode([7_u8; 32]), hex::encode("zebra-1"), "zebra-1".to_owned()] {
            assert!(!text.contains(&secret));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        }
    }
}
