//! The process in which vendors' libraries run (密码设备辅助进程): speaks frames with the server, and nobody else.

use std::{io, process::ExitCode};

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("eseal-device-helper: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The standard input is a socket, so that a library may print what it likes.
#[cfg(unix)]
fn serve() -> io::Result<()> {
    use std::os::{fd::AsFd as _, unix::net::UnixStream};
    let stream = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    eseal_device::helper::serve(stream.try_clone()?, stream)
}

#[cfg(not(unix))]
fn serve() -> io::Result<()> {
    eseal_device::helper::serve(io::stdin().lock(), io::stdout())
}
