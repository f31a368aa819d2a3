//! Writes the protection of tasks on their pods.

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;

use super::context::Context;
use super::error::{Error, is_not_found, is_outdated, is_refusal, words};
use super::key::Name;
use super::live::version;
use super::subject::Subject;
use super::{publish, stores};
use crate::api::labels;
use crate::desired::protection::Mark;

/// Changes the annotations of pods; how many it was. A pod that somebody refuses to have changed stays as it is: it must
/// not hold up its service.
pub(crate) async fn tasks(cx: &Context, subject: Subject<'_>, marks: &[Mark]) -> Result<usize, Error> {
    let namespace = &subject.key.name.namespace;
    let pods = Api::<Pod>::namespaced(cx.client.clone(), namespace);
    let params = PatchParams { field_manager: Some(labels::MANAGER.into()), ..PatchParams::default() };
    let mut written = 0;
    for mark in marks {
        if let Some(event) = &mark.event {
            publish::tell(cx, subject, event).await?;
        }
        let body = json!({"metadata": {"uid": mark.uid, "annotations": mark.annotations}});
        cx.metrics.requested("Pod", "protect");
        match pods.patch(&mark.pod, &params, &Patch::Merge(&body)).await {
            Ok(pod) => {
                written += 1;
                let name = Name::new(namespace.clone(), pod.name_any());
                if let Some(task) = stores::task(&pod) {
                    cx.stores.tasks.answer(name, version(pod.metadata.resource_version.as_deref()), task);
                }
            }
            // Gone, or another pod by now.
            Err(error) if is_not_found(&error) || is_outdated(&error) => {}
            Err(error) => bear(mark, namespace, error)?,
        }
    }
    Ok(written)
}

/// Goes on after a refusal; everything else is tried again with the whole service.
fn bear(mark: &Mark, namespace: &str, error: kube::Error) -> Result<(), Error> {
    if is_refusal(&error) {
        tracing::warn!(pod = mark.pod, why = words(&error), "the protection of a task cannot be written");
        return Ok(());
    }
    Err(Error::api("protect", "Pod", &Name::new(namespace, mark.pod.clone()), error))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use kube::core::Status;

    use super::*;

    #[test]
    fn a_refused_pod_holds_up_nothing_and_a_server_in_trouble_does() {
        let mark = Mark { pod: "web-1".into(), uid: "u".into(), annotations: BTreeMap::new(), event: None };
        let answer = |code: u16, reason: &str| {
            let error = kube::Error::Api(Status::failure("the words", reason).with_code(code).boxed());
            bear(&mark, "shop", error).is_ok()
        };
        assert!(answer(403, "Forbidden") && answer(422, "Invalid"));
        assert!(!answer(503, "ServiceUnavailable") && !answer(429, "TooManyRequests"));
    }
}
