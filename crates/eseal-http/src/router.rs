//! All paths (路由): chapter 6 of the standard, one line an interface, and what stands beside it.

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{get, post},
};
use eseal_api::{
    ComposeSignature, ConvertFile, GenerateDigest, GetLoginQrCode, GetLoginQrStatus, GetSealList, GetSignTask,
    GetUsbKeyChallenge, LoginByUsbKey, MakeSealImage, SignDigestByMobile, SignDigestByServer, SignDigestByUsbKey,
    SignFile, VerifyFile, VerifySeal,
};
use eseal_service::{App, UseCase, mobile};

use crate::{
    download, function, layers,
    mobile::{act, by_new_phone, by_phone},
    pages, public, report,
    state::{Http, ServeError},
    task, upload,
};

/// Everything that the platform serves.
///
/// # Errors
/// [`ServeError::TrustedProxies`].
pub fn router(app: Arc<App>) -> Result<Router, ServeError> {
    Ok(router_of(Http::new(app)?, Router::new()))
}

/// The platform's paths and others beside them.
pub(crate) fn router_of(http: Http, beside: Router) -> Router {
    interfaces()
        .merge(files_and_tasks())
        .merge(public_functions())
        .merge(phones())
        .merge(pages())
        .merge(beside.with_state(()))
        .fallback(function::no_such_interface)
        .method_not_allowed_fallback(function::no_such_interface)
        .with_state(http.clone())
        .layer(middleware::from_fn_with_state(http, layers::follow))
}

/// Chapter 6: the interfaces.
fn interfaces() -> Router<Http> {
    Router::new()
        // 6.1 基础功能
        .function::<GetSealList>()
        .function::<ConvertFile>()
        .function::<MakeSealImage>()
        // 6.2 系统登录
        .function::<GetLoginQrCode>()
        .function::<GetLoginQrStatus>()
        .function::<GetUsbKeyChallenge>()
        .function::<LoginByUsbKey>()
        // 6.3 通用签章
        .function::<GenerateDigest>()
        .function::<SignDigestByMobile>()
        .function::<GetSignTask>()
        .function::<SignDigestByUsbKey>()
        .function::<SignDigestByServer>()
        .function::<ComposeSignature>()
        // 6.4 验章
        .function::<VerifyFile>()
        .function::<VerifySeal>()
        // 6.5 集中签章
        .route("/api/v1/central/uploadFile", post(function::upload_file))
        .function::<SignFile>()
        .route("/api/v1/central/downloadFile", post(function::download_file))
}

trait Interfaces {
    /// The path of an interface, answered by its use case.
    fn function<U: UseCase>(self) -> Self;
}

impl Interfaces for Router<Http> {
    fn function<U: UseCase>(self) -> Self {
        self.route(&format!("/api/v1/{}", U::FUNCTION.path()), post(function::function::<U>))
    }
}

/// Files and tasks, for every system.
fn files_and_tasks() -> Router<Http> {
    Router::new()
        .route("/api/v1/files", post(upload::files))
        .route("/api/v1/files/{file_id}", get(download::file))
        .route("/api/v1/files/{file_id}/report", get(report::of_file))
        .route("/api/v1/tasks/{task_id}", get(task::find).delete(task::cancel))
}

/// What anyone may ask.
fn public_functions() -> Router<Http> {
    Router::new()
        .route("/api/v1/public/verifyFile", post(public::verify_file))
        .route("/api/v1/public/verifySeal", post(public::verify_seal))
        .route("/api/v1/public/keys", get(public::keys))
        .route("/api/v1/public/sealStatus", get(public::seal_status).post(public::ask_seal_status))
        .route("/api/v1/public/log/checkpoint", get(public::log_checkpoint))
        .route("/api/v1/public/log/consistency", get(public::log_consistency))
        .route("/api/v1/public/log/inclusion", get(public::log_inclusion))
}

/// The phone's own protocol.
fn phones() -> Router<Http> {
    Router::new()
        .route("/api/v1/mobile/enrol", by_new_phone(act!(mobile::enrol)))
        .route("/api/v1/mobile/scan", by_phone(act!(mobile::scan)))
        .route("/api/v1/mobile/confirm", by_phone(act!(mobile::confirm)))
        .route("/api/v1/mobile/refreshShare", by_phone(act!(mobile::refresh_share)))
        .route("/api/v1/mobile/refuse", by_phone(act!(mobile::refuse)))
        .route("/api/v1/mobile/mySeals", by_phone(act!(mobile::my_seals)))
        .route("/api/v1/mobile/history", by_phone(act!(mobile::history)))
}

/// For people and machinery around the platform.
fn pages() -> Router<Http> {
    Router::new()
        .route("/openapi.json", get(pages::openapi))
        .route("/docs", get(pages::reference))
        .route("/healthz", get(pages::healthy))
        .route("/readyz", get(pages::ready))
        .route("/metrics", get(pages::metrics))
}
