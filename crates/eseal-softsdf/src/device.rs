//! Devices, sessions and session keys (设备, 会话, 会话密钥): what the functions do, without pointers.

use std::{
    collections::HashMap,
    env,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use eseal_gm::{
    Sm3, random,
    sm2::{
        VerifyingKey,
        encryption::{self, Ciphertext},
    },
    sm4::{self, Sm4},
};
use zeroize::Zeroizing;

use crate::{
    Fault, Sdr,
    at_rest::forgetting,
    kek,
    layout::Layout,
    store::{self, KeyPair, PublicPair},
    table::Table,
};

/// `SGD_SM3`.
const SM3: u32 = 0x0000_0001;
/// `SGD_SM4_ECB`.
const SM4_ECB: u32 = 0x0000_0401;
/// `SGD_SM4_CBC`.
const SM4_CBC: u32 = 0x0000_0402;
/// `SGD_SM4_MAC`.
const SM4_MAC: u32 = 0x0000_0410;
/// `SGD_SM2`, and its three uses: signing, exchange, encryption.
const SM2: [u32; 4] = [0x0002_0100, 0x0002_0200, 0x0002_0400, 0x0002_0800];

/// An opened device (设备): its folder and its ways, as the environment said when it was opened.
pub(crate) struct Device {
    folder: PathBuf,
    /// Password of the KEKs, and those that were opened.
    storage: Zeroizing<Vec<u8>>,
    keks: Mutex<HashMap<u32, Arc<Sm4>>>,
    pub(crate) layout: Layout,
    pub(crate) fault: Fault,
}

/// A session (会话): access rights and the state of a digest.
pub(crate) struct Session {
    pub(crate) device: Arc<Device>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    rights: HashMap<u32, Arc<KeyPair>>,
    hash: Option<Sm3>,
}

/// A session key (会话密钥).
pub(crate) struct Key {
    session: Arc<Session>,
    bytes: Zeroizing<[u8; 16]>,
}

/// All that handles point to.
struct World {
    devices: Table<Arc<Device>>,
    sessions: Table<Arc<Session>>,
    keys: Table<Arc<Key>>,
}

static WORLD: Mutex<World> = Mutex::new(World { devices: Table::new(1), sessions: Table::new(2), keys: Table::new(3) });

fn world() -> MutexGuard<'static, World> {
    WORLD.lock().unwrap_or_else(PoisonError::into_inner) // each change of the tables is whole
}

pub(crate) fn open_device() -> Result<usize, Sdr> {
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let folder = PathBuf::from(env::var_os("ESEAL_SOFTSDF_DIR").ok_or(Sdr::OPEN_DEVICE)?);
    if !folder.is_absolute() || !folder.is_dir() {
        return Err(Sdr::OPEN_DEVICE);
    }
    let layout = Layout::parse(&variable("ESEAL_SOFTSDF_QUIRKS")).ok_or(Sdr::OPEN_DEVICE)?;
    let fault = Fault::parse(&variable("ESEAL_SOFTSDF_FAULT")).ok_or(Sdr::OPEN_DEVICE)?;
    eprintln!("libsoftsdf: DEV ONLY, keys are in files and no hardware protects them");
    let storage = Zeroizing::new(variable("ESEAL_SOFTSDF_STORAGE").into_bytes());
    let device = Device { folder, storage, keks: Mutex::default(), layout, fault };
    world().devices.insert(Arc::new(device)).ok_or(Sdr::OPEN_DEVICE)
}

impl Device {
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A KEK, ready for the algorithm: SM4 in ECB.
    pub(crate) fn kek(&self, algorithm: u32, index: u32) -> Result<Arc<Sm4>, Sdr> {
        if algorithm != SM4_ECB {
            return Err(Sdr::ALGORITHM);
        }
        if self.storage.is_empty() {
            return Err(Sdr::KEY_NOT_EXIST);
        }
        let mut keks = self.keks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kek) = keks.get(&index) {
            return Ok(Arc::clone(kek));
        }
        let kek = Arc::new(Sm4::new(&*kek::open(&self.folder, index, &self.storage)?));
        keks.insert(index, Arc::clone(&kek));
        Ok(kek)
    }
}

