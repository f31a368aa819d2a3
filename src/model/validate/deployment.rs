//! How a service replaces its tasks.

use super::Report;
use crate::api::EcsServiceSpec;
use crate::api::ecs::{
    DeploymentConfiguration, DeploymentControllerType, DeploymentStrategy, SchedulingStrategy, ThresholdType,
};
use crate::api::ecs_service::DeploymentFallback;
use crate::finding::{Code, Path};
use crate::model::Task;
use crate::model::service::Scheduling;
use crate::rollout::arithmetic::rolling;

/// ECS counts a task without any health check as healthy after this many seconds.
///
/// Source: DeploymentConfiguration `minimumHealthyPercent`.
const HEALTHY_AFTER: i32 = 40;

pub(super) fn validate(spec: &EcsServiceSpec, count: i32, report: &mut Report<'_>) -> Scheduling {
    controller(spec, report);
    let daemon = spec.scheduling_strategy == Some(SchedulingStrategy::Daemon);
    let root = Path::ROOT.member("deploymentConfiguration");
    let configuration = spec.deployment_configuration.as_ref();
    let minimum = configuration.and_then(|c| c.minimum_healthy_percent);
    let maximum = configuration.and_then(|c| c.maximum_percent);
    report.within(minimum, 0..=100, root.member("minimumHealthyPercent"));
    threshold(configuration, root, report);
    if daemon {
        if maximum.is_some_and(|m| m != 100) {
            report.add(
                Code::InvalidValue,
                root.member("maximumPercent"),
                "The daemon scheduling strategy does not support values above 100 for maximumPercent on a deployment \
                 configuration. Change the maximumPercent value to 100, and try again",
            );
        }
        let minimum = minimum.unwrap_or(0);
        if minimum >= 100 {
            blocks(root, "On any number of nodes no task may stop to make room for the next one.", report);
        }
        return Scheduling::Daemon { minimum };
    }
    report.within(maximum, 100..=i32::MAX, root.member("maximumPercent"));
    let (least, most) = (minimum.unwrap_or(100), maximum.unwrap_or(200));
    if least == 100 && most == 100 {
        report.add(
            Code::InvalidValue,
            root,
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
        );
    } else if rolling(count, least, most).blocked {
        blocks(
            root,
            &format!(
                "With {count} tasks, {least} % and {most} % leave no whole task to stop or to start first."
            ),
            report,
        );
    } else if minimum.is_some_and(|m| m <= 100) && count > 0 && drains_by_one(count, least) {
        report.add(
            Code::DrainReducesCapacity,
            root.member("minimumHealthyPercent"),
            "When a node is drained a task stops before its replacement runs, one at a time; ECS starts the replacement \
             first.",
        );
    }
    Scheduling::Replica { minimum: least, maximum: most }
}

/// Whether no task may be missing, so that a drained node could not be emptied.
fn drains_by_one(count: i32, minimum: i32) -> bool {
    rolling(count, minimum, 100).max_unavailable == 0
}

/// The threshold of the circuit breaker: a number of tasks, or a percentage.
fn threshold(configuration: Option<&DeploymentConfiguration>, root: Path<'_>, report: &mut Report<'_>) {
    let breaker = configuration.and_then(|c| c.deployment_circuit_breaker.as_ref());
    let Some(threshold) = breaker.and_then(|b| b.threshold_configuration.as_ref()) else { return };
    let most = if threshold.type_ == Some(ThresholdType::Count) { i32::MAX } else { 100 };
    let breaker = root.member("deploymentCircuitBreaker");
    let path = breaker.member("thresholdConfiguration");
    report.within(threshold.value, 1..=most, path.member("value"));
}

fn blocks(path: Path<'_>, why: &str, report: &mut Report<'_>) {
    report.advise(
        Code::DeploymentConfigurationBlocks,
        path,
        format!("{why} A deployment waits, as on ECS, until that changes."),
        "Lower minimumHealthyPercent or raise maximumPercent.",
    );
}

fn controller(spec: &EcsServiceSpec, report: &mut Report<'_>) {
    let kind = spec.deployment_controller.as_ref().and_then(|c| c.type_);
    let path = Path::ROOT.member("deploymentController");
    let fallback =
        spec.kubernetes.as_ref().and_then(|k| k.deployment_fallback) == Some(DeploymentFallback::Rolling);
    if let Some(kind @ (DeploymentControllerType::CodeDeploy | DeploymentControllerType::External)) = kind
        && !fallback
    {
        report.advise(
            Code::DeploymentControllerUnsupported,
            path.member("type"),
            format!("{kind} deployments are driven from outside of ECS; nothing here could drive them."),
            "Set kubernetes.deploymentFallback: Rolling to roll instead, or change the controller to ECS.",
        );
    }
    let configuration = spec.deployment_configuration.as_ref();
    if let Some(strategy) =
        configuration.and_then(|c| c.strategy).filter(|s| *s != DeploymentStrategy::Rolling)
        && !fallback
    {
        let path = Path::ROOT.member("deploymentConfiguration");
        report.advise(
            Code::DeploymentStrategyUnsupported,
            path.member("strategy"),
            format!("{strategy} deployments cannot be made: nothing shifts traffic between two deployments."),
            "Set kubernetes.deploymentFallback: Rolling to roll instead, or strategy: ROLLING.",
        );
    }
}

/// Seconds for which a task has to run before it counts as healthy.
///
/// Health checks of essential containers decide on ECS where there are any, and so they do here, as probes. Load
/// balancers do not, so without a check time is all that there is.
pub(super) fn min_ready_seconds(spec: &EcsServiceSpec, task: &Task, report: &mut Report<'_>) -> i32 {
    let wanted = spec.kubernetes.as_ref().and_then(|k| k.min_ready_seconds);
    let root = Path::ROOT.member("kubernetes");
    report.within(wanted, 0..=3600, root.member("minReadySeconds"));
    let checked = task.containers.iter().any(|c| c.essential && c.life.health.is_some());
    wanted.unwrap_or(if checked { 0 } else { HEALTHY_AFTER })
}
