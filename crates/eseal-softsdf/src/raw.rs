//! Memory of the caller (调用者内存): the one place where pointers are followed.
#![expect(unsafe_code, reason = "C programs give pointers; each is checked for NULL and copied from or to, unaligned")]

use std::{ffi::c_void, ptr, slice};

use crate::Sdr;

/// Longest input of one call: what DEVICEINFO names as BufferSize.
pub(crate) const INPUT_MAX_BYTES: u32 = 1 << 20;

/// Borrows `length` bytes of the caller; no bytes may be NULL.
///
/// # Safety
/// `from` is NULL or points to `length` bytes that stay as they are while they are borrowed.
pub(crate) unsafe fn bytes<'a>(from: *const u8, length: u32) -> Result<&'a [u8], Sdr> {
    match usize::try_from(length) {
        Ok(0) => Ok(&[]),
        Ok(length) if !from.is_null() && length <= INPUT_MAX_BYTES as usize => {
            // SAFETY: not NULL; the caller of this function answers for the rest.
            Ok(unsafe { slice::from_raw_parts(from, length) })
        }
        _ => Err(Sdr::INPUT),
    }
}

/// Writes all bytes to the caller.
///
/// # Safety
/// `to` is NULL or points to as many writable bytes.
pub(crate) unsafe fn put(to: *mut c_void, bytes: &[u8]) -> Result<(), Sdr> {
    if to.is_null() {
        return Err(Sdr::OUTPUT);
    }
    // SAFETY: not NULL; the caller of this function answers for the rest.
    unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), to.cast(), bytes.len()) };
    Ok(())
}

/// Answers bytes with their length: `to` NULL asks for the length only, too small a buffer is told the length needed.
///
/// # Safety
/// `length` is NULL or points to an `unsigned int`; `to` is NULL or points to that many writable bytes.
pub(crate) unsafe fn put_sized(to: *mut u8, length: *mut u32, bytes: &[u8]) -> Result<(), Sdr> {
    let needed = u32::try_from(bytes.len()).map_err(|_| Sdr::UNKNOWN)?;
    // SAFETY: the same promise as ours.
    let room = unsafe { put_length(length, needed) }?;
    if to.is_null() {
        return Ok(());
    }
    if room < needed {
        return Err(Sdr::NO_BUFFER);
    }
    // SAFETY: there is room for all bytes.
    unsafe { put(to.cast(), bytes) }
}

/// Answers a length, gives the one that stood there.
///
/// # Safety
/// `length` is NULL or points to an `unsigned int`.
pub(crate) unsafe fn put_length(length: *mut u32, needed: u32) -> Result<u32, Sdr> {
    if length.is_null() {
        return Err(Sdr::OUTPUT);
    }
    // SAFETY: not NULL; the caller of this function answers for the rest.
    unsafe {
        let room = length.read_unaligned();
        length.write_unaligned(needed);
        Ok(room)
    }
}

/// Answers a handle.
///
/// # Safety
/// `to` is NULL or points to a `void *`.
pub(crate) unsafe fn put_handle(to: *mut *mut c_void, handle: usize) -> Result<(), Sdr> {
    if to.is_null() {
        return Err(Sdr::OUTPUT);
    }
    // SAFETY: not NULL; the caller of this function answers for the rest.
    unsafe { to.write_unaligned(ptr::without_provenance_mut(handle)) };
    Ok(())
}
