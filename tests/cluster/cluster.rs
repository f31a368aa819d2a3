//! The control plane: custom resource definitions, permissions, and how to get in as somebody else.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ecs_bridge::{api, rbac};
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::authorization::v1::SubjectAccessReview;
use k8s_openapi::api::core::v1::{Namespace, ServiceAccount};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding};
use k8s_openapi::api::scheduling::v1::PriorityClass;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::runtime::wait::{await_condition, conditions};
use kube::{Client, Config};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::audit::Audit;
use crate::disturbed::Deaths;

/// Longest wait for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
const MANAGER: &str = "ecs-bridge-tests";
/// Label of everything cluster-scoped that a run makes.
const RUN: &str = "ecs-bridge.dev/test-run";

/// A control plane.
pub(crate) struct Cluster {
    /// A client that may do everything.
    pub(crate) client: Client,
    /// What the API server was asked.
    pub(crate) audit: Audit,
    /// What tells this run's objects from another's.
    pub(crate) run: String,
    /// Whether operators are killed.
    pub(crate) deaths: Option<Deaths>,
    kubeconfig: Kubeconfig,
    file: PathBuf,
}

/// Makes a typed object of what a manifest says.
pub(crate) fn typed<K: DeserializeOwned>(value: Value) -> K {
    serde_json::from_value(value).unwrap()
}

/// Whether a request failed because its connection was closed, which says nothing about what was asked: the API server closes
/// those that nobody has used for as long as a client keeps them.
pub(crate) fn is_cut(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Service(_) | kube::Error::HyperError(_) | kube::Error::ReadEvents(_))
}

impl Cluster {
    /// Connects, and installs what every story needs.
    pub(crate) async fn connect(file: &OsStr) -> Self {
        let kubeconfig = Kubeconfig::read_from(Path::new(file)).unwrap();
        let config = Config::from_custom_kubeconfig(kubeconfig.clone(), &KubeConfigOptions::default()).await;
        let client = Client::try_from(config.unwrap()).unwrap();
        let cluster = Self {
            client,
            audit: Audit::beside(Path::new(file)),
            run: format!("{:x}", std::process::id()),
            deaths: Deaths::asked_for(),
            kubeconfig,
            file: Path::new(file).to_owned(),
        };
        cluster.install_definitions().await;
        cluster.install_role().await;
        cluster.install_priority_class().await;
        cluster
    }

    /// Installs the custom resource definitions and waits until they are served.
    pub(crate) async fn install_definitions(&self) {
        let definitions = Api::<CustomResourceDefinition>::all(self.client.clone());
        for crd in api::crd::all() {
            let name = crd.metadata.name.clone().unwrap();
            let params = PatchParams::apply(MANAGER).force();
            definitions.patch(&name, &params, &Patch::Apply(&crd)).await.unwrap();
            let established = await_condition(definitions.clone(), &name, conditions::is_crd_established());
            timeout(PATIENCE, established).await.expect("the definition is not served").unwrap();
        }
    }

    /// The permissions of the operator, by the same table that the chart's are made from.
    async fn install_role(&self) {
        let mut rules = rbac::rules();
        rules.extend(rbac::lease_rules());
        let role: ClusterRole = typed(json!({
            "metadata": {"name": self.role(), "labels": {RUN: self.run}},
            "rules": rules,
        }));
        let roles = Api::<ClusterRole>::all(self.client.clone());
        roles.create(&PostParams::default(), &role).await.unwrap();
    }

    /// The PriorityClass that the chart brings.
    async fn install_priority_class(&self) {
        let class: PriorityClass = typed(json!({
            "metadata": {"name": api::labels::PRIORITY_CLASS}, "value": 0, "preemptionPolicy": "Never",
        }));
        let classes = Api::<PriorityClass>::all(self.client.clone());
        let params = PatchParams::apply(MANAGER).force();
        classes.patch(api::labels::PRIORITY_CLASS, &params, &Patch::Apply(&class)).await.unwrap();
    }

    /// The kubeconfig of somebody who may do everything.
    pub(crate) fn admin(&self) -> PathBuf {
        self.file.clone()
    }

    fn role(&self) -> String {
        format!("ecs-bridge-test-{}", self.run)
    }

    /// Creates a namespace.
    pub(crate) async fn namespace(&self, name: &str, labels: Value) {
        let namespace: Namespace = typed(json!({"metadata": {"name": name, "labels": labels}}));
        let namespaces = Api::<Namespace>::all(self.client.clone());
        namespaces.create(&PostParams::default(), &namespace).await.unwrap();
        let accounts = Api::<ServiceAccount>::namespaced(self.client.clone(), name);
        let created = await_condition(accounts, "default", conditions::is_created());
        timeout(PATIENCE, created).await.expect("no default service account").unwrap();
    }

    /// Creates a ServiceAccount with the operator's permissions; a kubeconfig that is it.
    pub(crate) async fn operator_account(&self, namespace: &str, name: &str) -> PathBuf {
        let accounts = Api::<ServiceAccount>::namespaced(self.client.clone(), namespace);
        let account: ServiceAccount = typed(json!({"metadata": {"name": name}}));
        accounts.create(&PostParams::default(), &account).await.unwrap();
        let binding: ClusterRoleBinding = typed(json!({
            "metadata": {"name": format!("{namespace}-{name}"), "labels": {RUN: self.run}},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": self.role()},
            "subjects": [{"kind": "ServiceAccount", "namespace": namespace, "name": name}],
        }));
        let bindings = Api::<ClusterRoleBinding>::all(self.client.clone());
        bindings.create(&PostParams::default(), &binding).await.unwrap();
        self.until_allowed(&format!("system:serviceaccount:{namespace}:{name}")).await;
        let request = TokenRequest {
            spec: Some(TokenRequestSpec { expiration_seconds: Some(7200), ..TokenRequestSpec::default() }),
            ..TokenRequest::default()
        };
        let answer = accounts.create_token_request(name, &PostParams::default(), &request).await.unwrap();
        let kubeconfig = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "operator",
            "clusters": [{"name": "cluster", "cluster": self.kubeconfig.clusters[0].cluster}],
            "users": [{"name": "operator", "user": {"token": answer.status.unwrap().token}}],
            "contexts": [{"name": "operator", "context": {"cluster": "cluster", "user": "operator"}}],
        });
        let file = self.file(&format!("{namespace}-{name}.kubeconfig"));
        fs::write(&file, kubeconfig.to_string()).unwrap();
        file
    }

    /// Waits until the API server's authorizer has seen a new binding.
    async fn until_allowed(&self, user: &str) {
        let review: SubjectAccessReview = typed(json!({"spec": {
            "user": user,
            "resourceAttributes": {"verb": "list", "group": api::GROUP, "resource": "ecsservices"},
        }}));
        let reviews = Api::<SubjectAccessReview>::all(self.client.clone());
        let allowed = async {
            while !reviews.create(&PostParams::default(), &review).await.unwrap().status.unwrap().allowed {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, allowed).await.expect("the permissions did not take effect");
    }

    /// A file of this run.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cluster-{}", self.run));
        fs::create_dir_all(&directory).unwrap();
        directory.join(name)
    }

    /// Removes what is not in a namespace.
    pub(crate) async fn leave(&self) {
        let ours = ListParams::default().labels(&format!("{RUN}={}", self.run));
        let params = DeleteParams::default();
        let bindings = Api::<ClusterRoleBinding>::all(self.client.clone());
        drop(bindings.delete_collection(&params, &ours).await);
        let roles = Api::<ClusterRole>::all(self.client.clone());
        drop(roles.delete_collection(&params, &ours).await);
    }
}
