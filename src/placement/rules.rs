//! Constraints and strategies in ECS's own members, as the annotation of pods has them.

use serde::Deserialize;

use super::query;
use super::task::{Constraint, Field, Resource, Strategy};
use crate::api::ecs::{
    PlacementConstraint, PlacementConstraintType, PlacementStrategy, PlacementStrategyType,
};

/// How a task is placed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// Where it must run.
    pub constraints: Vec<Constraint>,
    /// Where it had better run, the first one first.
    pub strategies: Vec<Strategy>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Members {
    constraints: Vec<PlacementConstraint>,
    strategies: Vec<PlacementStrategy>,
}

/// Reads an annotation; what is wrong with it, where something is.
pub fn parse(text: &str) -> Result<Rules, String> {
    if text.is_empty() {
        return Ok(Rules::default());
    }
    let members: Members = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let constraints = members.constraints.iter().map(constraint).collect::<Result<_, _>>()?;
    let strategies = members.strategies.iter().map(strategy).collect::<Result<_, _>>()?;
    Ok(Rules { constraints, strategies })
}

/// Reads one constraint; what is wrong with it, where something is.
pub(crate) fn constraint(members: &PlacementConstraint) -> Result<Constraint, String> {
    match members.type_ {
        Some(PlacementConstraintType::DistinctInstance) => Ok(Constraint::DistinctInstance),
        Some(PlacementConstraintType::MemberOf) => {
            let text = members.expression.as_deref().unwrap_or_default();
            query::parse(text).map(Constraint::MemberOf).map_err(|error| error.to_string())
        }
        None => Err("a constraint has no type".to_owned()),
    }
}

/// Reads one strategy; what is wrong with it, where something is.
pub(crate) fn strategy(members: &PlacementStrategy) -> Result<Strategy, String> {
    let field = members.field.as_deref().unwrap_or_default();
    let unknown = || format!("a strategy has the unknown field {field:?}");
    match members.type_ {
        Some(PlacementStrategyType::Spread) => Field::parse(field).map(Strategy::Spread).ok_or_else(unknown),
        Some(PlacementStrategyType::Binpack) => {
            Resource::parse(field).map(Strategy::Binpack).ok_or_else(unknown)
        }
        Some(PlacementStrategyType::Random) => Ok(Strategy::Random),
        None => Err("a strategy has no type".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ecs_members_are_read() {
        let rules = parse(
            r#"{"strategies":[{"type":"spread","field":"attribute:ecs.availability-zone"},{"type":"binpack","field":"MEMORY"},
                {"type":"random"}],"constraints":[{"type":"distinctInstance"},
                {"type":"memberOf","expression":"attribute:stack == prod"}]}"#,
        )
        .unwrap();
        let shown: Vec<String> = rules.strategies.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["spread attribute:ecs.availability-zone", "binpack memory", "random"]);
        assert_eq!(rules.constraints[0], Constraint::DistinctInstance);
        assert!(
            matches!(&rules.constraints[1], Constraint::MemberOf(expression) if expression.to_string().contains("stack"))
        );
        assert_eq!(parse(""), Ok(Rules::default()));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for (text, why) in [
            (r#"{"strategies":[{"type":"binpack","field":"gpu"}]}"#, "gpu"),
            (r#"{"strategies":[{"field":"cpu"}]}"#, "no type"),
            (r#"{"constraints":[{"type":"memberOf","expression":"attribute:"}]}"#, ""),
            ("{", "EOF"),
        ] {
            assert!(parse(text).unwrap_err().contains(why), "{text}");
        }
    }
}
