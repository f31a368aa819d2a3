//! One story's namespace, and the words that stories are told in.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use ecs_bridge::api;
use k8s_openapi::api::apps::v1::{ControllerRevision, Deployment};
use k8s_openapi::api::core::v1::{Namespace, Pod};
use k8s_openapi::api::events::v1::Event;
use kube::Client;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind, NamespaceResourceScope};
use kube::runtime::wait::{await_condition, conditions};
use kube::{Resource, ResourceExt as _};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::audit::Mark;
use crate::cluster::{Cluster, PATIENCE};
use crate::disturbed;
use crate::operator::Operator;
pub(crate) use crate::words::{condition, service, task_definition};

/// Whose server-side applies stand for `kubectl apply`.
const USER: &str = "somebody";

/// One story's namespace.
pub(crate) struct World {
    /// The control plane.
    pub(crate) cluster: Arc<Cluster>,
    /// The namespace.
    pub(crate) namespace: String,
    /// The audit log when the story began.
    pub(crate) began: Mark,
    starts: AtomicU32,
    calm: bool,
}

impl World {
    /// A namespace for a story.
    pub(crate) async fn new(cluster: &Arc<Cluster>, story: &str) -> Self {
        let began = cluster.audit.mark();
        let namespace = format!("{story}-{}", cluster.run);
        cluster.namespace(&namespace, json!({})).await;
        Self { cluster: Arc::clone(cluster), namespace, began, starts: AtomicU32::new(0), calm: false }
    }

    /// The same for a story that itself ends operators, or in which one that is missing makes a difference: nobody kills any
    /// of its operators.
    pub(crate) fn calm(self) -> Self {
        Self { calm: true, ..self }
    }

    /// A namespace, and an operator that leads.
    pub(crate) async fn with_operator(cluster: &Arc<Cluster>, story: &str) -> (Self, Operator) {
        let world = Self::new(cluster, story).await;
        let mut operator = world.operator("operator", &[]).await;
        operator.leads().await;
        (world, operator)
    }

    /// Starts an operator for this namespace under a new ServiceAccount.
    pub(crate) async fn operator(&self, account: &str, arguments: &[&str]) -> Operator {
        self.cluster.operator_account(&self.namespace, account).await;
        self.operator_again(account, arguments).await
    }

    /// Starts an operator for this namespace under a ServiceAccount that an earlier one had.
    pub(crate) async fn operator_again(&self, account: &str, arguments: &[&str]) -> Operator {
        let scope = ["--watch-namespace", self.namespace.as_str()];
        self.operator_of(account, &[&scope, arguments].concat()).await
    }

    /// Starts an operator with these arguments under a ServiceAccount that exists.
    pub(crate) async fn operator_of(&self, account: &str, arguments: &[&str]) -> Operator {
        let number = self.starts.fetch_add(1, Ordering::Relaxed);
        let identity = format!("{account}-{number}");
        let kubeconfig = self.cluster.file(&format!("{}-{account}.kubeconfig", self.namespace));
        let log = self.cluster.file(&format!("{}-{identity}.log", self.namespace));
        let own = ["--namespace", self.namespace.as_str(), "--identity", identity.as_str()];
        let arguments = [own.as_slice(), arguments].concat();
        let began = self.cluster.audit.mark();
        let operator = Operator::start(&kubeconfig, self.user(account), log, &arguments).await;
        if !self.calm {
            let story = self.namespace.trim_end_matches(&self.cluster.run);
            disturbed::disturb(&self.cluster, &operator, &format!("{story}{identity}"), began);
        }
        operator
    }

    /// How the API server calls a ServiceAccount of the namespace.
    pub(crate) fn user(&self, account: &str) -> String {
        format!("system:serviceaccount:{}:{account}", self.namespace)
    }

    fn client(&self) -> Client {
        self.cluster.client.clone()
    }

    /// The API of a built-in kind in the namespace.
    pub(crate) fn api<K>(&self) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope>,
        K::DynamicType: Default,
    {
        Api::namespaced(self.client(), &self.namespace)
    }

    /// The API of one of our kinds.
    pub(crate) fn custom(&self, kind: &str) -> Api<DynamicObject> {
        let gvk = GroupVersionKind::gvk(api::GROUP, api::VERSION, kind);
        let resource = ApiResource::from_gvk(&gvk);
        if kind == "CapacityProvider" {
            Api::all_with(self.client(), &resource)
        } else {
            Api::namespaced_with(self.client(), &self.namespace, &resource)
        }
    }

    /// Applies the spec of one of our kinds, as a user does.
    pub(crate) async fn apply(&self, kind: &str, name: &str, spec: Value) -> DynamicObject {
        let body = json!({
            "apiVersion": api::API_VERSION,
            "kind": kind,
            "metadata": {"name": name},
            "spec": spec,
        });
        let params = PatchParams::apply(USER).force();
        self.custom(kind).patch(name, &params, &Patch::Apply(&body)).await.unwrap()
    }

    /// Applies a task definition of one container.
    pub(crate) async fn task_definition(&self, family: &str, image: &str) {
        self.apply("TaskDefinition", family, task_definition(family, image)).await;
    }

    /// Applies a service of the family of its own name.
    pub(crate) async fn service(&self, name: &str, count: i32) {
        self.apply("EcsService", name, service(name, count)).await;
    }

    /// Waits until an object satisfies `reached`; the object then.
    pub(crate) async fn until<K>(
        &self,
        api: Api<K>,
        name: &str,
        what: &str,
        reached: impl Fn(&Value) -> bool,
    ) -> Value
    where
        K: Clone + std::fmt::Debug + Send + DeserializeOwned + Resource + serde::Serialize + 'static,
    {
        self.until_within(PATIENCE, api, name, what, reached).await
    }

