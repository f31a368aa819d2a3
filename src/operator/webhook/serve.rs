//! Connections of the webhook: how many there are, and how long each may take.
//!
//! Whoever can reach the port can open connections. There is a bound on them, and where it is reached the oldest one has to
//! make way for the next: who holds connections open keeps the API server waiting for a second at most, not for ever.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequest as _, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

/// Connections at one time. A replica of the API server keeps 25 that it does not use; each may bring a review of 512 KiB.
const CONNECTIONS: usize = 64;
/// How long a handshake may take: the API server waits for a whole answer no longer than a second.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// How long the head of a request may take, and how long a connection may rest before it: the API server ends what it has
/// not used for 90 seconds, and has to be the first to do so.
const IDLE: Duration = Duration::from_secs(120);
/// How long the rest of a request may take.
const BODY: Duration = Duration::from_secs(5);
/// How long a connection that has to make way may still take to answer.
const LAST: Duration = Duration::from_secs(1);
/// How long to wait when no connection can be taken, for want of file descriptors for example.
const PAUSE: Duration = Duration::from_millis(100);

/// How many connections there may be.
#[derive(Clone)]
struct Room {
    free: Arc<Semaphore>,
    /// Wakes the connection that has been there for the longest time.
    wanted: Arc<Notify>,
}

impl Room {
    fn new(connections: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(connections)), wanted: Arc::default() }
    }

    /// Room for one more, at once or when another one has made way; `None` never comes.
    async fn one_more(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
            return Some(permit);
        }
        self.wanted.notify_one();
        Arc::clone(&self.free).acquire_owned().await.ok()
    }
}

/// Answers for as long as it is polled.
pub(super) async fn run(listener: TcpListener, acceptor: TlsAcceptor, routes: Router) {
    let room = Room::new(CONNECTIONS);
    // They end with this one.
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((stream, from)) = listener.accept().await else {
            sleep(PAUSE).await;
            continue;
        };
        let Some(permit) = room.one_more().await else { return };
        let (acceptor, routes, room) = (acceptor.clone(), routes.clone(), room.clone());
        connections.spawn(async move {
            let _permit = permit;
            if let Err(error) = attend(stream, acceptor, routes, room.wanted.notified()).await {
                tracing::debug!(%from, error, "connection to the webhook");
            }
        });
    }
}

/// Shakes hands and answers, until the client has enough, or is too slow, or somebody else wants the place.
async fn attend(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    acceptor: TlsAcceptor,
    routes: Router,
    wanted: impl Future<Output = ()>,
) -> Result<(), String> {
    let mut wanted = pin!(wanted);
    let stream = tokio::select! {
        shaken = timeout(HANDSHAKE, acceptor.accept(stream)) => {
            shaken.map_err(|_| "the handshake took too long")?.map_err(|error| error.to_string())?
        }
        () = &mut wanted => return Err("it made way".to_owned()),
    };
    answer(stream, routes, wanted).await
}

async fn answer(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    routes: Router,
    wanted: impl Future<Output = ()>,
) -> Result<(), String> {
    let mut http = Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(IDLE);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes)));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = wanted => {
            connection.as_mut().graceful_shutdown();
            timeout(LAST, connection).await.map_err(|_| "it made way")?
        }
    };
    ended.map_err(|error| error.to_string())
}

/// The body of a request, or what is answered without one.
pub(super) async fn body(request: Request) -> Result<Bytes, Response> {
    match timeout(BODY, Bytes::from_request(request, &())).await {
        Ok(read) => read.map_err(IntoResponse::into_response),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT.into_response()),
    }
}

#[cfg(test)]
mod tests;
