//! Devices (设备管理), GM/T 0016-2012, 7.1 and the device's part of 7.2.

use std::{
    collections::BTreeSet,
    fs,
    path::PathBuf,
    sync::{
        Arc, Mutex, Once, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use eseal_gm::{equal, random, sm4::Sm4};

use crate::{
    Fault, Sar,
    layout::Layout,
    place::{self, Place},
    raw,
    token::{DEVICE_KEY_TRIES, Hex, Locked, lock_file},
    world::{self, world},
};

/// `SGD_SM3`.
pub(crate) const SM3: u32 = 0x0000_0001;
/// `SGD_SM2_1`, for signatures.
pub(crate) const SM2_1: u32 = 0x0002_0200;
/// `SGD_SM2_3`, for encryption.
const SM2_3: u32 = 0x0002_0800;
/// `SGD_SM4_ECB`.
pub(crate) const SM4_ECB: u32 = 0x0000_0401;
/// `SGD_SM4_CBC`.
pub(crate) const SM4_CBC: u32 = 0x0000_0402;
/// `SGD_SM4_MAC`.
pub(crate) const SM4_MAC: u32 = 0x0000_0410;
/// How often tokens are looked for while waiting for one.
const POLL: Duration = Duration::from_millis(50);

/// A connected device (已连接设备): its file and its ways, as the environment said when it was connected.
pub(crate) struct Device {
    pub(crate) path: PathBuf,
    pub(crate) layout: Layout,
    pub(crate) type_one: bool,
    pub(crate) fault: &'static Fault,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    challenge: Option<[u8; 8]>,
    managed: bool,
    exclusive: Option<fs::File>,
}

/// Waits until a token appears or vanishes (等待插拔事件): its name, and 1 for in or 2 for out.
pub(crate) fn wait_for_event() -> Result<(String, u32), Sar> {
    CANCELLED.store(false, Ordering::SeqCst);
    let place = Place::of_environment()?;
    let names = || place.names().into_iter().collect::<BTreeSet<_>>();
    let before = names();
    loop {
        if CANCELLED.swap(false, Ordering::SeqCst) {
            return Err(Sar::NO_EVENT);
        }
        let now = names();
        if let Some(name) = now.difference(&before).next() {
            return Ok((name.clone(), 1));
        }
        if let Some(name) = before.difference(&now).next() {
            return Ok((name.clone(), 2));
        }
        thread::sleep(POLL);
    }
}

static CANCELLED: AtomicBool = AtomicBool::new(false);

pub(crate) fn cancel_wait() {
    CANCELLED.store(true, Ordering::SeqCst);
}

pub(crate) fn connect(name: &str) -> Result<usize, Sar> {
    let place = Place::of_environment()?;
    if !place.names().iter().any(|present| present == name) {
        return Err(Sar::REMOVED);
    }
    static BANNER: Once = Once::new();
    BANNER.call_once(|| eprintln!("libsoftskf: DEV ONLY, keys are in files and no hardware protects them"));
    let device = Device {
        path: place.path(name),
        layout: place.layout,
        type_one: place.type_one,
        fault: place::fault()?,
        state: Mutex::default(),
    };
    drop(device.open()?);
    world().devices.insert(Arc::new(device)).ok_or(Sar::NO_ROOM)
}

/// Closes a device with all that was opened through it; rights stay.
pub(crate) fn disconnect(handle: usize) -> Result<(), Sar> {
    let mut world = world();
    let device = world.devices.remove(handle).ok_or(Sar::HANDLE)?;
    world.containers.retain(|container| !Arc::ptr_eq(&container.application.device, &device));
    world.applications.retain(|application| !Arc::ptr_eq(&application.device, &device));
    world.objects.retain(|object| !Arc::ptr_eq(&object.device, &device));
    Ok(())
}

/// Whether there is a device of that name: 1, or 0.
pub(crate) fn presence(name: &str) -> Result<u32, Sar> {
    Ok(u32::from(Place::of_environment()?.names().iter().any(|present| present == name)))
}

impl Device {
    /// The token, locked.
    pub(crate) fn open(&self) -> Result<Locked, Sar> {
        Locked::open(&self.path)
    }

    pub(crate) fn set_label(&self, label: &[u8]) -> Result<(), Sar> {
        let label = std::str::from_utf8(label).map_err(|_| Sar::PARAMETER)?;
        if !(1..32).contains(&label.len()) {
            return Err(Sar::NAME_LENGTH);
        }
        let mut locked = self.open()?;
        label.clone_into(&mut locked.token.label);
        locked.save()
    }

    /// `DEVINFO`, packed.
    pub(crate) fn info(&self) -> Result<Vec<u8>, Sar> {
        let token = self.open()?.token;
        let text = |text: &str, length: usize| {
            let mut bytes = text.as_bytes().to_vec();
            bytes.resize(length, 0);
            bytes
        };
        let mut info = vec![1, 0]; // version of the structure
        info.extend([text("DEV ONLY eseal", 64), text("DEV ONLY eseal", 64)].concat());
        info.extend([text(&token.label, 32), text(&token.serial, 32)].concat());
        info.extend([1, 0, 1, 0]); // hardware, firmware
        let numbers = [
            SM4_ECB | SM4_CBC | SM4_MAC, // AlgSymCap
            SM2_1 | SM2_3,               // AlgAsymCap
            SM3,                         // AlgHashCap
            SM4_ECB,                     // DevAuthAlgId
            4 << 20,                     // TotalSpace
            2 << 20,                     // FreeSpace
            1024,                        // MaxECCBufferSize
            raw::INPUT_MAX_BYTES,        // MaxBufferSize
        ];
        info.extend(numbers.iter().flat_map(|number| self.layout.number(*number)));
        info.extend([0; 64]);
        Ok(info)
    }

    /// Takes the device for itself, against other connections and processes.
    pub(crate) fn lock(&self, timeout_ms: u32) -> Result<(), Sar> {
        if self.state().exclusive.is_some() {
            return Ok(());
        }
        let file = lock_file(&self.path, "exclusive").map_err(|_| Sar::FILE)?;
        let start = Instant::now();
        let for_ever = timeout_ms == u32::MAX;
        while file.try_lock().is_err() {
            if !for_ever && start.elapsed() >= Duration::from_millis(timeout_ms.into()) {
                return Err(Sar::TIMEOUT);
            }
            thread::sleep(Duration::from_millis(10));
        }
        self.state().exclusive = Some(file);
        Ok(())
    }

    pub(crate) fn unlock(&self) -> Result<(), Sar> {
        self.state().exclusive.take().map(drop).ok_or(Sar::FAIL)
    }

    /// Random bytes; eight of them may be what `DevAuth` answers.
    pub(crate) fn random(&self, length: u32) -> Result<Vec<u8>, Sar> {
        if length == 0 || length > raw::INPUT_MAX_BYTES {
            return Err(Sar::INPUT_LENGTH);
        }
        let mut bytes = Vec::new();
        while bytes.len() < length as usize {
            bytes.extend(random::<64>().map_err(|_| Sar::RANDOM)?);
        }
        bytes.truncate(length as usize);
        self.state().challenge = bytes.first_chunk().copied();
        Ok(bytes)
    }

    /// 设备认证: the answer is the last random number, filled with zeros to a block, under the device key.
    pub(crate) fn authenticate(&self, answer: &[u8]) -> Result<(), Sar> {
        let challenge = self.state().challenge.take().ok_or(Sar::NOT_INITIALIZED)?;
        let mut locked = self.open()?;
        if locked.token.device_key_left == 0 {
            return Err(Sar::PIN_LOCKED);
        }
        locked.token.device_key_left -= 1;
        locked.save()?;
        let mut block = [0; 16];
        block.iter_mut().zip(challenge).for_each(|(byte, random)| *byte = random);
        let key = locked.token.device_key.0.as_slice().try_into().map_err(|_| Sar::OBJECT)?;
        Sm4::new(key).encrypt_block(&mut block);
        let right = equal(&block, answer);
        if right {
            locked.token.device_key_left = DEVICE_KEY_TRIES;
        }
        locked.save()?;
        self.state().managed = right;
        if right { Ok(()) } else { Err(Sar::FAIL) }
    }

    pub(crate) fn change_device_key(&self, key: &[u8]) -> Result<(), Sar> {
        self.check_managed()?;
        if key.len() != 16 {
            return Err(Sar::INPUT_LENGTH);
        }
        let mut locked = self.open()?;
        locked.token.device_key = Hex(key.to_vec());
        locked.save()
    }

    /// Applications are made and deleted only after `DevAuth`.
    pub(crate) fn check_managed(&self) -> Result<(), Sar> {
        if self.state().managed { Ok(()) } else { Err(Sar::NOT_LOGGED_IN) }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A text of the caller as one of our names.
pub(crate) fn name(bytes: &[u8], wrong: Sar) -> Result<&str, Sar> {
    if !place::is_name(bytes) {
        return Err(if bytes.is_empty() || bytes.len() > 64 { Sar::NAME_LENGTH } else { wrong });
    }
    std::str::from_utf8(bytes).map_err(|_| wrong)
}

/// Names as the interface lists them: each ends in a zero byte, and the list in one more.
pub(crate) fn name_list<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let mut list: Vec<u8> = names.into_iter().flat_map(|name| name.bytes().chain([0])).collect();
    list.push(0);
    if list.len() == 1 {
        list.push(0);
    }
    list
}

/// The layout of a handle of any kind of object, for what has no other way to know it.
pub(crate) fn layout_of_device(handle: usize) -> Result<Layout, Sar> {
    world::device(handle).map(|device| device.layout)
}
