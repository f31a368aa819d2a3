//! What exact placement needs on a cluster: nodes of its own, the webhook of one namespace, and the log of decisions.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ecs_bridge::api::labels;
use ecs_bridge::rbac;
use k8s_openapi::api::admissionregistration::v1::MutatingWebhookConfiguration;
use k8s_openapi::api::core::v1::{Node, Pod, Service};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding};
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::cluster::{Cluster, PATIENCE, typed};
use crate::operator::Operator;
use crate::world::{World, service, task_definition};

/// Tasks of the stories need half a core and 128 MiB.
const CPU: i64 = 512;

/// The name of the webhook within its configuration.
const WEBHOOK: &str = "placement.ecs-bridge.dev";

/// A namespace whose services place their tasks exactly, on nodes of their own.
pub(crate) struct Exact {
    pub(crate) world: World,
    /// Names of its nodes, by zone.
    pub(crate) nodes: Vec<String>,
    /// Where the API server looks for the webhook.
    pub(crate) port: u16,
    /// The name of the webhook's configuration and Service.
    pub(crate) webhook: String,
}

impl Exact {
    /// Nodes of `cpu` cores: so many in each zone.
    pub(crate) async fn new(cluster: &Arc<Cluster>, story: &str, zones: &[(&str, usize)], cpu: &str) -> Self {
        let world = World::new(cluster, story).await.calm();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let mut exact = Self { webhook: world.namespace.clone(), world, nodes: Vec::new(), port };
        for (zone, count) in zones {
            for number in 0..*count {
                let name = format!("{}-{zone}-{number}", exact.webhook);
                exact.add_node(&name, zone, cpu).await;
            }
        }
        exact.install_webhook().await;
        exact
    }

    fn all_nodes(&self) -> Api<Node> {
        Api::all(self.world.cluster.client.clone())
    }

    /// A node that only this namespace's services ask for; returns when tasks may run there.
    pub(crate) async fn add_node(&mut self, name: &str, zone: &str, cpu: &str) {
        let resources = json!({"cpu": cpu, "memory": "8Gi", "pods": "110"});
        let node: Node = typed(json!({
            "metadata": {
                "name": name,
                "labels": {
                    "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
                    "topology.kubernetes.io/zone": zone, "attribute.ecs-bridge.dev/pool": self.webhook,
                },
                "annotations": {"kwok.x-k8s.io/node": "fake"},
            },
            "status": {"capacity": resources, "allocatable": resources},
        }));
        self.all_nodes().create(&PostParams::default(), &node).await.unwrap();
        let ready = |node: &Value| {
            node["spec"]["taints"].as_array().is_none_or(Vec::is_empty)
                && node["status"]["conditions"]
                    .as_array()
                    .is_some_and(|all| all.iter().any(|c| c["type"] == "Ready" && c["status"] == "True"))
        };
        self.world.until(self.all_nodes(), name, "ready", ready).await;
        self.nodes.push(name.to_owned());
    }

    /// Gives a node two of a resource.
    pub(crate) async fn offer(&self, name: &str, resource: &str) {
        let status = json!({"status": {"capacity": {resource: "2"}, "allocatable": {resource: "2"}}});
        let params = PatchParams::default();
        self.all_nodes().patch_status(name, &params, &Patch::Merge(&status)).await.unwrap();
    }

    /// Takes a node away.
    pub(crate) async fn remove_node(&self, name: &str) {
        self.all_nodes().delete(name, &DeleteParams::default()).await.unwrap();
    }

    async fn install_webhook(&self) {
        let (name, namespace) = (&self.webhook, &self.world.namespace);
        let client = self.world.cluster.client.clone();
        let found: Service = typed(json!({
            "metadata": {"name": name}, "spec": {"type": "ExternalName", "externalName": "localhost"},
        }));
        self.world.api::<Service>().create(&PostParams::default(), &found).await.unwrap();
        let configuration: MutatingWebhookConfiguration = typed(json!({
            "metadata": {"name": name},
            "webhooks": [{
                "name": WEBHOOK, "admissionReviewVersions": ["v1"], "sideEffects": "NoneOnDryRun", "reinvocationPolicy": "IfNeeded",
                // The chart waits for a second; a busy machine needs more.
                "failurePolicy": "Ignore", "timeoutSeconds": 10,
                "clientConfig": {"service": {"name": name, "namespace": namespace, "path": "/gate", "port": self.port}},
                "objectSelector": {"matchLabels": {labels::EXACT: labels::EXACT_TRUE}},
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
                "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "operations": ["CREATE"]}],
            }],
        }));
        let configurations = Api::<MutatingWebhookConfiguration>::all(client.clone());
        configurations.create(&PostParams::default(), &configuration).await.unwrap();
        let rules = [rbac::exact_rules(name), rbac::exact_own_rules(name)].concat();
        let role: ClusterRole = typed(json!({"metadata": {"name": name}, "rules": rules}));
        Api::<ClusterRole>::all(client.clone()).create(&PostParams::default(), &role).await.unwrap();
        let subjects: Vec<Value> = ["operator", "first", "second"]
            .iter()
            .map(|account| json!({"kind": "ServiceAccount", "namespace": namespace, "name": account}))
            .collect();
        let binding: ClusterRoleBinding = typed(json!({
            "metadata": {"name": name},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
            "subjects": subjects,
        }));
        Api::<ClusterRoleBinding>::all(client).create(&PostParams::default(), &binding).await.unwrap();
    }

