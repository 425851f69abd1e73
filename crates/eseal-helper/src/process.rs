//! Starting and ending (启动与结束).

use std::{
    env,
    io::{self, Read, Write},
    path::Path,
    process::{Child, Command},
};

/// Variables of this process that the helper sees: what loading a library and its time zone need, no secrets.
const INHERITED: &[&str] = &["PATH", "HOME", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "SystemRoot", "TEMP"];

/// A process with the ways to it and from it (已启动进程).
pub type Spawned = (Child, Box<dyn Write + Send>, Box<dyn Read + Send>);

/// Starts a program that sees these variables and few others.
///
/// # Errors
/// It cannot be started.
pub fn spawn(program: &Path, arguments: &[String], environment: &[(String, String)]) -> io::Result<Spawned> {
    let mut command = Command::new(program);
    command.args(arguments).env_clear();
    command.envs(INHERITED.iter().filter_map(|name| Some((name, env::var_os(name)?))));
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    start(command)
}

/// Ends a process, whatever it does (结束进程).
pub fn end(child: &mut Child) {
    let _ = child.kill(); // fails only if it has ended
    let _ = child.wait();
}

/// Starts a program with a socket as its standard input; what its library prints goes where our own errors go.
#[cfg(unix)]
fn start(mut command: Command) -> io::Result<Spawned> {
    use std::os::{
        fd::{AsFd as _, OwnedFd},
        unix::net::UnixStream,
    };
    let (ours, theirs) = UnixStream::pair()?;
    let errors = io::stderr().as_fd().try_clone_to_owned()?;
    let child = command.stdin(OwnedFd::from(theirs)).stdout(errors).spawn()?;
    Ok((child, Box::new(ours.try_clone()?), Box::new(ours)))
}

/// Starts a program with two pipes: a library that prints would end it.
#[cfg(not(unix))]
fn start(mut command: Command) -> io::Result<Spawned> {
    use std::process::Stdio;
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    match (child.stdin.take(), child.stdout.take()) {
        (Some(input), Some(output)) => Ok((child, Box::new(input), Box::new(output))),
        _ => Err(io::ErrorKind::BrokenPipe.into()),
    }
}

/// The socket on which the process is spoken with, from inside (标准输入套接字).
///
/// # Errors
/// The system's.
#[cfg(unix)]
pub fn standard_input() -> io::Result<(impl Read + Send + 'static, impl Write + Send + 'static)> {
    use std::os::{fd::AsFd as _, unix::net::UnixStream};
    let stream = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    Ok((stream.try_clone()?, stream))
}

/// The pipes on which the process is spoken with, from inside.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn standard_input() -> io::Result<(impl Read + Send + 'static, impl Write + Send + 'static)> {
    Ok((io::stdin(), io::stdout()))
}
