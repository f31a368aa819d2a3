//! Placement constraints and strategies of a service.

use super::{Report, exact, set};
use crate::api::EcsServiceSpec;
use crate::api::ecs::{PlacementConstraintType, PlacementStrategyType};
use crate::finding::{Code, Path};
use crate::model::service::Placement;
use crate::placement::native::{Note, Rest};
use crate::placement::{Native, attribute, query};
use crate::policy::Privilege;

/// What kind of service asks.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// One task on every node.
    pub(super) daemon: bool,
    /// On Fargate, where nobody chooses nodes.
    pub(super) fargate: bool,
}

/// Adds one `memberOf` expression to what the pods ask for.
pub(super) fn member_of(
    native: &mut Native,
    expression: Option<&str>,
    path: Path<'_>,
    rest: Rest,
    report: &mut Report<'_>,
) {
    let path = path.member("expression");
    let Some(text) = report.required(expression, path, "expression") else {
        return;
    };
    match query::parse(text) {
        Ok(expression) => {
            for note in native.add(&expression, rest) {
                tell(note, path, report);
            }
        }
        Err(error) => {
            let caret = error.caret().replace('\n', "\n    ");
            report.add(Code::InvalidValue, path, format!("{error}.\n    {caret}"));
        }
    }
}

/// Tells what there is to know about how a constraint was said.
fn tell(note: Note, path: Path<'_>, report: &mut Report<'_>) {
    match note {
        Note::NeedsLabel(key) => report.advise(
            Code::AttributeNeedsLabel,
            path,
            format!("Nodes have the attribute as the label {key}."),
            format!("kubectl label node NODE {key}=VALUE"),
        ),
        Note::SpelledValue(key, value, label) => report.advise(
            Code::AttributeNeedsLabel,
            path,
            format!("No label can have the value {value:?}: nodes have it as {key}={label}."),
            format!("kubectl label node NODE {key}={label}"),
        ),
        Note::NeedsPodLabel(key, value) => report.advise(
            Code::AttributeNeedsLabel,
            path,
            format!("Tasks of that group are pods with the label {key}={value}."),
            format!("kubectl label pod POD {key}={value}"),
        ),
        Note::Assumed(subject) => report.add(
            Code::CapabilityAssumed,
            path,
            format!("{subject} is not looked at: every node counts as a connected agent of the newest version that can do everything."),
        ),
        Note::NoNode(why) => report.advise(
            Code::AttributeHasNoLabel,
            path,
            format!("What asks for it selects no node: {why}."),
            Code::AttributeHasNoLabel.remedy(),
        ),
        Note::Membership(key, expression) => {
            report.grant(Privilege::NodeLabels, &key, path);
            report.advise(
                Code::AutoscalerBlind,
                path,
                format!("The operator gives the nodes that {expression} selects the label {key}; an autoscaler that makes nodes does not know of it."),
                format!("Give node groups and node pools that are meant for these tasks the label {key}=true."),
            );
        }
        Note::TooLarge(expression) => report.add(
            Code::PlacementExpressionTooLarge,
            path,
            format!("{expression} has more alternatives than a pod should ask for."),
        ),
        Note::NotApplied(expression) => report.advise(
            Code::ConstraintNotApplied,
            path,
            format!("{expression} is not applied: it changes with every task, and kube-scheduler does not know it."),
            "Set kubernetes.placement of the service to Exact; a DAEMON service goes without this constraint.",
        ),
        Note::Held(expression) => report.add(
            Code::ConstraintHeldByOperator,
            path,
            format!("The operator goes by {expression} when it places a task; kube-scheduler does not know it."),
        ),
        Note::BothWays(expression) => report.add(
            Code::GroupKeptApart,
            path,
            format!("{expression} holds both ways: later tasks of the group are kept off as well, where ECS lets them come."),
        ),
        Note::NotExpressible(expression, why) => report.advise(
            Code::PlacementNotExpressible,
            path,
            format!("A pod cannot ask for {expression}: {why}."),
            Code::PlacementNotExpressible.remedy(),
        ),
        Note::Unsatisfiable(expression) => report.add(
            Code::PlacementUnsatisfiable,
            path,
            format!("No node can meet {expression}, together with what else is asked for."),
        ),
    }
}

