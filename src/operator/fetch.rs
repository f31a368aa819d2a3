//! What one command wants to know of a cluster, asked once.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use axum::http::Request;
use k8s_openapi::api::core::v1::{Namespace, Node, Pod};
use kube::ResourceExt as _;
use kube::api::{Api, ListParams};
use kube::client::retry::RetryPolicy;
use kube::client::{Body, ClientBuilder};
use kube::config::{Config, KubeConfigOptions, Kubeconfig};
use kube::core::DynamicObject;
use kube::{Client, Error as KubeError};
use tower::buffer::BufferLayer;
use tower::retry::RetryLayer;

use super::error::Error;
use super::key::{Name, Root};
use super::{capabilities, stores};
use crate::api::labels;
use crate::policy::PodSecurity;

/// A namespace as a command sees it.
#[derive(Debug, Default)]
pub struct Fetched {
    /// Every custom resource that concerns it, as JSON, with a name for messages.
    pub objects: Vec<(String, Vec<u8>)>,
    /// What its label allows.
    pub allowed: Option<String>,
    /// The Pod Security level that it enforces.
    pub pod_security: Option<String>,
    /// API groups that the cluster serves.
    pub apis: BTreeSet<String>,
}

/// Reads the custom resources of a namespace, the capacity providers, and what is known of both.
///
/// # Errors
///
/// Where the cluster cannot be reached or does not answer.
pub fn fetch(kubeconfig: Option<&Path>, context: Option<&str>, namespace: &str) -> Result<Fetched, Error> {
    ask(kubeconfig, context, async |client| read(&client, namespace).await)
}

/// Reads all nodes and pods of a cluster.
///
/// # Errors
///
/// Where the cluster cannot be reached or does not answer.
pub fn fetch_nodes(kubeconfig: Option<&Path>, context: Option<&str>) -> Result<(Vec<Node>, Vec<Pod>), Error> {
    ask(kubeconfig, context, async |client| {
        let failed = |kind: &'static str| move |error| Error::api("list", kind, &Name::default(), error);
        let all = ListParams::default();
        let nodes = Api::<Node>::all(client.clone()).list(&all).await.map_err(failed("Node"))?;
        let pods = Api::<Pod>::all(client).list(&all).await.map_err(failed("Pod"))?;
        Ok((nodes.items, pods.items))
    })
}

/// How long an answer may take: the API server gives itself a minute.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a command tries again where the cluster is too busy, or not behind its proxy.
const RETRIES: u32 = 4;
/// How long it waits before, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// Runs what a command asks a cluster. Somebody waits for it, so it does not try for long.
pub(crate) fn ask<T>(
    kubeconfig: Option<&Path>,
    context: Option<&str>,
    asks: impl AsyncFnOnce(Client) -> Result<T, Error>,
) -> Result<T, Error> {
    block_on(async {
        let mut config = configured(kubeconfig, context).await?;
        config.default_retry = false;
        config.read_timeout = Some(PATIENCE);
        // Else the time between two requests would count.
        config.reset_reader_on_write = true;
        let url = config.cluster_url.to_string();
        let failed = |error: &dyn ToString| Error::start("make a client", &error.to_string());
        let retries = RetryPolicy::new(PAUSES.0, PAUSES.1, RETRIES, false).map_err(|error| failed(&error))?;
        let client = ClientBuilder::try_from(config).map_err(|error| failed(&error))?;
        // What is tried again has to be a service that can be cloned.
        let client =
            client.with_layer(&BufferLayer::<Request<Body>>::new(1)).with_layer(&RetryLayer::new(retries));
        asks(client.build()).await.map_err(|error| error.of_cluster(&url))
    })
}

fn block_on<T>(asks: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    // Fails only where a provider is installed already, which is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Error::start("start the runtime", &error))?.block_on(asks)
}

/// A client of the operator, which tries again until it is answered and watches without an end.
pub(crate) async fn connect(kubeconfig: Option<&Path>) -> Result<Client, Error> {
    let config = configured(kubeconfig, None).await?;
    Client::try_from(config).map_err(|error| Error::start("make a client", &error))
}

/// How the cluster of a kubeconfig is reached, or the one around this process.
async fn configured(kubeconfig: Option<&Path>, context: Option<&str>) -> Result<Config, Error> {
    let options = KubeConfigOptions { context: context.map(str::to_owned), ..KubeConfigOptions::default() };
    match (kubeconfig, context) {
        (Some(file), _) => {
            let failed = |error| Error::start(format!("read {}", file.display()), &error);
            let kubeconfig = Kubeconfig::read_from(file).map_err(failed)?;
            Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(failed)
        }
        (None, Some(context)) => {
            let failed = |error| Error::start(format!("find the context {context}"), &error);
            Config::from_kubeconfig(&options).await.map_err(failed)
        }
        (None, None) => Config::infer().await.map_err(|error| Error::start("find a cluster", &error)),
    }
}

