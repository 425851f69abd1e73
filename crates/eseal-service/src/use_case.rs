//! The way of every call of the sixteen interfaces (调用流程): right, parameters, nothing twice, the use case, the answer.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_trait::async_trait;
use eseal_api::{Common, Effect, Expected, Function, Overall, Request};
use futures::FutureExt;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tracing::Instrument;

use crate::{
    App, Caller, Error, Result, access, basic, central,
    idempotency::{self, Begun, Remembering, fingerprint},
    login, signing, verification,
};

/// One of the interfaces (用例): from its request to its answer.
#[async_trait]
pub trait UseCase: Request + Send + Sync + 'static {
    /// Which one.
    const FUNCTION: Function;

    /// What is kept to answer the same request again; files by reference, tokens never.
    type Memory: Serialize + DeserializeOwned + Send + Sync + 'static;

    /// What is answered.
    type Answer: Overall + Serialize + Send;

    /// Does it.
    async fn carry_out(self, app: &Arc<App>, caller: &Caller) -> Result<Self::Memory>;

    /// Whether the caller may still have what was done before.
    async fn check_again(&self, app: &Arc<App>, caller: &Caller, memory: &Self::Memory) -> Result<()>;

    /// False if the same request had better run again: there is a token in it, or a part failed for a reason that may
    /// pass.
    fn is_worth_keeping(memory: &Self::Memory) -> bool;

    /// The answer.
    async fn answer(app: &Arc<App>, caller: &Caller, memory: Self::Memory) -> Result<Self::Answer>;
}

/// Calls an interface with the `content` of a request.
///
/// # Errors
/// Whatever is not an entry of a list.
pub async fn call<U: UseCase>(app: &Arc<App>, caller: &Caller, content: &Value) -> Result<U::Answer> {
    let request = admit::<U>(app, caller, content)?;
    let memory = match idempotency::begin(app, caller, U::FUNCTION.path(), &fingerprint(content)).await? {
        Begun::Before(kept) => {
            let memory = serde_json::from_str(&kept).map_err(|error| Error::Internal(error.to_string()))?;
            request.check_again(app, caller, &memory).await?;
            memory
        }
        Begun::New(remembering) => carry_out(app, caller, request, remembering).await?,
    };
    U::answer(app, caller, memory).await
}

/// Checks everything that needs no look at the store: right to the function, the system's identifier, parameters.
///
/// # Errors
/// [`Error::FunctionNotAllowed`]; 40001, 40002, 41302 with the field.
pub fn admit<U: UseCase>(app: &App, caller: &Caller, content: &Value) -> Result<U> {
    caller.system()?.check_function(U::FUNCTION)?;
    check_system_id(caller, content, U::FUNCTION)?;
    let request = U::from_content(content)?;
    match request.longest_list() {
        Some((name, length)) if length > app.config.limits.list_entries => {
            Err(Error::too_long(format!("/{name}"), app.config.limits.list_entries))
        }
        _ => Ok(request),
    }
}

/// `systemID` is the authenticated system; where the contract does not list it, it may be left out.
fn check_system_id(caller: &Caller, content: &Value, function: Function) -> Result<()> {
    let is_optional = matches!(
        function,
        Function::ConvertFile
            | Function::MakeSealImage
            | Function::GetSignTask
            | Function::VerifyFile
            | Function::VerifySeal
            | Function::UploadFile
            | Function::DownloadFile
    );
    match content.get("systemID") {
        None | Some(Value::Null) if is_optional => Ok(()),
        None | Some(Value::Null) => Err(Error::missing("/systemID")),
        Some(Value::String(text)) if text.is_empty() => Err(Error::missing("/systemID")),
        Some(Value::String(text)) if *text == caller.system()?.system_id => Ok(()),
        Some(_) => Err(Error::malformed("/systemID", Expected::Equal("X-Eseal-System-Id"))),
    }
}

