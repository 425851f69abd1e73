//! Real connections: panics, half-sent requests, and the end of the server.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, routing::get};
use eseal_http::{Options, axum, serve};
use expect_test::expect;
use http_body_util::BodyExt;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

use crate::world::{Call, World};

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Server {
    async fn start(world: &World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, (stop, stopped)) = (listener.local_addr().unwrap(), oneshot::channel());
        let beside = Router::new().route("/panic", get(async || -> &'static str { panic!("on purpose") })).route(
            "/slow",
            get(async || {
                tokio::time::sleep(Duration::from_millis(300)).await;
                "slow"
            }),
        );
        let shutdown = Box::pin(async move {
            let _ = stopped.await;
        });
        let options = Options { listener: Some(listener), beside, shutdown };
        let app = world.app.clone();
        let running = tokio::spawn(async move { serve(app, options).await.unwrap() });
        Self { address, stop, running }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes, and reads until the server closes.
    async fn exchange(&self, request: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request).await.unwrap();
        read(&mut stream).await
    }
}

async fn read(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

/// A request as bytes.
async fn bytes(call: Call) -> Vec<u8> {
    let (parts, body) = call.signed().into_parts();
    let mut text = format!("{} {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n", parts.method, parts.uri);
    for (name, value) in &parts.headers {
        text += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    let body = body.collect().await.unwrap().to_bytes();
    [text.as_bytes(), b"\r\n", &body].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_answered_and_the_server_goes_on() {
    let world = World::new().await;
    let server = Server::start(&world).await;
    let panicked =
        server.exchange(b"GET /panic HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-eseal-req-id: h-1\r\n\r\n").await;
    assert!(panicked.starts_with("HTTP/1.1 500 "), "{panicked}");
    expect![[
        r#"{"code":50000,"msg":"内部错误","reqId":"h-1","data":{"hint":"请稍后重试；如仍失败，请将 reqId 告知平台。"}}"#
    ]]
    .assert_eq(body(&panicked));
    let good =
        server.exchange(&bytes(Call::numbered("basic/getSealList", "r-1", world.content(json!({})))).await).await;
    assert!(good.starts_with("HTTP/1.1 200 "), "{good}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_sender_reads_the_answer_although_it_was_still_writing() {
    let world = World::new().await;
    let server = Server::start(&world).await;
    let mut request =
        b"POST /api/v1/sign/generateDigest HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 3000000\r\n\r\n"
            .to_vec();
    request.extend(br#"{"reqId":"r-9","content":{"x":""#);
    request.resize(request.len() + 3_000_000 - 31, b'x');
    let answer = server.exchange(&request).await;
    assert!(answer.starts_with("HTTP/1.1 401 ") && body(&answer).contains("\"reqId\":\"r-9\""), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_off_leaves_nothing_behind() {
    let world = World::new().await;
    let server = Server::start(&world).await;
    let whole = bytes(crate::world::form("/api/v1/files", &[("file", &vec![b'x'; 7 << 20])]).announced()).await;
    let mut stream = server.connect().await;
    stream.write_all(&whole[..6 << 20]).await.unwrap();
    drop(stream);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(world.objects(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_finishes_what_it_began() {
    let world = World::new().await;
    let server = Server::start(&world).await;
    let (mut slow, mut idle) = (server.connect().await, server.connect().await);
    slow.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop.send(()).unwrap();
    assert!(read(&mut slow).await.ends_with("slow"));
    assert!(read(&mut idle).await.ends_with("ok\n"));
    tokio::time::timeout(Duration::from_secs(5), server.running).await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}
