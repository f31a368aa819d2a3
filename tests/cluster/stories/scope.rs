//! An operator that watches some namespaces only.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ecs_bridge::api::labels;
use ecs_bridge::object::KINDS;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use kube::api::{DeleteParams, ListParams, PostParams};
use serde_json::{Value, json};

use super::exact::{binpack, replay};
use super::silence::rest;
use crate::cluster::{Cluster, typed};
use crate::exact::{Exact, all_pinned, is_gated, nodes_of, pin_of, until_gated};
use crate::world::{World, condition};

pub(crate) async fn an_operator_of_some_namespaces_leaves_others_alone_and_counts_what_they_take(
    cluster: Arc<Cluster>,
) {
    let exact = Exact::new(&cluster, "scoped", &[("a", 2)], "2").await;
    let also = World::new(&cluster, "scoped-also").await;
    let out = World::new(&cluster, "scoped-out").await;
    // As with the chart, the API server asks about pods of all of them.
    exact.review_also(&[&also.namespace, &out.namespace]).await;
    let mut operator = exact.operator("operator", true, &["--watch-namespace", &also.namespace]).await;
    operator.leads().await;
    exact.until_gated(true).await;
    until_gated(&also, true).await;
    out.task_definition("api", "nginx:1.27").await;
    out.service("api", 1).await;

    // The node with the least room is packed first, whoever has taken that.
    let [less, more] = [0, 1].map(|number: usize| exact.nodes[number].clone());
    takes(&out, "big", &less, "1500m").await;
    exact.apply("web", 3, binpack(), &[], &json!({})).await;
    let pods = exact.placed("web", 3).await;
    assert!(all_pinned(&pods), "{pods:#?}");
    let counts = |counts: [usize; 2]| BTreeMap::from([(less.clone(), counts[0]), (more.clone(), counts[1])]);
    assert_eq!(exact.counts("web").await, counts([1, 2]));

    // So is what comes later, and goes again.
    takes(&out, "late", &more, "500m").await;
    exact.scale("web", 5).await;
    let unable = |service: &Value| condition(service, "Ready").1 == "UnableToPlaceTask";
    let service = exact.world.service_until("web", "unable", unable).await;
    let message = condition(&service, "Ready").2;
    assert!(message.contains("2 too little CPU"), "{message}");
    out.api::<Pod>().delete("late", &DeleteParams::default().grace_period(0)).await.unwrap();
    exact.world.steady("web", 5).await;
    assert_eq!(exact.counts("web").await, counts([1, 4]));

    // It looks after the other one of its namespaces, and does nothing about the one that is not.
    also.task_definition("api", "nginx:1.27").await;
    also.service("api", 1).await;
    also.steady("api", 1).await;
    rest(&cluster, &operator).await;
    is_untouched(&out).await;
    asked_no_more_than_needed(&exact, &operator.user, &[&exact.world.namespace, &also.namespace]);

    // Another one does.
    let mark = cluster.audit.mark();
    let mut other = out.operator("operator", &[]).await;
    other.leads().await;
    out.steady("api", 1).await;
    rest(&cluster, &other).await;
    let written = cluster.audit.writes(&operator.user, mark);
    assert!(written.is_empty(), "written about services of another operator: {written:#?}");
    assert!(other.stop().await.success());
    let mut pods = exact.world.pods("web").await;
    pods.retain(|pod| pin_of(pod).is_some());
    assert_eq!(pods.len(), 4, "one was left to kube-scheduler: {pods:#?}");
    assert!(operator.stop().await.success());
    replay::agrees(&exact.log("operator", 0), &nodes_of(&pods));
    out.end().await;
    also.end().await;
    exact.end().await;
}

/// A pod that takes so much CPU of a node. It asks for a decision as pods of exact services do, and gets none.
async fn takes(world: &World, name: &str, node: &str, cpu: &str) {
    let pod: Pod = typed(json!({
        "metadata": {"name": name, "labels": {labels::EXACT: labels::EXACT_TRUE}},
        "spec": {
            "nodeSelector": {"kubernetes.io/hostname": node},
            "containers": [{"name": "c", "image": "i", "resources": {"requests": {"cpu": cpu}}}],
        },
    }));
    let pods = world.api::<Pod>();
    let made = pods.create(&PostParams::default(), &pod).await.unwrap();
    assert!(!is_gated(&made), "{made:#?}");
    let pod = world.until(pods, name, "on its node", |pod| pod["spec"]["nodeName"] == node).await;
    let pod: Pod = typed(pod);
    assert!(
        pin_of(&pod).is_none() && pod.annotations().keys().all(|key| !key.contains("ecs-bridge")),
        "{pod:#?}"
    );
}

/// Nothing was said about the definitions of a namespace, and nothing made of them.
async fn is_untouched(world: &World) {
    for kind in ["TaskDefinition", "EcsService"] {
        let definition = world.custom(kind).get("api").await.unwrap();
        assert!(definition.data["status"].is_null() && definition.finalizers().is_empty(), "{definition:#?}");
    }
    let deployments = world.api::<Deployment>().list(&ListParams::default()).await.unwrap();
    assert!(deployments.items.is_empty(), "{deployments:#?}");
    let revisions = world.revisions().await;
    assert!(revisions.is_empty(), "{revisions:#?}");
    let told = world.events("api").await;
    assert!(told.is_empty(), "{told:#?}");
}

/// Of namespaces that it does not watch an operator has to see pods, because they take room; nothing else.
fn asked_no_more_than_needed(exact: &Exact, user: &str, watched: &[&str]) {
    let asked = exact.world.cluster.audit.asked(user, exact.world.began);
    let here: BTreeSet<&str> = asked.iter().map(|asked| asked.namespace.as_str()).collect();
    assert!(watched.iter().all(|namespace| here.contains(namespace)), "{here:?}");
    let elsewhere = |namespace: &str| !namespace.is_empty() && !watched.contains(&namespace);
    let elsewhere: Vec<_> = asked.iter().filter(|asked| elsewhere(&asked.namespace)).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:#?}");
    let of_none = KINDS.iter().filter(|kind| !kind.namespaced).map(|kind| kind.plural).chain([
        "capacityproviders",
        "customresourcedefinitions",
        "mutatingwebhookconfigurations",
        "namespaces",
        "nodes",
    ]);
    let of_none: BTreeSet<&str> = of_none.collect();
    let of_all = asked.iter().filter(|asked| asked.namespace.is_empty()).map(|asked| asked.resource.as_str());
    let of_all: BTreeSet<&str> = of_all.filter(|resource| !of_none.contains(resource)).collect();
    assert_eq!(of_all, BTreeSet::from(["pods"]));
}
