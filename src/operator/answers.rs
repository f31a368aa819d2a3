//! An API server for unit tests: a function from requests to answers.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::{Request, Response};
use jiff::Timestamp;
use kube::Client;
use prometheus_client::registry::Registry;
use serde_json::{Value, json};

use super::context::{self, Settings};
use super::gate::Gate;
use super::metrics::Metrics;
use super::time::TimeOfDay;
use crate::api::labels;
use crate::{iam, policy};

type Answer = dyn Fn(&str, &str) -> (u16, Value) + Send + Sync;

#[derive(Clone)]
struct Answers(Arc<Answer>);

impl tower::Service<Request<kube::client::Body>> for Answers {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<kube::client::Body>) -> Self::Future {
        let (status, body) = (self.0)(request.method().as_str(), request.uri().path());
        let answer = Response::builder().status(status).body(Body::from(body.to_string())).unwrap();
        Box::pin(async move { Ok(answer) })
    }
}

/// A client whose requests are answered by method and path: a status code and a body.
pub(crate) fn client(answer: impl Fn(&str, &str) -> (u16, Value) + Send + Sync + 'static) -> Client {
    Client::new(Answers(Arc::new(answer)), "default")
}

/// What the operator knows that has just begun.
pub(crate) fn context(client: Client) -> context::Context {
    let settings = Settings {
        identity: "me".to_owned(),
        policy_mode: policy::Mode::Baseline,
        default_architecture: "amd64".to_owned(),
        iam: iam::Settings::default(),
    };
    let time = TimeOfDay::starting_at(Timestamp::UNIX_EPOCH);
    context::Context::new(client, time, settings, Metrics::new(&mut Registry::default()), Gate::new(&[]))
}

/// The answer to a request that failed.
pub(crate) fn failure(code: u16, reason: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": reason})
}

/// A pod that waits for our decision, or does not any more.
pub(crate) fn pod(name: &str, gated: bool) -> Value {
    let gates = if gated { json!([{"name": labels::PLACEMENT}]) } else { json!([]) };
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop", "uid": name, "resourceVersion": "1"},
        "spec": {"containers": [], "schedulingGates": gates},
    })
}
