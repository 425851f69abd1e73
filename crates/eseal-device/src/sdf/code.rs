//! Return values of the interface (错误代码), and what follows from them.

use crate::SignDigestError;

/// What the library returned (返回值); 0 is no error and never stands here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code(pub(super) u32);

/// What to do about a code (处置).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reaction {
    /// Take the access right again, and try once more.
    TakeRight,
    /// The session is of no use any more.
    DropSession,
    /// The session is good, the request was not.
    Keep,
}

impl Code {
    /// Vendors add codes of their own beside the standard's: their sessions are not trusted afterwards.
    pub(super) const fn reaction(self) -> Reaction {
        match self.0 {
            0x0100_0018 => Reaction::TakeRight,
            // 不支持, 密钥不存在, 算法不支持, 算法模式不支持, 输入参数, 输出参数
            0x0100_0002 | 0x0100_0008..=0x0100_000A | 0x0100_001D | 0x0100_001E => Reaction::Keep,
            _ => Reaction::DropSession,
        }
    }

    /// As callers are told.
    pub(super) const fn error(self) -> SignDigestError {
        SignDigestError::Device { code: self.0 }
    }

    /// SDR_PRKRERR: the right is not held, or the password is wrong.
    pub(super) fn is_about_right(self) -> bool {
        self.reaction() == Reaction::TakeRight
    }

    /// SDR_OPENSESSION and what else devices say that have no session left.
    pub(super) const fn is_without_session(self) -> bool {
        matches!(self.0, 0x0100_0006 | 0x0100_001C)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_vendor_invented_ends_the_session_what_we_asked_wrongly_does_not() {
        for (code, reaction) in [
            (0x0100_0018, Reaction::TakeRight),
            (0x0100_0003, Reaction::DropSession),
            (0x0100_0010, Reaction::DropSession),
            (0x0101_0001, Reaction::DropSession),
            (0x0100_0008, Reaction::Keep),
            (0x0100_001D, Reaction::Keep),
        ] {
            assert_eq!(Code(code).reaction(), reaction, "{code:#010x}");
        }
        assert!(Code(0x0100_0004).error().is_outage() && Code(0x0101_0001).error().is_outage());
        assert!(!Code(0x0100_0008).error().is_outage());
        assert_eq!(Code(0x0100_0008).error(), SignDigestError::Device { code: 0x0100_0008 });
    }
}