    /// Has the API server ask about pods of these namespaces, too.
    pub(crate) async fn review_also(&self, namespaces: &[&str]) {
        let all = [&[self.world.namespace.as_str()][..], namespaces].concat();
        let these = json!({"key": "kubernetes.io/metadata.name", "operator": "In", "values": all});
        let selector = json!({"matchLabels": null, "matchExpressions": [these]});
        let patch = json!({"webhooks": [{"name": WEBHOOK, "namespaceSelector": selector}]});
        let configurations = Api::<MutatingWebhookConfiguration>::all(self.world.cluster.client.clone());
        let patch = Patch::Strategic(&patch);
        configurations.patch(&self.webhook, &PatchParams::default(), &patch).await.unwrap();
    }

    /// Starts an operator under a new account, which answers the webhook at a port of its own: a door has to lead there.
    pub(crate) async fn replica(&self, account: &str, arguments: &[&str]) -> Operator {
        let own = ["--webhook-listen", "127.0.0.1:0", "--webhook-name", self.webhook.as_str()];
        self.world.operator(account, &[&own[..], arguments].concat()).await
    }

    /// Starts an operator that answers the webhook; under an account that is new, or that an earlier one had.
    pub(crate) async fn operator(&self, account: &str, new: bool, arguments: &[&str]) -> Operator {
        let listen = format!("127.0.0.1:{}", self.port);
        let own = ["--webhook-listen", listen.as_str(), "--webhook-name", self.webhook.as_str()];
        let arguments = [&own[..], arguments].concat();
        if new {
            self.world.operator(account, &arguments).await
        } else {
            self.world.operator_again(account, &arguments).await
        }
    }

    /// Starts the first operator, and returns when it leads and pods are gated.
    pub(crate) async fn begin(&self) -> Operator {
        let mut operator = self.operator("operator", true, &[]).await;
        operator.leads().await;
        self.until_gated(true).await;
        operator
    }

    /// Returns once new pods are gated, or are not any more.
    pub(crate) async fn until_gated(&self, gated: bool) {
        until_gated(&self.world, gated).await;
    }

    /// Applies a task definition and a service whose tasks are placed exactly.
    pub(crate) async fn apply(
        &self,
        name: &str,
        count: i32,
        strategies: Value,
        constraints: &[Value],
        more: &Value,
    ) {
        self.define(name, "nginx:1.27", CPU).await;
        let pool = json!({"type": "memberOf", "expression": format!("attribute:pool == {}", self.webhook)});
        let mut spec = service(name, count);
        spec["placementStrategy"] = strategies;
        spec["placementConstraints"] = constraints.iter().cloned().chain([pool]).collect();
        spec["kubernetes"]["placement"] = "Exact".into();
        for (member, value) in more.as_object().unwrap() {
            spec[member] = value.clone();
        }
        self.world.apply("EcsService", name, spec).await;
    }

    /// Applies a task definition.
    pub(crate) async fn define(&self, family: &str, image: &str, cpu: i64) {
        let mut definition = task_definition(family, image);
        definition["containerDefinitions"][0]["cpu"] = cpu.into();
        self.world.apply("TaskDefinition", family, definition).await;
    }

    /// Changes the count of a service, as `aws ecs update-service` does.
    pub(crate) async fn scale(&self, name: &str, count: i32) {
        let found = self.world.custom("EcsService").get(name).await.unwrap();
        let mut spec = found.data["spec"].clone();
        spec["desiredCount"] = count.into();
        spec["kubernetes"].as_object_mut().unwrap().remove("scaledCount");
        self.world.apply("EcsService", name, spec).await;
    }

