//! `kubernetes.podTemplate`: what is merged last into the pods. Names are the definition's own, or those of the pods.

mod guard;

use serde_json::{Map, Value};

use super::Report;
use crate::api::EcsServiceSpec;
use crate::ecs::shape::{Shape, pod_template};
use crate::finding::{Code, Path};
use crate::model::order::Stage;
use crate::model::task::{Name, Task};
use crate::translate::overlay::DIRECTIVE;

/// Members that are listed where there is something to say about what is overlaid.
const SHOWN: usize = 6;

pub(super) fn validate(spec: &EcsServiceSpec, task: &Task, report: &mut Report<'_>) -> Option<Value> {
    let overlay = spec.kubernetes.as_ref()?.pod_template.as_ref()?;
    let kubernetes = Path::ROOT.member("kubernetes");
    let path = kubernetes.member("podTemplate");
    if overlay.as_object().is_some_and(Map::is_empty) {
        return None;
    }
    let before = report.findings.len();
    Walk { report }.value(pod_template(), overlay, &path, "");
    if report.findings[before..].iter().any(crate::finding::Finding::is_error) {
        return None;
    }
    report.add(
        Code::Overlaid,
        path,
        format!("Merged last into the pods, whatever the definition says: {}.", shown(overlay)),
    );
    Some(spelled(overlay, task))
}

/// The members that are overlaid, to the second level.
fn shown(overlay: &Value) -> String {
    let mut all = Vec::new();
    for (name, value) in overlay.as_object().into_iter().flatten() {
        all.extend(value.as_object().into_iter().flat_map(Map::keys).map(|below| format!("{name}.{below}")));
    }
    let more = all.len().saturating_sub(SHOWN);
    all.truncate(SHOWN);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", all.join(", "))
}

/// Looks at an overlay beside the shape of a PodTemplateSpec.
struct Walk<'r, 'a> {
    report: &'r mut Report<'a>,
}

impl Walk<'_, '_> {
    /// `pattern` is the place in the template, without indices.
    fn value(&mut self, shape: &Shape, value: &Value, at: &Path<'_>, pattern: &str) {
        if guard::check(pattern, value, at, self.report) {
            return;
        }
        match (shape, value) {
            // Takes the member away.
            (_, Value::Null) if !pattern.is_empty() => {}
            (Shape::Struct(shape), Value::Object(members)) => {
                for (name, value) in members {
                    let here = at.member(name);
                    match shape.member(name) {
                        _ if name == DIRECTIVE => self.directive(value, &here),
                        Some(member) => self.value(&member.shape, value, &here, &below(pattern, name)),
                        None => self.unknown(name, shape.member_like(name).map(|m| m.name.as_str()), &here),
                    }
                }
            }
            (Shape::Map(values), Value::Object(members)) => {
                for (name, value) in members {
                    let here = at.member(name);
                    if name == DIRECTIVE {
                        self.directive(value, &here);
                    } else {
                        self.value(values, value, &here, &below(pattern, name));
                    }
                }
            }
            (Shape::List(shape), Value::Array(items)) => {
                for (i, item) in items.iter().enumerate() {
                    self.value(shape, item, &at.index(i), &format!("{pattern}[]"));
                }
            }
            _ if fits(shape, value) => {}
            _ => {
                self.report.add(Code::WrongType, at, format!("A PodTemplateSpec has {} here.", shape.noun()));
            }
        }
    }

    fn directive(&mut self, value: &Value, at: &Path<'_>) {
        if !matches!(value.as_str(), Some("delete" | "replace" | "merge")) {
            self.report.add(Code::InvalidValue, at, "The directives are delete, replace and merge.");
        }
    }

    fn unknown(&mut self, name: &str, meant: Option<&str>, at: &Path<'_>) {
        let remedy = meant.map_or_else(
            || "Remove it; `kubectl explain pod` lists what there is.".to_owned(),
            |meant| format!("Did you mean `{meant}`?"),
        );
        let message = format!("A PodTemplateSpec has no member {name:?} here.");
        self.report.advise(Code::InvalidValue, at, message, remedy);
    }
}

fn below(pattern: &str, name: &str) -> String {
    if pattern.is_empty() { name.to_owned() } else { format!("{pattern}.{name}") }
}

fn fits(shape: &Shape, value: &Value) -> bool {
    match shape {
        Shape::Any => true,
        Shape::Bool => value.is_boolean(),
        Shape::Integer { min, max } => value.as_i64().is_some_and(|n| (*min..=*max).contains(&n)),
        Shape::Number => value.is_number(),
        Shape::Size => value.is_string() || value.is_i64(),
        Shape::Text | Shape::Timestamp => value.is_string(),
        Shape::Enum(words) => value.as_str().is_some_and(|text| words.iter().any(|word| word == text)),
        Shape::List(_) | Shape::Map(_) | Shape::Struct(_) => false,
    }
}

/// The overlay with the names that the pods have, and containers where the pods have them: one that others wait
/// for is an init container.
fn spelled(overlay: &Value, task: &Task) -> Value {
    let mut overlay = overlay.clone();
    let Some(spec) = overlay.get_mut("spec").and_then(Value::as_object_mut) else { return overlay };
    let volumes = task.volumes.iter().map(|v| &v.name).chain(&task.at_launch);
    let volumes: Vec<&Name> = volumes.collect();
    let containers: Vec<&Name> = task.containers.iter().map(|c| &c.name).collect();
    rename(spec.get_mut("volumes"), &volumes);
    let mut first = Vec::new();
    for list in ["containers", "initContainers"] {
        rename(spec.get_mut(list), &containers);
        let Some(Value::Array(items)) = spec.get_mut(list) else { continue };
        for item in items.iter_mut() {
            rename(item.get_mut("volumeMounts"), &volumes);
        }
        if list == "containers" {
            let starts_first = |item: &mut Value| {
                let at = task.containers.iter().position(|c| item["name"] == c.name.label.as_str());
                at.is_some_and(|at| task.order.stages[at] != Stage::Main)
            };
            first.extend(items.extract_if(.., starts_first));
        }
    }
    if !first.is_empty() {
        let list = spec.entry("initContainers").or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(items) = list {
            items.extend(first);
        }
    }
    overlay
}

fn rename(list: Option<&mut Value>, names: &[&Name]) {
    for item in list.and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(name) = item.get_mut("name") else { continue };
        let is_label = names.iter().any(|known| *name == known.label.as_str());
        if let Some(known) = names.iter().find(|known| !is_label && *name == known.original.as_str()) {
            *name = Value::from(known.label.as_str());
        }
    }
}

#[cfg(test)]
mod tests;
