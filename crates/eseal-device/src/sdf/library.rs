//! The vendor's library (厂商动态库): loading, and the calls, without any meaning.
#![expect(unsafe_code, reason = "a C library is loaded and called; each call says why its arguments are sound")]

use std::{
    ffi::{c_int, c_void},
    fmt, ptr,
    sync::Arc,
};

use libloading::Library;
use zeroize::Zeroizing;

use super::{SdfError, SdfProfile, code::Code};
use crate::Secret;

/// Room for every structure of an answer: the largest has 132 bytes, and a library that writes more is found out.
const ROOM: usize = 1024;
/// What stands in the room before the call.
const PATTERN: u8 = 0xA5;
/// Length of `DEVICEINFO`: 40 + 16 + 16 bytes of text, seven numbers.
const INFO_BYTES: usize = 100;

type Handle = *mut c_void;

// The standard's types on every platform that we know: `unsigned int` has 32 bits, handles are addresses.
const _: () = assert!(size_of::<c_int>() == 4 && size_of::<Handle>() == size_of::<usize>());

/// A structure that the library wrote (结构), with all the room that it had.
pub(super) struct Answer([u8; ROOM]);

impl Answer {
    fn new() -> Self {
        Self([PATTERN; ROOM])
    }

    /// As if a library had written these bytes; `None` if there is no room for them.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let mut answer = Self::new();
        answer.0.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(answer)
    }

    /// How much was written, seen by the pattern; less if the end looks like it.
    pub(super) fn written(&self) -> usize {
        self.0.iter().rposition(|byte| *byte != PATTERN).map_or(0, |last| last + 1)
    }

    pub(super) fn first(&self, length: usize) -> Option<&[u8]> {
        self.0.get(..length)
    }
}

/// Declares the functions with their prototypes and loads them; of those that are required, every name that is missing
/// is reported.
macro_rules! functions {
    (
        required: { $($field:ident = $name:literal: fn($($argument:ty),*);)* }
        optional: { $($other:ident = $other_name:literal: fn($($other_argument:ty),*);)* }
    ) => {
        struct Functions {
            $($field: unsafe extern "C" fn($($argument),*) -> c_int,)*
            $($other: Option<unsafe extern "C" fn($($other_argument),*) -> c_int>,)*
            absent: Vec<&'static str>,
        }

        impl Functions {
            fn load(library: &Library, profile: &SdfProfile) -> Result<Self, SdfError> {
                let (mut missing, mut absent) = (Vec::new(), Vec::new());
                $(
                    let names = profile.names($name);
                    let $field = names.iter().find_map(|name| {
                        // SAFETY: the symbol has the standard's prototype, if the library is what the profile says.
                        unsafe { library.get::<unsafe extern "C" fn($($argument),*) -> c_int>(*name) }.ok()
                    });
                    let $field = $field.map(|symbol| *symbol);
                    if $field.is_none() {
                        missing.push(names.join(" or "));
                    }
                )*
                $(
                    let $other = profile.names($other_name).iter().find_map(|name| {
                        // SAFETY: as above.
                        unsafe { library.get::<unsafe extern "C" fn($($other_argument),*) -> c_int>(*name) }.ok()
                    });
                    let $other = $other.map(|symbol| *symbol);
                    if $other.is_none() {
                        absent.push($other_name);
                    }
                )*
                match ($($field,)*) {
                    ($(Some($field),)*) => Ok(Self { $($field,)* $($other,)* absent }),
                    _ => Err(SdfError::MissingSymbols(missing)),
                }
            }
        }
    };
}

functions! {
    required: {
        open_device = "SDF_OpenDevice": fn(*mut Handle);
        close_device = "SDF_CloseDevice": fn(Handle);
        open_session = "SDF_OpenSession": fn(Handle, *mut Handle);
        close_session = "SDF_CloseSession": fn(Handle);
        device_info = "SDF_GetDeviceInfo": fn(Handle, *mut u8);
        take_right = "SDF_GetPrivateKeyAccessRight": fn(Handle, u32, *const u8, u32);
        export_sign_key = "SDF_ExportSignPublicKey_ECC": fn(Handle, u32, *mut u8);
        sign = "SDF_InternalSign_ECC": fn(Handle, u32, *const u8, u32, *mut u8);
    }
    optional: {
        hash_init = "SDF_HashInit": fn(Handle, u32, *const u8, *const u8, u32);
        hash_update = "SDF_HashUpdate": fn(Handle, *const u8, u32);
        hash_final = "SDF_HashFinal": fn(Handle, *mut u8, *mut u32);
        external_verify = "SDF_ExternalVerify_ECC": fn(Handle, u32, *const u8, *const u8, u32, *const u8);
        export_encryption_key = "SDF_ExportEncPublicKey_ECC": fn(Handle, u32, *mut u8);
        encrypt = "SDF_InternalEncrypt_ECC": fn(Handle, u32, u32, *const u8, u32, *mut u8);
        decrypt = "SDF_InternalDecrypt_ECC": fn(Handle, u32, u32, *const u8, *mut u8, *mut u32);
    }
}

