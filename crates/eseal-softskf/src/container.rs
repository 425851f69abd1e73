//! Containers, their keys and certificates (容器管理, ECC), GM/T 0016-2012, 7.5 and 7.6.

use std::sync::Arc;

use eseal_gm::{
    sm2::{SigningKey, VerifyingKey, encryption, encryption::Ciphertext},
    sm4::Sm4,
};
use zeroize::Zeroizing;

use crate::{
    Sar,
    device::{SM2_1, SM4_ECB},
    token::{ContainerRecord, Hex, PairRecord},
    world::{Application, Container, application, container, world},
};

/// Most containers of an application.
const CONTAINERS_MAX: usize = 64;
/// Longest certificate.
const CERTIFICATE_MAX_BYTES: usize = 16 << 10;

pub(crate) fn create(handle: usize, name: &str) -> Result<usize, Sar> {
    let application = application(handle)?;
    application.master()?;
    let mut locked = application.device.open()?;
    let record = locked.token.application(&application.name)?;
    if record.containers.iter().any(|found| found.name == name) {
        return Err(Sar::FILE_EXISTS);
    }
    if record.containers.len() >= CONTAINERS_MAX {
        return Err(Sar::CONTAINER_COUNT);
    }
    record.containers.push(ContainerRecord { name: name.to_owned(), ..ContainerRecord::default() });
    locked.save()?;
    drop(locked);
    keep(application, name)
}

pub(crate) fn open(handle: usize, name: &str) -> Result<usize, Sar> {
    let application = application(handle)?;
    application.device.open()?.token.application(&application.name)?.container(name)?;
    keep(application, name)
}

fn keep(application: Arc<Application>, name: &str) -> Result<usize, Sar> {
    let container = Container { application, name: name.to_owned() };
    world().containers.insert(Arc::new(container)).ok_or(Sar::NO_ROOM)
}

pub(crate) fn close(handle: usize) -> Result<(), Sar> {
    container(handle)?;
    world().containers.remove(handle).map(drop).ok_or(Sar::HANDLE)
}

impl Application {
    pub(crate) fn container_names(&self) -> Result<Vec<String>, Sar> {
        let mut locked = self.device.open()?;
        let record = locked.token.application(&self.name)?;
        Ok(record.containers.iter().map(|container| container.name.clone()).collect())
    }

    pub(crate) fn delete_container(&self, name: &str) -> Result<(), Sar> {
        self.master()?;
        let mut locked = self.device.open()?;
        let record = locked.token.application(&self.name)?;
        record.container(name)?;
        record.containers.retain(|container| container.name != name);
        locked.save()
    }
}

impl Container {
    fn change<T>(&self, change: impl FnOnce(&mut ContainerRecord) -> Result<T, Sar>) -> Result<T, Sar> {
        let mut locked = self.application.device.open()?;
        let result = change(locked.token.application(&self.application.name)?.container(&self.name)?)?;
        locked.save()?;
        Ok(result)
    }

    fn read(&self) -> Result<ContainerRecord, Sar> {
        let mut locked = self.application.device.open()?;
        locked.token.application(&self.application.name)?.container(&self.name).cloned()
    }

