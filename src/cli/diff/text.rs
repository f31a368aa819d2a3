//! Differences for people: a summary of each service, then its objects like `kubectl diff` shows them.

use std::collections::BTreeMap;
use std::io;

use serde_json::Value;
use similar::TextDiff;

use super::{Object, Service};
use crate::api::labels;
use crate::cli::manifest::{self, Ordered};

/// What only the API server's bookkeeping needs, and our own.
const BOOKKEEPING: &[&str] =
    &["creationTimestamp", "generation", "managedFields", "ownerReferences", "resourceVersion", "uid"];
/// Annotations that say what was applied.
const NOTES: &[&str] =
    &[labels::APPLIED, "deployment.kubernetes.io/revision", "deprecated.daemonset.template.generation"];

/// Takes out of an object what nobody wants to compare.
pub(super) fn tidy(object: &mut Value) {
    let Some(members) = object.as_object_mut() else { return };
    members.remove("status");
    let Some(metadata) = members.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    metadata.retain(|name, _| !BOOKKEEPING.contains(&name.as_str()));
    if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
        annotations.retain(|name, _| !NOTES.contains(&name.as_str()));
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
    }
}

/// Takes the values of variables out of both sides, and keeps whether they differ.
pub(super) fn hide(live: &mut Option<Value>, new: &mut Option<Value>) {
    let mut before = BTreeMap::new();
    let mut after = BTreeMap::new();
    let both = [(&mut *live, &mut before), (&mut *new, &mut after)];
    for (object, values) in both {
        variables(object.as_mut(), "", &mut |at, value| {
            values.insert(at, value.clone());
        });
    }
    for (object, other, word) in [(live, &after, "*** (before)"), (new, &before, "*** (after)")] {
        variables(object.as_mut(), "", &mut |at, value| {
            let differs = other.get(&at).is_some_and(|other| other != value);
            *value = Value::from(if differs { word } else { "***" });
        });
    }
}

/// Visits the value of every variable, with what tells it from the others: the names of its container and its own.
fn variables(object: Option<&mut Value>, at: &str, visit: &mut dyn FnMut(String, &mut Value)) {
    let Some(object) = object else { return };
    match object {
        Value::Array(items) => items.iter_mut().for_each(|item| variables(Some(item), at, visit)),
        Value::Object(members) => {
            let name = members.get("name").and_then(Value::as_str).unwrap_or_default();
            let here = format!("{at}/{name}");
            for (member, value) in members.iter_mut() {
                let Some(variables_of) = value.as_array_mut().filter(|_| member == "env") else {
                    variables(Some(value), &here, visit);
                    continue;
                };
                for variable in variables_of.iter_mut().filter_map(Value::as_object_mut) {
                    let name = variable.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
                    if let Some(value) = variable.get_mut("value") {
                        visit(format!("{here}/{name}"), value);
                    }
                }
            }
        }
        _ => {}
    }
}

/// A service as text.
pub(super) fn service(service: &Service, colour: bool) -> io::Result<String> {
    let place = format!("{}/{}", service.namespace, service.service);
    let mut text = if service.is_new {
        format!("service {place} is new\n")
    } else if service.changes() {
        format!("service {place} changes\n")
    } else {
        format!("service {place} is as it should be\n")
    };
    let mut say = |line: String| text.push_str(&format!("  {line}\n"));
    let answer = if service.will_roll { "yes" } else { "no" };
    say(format!("will roll: {answer}, because {}", because(service)));
    if let Some(revision) = service.revision {
        say(format!("registers revision {revision} of its task definition"));
    }
    if let Some((before, after)) = service.count {
        let shown = |count: Option<i64>| count.map_or_else(|| "none".to_owned(), |count| count.to_string());
        say(format!("count: {} to {}", shown(before), shown(after)));
    }
    for held in &service.held {
        say(format!("{held} waits: minimumHealthyPercent and maximumPercent leave no room"));
    }
    for removed in &service.removed {
        let when = if service.removed_later { " when the deployment is complete" } else { "" };
        say(format!("removes {removed}{when}"));
    }
    for error in &service.errors {
        say(format!("refused: {error}"));
    }
    for object in &service.objects {
        text.push_str(&self::object(object, colour)?);
    }
    Ok(text)
}

/// With several reasons, one line each.
fn because(service: &Service) -> String {
    match service.because.as_slice() {
        [only] if service.will_roll && only.contains(' ') && !only.starts_with("taskDefinition") => {
            only.clone()
        }
        [only] if !service.will_roll => only.clone(),
        several => format!("of\n    {}", several.join("\n    ")),
    }
}

