//! Frames between supervisor and worker (帧): four bytes of length, then JSON.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

/// Bytes of an answer: a state and the name of an exception.
const MOST: u32 = 64 << 10;

/// What the worker is asked to do.
#[derive(Debug, Serialize)]
pub(super) struct Order<'a> {
    pub(super) input: &'a str,
    pub(super) output: &'a str,
    pub(super) filter: &'a str,
    pub(super) export: &'a str,
    pub(super) data: serde_json::Value,
    pub(super) title: Option<&'a str>,
}

/// What it answers.
#[derive(Debug, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub(super) enum Answer {
    /// Jobs may come.
    Ready,
    /// The document is laid out.
    Loaded,
    /// The PDF is written.
    Done,
    /// LibreOffice does not read the document.
    Refused {
        /// Name of the exception.
        problem: String,
    },
    /// The PDF could not be written.
    Failed {
        /// Name of the exception.
        problem: String,
    },
}

pub(super) fn write(stream: &mut impl Write, order: &Order<'_>) -> io::Result<()> {
    let text = serde_json::to_vec(order)?;
    let length = u32::try_from(text.len()).map_err(io::Error::other)?;
    stream.write_all(&length.to_be_bytes())?;
    stream.write_all(&text)?;
    stream.flush()
}

pub(super) fn read(stream: &mut impl Read) -> io::Result<Answer> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length > MOST {
        return Err(io::Error::other("a frame of that length is none"));
    }
    let mut text = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    stream.read_exact(&mut text)?;
    Ok(serde_json::from_slice(&text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_and_long_ones_refused() {
        let frame = |text: &str| [&u32::try_from(text.len()).unwrap().to_be_bytes(), text.as_bytes()].concat();
        let refused = frame(r#"{"state":"refused","problem":"IOException"}"#);
        assert!(matches!(read(&mut refused.as_slice()), Ok(Answer::Refused { problem }) if problem == "IOException"));
        assert!(read(&mut frame(r#"{"state":"odd"}"#).as_slice()).is_err());
        assert!(read(&mut u32::MAX.to_be_bytes().as_slice()).is_err());
    }
}