/// Closes a device with all its sessions and their keys.
pub(crate) fn close_device(handle: usize) -> Result<(), Sdr> {
    let mut world = world();
    let device = world.devices.remove(handle).ok_or(Sdr::INPUT)?;
    world.keys.retain(|key| !Arc::ptr_eq(&key.session.device, &device));
    world.sessions.retain(|session| !Arc::ptr_eq(&session.device, &device));
    Ok(())
}

pub(crate) fn open_session(device: usize) -> Result<usize, Sdr> {
    let device = world().devices.find(device).cloned().ok_or(Sdr::INPUT)?;
    let is_its_own = |session: &Arc<Session>| Arc::ptr_eq(&session.device, &device);
    let open = world().sessions.count(is_its_own);
    device.fault.strike_session(open)?;
    let mut world = world();
    world.sessions.insert(Arc::new(Session { device, state: Mutex::default() })).ok_or(Sdr::OPEN_SESSION)
}

pub(crate) fn close_session(handle: usize) -> Result<(), Sdr> {
    let mut world = world();
    let session = world.sessions.remove(handle).ok_or(Sdr::INPUT)?;
    world.keys.retain(|key| !Arc::ptr_eq(&key.session, &session));
    Ok(())
}

pub(crate) fn session(handle: usize) -> Result<Arc<Session>, Sdr> {
    world().sessions.find(handle).cloned().ok_or(Sdr::INPUT)
}

impl Session {
    pub(crate) fn take_right(&self, index: u32, password: &[u8]) -> Result<(), Sdr> {
        let pair = forgetting(|| store::open(&self.device.folder, index, password).map(Arc::new))?;
        self.state().rights.insert(index, pair);
        Ok(())
    }

    pub(crate) fn release_right(&self, index: u32) -> Result<(), Sdr> {
        self.state().rights.remove(&index).map(drop).ok_or(Sdr::ACCESS_RIGHT)
    }

    /// The public keys of an index.
    pub(crate) fn public(&self, index: u32) -> Result<PublicPair, Sdr> {
        store::public_pair(&self.device.folder, index)
    }

    /// `ECCSignature` of e, spoiled if the environment asks for it.
    pub(crate) fn sign(&self, index: u32, e: &[u8]) -> Result<Vec<u8>, Sdr> {
        let e = e.try_into().map_err(|_| Sdr::INPUT)?;
        let pair = self.private(index)?;
        if let Err(error) = self.device.fault.strike() {
            self.state().rights.remove(&index);
            return Err(error);
        }
        let key = if matches!(self.device.fault, Fault::WrongKey) { &pair.encryption } else { &pair.signing };
        let mut signature = self.device.layout.put_signature(&forgetting(|| key.sign_prehash(e)));
        self.device.fault.spoil(&mut signature);
        Ok(signature)
    }

    pub(crate) fn decrypt(&self, index: u32, cipher: &Ciphertext) -> Result<Zeroizing<Vec<u8>>, Sdr> {
        let pair = self.private(index)?;
        forgetting(|| encryption::decrypt(&pair.encryption, cipher)).map_err(|_| Sdr::PRIVATE_KEY)
    }

    pub(crate) fn hash_init(&self, algorithm: u32, key: Option<VerifyingKey>, id: &[u8]) -> Result<(), Sdr> {
        if algorithm != SM3 {
            return Err(Sdr::ALGORITHM);
        }
        let hash = match key {
            Some(key) => key.with_id(id).map_err(|_| Sdr::INPUT)?.hasher(),
            None => Sm3::new(),
        };
        self.state().hash = Some(hash);
        Ok(())
    }

    pub(crate) fn hash_update(&self, bytes: &[u8]) -> Result<(), Sdr> {
        self.state().hash.as_mut().ok_or(Sdr::STEP)?.update(bytes);
        Ok(())
    }

    /// The digest; `end` says whether the state is given up, because a question for the length leaves it.
    pub(crate) fn hash_final(&self, end: bool) -> Result<[u8; 32], Sdr> {
        let mut state = self.state();
        let hash = state.hash.clone().ok_or(Sdr::STEP)?;
        if end {
            state.hash = None;
        }
        Ok(hash.finish())
    }