fn object(object: &Object, colour: bool) -> io::Result<String> {
    let title = format!("{} {}", object.kind, object.name);
    if let Some(refused) = &object.refused {
        return Ok(format!("{title} is refused: {refused}\n"));
    }
    let yaml =
        |value: &Option<Value>| value.as_ref().map_or(Ok(String::new()), |v| manifest::yaml(&Ordered(v)));
    let (live, new) = (yaml(&object.live)?, yaml(&object.new)?);
    let diff = TextDiff::from_lines(&live, &new);
    let diff = diff
        .unified_diff()
        .context_radius(3)
        .header(&format!("live {title}"), &format!("new {title}"))
        .to_string();
    Ok(if colour { diff.lines().map(coloured).collect() } else { diff })
}

fn coloured(line: &str) -> String {
    let code = match line.as_bytes() {
        [b'+', ..] => "32",
        [b'-', ..] => "31",
        [b'@', ..] => "36",
        _ => return format!("{line}\n"),
    };
    format!("\x1b[{code}m{line}\x1b[0m\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn deployment(value: &str) -> Value {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {
                "name": "web", "uid": "u", "resourceVersion": "1", "managedFields": [],
                "annotations": { labels::APPLIED: "h" },
            },
            "spec": { "template": { "spec": { "containers": [{
                "name": "app", "image": "app:1",
                "env": [{ "name": "KEY", "value": value }, { "name": "SAME", "value": "s3cret" }],
            }] } } },
            "status": { "replicas": 1 },
        })
    }

    #[test]
    fn values_of_variables_are_hidden_and_whether_they_change_is_not() {
        let (mut live, mut new) = (Some(deployment("hunter1")), Some(deployment("hunter2")));
        hide(&mut live, &mut new);
        let text = format!("{live:?} {new:?}");
        assert!(!text.contains("hunter") && !text.contains("s3cret"), "{text}");
        let env = |object: Option<Value>, i: usize| {
            object.unwrap()["spec"]["template"]["spec"]["containers"][0]["env"][i]["value"].clone()
        };
        assert_ne!(env(live.clone(), 0), env(new.clone(), 0));
        assert_eq!(env(live, 1), env(new, 1));
    }

    #[test]
    fn an_object_is_shown_as_a_unified_diff_without_bookkeeping() {
        let (mut live, mut new) = (deployment("a"), deployment("a"));
        new["spec"]["template"]["spec"]["containers"][0]["image"] = json!("app:2");
        new["metadata"]["resourceVersion"] = json!("2");
        tidy(&mut live);
        tidy(&mut new);
        let changed = Object {
            kind: "Deployment".into(),
            name: "web".into(),
            live: Some(live),
            new: Some(new),
            ..Object::default()
        };
        let text = object(&changed, false).unwrap();
        assert!(text.starts_with("--- live Deployment web\n+++ new Deployment web\n@@"), "{text}");
        let changes: Vec<&str> =
            text.lines().skip(2).filter(|l| l.starts_with(['+', '-'])).map(|l| l[1..].trim()).collect();
        assert_eq!(changes, ["image: app:1", "image: app:2"]);
        assert!(object(&changed, true).unwrap().contains("\x1b[32m+"));
    }

    #[test]
    fn the_summary_says_whether_tasks_are_replaced_and_why() {
        let rolls = Service {
            namespace: "shop".into(),
            service: "web".into(),
            will_roll: true,
            because: vec!["taskDefinition (web:3 to web:4)".into(), "launchType".into()],
            count: Some((Some(2), Some(3))),
            revision: Some(4),
            removed: vec!["Service old".into()],
            removed_later: true,
            ..Service::default()
        };
        let text = service(&rolls, false).unwrap();
        assert_eq!(
            text,
            "service shop/web changes\n  will roll: yes, because of\n    taskDefinition (web:3 to web:4)\n    launchType\n  \
             registers revision 4 of its task definition\n  count: 2 to 3\n  \
             removes Service old when the deployment is complete\n"
        );
        let still = Service {
            namespace: "shop".into(),
            service: "web".into(),
            because: vec!["nothing changes that is a deployment".into()],
            ..Service::default()
        };
        assert_eq!(
            service(&still, false).unwrap(),
            "service shop/web is as it should be\n  will roll: no, because nothing changes that is a deployment\n"
        );
    }
}