/// Carries a request out and remembers it.
///
/// What changes something is finished even if whoever asked has gone; what only reads stops with them.
async fn carry_out<U: UseCase>(
    app: &Arc<App>,
    caller: &Caller,
    request: U,
    remembering: Remembering,
) -> Result<U::Memory> {
    if U::FUNCTION.effect() == Effect::Creates {
        let (app, caller) = (app.clone(), caller.clone());
        return finish(async move {
            let done = caught(request.carry_out(&app, &caller)).await;
            match &done {
                Ok(memory) if U::is_worth_keeping(memory) => {
                    let kept = serde_json::to_string(memory).map_err(|error| Error::Internal(error.to_string()))?;
                    remembering.finish(Some(&kept)).await?;
                }
                Ok(_) => remembering.finish(None).await?,
                Err(error) => remembering.fail(error).await?,
            }
            done
        })
        .await;
    }
    remembering.finish(None).await?;
    if U::FUNCTION == Function::ComposeSignature {
        let (app, caller) = (app.clone(), caller.clone());
        return finish(async move {
            let _remembering = remembering;
            caught(request.carry_out(&app, &caller)).await
        })
        .await;
    }
    caught(request.carry_out(app, caller)).await
}

/// Runs to its end, whatever happens to whoever waits for it.
async fn finish<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    tokio::spawn(work.in_current_span()).await.map_err(|error| Error::Internal(error.to_string()))?
}

/// A panic becomes an error, so that the request does not stay marked as running.
async fn caught<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let done = AssertUnwindSafe(work).catch_unwind().await;
    done.unwrap_or_else(|_| Err(Error::Internal("a use case panicked".into())))
}

/// Nothing to check beyond the right to the function.
struct Nothing;

/// The right to act for the holder, looked up again.
struct HoldersRight<'a>(&'a Common);

/// The right to act, and that it reaches the seals of these digests.
struct DigestRights<'a>(&'a Common, Vec<&'a str>);

impl Nothing {
    async fn check(self, _app: &Arc<App>, _caller: &Caller) -> Result<()> {
        Ok(())
    }
}

impl HoldersRight<'_> {
    async fn check(self, app: &Arc<App>, caller: &Caller) -> Result<()> {
        access::right(app, caller, self.0).await.map(drop)
    }
}

impl DigestRights<'_> {
    async fn check(self, app: &Arc<App>, caller: &Caller) -> Result<()> {
        let right = access::right(app, caller, self.0).await?;
        for id in self.1 {
            signing::digest::check_seal_again(app, &right, id).await?;
        }
        Ok(())
    }
}

/// True if no entry failed for a reason that may pass.
fn is_settled(answer: &impl Overall) -> bool {
    answer.statuses().iter().all(|status| !status.code.is_temporary())
}

macro_rules! use_cases {
    ($($request:ident => $answer:ident, $run:path, again |$this:ident, $memory:ident| $again:expr, keep $keep:expr;)*) => {$(
        #[async_trait]
        impl UseCase for eseal_api::$request {
            const FUNCTION: Function = Function::$request;
            type Memory = eseal_api::$answer;
            type Answer = eseal_api::$answer;

            async fn carry_out(self, app: &Arc<App>, caller: &Caller) -> Result<Self::Memory> {
                $run(app, caller, self).await
            }

            async fn check_again(&self, app: &Arc<App>, caller: &Caller, memory: &Self::Memory) -> Result<()> {
                let ($this, $memory) = (self, memory);
                let _ = ($this, $memory);
                $again.check(app, caller).await
            }

            fn is_worth_keeping(memory: &Self::Memory) -> bool {
                let keep: fn(&Self::Memory) -> bool = $keep;
                keep(memory)
            }

            async fn answer(_app: &Arc<App>, _caller: &Caller, memory: Self::Memory) -> Result<Self::Answer> {
                Ok(memory)
            }
        }
    )*};
}

