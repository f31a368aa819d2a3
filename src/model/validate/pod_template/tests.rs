use serde_json::{Value, json};

use super::super::tests::inputs;
use super::super::{Context, service};
use crate::policy::{Mode, Policy};

fn with(overlay: &Value) -> Vec<String> {
    let mut inputs = inputs(&json!({}), &json!({ "kubernetes": {} }));
    inputs.service.kubernetes.get_or_insert_default().pod_template = Some(overlay.clone());
    let (model, findings) = service(&inputs, &super::super::tests::context());
    assert_eq!(model.is_none(), findings.any_error(), "{findings:#?}");
    findings.service.iter().map(|finding| format!("{} {}", finding.code, finding.path)).collect()
}

#[test]
fn an_overlay_is_told_with_what_it_changes() {
    let overlay =
        json!({ "metadata": { "annotations": { "a/b": "1" } }, "spec": { "priorityClassName": "high" } });
    assert_eq!(with(&overlay), ["Overlaid kubernetes.podTemplate"]);
    assert!(with(&json!({})).is_empty());
}

#[test]
fn an_overlay_has_to_be_a_pod_template() {
    let container = |container: Value| json!({ "spec": { "containers": [container] } });
    for (overlay, expected) in [
        (json!([]), "WrongType "),
        (json!({ "spec": { "hostNetwrk": true } }), "InvalidValue .spec.hostNetwrk"),
        (json!({ "spec": { "priority": "high" } }), "WrongType .spec.priority"),
        (json!({ "spec": { "containers": {} } }), "WrongType .spec.containers"),
        (container(json!({ "name": "app", "tty": "yes" })), "WrongType .spec.containers[0].tty"),
        (
            json!({ "spec": { "volumes": [{ "name": "v", "$patch": "remove" }] } }),
            "InvalidValue .spec.volumes[0].$patch",
        ),
    ] {
        let (code, path) = expected.split_once(' ').unwrap();
        assert_eq!(with(&overlay), [format!("{code} kubernetes.podTemplate{path}")], "{overlay}");
    }
    let probe = json!({ "name": "app", "readinessProbe": { "httpGet": { "port": 80, "path": "/" }, "periodSeconds": 5 }, "resources": { "limits": { "cpu": 1 } } });
    assert_eq!(with(&container(probe)), ["Overlaid kubernetes.podTemplate"]);
}

#[test]
fn what_is_the_operators_stays_the_operators() {
    for (overlay, path) in [
        (
            json!({ "metadata": { "labels": { "ecs-bridge.dev/service": "x" } } }),
            "metadata.labels[\"ecs-bridge.dev/service\"]",
        ),
        (
            json!({ "metadata": { "labels": { "ecs-bridge.dev/service": null } } }),
            "metadata.labels[\"ecs-bridge.dev/service\"]",
        ),
        (json!({ "metadata": { "labels": { "$patch": "replace" } } }), "metadata.labels"),
        (json!({ "metadata": { "labels": null } }), "metadata.labels"),
        (
            json!({ "metadata": { "annotations": { "tag.ecs-bridge.dev/x": "x" } } }),
            "metadata.annotations[\"tag.ecs-bridge.dev/x\"]",
        ),
        (json!({ "metadata": { "name": "x" } }), "metadata.name"),
        (json!({ "metadata": null }), "metadata"),
        (json!({ "spec": null }), "spec"),
        (json!({ "spec": { "schedulingGates": [] } }), "spec.schedulingGates"),
        (json!({ "spec": { "serviceAccountName": "admin" } }), "spec.serviceAccountName"),
        (json!({ "spec": { "restartPolicy": "Never" } }), "spec.restartPolicy"),
        (json!({ "spec": { "nodeName": "a" } }), "spec.nodeName"),
        (json!({ "spec": { "containers": [{ "$patch": "replace" }] } }), "spec.containers"),
    ] {
        assert_eq!(with(&overlay), [format!("OptionUnsupported kubernetes.podTemplate.{path}")]);
    }
}

