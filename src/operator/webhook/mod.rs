//! The mutating webhook of exact placement: it gives pods that ask for it their node, or our scheduling gate until somebody
//! does.
//!
//! Every replica answers; the one that leads can decide. The API server goes on without us (`failurePolicy: Ignore`): where nobody answers, no pod is
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
use serde_json::Value;
use tokio::net::TcpListener;

use super::context::Context;
use super::error::Error;
use super::metrics::Placement;
use review::Review;
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
    let answer = match Review::read(&body) {
        Ok(review) => decided(&cx, &review).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(answer) => ([(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

/// Gives a pod its node where that can be decided now; otherwise it has to wait for the decision, as long as somebody will
/// let it go again.
async fn decided(cx: &Context, review: &Review) -> Result<Value, serde_json::Error> {
    let newcomer = review.newcomer().filter(|_| cx.gate.accepts(review.namespace()));
    let Some(newcomer) = newcomer else { return Ok(review.allowed()) };
    if review.is_prompt(&newcomer)
        && let Some(node) = cx.gate.reserve(&newcomer).await
    {
        tracing::info!(
            namespace = review.namespace(),
            name = newcomer.name(),
            node,
            "task placed while it is created"
        );
        cx.metrics.placed(Placement::Placed);
        return review.changed(|pod| newcomer.pin(pod, &node));
    }
    review.changed(|pod| newcomer.gate(pod))
}
