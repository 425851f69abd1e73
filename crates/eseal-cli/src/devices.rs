//! Opens the configured devices (打开密码设备), and finds the programs and libraries that lie beside `eseal`.

use std::{
    collections::HashMap,
    env::{self, consts},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, bail};
use eseal_device::{DeviceProfile, KeyUse, KeyWork, OpenedDevice, Signers, World};
use eseal_service::{Config, Mode, PlatformKey};
use jiff::Timestamp;

use crate::share_key::ShareWrapper;

/// The process in which vendors' libraries run.
const HELPER: &str = "eseal-device-helper";

/// The keys in all devices.
#[derive(Default)]
pub(crate) struct Devices {
    /// Of seals, with the devices they are in.
    pub(crate) signers: Signers,
    /// Of the platform, by purpose.
    pub(crate) platform: HashMap<KeyUse, PlatformKey>,
    /// What seals the key of the phones' shares.
    pub(crate) wrapper: Option<ShareWrapper>,
}

/// Opens every device of the configuration; each key is compared with its certificate.  Blocking.
pub(crate) fn open(config: &Config) -> Result<Devices> {
    let mut devices = Devices::default();
    for (name, profile) in &config.device {
        devices.add(open_one(name, profile, config.mode)?).with_context(|| format!("device.{name}"))?;
    }
    Ok(devices)
}

/// Opens one device.  Blocking.
pub(crate) fn open_one(name: &str, profile: &DeviceProfile, mode: Mode) -> Result<OpenedDevice> {
    let helper = helper()?;
    let world = World { helper: &helper, now: Timestamp::now, is_production: mode == Mode::Production };
    profile.open(name, &world).with_context(|| format!("device.{name}"))
}

impl Devices {
    fn add(&mut self, opened: OpenedDevice) -> Result<()> {
        for key in &opened.keys {
            if key.purpose == KeyUse::Seal {
                self.signers.insert(key.checked().with_context(|| format!("the certificate of key {}", key.index))?);
                continue;
            }
            let signer = match &key.work {
                KeyWork::Signs(signer) => signer,
                KeyWork::Wraps(wrapper) => {
                    let wrapper = ShareWrapper { wrapper: wrapper.clone(), public_key: key.public_key.clone() };
                    if self.wrapper.replace(wrapper).is_some() {
                        bail!("key {}: there is another key for the same use", key.index);
                    }
                    continue;
                }
            };
            let platform = PlatformKey::new(key.public_key.clone(), Arc::clone(signer));
            if self.platform.insert(key.purpose, platform).is_some() {
                bail!("key {}: there is another key for the same use", key.index);
            }
        }
        self.signers.watch(opened.device);
        Ok(())
    }
}

/// The program in whose processes libraries run.
pub(crate) fn helper() -> Result<PathBuf> {
    beside(&format!("{HELPER}{}", consts::EXE_SUFFIX))
}

/// The development device: a library in this project's own software.
pub(crate) fn soft_library() -> Result<PathBuf> {
    beside(&format!("{}softsdf{}", consts::DLL_PREFIX, consts::DLL_SUFFIX))
}

/// A file that is installed beside this program, or lies where cargo puts it.
pub(crate) fn beside(name: &str) -> Result<PathBuf> {
    let program = env::current_exe().context("the path of this program")?;
    let folder = program.parent().unwrap_or(Path::new("/"));
    let mut places = vec![folder.join(name), folder.join("deps").join(name)];
    places.extend(folder.parent().map(|above| above.join(name)));
    places
        .into_iter()
        .find(|place| place.is_file())
        .with_context(|| format!("{name} does not lie beside {}: it is built and installed with it", program.display()))
}
