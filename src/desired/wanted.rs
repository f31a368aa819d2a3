//! What a service asks of nodes, for those who ask where its tasks would land.

use jiff::Timestamp;

use super::{Context, check_service};
use crate::api::EcsServiceSpec;
use crate::api::ecs_service::Capacities;
use crate::model::Service;
use crate::model::service::Scheduling;
use crate::model::validate::Findings;
use crate::placement::query::{Expression, Subject};
use crate::placement::task::{Class, Constraint, Group};
use crate::placement::what_if::{self, Child};
use crate::placement::{kubernetes, membership, query, rules};
use crate::rollout::{Inputs, bounds, count};
use crate::translate;

/// A service and who decides on its nodes.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The service.
    pub service: what_if::Service,
    /// `metadata.name` of the EcsService.
    pub metadata_name: String,
    /// Whether the operator decides, as ECS does; otherwise kube-scheduler does.
    pub exact: bool,
    /// Children that run on EKS Fargate, where there are no nodes to choose from.
    pub elsewhere: Vec<String>,
    /// The bounds of its count, where it has scheduled actions.
    pub scheduled: Option<Capacities>,
}

/// What a service asks of nodes at a time, and everything there is to say about its definitions.
#[must_use]
pub fn wanted(inputs: &Inputs, context: &Context, now: Timestamp) -> (Vec<Wanted>, Findings) {
    let (service, findings) = check_service(inputs, context);
    (service.map(|service| of_service(&service, inputs, context, now)).into_iter().collect(), findings)
}

fn of_service(service: &Service, inputs: &Inputs, context: &Context, now: Timestamp) -> Wanted {
    let group = Group::new(&service.namespace, &format!("service:{}", service.name.original));
    let mut templates = translate::templates(service, context);
    let exact = service.placement.exact.is_some();
    let constraints = constraints(inputs, exact);
    let strategies = inputs.service.placement_strategy.iter();
    let strategies: Vec<_> = strategies.filter_map(|members| rules::strategy(members).ok()).collect();
    let mut children = Vec::new();
    let mut elsewhere = Vec::new();
    for capacity in &service.capacity {
        let Some(mut spec) = templates.remove(&capacity.label).and_then(|template| template.spec) else {
            continue;
        };
        if capacity.profile.is_some() {
            elsewhere.push(capacity.label.clone());
        }
        let apart = kubernetes::demand(&group.cluster, &spec).apart;
        if service.overlay.is_none() {
            // It says the same as the constraints, in more words.
            spec.affinity = None;
        }
        let mut class: Class = kubernetes::class(group.clone(), &spec);
        class.demand.apart = apart;
        without_memberships(&mut class);
        class.constraints.clone_from(&constraints);
        class.strategies.clone_from(&strategies);
        children.push(Child {
            label: capacity.label.clone(),
            share: capacity.share,
            elsewhere: capacity.profile.is_some(),
            class,
        });
    }
    let auto = inputs.service.auto_scaling.as_ref();
    let bounds = auto.and_then(|auto| bounds::at(auto, now));
    Wanted {
        service: what_if::Service {
            group,
            name: service.name.original.clone(),
            daemon: matches!(service.scheduling, Scheduling::Daemon { .. }),
            count: in_force(&inputs.service, bounds),
            children,
        },
        metadata_name: context.name.clone(),
        exact,
        elsewhere,
        scheduled: bounds.filter(|_| auto.is_some_and(|auto| !auto.scheduled_actions.is_empty())),
    }
}

/// The count that the operator goes by: a scaled one before the declared one, within the bounds of auto scaling.
fn in_force(spec: &EcsServiceSpec, bounds: Option<Capacities>) -> u32 {
    // Serializing these types cannot fail.
    let value = serde_json::to_value(spec).unwrap_or_default();
    count::in_force(&value, None, bounds).map_or(0, |count| count.in_force.unsigned_abs())
}

/// Takes out what the operator makes of expressions, because they are evaluated themselves: no node of a file has such
/// labels.
fn without_memberships(class: &mut Class) {
    class.selectors.retain_mut(|selector| {
        let mut any_node = false;
        for term in &mut selector.terms {
            let before = term.labels.len();
            term.labels.retain(|one| !one.key.starts_with(membership::PREFIX));
            any_node |= before > 0 && term.labels.is_empty() && term.names.is_empty();
        }
        !any_node
    });
}

/// Constraints of the service and of its task definition, as far as somebody goes by them. What is valid can be read.
fn constraints(inputs: &Inputs, exact: bool) -> Vec<Constraint> {
    let own =
        inputs.service.placement_constraints.iter().filter_map(|members| rules::constraint(members).ok());
    let of_task = inputs.task_definition.placement_constraints.iter();
    let of_task = of_task.filter_map(|members| query::parse(members.expression.as_deref()?).ok());
    let in_force = |constraint| match constraint {
        Constraint::MemberOf(expression) if !exact => lasting(expression, false).map(Constraint::MemberOf),
        known => Some(known),
    };
    own.chain(of_task.map(Constraint::MemberOf)).filter_map(in_force).collect()
}

/// What kube-scheduler is told of an expression: all but `runningTasksCount`, which holds whatever is asked of it, as the
/// finding `ConstraintNotApplied` says; `None` is any node. `not` asks for the opposite.
fn lasting(expression: Expression, not: bool) -> Option<Expression> {
    match expression {
        Expression::Comparison(comparison) if comparison.subject == Subject::RunningTasksCount => None,
        Expression::Comparison(_) if not => Some(Expression::Not(Box::new(expression))),
        Expression::Comparison(_) => Some(expression),
        Expression::Not(inner) => lasting(*inner, !not),
        Expression::And(all) if not => any(all, not),
        Expression::Or(all) if !not => any(all, not),
        Expression::And(all) | Expression::Or(all) => {
            let mut left: Vec<_> = all.into_iter().filter_map(|one| lasting(one, not)).collect();
            if left.len() > 1 { Some(Expression::And(left)) } else { left.pop() }
        }
    }
}

fn any(all: Vec<Expression>, not: bool) -> Option<Expression> {
    let left: Option<Vec<_>> = all.into_iter().map(|one| lasting(one, not)).collect();
    left.map(Expression::Or)
}

#[cfg(test)]
mod tests;
