//! The helper's side (辅助进程端).

use std::{
    io::{self, Read, Write},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use super::frame::{self, Answer, Request};
use crate::{
    DigestSigner as _, SignDigestError, SignInput,
    sdf::{SdfDevice, SdfError, SdfSigner},
};

/// Opens the device that the first frame names, says whether that went well, then signs until the input ends.
///
/// Each request has a thread: how many sign at a time is for the pool of sessions to say.  Nothing is written to
/// `output` but frames, so the library's own words must go elsewhere.
///
/// # Errors
/// If the streams break, or a frame is malformed.
pub fn serve(mut input: impl Read, output: impl Write + Send + 'static) -> io::Result<()> {
    let first = frame::read(&mut input)?;
    let output = Arc::new(Mutex::new(output));
    let say = |body: &[u8]| frame::write(&mut *output.lock().unwrap_or_else(PoisonError::into_inner), body);
    let signers = match open(&first) {
        Ok(signers) => signers,
        Err(why) => return say(why.as_bytes()),
    };
    drop(first);
    say(b"")?;
    loop {
        let body = match frame::read(&mut input) {
            Ok(body) => body,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        };
        let request = Request::read(&body).ok_or(io::ErrorKind::InvalidData)?;
        let signer = signers.get(request.key).ok_or(io::ErrorKind::InvalidData)?;
        let (signer, output) = (Arc::clone(signer), Arc::clone(&output));
        thread::Builder::new().spawn(move || {
            let answer = Answer { id: request.id, result: sign(&signer, &request.e) }.to_body();
            // A broken stream ends the loop above as well: there is nobody left to tell.
            let _ = frame::write(&mut *output.lock().unwrap_or_else(PoisonError::into_inner), &answer);
        })?;
    }
}

fn open(first: &[u8]) -> Result<Vec<Arc<SdfSigner>>, String> {
    let (profile, keys) = frame::read_start(first).ok_or("the first frame is malformed")?;
    let device = SdfDevice::open(profile).map_err(|error| error.to_string())?;
    let signer = |key: super::HelperKey| device.signer(key.index, &key.certificate, key.password).map(Arc::new);
    keys.into_iter().map(signer).collect::<Result<_, SdfError>>().map_err(|error| error.to_string())
}

fn sign(signer: &SdfSigner, e: &[u8; 32]) -> Result<[u8; 64], SignDigestError> {
    Ok(signer.sign_unchecked(&SignInput { e, tbs: &[] })?.to_raw())
}
