use std::future::pending;

use axum::routing::post;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::super::tls::{Identity, acceptor};
use super::*;

const REQUEST: &str = "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi";

fn routes() -> Router {
    let echo = async |request: Request| match body(request).await {
        Ok(body) => body.into_response(),
        Err(response) => response,
    };
    Router::new().route("/echo", post(echo))
}

fn connected(
    wanted: impl Future<Output = ()> + Send + 'static,
) -> (DuplexStream, JoinHandle<Result<(), String>>) {
    let (client, server) = duplex(1 << 16);
    (client, tokio::spawn(answer(server, routes(), wanted)))
}

/// What is answered until the end of `expected`.
async fn read(client: &mut DuplexStream, expected: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(expected) {
        let byte = client.read_u8().await.unwrap();
        text.push(char::from(byte));
    }
    text
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_rests_is_ended_after_a_while_and_not_before_the_api_server_would() {
    let (mut client, server) = connected(pending());
    let start = Instant::now();
    for _ in 0..3 {
        client.write_all(REQUEST.as_bytes()).await.unwrap();
        assert!(read(&mut client, "hi").await.starts_with("HTTP/1.1 200"));
        tokio::time::sleep(Duration::from_secs(91)).await;
    }
    server.await.unwrap().unwrap_err();
    assert!(start.elapsed() >= Duration::from_secs(2 * 91) + IDLE, "{:?}", start.elapsed());
    assert!(start.elapsed() < Duration::from_secs(2 * 91) + IDLE + LAST, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn who_dawdles_over_a_head_is_not_waited_for() {
    let (mut client, server) = connected(pending());
    let start = Instant::now();
    let slow = async {
        for byte in REQUEST.bytes().cycle() {
            if client.write_all(&[byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_secs(20)).await;
        }
    };
    let (ended, ()) = tokio::join!(server, slow);
    ended.unwrap().unwrap_err();
    assert!(start.elapsed() < IDLE + Duration::from_secs(30), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn who_dawdles_over_a_body_is_told_so() {
    let (mut client, _server) = connected(pending());
    let start = Instant::now();
    client.write_all(&REQUEST.as_bytes()[..REQUEST.len() - 1]).await.unwrap();
    assert!(read(&mut client, "\r\n").await.starts_with("HTTP/1.1 408"));
    assert_eq!(start.elapsed().as_secs(), BODY.as_secs());
}

#[tokio::test(start_paused = true)]
async fn who_does_not_shake_hands_is_not_waited_for() {
    let (_client, server) = duplex(1 << 16);
    let start = Instant::now();
    let acceptor = acceptor(&Arc::new(Identity::default())).unwrap();
    attend(server, acceptor, routes(), pending()).await.unwrap_err();
    assert_eq!(start.elapsed().as_secs(), HANDSHAKE.as_secs());
}

#[tokio::test(start_paused = true)]
async fn where_there_is_no_room_the_oldest_connection_makes_way_at_once_or_after_its_answer() {
    let room = Room::new(2);
    let mut clients = Vec::new();
    for _ in 0..2 {
        let permit = room.one_more().await.unwrap();
        let (client, server) = duplex(1 << 16);
        let wanted = Arc::clone(&room.wanted);
        clients.push(client);
        tokio::spawn(async move {
            drop(answer(server, routes(), wanted.notified()).await);
            drop(permit);
        });
        tokio::task::yield_now().await;
    }
    // The first one is about to ask, and never comes to its end; the second one rests.
    clients[0].write_all(b"POST /ec").await.unwrap();
    clients[1].write_all(REQUEST.as_bytes()).await.unwrap();
    read(&mut clients[1], "hi").await;
    let start = Instant::now();
    let third = room.one_more().await.unwrap();
    assert!(start.elapsed() < 2 * LAST, "{:?}", start.elapsed());
    assert_eq!(clients[0].read(&mut [0]).await.unwrap(), 0, "it has made way");
    clients[1].write_all(REQUEST.as_bytes()).await.unwrap();
    read(&mut clients[1], "hi").await;
    let fourth = room.one_more().await.unwrap();
    assert_eq!(clients[1].read(&mut [0]).await.unwrap(), 0, "it has made way, too");
    drop((third, fourth));
    assert_eq!(room.free.available_permits(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_shake_hands_makes_way_as_well() {
    let (_client, server) = duplex(1 << 16);
    let acceptor = acceptor(&Arc::new(Identity::default())).unwrap();
    let start = Instant::now();
    attend(server, acceptor, routes(), async {}).await.unwrap_err();
    assert_eq!(start.elapsed(), Duration::ZERO);
}
