//! Definitions in, objects and findings out.

use ecs_bridge::cli::in_memory::{Source, render};
use ecs_bridge::finding::{Finding, Severity};
use serde_json::{Value, json};

/// What rendering a task definition gives.
pub(crate) struct Rendered {
    /// Every object, in apply order.
    pub(crate) objects: Vec<Value>,
    /// Everything that was said.
    pub(crate) findings: Vec<Finding>,
    /// The manifests as they would be written.
    pub(crate) text: String,
}

impl Rendered {
    /// The objects of a kind.
    pub(crate) fn all(&self, kind: &str) -> Vec<&Value> {
        self.objects.iter().filter(|object| object["kind"] == kind).collect()
    }

    /// The only object of a kind.
    #[track_caller]
    pub(crate) fn one(&self, kind: &str) -> &Value {
        let all = self.all(kind);
        assert_eq!(all.len(), 1, "{kind}: {}\n{:#?}", self.text, self.findings);
        all[0]
    }

    /// The pod that the only Deployment makes.
    #[track_caller]
    pub(crate) fn pod(&self) -> &Value {
        &self.one("Deployment")["spec"]["template"]["spec"]
    }

    /// A container of that pod, whichever list it stands in.
    #[track_caller]
    pub(crate) fn container(&self, name: &str) -> &Value {
        let pod = self.pod();
        let lists = ["initContainers", "containers"].into_iter().filter_map(|list| pod[list].as_array());
        lists.flatten().find(|container| container["name"] == name).unwrap_or_else(|| panic!("{pod:#}"))
    }

    /// Whether something was said at this place or below it.
    pub(crate) fn tells(&self, path: &str) -> bool {
        self.findings.iter().any(|finding| finding.path.starts_with(path))
    }

    /// Codes of everything that is more than worth knowing.
    pub(crate) fn complaints(&self) -> Vec<&str> {
        let severe = self.findings.iter().filter(|finding| finding.severity > Severity::Info);
        severe.map(|finding| finding.code.as_ref()).collect()
    }
}

/// Renders documents: task definitions, services.
pub(crate) fn rendered(documents: &[Value]) -> Rendered {
    let files: Vec<Source> = documents
        .iter()
        .enumerate()
        .map(|(i, document)| Source::in_memory(format!("{i}.json"), document.to_string().into_bytes()))
        .collect();
    let made = render(&files).unwrap();
    let objects = made.manifests.iter().map(|yaml| serde_saphyr::from_str(yaml).unwrap()).collect();
    Rendered { objects, findings: made.findings, text: made.manifests.concat() }
}

/// A task definition of these containers, each with an image and memory unless it says otherwise.
pub(crate) fn task(containers: &Value) -> Value {
    let mut containers = containers.clone();
    for container in containers.as_array_mut().unwrap() {
        for (member, default) in [("image", json!("example.com/app:1")), ("memory", json!(64))] {
            let absent = container.get(member).is_none() && container.get("memoryReservation").is_none();
            if absent || (member == "image" && container.get(member).is_none()) {
                container[member] = default;
            }
        }
    }
    json!({"family": "app", "containerDefinitions": containers})
}

/// The task definition with further members.
pub(crate) fn with(mut definition: Value, members: &Value) -> Value {
    definition.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    definition
}
