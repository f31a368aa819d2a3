//! Placement constraints and strategies of a service.

use super::{Report, exact, set};
use crate::api::EcsServiceSpec;
use crate::api::ecs::{PlacementConstraintType, PlacementStrategyType};
use crate::finding::{Code, Path};
use crate::model::service::Placement;
use crate::placement::{self, Operator, Requirement, attribute};

/// Requirements of one `memberOf` expression.
pub(super) fn member_of(
    expression: Option<&str>,
    path: Path<'_>,
    exact: bool,
    report: &mut Report<'_>,
) -> Vec<Requirement> {
    let path = path.member("expression");
    let Some(expression) = report.required(expression, path, "expression") else {
        return Vec::new();
    };
    let requirements = match placement::requirements(expression) {
        Ok(requirements) => requirements,
        Err(reason) if exact => {
            report.add(
                Code::ConstraintHeldByOperator,
                path,
                format!("The operator goes by it when it places a task; kube-scheduler does not: {reason}."),
            );
            return Vec::new();
        }
        Err(reason) => {
            report.advise(
                Code::ConstraintNotApplied,
                path,
                format!("The constraint is not applied: {reason}."),
                "Say it as a node selector of a capacity provider.",
            );
            return Vec::new();
        }
    };
    for key in requirements.iter().filter(|r| r.operator != Operator::DoesNotExist).map(|r| &r.key) {
        if key.starts_with(attribute::PREFIX) {
            report.advise(
                Code::AttributeNeedsLabel,
                path,
                format!("Nodes have the attribute as the label {key}."),
                format!("kubectl label node NODE {key}=VALUE"),
            );
        }
    }
    requirements
}

pub(super) fn validate(
    spec: &EcsServiceSpec,
    daemon: bool,
    fargate: bool,
    report: &mut Report<'_>,
) -> Placement {
    let exact = exact::applies(spec, fargate);
    exact::validate(spec, fargate, report);
    let mut placement = Placement::default();
    let list = Path::ROOT.member("placementConstraints");
    for (i, constraint) in spec.placement_constraints.iter().enumerate() {
        let path = list.index(i);
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
                placement.requirements.extend(member_of(
                    constraint.expression.as_deref(),
                    path,
                    exact,
                    report,
                ));
            }
            None => report.add(Code::MissingMember, path.member("type"), "type is required."),
        }
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
                    Ok(label) if !keys.contains(&label) => keys.push(label),
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
