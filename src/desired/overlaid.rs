//! Whether what comes of an overlay is still a pod that Kubernetes takes.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Container, PodSpec, PodTemplateSpec, Volume};
use serde_json::Value;

use crate::finding::{Code, Finding};

/// What the API server would refuse about a template that an overlay was merged into.
pub(super) fn refusals(template: &PodTemplateSpec) -> Vec<Finding> {
    let faults = template.spec.as_ref().map(faults).unwrap_or_default();
    let finding = |(place, what): (String, String)| {
        Finding::new(Code::InvalidValue, format!("kubernetes.podTemplate.{place}"), what)
            .remedy("See what comes of the overlay without it: ecs-bridge render.")
    };
    faults.into_iter().map(finding).collect()
}

/// Places below `spec`, and what is wrong with them.
fn faults(pod: &PodSpec) -> Vec<(String, String)> {
    let mut all = Vec::new();
    if pod.containers.is_empty() {
        all.push(("spec.containers".to_owned(), "No container is left.".to_owned()));
    }
    let mut names = BTreeSet::new();
    let volumes: BTreeSet<&str> = pod.volumes.iter().flatten().map(|v| v.name.as_str()).collect();
    let first = pod.init_containers.iter().flatten().map(|c| ("initContainers", c));
    for (list, container) in first.chain(pod.containers.iter().map(|c| ("containers", c))) {
        let name = &container.name;
        let mut add = |what: String| all.push((format!("spec.{list}"), what));
        if name.is_empty() || !names.insert(name.as_str()) {
            add(format!("Each container has a name of its own, and {name:?} is none."));
        }
        if container.image.as_deref().is_none_or(str::is_empty) {
            add(format!("The container {name:?} has no image, and the definition has no such container."));
        }
        mounts(container, &volumes).into_iter().for_each(add);
    }
    for volume in pod.volumes.iter().flatten() {
        let sources = sources(volume);
        if sources.len() != 1 {
            all.push((
                "spec.volumes".to_owned(),
                format!(
                    "A volume has one source, and {:?} has {}: {}.",
                    volume.name,
                    sources.len(),
                    sources.join(", ")
                ),
            ));
        }
    }
    all
}

fn mounts(container: &Container, volumes: &BTreeSet<&str>) -> Vec<String> {
    let name = &container.name;
    let mut places = BTreeSet::new();
    let mut all = Vec::new();
    for mount in container.volume_mounts.iter().flatten() {
        if !volumes.contains(mount.name.as_str()) {
            all.push(format!("The container {name:?} mounts {:?}, which is no volume.", mount.name));
        }
        if mount.mount_path.is_empty() || !places.insert(mount.mount_path.as_str()) {
            all.push(format!("The container {name:?} mounts {:?} twice or nowhere.", mount.name));
        }
    }
    all
}

fn sources(volume: &Volume) -> Vec<String> {
    // Serializing these types cannot fail.
    let value = serde_json::to_value(volume).unwrap_or_default();
    let members = value.as_object().into_iter().flatten();
    members
        .filter(|(name, value)| *name != "name" && **value != Value::Null)
        .map(|(name, _)| name.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(spec: Value) -> Vec<String> {
        let template = serde_json::from_value(json!({ "spec": spec })).unwrap();
        refusals(&template).into_iter().map(|finding| finding.path).collect()
    }

    #[test]
    fn what_no_api_server_takes_is_refused_before() {
        let app = json!({ "name": "app", "image": "app:1" });
        for (spec, place) in [
            (json!({ "containers": [] }), "containers"),
            (json!({ "containers": [app, { "name": "typo" }] }), "containers"),
            (json!({ "containers": [app], "initContainers": [app] }), "containers"),
            (
                json!({ "containers": [{ "name": "app", "image": "i", "volumeMounts": [{ "name": "v", "mountPath": "/v" }] }] }),
                "containers",
            ),
            (
                json!({ "containers": [app], "volumes": [{ "name": "v", "emptyDir": {}, "secret": { "secretName": "s" } }] }),
                "volumes",
            ),
        ] {
            assert_eq!(refused(spec), [format!("kubernetes.podTemplate.spec.{place}")]);
        }
        assert!(
            refused(json!({ "containers": [app], "volumes": [{ "name": "v", "emptyDir": {} }] })).is_empty()
        );
    }
}
