//! What a service asks of nodes, for those who ask where its tasks would land.

use super::{Context, check_service};
use crate::api::ecs::{PlacementConstraintType, PlacementStrategy, PlacementStrategyType};
use crate::api::ecs_service::PlacementMode;
use crate::model::Service;
use crate::model::service::Scheduling;
use crate::model::validate::Findings;
use crate::placement::task::{Class, Constraint, Field, Group, Resource, Strategy};
use crate::placement::what_if::{self, Child};
use crate::placement::{kubernetes, query};
use crate::rollout::Inputs;
use crate::translate;

/// A service and who decides on its nodes.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The service.
    pub service: what_if::Service,
    /// Whether the operator decides, as ECS does; otherwise kube-scheduler does.
    pub exact: bool,
    /// Children that run on EKS Fargate, where there are no nodes to choose from.
    pub elsewhere: Vec<String>,
}

/// What a service asks of nodes, and everything there is to say about its definitions.
#[must_use]
pub fn wanted(inputs: &Inputs, context: &Context) -> (Vec<Wanted>, Findings) {
    let (service, findings) = check_service(inputs, context);
    (service.map(|service| of_service(&service, inputs, context)).into_iter().collect(), findings)
}

fn of_service(service: &Service, inputs: &Inputs, context: &Context) -> Wanted {
    let group = Group::new(&service.namespace, &format!("service:{}", service.name.original));
    let mut templates = translate::templates(service, context);
    let (constraints, strategies) = (constraints(inputs), strategies(inputs));
    let mut children = Vec::new();
    let mut elsewhere = Vec::new();
    for capacity in &service.capacity {
        let Some(mut spec) = templates.remove(&capacity.label).and_then(|template| template.spec) else {
            continue;
        };
        if capacity.profile.is_some() {
            elsewhere.push(capacity.label.clone());
            continue;
        }
        if service.overlay.is_none() {
            // It says the same as the constraints, in more words.
            spec.affinity = None;
        }
        let mut class: Class = kubernetes::class(group.clone(), &spec);
        class.constraints.clone_from(&constraints);
        class.strategies.clone_from(&strategies);
        children.push(Child { label: capacity.label.clone(), share: capacity.share, class });
    }
    let asked = inputs.service.kubernetes.as_ref().and_then(|k| k.placement);
    let daemon = matches!(service.scheduling, Scheduling::Daemon { .. });
    let fargate = service.capacity.iter().any(|capacity| capacity.fargate);
    Wanted {
        service: what_if::Service {
            group,
            name: service.name.original.clone(),
            daemon,
            count: service.desired_count.unsigned_abs(),
            children,
        },
        exact: asked == Some(PlacementMode::Exact) && !daemon && !fargate,
        elsewhere,
    }
}

/// Constraints of the service and of its task definition. What is valid can be read.
fn constraints(inputs: &Inputs) -> Vec<Constraint> {
    let own = inputs.service.placement_constraints.iter().filter_map(|constraint| match constraint.type_? {
        PlacementConstraintType::DistinctInstance => Some(Constraint::DistinctInstance),
        PlacementConstraintType::MemberOf => member_of(constraint.expression.as_deref()),
    });
    let of_task = inputs.task_definition.placement_constraints.iter();
    own.chain(of_task.filter_map(|constraint| member_of(constraint.expression.as_deref()))).collect()
}

fn member_of(expression: Option<&str>) -> Option<Constraint> {
    query::parse(expression?).ok().map(Constraint::MemberOf)
}

fn strategies(inputs: &Inputs) -> Vec<Strategy> {
    let one = |strategy: &PlacementStrategy| {
        let field = strategy.field.as_deref();
        match strategy.type_? {
            PlacementStrategyType::Spread => Field::parse(field?).map(Strategy::Spread),
            PlacementStrategyType::Binpack => Resource::parse(field?).map(Strategy::Binpack),
            PlacementStrategyType::Random => Some(Strategy::Random),
        }
    };
    inputs.service.placement_strategy.iter().filter_map(one).collect()
}
