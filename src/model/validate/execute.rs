//! ECS Exec: what takes its place.

use super::Report;
use crate::api::EcsServiceSpec;
use crate::api::ecs::SchedulingStrategy;
use crate::finding::{Code, Path};
use crate::model::name;
use crate::model::service::{Capacity, NO_PROVIDER};
use crate::model::task::Task;

pub(super) fn validate(spec: &EcsServiceSpec, task: &Task, capacity: &[Capacity], report: &mut Report<'_>) {
    if spec.enable_execute_command != Some(true) {
        return;
    }
    let (service, namespace) = (report.context.name.clone(), report.context.namespace.clone());
    let daemon = spec.scheduling_strategy == Some(SchedulingStrategy::Daemon);
    let kind = if daemon { "daemonset" } else { "deployment" };
    let child = match capacity.first() {
        Some(first) if first.label != NO_PROVIDER => name::child(&service, &first.label),
        _ => service.clone(),
    };
    let essential = task.containers.iter().find(|container| container.essential);
    let container = essential.map(|container| container.name.label.as_str()).unwrap_or_default();
    report.advise(
        Code::ExecuteCommandReplaced,
        Path::ROOT.member("enableExecuteCommand"),
        "kubectl exec takes the place of ECS Exec; who may is decided by RBAC, and the audit log of the API server tells \
         who did.",
        format!(
            "kubectl -n {namespace} exec -it {kind}/{child} -c {container} -- /bin/sh. To allow it to a group: kubectl -n \
             {namespace} create role exec --verb=create --resource=pods/exec; kubectl -n {namespace} create rolebinding exec \
             --role=exec --group=GROUP; kubectl -n {namespace} create rolebinding exec-view --clusterrole=view --group=GROUP"
        ),
    );
}
