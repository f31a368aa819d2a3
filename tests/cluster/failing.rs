//! Images that fail: a pod with an image `fail.test/KIND:DURATION` fails as the simulated nodes understand KIND
//! (`hack/kwok/failures.yaml`), after DURATION where that means something.

use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::cluster::{PATIENCE, typed};
use crate::world::World;

const NAME: &str = "ecs-bridge-test-failing-images";
const KIND: &str = "ecs-bridge.dev/test-failure";
const AFTER: &str = "ecs-bridge.dev/test-failure-after";
/// The image that asks for a failure, as a CEL expression.
const IMAGE: &str =
    "object.spec.containers.filter(c, c.image.startsWith('fail.test/'))[0].image.split('/')[1]";

/// An image that fails.
pub(crate) fn image(kind: &str, after: &str) -> String {
    format!("fail.test/{kind}:{after}")
}

/// Has the API server annotate pods with such images, and waits until it does.
pub(crate) async fn installed(world: &World) {
    let api = |kind: &str| -> Api<DynamicObject> {
        let gvk = GroupVersionKind::gvk("admissionregistration.k8s.io", "v1", kind);
        Api::all_with(world.cluster.client.clone(), &ApiResource::from_gvk(&gvk))
    };
    // A map that is not there cannot be added to, and an empty one is none.
    let expression = format!(
        "has(object.metadata.annotations) ? \
         [JSONPatch{{op: 'add', path: '/metadata/annotations/' + jsonpatch.escapeKey('{KIND}'), value: {IMAGE}.split(':')[0]}}, \
         JSONPatch{{op: 'add', path: '/metadata/annotations/' + jsonpatch.escapeKey('{AFTER}'), value: {IMAGE}.split(':')[1]}}] : \
         [JSONPatch{{op: 'add', path: '/metadata/annotations', \
         value: {{'{KIND}': {IMAGE}.split(':')[0], '{AFTER}': {IMAGE}.split(':')[1]}}}}]"
    );
    let policy = json!({
        "failurePolicy": "Fail",
        "reinvocationPolicy": "Never",
        "matchConstraints": { "resourceRules": [{
            "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "operations": ["CREATE"],
        }]},
        "matchConditions": [{
            "name": "fails", "expression": "object.spec.containers.exists(c, c.image.startsWith('fail.test/'))",
        }],
        "mutations": [{ "patchType": "JSONPatch", "jsonPatch": { "expression": expression } }],
    });
    for (kind, spec) in [
        ("MutatingAdmissionPolicy", policy),
        ("MutatingAdmissionPolicyBinding", json!({ "policyName": NAME })),
    ] {
        let body = json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "metadata": {"name": NAME}, "spec": spec,
        });
        let params = PatchParams::apply("ecs-bridge-tests").force();
        api(kind).patch(NAME, &params, &Patch::Apply(&body)).await.unwrap();
    }
    let pod: Pod = typed(json!({
        "metadata": {"name": "probe"},
        "spec": {"containers": [{"name": "app", "image": image("crash", "1s")}]},
    }));
    let params = PostParams { dry_run: true, ..PostParams::default() };
    let takes_effect = async {
        loop {
            let answer = world.api::<Pod>().create(&params, &pod).await.unwrap();
            let value: Value = serde_json::to_value(answer).unwrap();
            if value["metadata"]["annotations"][KIND] == json!("crash") {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, takes_effect).await.expect("the policy did not take effect");
}