/// An opened device in a loaded library (设备句柄); closed when the last session is gone.
pub(super) struct Device {
    functions: Functions,
    handle: Handle,
    /// Kept: unloading it would take the functions away.
    _library: Library,
}

// SAFETY: libraries keep state in sessions, which are used by one thread at a time, and share devices; the handle is
// a value that only the library looks into.
unsafe impl Send for Device {}
// SAFETY: as above.
unsafe impl Sync for Device {}

impl Device {
    pub(super) fn open(profile: &SdfProfile) -> Result<Arc<Self>, SdfError> {
        // SAFETY: loading runs the library's own start code: the operator named this library as the device's.
        let library = unsafe { Library::new(&profile.path) }
            .map_err(|error| SdfError::Load { path: profile.path.clone(), error: error.to_string() })?;
        let functions = Functions::load(&library, profile)?;
        let mut handle = ptr::null_mut();
        // SAFETY: the address of a handle.
        check(unsafe { (functions.open_device)(&raw mut handle) }).map_err(SdfError::from)?;
        Ok(Arc::new(Self { functions, handle, _library: library }))
    }

    /// Functions that the library lacks and that are not needed for signing.
    pub(super) fn absent(&self) -> &[&'static str] {
        &self.functions.absent
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        // SAFETY: opened by us, and every session holds the device, so that none is open any more.
        let _ = unsafe { (self.functions.close_device)(self.handle) };
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Device")
    }
}

/// An open session (会话句柄): one thread at a time, which `&mut` sees to.
pub(super) struct Session {
    device: Arc<Device>,
    handle: Handle,
    /// Indices of the keys whose access right was taken here.
    rights: Vec<u32>,
}

// SAFETY: a session may go from thread to thread; it is used by one at a time because each call takes `&mut self`.
unsafe impl Send for Session {}

impl Session {
    pub(super) fn open(device: &Arc<Device>) -> Result<Self, Code> {
        let mut handle = ptr::null_mut();
        // SAFETY: an open device, and the address of a handle.
        check(unsafe { (device.functions.open_session)(device.handle, &raw mut handle) })?;
        Ok(Self { device: Arc::clone(device), handle, rights: Vec::new() })
    }

    /// `IssuerName`, `DeviceName`, `DeviceSerial`: texts of 40, 16 and 16 bytes.
    pub(super) fn info(&mut self) -> Result<Vec<u8>, Code> {
        let mut answer = Answer::new();
        // SAFETY: the room is ten times that of DEVICEINFO.
        check(unsafe { (self.device.functions.device_info)(self.handle, answer.0.as_mut_ptr()) })?;
        Ok(answer.first(INFO_BYTES).unwrap_or_default().to_vec())
    }

    /// Whether the access right was taken in this session; the device may have lost it since.
    pub(super) fn has_right(&self, index: u32) -> bool {
        self.rights.contains(&index)
    }

    pub(super) fn take_right(&mut self, index: u32, password: &[u8]) -> Result<(), Code> {
        let length = u32::try_from(password.len()).unwrap_or(u32::MAX);
        // SAFETY: the library reads as many bytes as the password has.
        check(unsafe { (self.device.functions.take_right)(self.handle, index, password.as_ptr(), length) })?;
        if !self.has_right(index) {
            self.rights.push(index);
        }
        Ok(())
    }

    pub(super) fn export_sign_key(&mut self, index: u32) -> Result<Answer, Code> {
        let mut answer = Answer::new();
        // SAFETY: the room is many times that of ECCrefPublicKey.
        check(unsafe { (self.device.functions.export_sign_key)(self.handle, index, answer.0.as_mut_ptr()) })?;
        Ok(answer)
    }

