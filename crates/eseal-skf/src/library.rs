//! The vendor's library (厂商动态库): loading, and the calls, without any meaning.
#![expect(unsafe_code, reason = "a C library is loaded and called; each call says why its arguments are sound")]

use std::{ffi::c_void, ptr};

use libloading::Library;
use zeroize::Zeroizing;

use crate::{SkfError, SkfProfile, code::Code};

/// A handle of the library (句柄).
pub(crate) type Handle = *mut c_void;

/// ULONG and BOOL by value.  On 64-bit Unix a register holds either length, so that the longer one, extended with zeros,
/// suits both; elsewhere the standard's length is the only one.
#[cfg(all(unix, target_pointer_width = "64"))]
type Ulong = u64;
#[cfg(not(all(unix, target_pointer_width = "64")))]
type Ulong = u32;

// The standard's types on every platform that we know.
const _: () = assert!(size_of::<Handle>() == size_of::<usize>() && size_of::<Ulong>() >= 4);

/// Room for every structure of an answer: the largest, DEVINFO, has at most 328 bytes.
const ROOM: usize = 1024;
/// Longest answer of the kind that says its length: certificates with all that vendors put around them, lists of names.
const SIZED_MAX: usize = 64 << 10;
/// More room behind the length that the library asked for, against libraries that write a zero byte too much.
const SLACK: usize = 64;

/// A ULONG or BOOL of the library: eight zero bytes, of which it writes four or eight (输出整数).
#[derive(Default)]
#[repr(C, align(8))]
struct Number([u8; 8]);

impl Number {
    fn of(value: u32) -> Self {
        Self(u64::from(value).to_ne_bytes())
    }

    /// The low 32 bits.
    fn get(&self) -> u32 {
        // The cast keeps the low bits, whatever the order of bytes is; a library of 4 bytes on a big-endian machine
        // would write the others, and no such machine is supported.
        (u64::from_ne_bytes(self.0) & u64::from(u32::MAX)) as u32
    }

    fn at(&mut self) -> *mut c_void {
        self.0.as_mut_ptr().cast()
    }
}

/// Declares the functions with their prototypes, and loads them by any of their names; all that are missing are told.
macro_rules! functions {
    ($($field:ident = [$first:literal $(, $other:literal)*]: fn($($argument:ty),*);)*) => {
        struct Functions {
            $($field: unsafe extern "system" fn($($argument),*) -> u32,)*
        }

        impl Functions {
            fn load(library: &Library, profile: &SkfProfile) -> Result<Self, SkfError> {
                let mut missing = Vec::new();
                $(
                    let alias = profile.symbols.iter().find(|(name, _)| name == $first).map(|(_, alias)| alias.as_str());
                    let names: &[&str] = &[$first $(, $other)*];
                    let names = alias.as_slice().iter().chain(if alias.is_some() { &[] } else { names });
                    let $field = names.clone().find_map(|name| {
                        // SAFETY: the symbol has the standard's prototype, if the library is what the profile says.
                        let found = unsafe {
                            library.get::<unsafe extern "system" fn($($argument),*) -> u32>(*name)
                        };
                        found.map(|symbol| *symbol).ok()
                    });
                    if $field.is_none() {
                        missing.extend(names.take(1).map(|name| (*name).to_owned()));
                    }
                )*
                match ($($field,)*) {
                    ($(Some($field),)*) => Ok(Self { $($field,)* }),
                    _ => Err(SkfError::MissingSymbols(missing)),
                }
            }
        }
    };
}

functions! {
    enum_dev = ["SKF_EnumDev"]: fn(Ulong, *mut c_void, *mut c_void);
    connect_dev = ["SKF_ConnectDev"]: fn(*const u8, *mut Handle);
    disconnect_dev = ["SKF_DisConnectDev", "SKF_DisconnectDev"]: fn(Handle);
    dev_info = ["SKF_GetDevInfo"]: fn(Handle, *mut c_void);
    lock_dev = ["SKF_LockDev"]: fn(Handle, Ulong);
    unlock_dev = ["SKF_UnlockDev"]: fn(Handle);
    enum_application = ["SKF_EnumApplication"]: fn(Handle, *mut c_void, *mut c_void);
    open_application = ["SKF_OpenApplication"]: fn(Handle, *const u8, *mut Handle);
    close_application = ["SKF_CloseApplication"]: fn(Handle);
    pin_info = ["SKF_GetPINInfo"]: fn(Handle, Ulong, *mut c_void, *mut c_void, *mut c_void);
    verify_pin = ["SKF_VerifyPIN"]: fn(Handle, Ulong, *const u8, *mut c_void);
    clear_secure_state = ["SKF_ClearSecureState", "SKF_ClearSecueState"]: fn(Handle);
    enum_container = ["SKF_EnumContainer"]: fn(Handle, *mut c_void, *mut c_void);
    open_container = ["SKF_OpenContainer"]: fn(Handle, *const u8, *mut Handle);
    close_container = ["SKF_CloseContainer"]: fn(Handle);
    export_certificate = ["SKF_ExportCertificate"]: fn(Handle, Ulong, *mut c_void, *mut c_void);
    export_public_key = ["SKF_ExportPublicKey"]: fn(Handle, Ulong, *mut c_void, *mut c_void);
    ecc_sign = ["SKF_ECCSignData"]: fn(Handle, *const u8, Ulong, *mut c_void);
}

