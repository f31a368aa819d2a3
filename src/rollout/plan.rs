//! Which deployment should run: the one that is recorded, or a new one.

use std::collections::BTreeSet;

use super::{Rollback, ServiceRevision};
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
/// and not read from the record, so that another release's idea of these members rolls nothing. A definition whose
/// deployment has failed and was rolled back is not tried again, unless the definition had `gone_back` to what was
/// restored in between: then somebody asks for it anew.
#[must_use]
pub fn plan<'a>(
    live: Option<&str>,
    recorded: &'a [ServiceRevision],
    hash_of: impl Fn(&ServiceRevision) -> String,
    gone_back: bool,
) -> Plan<'a> {
    let newest = newest(recorded);
    match (live, newest) {
        (None, None) => Plan::Nothing,
        (None, Some(newest)) => Plan::Keep(newest),
        (Some(hash), Some(newest)) if hash_of(newest) == hash => Plan::Keep(newest),
        (Some(hash), Some(newest))
            if !gone_back && failed_hash(newest, recorded, &hash_of).as_deref() == Some(hash) =>
        {
            Plan::Keep(newest)
        }
        (Some(hash), newest) => {
            let counter = newest.map_or(0, |r| r.counter + 1);
            Plan::Start { id: name::hash(format!("{hash}/{counter}"), 10), counter }
        }
    }
}

/// Hash of the definition that the newest deployment, a rollback, has come back from.
fn failed_hash(
    newest: &ServiceRevision,
    recorded: &[ServiceRevision],
    hash_of: impl Fn(&ServiceRevision) -> String,
) -> Option<String> {
    let rollback = newest.rollback.as_ref()?;
    let failed = recorded.iter().find(|r| r.id == rollback.from);
    Some(failed.map_or_else(|| rollback.from_hash.clone(), hash_of))
}

/// The record of a return from `failed`, the newest deployment, to the last one that was complete before it; `None`
/// where there is none. What was returned to has none either, so that nothing goes to and fro.
#[must_use]
pub fn roll_back(
    failed: &ServiceRevision,
    recorded: &[ServiceRevision],
    now: &str,
) -> Option<ServiceRevision> {
    if failed.rollback.is_some() {
        return None;
    }
    let to = failed.completed.as_deref()?;
    let to = recorded.iter().filter(|r| r.deployment_id() == to).max_by_key(|r| r.counter)?;
    Some(ServiceRevision {
        id: name::hash(format!("rollback/{}", failed.id), 10),
        input_hash: to.input_hash.clone(),
        counter: failed.counter + 1,
        created_at: now.to_owned(),
        inputs: to.inputs.clone(),
        templates: to.templates.clone(),
        completed: None,
        rollback: Some(Rollback {
            from: failed.id.clone(),
            from_hash: failed.input_hash.clone(),
            to: to.deployment_id().to_owned(),
            failed_tasks: 0,
            reason: String::new(),
        }),
    })
}

/// The newest recorded deployment.
#[must_use]
pub fn newest(recorded: &[ServiceRevision]) -> Option<&ServiceRevision> {
    recorded.iter().max_by_key(|r| r.counter)
}

/// Recorded deployments that nothing needs any more: beyond the newest ten, with no pod or template left, and not the
/// newest record of the one that runs, or of the one that would be rolled back to.
#[must_use]
pub fn obsolete(recorded: &[ServiceRevision], in_use: impl Fn(&str) -> bool) -> Vec<String> {
    let mut newest_first: Vec<_> = recorded.iter().collect();
    newest_first.sort_by_key(|r| std::cmp::Reverse(r.counter));
    let needed = newest_first.first().map(|newest| (newest.completed.as_deref(), newest.deployment_id()));
    let is_needed = |id: &str| needed.is_some_and(|(completed, runs)| completed == Some(id) || runs == id);
    let mut seen = BTreeSet::new();
    let mut needless = Vec::new();
    for (number, record) in newest_first.into_iter().enumerate() {
        // Each return to a deployment holds all of it: one record of it is enough.
        let needed = seen.insert(record.deployment_id()) && is_needed(record.deployment_id());
        if number >= KEPT && !needed && !in_use(&record.id) {
            needless.push(record.id.clone());
        }
    }
    needless
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
            completed: None,
            rollback: None,
        }
    }

    fn plan<'a>(live: Option<&str>, recorded: &'a [ServiceRevision]) -> Plan<'a> {
        super::plan(live, recorded, |record| record.input_hash.clone(), false)
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
    fn a_rollback_is_kept_until_the_definition_changes_to_something_else() {
        let mut known = vec![recorded("a", 0), recorded("b", 1)];
        known[1].completed = Some("a0".to_owned());
        let back = roll_back(&known[1], &known, "now").expect("a rollback");
        assert_eq!((back.deployment_id(), back.counter, back.input_hash.as_str()), ("a0", 2, "a"));
        assert_eq!(roll_back(&back, &known, "now"), None, "once");
        known.push(back.clone());
        assert_eq!(plan(Some("b"), &known), Plan::Keep(&back), "what has failed is not tried again");
        assert_eq!(plan(Some("a"), &known), Plan::Keep(&back));
        assert_eq!(plan(None, &known), Plan::Keep(&back));
        known.remove(1);
        assert_eq!(plan(Some("b"), &known), Plan::Keep(&back), "nor if its record was deleted");
        assert!(matches!(plan(Some("c"), &known), Plan::Start { counter: 3, .. }));
    }

    #[test]
    fn without_a_completed_deployment_nothing_is_rolled_back() {
        let known = [recorded("a", 0), recorded("b", 1)];
        assert_eq!(roll_back(&known[1], &known, "now"), None);
    }

    #[test]
    fn what_would_be_rolled_back_to_outlives_the_newest_ten() {
        let mut known: Vec<_> = (0..13).map(|n| recorded("h", n)).collect();
        known[12].completed = Some("h0".to_owned());
        assert_eq!(obsolete(&known, |_| false), ["h2", "h1"]);
    }

    #[test]
    fn a_service_that_was_rolled_back_often_keeps_one_record_of_what_came_back() {
        let mut known = vec![recorded("good", 0)];
        for counter in 0..15 {
            let mut bad = recorded("bad", 2 * counter + 1);
            bad.completed = Some("good0".to_owned());
            let back = roll_back(&bad, &known, "now").expect("a rollback");
            known.extend([bad, back]);
            let gone = obsolete(&known, |id| id == "good0");
            known.retain(|record| !gone.contains(&record.id));
            assert!(known.len() <= KEPT + 1, "{}", known.len());
        }
        assert_eq!(newest(&known).map(ServiceRevision::deployment_id), Some("good0"));
    }

    #[test]
    fn of_what_would_be_rolled_back_to_the_newest_record_outlives_the_newest_ten() {
        let mut known: Vec<_> = (5..17).map(|n| recorded("h", n)).collect();
        known[11].completed = Some("good0".to_owned());
        for counter in 0..5 {
            let rollback = Rollback {
                from: "x".to_owned(),
                from_hash: "x".to_owned(),
                to: "good0".to_owned(),
                failed_tasks: 0,
                reason: String::new(),
            };
            known.push(ServiceRevision { rollback: Some(rollback), ..recorded("r", counter) });
        }
        assert_eq!(obsolete(&known, |_| false), ["h6", "h5", "r3", "r2", "r1", "r0"]);
    }

    #[test]
    fn deployments_in_use_outlive_the_newest_ten() {
        let known: Vec<_> = (0..13).map(|n| recorded("h", n)).collect();
        assert_eq!(obsolete(&known, |id| id == "h1"), ["h2", "h0"]);
    }
}
