//! The colour profile of PDF/A (颜色特性文件): LibreOffice makes it anew, with the time of day in it.

use std::ops::Range;

/// Fields of the profile's header, ICC.1:2010 7.2: date and time, and the digest made with them.
const DATE: Range<usize> = 24..36;
const DIGEST: Range<usize> = 84..100;

/// A profile without its time; `None` if it is none.
pub(super) fn without_time(mut profile: Vec<u8>) -> Option<Vec<u8>> {
    if profile.get(36..40)? != b"acsp" {
        return None;
    }
    for field in [DATE, DIGEST] {
        profile.get_mut(field)?.fill(0);
    }
    Some(profile)
}
