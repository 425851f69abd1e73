//! The order of calls (调用顺序), and the way back on every path: each handle closes itself.

use eseal_gm::sm2::{Signature, VerifyingKey};

use crate::{
    KeyPlace, PinInfo, SkfError, SkfInfo, SkfKey, SkfProfile, UlongBytes,
    code::Code,
    key::public_key,
    library::{Handle, Skf},
    text::{c_text, field, names},
    worker::Pin,
};

/// A connected and locked device (已连接设备).
struct Device<'a> {
    skf: &'a Skf,
    handle: Handle,
    locked: bool,
}

/// An opened application (已打开应用); rights are given back when it goes.
struct Application<'a> {
    skf: &'a Skf,
    handle: Handle,
}

/// An opened container (已打开容器).
struct Container<'a> {
    skf: &'a Skf,
    handle: Handle,
}

impl Drop for Device<'_> {
    fn drop(&mut self) {
        if self.locked {
            self.skf.unlock(self.handle);
        }
        self.skf.disconnect(self.handle);
    }
}

impl Drop for Application<'_> {
    fn drop(&mut self) {
        // Closing leaves the rights as they are: who comes next would sign without a PIN.
        let _ = self.skf.clear_secure_state(self.handle);
        self.skf.close_application(self.handle);
    }
}

impl Drop for Container<'_> {
    fn drop(&mut self) {
        self.skf.close_container(self.handle);
    }
}

fn c_name(name: &str) -> Result<zeroize::Zeroizing<Vec<u8>>, SkfError> {
    c_text(name.as_bytes()).ok_or(SkfError::Malformed("name"))
}

impl<'a> Device<'a> {
    fn open(skf: &'a Skf, name: &str, profile: &SkfProfile) -> Result<Self, SkfError> {
        let mut device = Self { skf, handle: skf.connect(&c_name(name)?)?, locked: false };
        let wait_ms = u32::try_from(profile.lock_wait.as_millis()).unwrap_or(u32::MAX - 1);
        match skf.lock(device.handle, wait_ms) {
            Ok(()) => device.locked = true,
            Err(Code::NOT_SUPPORTED) => {} // some libraries have the name only
            Err(other) => return Err(other.into()),
        }
        Ok(device)
    }

    fn application(&self, name: &str) -> Result<Application<'a>, SkfError> {
        let handle = self.skf.open_application(self.handle, &c_name(name)?)?;
        Ok(Application { skf: self.skf, handle })
    }
}

impl<'a> Application<'a> {
    fn container(&self, name: &str) -> Result<Container<'a>, SkfError> {
        let handle = self.skf.open_container(self.handle, &c_name(name)?)?;
        Ok(Container { skf: self.skf, handle })
    }

    fn pin_info(&self) -> Result<PinInfo, SkfError> {
        let [attempts_max, attempts_left, initial] = self.skf.pin_info(self.handle)?;
        Ok(PinInfo { attempts_max, attempts_left, is_default: initial != 0 })
    }
}

impl Container<'_> {
    /// The certificate of the pair for signatures, if it holds an SM2 key.  What kind the container says that it is does
    /// not count: a real key says RSA of a container with SM2 keys.
    fn certificate(&self) -> Result<Vec<u8>, SkfError> {
        let der = self.skf.certificate(self.handle)?;
        if public_key(&der).is_some() { Ok(der) } else { Err(SkfError::Malformed("certificate")) }
    }

    fn ulong_bytes(&self) -> Option<usize> {
        match self.skf.public_key_bytes(self.handle) {
            Ok(132) => Some(4),
            Ok(136) => Some(8),
            _ => None,
        }
    }
}

/// Names of the tokens that are plugged in.
pub(crate) fn devices(skf: &Skf) -> Result<Vec<String>, SkfError> {
    Ok(names(&skf.devices()?))
}

