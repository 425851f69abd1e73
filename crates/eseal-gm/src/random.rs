//! Random numbers of the operating system (随机数).

/// The operating system gave no random numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random numbers")]
pub struct RandomError;

/// Random bytes (随机数) for keys, nonces and initial values.
///
/// # Errors
/// [`RandomError`] if the operating system has none.
pub fn random<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| RandomError)?;
    Ok(bytes)
}
