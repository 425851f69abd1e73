//! Serial numbers (序列号): each is used once, whatever happens to the process.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use anyhow::{Context, Result};

use crate::files;

/// So many numbers are reserved at a time: the disk is written once for them, and a crash loses as many.
const BLOCK: u64 = 1_024;

/// Counts; the file holds the first number that was never reserved.
#[derive(Debug)]
pub(super) struct Serials {
    file: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    next: u64,
    reserved: u64,
}

impl Serials {
    /// Goes on where the file says.
    pub(super) fn open(file: &Path) -> Result<Self> {
        let next = if file.exists() {
            let text = files::read_text(file)?;
            text.trim().parse().with_context(|| format!("{} holds no number", file.display()))?
        } else {
            1
        };
        Ok(Self { file: file.to_owned(), state: Mutex::new(State { next, reserved: next }) })
    }

    /// A number that was never used before, as content octets of an INTEGER.
    pub(super) fn next(&self) -> Result<[u8; 9]> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.next >= state.reserved {
            let reserved = state.next.checked_add(BLOCK).context("no serial numbers are left")?;
            files::write(&self.file, reserved.to_string().as_bytes())?;
            state.reserved = reserved;
        }
        let number = state.next;
        state.next += 1;
        let mut octets = [0; 9]; // the leading zero keeps it positive
        octets[1..].copy_from_slice(&number.to_be_bytes());
        Ok(octets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_is_used_twice_even_after_a_crash() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("serials");
        let mut seen = std::collections::HashSet::new();
        for _ in 0..3 {
            let serials = Serials::open(&file).unwrap();
            for _ in 0..1_500 {
                assert!(seen.insert(serials.next().unwrap()));
            }
        }
        std::fs::write(&file, "damaged").unwrap();
        assert!(Serials::open(&file).is_err());
    }
}