    /// How many tasks of a service are on each node.
    pub(crate) async fn counts(&self, service: &str) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for pod in self.world.pods(service).await {
            if let Some(node) = pod.spec.and_then(|spec| spec.node_name) {
                *counts.entry(node).or_default() += 1;
            }
        }
        counts
    }

    /// Waits until a service has `count` pods on nodes, and none that waits for a decision.
    pub(crate) async fn placed(&self, service: &str, count: usize) -> Vec<Pod> {
        let waiting = async {
            loop {
                let pods = self.world.pods(service).await;
                let live: Vec<Pod> =
                    pods.into_iter().filter(|pod| pod.metadata.deletion_timestamp.is_none()).collect();
                if live.len() == count && live.iter().all(|pod| node_of(pod).is_some()) {
                    return live;
                }
                sleep(Duration::from_millis(100)).await;
            }
        };
        timeout(PATIENCE, waiting)
            .await
            .unwrap_or_else(|_| panic!("{count} tasks of {service} are not placed"))
    }

    /// The log of the operator that was started as the n-th one, from 0.
    pub(crate) fn log(&self, account: &str, number: usize) -> PathBuf {
        self.world.cluster.file(&format!("{}-{account}-{number}.log", self.world.namespace))
    }

    /// Ends the story.
    pub(crate) async fn end(self) {
        let client = self.world.cluster.client.clone();
        let params = DeleteParams::default();
        Api::<MutatingWebhookConfiguration>::all(client.clone())
            .delete(&self.webhook, &params)
            .await
            .unwrap();
        Api::<ClusterRoleBinding>::all(client.clone()).delete(&self.webhook, &params).await.unwrap();
        Api::<ClusterRole>::all(client.clone()).delete(&self.webhook, &params).await.unwrap();
        let ours = ListParams::default().labels(&format!("attribute.ecs-bridge.dev/pool={}", self.webhook));
        self.all_nodes().delete_collection(&params, &ours).await.unwrap();
        self.world.end().await;
    }
}

/// Returns once new pods of a namespace are gated, or are not any more.
pub(crate) async fn until_gated(world: &World, gated: bool) {
    let probe: Pod = typed(json!({
        "metadata": {"generateName": "probe-", "labels": {labels::EXACT: labels::EXACT_TRUE}},
        "spec": {"containers": [{"name": "c", "image": "i"}]},
    }));
    let params = PostParams { dry_run: true, ..PostParams::default() };
    let pods = world.api::<Pod>();
    let asking = async {
        while is_gated(&pods.create(&params, &probe).await.unwrap()) != gated {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, asking).await.unwrap_or_else(|_| panic!("pods are not gated as they should be"));
}

/// Whether a pod waits for a decision.
pub(crate) fn is_gated(pod: &Pod) -> bool {
    let gates = pod.spec.as_ref().and_then(|spec| spec.scheduling_gates.as_deref()).unwrap_or_default();
    gates.iter().any(|gate| gate.name == labels::PLACEMENT)
}

/// Whether a pod had its node from its creation on.
pub(crate) fn at_creation(pod: &Pod) -> bool {
    pod.annotations().contains_key(labels::RESERVATION)
}

/// The node of a pod.
pub(crate) fn node_of(pod: &Pod) -> Option<String> {
    pod.spec.as_ref()?.node_name.clone()
}

/// The node that a pod was pinned to.
pub(crate) fn pin_of(pod: &Pod) -> Option<String> {
    let pod = serde_json::to_value(pod).unwrap();
    let terms = pod.pointer(
        "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms",
    )?;
    let pins: Vec<&str> = terms
        .as_array()?
        .iter()
        .filter_map(|term| term["matchFields"].as_array()?.last()?["values"][0].as_str())
        .collect();
    (pins.len() == terms.as_array()?.len()).then(|| pins.first().map(|pin| (*pin).to_owned()))?
}

/// Whether every pod has its node by our decision.
pub(crate) fn all_pinned(pods: &[Pod]) -> bool {
    pods.iter().all(|pod| {
        let gates = pod.spec.as_ref().and_then(|spec| spec.scheduling_gates.as_ref());
        gates.is_none_or(Vec::is_empty) && pin_of(pod).is_some() && pin_of(pod) == node_of(pod)
    })
}

/// Names of pods and their nodes.
pub(crate) fn nodes_of(pods: &[Pod]) -> BTreeMap<String, String> {
    pods.iter().map(|pod| (pod.name_any(), node_of(pod).unwrap_or_default())).collect()
}