/// A loaded library.  Used by one thread at a time: handles and calls never leave it.
pub(crate) struct Skf {
    functions: Functions,
    // Dropped last: the functions lie in it.
    _library: Library,
}

/// Whose PIN: `USER_TYPE`.
const USER: Ulong = 1;
/// The pair for signatures, of a container's two.
const SIGNING: Ulong = 1;

fn check(code: u32) -> Result<(), Code> {
    if code == 0 { Ok(()) } else { Err(Code(code)) }
}

impl Skf {
    pub(crate) fn load(profile: &SkfProfile) -> Result<Self, SkfError> {
        let failed = |error: libloading::Error| SkfError::Load { path: profile.path.clone(), error: error.to_string() };
        // SAFETY: loading runs the library's own code; the profile names a library that its owner trusts.
        let library = unsafe { Library::new(&profile.path) }.map_err(failed)?;
        Ok(Self { functions: Functions::load(&library, profile)?, _library: library })
    }

    /// The convention of two calls: the length, then the bytes; once more if it grew in between.
    fn sized(&self, call: impl Fn(*mut c_void, *mut c_void) -> u32) -> Result<Vec<u8>, Code> {
        let mut last = Code::BUFFER;
        for _ in 0..2 {
            let mut length = Number::default();
            check(call(ptr::null_mut(), length.at()))?;
            let asked = usize::try_from(length.get()).unwrap_or(usize::MAX);
            if asked > SIZED_MAX {
                return Err(Code::BUFFER);
            }
            let mut bytes = vec![0; asked + SLACK];
            let mut length = Number::of(u32::try_from(asked).unwrap_or_default());
            match check(call(bytes.as_mut_ptr().cast(), length.at())) {
                Ok(()) => {
                    let written = usize::try_from(length.get()).unwrap_or_default().min(asked);
                    bytes.truncate(written);
                    return Ok(bytes);
                }
                Err(Code::BUFFER) => last = Code::BUFFER,
                Err(other) => return Err(other),
            }
        }
        Err(last)
    }

    fn handle(open: impl FnOnce(*mut Handle) -> u32) -> Result<Handle, Code> {
        let mut handle = ptr::null_mut();
        check(open(&raw mut handle))?;
        // A handle of zeros after success: a library that does not keep its word.
        if handle.is_null() { Err(Code::HANDLE) } else { Ok(handle) }
    }

    pub(crate) fn devices(&self) -> Result<Vec<u8>, Code> {
        // SAFETY: a buffer of the length that is named, or NULL; eight bytes for the length.
        self.sized(|list, size| unsafe { (self.functions.enum_dev)(1, list, size) })
    }

    pub(crate) fn connect(&self, name: &[u8]) -> Result<Handle, Code> {
        debug_assert_eq!(name.last(), Some(&0));
        // SAFETY: the name ends in a zero byte, the handle is ours.
        Self::handle(|handle| unsafe { (self.functions.connect_dev)(name.as_ptr(), handle) })
    }

    pub(crate) fn disconnect(&self, device: Handle) {
        // SAFETY: a handle that the library gave and nobody closed.
        unsafe { (self.functions.disconnect_dev)(device) };
    }

    /// `DEVINFO` with all the room that it had.
    pub(crate) fn info(&self, device: Handle) -> Result<[u8; ROOM], Code> {
        let mut info = [0; ROOM];
        // SAFETY: a living handle; three times the room that the structure needs.
        check(unsafe { (self.functions.dev_info)(device, info.as_mut_ptr().cast()) })?;
        Ok(info)
    }