    fn private(&self, index: u32) -> Result<Arc<KeyPair>, Sdr> {
        if let Some(pair) = self.state().rights.get(&index) {
            return Ok(Arc::clone(pair));
        }
        self.public(index)?; // a key that does not exist is told before a right that is not held
        Err(Sdr::ACCESS_RIGHT)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Draws a session key.
pub(crate) fn new_key() -> Result<Zeroizing<[u8; 16]>, Sdr> {
    random().map(Zeroizing::new).map_err(|_| Sdr::RANDOM)
}

pub(crate) fn keep_key(session: &Arc<Session>, bytes: Zeroizing<[u8; 16]>) -> Result<usize, Sdr> {
    let key = Key { session: Arc::clone(session), bytes };
    world().keys.insert(Arc::new(key)).ok_or(Sdr::KEY)
}

pub(crate) fn destroy_key(session: &Arc<Session>, handle: usize) -> Result<(), Sdr> {
    key(session, handle)?;
    world().keys.remove(handle).map(drop).ok_or(Sdr::INPUT)
}

/// A key of this very session.
pub(crate) fn key(session: &Arc<Session>, handle: usize) -> Result<Arc<Key>, Sdr> {
    world().keys.find(handle).filter(|key| Arc::ptr_eq(&key.session, session)).cloned().ok_or(Sdr::INPUT)
}

/// What a symmetric function does (对称运算).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cipher {
    Encrypt,
    Decrypt,
    Mac,
}

impl Key {
    /// ECB and CBC without padding, and CBC-MAC; `iv` is changed to what the next part needs.
    pub(crate) fn run(
        &self,
        what: Cipher,
        algorithm: u32,
        iv: &mut [u8; sm4::BLOCK],
        input: &[u8],
    ) -> Result<Vec<u8>, Sdr> {
        let chained = match (what, algorithm) {
            (Cipher::Encrypt | Cipher::Decrypt, SM4_ECB) => false,
            (Cipher::Encrypt | Cipher::Decrypt, SM4_CBC) | (Cipher::Mac, SM4_MAC) => true,
            _ => return Err(Sdr::ALGORITHM),
        };
        let (blocks, rest) = input.as_chunks::<{ sm4::BLOCK }>();
        if blocks.is_empty() || !rest.is_empty() {
            return Err(Sdr::INPUT);
        }
        let cipher = Sm4::new(&self.bytes);
        let mut output = Vec::with_capacity(input.len());
        for block in blocks {
            let mut work = *block;
            if what == Cipher::Decrypt {
                cipher.decrypt_block(&mut work);
            }
            if chained {
                work.iter_mut().zip(iv.iter()).for_each(|(byte, before)| *byte ^= before);
            }
            if what != Cipher::Decrypt {
                cipher.encrypt_block(&mut work);
            }
            *iv = if what == Cipher::Decrypt { *block } else { work };
            output.extend(work);
        }
        if what == Cipher::Mac {
            output.drain(..output.len() - sm4::BLOCK);
        }
        Ok(output)
    }
}

/// `SGD_SM2` and what it is used for.
pub(crate) fn check_sm2(algorithm: u32) -> Result<(), Sdr> {
    if SM2.contains(&algorithm) { Ok(()) } else { Err(Sdr::ALGORITHM) }
}

/// `DEVICEINFO`: 100 bytes.
pub(crate) fn info() -> Vec<u8> {
    let text = |text: &str, length: usize| {
        let mut bytes = text.as_bytes().to_vec();
        bytes.resize(length, 0);
        bytes
    };
    let mut info = [text("DEV ONLY eseal", 40), text("libsoftsdf", 16), text("2026010100100001", 16)].concat();
    let numbers = [
        1,               // DeviceVersion
        1,               // StandardVersion
        SM2[1] | SM2[3], // AsymAlgAbility: algorithms
        256,             // AsymAlgAbility: bits
        SM4_ECB | SM4_CBC | SM4_MAC,
        SM3,
        crate::raw::INPUT_MAX_BYTES, // BufferSize
    ];
    info.extend(numbers.iter().flat_map(|number| number.to_ne_bytes()));
    info
}
