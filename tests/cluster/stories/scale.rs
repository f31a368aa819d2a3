//! The count in force.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use k8s_openapi::api::apps::v1::ControllerRevision;
use kube::ResourceExt as _;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};

use super::silence::rest;
use crate::cluster::{Cluster, typed};
use crate::world::{World, condition, service};

pub(crate) async fn the_scaled_count_survives_another_apply(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "scale").await;
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 2).await;
    world.steady("web", 2).await;

    let services = world.custom("EcsService");
    let scale = services.get_scale("web").await.unwrap();
    assert_eq!(scale.spec.and_then(|spec| spec.replicas), Some(2));
    let selector = scale.status.and_then(|status| status.selector);
    assert_eq!(selector.as_deref(), Some("ecs-bridge.dev/service=web"));
    let patch = json!({"spec": {"replicas": 5}});
    services.patch_scale("web", &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
    let scaled = world.steady("web", 5).await;
    assert_eq!(scaled["status"]["declaredCount"], json!(2));

    let reconciles = operator.metric("ecs_bridge_reconciles_total", "EcsService").await;
    world.service("web", 2).await;
    let again = world.steady("web", 5).await;
    assert_eq!(again["spec"]["kubernetes"]["scaledCount"], json!(5), "after {reconciles} reconciles");

    world.service("web", 3).await;
    world.steady("web", 3).await;
    world.end().await;
}

/// Runs kubectl in the story's namespace, with a manifest on its standard input.
fn kubectl(world: &World, arguments: &[&str], manifest: &Value) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut kubectl = Command::new(root.join("target/tools/kubectl"))
        .env("KUBECONFIG", world.cluster.admin())
        .args(["--namespace", world.namespace.as_str()])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("target/tools/kubectl: run hack/build");
    kubectl.stdin.take().unwrap().write_all(manifest.to_string().as_bytes()).unwrap();
    assert!(kubectl.wait().unwrap().success(), "kubectl {arguments:?}");
}

pub(crate) async fn kubectl_scales_and_no_kind_of_apply_resets_it(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "kubectl").await;
    world.task_definition("web", "nginx:1.27").await;
    let manifest = |count: i32| {
        json!({
            "apiVersion": "ecs-bridge.dev/v1alpha1", "kind": "EcsService", "metadata": {"name": "web"},
            "spec": service("web", count),
        })
    };
    let client_side: &[&str] = &["apply", "--filename", "-"];
    let server_side: &[&str] = &["apply", "--server-side", "--force-conflicts", "--filename", "-"];
    kubectl(&world, client_side, &manifest(2));
    world.steady("web", 2).await;
    kubectl(&world, &["scale", "ecssvc/web", "--replicas", "4"], &Value::Null);
    world.steady("web", 4).await;
    for apply in [client_side, server_side, client_side] {
        kubectl(&world, apply, &manifest(2));
        let service = world.steady("web", 4).await;
        assert_eq!(service["spec"]["kubernetes"]["scaledCount"], json!(4), "{apply:?}");
    }

    rest(&cluster, &operator).await;
    assert!(operator.stop().await.success());
    // Nobody is there to say what the count was, but the status remembers it.
    kubectl(&world, &["replace", "--filename", "-"], &manifest(2));
    let mut operator = world.operator_again("operator", &[]).await;
    operator.leads().await;
    world.steady("web", 4).await;
    kubectl(&world, client_side, &manifest(3));
    let changed = world.steady("web", 3).await;
    assert_eq!(changed["status"]["declaredCount"], json!(3));
    world.end().await;
}

pub(crate) async fn a_record_of_another_release_holds_up_no_count(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "newer").await;
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 2).await;
    let before = world.steady("web", 2).await;
    assert!(operator.stop().await.success());
    let revisions = world.revisions().await;
    let ours = revisions.iter().find(|revision| revision.name_any().starts_with("web-d-")).unwrap();
    let replace = async |data: Value| {
        let mut other: ControllerRevision = ours.clone();
        other.metadata.resource_version = None;
        other.metadata.uid = None;
        other.metadata.managed_fields = None;
        other.data = typed(data);
        let api = world.api::<ControllerRevision>();
        api.delete(&ours.name_any(), &DeleteParams::default()).await.unwrap();
        api.create(&PostParams::default(), &other).await.unwrap();
    };
    replace(json!({"from": "the future"})).await;
    let operator = world.operator_again("operator", &[]).await;
    let not_understood = |service: &Value| condition(service, "Stalled").1 == "UnreadableRecord";
    let told = world.service_until("web", "not understood", not_understood).await;
    assert!(condition(&told, "Stalled").2.contains(&ours.name_any()), "{told:#}");
    let services = world.custom("EcsService");
    let patch = json!({"spec": {"replicas": 4}});
    services.patch_scale("web", &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
    let follows = |service: &Value| service["status"]["runningCount"] == json!(4);
    world.service_until("web", "its count is followed", follows).await;
    rest(&cluster, &operator).await;
    assert!(operator.stop().await.success());

    replace(serde_json::to_value(&ours.data).unwrap()).await;
    let _operator = world.operator_again("operator", &[]).await;
    let after = world.steady("web", 4).await;
    assert_eq!(after["status"]["deployments"][0]["id"], before["status"]["deployments"][0]["id"]);
    world.end().await;
}