    pub(crate) fn lock(&self, device: Handle, timeout_ms: u32) -> Result<(), Code> {
        // SAFETY: a living handle.
        check(unsafe { (self.functions.lock_dev)(device, timeout_ms.into()) })
    }

    pub(crate) fn unlock(&self, device: Handle) {
        // SAFETY: a living handle.
        unsafe { (self.functions.unlock_dev)(device) };
    }

    pub(crate) fn applications(&self, device: Handle) -> Result<Vec<u8>, Code> {
        // SAFETY: a living handle; a buffer of the length that is named, or NULL; eight bytes for the length.
        self.sized(|list, size| unsafe { (self.functions.enum_application)(device, list, size) })
    }

    pub(crate) fn open_application(&self, device: Handle, name: &[u8]) -> Result<Handle, Code> {
        debug_assert_eq!(name.last(), Some(&0));
        // SAFETY: a living handle; the name ends in a zero byte, the handle is ours.
        Self::handle(|handle| unsafe { (self.functions.open_application)(device, name.as_ptr(), handle) })
    }

    pub(crate) fn close_application(&self, application: Handle) {
        // SAFETY: a handle that the library gave and nobody closed.
        unsafe { (self.functions.close_application)(application) };
    }

    /// Most tries, tries left, whether it is the first PIN.
    pub(crate) fn pin_info(&self, application: Handle) -> Result<[u32; 3], Code> {
        let mut numbers = [Number::default(), Number::default(), Number::default()];
        let [max, left, initial] = &mut numbers;
        // SAFETY: a living handle; eight bytes for each number.
        check(unsafe { (self.functions.pin_info)(application, USER, max.at(), left.at(), initial.at()) })?;
        Ok(numbers.map(|number| number.get()))
    }

    /// Tries the PIN once; beside the error, what is left.
    pub(crate) fn verify_pin(&self, application: Handle, pin: &Zeroizing<Vec<u8>>) -> Result<(), (Code, u32)> {
        debug_assert_eq!(pin.last(), Some(&0));
        let mut left = Number::default();
        // SAFETY: a living handle; the PIN ends in a zero byte; eight bytes for the number.
        let code = unsafe { (self.functions.verify_pin)(application, USER, pin.as_ptr(), left.at()) };
        check(code).map_err(|code| (code, left.get()))
    }

    pub(crate) fn clear_secure_state(&self, application: Handle) -> Result<(), Code> {
        // SAFETY: a living handle.
        check(unsafe { (self.functions.clear_secure_state)(application) })
    }

    pub(crate) fn containers(&self, application: Handle) -> Result<Vec<u8>, Code> {
        // SAFETY: a living handle; a buffer of the length that is named, or NULL; eight bytes for the length.
        self.sized(|list, size| unsafe { (self.functions.enum_container)(application, list, size) })
    }

    pub(crate) fn open_container(&self, application: Handle, name: &[u8]) -> Result<Handle, Code> {
        debug_assert_eq!(name.last(), Some(&0));
        // SAFETY: a living handle; the name ends in a zero byte, the handle is ours.
        Self::handle(|handle| unsafe { (self.functions.open_container)(application, name.as_ptr(), handle) })
    }

    pub(crate) fn close_container(&self, container: Handle) {
        // SAFETY: a handle that the library gave and nobody closed.
        unsafe { (self.functions.close_container)(container) };
    }

    pub(crate) fn certificate(&self, container: Handle) -> Result<Vec<u8>, Code> {
        // SAFETY: a living handle; a buffer of the length that is named, or NULL; eight bytes for the length.
        self.sized(|der, size| unsafe { (self.functions.export_certificate)(container, SIGNING, der, size) })
    }

    /// How long the library says that an `ECCPUBLICKEYBLOB` is.
    pub(crate) fn public_key_bytes(&self, container: Handle) -> Result<u32, Code> {
        let mut length = Number::default();
        // SAFETY: a living handle; NULL asks for the length, which has eight bytes.
        check(unsafe { (self.functions.export_public_key)(container, SIGNING, ptr::null_mut(), length.at()) })?;
        Ok(length.get())
    }

    /// `ECCSIGNATUREBLOB` of e, with all the room that it had.
    pub(crate) fn sign(&self, container: Handle, e: &[u8; 32]) -> Result<[u8; ROOM], Code> {
        let mut signature = [0; ROOM];
        // SAFETY: a living handle; 32 bytes of e; eight times the room that the structure needs.
        check(unsafe { (self.functions.ecc_sign)(container, e.as_ptr(), 32, signature.as_mut_ptr().cast()) })?;
        Ok(signature)
    }
}
