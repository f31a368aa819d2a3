//! `/livez`, `/readyz`, `/metrics`.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;

use super::context::Context;
use super::error::Error;

/// What the endpoints answer from.
struct Admin {
    cx: Arc<Context>,
    registry: Registry,
}

/// Starts serving; the address that is listened on (its port may have been 0).
pub(crate) async fn start(
    listen: SocketAddr,
    cx: Arc<Context>,
    registry: Registry,
) -> Result<SocketAddr, Error> {
    let failed = |error: std::io::Error| Error::start(format!("listen on {listen}"), &error);
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let routes = Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(Arc::new(Admin { cx, registry }));
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, routes).await {
            tracing::error!(%error, "the admin endpoints have ended");
        }
    });
    Ok(address)
}

/// Ready once every watch has delivered its first list, whether this replica leads or not.
async fn ready(State(admin): State<Arc<Admin>>) -> Response {
    let missing = admin.cx.stores.missing();
    if missing.is_empty() {
        return "ok\n".into_response();
    }
    let text = format!("waiting for the first list of: {}\n", missing.join(", "));
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

async fn metrics(State(admin): State<Arc<Admin>>) -> Response {
    let mut text = String::new();
    match encode(&mut text, &admin.registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
