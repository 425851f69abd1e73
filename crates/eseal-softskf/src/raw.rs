//! Memory of the caller (调用者内存): the one place where pointers are followed.
#![expect(unsafe_code, reason = "C programs give pointers; each is checked for NULL and copied from or to, unaligned")]

use std::{
    ffi::{c_char, c_void},
    ptr, slice,
};

use crate::{Sar, layout::Layout};

/// Longest input of one call: what DEVINFO names as MaxBufferSize.
pub(crate) const INPUT_MAX_BYTES: u32 = 1 << 20;
/// Longest text: names have at most 64 bytes, PINs 16; a missing end is found soon.
const TEXT_MAX_BYTES: usize = 256;

/// Borrows `length` bytes of the caller; no bytes may be NULL.
///
/// # Safety
/// `from` is NULL or points to `length` bytes that stay as they are while they are borrowed.
pub(crate) unsafe fn bytes<'a>(from: *const u8, length: u32) -> Result<&'a [u8], Sar> {
    match usize::try_from(length) {
        Ok(0) => Ok(&[]),
        Ok(length) if !from.is_null() && length <= INPUT_MAX_BYTES as usize => {
            // SAFETY: not NULL; the caller of this function answers for the rest.
            Ok(unsafe { slice::from_raw_parts(from, length) })
        }
        Ok(_) if from.is_null() => Err(Sar::PARAMETER),
        _ => Err(Sar::INPUT_LENGTH),
    }
}

/// Borrows a text up to its zero byte.
///
/// # Safety
/// `from` is NULL or points to bytes that end in a zero byte.
pub(crate) unsafe fn text<'a>(from: *const c_char) -> Result<&'a [u8], Sar> {
    if from.is_null() {
        return Err(Sar::PARAMETER);
    }
    let from: *const u8 = from.cast();
    // SAFETY: bytes are read one after the other, and none behind the first zero.
    let length = (0..TEXT_MAX_BYTES).find(|at| unsafe { from.add(*at).read() } == 0).ok_or(Sar::NAME_LENGTH)?;
    // SAFETY: as many bytes were just read.
    Ok(unsafe { slice::from_raw_parts(from, length) })
}

/// Writes all bytes to the caller.
///
/// # Safety
/// `to` is NULL or points to as many writable bytes.
pub(crate) unsafe fn put(to: *mut c_void, bytes: &[u8]) -> Result<(), Sar> {
    if to.is_null() {
        return Err(Sar::PARAMETER);
    }
    // SAFETY: not NULL; the caller of this function answers for the rest.
    unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), to.cast(), bytes.len()) };
    Ok(())
}

/// Answers bytes with their length: `to` NULL asks for the length only, too small a buffer is told the length needed.
///
/// # Safety
/// `length` is NULL or points to a ULONG; `to` is NULL or points to that many writable bytes.
pub(crate) unsafe fn put_sized(to: *mut c_void, length: *mut c_void, bytes: &[u8], layout: Layout) -> Result<(), Sar> {
    let needed = u32::try_from(bytes.len()).map_err(|_| Sar::UNKNOWN)?;
    if length.is_null() {
        return Err(Sar::PARAMETER);
    }
    // SAFETY: not NULL, and a ULONG has at least these bytes, the low ones first on the machines that we know.
    let room = unsafe { length.cast::<u32>().read_unaligned() };
    // SAFETY: the same promise as ours.
    unsafe { put_number(length, needed, layout) }?;
    if to.is_null() {
        return Ok(());
    }
    if room < needed {
        return Err(Sar::BUFFER);
    }
    // SAFETY: there is room for all bytes.
    unsafe { put(to, bytes) }
}

/// Answers a ULONG or BOOL, as long as the library says that it is.
///
/// # Safety
/// `to` is NULL or points to a ULONG.
pub(crate) unsafe fn put_number(to: *mut c_void, number: u32, layout: Layout) -> Result<(), Sar> {
    // SAFETY: the same promise as ours.
    unsafe { put(to, &layout.number(number)) }
}

/// Answers a handle.
///
/// # Safety
/// `to` is NULL or points to a `void *`.
pub(crate) unsafe fn put_handle(to: *mut *mut c_void, handle: usize) -> Result<(), Sar> {
    if to.is_null() {
        return Err(Sar::PARAMETER);
    }
    // SAFETY: not NULL; the caller of this function answers for the rest.
    unsafe { to.write_unaligned(ptr::without_provenance_mut(handle)) };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_convention_of_two_calls_is_exact() {
        let layout = Layout::default();
        let (mut room, mut length) = ([0xA5_u8; 8], 0_u32);
        let length_at = ptr::from_mut(&mut length).cast();
        let room_at = room.as_mut_ptr().cast();
        // SAFETY: both point to values above, with the room that is named.
        unsafe {
            assert_eq!(put_sized(ptr::null_mut(), length_at, b"seven..", layout), Ok(()));
            assert_eq!(*length_at.cast::<u32>(), 7);
            *length_at.cast::<u32>() = 6;
            assert_eq!(put_sized(room_at, length_at, b"seven..", layout), Err(Sar::BUFFER));
            assert_eq!(*length_at.cast::<u32>(), 7);
            assert_eq!(put_sized(room_at, length_at, b"seven..", layout), Ok(()));
            assert_eq!(put_sized(room_at, ptr::null_mut(), b"seven..", layout), Err(Sar::PARAMETER));
        }
        assert_eq!(&room, b"seven..\xA5");
    }
}