    /// 0 empty, 2 SM2; 1 under the quirk.
    pub(crate) fn kind(&self) -> Result<u32, Sar> {
        let record = self.read()?;
        let filled = record.signing.is_some() || record.encryption.is_some();
        Ok(match (filled, self.application.device.type_one) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => 2,
        })
    }

    pub(crate) fn import_certificate(&self, signing: bool, der: &[u8]) -> Result<(), Sar> {
        self.application.master()?;
        if !(1..=CERTIFICATE_MAX_BYTES).contains(&der.len()) {
            return Err(Sar::INPUT_LENGTH);
        }
        self.change(|record| {
            let place = if signing { &mut record.signing_certificate } else { &mut record.encryption_certificate };
            *place = Some(Hex(der.to_vec()));
            Ok(())
        })
    }

    pub(crate) fn certificate(&self, signing: bool) -> Result<Vec<u8>, Sar> {
        let record = self.read()?;
        let found = if signing { record.signing_certificate } else { record.encryption_certificate };
        found.map(|der| der.0).ok_or(Sar::CERTIFICATE_NOT_FOUND)
    }

    pub(crate) fn public_key(&self, signing: bool) -> Result<VerifyingKey, Sar> {
        let record = self.read()?;
        let pair = if signing { record.signing } else { record.encryption };
        VerifyingKey::from_bytes(&pair.ok_or(Sar::KEY_NOT_FOUND)?.public.0).map_err(|_| Sar::OBJECT)
    }

    /// A new pair for signatures, made inside.
    pub(crate) fn generate(&self, algorithm: u32) -> Result<VerifyingKey, Sar> {
        if algorithm != SM2_1 {
            return Err(Sar::NOT_SUPPORTED);
        }
        let master = self.application.master()?;
        let key = SigningKey::generate().map_err(|_| Sar::RANDOM)?;
        let pair = PairRecord::seal(&master, &key)?;
        self.change(|record| {
            record.signing = Some(pair);
            Ok(())
        })?;
        Ok(key.verifying_key().clone())
    }

    /// An `ENVELOPEDKEYBLOB`: a pair for encryption, under a symmetric key for the pair for signatures.
    pub(crate) fn import_pair(&self, blob: &[u8]) -> Result<(), Sar> {
        let (master, layout) = (self.application.master()?, self.application.device.layout);
        let mut rest = blob;
        let (version, algorithm, bits) =
            (layout.take_number(&mut rest)?, layout.take_number(&mut rest)?, layout.take_number(&mut rest)?);
        if (version, bits) != (1, 256) {
            return Err(Sar::INPUT);
        }
        if algorithm != SM4_ECB {
            return Err(Sar::NOT_SUPPORTED);
        }
        let (sealed, rest) = rest.split_first_chunk::<64>().ok_or(Sar::INPUT)?;
        let (public, rest) = rest.split_at_checked(layout.public_key_bytes()).ok_or(Sar::INPUT)?;
        let public = layout.take_public_key(public)?;
        let wrapping = self.private(true)?;
        let symmetric = encryption::decrypt(&wrapping, &layout.take_cipher(rest)?).map_err(|_| Sar::INPUT)?;
        let cipher = Sm4::new(symmetric.as_slice().try_into().map_err(|_| Sar::INPUT)?);
        let mut private = Zeroizing::new(*sealed);
        private.as_chunks_mut().0.iter_mut().for_each(|block| cipher.decrypt_block(block));
        let d = Zeroizing::new(layout.take(&*private)?);
        let key = SigningKey::from_bytes(&d).map_err(|_| Sar::INPUT)?;
        if key.public_key() != public.to_bytes() {
            return Err(Sar::INPUT);
        }
        let pair = PairRecord::seal(&master, &key)?;
        self.change(|record| {
            record.encryption = Some(pair);
            Ok(())
        })
    }

    /// `ECCSIGNATUREBLOB` of e, spoiled if the environment asks for it.
    pub(crate) fn sign(&self, e: &[u8]) -> Result<Vec<u8>, Sar> {
        let e = e.try_into().map_err(|_| Sar::INPUT_LENGTH)?;
        let device = &self.application.device;
        let key = self.private(true)?;
        device.fault.strike()?;
        let mut signature = device.layout.put_signature(&key.sign_prehash(e));
        device.fault.spoil(&mut signature);
        Ok(signature)
    }

    pub(crate) fn decrypt(&self, cipher: &Ciphertext) -> Result<Zeroizing<Vec<u8>>, Sar> {
        encryption::decrypt(&self.private(false)?, cipher).map_err(|_| Sar::INPUT)
    }

    fn private(&self, signing: bool) -> Result<SigningKey, Sar> {
        let master = self.application.master()?;
        let record = self.read()?;
        let pair = if signing { record.signing } else { record.encryption };
        pair.ok_or(Sar::KEY_NOT_FOUND)?.open(&master)
    }
}