/// Every key with a certificate, of every token; a token, application or container that refuses is passed over.
pub(crate) fn keys(skf: &Skf, profile: &SkfProfile) -> Result<Vec<SkfKey>, SkfError> {
    let mut found = Vec::new();
    for device_name in devices(skf)? {
        let Ok(device) = Device::open(skf, &device_name, profile) else { continue };
        for application_name in names(&skf.applications(device.handle).unwrap_or_default()) {
            if profile.application.as_ref().is_some_and(|wanted| *wanted != application_name) {
                continue;
            }
            let Ok(application) = device.application(&application_name) else { continue };
            for container_name in names(&skf.containers(application.handle).unwrap_or_default()) {
                if profile.container.as_ref().is_some_and(|wanted| *wanted != container_name) {
                    continue;
                }
                let Ok(container) = application.container(&container_name) else { continue };
                let Ok(certificate) = container.certificate() else { continue };
                let place = KeyPlace {
                    device: device_name.clone(),
                    application: application_name.clone(),
                    container: container_name,
                };
                found.push(SkfKey { place, certificate });
            }
        }
    }
    Ok(found)
}

/// What a token says of itself.
pub(crate) fn info(skf: &Skf, profile: &SkfProfile, name: &str) -> Result<SkfInfo, SkfError> {
    let device = Device::open(skf, name, profile)?;
    let bytes = skf.info(device.handle)?;
    let text = |from: usize, to: usize| field(bytes.get(from..to).unwrap_or_default());
    let mut ulong_bytes = match profile.ulong {
        UlongBytes::Four => Some(4),
        UlongBytes::Eight => Some(8),
        UlongBytes::Detect => None,
    };
    for application in names(&skf.applications(device.handle).unwrap_or_default()) {
        let Ok(application) = device.application(&application) else { continue };
        for container in names(&skf.containers(application.handle).unwrap_or_default()) {
            let Ok(container) = application.container(&container) else { continue };
            ulong_bytes = ulong_bytes.or_else(|| container.ulong_bytes());
        }
    }
    // Texts stand before the first ULONG, so that its length does not matter here.
    Ok(SkfInfo { manufacturer: text(2, 66), label: text(130, 162), serial: text(162, 194), ulong_bytes })
}

/// How often the PIN of a key may still be tried.
pub(crate) fn pin_info(skf: &Skf, profile: &SkfProfile, place: &KeyPlace) -> Result<PinInfo, SkfError> {
    Device::open(skf, &place.device, profile)?.application(&place.application)?.pin_info()
}

/// Signs digests one after the other under one PIN, and verifies each.
pub(crate) fn sign(
    skf: &Skf,
    profile: &SkfProfile,
    key: &SkfKey,
    pin: &Pin,
    digests: &[[u8; 32]],
) -> Result<Vec<Signature>, SkfError> {
    let verifying = key.public_key().ok_or(SkfError::Malformed("certificate"))?;
    let pin = c_text(pin).ok_or(SkfError::PinShape)?;
    let device = Device::open(skf, &key.place.device, profile)?;
    let application = device.application(&key.place.application)?;
    let container = application.container(&key.place.container)?;
    // Another token may have been plugged in under the same names.
    if container.certificate()? != key.certificate {
        return Err(SkfError::NoKey);
    }
    // A library that cannot tell is not a reason to refuse; a locked PIN is one to stop.
    if application.pin_info().is_ok_and(|info| info.attempts_max > 0 && info.attempts_left == 0) {
        return Err(SkfError::Locked);
    }
    skf.verify_pin(application.handle, &pin).map_err(|(code, left)| code.pin_error(left))?;
    drop(pin);
    digests
        .iter()
        .map(|e| {
            let answer = skf.sign(container.handle, e)?;
            signature(&answer, e, &verifying).ok_or(SkfError::WrongValue)
        })
        .collect()
}

/// Reads an `ECCSIGNATUREBLOB`: numbers to the right of their fields of 64 bytes, to the left, or in fields of 32 bytes.
/// Only what verifies is a signature.
fn signature(answer: &[u8], e: &[u8; 32], key: &VerifyingKey) -> Option<Signature> {
    const WAYS: [(usize, usize); 3] = [(32, 96), (0, 64), (0, 32)];
    WAYS.iter().find_map(|(r_at, s_at)| {
        let number = |at: usize| answer.get(at..).and_then(|rest| rest.first_chunk::<32>()).copied();
        let signature = Signature { r: number(*r_at)?, s: number(*s_at)? };
        key.verify_prehash(e, &signature).then_some(signature)
    })
}
