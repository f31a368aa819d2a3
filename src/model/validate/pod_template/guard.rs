//! What an overlay may not touch, and what a namespace has to be allowed for it.

use serde_json::Value;

use crate::api::labels;
use crate::finding::{Code, Path};
use crate::model::security::SELINUX_CONFINED_TYPES;
use crate::model::validate::Report;
use crate::model::validate::security::opens_the_node;
use crate::policy::Privilege;

/// What is said of a member.
#[derive(Clone, Copy)]
enum Verdict {
    /// It is not for overlays, and what to use instead.
    Not(&'static str),
    /// The namespace has to be allowed to.
    Needs(Privilege),
}

use Verdict::{Needs, Not};

/// A place in the template without indices, when something is to be said of it, and what.
struct Rule {
    at: &'static str,
    when: fn(&Value) -> bool,
    then: Verdict,
}

const fn rule(at: &'static str, when: fn(&Value) -> bool, then: Verdict) -> Rule {
    Rule { at, when, then }
}

const fn always(_: &Value) -> bool {
    true
}

fn is_true(value: &Value) -> bool {
    value == true
}

fn is_unconfined(value: &Value) -> bool {
    value == "Unconfined"
}

const OURS: &str = "Leave it out: it is the operator's own.";
const HOST: Verdict = Needs(Privilege::HostAccess);

/// Members of the containers stand under `containers[]`, wherever these start.
const RULES: &[Rule] = &[
    rule("metadata", takes_away, Not("Overlay single labels and annotations.")),
    rule("metadata.labels", takes_away, Not("Overlay single labels.")),
    rule("spec", takes_away, Not("Overlay single members.")),
    rule("spec.containers", takes_away, Not("Overlay containers by their names.")),
    rule("spec.activeDeadlineSeconds", always, Not("Pods of a service have no deadline; leave it out.")),
    rule("spec.ephemeralContainers", always, Not("Use kubectl debug.")),
    rule("spec.nodeName", always, Not("Select nodes by spec.nodeSelector.")),
    rule(
        "spec.restartPolicy",
        |v| v != "Always",
        Not("Pods of a service are always restarted; leave it out."),
    ),
    rule("spec.schedulingGates", always, Not(OURS)),
    rule("spec.serviceAccount", always, Not("Use kubernetes.serviceAccountName.")),
    rule("spec.serviceAccountName", always, Not("Use kubernetes.serviceAccountName.")),
    rule("spec.hostIPC", is_true, HOST),
    rule("spec.hostNetwork", is_true, HOST),
    rule("spec.hostPID", is_true, HOST),
    rule("spec.volumes[].hostPath", always, HOST),
    // The kubelet of old nodes ran git as root on the node.
    rule("spec.volumes[].gitRepo", always, HOST),
    rule("spec.containers[].securityContext.capabilities.add[]", opens, HOST),
    rule("spec.containers[].securityContext.privileged", is_true, HOST),
    rule("spec.containers[].securityContext.procMount", |v| v != "Default", HOST),
];

/// The same for the pod and for each container.
const RULES_OF_CONTEXTS: &[Rule] = &[
    rule("appArmorProfile.type", is_unconfined, HOST),
    rule("seLinuxOptions.level", always, HOST),
    rule("seLinuxOptions.role", always, HOST),
    rule("seLinuxOptions.type", is_foreign_type, HOST),
    rule("seLinuxOptions.user", always, HOST),
    rule("windowsOptions.hostProcess", is_true, HOST),
];

/// Volumes that stay in the namespace; any other names something outside of it.
const OWN_VOLUMES: &[&str] = &[
    "$patch",
    "configMap",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "gitRepo",
    "hostPath",
    "image",
    "name",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

fn takes_away(value: &Value) -> bool {
    let directive = |value: &Value| value.get("$patch").is_some_and(|word| word != "merge");
    value.is_null() || directive(value) || value.as_array().is_some_and(|items| items.iter().any(replaces))
}

fn replaces(item: &Value) -> bool {
    item.get("$patch").is_some_and(|word| word == "replace")
}

fn opens(value: &Value) -> bool {
    value.as_str().is_some_and(opens_the_node)
}

fn is_foreign_type(value: &Value) -> bool {
    value.as_str().is_none_or(|kind| !SELINUX_CONFINED_TYPES.contains(&kind))
}

/// Says what there is to say about a place; whether it is refused as a whole.
pub(super) fn check(pattern: &str, value: &Value, at: &Path<'_>, report: &mut Report<'_>) -> bool {
    let pattern = pattern.replacen("spec.initContainers", "spec.containers", 1);
    let verdict = verdict(&pattern, value);
    match verdict {
        None => false,
        Some(Not(instead)) => {
            let message = format!("{pattern} is nothing that an overlay may change.");
            report.advise(Code::OptionUnsupported, at, message, instead);
            true
        }
        Some(Needs(privilege)) => {
            report.grant(privilege, &format!("the overlay's {pattern}"), *at);
            false
        }
    }
}

fn verdict(pattern: &str, value: &Value) -> Option<Verdict> {
    if let Some(key) = pattern.strip_prefix("metadata.") {
        return of_metadata(key, value);
    }
    if let Some(member) = pattern.strip_prefix("spec.volumes[].") {
        let foreign = !member.contains('.') && !OWN_VOLUMES.contains(&member) && !value.is_null();
        return rules(RULES, pattern, value).or(foreign.then_some(Needs(Privilege::VolumeHandles)));
    }
    let context = ["spec.securityContext.", "spec.containers[].securityContext."];
    let of_context = context.iter().find_map(|prefix| pattern.strip_prefix(prefix));
    rules(RULES, pattern, value).or(of_context.and_then(|member| rules(RULES_OF_CONTEXTS, member, value)))
}

fn rules(rules: &[Rule], pattern: &str, value: &Value) -> Option<Verdict> {
    let found = rules.iter().find(|rule| rule.at == pattern && (rule.when)(value));
    // Taking a member away takes no privilege.
    found.map(|rule| rule.then).filter(|then| !(value.is_null() && matches!(then, Needs(_))))
}

/// Labels and annotations, but not ours.
fn of_metadata(member: &str, value: &Value) -> Option<Verdict> {
    const DOMAIN: &str = "ecs-bridge.dev";
    const APPARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";
    let Some((list, key)) = member.split_once('.') else {
        let open = matches!(member, "labels" | "annotations");
        return rules(RULES, &format!("metadata.{member}"), value)
            .or((!open).then_some(Not("An overlay has labels and annotations.")));
    };
    let domain = key.split_once('/').map_or("", |(domain, _)| domain);
    let ours = domain == DOMAIN || domain.ends_with(&format!(".{DOMAIN}")) || key == labels::MANAGED_BY;
    if ours {
        return Some(Not(OURS));
    }
    let unconfined = list == "annotations" && key.starts_with(APPARMOR) && value == "unconfined";
    unconfined.then_some(HOST)
}
