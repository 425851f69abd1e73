//! The simulated phone (模拟手机): speaks the real phone protocol to the platform, and lets a program touch its screen.
//!
//! `POST /scan {qrCode}`, `POST /confirm {qrCode, pin, matchCode}`, `POST /refuse {qrCode}`; development only.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use eseal_service::mobile::phone::{Link, Phone, PhoneError, Refused, Shown};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Mutex};

use crate::client::{ApiError, Client, Signer};

/// Codes whose summaries are kept on the screen: one person scans one after the other.
const KEPT: usize = 100;

/// A phone with its screen.
pub(super) struct Simulated {
    phone: Mutex<Phone>,
    shown: Mutex<HashMap<String, Shown>>,
    link: HttpLink,
}

/// Carries messages to the platform over HTTP.
#[derive(Clone)]
pub(super) struct HttpLink(Client);

impl HttpLink {
    /// Of a phone that is not enrolled yet.
    pub(super) fn unsigned(base: &str) -> Self {
        Self(Client::new(base, Signer::Public))
    }

    /// Of an enrolled phone.
    pub(super) fn of(base: &str, phone: &Phone) -> Self {
        let signer = Signer::Device { id: phone.device_id.clone(), key: Arc::new(phone.device_key.clone()) };
        Self(Client::new(base, signer))
    }
}

#[async_trait]
impl Link for HttpLink {
    async fn send(&mut self, function: &'static str, content: Value) -> Result<Value, Refused> {
        let client = self.0.clone();
        let sent = tokio::task::spawn_blocking(move || client.call(&format!("mobile/{function}"), content)).await;
        let unreachable = |message: String| Refused { code: 0, message, field: None };
        sent.map_err(|error| unreachable(error.to_string()))?.map_err(|error| match error.downcast::<ApiError>() {
            Ok(error) => Refused { code: error.code, message: error.message, field: error.field },
            Err(other) => unreachable(format!("{other:#}")),
        })
    }
}

/// What the phone is asked to do.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Touch {
    qr_code: String,
    #[serde(default)]
    pin: String,
    #[serde(default)]
    match_code: String,
}

/// A failure as plain JSON, under the status of its code.
struct Failure {
    code: u32,
    message: String,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = u16::try_from(self.code / 100).ok().and_then(|status| StatusCode::from_u16(status).ok());
        (status.unwrap_or(StatusCode::BAD_GATEWAY), Json(json!({ "code": self.code, "msg": self.message })))
            .into_response()
    }
}

impl From<PhoneError> for Failure {
    fn from(error: PhoneError) -> Self {
        let code = match &error {
            PhoneError::Refused(refused) if refused.code != 0 => refused.code,
            PhoneError::Refused(_) => 50_200,
            // The phone itself refuses: what it was shown is not what it would sign.
            _ => 42_211,
        };
        Self { code, message: error.to_string() }
    }
}

impl Simulated {
    pub(super) fn new(phone: Phone, base: &str) -> Arc<Self> {
        let link = HttpLink::of(base, &phone);
        Arc::new(Self { phone: Mutex::new(phone), shown: Mutex::default(), link })
    }

    /// Serves the phone's screen until the process ends.
    pub(super) async fn serve(self: Arc<Self>, listener: TcpListener) -> std::io::Result<()> {
        let router = Router::new()
            .route("/scan", post(scan))
            .route("/confirm", post(confirm))
            .route("/refuse", post(refuse))
            .with_state(self);
        axum::serve(listener, router).await
    }

    async fn find(&self, qr_code: &str) -> Result<Shown, Failure> {
        let not_scanned = || Failure { code: 40_403, message: "scan the code first".into() };
        self.shown.lock().await.get(qr_code).cloned().ok_or_else(not_scanned)
    }
}

async fn scan(State(simulated): State<Arc<Simulated>>, Json(touch): Json<Touch>) -> Result<Json<Value>, Failure> {
    let shown = simulated.phone.lock().await.scan(&mut simulated.link.clone(), &touch.qr_code).await?;
    let screen = serde_json::to_value(&shown.summary).unwrap_or_default();
    let mut all = simulated.shown.lock().await;
    if all.len() >= KEPT {
        all.clear();
    }
    all.insert(touch.qr_code, shown);
    Ok(Json(screen))
}

async fn confirm(State(simulated): State<Arc<Simulated>>, Json(touch): Json<Touch>) -> Result<Json<Value>, Failure> {
    let shown = simulated.find(&touch.qr_code).await?;
    let mut phone = simulated.phone.lock().await;
    let status = phone.confirm(&mut simulated.link.clone(), &shown, &touch.match_code, &touch.pin).await?;
    Ok(Json(json!({ "scanStatus": status })))
}

async fn refuse(State(simulated): State<Arc<Simulated>>, Json(touch): Json<Touch>) -> Result<Json<Value>, Failure> {
    let shown = simulated.find(&touch.qr_code).await?;
    let status = simulated.phone.lock().await.refuse(&mut simulated.link.clone(), &shown, None).await?;
    Ok(Json(json!({ "scanStatus": status })))
}
