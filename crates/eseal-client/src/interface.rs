//! Which answer belongs to which request (接口对照): one line an interface.

use eseal_api::Function;
use serde::{Serialize, de::DeserializeOwned};

/// One of the interfaces: a request of [`eseal_api`].
pub trait Interface: Serialize {
    /// Which one.
    const FUNCTION: Function;
    /// `data` of its answer.
    type Answer: DeserializeOwned;
}

macro_rules! interfaces {
    ($($request:ident => $answer:ident;)*) => {$(
        impl Interface for eseal_api::$request {
            const FUNCTION: Function = Function::$request;
            type Answer = eseal_api::$answer;
        }
    )*};
}

interfaces! {
    GetSealList => GetSealListResult;
    ConvertFile => ConvertFileResult;
    MakeSealImage => MakeSealImageResult;
    GetLoginQrCode => GetLoginQrCodeResult;
    GetLoginQrStatus => GetLoginQrStatusResult;
    GetUsbKeyChallenge => GetUsbKeyChallengeResult;
    LoginByUsbKey => LoginByUsbKeyResult;
    GenerateDigest => GenerateDigestResult;
    SignDigestByMobile => SignDigestByMobileResult;
    GetSignTask => GetSignTaskResult;
    SignDigestByUsbKey => SignDigestByUsbKeyResult;
    SignDigestByServer => SignDigestByServerResult;
    ComposeSignature => ComposeSignatureResult;
    VerifyFile => VerifyFileResult;
    VerifySeal => VerifySealResult;
    UploadFile => StoredFile;
    SignFile => SignFileResult;
    DownloadFile => DownloadFileResult;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_of_the_contract_has_its_line() {
        let lines = include_str!("interface.rs").lines().filter(|line| line.contains(" => ") && line.ends_with(';'));
        let known = lines.filter(|line| !line.contains('$') && !line.contains('|')).count();
        assert_eq!(known, Function::ALL.len());
    }
}
