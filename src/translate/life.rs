//! How a container is started, restarted and stopped.

use k8s_openapi::api::core::v1::{Container, ContainerRestartRule, ContainerRestartRuleOnExitCodes};

use super::literal::escape;
use crate::api::ecs::ContainerCondition;
use crate::api::task_definition::{EssentialExit, OneShot};
use crate::capabilities::Capabilities;
use crate::model::Task;
use crate::model::life::STOP_TIMEOUT;
use crate::model::order::{Stage, is_awaited};

/// Runs the words that follow and takes any exit code for success.
const COMPLETE: &str = r#""$0" "$@" || true"#;
/// Runs the words that follow, tells them to stop when told so, and stays when they have ended.
const STAY: &str = r#"trap 'kill "$p" 2>/dev/null; wait "$p"; exit 0' TERM; "$0" "$@" & p=$!; wait "$p"; while :; do sleep 3600 & p=$!; wait "$p"; done"#;

pub(super) fn apply(task: &Task, place: usize, capabilities: &Capabilities, made: &mut Container) {
    let own = &task.containers[place];
    made.stdin = (own.life.interactive || own.life.terminal).then_some(true);
    made.tty = own.life.terminal.then_some(true);
    let (policy, rules) = restart(task, place, capabilities);
    made.restart_policy = policy.map(str::to_owned);
    made.restart_policy_rules = rules;
    let script = match (task.order.stages[place], own.life.one_shot) {
        (Stage::Init, _) if own.life.wrap_complete => COMPLETE,
        (_, Some(OneShot::Shim)) => STAY,
        _ => return,
    };
    let words: Vec<String> = own.entry_point.iter().chain(&own.command).map(|word| escape(word)).collect();
    made.command = Some(["/bin/sh", "-c", script].map(str::to_owned).into());
    made.args = Some(words);
}

type Restart = (Option<&'static str>, Option<Vec<ContainerRestartRule>>);

/// Restart policy and rules of the container. None leaves it to the pod, whose containers are always restarted and
/// whose init containers are tried again until they succeed.
fn restart(task: &Task, place: usize, capabilities: &Capabilities) -> Restart {
    let own = &task.containers[place];
    let ignored = own.life.restart.as_ref().map(|r| r.ignored.as_slice());
    let replace = task.essential_exit == EssentialExit::ReplaceTask;
    let together = own.essential
        && match task.essential_exit {
            EssentialExit::RestartContainer => false,
            EssentialExit::RestartTaskInPlace => true,
            EssentialExit::ReplaceTask => capabilities.restart_all,
        };
    let all = |operator, codes: &[i32]| rule("RestartAllContainers", operator, codes);
    let everyone = match ignored {
        _ if !together => None,
        None => Some(vec![all("NotIn", &[0]), all("In", &[0])]),
        // In place, unless the code is an ignored one: then the container counts as ended.
        Some([]) => None,
        Some(codes) => Some(vec![all("In", codes)]),
    };
    match task.order.stages[place] {
        Stage::Init => {
            // The task of a failed container fails. Who asks for a restart in place gets that.
            let fails = is_awaited(&task.containers, place, &[ContainerCondition::Success]);
            ((fails && ignored.is_none() && capabilities.restart_rules).then_some("Never"), None)
        }
        Stage::Sidecar => (Some("Always"), everyone),
        Stage::Main if replace && own.essential => match ignored {
            None => (Some("Never"), None),
            Some([]) => (None, None),
            Some(codes) => (Some("Never"), Some(vec![rule("Restart", "NotIn", codes)])),
        },
        Stage::Main => (everyone.is_some().then_some("Always"), everyone),
    }
}

fn rule(action: &str, operator: &str, codes: &[i32]) -> ContainerRestartRule {
    ContainerRestartRule {
        action: action.to_owned(),
        exit_codes: Some(ContainerRestartRuleOnExitCodes {
            operator: operator.to_owned(),
            values: Some(codes.to_vec()),
        }),
    }
}

/// Seconds that the pod has to stop, of which Kubernetes' default needs not be written.
pub(super) fn grace_period(task: &Task) -> Option<i64> {
    let grace = task.stops_within();
    (grace != STOP_TIMEOUT).then(|| i64::from(grace))
}
