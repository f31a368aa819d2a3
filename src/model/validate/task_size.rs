//! What becomes of a task's own `cpu` and `memory`.

use super::Report;
use crate::finding::{Code, Path};
use crate::model::order::Stage;
use crate::model::task::{Os, Task};

/// Without resources of the pod itself every container gets the task's size as its own ceiling.
pub(super) fn validate(task: &Task, report: &mut Report<'_>) {
    let capped = report.context.capabilities.pod_resources && task.os == Os::Linux;
    let staying = task.order.stages.iter().filter(|stage| **stage != Stage::Init).count();
    for (member, declared) in [("cpu", task.cpu.is_some()), ("memory", task.memory.is_some())] {
        let path = Path::ROOT.member(member);
        if declared && !task.has_size() {
            report.advise(
                Code::NotApplicable,
                path,
                format!("The task's {member} is ignored for Windows containers that do not run on Fargate."),
                format!("Give each container its own {member}."),
            );
        } else if declared && !capped && staying > 1 {
            report.advise(
                Code::TaskSizeNotEnforced,
                path,
                format!("The task's {member} caps each of its containers, not all of them together."),
                "Linux nodes of Kubernetes 1.34 and later cap the task as a whole.",
            );
        }
    }
}