pub(super) fn validate(
    spec: &EcsServiceSpec,
    of_task: &Native,
    kind: Kind,
    report: &mut Report<'_>,
) -> Placement {
    let Kind { daemon, fargate } = kind;
    exact::validate(spec, fargate, report);
    let exact = exact::applies(spec, fargate);
    let mut placement = Placement { native: of_task.clone(), ..Placement::default() };
    let list = Path::ROOT.member("placementConstraints");
    for (i, constraint) in spec.placement_constraints.iter().enumerate() {
        let path = list.index(i);
        // What is said twice means no more, and is not worked out twice.
        if spec.placement_constraints.iter().take(i).any(|before| before == constraint) {
            continue;
        }
        match constraint.type_ {
            Some(PlacementConstraintType::DistinctInstance) => {
                placement.distinct_instance = !daemon;
                if set(constraint.expression.as_deref()).is_some() {
                    report.add(
                        Code::InvalidValue,
                        path.member("expression"),
                        "distinctInstance takes no expression.",
                    );
                }
            }
            Some(PlacementConstraintType::MemberOf) => {
                let expression = constraint.expression.as_deref();
                member_of(&mut placement.native, expression, path, exact::rest(exact), report);
            }
            None => report.add(Code::MissingMember, path.member("type"), "type is required."),
        }
    }
    if daemon && (!placement.native.near.is_empty() || !placement.native.apart.is_empty()) {
        report.advise(
            Code::PlacementNotExpressible,
            list,
            "A DaemonSet has a pod for every node, whatever else runs there: task:group would leave some of them pending.",
            "Give the nodes an attribute, and ask for that.",
        );
    }
    let strategies = Path::ROOT.member("placementStrategy");
    if fargate {
        for (path, used) in [
            (list, !spec.placement_constraints.is_empty()),
            (strategies, !spec.placement_strategy.is_empty()),
        ] {
            if used {
                report.add(
                    Code::InvalidValue,
                    path,
                    "Placement constraints and strategies are not supported with FARGATE launch type.",
                );
            }
        }
    }
    if daemon && !spec.placement_strategy.is_empty() {
        report.add(
            Code::InvalidValue,
            strategies,
            "A DAEMON service has no placement strategy: it runs one task on every instance.",
        );
    }
    placement.spread = spread(spec, strategies, exact, report);
    if spec.placement_strategy.is_empty() && !daemon {
        // Without a strategy ECS balances over zones, then over instances.
        placement.spread = vec![attribute::ZONE.to_owned(), attribute::HOSTNAME.to_owned()];
    }
    placement
}

fn spread(spec: &EcsServiceSpec, list: Path<'_>, exact: bool, report: &mut Report<'_>) -> Vec<String> {
    let mut keys = Vec::new();
    for (i, strategy) in spec.placement_strategy.iter().enumerate() {
        let path = list.index(i);
        let field = path.member("field");
        match strategy.type_ {
            Some(PlacementStrategyType::Spread) => {
                let Some(by) = report.required(strategy.field.as_deref(), field, "field") else {
                    continue;
                };
                let label = match by.strip_prefix("attribute:") {
                    Some(name) => attribute::label(name),
                    None if by.eq_ignore_ascii_case("instanceId") || by.eq_ignore_ascii_case("host") => {
                        Ok(attribute::HOSTNAME.to_owned())
                    }
                    None => Err(format!("{by:?} is neither instanceId, host nor attribute:<name>")),
                };
                match label {
                    Ok(label) if !keys.contains(&label) => {
                        if label.starts_with(attribute::PREFIX) {
                            tell(Note::NeedsLabel(label.clone()), field, report);
                        }
                        keys.push(label);
                    }
                    Ok(_) => {}
                    Err(reason) => report.add(
                        Code::StrategyNotApplied,
                        field,
                        format!("Tasks are not spread by it: {reason}."),
                    ),
                }
            }
            Some(PlacementStrategyType::Binpack) => {
                let by = report.required(strategy.field.as_deref(), field, "field");
                if by.is_some_and(|by| !["cpu", "memory"].iter().any(|known| by.eq_ignore_ascii_case(known)))
                {
                    report.add(Code::InvalidValue, field, "binpack is by cpu or by memory.");
                }
                if !exact {
                    report.advise(
                        Code::StrategyNotApplied,
                        path,
                        "kube-scheduler's own preference decides: a pod cannot ask to be packed.",
                        exact::REMEDY,
                    );
                }
            }
            // kube-scheduler breaks ties at random already.
            Some(PlacementStrategyType::Random) => {
                if set(strategy.field.as_deref()).is_some() {
                    report.add(Code::InvalidValue, field, "random takes no field.");
                }
            }
            None => report.add(Code::MissingMember, path.member("type"), "type is required."),
        }
    }
    if keys.len() > 1 && !exact {
        report.advise(
            Code::StrategyOrderApproximated,
            list,
            "ECS applies strategies one after the other, kube-scheduler weighs them together.",
            exact::REMEDY,
        );
    }
    keys
}
