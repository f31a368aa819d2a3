//! Docker labels and tags: texts for tools, which become annotations.

use std::collections::BTreeMap;

use super::{Report, set};
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::Tag;
use crate::api::labels;
use crate::finding::{Code, Path};
use crate::model::name;
use crate::model::task::Container;

/// Annotations of the pods for the labels that Docker would give their containers.
pub(super) fn docker_labels(
    spec: &TaskDefinitionSpec,
    containers: &[Container],
    report: &mut Report<'_>,
) -> BTreeMap<String, String> {
    let list = Path::ROOT.member("containerDefinitions");
    let mut annotations = BTreeMap::new();
    for (i, (definition, container)) in spec.container_definitions.iter().zip(containers).enumerate() {
        if definition.docker_labels.is_empty() {
            continue;
        }
        let element = list.index(i);
        let prefix = labels::of_container(&container.name.label, labels::DOCKER_LABEL);
        report.add(
            Code::DockerLabelsAreAnnotations,
            element.member("dockerLabels"),
            format!("The labels are annotations of the pod, below {prefix}; what reads them from Docker has to read them there."),
        );
        for (key, value) in &definition.docker_labels {
            annotations.insert(format!("{prefix}{}", name::key(key)), value.clone());
        }
    }
    annotations
}

/// Annotations for the tags of a definition, checked as ECS does it. They belong on objects whose change
/// restarts nothing: on ECS a tag never does.
pub(super) fn tags(tags: &[Tag], report: &mut Report<'_>) -> BTreeMap<String, String> {
    let list = Path::ROOT.member("tags");
    if !tags.is_empty() {
        report.add(
            Code::TagsAreAnnotations,
            list,
            "Tags are annotations of what runs the pods; they do not count for AWS's bills and IAM conditions.",
        );
    }
    if tags.len() > 50 {
        report.add(Code::InvalidValue, list, "There are at most 50 tags.");
    }
    let mut annotations = BTreeMap::new();
    for (i, tag) in tags.iter().enumerate() {
        let element = list.index(i);
        let Some(key) = report.required(tag.key.as_deref(), element.member("key"), "The tag's key") else {
            continue;
        };
        let value = set(tag.value.as_deref()).unwrap_or_default();
        if key.chars().count() > 128 || value.chars().count() > 256 {
            report.add(Code::InvalidValue, element, "A key has at most 128 characters, a value at most 256.");
        }
        for (member, text) in [("key", key), ("value", value)] {
            if text.to_ascii_lowercase().starts_with("aws:") {
                report.add(
                    Code::InvalidValue,
                    element.member(member),
                    "The prefix \"aws:\" is reserved for AWS.",
                );
            }
            if !text.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || "+-=._:/@".contains(c)) {
                report.add(
                    Code::InvalidValue,
                    element.member(member),
                    format!("{text:?} has more than letters, digits, spaces and + - = . _ : / @."),
                );
            }
        }
        if annotations.insert(format!("{}{}", labels::TAG, name::key(key)), value.to_owned()).is_some() {
            report.add(Code::InvalidValue, element.member("key"), format!("The tag {key:?} is set twice."));
        }
    }
    annotations
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{container, model, told};

    #[test]
    fn docker_labels_are_annotations_whose_keys_kubernetes_accepts() {
        let labels = json!({ "traefik.http.routers.web.rule": "Host(`a`)", "com.example/team one": "x" });
        let task = container(&json!({ "dockerLabels": labels }));
        assert_eq!(
            told(&task, &json!({})),
            ["DockerLabelsAreAnnotations containerDefinitions[0].dockerLabels"]
        );
        let annotations = model(&task).annotations;
        assert_eq!(annotations["app.docker-label.ecs-bridge.dev/traefik.http.routers.web.rule"], "Host(`a`)");
        let other = annotations.keys().find(|key| key.contains("team")).unwrap();
        assert!(other.starts_with("app.docker-label.ecs-bridge.dev/com.example-team-one-"), "{other}");
    }

    #[test]
    fn tags_are_checked_as_ecs_does_it() {
        let tag = |key: &str| json!({ "key": key, "value": "x" });
        for (tags, expected) in [
            (json!([tag("team")]), vec![]),
            (json!([{ "value": "x" }]), vec!["MissingMember tags[0].key"]),
            (json!([tag("a"), tag("a")]), vec!["InvalidValue tags[1].key"]),
            (json!([tag("aws:x")]), vec!["InvalidValue tags[0].key"]),
            (json!([tag(&"k".repeat(129))]), vec!["InvalidValue tags[0]"]),
        ] {
            let mut all = vec!["TagsAreAnnotations tags"];
            all.extend(expected);
            assert_eq!(told(&json!({ "tags": tags }), &json!({})), all);
        }
        assert_eq!(model(&json!({ "tags": [tag("team")] })).tags["tag.ecs-bridge.dev/team"], "x");
    }
}
