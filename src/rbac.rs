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
        // Why pods of a DaemonSet are refused, nothing else tells.
        rule("events.k8s.io", &["events"], &["create", "list"]),
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

/// Rules that exact placement needs beyond [`rules`], by the name of the webhook's configuration: it is the only one that
/// may be changed.
#[must_use]
pub fn exact_rules(webhook: &str) -> Vec<PolicyRule> {
    vec![
        // A task whose node does not take it is replaced.
        rule("", &["pods"], &["delete"]),
        named("admissionregistration.k8s.io", "mutatingwebhookconfigurations", webhook, &["get", "patch"]),
    ]
}

/// Rules that exact placement needs in the operator's own namespace, by the name of the webhook.
#[must_use]
pub fn exact_own_rules(webhook: &str) -> Vec<PolicyRule> {
    vec![
        // What is created has no name yet that could be allowed.
        rule("", &["secrets"], &["create"]),
        named("", "secrets", &webhook_secret(webhook), &["get", "update"]),
    ]
}

/// Name of the Secret with the certificates of a webhook.
#[must_use]
pub fn webhook_secret(webhook: &str) -> String {
    format!("{webhook}-webhook")
}

fn named(group: &str, resource: &str, name: &str, verbs: &[&str]) -> PolicyRule {
    PolicyRule { resource_names: Some(vec![name.to_owned()]), ..rule(group, &[resource], verbs) }
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
        let exact = [exact_rules("x"), exact_own_rules("x")].concat();
        assert!(rules().iter().chain(&exact).flat_map(|rule| &rule.verbs).all(|verb| verb != "*"));
        let unnamed = exact.iter().filter(|rule| rule.resource_names.is_none());
        let unnamed: Vec<_> = unnamed.flat_map(|rule| rule.verbs.clone()).collect();
        assert_eq!(unnamed, ["delete", "create"], "whoever may change any webhook may do everything");
    }
}
