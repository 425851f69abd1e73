//! How functions are exported (导出): by the standard's name, with a body that cannot bring C down.

use std::{
    ffi::c_int,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::Sdr;

/// Runs the body of a function; a panic is an error like others, and never crosses into C.
pub(crate) fn guard(body: impl FnOnce() -> Result<(), Sdr>) -> c_int {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => 0,
        Ok(Err(error)) => error.code(),
        Err(_) => Sdr::UNKNOWN.code(),
    }
}

macro_rules! exports {
    ($($(#[$doc:meta])* fn $name:ident($($argument:ident: $kind:ty),* $(,)?) $body:block)*) => {
        $(
            $(#[$doc])*
            ///
            /// # Safety
            /// Each pointer is NULL or points to what the standard's prototype says, with the length given beside it.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name($($argument: $kind),*) -> std::ffi::c_int {
                // SAFETY: the body hands pointers to `raw` as they came; our caller answers for them.
                #[allow(unused_unsafe, reason = "not every body follows pointers")]
                $crate::guard::guard(|| unsafe { $body })
            }
        )*
    };
}
