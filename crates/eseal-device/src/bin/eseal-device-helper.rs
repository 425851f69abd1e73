//! The process in which vendors' libraries run (密码设备辅助进程): speaks frames with the server, and nobody else.

use std::{io, process::ExitCode};

fn main() -> ExitCode {
    match eseal_device::helper::serve(io::stdin().lock(), io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("eseal-device-helper: {error}");
            ExitCode::FAILURE
        }
    }
}