    pub(super) fn sign(&mut self, index: u32, e: &[u8; 32]) -> Result<Answer, Code> {
        let mut answer = Answer::new();
        // SAFETY: e has 32 bytes, the room is many times that of ECCSignature.
        check(unsafe { (self.device.functions.sign)(self.handle, index, e.as_ptr(), 32, answer.0.as_mut_ptr()) })?;
        Ok(answer)
    }
}

/// What only trying a device out needs; `None` if the library lacks the function.
impl Session {
    /// e of a text, by the device: Z of the key and ID first.
    pub(super) fn digest(
        &mut self,
        algorithm: u32,
        key: &Answer,
        id: &[u8],
        text: &[u8],
    ) -> Option<Result<[u8; 32], Code>> {
        let functions = &self.device.functions;
        let (init, update, end) = (functions.hash_init?, functions.hash_update?, functions.hash_final?);
        let (id_length, text_length) = (u32::try_from(id.len()).ok()?, u32::try_from(text.len()).ok()?);
        let (mut digest, mut length) = ([0; 64], 64);
        // SAFETY: the key is a structure that the library wrote itself, texts have the lengths given, and there is room
        // for twice the digest.
        let done = unsafe {
            check(init(self.handle, algorithm, key.0.as_ptr(), id.as_ptr(), id_length))
                .and_then(|()| check(update(self.handle, text.as_ptr(), text_length)))
                .and_then(|()| check(end(self.handle, digest.as_mut_ptr(), &raw mut length)))
        };
        Some(done.map(|()| digest.first_chunk().copied().unwrap_or_default()))
    }

    /// Whether the device verifies a signature that a device made.
    pub(super) fn verify(
        &mut self,
        algorithm: u32,
        key: &Answer,
        e: &[u8; 32],
        signature: &Answer,
    ) -> Option<Result<(), Code>> {
        let verify = self.device.functions.external_verify?;
        // SAFETY: both structures were written by the library itself, with much room behind; e has 32 bytes.
        let done = unsafe { verify(self.handle, algorithm, key.0.as_ptr(), e.as_ptr(), 32, signature.0.as_ptr()) };
        Some(check(done))
    }
}

/// What sealing other keys needs; `None` if the library lacks the function.
impl Session {
    /// Public key of the pair for encryption.
    pub(super) fn export_encryption_key(&mut self, index: u32) -> Option<Result<Answer, Code>> {
        let export = self.device.functions.export_encryption_key?;
        let mut answer = Answer::new();
        // SAFETY: the room is many times that of ECCrefPublicKey.
        let done = check(unsafe { export(self.handle, index, answer.0.as_mut_ptr()) });
        Some(done.map(|()| answer))
    }

    /// `ECCCipher` of a few bytes.
    pub(super) fn encrypt(&mut self, index: u32, algorithm: u32, text: &[u8]) -> Option<Result<Answer, Code>> {
        let encrypt = self.device.functions.encrypt?;
        let length = u32::try_from(text.len()).ok()?;
        let mut answer = Answer::new();
        // SAFETY: the text has the length given, the room is for hundreds of bytes more than the structure needs.
        let done =
            check(unsafe { encrypt(self.handle, index, algorithm, text.as_ptr(), length, answer.0.as_mut_ptr()) });
        Some(done.map(|()| answer))
    }

    /// What was encrypted.
    pub(super) fn decrypt(&mut self, index: u32, algorithm: u32, cipher: &Answer) -> Option<Result<Secret, Code>> {
        let decrypt = self.device.functions.decrypt?;
        let (mut text, mut length) = (Zeroizing::new(vec![0; ROOM]), u32::try_from(ROOM).ok()?);
        // SAFETY: the structure has all the room that it had when the library wrote it, and so has the text, which is
        // never longer than the structure.
        let done = check(unsafe {
            decrypt(self.handle, index, algorithm, cipher.0.as_ptr(), text.as_mut_ptr(), &raw mut length)
        });
        text.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        Some(done.map(|()| text))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: opened by us, closed once.
        let _ = unsafe { (self.device.functions.close_session)(self.handle) };
    }
}

fn check(returned: c_int) -> Result<(), Code> {
    if returned == 0 { Ok(()) } else { Err(Code(returned.cast_unsigned())) }
}
