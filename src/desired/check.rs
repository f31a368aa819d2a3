//! Everything there is to say about a definition, and what it becomes where no cluster is known.

use serde::Serialize;
use serde_json::Value;

use super::{Context, overlaid, pod_security};
use crate::api::{CapacityProviderSpec, EcsServiceSpec, TaskDefinitionSpec};
use crate::finding::{Finding, Severity};
use crate::ledger::{self, Root};
use crate::model::Service;
use crate::model::validate::{self, Findings};
use crate::object::Object;
use crate::policy::PodSecurity;
use crate::rollout::Inputs;
use crate::translate;

/// The objects of a service with the counts that it declares, and everything there is to say about its
/// definitions. With an error among the findings there are no objects.
#[must_use]
pub fn offline(inputs: &Inputs, context: &Context) -> (Vec<Object>, Findings) {
    let (service, findings) = check_service(inputs, context);
    let objects = service.map(|service| {
        let templates = translate::templates(&service, context);
        translate::objects(&service, context, &templates, None, &translate::Steps::new())
    });
    (objects.unwrap_or_default(), findings)
}

/// Validation and ledger together: the model, unless something is refused, and everything there is to say.
#[must_use]
pub fn check_service(inputs: &Inputs, context: &Context) -> (Option<Service>, Findings) {
    let (service, mut findings) = validate::service(inputs, context);
    if let Some(service) = service.as_ref().filter(|service| service.overlay.is_some()) {
        let templates = translate::templates(service, context);
        findings.service.extend(templates.values().flat_map(overlaid::refusals));
    }
    if let Some(service) = service.as_ref().filter(|_| context.policy.pod_security != PodSecurity::Privileged)
    {
        let templates = translate::templates(service, context);
        let refusals = templates.values().filter_map(|template| pod_security::refusal(context, template));
        findings.task_definition.extend(refusals);
    }
    untranslated(Root::Service, &inputs.service, &mut findings.service);
    untranslated(Root::TaskDefinition, &inputs.task_definition, &mut findings.task_definition);
    let accepted = inputs.service.kubernetes.as_ref().map_or(&[][..], |k| &k.accept_findings);
    let findings = Findings {
        service: conclude(findings.service, accepted),
        task_definition: conclude(findings.task_definition, accepted),
    };
    (service.filter(|_| !findings.any_error()), findings)
}

/// What can be said about a service whose task definition is not known.
#[must_use]
pub fn check_lone_service(spec: &EcsServiceSpec, context: &Context) -> Vec<Finding> {
    let accepted = spec.kubernetes.as_ref().map_or(&[][..], |k| &k.accept_findings);
    let mut findings = validate::lone_service(spec, context);
    untranslated(Root::Service, spec, &mut findings);
    conclude(findings, accepted)
}

/// Everything there is to say about a task definition that no service runs.
#[must_use]
pub fn check_task_definition(spec: &TaskDefinitionSpec, context: &Context) -> Vec<Finding> {
    let (_, mut findings) = validate::task_definition(spec, context);
    untranslated(Root::TaskDefinition, spec, &mut findings);
    conclude(findings, &[])
}

/// Everything there is to say about a capacity provider, under its `metadata.name`.
#[must_use]
pub fn check_provider(name: &str, spec: &CapacityProviderSpec, context: &Context) -> Vec<Finding> {
    let (_, mut findings) = validate::provider(name, spec, context);
    untranslated(Root::CapacityProvider, spec, &mut findings);
    conclude(findings, &[])
}

/// Adds what the ledger has to say about a spec, unless validation said the same of a place with more insight.
fn untranslated(root: Root, spec: &impl Serialize, findings: &mut Vec<Finding>) {
    // These types are made of strings, numbers, lists and maps with string keys: serializing them cannot fail.
    let value = serde_json::to_value(spec).unwrap_or(Value::Null);
    let mut more = ledger::untranslated(root, &value);
    more.retain(|new| !findings.iter().any(|known| known.code == new.code && known.path == new.path));
    findings.append(&mut more);
}

/// Puts findings in order of their paths, each once. Accepted ones become Info; errors cannot be accepted.
fn conclude(mut findings: Vec<Finding>, accepted: &[String]) -> Vec<Finding> {
    findings.iter_mut().for_each(|finding| accept(finding, accepted));
    let key = |f: &Finding| (natural(&f.path), f.code.clone(), f.message.clone());
    findings.sort_by_cached_key(key);
    findings.dedup();
    findings
}

/// Makes a finding an Info where it is accepted.
pub(super) fn accept(finding: &mut Finding, accepted: &[String]) {
    if !finding.is_error() && accepted.iter().any(|code| *code == finding.code) {
        finding.severity = Severity::Info;
    }
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
