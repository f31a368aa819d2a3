//! Offline: what definitions become when nothing is known of a cluster.

use serde::Serialize;
use serde_json::Value;

use super::Context;
use crate::api::{CapacityProviderSpec, TaskDefinitionSpec};
use crate::finding::{Finding, Severity, any_error};
use crate::ledger::{self, Root};
use crate::model::{name, validate};
use crate::object::Object;
use crate::rollout::Inputs;
use crate::translate;

/// The objects of a service with the counts that it declares, and everything there is to say about its
/// definitions. With an error among the findings there are no objects.
#[must_use]
pub fn offline(inputs: &Inputs, context: &Context) -> (Vec<Object>, Vec<Finding>) {
    let (service, mut findings) = validate::service(inputs, context);
    findings.extend(untranslated(Root::Service, &inputs.service));
    findings.extend(untranslated(Root::TaskDefinition, &inputs.task_definition));
    let findings = conclude(findings, accepted(inputs));
    let objects = service
        .filter(|_| !any_error(&findings))
        .map(|service| {
            let templates = translate::templates(&service, context);
            translate::objects(&service, context, &templates, None)
        })
        .unwrap_or_default();
    (objects, findings)
}

/// Everything there is to say about a task definition that no service runs.
#[must_use]
pub fn offline_task_definition(spec: &TaskDefinitionSpec, context: &Context) -> Vec<Finding> {
    let (_, mut findings) = validate::task_definition(spec, context);
    findings.extend(untranslated(Root::TaskDefinition, spec));
    conclude(findings, &[])
}

/// Everything there is to say about a capacity provider.
#[must_use]
pub fn offline_provider(spec: &CapacityProviderSpec, context: &Context) -> Vec<Finding> {
    let object = name::provider(spec.name.as_deref().unwrap_or_default());
    let (_, mut findings) = validate::provider(&object, spec, context);
    findings.extend(untranslated(Root::CapacityProvider, spec));
    conclude(findings, &[])
}

/// What the ledger has to say about a spec.
#[must_use]
pub fn untranslated(root: Root, spec: &impl Serialize) -> Vec<Finding> {
    // These types are made of strings, numbers, lists and maps with string keys: serializing them cannot fail.
    let value = serde_json::to_value(spec).unwrap_or(Value::Null);
    ledger::untranslated(root, &value)
}

/// Codes that the service's owner knows of (`kubernetes.acceptFindings`).
#[must_use]
pub fn accepted(inputs: &Inputs) -> &[String] {
    inputs.service.kubernetes.as_ref().map_or(&[], |options| &options.accept_findings)
}

/// Puts findings in order of their paths, each once. Accepted ones become Info; errors cannot be accepted.
#[must_use]
pub fn conclude(mut findings: Vec<Finding>, accepted: &[String]) -> Vec<Finding> {
    for finding in &mut findings {
        if !finding.is_error() && accepted.iter().any(|code| *code == finding.code) {
            finding.severity = Severity::Info;
        }
    }
    let key = |f: &Finding| (natural(&f.path), f.code.clone(), f.message.clone());
    findings.sort_by_cached_key(key);
    findings.dedup();
    findings
}

/// A path as text that sorts by its indices: `[2]` comes before `[10]`.
fn natural(path: &str) -> String {
    let mut parts = path.split('[');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']').map(|(index, rest)| (index.parse(), rest)) {
            Some((Ok::<u64, _>(index), rest)) => text.push_str(&format!("[{index:08}]{rest}")),
            _ => text.extend(["[", part]),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Code;

    #[test]
    fn findings_stand_in_the_order_of_their_paths() {
        let add = |code, path: &str| Finding::new(code, path, "x");
        let findings = conclude(
            vec![
                add(Code::InvalidValue, "a[10].b"),
                add(Code::SecurityGroupsNotApplied, "b"),
                add(Code::InvalidValue, "a[2].c"),
                add(Code::InvalidValue, "a[2].b"),
                add(Code::InvalidValue, "a[2].b"),
            ],
            &["SecurityGroupsNotApplied".to_owned(), "InvalidValue".to_owned()],
        );
        let shown: Vec<String> = findings.iter().map(|f| format!("{} {}", f.severity, f.path)).collect();
        assert_eq!(shown, ["error a[2].b", "error a[2].c", "error a[10].b", "info b"]);
    }
}
