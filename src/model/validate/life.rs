//! What follows when containers take long, end or are stopped.

use super::{Report, health};
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::ContainerDefinition;
use crate::api::task_definition::{ContainerKubernetes, OneShot};
use crate::finding::{Code, Path};
use crate::model::life::{Life, Restart};
use crate::model::task::Os;

/// The life of a container by itself; whom it waits for is found out when all are known.
pub(super) fn of_container(
    spec: &TaskDefinitionSpec,
    definition: &ContainerDefinition,
    os: Os,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Life {
    let name = definition.name.as_deref().unwrap_or_default();
    let options = spec.kubernetes.as_ref().and_then(|k| k.containers.get(name)).cloned().unwrap_or_default();
    report.within(definition.start_timeout, 1..=i32::MAX, path.member("startTimeout"));
    report.within(definition.stop_timeout, 0..=i32::MAX, path.member("stopTimeout"));
    let seconds = |value: Option<i32>| value.and_then(|v| u32::try_from(v).ok());
    let (one_shot, wrap_complete) = wrapping(definition, &options, os, report);
    Life {
        dependencies: Vec::new(),
        health: health::validate(definition, os, path, report),
        start_timeout: seconds(definition.start_timeout).filter(|s| *s > 0),
        stop_timeout: seconds(definition.stop_timeout),
        restart: restart(definition, path, report),
        one_shot,
        wrap_complete,
        interactive: definition.interactive.unwrap_or_default(),
        terminal: definition.pseudo_terminal.unwrap_or_default(),
    }
}

fn restart(definition: &ContainerDefinition, path: Path<'_>, report: &mut Report<'_>) -> Option<Restart> {
    let policy = definition.restart_policy.as_ref()?;
    let path = path.member("restartPolicy");
    if policy.enabled.is_none() {
        report.add(Code::MissingMember, path.member("enabled"), "enabled is required.");
    }
    report.within(policy.restart_attempt_period, 60..=1800, path.member("restartAttemptPeriod"));
    if policy.ignored_exit_codes.len() > 50 {
        report.add(
            Code::InvalidValue,
            path.member("ignoredExitCodes"),
            "A restart policy ignores at most 50 exit codes.",
        );
    }
    if policy.enabled != Some(true) {
        return None;
    }
    let period = policy.restart_attempt_period.unwrap_or(300);
    report.add(
        Code::RestartPeriodIgnored,
        path,
        format!(
            "The container is restarted after a back-off that doubles up to five minutes; on ECS one that has run for less than {period} s stays down."
        ),
    );
    let mut ignored = policy.ignored_exit_codes.clone();
    ignored.sort_unstable();
    ignored.dedup();
    Some(Restart { ignored })
}

/// The options that put a shell around the command, where that can be done.
fn wrapping(
    definition: &ContainerDefinition,
    options: &ContainerKubernetes,
    os: Os,
    report: &mut Report<'_>,
) -> (Option<OneShot>, bool) {
    let kubernetes = Path::ROOT.member("kubernetes");
    let containers = kubernetes.member("containers");
    let path = containers.member(definition.name.as_deref().unwrap_or_default());
    let wrap = options.wrap_complete.unwrap_or_default();
    let mut refuse = |member: &str, message: &str, remedy: &str| {
        report.advise(Code::OptionUnsupported, path.member(member), message, remedy);
    };
    let known = !definition.entry_point.is_empty() && os == Os::Linux;
    for (member, asked) in [("wrapComplete", wrap), ("oneShot", options.one_shot == Some(OneShot::Shim))] {
        if asked && !known {
            refuse(
                member,
                "A shell can only be put around a command that is known, and the entry point is the image's.",
                "Write the image's entry point as entryPoint; `docker inspect` shows it. Not for Windows.",
            );
        }
    }
    if options.one_shot == Some(OneShot::Job) {
        refuse("oneShot", "A service's container cannot become a Job.", "Use Init or Shim.");
    }
    if options.one_shot.is_some() && definition.essential.unwrap_or(true) {
        refuse(
            "oneShot",
            "An essential container ends its task when it ends.",
            "Set essential: false for it.",
        );
    }
    (options.one_shot, wrap)
}
