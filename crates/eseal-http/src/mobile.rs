//! The phone's own protocol (手机协议), `/api/v1/mobile/…`: signed by the enrolled phone; systems never see it.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::Response,
    routing::{MethodRouter, post},
};
use eseal_api::{Overall, Request};
use eseal_service::{App, Caller, Error, Result};
use futures::future::BoxFuture;
use serde::Serialize;

use crate::{
    function::{Asked, ask, ask_publicly, open},
    state::Http,
};

/// A use case of phones, as a value.
pub(crate) type Act<Q, A> = fn(Arc<App>, Caller, Q) -> BoxFuture<'static, Result<A>>;

/// Turns an async function of platform, caller and request into an [`Act`].
macro_rules! act {
    ($use_case:path) => {
        |app, caller, request| Box::pin(async move { $use_case(&app, &caller, request).await })
    };
}
pub(crate) use act;

/// An act of an enrolled phone.
pub(crate) fn by_phone<Q: Request + Send + 'static, A: Overall + Serialize + 'static>(
    act: Act<Q, A>,
) -> MethodRouter<Http> {
    post(async move |State(http): State<Http>, request: axum::extract::Request| {
        let (head, body) = open(&http, request);
        match ask(&http, &head, body).await {
            Ok(asked) => run(&http, asked, act).await,
            Err(refusal) => refusal,
        }
    })
}

/// An act of a phone that is not enrolled yet: what it may is in its request.
pub(crate) fn by_new_phone<Q: Request + Send + 'static, A: Overall + Serialize + 'static>(
    act: Act<Q, A>,
) -> MethodRouter<Http> {
    post(async move |State(http): State<Http>, request: axum::extract::Request| {
        let (head, body) = open(&http, request);
        match ask_publicly(&http, &head, body).await {
            Ok(asked) => run(&http, asked, act).await,
            Err(refusal) => refusal,
        }
    })
}

async fn run<Q: Request, A: Overall + Serialize>(http: &Http, asked: Asked, act: Act<Q, A>) -> Response<Body> {
    let work = async {
        let request = Q::from_content(&asked.content).map_err(Error::from)?;
        act(http.app.clone(), asked.caller.clone(), request).await
    };
    asked.answer(work).await
}
