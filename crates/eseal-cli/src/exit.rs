//! Exit status (退出码): one meaning for all commands.

use std::process::ExitCode;

use eseal::Conclusion;

/// How a command ended when it did what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: done; for verification: valid.
    Done,
    /// 1: invalid.
    Invalid,
    /// 2: indeterminate.
    Indeterminate,
}

/// 3: the file could not be read, or the command could not do its work.
const FAILED: u8 = 3;

impl From<Conclusion> for Exit {
    fn from(conclusion: Conclusion) -> Self {
        match conclusion {
            Conclusion::Valid => Self::Done,
            Conclusion::Invalid => Self::Invalid,
            Conclusion::Indeterminate => Self::Indeterminate,
        }
    }
}

/// The status for the shell; an error is printed with its causes.
pub(crate) fn code_of(result: anyhow::Result<Exit>) -> ExitCode {
    match result {
        Ok(Exit::Done) => ExitCode::SUCCESS,
        Ok(Exit::Invalid) => ExitCode::from(1),
        Ok(Exit::Indeterminate) => ExitCode::from(2),
        Err(error) => {
            eprintln!("eseal: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}
