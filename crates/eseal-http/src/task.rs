//! Tasks (任务): asked for, watched as a stream of events, canceled.

use std::convert::Infallible;

use axum::{
    body::Body,
    extract::{Request, State},
    http::Response,
    response::{
        IntoResponse, Sse,
        sse::{Event, KeepAlive},
    },
};
use eseal_api::TaskInfo;
use eseal_service::{Caller, Error, Result, tasks};
use futures::{Stream, StreamExt};

use crate::{
    answer::Addressee,
    body::Incoming,
    function::{answer, in_time, open, refuse_early},
    head::{Head, Id},
    limits::{EVENTS_KEEP_ALIVE, EVENTS_TIME},
    receive::{counted, receive},
    state::Http,
};

/// Body of a request that only asks: there should be none.
const QUERY_BODY_BYTES: u64 = 64 << 10;

/// `GET /api/v1/tasks/{taskId}`.
pub(crate) async fn find(State(http): State<Http>, Id(id): Id, request: Request) -> Response<Body> {
    let (wants_events, asked) = ask(&http, request).await;
    let (addressee, caller) = match asked {
        Ok(found) => found,
        Err(refusal) => return refusal,
    };
    if !wants_events {
        return answer(&addressee, tasks::task(&http.app, &caller, &id)).await;
    }
    // That it exists is told by an envelope, before the stream begins.
    match in_time(tasks::task(&http.app, &caller, &id)).await {
        Ok(_) => events(&http, caller, id),
        Err(error) => addressee.refuse(&error),
    }
}

/// `DELETE /api/v1/tasks/{taskId}`.
pub(crate) async fn cancel(State(http): State<Http>, Id(id): Id, request: Request) -> Response<Body> {
    match ask(&http, request).await.1 {
        Ok((addressee, caller)) => answer(&addressee, tasks::cancel(&http.app, &caller, &id)).await,
        Err(refusal) => refusal,
    }
}

async fn ask(http: &Http, request: Request) -> (bool, Result<(Addressee, Caller), Response<Body>>) {
    let (head, body) = open(http, request);
    let asked = query(http, &head, body).await;
    (head.accepts("text/event-stream"), asked.map(|caller| (Addressee::of(&caller), caller)))
}

/// Who sent a signed request without a body.
///
/// # Errors
/// The finished answer.
pub(crate) async fn query(http: &Http, head: &Head, mut body: Incoming) -> Result<Caller, Response<Body>> {
    let identity = receive(http, head, &mut body, QUERY_BODY_BYTES).await;
    match identity.and_then(|identity| counted(http, head, identity)) {
        Ok(caller) => Ok(caller),
        Err(error) => Err(refuse_early(http, head, body, &error).await),
    }
}

fn events(http: &Http, caller: Caller, id: String) -> Response<Body> {
    let ended = tokio::time::sleep(EVENTS_TIME);
    let stopping = http.stopping.clone();
    let end = async move {
        tokio::select! {
            () = ended => {}
            () = stopping.cancelled() => {}
        }
    };
    let changes = tasks::watch(http.app.clone(), caller, id);
    let keep_alive = KeepAlive::new().interval(EVENTS_KEEP_ALIVE);
    Sse::new(as_events(changes).take_until(Box::pin(end))).keep_alive(keep_alive).into_response()
}

/// One event a change; an error ends the stream.
fn as_events(changes: impl Stream<Item = Result<TaskInfo>>) -> impl Stream<Item = Result<Event, Infallible>> {
    changes.filter_map(|change| {
        let event = change.and_then(|info| {
            let data = serde_json::to_string(&info).map_err(|error| Error::Internal(error.to_string()))?;
            Ok(Event::default().event(info.state.as_str()).data(data))
        });
        std::future::ready(match event {
            Ok(event) => Some(Ok(event)),
            Err(error) => {
                tracing::warn!(%error, "A stream of events ended early");
                None
            }
        })
    })
}
