//! Tickets that were used (已用随机数): kept until they expire, on the disk too, so that a restart forgets none.

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use crate::AgentError;

/// Most tickets that are remembered: at the allowed rate of one page, a day's work.
const KEPT_MAX: usize = 50_000;
/// Lines in the file after which it is written anew with those that still count.
const LINES_MAX: usize = 10_000;

/// Nonces with their expiry.
#[derive(Debug)]
pub(crate) struct Nonces {
    used: HashMap<[u8; 32], Timestamp>,
    file: Option<(PathBuf, File)>,
    lines: usize,
}

impl Nonces {
    /// Reads what was used before; without a path all is forgotten at the end.
    pub(crate) fn open(path: Option<&Path>, now: Timestamp) -> io::Result<Self> {
        let mut nonces = Self { used: HashMap::new(), file: None, lines: 0 };
        let Some(path) = path else { return Ok(nonces) };
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        for line in text.lines() {
            let Some((nonce, expires)) = line.split_once(' ') else { continue };
            let mut bytes = [0; 32];
            if let (Ok(()), Ok(expires)) = (hex::decode_to_slice(nonce, &mut bytes), expires.parse::<Timestamp>())
                && expires >= now
            {
                nonces.used.insert(bytes, expires);
            }
        }
        nonces.rewrite(path.to_owned())?;
        Ok(nonces)
    }

    /// Notes a nonce; an error if it was noted before, or cannot be kept.
    pub(crate) fn take(&mut self, nonce: [u8; 32], expires: Timestamp, now: Timestamp) -> Result<(), AgentError> {
        self.used.retain(|_, expires| *expires >= now);
        if self.used.contains_key(&nonce) {
            return Err(AgentError::Used);
        }
        if self.used.len() >= KEPT_MAX {
            return Err(AgentError::TooMany { retry_after_s: 60 });
        }
        let failed = |error: io::Error| AgentError::Internal(format!("used tickets cannot be noted: {error}"));
        if let Some((_, file)) = &mut self.file {
            writeln!(file, "{} {expires}", hex::encode(nonce)).and_then(|()| file.sync_data()).map_err(failed)?;
            self.lines += 1;
        }
        self.used.insert(nonce, expires);
        if self.lines >= LINES_MAX
            && let Some((path, _)) = self.file.take()
        {
            self.rewrite(path).map_err(failed)?;
        }
        Ok(())
    }

    /// Writes those that still count into a new file.
    fn rewrite(&mut self, path: PathBuf) -> io::Result<()> {
        let part = path.with_extension("part");
        let mut file = private(OpenOptions::new().write(true).create(true).truncate(true)).open(&part)?;
        for (nonce, expires) in &self.used {
            writeln!(file, "{} {expires}", hex::encode(nonce))?;
        }
        file.sync_all()?;
        fs::rename(&part, &path)?;
        self.lines = self.used.len();
        let file = private(OpenOptions::new().append(true)).open(&path)?;
        self.file = Some((path, file));
        Ok(())
    }
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_nonce_counts_once_until_it_expires_and_over_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("used");
        let at = |seconds| Timestamp::UNIX_EPOCH + Duration::from_secs(seconds);
        let mut nonces = Nonces::open(Some(&path), at(0)).expect("opened");
        assert_eq!(nonces.take([1; 32], at(10), at(0)), Ok(()));
        assert_eq!(nonces.take([1; 32], at(10), at(1)), Err(AgentError::Used));
        assert_eq!(nonces.take([2; 32], at(20), at(1)), Ok(()));
        drop(nonces);
        let mut nonces = Nonces::open(Some(&path), at(11)).expect("opened");
        assert_eq!(nonces.take([2; 32], at(20), at(11)), Err(AgentError::Used));
        assert_eq!(nonces.take([1; 32], at(30), at(11)), Ok(()), "it expired before");
    }
}
