//! `kubernetes.placement: Exact`: what the operator goes by when it decides on nodes.

use serde_json::json;

use super::Report;
use crate::api::EcsServiceSpec;
use crate::api::ecs::SchedulingStrategy;
use crate::api::ecs_service::PlacementMode;
use crate::api::labels;
use crate::finding::{Code, Path};
use crate::placement::native::Rest;
use crate::rollout::Inputs;

/// What to do where kube-scheduler only comes near.
pub(super) const REMEDY: &str = "Set kubernetes.placement to Exact.";

fn is_asked(spec: &EcsServiceSpec) -> bool {
    spec.kubernetes.as_ref().and_then(|k| k.placement) == Some(PlacementMode::Exact)
}

/// Whether the operator decides on the nodes of the service's tasks.
pub(super) fn applies(spec: &EcsServiceSpec, fargate: bool) -> bool {
    is_asked(spec) && !is_daemon(spec) && !fargate
}

fn is_daemon(spec: &EcsServiceSpec) -> bool {
    spec.scheduling_strategy == Some(SchedulingStrategy::Daemon)
}

/// Who sees to what node labels do not hold.
pub(super) const fn rest(exact: bool) -> Rest {
    if exact { Rest::Operator } else { Rest::Labels }
}

/// What there is to say about who decides.
pub(super) fn validate(spec: &EcsServiceSpec, fargate: bool, report: &mut Report<'_>) {
    let kubernetes = Path::ROOT.member("kubernetes");
    let path = kubernetes.member("placement");
    if applies(spec, fargate) {
        report.add(
            Code::ExactPlacementNeedsOperator,
            path,
            format!(
                "The operator places the tasks; while it does not run, kube-scheduler does. Their PriorityClass {} \
                 comes with the operator's chart.",
                labels::PRIORITY_CLASS
            ),
        );
    } else if is_asked(spec) {
        let why = if is_daemon(spec) {
            "A DAEMON service has one task on every node."
        } else {
            "Tasks of Fargate have no placement constraints and strategies."
        };
        report.advise(Code::ExactPlacementMeaningless, path, why, Code::ExactPlacementMeaningless.remedy());
    }
}

/// What pods of the service are annotated with, where the operator decides.
pub(super) fn rules(inputs: &Inputs, fargate: bool) -> Option<String> {
    let spec = &inputs.service;
    if !applies(spec, fargate) {
        return None;
    }
    let own = spec.placement_constraints.iter().map(|constraint| json!(constraint));
    let of_task = inputs.task_definition.placement_constraints.iter().map(|constraint| json!(constraint));
    let constraints: Vec<_> = own.chain(of_task).collect();
    Some(json!({ "strategies": spec.placement_strategy, "constraints": constraints }).to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::model::validate::tests::told;

    fn exact(service: Value) -> Vec<String> {
        let mut service = service;
        service["kubernetes"]["placement"] = "Exact".into();
        told(&json!({}), &service)
    }

    #[test]
    fn strategies_are_taken_as_they_are() {
        let strategies = json!([
            { "type": "spread", "field": "attribute:ecs.availability-zone" },
            { "type": "spread", "field": "instanceId" },
            { "type": "binpack", "field": "memory" },
        ]);
        let needs = "ExactPlacementNeedsOperator kubernetes.placement";
        assert_eq!(exact(json!({ "placementStrategy": strategies })), [needs]);
        let native = told(&json!({}), &json!({ "placementStrategy": strategies }));
        assert_eq!(
            native,
            ["StrategyNotApplied placementStrategy[2]", "StrategyOrderApproximated placementStrategy"]
        );
    }

    #[test]
    fn a_daemon_and_fargate_leave_nothing_to_decide() {
        let meaningless = "ExactPlacementMeaningless kubernetes.placement";
        assert_eq!(exact(json!({ "schedulingStrategy": "DAEMON" })), [meaningless]);
    }
}
