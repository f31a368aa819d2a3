//! What the operator may do: derived from the table of kinds, so that neither chart nor test can forget one.

use k8s_openapi::api::rbac::v1::PolicyRule;

use crate::api::GROUP;
use crate::object::KINDS;

fn rule(group: &str, resources: &[&str], verbs: &[&str]) -> PolicyRule {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    PolicyRule {
        api_groups: Some(texts(&[group])),
        resources: Some(texts(resources)),
        verbs: texts(verbs),
        ..PolicyRule::default()
    }
}

/// Verbs on a kind that we make. Server-side apply needs `create` besides `patch`; `get` is for objects that exist
/// without our label; leftovers without an owner are swept, so `delete` is for all of them.
const VERBS: &[&str] = &["create", "delete", "get", "list", "patch", "watch"];

/// Rules of the operator's ClusterRole.
#[must_use]
pub fn rules() -> Vec<PolicyRule> {
    let mut rules = vec![
        rule(GROUP, &["capacityproviders", "ecsservices", "taskdefinitions"], &["get", "list", "watch"]),
        // `kubernetes.scaledCount`
        rule(GROUP, &["ecsservices"], &["patch"]),
        rule(
            GROUP,
            &["capacityproviders/status", "ecsservices/status", "taskdefinitions/status"],
            &["patch"],
        ),
        // `blockOwnerDeletion`, where OwnerReferencesPermissionEnforcement is on
        rule(GROUP, &["ecsservices/finalizers", "taskdefinitions/finalizers"], &["update"]),
        rule("apps", &["controllerrevisions"], &["create", "delete", "get", "list", "patch", "watch"]),
        rule("", &["namespaces", "nodes", "pods"], &["list", "watch"]),
        // What protects tasks stands on their pods.
        rule("", &["pods"], &["patch"]),
        // Membership labels, for namespaces that may ask for them.
        rule("", &["nodes"], &["patch"]),
        rule("events.k8s.io", &["events"], &["create"]),
        // An optional API that is installed later is taken up at once.
        rule("apiextensions.k8s.io", &["customresourcedefinitions"], &["list", "watch"]),
    ];
    let mut groups: Vec<&str> = KINDS.iter().map(|kind| kind.group).collect();
    groups.sort_unstable();
    groups.dedup();
    for group in groups {
        let of_group = KINDS.iter().filter(|kind| kind.group == group);
        let mut resources: Vec<_> = of_group.map(|kind| kind.plural).collect();
        resources.sort_unstable();
        rules.push(rule(group, &resources, VERBS));
    }
    rules
}

/// Rules of the operator's Role in its own namespace.
#[must_use]
pub fn lease_rules() -> Vec<PolicyRule> {
    vec![rule("coordination.k8s.io", &["leases"], &["create", "get", "update"])]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(group: &str, resource: &str, verb: &str) -> bool {
        let has = |list: &Option<Vec<String>>, text: &str| list.iter().flatten().any(|item| item == text);
        rules().iter().any(|rule| {
            has(&rule.api_groups, group)
                && has(&rule.resources, resource)
                && rule.verbs.iter().any(|v| v == verb)
        })
    }

    #[test]
    fn every_kind_can_be_applied_watched_and_removed() {
        for kind in KINDS {
            for verb in ["create", "delete", "patch", "list", "watch", "get"] {
                assert!(may(kind.group, kind.plural, verb), "{verb} {}", kind.kind);
            }
        }
    }

    #[test]
    fn nothing_is_allowed_that_is_not_needed() {
        assert!(!may(GROUP, "ecsservices", "delete"));
        assert!(!may("", "secrets", "get"));
        assert!(!may("", "pods", "delete"));
        assert!(rules().iter().flat_map(|rule| &rule.verbs).all(|verb| verb != "*"));
    }
}
