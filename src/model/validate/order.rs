//! The order that containers start in, and what Kubernetes makes of conditions and exits.

use super::Report;
use crate::api::ecs::ContainerCondition::{Complete, Healthy, Success};
use crate::api::task_definition::OneShot;
use crate::finding::{Code, Path};
use crate::model::order::{Order, Stage, is_awaited};
use crate::model::task::Container;

const LIST: Path<'static> = Path::ROOT;

/// What is different about the order, container by container.
pub(super) fn report(containers: &[Container], order: &Order, report: &mut Report<'_>) {
    let list = LIST.member("containerDefinitions");
    for (i, container) in containers.iter().enumerate() {
        let path = list.index(i);
        waits(containers, order, i, path.member("dependsOn"), report);
        match order.stages[i] {
            Stage::Init => ends(containers, i, path, report),
            stage => stays(containers, i, stage, path, report),
        }
        options(containers, order, i, report);
        if container.life.health.is_some() && !container.essential && !is_awaited(containers, i, &[Healthy]) {
            report.add(
                Code::HealthCheckNotRun,
                path.member("healthCheck"),
                "Nothing waits for the health of this container, and it does not decide about the task's.",
            );
        }
    }
}

fn name(containers: &[Container], container: usize) -> &str {
    &containers[container].name.original
}

/// What a container waits for that its definition does not say so, or longer than it says.
fn waits(containers: &[Container], order: &Order, i: usize, path: Path<'_>, report: &mut Report<'_>) {
    let ends = |other: usize| order.stages[other] == Stage::Init;
    let asked = |other: usize| containers[other].life.one_shot == Some(OneShot::Init);
    // One that ends by itself hardly needs another such one while it runs, and `oneShot` asks for the wait.
    let harmless = |other: &usize| ends(*other) && (ends(i) || asked(*other));
    let mut others = order.also_waits_for(containers, i);
    let own = |other: &usize| containers[i].life.dependencies.iter().any(|d| d.container == *other);
    // Who may never start is told that, and not that it starts later.
    for other in others.iter().copied().filter(|other| ends(*other) && own(other) && harmless(other)) {
        report.add(
            Code::StartAfterCompletion,
            path,
            format!(
                "{:?} runs to its end first, so this container starts after that instead of beside it.",
                name(containers, other)
            ),
        );
    }
    let names = |of: &[usize]| {
        let names: Vec<String> = of.iter().map(|o| format!("{:?}", name(containers, *o))).collect();
        names.join(", ")
    };
    let blocking: Vec<usize> = others.extract_if(.., |other| !harmless(other)).collect();
    others.retain(|other| !own(other));
    if !others.is_empty() {
        report.add(
            Code::DependencySerialized,
            path,
            format!("Starts after {} as well: such containers start one after the other.", names(&others)),
        );
    }
    for other in blocking {
        let (waiting, awaited) = (name(containers, i), name(containers, other));
        let state = if ends(other) { "has ended" } else { "is healthy" };
        report.advise(
            Code::DependencyMayDeadlock,
            path,
            format!("{waiting:?} starts when {awaited:?} {state}, and on ECS beside it: if {awaited:?} needs {waiting:?}, neither starts."),
            format!("If it does, say so in dependsOn of {awaited:?}, and take out what makes {waiting:?} wait for it."),
        );
    }
}

