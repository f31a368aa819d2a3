//! What the cluster can do, found out by asking: discovery for APIs, server dry runs for features.
//!
//! A dry run of a Deployment stores nothing and needs no permission that the operator does not have anyway. A
//! feature that is off makes the server drop the field, or refuse the object.

use std::collections::BTreeSet;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::APIGroup;
use kube::Client;
use kube::api::PostParams;
use kube::core::DynamicObject;
use serde_json::{Value, json};

use super::context::Context;
use super::error::{Error, is_refusal};
use super::key::Name;
use super::stores::child_resource;
use crate::capabilities::Capabilities;
use crate::object::KINDS;

/// Name of the objects in dry runs.
const PROBE: &str = "ecs-bridge-probe";

/// Asks the cluster. `namespace` has to exist; nothing is created in it.
pub(crate) async fn detect(cx: &Context, namespace: &str) -> Result<Capabilities, Error> {
    let resources = json!({"resources": {"limits": {"cpu": "1"}, "requests": {"cpu": "1"}}});
    let rules = |action: &str, code: i32| {
        let rule = json!({"action": action, "exitCodes": {"operator": "In", "values": [code]}});
        json!({"restartPolicy": "Never", "restartPolicyRules": [rule]})
    };
    let autoscaler = autoscaler();
    let (pod_resources, restart_rules, restart_all, autoscaler_tolerance, apis) = tokio::try_join!(
        keeps(
            cx,
            namespace,
            "Deployment",
            deployment(&json!({}), &resources),
            "/spec/template/spec/resources"
        ),
        keeps(cx, namespace, "Deployment", deployment(&rules("Restart", 42), &json!({})), RULES),
        keeps(cx, namespace, "Deployment", deployment(&rules("RestartAllContainers", 42), &json!({})), RULES),
        keeps(cx, namespace, "HorizontalPodAutoscaler", autoscaler, "/spec/behavior/scaleUp/tolerance"),
        apis(&cx.client),
    )?;
    Ok(Capabilities { pod_resources, restart_rules, restart_all, autoscaler_tolerance, apis })
}

const RULES: &str = "/spec/template/spec/containers/0/restartPolicyRules";

fn deployment(container: &Value, pod: &Value) -> Value {
    let labels = json!({"app.kubernetes.io/name": PROBE});
    let mut spec = json!({"containers": [{"name": "probe", "image": "probe"}]});
    merge(&mut spec["containers"][0], container);
    merge(&mut spec, pod);
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": PROBE},
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": spec},
        },
    })
}

fn autoscaler() -> Value {
    json!({
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": PROBE},
        "spec": {
            "maxReplicas": 1,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": PROBE},
            "behavior": {"scaleUp": {"tolerance": "0.1"}},
        },
    })
}

fn merge(into: &mut Value, members: &Value) {
    if let (Some(into), Some(members)) = (into.as_object_mut(), members.as_object()) {
        into.extend(members.clone());
    }
}

/// Whether the server keeps the member of a manifest.
async fn keeps(
    cx: &Context,
    namespace: &str,
    kind: &str,
    manifest: Value,
    pointer: &str,
) -> Result<bool, Error> {
    let name = Name::new(namespace, PROBE);
    let Some(row) = KINDS.iter().find(|row| row.kind == kind) else {
        return Ok(false);
    };
    let failed = |error| Error::api("dry-run", row.kind, &name, error);
    let object: DynamicObject =
        serde_json::from_value(manifest).map_err(|error| failed(kube::Error::SerdeError(error)))?;
    let params = PostParams { dry_run: true, ..PostParams::default() };
    match cx.api(&child_resource(row), &name).create(&params, &object).await {
        Ok(answer) => Ok(answer.data.pointer(pointer).is_some()),
        Err(error) if is_refusal(&error) => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

/// API groups that are served, those of optional kinds only in the version that we write.
pub(crate) async fn apis(client: &Client) -> Result<BTreeSet<String>, Error> {
    let groups = client.list_api_groups().await;
    let groups = groups.map_err(|error| Error::api("discover", "APIGroup", &Name::default(), error))?;
    let usable = |group: &APIGroup| {
        let served = |version: &str| group.versions.iter().any(|v| v.version == version);
        KINDS.iter().filter(|kind| kind.optional && kind.group == group.name).all(|kind| served(kind.version))
    };
    Ok(groups.groups.into_iter().filter(usable).map(|group| group.name).collect())
}
