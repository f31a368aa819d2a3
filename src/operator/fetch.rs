//! What one command wants to know of a cluster, asked once.

use std::collections::BTreeSet;
use std::path::Path;

use k8s_openapi::api::core::v1::{Namespace, Node, Pod};
use kube::ResourceExt as _;
use kube::api::{Api, ListParams};
use kube::config::{Config, KubeConfigOptions, Kubeconfig};
use kube::core::DynamicObject;
use kube::{Client, Error as KubeError};

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
    block_on(async { ask(&connect(kubeconfig, context).await?, namespace).await })
}

/// Reads all nodes and pods of a cluster.
///
/// # Errors
///
/// Where the cluster cannot be reached or does not answer.
pub fn fetch_nodes(kubeconfig: Option<&Path>, context: Option<&str>) -> Result<(Vec<Node>, Vec<Pod>), Error> {
    block_on(async {
        let client = connect(kubeconfig, context).await?;
        let failed = |kind: &'static str| move |error| Error::api("list", kind, &Name::default(), error);
        let all = ListParams::default();
        let nodes = Api::<Node>::all(client.clone()).list(&all).await.map_err(failed("Node"))?;
        let pods = Api::<Pod>::all(client).list(&all).await.map_err(failed("Pod"))?;
        Ok((nodes.items, pods.items))
    })
}

/// Runs what a command asks a cluster.
pub(crate) fn block_on<T>(asks: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    // Fails only where a provider is installed already, which is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Error::start("start the runtime", &error))?.block_on(asks)
}

/// A client for the cluster of a kubeconfig, or for the one around this process.
pub(crate) async fn connect(kubeconfig: Option<&Path>, context: Option<&str>) -> Result<Client, Error> {
    let options = KubeConfigOptions { context: context.map(str::to_owned), ..KubeConfigOptions::default() };
    let config = match (kubeconfig, context) {
        (Some(file), _) => {
            let failed = |error| Error::start(format!("read {}", file.display()), &error);
            let kubeconfig = Kubeconfig::read_from(file).map_err(failed)?;
            Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(failed)?
        }
        (None, Some(context)) => {
            let failed = |error| Error::start(format!("find the context {context}"), &error);
            Config::from_kubeconfig(&options).await.map_err(failed)?
        }
        (None, None) => Config::infer().await.map_err(|error| Error::start("find a cluster", &error))?,
    };
    Client::try_from(config).map_err(|error| Error::start("make a client", &error))
}

async fn ask(client: &Client, namespace: &str) -> Result<Fetched, Error> {
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
        let failed = |error| Error::api("list", root.kind(), &Name::new(namespace, ""), error);
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
