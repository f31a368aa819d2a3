//! Which deployment should run: the one that is recorded, or a new one.

use super::ServiceRevision;
use crate::model::name;

/// Most recorded deployments that are kept besides those in use.
const KEPT: usize = 10;

/// Which deployment should run.
#[derive(Clone, Debug, PartialEq)]
pub enum Plan<'a> {
    /// Nothing was ever recorded, and what is asked for is not valid.
    Nothing,
    /// The recorded one. What rendering would give today plays no part.
    Keep(&'a ServiceRevision),
    /// A new one has to be recorded.
    Start {
        /// Its id.
        id: String,
        /// Its number among the service's deployments, from 0.
        counter: i64,
    },
}

/// Decides between the newest recorded deployment and a new one.
///
/// `live` is the hash of the members whose change is a deployment, `None` while the definition is invalid: an
/// invalid change never replaces what runs. `hash_of` gives the same hash for a recorded deployment. It is made anew
/// and not read from the record, so that another release's idea of these members rolls nothing.
#[must_use]
pub fn plan<'a>(
    live: Option<&str>,
    recorded: &'a [ServiceRevision],
    hash_of: impl Fn(&ServiceRevision) -> String,
) -> Plan<'a> {
    let newest = newest(recorded);
    match (live, newest) {
        (None, None) => Plan::Nothing,
        (None, Some(newest)) => Plan::Keep(newest),
        (Some(hash), Some(newest)) if hash_of(newest) == hash => Plan::Keep(newest),
        (Some(hash), newest) => {
            let counter = newest.map_or(0, |r| r.counter + 1);
            Plan::Start { id: name::hash(format!("{hash}/{counter}"), 10), counter }
        }
    }
}

/// The newest recorded deployment.
#[must_use]
pub fn newest(recorded: &[ServiceRevision]) -> Option<&ServiceRevision> {
    recorded.iter().max_by_key(|r| r.counter)
}

/// Recorded deployments that nothing needs any more: beyond the newest ten, and with no pod or template left.
#[must_use]
pub fn obsolete(recorded: &[ServiceRevision], in_use: impl Fn(&str) -> bool) -> Vec<String> {
    let mut newest_first: Vec<_> = recorded.iter().collect();
    newest_first.sort_by_key(|r| std::cmp::Reverse(r.counter));
    newest_first.into_iter().skip(KEPT).filter(|r| !in_use(&r.id)).map(|r| r.id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::rollout::Inputs;

    fn recorded(hash: &str, counter: i64) -> ServiceRevision {
        ServiceRevision {
            id: format!("{hash}{counter}"),
            input_hash: hash.to_owned(),
            counter,
            created_at: String::new(),
            inputs: Inputs::default(),
            templates: BTreeMap::new(),
        }
    }

    fn plan<'a>(live: Option<&str>, recorded: &'a [ServiceRevision]) -> Plan<'a> {
        super::plan(live, recorded, |record| record.input_hash.clone())
    }

    #[test]
    fn an_unchanged_definition_keeps_its_deployment() {
        let known = [recorded("a", 0), recorded("b", 1)];
        assert_eq!(plan(Some("b"), &known), Plan::Keep(&known[1]));
    }

    #[test]
    fn an_invalid_change_keeps_what_runs() {
        let known = [recorded("a", 0)];
        assert_eq!(plan(None, &known), Plan::Keep(&known[0]));
        assert_eq!(plan(None, &[]), Plan::Nothing);
    }

    #[test]
    fn a_change_back_is_a_new_deployment_with_an_id_of_its_own() {
        let known = [recorded("a", 0), recorded("b", 1)];
        let Plan::Start { id, counter } = plan(Some("a"), &known) else { panic!("expected a start") };
        let Plan::Start { id: first, .. } = plan(Some("a"), &[]) else { panic!("expected a start") };
        assert_eq!(counter, 2);
        assert_ne!(id, first);
    }

    #[test]
    fn deployments_in_use_outlive_the_newest_ten() {
        let known: Vec<_> = (0..13).map(|n| recorded("h", n)).collect();
        assert_eq!(obsolete(&known, |id| id == "h1"), ["h2", "h0"]);
    }
}