/// A container that runs to its end before others start.
fn ends(containers: &[Container], i: usize, path: Path<'_>, report: &mut Report<'_>) {
    let life = &containers[i].life;
    let original = name(containers, i);
    let must_succeed = is_awaited(containers, i, &[Success]);
    if is_awaited(containers, i, &[Complete]) && !life.wrap_complete {
        let otherwise = if must_succeed && replaces(report, life.restart.is_some()) {
            "when it fails, the task fails and another replaces it at once"
        } else {
            "until then it is tried again"
        };
        report.advise(
            Code::CompleteTreatedAsSuccess,
            path,
            format!("What waits for COMPLETE of {original:?} starts only when it exits with 0; {otherwise}."),
            format!("Where its failure does not matter, set kubernetes.containers.{original}.wrapComplete: true; it needs a shell and entryPoint."),
        );
    } else if must_succeed && replaces(report, life.restart.is_some()) {
        report.advise(
            Code::TaskReplacedAtOnce,
            path,
            format!("When {original:?} fails, the task fails and another replaces it at once; ECS waits longer from time to time."),
            "Give it restartPolicy.enabled to have it tried again in place, with a back-off.",
        );
    } else if must_succeed {
        report.add(
            Code::DependencyRetriedInPlace,
            path,
            format!(
                "When {original:?} fails it is tried again in the same task, where ECS replaces the task."
            ),
        );
    }
    if life.start_timeout.is_some() {
        report.add(
            Code::StartTimeoutNotApplied,
            path.member("startTimeout"),
            format!("However long {original:?} takes to end, what waits for it is not given up."),
        );
    }
    if life.restart.as_ref().is_some_and(|r| !r.ignored.is_empty() && r.ignored != [0]) {
        ignored_codes(path, report);
    }
}

fn replaces(report: &Report<'_>, restarted: bool) -> bool {
    report.context.capabilities.restart_rules && !restarted
}

pub(super) fn ignored_codes(path: Path<'_>, report: &mut Report<'_>) {
    let path = path.member("restartPolicy");
    report.add(
        Code::IgnoredExitCodesRestart,
        path.member("ignoredExitCodes"),
        "The container is restarted after these exit codes, too: with a stopped container a pod is not ready.",
    );
}

/// A container that stays.
fn stays(containers: &[Container], i: usize, stage: Stage, path: Path<'_>, report: &mut Report<'_>) {
    let container = &containers[i];
    let original = name(containers, i);
    let awaited = stage == Stage::Sidecar && is_awaited(containers, i, &[Healthy]);
    if container.life.start_timeout.is_some() {
        if !awaited {
            report.add(
                Code::NotApplicable,
                path.member("startTimeout"),
                format!("Nothing waits for {original:?} to be healthy or to end, so nothing is given up."),
            );
        } else if !container.essential {
            report.add(
                Code::DependencyRetriedInPlace,
                path.member("startTimeout"),
                format!(
                    "When {original:?} is not healthy in time it is restarted, where ECS replaces the task."
                ),
            );
        }
    }
    if container.essential {
        return;
    }
    if container.life.one_shot != Some(OneShot::Shim) {
        report.advise(
            Code::NonEssentialAffectsReadiness,
            path.member("essential"),
            format!("When {original:?} ends it is restarted, and until it runs again the task is not ready; on ECS it stays down and the task goes on."),
            format!("If it ends by itself, set kubernetes.containers.{original}.oneShot to Init or Shim."),
        );
    }
    if container.life.restart.as_ref().is_some_and(|r| !r.ignored.is_empty()) {
        ignored_codes(path, report);
    }
}

/// Options that do not go with the place of the container.
fn options(containers: &[Container], order: &Order, i: usize, report: &mut Report<'_>) {
    let life = &containers[i].life;
    let kubernetes = LIST.member("kubernetes");
    let all = kubernetes.member("containers");
    let path = all.member(name(containers, i));
    let ends = is_awaited(containers, i, &[Complete, Success]);
    if life.wrap_complete && is_awaited(containers, i, &[Success]) {
        report.advise(
            Code::OptionUnsupported,
            path.member("wrapComplete"),
            "It would hide a failure from what waits for SUCCESS.",
            "Take it out, or wait for COMPLETE.",
        );
    } else if life.wrap_complete && order.stages[i] != Stage::Init {
        report.add(
            Code::NotApplicable,
            path.member("wrapComplete"),
            "Nothing waits for this container to complete.",
        );
    }
    let message = match life.one_shot {
        Some(OneShot::Shim) if ends => "What waits for this container to end would wait for ever.",
        Some(OneShot::Init) if order.main.is_empty() => "Nothing would be left that keeps the task running.",
        Some(OneShot::Init) if !ends => {
            report.add(
                Code::OneShotRunsFirst,
                path.member("oneShot"),
                "It runs to its end before the other containers start, and is tried again until it succeeds.",
            );
            return;
        }
        _ => return,
    };
    report.advise(
        Code::OptionUnsupported,
        path.member("oneShot"),
        message,
        "Use the other of Init and Shim.",
    );
}