/// What the namespace of the tests, in mode Baseline, is not granted.
#[test]
fn what_reaches_the_node_needs_a_grant() {
    let container = |context: Value| json!({ "containers": [{ "name": "app", "securityContext": context }] });
    for (spec, path) in [
        (json!({ "hostNetwork": true }), "hostNetwork"),
        (json!({ "hostPID": true }), "hostPID"),
        (json!({ "volumes": [{ "name": "v", "hostPath": { "path": "/" } }] }), "volumes[0].hostPath"),
        (
            json!({ "securityContext": { "seLinuxOptions": { "type": "spc_t" } } }),
            "securityContext.seLinuxOptions.type",
        ),
        (container(json!({ "privileged": true })), "containers[0].securityContext.privileged"),
        (
            container(json!({ "capabilities": { "add": ["SYS_ADMIN"] } })),
            "containers[0].securityContext.capabilities.add[0]",
        ),
        (
            container(json!({ "appArmorProfile": { "type": "Unconfined" } })),
            "containers[0].securityContext.appArmorProfile.type",
        ),
    ] {
        assert_eq!(
            with(&json!({ "spec": spec })),
            [format!("NotGranted kubernetes.podTemplate.spec.{path}")]
        );
    }
    for harmless in [
        json!({ "hostNetwork": null }),
        container(json!({ "privileged": false, "capabilities": { "add": ["NET_ADMIN"] } })),
        json!({ "volumes": [{ "name": "v", "emptyDir": {} }] }),
    ] {
        assert_eq!(with(&json!({ "spec": harmless })), ["Overlaid kubernetes.podTemplate"]);
    }
    let csi = json!({ "spec": { "volumes": [{ "name": "v", "csi": { "driver": "x" } }] } });
    let patch = json!({ "kubernetes": { "podTemplate": csi } });
    let context = Context { policy: Policy::new(Mode::Restricted, None), ..super::super::tests::context() };
    let (_, findings) = service(&inputs(&json!({}), &patch), &context);
    let refused: Vec<_> = findings.service.iter().map(|f| f.path.as_str()).collect();
    assert_eq!(refused, ["kubernetes.podTemplate.spec.volumes[0].csi"]);
}

#[test]
fn names_are_those_of_the_definition_and_containers_are_found_where_they_start() {
    let task = json!({
        "containerDefinitions": [
            { "name": "log_router", "image": "r:1", "memory": 64, "essential": true, "healthCheck": { "command": ["CMD", "true"] } },
            { "name": "app", "image": "a:1", "memory": 64, "dependsOn": [{ "containerName": "log_router", "condition": "HEALTHY" }],
              "mountPoints": [{ "sourceVolume": "My_Data", "containerPath": "/d" }] },
        ],
        "volumes": [{ "name": "My_Data" }],
    });
    let overlay = json!({ "spec": {
        "containers": [{ "name": "log_router", "tty": true, "volumeMounts": [{ "name": "My_Data", "mountPath": "/x" }] }],
        "volumes": [{ "name": "My_Data", "emptyDir": { "medium": "Memory" } }],
    } });
    let patch = json!({ "kubernetes": { "podTemplate": overlay } });
    let (model, findings) = service(&inputs(&task, &patch), &super::super::tests::context());
    let overlay = model.unwrap_or_else(|| panic!("{findings:#?}")).overlay.unwrap();
    let router = &overlay["spec"]["initContainers"][0];
    assert_ne!(router["name"], "log_router", "spelled for Kubernetes");
    assert!(router["name"].as_str().unwrap().starts_with("log-router"));
    assert_eq!(router["volumeMounts"][0]["name"], overlay["spec"]["volumes"][0]["name"]);
    assert_ne!(overlay["spec"]["volumes"][0]["name"], "My_Data");
    assert_eq!(overlay["spec"]["containers"], json!([]));
}