async fn read(client: &Client, namespace: &str) -> Result<Fetched, Error> {
    let mut fetched = Fetched { apis: capabilities::apis(client).await?, ..Fetched::default() };
    let name = Name::new("", namespace);
    let found = Api::<Namespace>::all(client.clone()).get(namespace).await;
    let found = found.map_err(|error| Error::api("get", "Namespace", &name, error))?;
    fetched.allowed = found.labels().get(labels::ALLOW).cloned();
    fetched.pod_security = found.labels().get(PodSecurity::LABEL).cloned();
    for root in Root::ALL {
        let resource = stores::root_resource(root);
        let api: Api<DynamicObject> = if root.namespaced() {
            Api::namespaced_with(client.clone(), namespace, &resource)
        } else {
            Api::all_with(client.clone(), &resource)
        };
        let failed = |error| Error::list(&resource, namespace, error);
        for mut object in api.list(&ListParams::default()).await.map_err(failed)?.items {
            // Lists leave the type out of their items.
            object.types = Some(kube::core::TypeMeta {
                api_version: resource.api_version.clone(),
                kind: resource.kind.clone(),
            });
            let name = format!("{}/{}", root.plural(), object.name_any());
            let json = serde_json::to_vec(&object).map_err(|error| failed(KubeError::SerdeError(error)))?;
            fetched.objects.push((name, json));
        }
    }
    Ok(fetched)
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;

    use serde_json::json;
    use tempfile::NamedTempFile;

    use super::*;
    use crate::operator::{answers, survey};

    /// A cluster without our definitions: the API server answers a group that it does not know with a plain page.
    fn without_definitions() -> Client {
        answers::client(|_, path| match path {
            "/apis" => (200, json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": []})),
            "/api/v1/namespaces/shop" => {
                (200, json!({"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "shop"}}))
            }
            path if path.contains("ecs-bridge.dev") => (404, json!("404 page not found")),
            _ => (200, json!({"kind": "List", "apiVersion": "v1", "metadata": {}, "items": []})),
        })
    }

    #[tokio::test]
    async fn a_cluster_without_the_definitions_is_told_what_to_install() {
        let error = read(&without_definitions(), "shop").await.unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("the cluster does not know ") && text.contains("ecs-bridge crds"), "{text}");
    }

    #[tokio::test]
    async fn to_compare_with_a_cluster_without_the_definitions_there_is_nothing_yet() {
        let cx = answers::context(without_definitions());
        survey::fill(&cx, "shop").await.unwrap();
        for root in Root::ALL {
            assert!(cx.stores.root(root).all().is_empty(), "{root:?}");
        }
    }

    /// A kubeconfig for a server.
    fn kubeconfig(server: &str) -> NamedTempFile {
        let kubeconfig = json!({
            "current-context": "a",
            "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
            "clusters": [{"name": "a", "cluster": {"server": server}}],
            "users": [{"name": "a", "user": {}}],
        });
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(kubeconfig.to_string().as_bytes()).unwrap();
        file
    }

    #[test]
    fn who_cannot_be_reached_is_named_and_why() {
        let file = kubeconfig("https://127.0.0.1:1");
        let text = fetch(Some(file.path()), None, "shop").unwrap_err().to_string();
        assert!(text.starts_with("cannot reach https://127.0.0.1:1: "), "{text}");
        assert!(text.contains("Connection refused"), "{text}");
        assert!(text.ends_with("; check the kubeconfig (--kubeconfig, --context)"), "{text}");
    }

    #[test]
    fn a_proxy_without_a_cluster_behind_it_is_asked_a_few_times() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&asked);
        // It ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
                counted.fetch_add(1, Ordering::Relaxed);
                let head =
                    "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                stream.write_all(head.as_bytes()).unwrap();
            }
        });
        let file = kubeconfig(&url);
        let text = fetch(Some(file.path()), None, "shop").unwrap_err().to_string();
        let expected = format!("cannot reach {url}: the answer is 503 Service Unavailable; ");
        assert!(text.starts_with(&expected), "{text}");
        assert_eq!(asked.load(Ordering::Relaxed), 1 + RETRIES);
    }
}
