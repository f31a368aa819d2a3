//! The ways that pods come to their nodes.

use std::collections::HashSet;
use std::pin::pin;
use std::time::{Duration, Instant};

use ecs_bridge::api::labels;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams, WatchEvent, WatchParams};
use kube::{Client, ResourceExt};
use serde_json::{Value, json};
use tokio::time::timeout;

const NAMESPACE: &str = "default";
/// Longest that no pod may come to a node.
const PATIENCE: Duration = Duration::from_secs(120);
const WATCH: u32 = 290;
/// Scheduler that the script starts besides: it looks at all nodes.
const ALL_NODES: &str = "all-nodes";

/// A way.
pub(crate) struct Lane {
    pub(crate) name: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bare,
    Exact,
    Gated,
    Scheduler,
    SchedulerAllNodes,
}

/// The bare client first: the others are compared with it.
pub(crate) const ALL: &[Lane] = &[
    Lane { name: "bare client: create, patch, bind", kind: Kind::Bare },
    Lane { name: "exact placement (binpack by memory)", kind: Kind::Exact },
    Lane { name: "the same, with a gate", kind: Kind::Gated },
    Lane { name: "kube-scheduler", kind: Kind::Scheduler },
    Lane { name: "kube-scheduler at 100 % of nodes", kind: Kind::SchedulerAllNodes },
];

/// Names of all nodes.
pub(crate) async fn nodes(client: &Client) -> Vec<String> {
    let nodes = Api::<Node>::all(client.clone()).list(&ListParams::default()).await.expect("nodes");
    nodes.iter().map(ResourceExt::name_any).collect()
}

impl Lane {
    /// Seconds for so many pods.
    pub(crate) async fn measure(
        &self,
        client: &Client,
        nodes: &[String],
        pods: usize,
        concurrency: usize,
    ) -> f64 {
        let api = Api::<Pod>::namespaced(client.clone(), NAMESPACE);
        // What has to warm up does so on a few pods that do not count.
        self.once(&api, nodes, "warm", 20, concurrency).await;
        let took = self.once(&api, nodes, "pod", pods, concurrency).await;
        took.as_secs_f64()
    }

    async fn once(
        &self,
        api: &Api<Pod>,
        nodes: &[String],
        prefix: &str,
        pods: usize,
        concurrency: usize,
    ) -> Duration {
        let version = api.list_metadata(&ListParams::default().limit(1)).await.expect("a list");
        let version = version.metadata.resource_version.unwrap_or_default();
        let bound = tokio::spawn(all_bound(api.clone(), version, pods));
        let began = Instant::now();
        stream::iter(0..pods)
            .for_each_concurrent(concurrency, |number| async move {
                let name = format!("{prefix}-{number}");
                self.create(api, &name).await;
                if self.kind == Kind::Bare {
                    bind(api, &name, &nodes[number % nodes.len()]).await;
                }
            })
            .await;
        let took = bound.await.expect("the watch").duration_since(began);
        if matches!(self.kind, Kind::Exact | Kind::Gated) {
            // What kube-scheduler has placed alone would be another lane's figure, and so would most of what was gated.
            let made = api.list(&ListParams::default()).await.expect("pods").items;
            let elsewhere = made.iter().find(|pod| !is_pinned(pod)).map(ResourceExt::name_any);
            assert_eq!(elsewhere, None, "it is not where the operator put it");
            let gated =
                made.iter().filter(|pod| !pod.annotations().contains_key(labels::RESERVATION)).count();
            let (least, most) =
                if self.kind == Kind::Gated { (made.len(), made.len()) } else { (0, made.len() / 20) };
            assert!(
                (least..=most).contains(&gated) || pods < 100,
                "{gated} of {} pods were gated",
                made.len()
            );
        }
        let at_once = DeleteParams::default().grace_period(0);
        drop(api.delete_collection(&at_once, &ListParams::default()).await.expect("a deletion"));
        while !api.list_metadata(&ListParams::default().limit(1)).await.expect("a list").items.is_empty() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        took
    }

    async fn create(&self, api: &Api<Pod>, name: &str) {
        let scheduler = match self.kind {
            Kind::SchedulerAllNodes => ALL_NODES,
            Kind::Bare => "nobody",
            Kind::Exact | Kind::Gated | Kind::Scheduler => "default-scheduler",
        };
        let mut pod = json!({
            "metadata": {"name": name, "labels": {labels::SERVICE: "web"}},
            "spec": {
                "schedulerName": scheduler,
                "automountServiceAccountToken": false,
                "containers": [{"name": "c", "image": "i", "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}}}],
            },
        });
        match self.kind {
            Kind::Bare => pod["spec"]["schedulingGates"] = json!([{"name": "bench/gate"}]),
            Kind::Exact | Kind::Gated => {
                pod["metadata"]["labels"][labels::EXACT] = labels::EXACT_TRUE.into();
                let rules =
                    json!({"strategies": [{"type": "binpack", "field": "memory"}], "constraints": []});
                pod["metadata"]["annotations"] = json!({labels::PLACEMENT: rules.to_string()});
                if self.kind == Kind::Gated {
                    pod["spec"]["schedulingGates"] = json!([{"name": labels::PLACEMENT}]);
                }
            }
            Kind::Scheduler | Kind::SchedulerAllNodes => {}
        }
        let pod: Pod = serde_json::from_value(pod).expect("a pod");
        api.create(&PostParams::default(), &pod).await.expect("a pod");
    }
}

/// Pins, lets go and binds, without deciding anything.
async fn bind(api: &Api<Pod>, name: &str, node: &str) {
    let here = json!({"key": "metadata.name", "operator": "In", "values": [node]});
    let pin = json!({"spec": {
        "schedulingGates": null,
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [{"matchFields": [here]}],
        }}},
    }});
    api.patch(name, &PatchParams::default(), &Patch::Merge(&pin)).await.expect("a patch");
    let binding = json!({
        "apiVersion": "v1", "kind": "Binding", "metadata": {"name": name},
        "target": {"apiVersion": "v1", "kind": "Node", "name": node},
    });
    let _: Value =
        api.create_subresource("binding", name, &PostParams::default(), &binding).await.expect("a binding");
}

/// Whether a pod is on the one node that its terms name.
fn is_pinned(pod: &Pod) -> bool {
    const PIN: &str = "/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms/0/matchFields/0/values/0";
    let spec = serde_json::to_value(&pod.spec).expect("JSON");
    spec.pointer(PIN).is_some_and(|pin| *pin == spec["nodeName"])
}

/// When the last of so many pods had a node.
async fn all_bound(api: Api<Pod>, mut version: String, pods: usize) -> Instant {
    let mut bound: HashSet<String> = HashSet::new();
    loop {
        let params = WatchParams::default().timeout(WATCH);
        let mut events = pin!(api.watch(&params, &version).await.expect("a watch"));
        while let Ok(Ok(Some(event))) = timeout(PATIENCE, events.try_next()).await {
            match event {
                WatchEvent::Added(pod) | WatchEvent::Modified(pod) => {
                    version = pod.resource_version().unwrap_or_default();
                    if pod.spec.as_ref().is_some_and(|spec| spec.node_name.is_some()) {
                        bound.insert(pod.name_any());
                        if bound.len() == pods {
                            return Instant::now();
                        }
                    }
                }
                WatchEvent::Error(error) => panic!("the watch of pods: {error:?}"),
                WatchEvent::Deleted(_) | WatchEvent::Bookmark(_) => {}
            }
        }
        assert!(!bound.is_empty(), "no pod has come to a node in {PATIENCE:?}");
    }
}
