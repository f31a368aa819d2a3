//! Health checks of containers.

use super::Report;
use crate::api::EcsServiceSpec;
use crate::api::ecs::ContainerDefinition;
use crate::finding::{Code, Path};
use crate::model::life::HealthCheck;
use crate::model::task::{Container, Os};

const EXEC: &str = "CMD";
const SHELL: &str = "CMD-SHELL";
/// Switches a check off.
const NONE: &str = "NONE";

/// Whether the container has a check that runs.
pub(super) fn is_checked(definition: &ContainerDefinition) -> bool {
    definition.health_check.as_ref().is_some_and(|check| check.command.first().is_none_or(|w| w != NONE))
}

pub(super) fn validate(
    definition: &ContainerDefinition,
    os: Os,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<HealthCheck> {
    let check = definition.health_check.as_ref()?;
    let path = path.member("healthCheck");
    for (member, value, bounds) in [
        ("interval", check.interval, 5..=300),
        ("timeout", check.timeout, 2..=60),
        ("retries", check.retries, 1..=10),
        ("startPeriod", check.start_period, 0..=300),
    ] {
        report.within(value, bounds, path.member(member));
    }
    let command = command(&check.command, os, path.member("command"), report)?;
    let seconds = |value: Option<i32>, default: u32| value.map_or(default, i32::unsigned_abs);
    Some(HealthCheck {
        command,
        interval: seconds(check.interval, 30).clamp(5, 300),
        timeout: seconds(check.timeout, 5).clamp(2, 60),
        retries: seconds(check.retries, 3).clamp(1, 10),
        start_period: seconds(check.start_period, 0).min(300),
        grace: 0,
    })
}

/// The words to execute. ECS's forms are `CMD` with words and `CMD-SHELL` with a line for the shell. Files also
/// have the line alone, words alone, and `CMD-SHELL, line` in one text, as the console's form takes it.
fn command(written: &[String], os: Os, path: Path<'_>, report: &mut Report<'_>) -> Option<Vec<String>> {
    let Some((first, rest)) = written.split_first() else {
        report.add(Code::MissingMember, path, "command is required.");
        return None;
    };
    let found = match first.as_str() {
        NONE => return None,
        EXEC => rest.to_vec(),
        SHELL => shell(os, &rest.join(" ")),
        bare => {
            let (line, words) = match bare.split_once([',', ' ']) {
                Some((EXEC, line)) => (line.trim(), Some(line.split([',', ' ']))),
                Some((SHELL, line)) => (line.trim(), None),
                _ => (bare, None),
            };
            let words: Option<Vec<String>> = match words {
                Some(words) => Some(words.filter(|w| !w.is_empty()).map(str::to_owned).collect()),
                None if line == bare && !rest.is_empty() => Some(written.to_vec()),
                None => None,
            };
            let form = if words.is_some() { EXEC } else { SHELL };
            report.advise(
                Code::ReadAs,
                path,
                format!("The command does not start with CMD or CMD-SHELL; it is read as {form}."),
                format!("Write \"{form}\" as an element of its own in front."),
            );
            words.unwrap_or_else(|| shell(os, &[&[line.to_owned()], rest].concat().join(" ")))
        }
    };
    if found.last().is_none_or(|word| word.trim().is_empty()) {
        report.add(Code::InvalidValue, path, "The command has nothing to execute.");
        return None;
    }
    Some(found)
}

/// The line in the container's default shell, as Docker has it.
fn shell(os: Os, line: &str) -> Vec<String> {
    let shell: &[&str] = match os {
        Os::Linux => &["/bin/sh", "-c"],
        Os::Windows { .. } => &["cmd", "/S", "/C"],
    };
    shell.iter().chain([&line]).map(|word| (*word).to_owned()).collect()
}

/// Gives the containers of a service's tasks its grace period. What it means for load balancers is said there.
pub(super) fn grace(spec: &EcsServiceSpec, containers: &mut [Container], report: &mut Report<'_>) {
    let path = Path::ROOT.member("healthCheckGracePeriodSeconds");
    report.within(spec.health_check_grace_period_seconds, 0..=i32::MAX, path);
    let Some(seconds @ 1..) = spec.health_check_grace_period_seconds else { return };
    let mut checks: Vec<&mut HealthCheck> =
        containers.iter_mut().filter_map(|container| container.life.health.as_mut()).collect();
    for check in &mut checks {
        check.grace = seconds.unsigned_abs();
    }
    if !checks.is_empty() {
        report.add(
            Code::GracePeriodUntilHealthy,
            path,
            "Containers have the grace period until they are healthy for the first time; from then on their checks count. \
             It takes effect with the next deployment.",
        );
    }
}
