//! Tells the world: events first, then the status that records that they were told.

use futures::future::join_all;
use k8s_openapi::api::core::v1::ObjectReference;
use k8s_openapi::api::events::v1::Event as ApiEvent;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::{Api, Patch, PatchParams, PostParams};
use kube::core::ObjectMeta;
use serde::Serialize;
use serde_json::json;

use super::context::Context;
use super::dispatch::SOON;
use super::error::{Error, is_another, is_not_found, is_refusal, status, words};
use super::key::Name;
use super::patch::merge_patch;
use super::stores;
use super::subject::Subject;
use crate::api::{API_VERSION, labels};
use crate::status::Event;

/// `reportingController` of our events.
const REPORTER: &str = "ecs-bridge.dev/operator";
/// Namespace of events about cluster-scoped objects.
const DEFAULT_NAMESPACE: &str = "default";
/// Longest note of an event, in bytes.
const LONGEST_NOTE: usize = 1024;

/// Creates the events that are not there yet, then writes the status if it differs; whether it did.
pub(crate) async fn publish(
    cx: &Context,
    subject: Subject<'_>,
    events: &[Event],
    wanted: &impl Serialize,
) -> Result<bool, Error> {
    every(cx, subject, events).await?;
    let (root, name) = (subject.key.root, &subject.key.name);
    let Some(stored) = cx.stores.root(root).get(name) else {
        return Ok(false);
    };
    // Status types are made of what JSON has.
    let wanted = serde_json::to_value(wanted).unwrap_or_default();
    let Some(patch) = merge_patch(stored.status(), &wanted) else {
        cx.forget_told(subject.key);
        return Ok(false);
    };
    let patch = json!({"metadata": {"uid": subject.uid}, "status": patch});
    let params = PatchParams { field_manager: Some(labels::MANAGER.into()), ..PatchParams::default() };
    cx.metrics.requested(root.kind(), "status");
    let api = cx.api(&stores::root_resource(root), name);
    match api.patch_status(&name.name, &params, &Patch::Merge(&patch)).await {
        Ok(answer) => {
            cx.forget_told(subject.key);
            // What was asked for meanwhile is in the answer, so the watch will bring no news of it.
            if answer.metadata.generation.is_some_and(|generation| generation != stored.generation()) {
                cx.dispatch.request(SOON, [subject.key.clone()]);
            }
            cx.answer_root(root, answer, subject.key);
            Ok(true)
        }
        // Gone, or another one by now, which is looked at by itself.
        Err(error) if is_not_found(&error) || is_another(&error) => {
            cx.forget_told(subject.key);
            Ok(false)
        }
        Err(error) => Err(Error::api("write the status of", root.kind(), name, error)),
    }
}

/// Creates all events, those that this process has created before left out: where the API server fails now and then,
/// a transition of many events would otherwise begin anew each time and hardly ever come to its status.
async fn every(cx: &Context, subject: Subject<'_>, events: &[Event]) -> Result<(), Error> {
    let missing = events.iter().filter(|event| !cx.has_told(subject.key, &event.name));
    let one = async |event: &Event| {
        tell(cx, subject, event).await?;
        cx.remember_told(subject.key, &event.name);
        Ok(())
    };
    join_all(missing.map(one)).await.into_iter().collect()
}

/// Creates an event, unless it is there already.
pub(crate) async fn tell(cx: &Context, subject: Subject<'_>, event: &Event) -> Result<(), Error> {
    let about = &subject.key.name;
    let namespace = if about.namespace.is_empty() { DEFAULT_NAMESPACE } else { &about.namespace };
    let body = ApiEvent {
        metadata: ObjectMeta {
            name: Some(event.name.clone()),
            namespace: Some(namespace.to_owned()),
            ..ObjectMeta::default()
        },
        event_time: Some(MicroTime(cx.time.now())),
        type_: Some(if event.warning { "Warning" } else { "Normal" }.to_owned()),
        reason: Some(event.reason.to_owned()),
        note: Some(shortened(&event.message)),
        action: Some("Reconcile".to_owned()),
        regarding: Some(ObjectReference {
            api_version: Some(API_VERSION.to_owned()),
            kind: Some(subject.key.root.kind().to_owned()),
            name: Some(about.name.clone()),
            namespace: Some(about.namespace.clone()).filter(|namespace| !namespace.is_empty()),
            uid: Some(subject.uid.to_owned()),
            ..ObjectReference::default()
        }),
        reporting_controller: Some(REPORTER.to_owned()),
        reporting_instance: Some(cx.settings.identity.chars().take(128).collect()),
        ..ApiEvent::default()
    };
    let api = Api::<ApiEvent>::namespaced(cx.client.clone(), namespace);
    cx.metrics.requested("Event", "create");
    match api.create(&PostParams::default(), &body).await {
        Ok(_) => Ok(()),
        Err(error) if status(&error).is_some_and(kube::core::Status::is_already_exists) => Ok(()),
        Err(error) if is_refusal(&error) => {
            tracing::warn!(event = event.name, error = words(&error), "event refused");
            Ok(())
        }
        Err(error) => Err(Error::api("create", "Event", &Name::new(namespace, event.name.clone()), error)),
    }
}

/// The text, cut where an event's note has to end.
fn shortened(text: &str) -> String {
    if text.len() <= LONGEST_NOTE {
        return text.to_owned();
    }
    let end = (0..=LONGEST_NOTE - '…'.len_utf8()).rev().find(|at| text.is_char_boundary(*at));
    format!("{}…", &text[..end.unwrap_or_default()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::EcsServiceStatus;

    #[test]
    fn notes_are_cut_at_a_character() {
        let note = shortened(&"ä".repeat(2000));
        assert!(note.len() <= LONGEST_NOTE && note.ends_with('…'));
        assert_eq!(shortened("short"), "short");
    }

    #[test]
    fn an_unchanged_status_is_not_written() {
        let status = serde_json::to_value(EcsServiceStatus::default()).unwrap();
        assert_eq!(merge_patch(&status, &status), None);
        assert!(merge_patch(&serde_json::Value::Null, &status).is_some());
    }
}
