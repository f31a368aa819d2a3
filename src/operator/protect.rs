//! Writes the protection of tasks on their pods.

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;

use super::context::Context;
use super::error::{Error, status};
use super::key::Name;
use super::live::version;
use super::subject::Subject;
use super::{publish, stores};
use crate::api::labels;
use crate::desired::protection::Mark;

/// Changes the annotations of pods; how many it was.
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
            Err(error) if status(&error).is_some_and(|s| s.is_not_found() || s.is_conflict()) => {}
            Err(error) => {
                let name = Name::new(namespace.clone(), mark.pod.clone());
                return Err(Error::api("protect", "Pod", &name, error));
            }
        }
    }
    Ok(written)
}
