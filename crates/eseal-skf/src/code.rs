//! Return values of the interface (错误代码), and what follows from them.

use crate::SkfError;

/// What the library returned (返回值); 0 is no error and never stands here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Code(pub(crate) u32);

impl Code {
    pub(crate) const BUFFER: Self = Self(0x0A00_0020);
    pub(crate) const HANDLE: Self = Self(0x0A00_0005);
    pub(crate) const NOT_SUPPORTED: Self = Self(0x0A00_0003);
    pub(crate) const REMOVED: Self = Self(0x0A00_0023);
    pub(crate) const PIN_INCORRECT: Self = Self(0x0A00_0024);
    pub(crate) const PIN_LOCKED: Self = Self(0x0A00_0025);
    pub(crate) const PIN_INVALID: Self = Self(0x0A00_0026);
    pub(crate) const PIN_LENGTH: Self = Self(0x0A00_0027);
    pub(crate) const TIMEOUT: Self = Self(0x0A00_000F);

    /// As callers are told; `left` is what a PIN function said beside it.
    pub(crate) const fn pin_error(self, left: u32) -> SkfError {
        match self {
            Self::PIN_INCORRECT if left == 0 => SkfError::Locked,
            Self::PIN_INCORRECT => SkfError::WrongPin { attempts_left: left },
            Self::PIN_LOCKED => SkfError::Locked,
            Self::PIN_INVALID | Self::PIN_LENGTH => SkfError::PinShape,
            other => other.error(),
        }
    }

    pub(crate) const fn error(self) -> SkfError {
        match self {
            Self::REMOVED | Self::HANDLE => SkfError::Removed,
            Self::TIMEOUT => SkfError::Busy,
            Self(code) => SkfError::Device { code },
        }
    }
}

impl From<Code> for SkfError {
    fn from(code: Code) -> Self {
        code.error()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_pin_without_tries_left_is_a_lock() {
        assert!(matches!(Code::PIN_INCORRECT.pin_error(0), SkfError::Locked));
        assert!(matches!(Code::PIN_INCORRECT.pin_error(3), SkfError::WrongPin { attempts_left: 3 }));
        assert!(matches!(Code::PIN_LOCKED.pin_error(3), SkfError::Locked));
        assert!(matches!(Code(0x0B00_0001).pin_error(0), SkfError::Device { code: 0x0B00_0001 }));
    }
}