    /// The same, for what takes its time.
    pub(crate) async fn until_within<K>(
        &self,
        patience: Duration,
        api: Api<K>,
        name: &str,
        what: &str,
        reached: impl Fn(&Value) -> bool,
    ) -> Value
    where
        K: Clone + std::fmt::Debug + Send + DeserializeOwned + Resource + serde::Serialize + 'static,
    {
        let value = |object: &K| serde_json::to_value(object).unwrap();
        let condition = |object: Option<&K>| object.is_some_and(|object| reached(&value(object)));
        // A kind that was defined a moment ago is not served yet.
        let reaching = async {
            loop {
                match await_condition(api.clone(), name, &condition).await {
                    Err(error) if format!("{error:?}").contains("404") => {
                        sleep(Duration::from_millis(100)).await;
                    }
                    ended => return ended,
                }
            }
        };
        match timeout(patience, reaching).await {
            Ok(object) => value(&object.unwrap().unwrap()),
            Err(_) => {
                let now = api.get_opt(name).await.unwrap().map(|object| value(&object)["status"].clone());
                panic!("{}/{name}: {what}: not within {patience:?}; status: {now:#?}", self.namespace)
            }
        }
    }

    /// Waits until a service satisfies `reached`.
    pub(crate) async fn service_until(
        &self,
        name: &str,
        what: &str,
        reached: impl Fn(&Value) -> bool,
    ) -> Value {
        self.until(self.custom("EcsService"), name, what, reached).await
    }

    /// Waits until a service runs `count` tasks of a completed deployment, as of its newest generation.
    pub(crate) async fn steady(&self, name: &str, count: i64) -> Value {
        let reached = |service: &Value| {
            let status = &service["status"];
            condition(service, "Ready").0 == "True"
                && status["observedGeneration"] == service["metadata"]["generation"]
                && status["desiredCount"] == json!(count)
                && status["runningCount"] == json!(count)
                && status["deployments"].as_array().is_some_and(|all| all.len() == 1)
        };
        self.service_until(name, "steady", reached).await
    }

    /// Waits until a Deployment satisfies `reached`.
    pub(crate) async fn deployment_until(
        &self,
        name: &str,
        what: &str,
        reached: impl Fn(&Value) -> bool,
    ) -> Value {
        self.until(self.api::<Deployment>(), name, what, reached).await
    }

    /// Waits until an object of this UID is gone.
    pub(crate) async fn gone<K>(&self, api: Api<K>, name: &str, uid: &str)
    where
        K: Clone + std::fmt::Debug + Send + DeserializeOwned + Resource + 'static,
    {
        let gone = await_condition(api, name, conditions::is_deleted(uid));
        let waited = timeout(PATIENCE, gone).await;
        waited.unwrap_or_else(|_| panic!("{}/{name} is still there", self.namespace)).unwrap();
    }

    /// Reasons and messages of our events about an object, in the order in which they were created.
    pub(crate) async fn events(&self, name: &str) -> Vec<(String, String)> {
        let all = self.api::<Event>().list(&ListParams::default()).await.unwrap();
        let mut ours: Vec<_> = all
            .into_iter()
            .filter(|event| event.reporting_controller.as_deref() == Some("ecs-bridge.dev/operator"))
            .filter(|event| event.regarding.as_ref().and_then(|about| about.name.as_deref()) == Some(name))
            .collect();
        ours.sort_by_key(|event| event.event_time.clone().map(|time| time.0));
        let said = |event: Event| (event.reason.unwrap_or_default(), event.note.unwrap_or_default());
        ours.into_iter().map(said).collect()
    }

    /// The pods of a service.
    pub(crate) async fn pods(&self, service: &str) -> Vec<Pod> {
        let ours = ListParams::default().labels(&format!("{}={service}", api::labels::SERVICE));
        self.api::<Pod>().list(&ours).await.unwrap().items
    }

    /// The ControllerRevisions of the namespace that carry our label, by name.
    pub(crate) async fn revisions(&self) -> Vec<ControllerRevision> {
        let ours = format!("{}={}", api::labels::MANAGED_BY, api::labels::MANAGED_BY_US);
        let list = self.api::<ControllerRevision>().list(&ListParams::default().labels(&ours)).await;
        let mut items = list.unwrap().items;
        items.sort_by_key(kube::ResourceExt::name_any);
        items
    }

    /// Ends the story: no request was forbidden, and the namespace goes.
    pub(crate) async fn end(self) {
        for account in ["operator", "first", "second"] {
            let forbidden = self.cluster.audit.forbidden(&self.user(account), self.began);
            assert!(forbidden.is_empty(), "requests without permission: {forbidden:#?}");
        }
        let namespaces = Api::<Namespace>::all(self.client());
        namespaces.delete(&self.namespace, &DeleteParams::default()).await.unwrap();
    }
}

/// A task definition for Fargate.
pub(crate) fn fargate_task_definition(family: &str, image: &str) -> Value {
    let mut definition = task_definition(family, image);
    for (member, value) in [
        ("cpu", json!("256")),
        ("memory", json!("512")),
        ("networkMode", json!("awsvpc")),
        ("requiresCompatibilities", json!(["FARGATE"])),
    ] {
        definition[member] = value;
    }
    definition
}

/// The text at a JSON pointer.
pub(crate) fn text(object: &Value, pointer: &str) -> String {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// UIDs of the owners of an object.
pub(crate) fn owners(object: &impl Resource) -> Vec<String> {
    object.owner_references().iter().map(|owner| owner.uid.clone()).collect()
}
