//! The mutating webhook of exact placement: it adds our scheduling gate to pods that ask for it, and nothing else.
//!
//! Every replica answers. The API server goes on without us (`failurePolicy: Ignore`): where nobody answers, no pod is
//! gated, and kube-scheduler places all of them.

mod certificate;
mod keep;
mod review;
mod serve;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::net::TcpListener;

use super::context::Context;
use super::error::Error;
use tls::Identity;

/// Largest review that is read, in bytes: a pod is at most 1.5 MiB.
const LARGEST: usize = 4 << 20;

/// Starts serving, and keeps certificate and configuration right; the address that is listened on.
pub(crate) async fn start(
    listen: SocketAddr,
    namespace: &str,
    name: &str,
    cx: &Arc<Context>,
) -> Result<SocketAddr, Error> {
    let failed = |error: std::io::Error| Error::start(format!("listen on {listen}"), &error);
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let identity = Arc::new(Identity::default());
    let acceptor = tls::acceptor(&identity).map_err(|error| Error::start("serve TLS", &error))?;
    let routes = Router::new()
        .route("/gate", post(gate))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(Arc::clone(cx));
    cx.tasks.spawn(keep::run(Arc::clone(cx), keep::Names::new(namespace, name), identity));
    cx.tasks.spawn(serve::run(listener, acceptor, routes));
    Ok(address)
}

async fn gate(State(cx): State<Arc<Context>>, request: Request) -> Response {
    let body = match serve::body(request).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    match review::answer(&body, |namespace| cx.gate.accepts(namespace)) {
        Ok(answer) => ([(header::CONTENT_TYPE, "application/json")], answer).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}
