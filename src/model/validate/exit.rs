//! What follows when an essential container exits.

use super::{Report, order};
use crate::api::TaskDefinitionSpec;
use crate::api::task_definition::EssentialExit::{self, ReplaceTask, RestartContainer, RestartTaskInPlace};
use crate::finding::{Code, Path};
use crate::model::Task;
use crate::model::order::{Order, Stage};
use crate::model::task::Container;

/// The order of the containers and what follows an essential exit, of what the cluster can do. `kept` is whether
/// the task has volumes that a new one would find empty.
pub(super) fn validate(
    spec: &TaskDefinitionSpec,
    containers: &[Container],
    kept: bool,
    report: &mut Report<'_>,
) -> (Order, EssentialExit) {
    if containers.len() > 10 {
        // Refused. Beyond ten nothing is worth being compiled, however many there are.
        let stages = vec![Stage::Main; containers.len()];
        let order = Order { stages, first: Vec::new(), main: (0..containers.len()).collect() };
        return (order, RestartContainer);
    }
    let (found, exit) = decide(spec, containers, report);
    // Without an essential container it has been refused.
    if containers.iter().any(|c| c.essential) {
        order::report(containers, &found, report);
        tell(containers, &found, exit, kept, report);
    }
    (found, exit)
}

/// On ECS each container has its own time to stop, on Kubernetes they share the pod's.
pub(super) fn stop_timeout(task: &Task, report: &mut Report<'_>) {
    let pod = task.stops_within();
    let list = Path::ROOT.member("containerDefinitions");
    let differs = |(_, c): &(usize, &Container)| c.life.stops_within() != pod;
    if let Some((i, container)) = task.containers.iter().enumerate().find(differs) {
        let (path, own) = (list.index(i), container.life.stops_within());
        report.add(
            Code::StopTimeoutPodWide,
            path.member("stopTimeout"),
            format!("The task has {pod} s to stop all of its containers; this one alone would have {own} s."),
        );
    }
}

fn decide(
    spec: &TaskDefinitionSpec,
    containers: &[Container],
    report: &mut Report<'_>,
) -> (Order, EssentialExit) {
    let (rules, together) =
        (report.context.capabilities.restart_rules, report.context.capabilities.restart_all);
    let order = Order::of(containers, false);
    let essential = containers.iter().filter(|c| c.essential).count();
    let sidecar =
        order.stages.iter().zip(containers).any(|(stage, c)| c.essential && *stage == Stage::Sidecar);
    let fallback = if together { RestartTaskInPlace } else { RestartContainer };
    let missing = match spec.kubernetes.as_ref().and_then(|k| k.essential_exit) {
        None if essential > 1 || sidecar => return (order, fallback),
        None | Some(RestartContainer) => return (order, RestartContainer),
        Some(RestartTaskInPlace) if together => return (order, RestartTaskInPlace),
        Some(RestartTaskInPlace) => "Restarting all containers of a pod needs Kubernetes 1.36.",
        Some(ReplaceTask) if !rules => "Letting a pod end with a container needs Kubernetes 1.35.",
        Some(ReplaceTask) => {
            let alone = Order::of(containers, true);
            if alone.main.len() == 1 && containers[alone.main[0]].essential {
                return (alone, ReplaceTask);
            }
            "A pod ends when all its regular containers have, so only one essential container may be without dependants."
        }
    };
    let kubernetes = Path::ROOT.member("kubernetes");
    report.advise(
        Code::EssentialExitUnavailable,
        kubernetes.member("essentialExit"),
        missing,
        format!("{fallback:?} is used instead."),
    );
    (order, fallback)
}

/// What is different from ECS, where a task of which an essential container exits is stopped and replaced. A
/// container alone in its task is restarted, which comes to the same unless it finds what it left.
fn tell(containers: &[Container], order: &Order, exit: EssentialExit, kept: bool, report: &mut Report<'_>) {
    let list = Path::ROOT.member("containerDefinitions");
    let together = report.context.capabilities.restart_all && exit != RestartContainer;
    if exit == ReplaceTask {
        let kubernetes = Path::ROOT.member("kubernetes");
        report.add(
            Code::TaskReplacedAtOnce,
            kubernetes.member("essentialExit"),
            "A task that ends is replaced at once, however often it does; ECS waits longer from time to time.",
        );
    }
    let alone = containers.len() < 2;
    let kept = kept || containers.iter().any(|c| !c.limits.tmpfs.is_empty());
    let mut told = alone && !kept;
    for (i, container) in containers.iter().enumerate().filter(|(_, c)| c.essential) {
        let path = list.index(i);
        let replaced = exit == ReplaceTask && order.stages[i] == Stage::Main;
        let restart = container.life.restart.as_ref();
        if restart.is_some_and(|r| !r.ignored.is_empty()) && !together && !replaced {
            order::ignored_codes(path, report);
        }
        if restart.is_some() || replaced {
            continue;
        }
        let name = &container.name.original;
        if exit == ReplaceTask {
            let what =
                if together { "all containers are restarted in place" } else { "it is restarted alone" };
            report.add(
                Code::EssentialAsSidecar,
                path.member("essential"),
                format!("Others start after {name:?}, so that when it exits {what} instead of the task being replaced."),
            );
        } else if !told {
            told = true;
            let what = if alone {
                "it is restarted in place and finds what it left in the task's volumes"
            } else if together {
                "all containers of the task are restarted in place, the others without time to stop"
            } else {
                "it is restarted alone and the others go on"
            };
            let another = if kept { "another, with new volumes" } else { "another" };
            report.add(
                Code::EssentialExitInPlace,
                path.member("essential"),
                format!("When {name:?} exits, {what}; ECS stops the task and starts {another}."),
            );
        }
    }
}
