//! Defaults that are filled in, and what is refused.

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::resource::Id;

/// Fills in what clients leave out.
pub(crate) fn complete(id: &Id, value: &mut Value) {
    match id.resource().kind {
        "Deployment" => {
            let rolling = json!({"maxSurge": "25%", "maxUnavailable": "25%"});
            default(&mut value["spec"], "replicas", || json!(1));
            default(&mut value["spec"], "revisionHistoryLimit", || json!(10));
            default(&mut value["spec"], "progressDeadlineSeconds", || json!(600));
            default(&mut value["spec"], "strategy", || json!({"type": "RollingUpdate"}));
            default(&mut value["spec"]["strategy"], "type", || json!("RollingUpdate"));
            if value["spec"]["strategy"]["type"] == "RollingUpdate" {
                default(&mut value["spec"]["strategy"], "rollingUpdate", || rolling.clone());
                for member in ["maxSurge", "maxUnavailable"] {
                    default(&mut value["spec"]["strategy"]["rollingUpdate"], member, || {
                        rolling[member].clone()
                    });
                }
            }
            template(&mut value["spec"]["template"]["spec"]);
        }
        "DaemonSet" => {
            let rolling = json!({"maxSurge": 0, "maxUnavailable": 1});
            default(&mut value["spec"], "updateStrategy", || json!({"type": "RollingUpdate"}));
            if value["spec"]["updateStrategy"]["type"] == "RollingUpdate" {
                default(&mut value["spec"]["updateStrategy"], "rollingUpdate", || rolling.clone());
                for member in ["maxSurge", "maxUnavailable"] {
                    let at = &mut value["spec"]["updateStrategy"]["rollingUpdate"];
                    default(at, member, || rolling[member].clone());
                }
            }
            template(&mut value["spec"]["template"]["spec"]);
        }
        "Namespace" => default(&mut value["status"], "phase", || json!("Active")),
        "Service" => default(&mut value["spec"], "type", || json!("ClusterIP")),
        _ => {}
    }
}

fn template(spec: &mut Value) {
    default(spec, "restartPolicy", || json!("Always"));
    default(spec, "terminationGracePeriodSeconds", || json!(30));
    default(spec, "dnsPolicy", || json!("ClusterFirst"));
    for container in spec["containers"].as_array_mut().into_iter().flatten() {
        default(container, "terminationMessagePath", || json!("/dev/termination-log"));
        for port in container["ports"].as_array_mut().into_iter().flatten() {
            default(port, "protocol", || json!("TCP"));
        }
        drop_null(container, "ports");
    }
}

fn drop_null(value: &mut Value, member: &str) {
    if let Some(members) = value.as_object_mut()
        && members.get(member) == Some(&Value::Null)
    {
        members.remove(member);
    }
}

fn default(value: &mut Value, member: &str, make: impl FnOnce() -> Value) {
    if value.is_null() {
        *value = json!({});
    }
    if let Some(members) = value.as_object_mut() {
        members.entry(member).or_insert_with(make);
    }
}

/// Refuses what the API server refuses.
pub(crate) fn validate(id: &Id, old: Option<&Value>, new: &Value) -> Result<(), Refusal> {
    let kind = id.resource().kind;
    let refused = |what: &str| Err(Refusal::invalid(format!("{kind} {:?} is invalid: {what}", id.name)));
    match kind {
        "Deployment" => {
            let zero = |value: &Value| *value == json!(0) || *value == json!("0%");
            let rolling = &new["spec"]["strategy"]["rollingUpdate"];
            if zero(&rolling["maxSurge"]) && zero(&rolling["maxUnavailable"]) {
                return refused(
                    "spec.strategy.rollingUpdate.maxUnavailable: may not be 0 when `maxSurge` is 0",
                );
            }
        }
        "ControllerRevision" if old.is_some_and(|old| old["data"] != new["data"]) => {
            return refused("data: field is immutable");
        }
        "Event" if old.is_some_and(|old| old["note"] != new["note"]) => {
            return refused("note: field is immutable");
        }
        _ => {}
    }
    if matches!(kind, "Deployment" | "DaemonSet") {
        if old.is_some_and(|old| old["spec"]["selector"] != new["spec"]["selector"]) {
            return refused("spec.selector: field is immutable");
        }
        let labels = &new["spec"]["template"]["metadata"]["labels"];
        let selector = new["spec"]["selector"]["matchLabels"].as_object();
        if selector.is_none_or(|wanted| wanted.iter().any(|(key, value)| labels[key] != *value)) {
            return refused("spec.template.metadata.labels: `selector` does not match template `labels`");
        }
    }
    Ok(())
}