// Chapter 6, one line an interface.  What only reads is never kept.
use_cases! {
    GetSealList => GetSealListResult, basic::seal_list, again |_q, _m| Nothing, keep |_| false;
    MakeSealImage => MakeSealImageResult, basic::seal_image, again |_q, _m| Nothing, keep |_| false;
    // The answer holds a token.
    GetLoginQrCode => GetLoginQrCodeResult, login::qr_code, again |_q, _m| Nothing, keep |_| false;
    GetLoginQrStatus => GetLoginQrStatusResult, login::qr_status, again |_q, _m| Nothing, keep |_| false;
    GetUsbKeyChallenge => GetUsbKeyChallengeResult, login::usbkey_challenge, again |_q, _m| Nothing, keep is_settled;
    LoginByUsbKey => LoginByUsbKeyResult, login::usbkey_login, again |_q, _m| Nothing, keep |_| false;
    GenerateDigest => GenerateDigestResult, signing::generate_digest,
        again |q, m| DigestRights(&q.common, made_digests(m)), keep is_settled;
    SignDigestByMobile => SignDigestByMobileResult, signing::sign_by_mobile,
        again |q, _m| DigestRights(&q.common, named_digests(&q.seal_data_list)), keep is_settled;
    GetSignTask => GetSignTaskResult, signing::sign_task, again |_q, _m| Nothing, keep |_| false;
    SignDigestByUsbKey => SignDigestByUsbKeyResult, signing::sign_by_usbkey,
        again |q, _m| DigestRights(&q.common, named_digests(&q.seal_data_list)), keep is_settled;
    SignDigestByServer => SignDigestByServerResult, signing::sign_by_server_device,
        again |q, m| DigestRights(&q.common, signed_digests(m)), keep is_settled;
    ComposeSignature => ComposeSignatureResult, signing::compose, again |_q, _m| Nothing, keep |_| false;
    VerifyFile => VerifyFileResult, verification::verify_file, again |_q, _m| Nothing, keep |_| false;
    VerifySeal => VerifySealResult, verification::verify_seal, again |_q, _m| Nothing, keep |_| false;
    UploadFile => StoredFile, central::upload_file, again |_q, _m| Nothing, keep is_settled;
    SignFile => SignFileResult, central::sign_file, again |q, _m| HoldersRight(&q.common), keep is_settled;
    DownloadFile => DownloadFileResult, central::download_file, again |_q, _m| Nothing, keep |_| false;
}

/// 1-2: its file is kept by reference, and read for each answer.
#[async_trait]
impl UseCase for eseal_api::ConvertFile {
    const FUNCTION: Function = Function::ConvertFile;
    type Memory = basic::Conversion;
    type Answer = eseal_api::ConvertFileResult;

    async fn carry_out(self, app: &Arc<App>, caller: &Caller) -> Result<Self::Memory> {
        basic::convert_file(app, caller, self).await
    }

    async fn check_again(&self, _app: &Arc<App>, _caller: &Caller, _memory: &Self::Memory) -> Result<()> {
        Ok(())
    }

    fn is_worth_keeping(_memory: &Self::Memory) -> bool {
        true
    }

    async fn answer(app: &Arc<App>, caller: &Caller, memory: Self::Memory) -> Result<Self::Answer> {
        memory.answer(app, caller).await
    }
}

fn made_digests(answer: &eseal_api::GenerateDigestResult) -> Vec<&str> {
    answer
        .file_hash_list
        .iter()
        .filter_map(|entry| entry.hash.as_ref())
        .map(|hash| hash.file_unique_id.as_str())
        .collect()
}

fn named_digests(list: &eseal_api::Entries<eseal_api::DigestRef>) -> Vec<&str> {
    list.0.iter().flatten().map(|digest| digest.file_unique_id.as_str()).collect()
}

fn signed_digests(answer: &eseal_api::SignDigestByServerResult) -> Vec<&str> {
    let signed = answer.sign_value_list.iter().filter(|entry| entry.value.is_some());
    signed.filter_map(|entry| entry.file_unique_id.as_deref()).collect()
}
