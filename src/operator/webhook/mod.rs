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
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::context::Context;
use super::error::Error;
use review::Review;
use tls::Identity;

/// Largest review that is read, in bytes. The largest definition that ECS takes has 64 KiB; a pod that is larger than this is
/// left to kube-scheduler.
const LARGEST: usize = 512 << 10;
/// Reviews that are read, or read once more, at one time: what is read takes many times as much memory as its text.
const READERS: usize = 2;

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
        .with_state(Reviewer::new(cx));
    cx.tasks.spawn(keep::run(Arc::clone(cx), keep::Names::new(namespace, name), identity));
    cx.tasks.spawn(serve::run(listener, acceptor, routes));
    Ok(address)
}

async fn gate(State(reviewer): State<Reviewer>, request: Request) -> Response {
    let body = match serve::body(request).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    match reviewer.reviewed(body).await {
        Ok(answer) => ([(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response(),
        Err(unread) => unread.into_response(),
    }
}

/// Answers reviews of pods. Where it does not the API server goes on without.
#[derive(Clone)]
pub struct Reviewer {
    cx: Arc<Context>,
    /// Who may read.
    readers: Arc<Semaphore>,
}

impl Reviewer {
    pub(super) fn new(cx: &Arc<Context>) -> Self {
        Self { cx: Arc::clone(cx), readers: Arc::new(Semaphore::new(READERS)) }
    }

    /// The answer to an AdmissionReview, both as JSON; `None` where it cannot be read.
    pub async fn answer(&self, review: Vec<u8>) -> Option<Value> {
        self.reviewed(review.into()).await.ok()
    }

    /// Gives a pod its node where that can be decided now; otherwise it has to wait for the decision, as long as somebody will
    /// let it go again.
    async fn reviewed(&self, body: Bytes) -> Result<Value, (StatusCode, String)> {
        let unread = |error: serde_json::Error| (StatusCode::BAD_REQUEST, error.to_string());
        if review::is_too_much(&body) {
            return Err((StatusCode::PAYLOAD_TOO_LARGE, "there is too much in it".to_owned()));
        }
        let review = {
            let _reading = self.readers.acquire().await;
            Review::read(body).map_err(unread)?
        };
        let gate = &self.cx.gate;
        let newcomer = review.newcomer().filter(|_| gate.is_ours(review.namespace()));
        let Some(newcomer) = newcomer else { return Ok(review.allowed()) };
        let verdict = gate.receive(newcomer, review.is_prompt()).await;
        let _reading = self.readers.acquire().await;
        review.answered(&verdict).map_err(unread)
    }
}

#[cfg(test)]
mod tests;
