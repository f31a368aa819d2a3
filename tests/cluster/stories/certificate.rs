//! The certificates of the webhook, while it serves.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join;
use k8s_openapi::ByteString;
use k8s_openapi::api::admissionregistration::v1::MutatingWebhookConfiguration;
use k8s_openapi::api::core::v1::{Pod, Secret};
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, Patch, PatchParams};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;

use super::exact::binpack;
use super::silence::rest;
use crate::cluster::{Cluster, PATIENCE, typed};
use crate::exact::{Exact, all_pinned, at_creation};
use crate::operator::Operator;

/// How long until a replica has looked after the certificates again: it does so once a minute.
const ROUND: Duration = Duration::from_secs(100);
/// Annotations of the Secret: when to make anew whom to trust, and what is served.
const RENEW_AUTHORITY: &str = "ecs-bridge.dev/renew-authority-at";
const RENEW: &str = "ecs-bridge.dev/renew-certificate-at";

pub(crate) async fn certificates_are_renewed_and_restored_while_the_webhook_serves_and_then_nothing_is_written(
    cluster: Arc<Cluster>,
) {
    // Both wait most of the time.
    join(renewed(&cluster), restored(&cluster)).await;
}

/// The time of the authority is over, then that of the certificate.
async fn renewed(cluster: &Arc<Cluster>) {
    let (exact, operator) = serving(cluster, "cert-expired").await;
    let first = secret_until(&exact, "there", |_| true).await;
    expire(&exact, RENEW_AUTHORITY).await;
    let differs = |member: &'static str| {
        let before = first["data"][member].clone();
        move |secret: &Value| secret["data"][member] != before
    };
    let trusted = secret_until(&exact, "with a new authority", differs("ca.crt")).await;
    let (old, both) = (pem(&first, "ca.crt"), pem(&trusted, "ca.crt"));
    assert!(both.ends_with(&old) && both.matches("BEGIN CERTIFICATE").count() == 2, "{both}");
    assert!(trusted["data"]["tls.crt"] == first["data"]["tls.crt"], "it signs before it is trusted");
    let trusts = |configuration: &Value| {
        configuration["webhooks"][0]["clientConfig"]["caBundle"] == trusted["data"]["ca.crt"]
    };
    let configurations = Api::<MutatingWebhookConfiguration>::all(cluster.client.clone());
    exact.world.until(configurations, &exact.webhook, "trusted", trusts).await;
    assert!(!is_served(&exact, &both).await, "it signs before it is trusted");

    // From here to the end of this nobody asks the webhook: the API server, too, has to shake hands anew.
    expire(&exact, RENEW).await;
    let signed = secret_until(&exact, "with a new certificate", differs("tls.crt")).await;
    assert!(signed["data"]["ca.crt"] == trusted["data"]["ca.crt"], "there was one already");
    let served = async {
        while !is_served(&exact, &both).await {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, served).await.expect("the old certificate is served still");
    goes_on(cluster, exact, operator).await;
}

/// Somebody deletes the Secret.
async fn restored(cluster: &Arc<Cluster>) {
    let (exact, operator) = serving(cluster, "cert-lost").await;
    rest(cluster, &operator).await;
    let before = secret_until(&exact, "there", |_| true).await;
    let mark = cluster.audit.mark();
    let name = before["metadata"]["name"].as_str().unwrap();
    exact.world.api::<Secret>().delete(name, &DeleteParams::default()).await.unwrap();
    let is_new = |secret: &Value| secret["metadata"]["uid"] != before["metadata"]["uid"];
    let after = secret_until(&exact, "there again", is_new).await;
    let same = |member: &str| after[member] == before[member];
    assert!(same("data") && same("type"), "it is not what is served and trusted");
    assert_eq!(after["metadata"]["annotations"], before["metadata"]["annotations"]);
    rest(cluster, &operator).await;
    assert_eq!(cluster.audit.writes(&operator.user, mark), [format!("create secrets {name} 201")]);
    goes_on(cluster, exact, operator).await;
}

/// An operator that answers the webhook, and a service of two tasks.
async fn serving(cluster: &Arc<Cluster>, story: &str) -> (Exact, Operator) {
    let exact = Exact::new(cluster, story, &[("a", 2)], "2").await;
    let operator = exact.begin().await;
    exact.apply("web", 2, binpack(), &[], &json!({})).await;
    exact.placed("web", 2).await;
    exact.world.steady("web", 2).await;
    (exact, operator)
}

/// New tasks get their node while they are created, and then nothing is written, nor when the certificates are looked after.
async fn goes_on(cluster: &Cluster, exact: Exact, operator: Operator) {
    let before: Vec<String> = exact.world.pods("web").await.iter().map(Pod::name_any).collect();
    exact.scale("web", 5).await;
    let mut pods = exact.placed("web", 5).await;
    pods.retain(|pod| !before.contains(&pod.name_any()));
    assert_eq!(pods.len(), 3);
    assert!(all_pinned(&pods), "{pods:#?}");
    assert!(pods.iter().any(at_creation), "no task had its node from the beginning: {pods:#?}");
    exact.world.steady("web", 5).await;
    rest(cluster, &operator).await;
    let mark = cluster.audit.mark();
    let looked = cluster.audit.until_asked(&operator.user, "get", "mutatingwebhookconfigurations", mark);
    timeout(ROUND, looked).await.expect("nobody looks after the certificates");
    rest(cluster, &operator).await;
    let written = cluster.audit.writes(&operator.user, mark);
    assert!(written.is_empty(), "written at rest: {written:#?}");
    assert!(operator.stop().await.success());
    exact.end().await;
}

/// The Secret as soon as it is as it should be.
async fn secret_until(exact: &Exact, what: &str, reached: impl Fn(&Value) -> bool) -> Value {
    let name = ecs_bridge::rbac::webhook_secret(&exact.webhook);
    exact.world.until_within(ROUND, exact.world.api::<Secret>(), &name, what, reached).await
}

/// Has the time of an annotation be over.
async fn expire(exact: &Exact, annotation: &str) {
    let name = ecs_bridge::rbac::webhook_secret(&exact.webhook);
    let patch = json!({"metadata": {"annotations": {annotation: "2020-01-01T00:00:00Z"}}});
    let secrets = exact.world.api::<Secret>();
    secrets.patch(&name, &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
}

/// A member of a Secret as text.
fn pem(secret: &Value, member: &str) -> String {
    let ByteString(bytes) = typed(secret["data"][member].clone());
    String::from_utf8(bytes).unwrap()
}

/// Whether what is served is by the first one of these authorities: a handshake of somebody who trusts that one alone.
async fn is_served(exact: &Exact, authorities: &str) -> bool {
    let mut roots = RootCertStore::empty();
    let first = CertificateDer::pem_slice_iter(authorities.as_bytes()).next().unwrap();
    roots.add(first.unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let host = format!("{}.{}.svc", exact.webhook, exact.world.namespace);
    let stream = TcpStream::connect(("127.0.0.1", exact.port)).await.unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect(ServerName::try_from(host).unwrap(), stream).await.is_ok()
}
