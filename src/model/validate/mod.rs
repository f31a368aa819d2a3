//! What ECS would refuse, what Kubernetes would refuse, and what the namespace may not ask for.
//!
//! All findings are collected, each with its path. A value is returned if and only if none of them is an error.
//! Paths of a service's findings start at its own spec, those of its task definition at that one's.

mod annotations;
mod capacity;
mod container;
mod counts;
mod dependencies;
mod deployment;
mod ebs;
mod eks_fargate;
mod env_files;
mod exact;
mod execute;
mod exit;
mod exposure;
mod fargate;
mod health;
mod home;
mod life;
pub(crate) mod limits;
mod logging;
mod members;
mod mounts;
mod names;
mod network;
mod not_allowed;
mod order;
mod placement;
mod platform;
mod pod_template;
mod ports;
mod roles;
mod scaling;
mod secrets;
mod security;
mod service;
mod sysctls;
mod task;
mod task_size;
mod volumes;
mod windows;

use std::collections::BTreeSet;
use std::fmt::Display;

use super::{Service, Task};
use crate::api::{CapacityProviderSpec, EcsServiceSpec, TaskDefinitionSpec};
use crate::desired::Context;
use crate::finding::{Code, Finding, Path, Severity, any_error};
use crate::policy::{Privilege, Verdict};
use crate::rollout::Inputs;

/// What there is to say about a service, by the definition that a finding's path starts at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// About the service's own spec.
    pub service: Vec<Finding>,
    /// About the task definition that it runs.
    pub task_definition: Vec<Finding>,
}

impl Findings {
    /// Whether any of them refuses the service.
    #[must_use]
    pub fn any_error(&self) -> bool {
        any_error(&self.service) || any_error(&self.task_definition)
    }

    /// All of them as seen from the service: those of the task definition lie below its `taskDefinition`.
    #[must_use]
    pub fn from_service(self) -> Vec<Finding> {
        let below = |finding: Finding| {
            let dot = if finding.path.is_empty() { "" } else { "." };
            Finding { path: format!("taskDefinition{dot}{}", finding.path), ..finding }
        };
        self.service.into_iter().chain(self.task_definition.into_iter().map(below)).collect()
    }
}

/// A service with everything that it refers to.
#[must_use]
pub fn service(inputs: &Inputs, context: &Context) -> (Option<Service>, Findings) {
    let (mut own, mut of_task) = (Report::new(context), Report::new(context));
    let service = service::validate(inputs, &mut own, &mut of_task);
    let needed = &own.needed | &of_task.needed;
    own.name_grants(&needed);
    of_task.name_grants(&needed);
    let findings = Findings { service: own.findings, task_definition: of_task.findings };
    (Some(service).filter(|_| !findings.any_error()), findings)
}

/// What can be said about a service whose task definition is not known, besides what the ledger says.
#[must_use]
pub fn lone_service(spec: &EcsServiceSpec, context: &Context) -> Vec<Finding> {
    let mut report = Report::new(context);
    exposure::alone(spec, &mut report);
    report.conclude(None::<()>).1
}

/// A task definition by itself.
#[must_use]
pub fn task_definition(spec: &TaskDefinitionSpec, context: &Context) -> (Option<Task>, Vec<Finding>) {
    let mut report = Report::new(context);
    let task = task::validate(spec, task::Options::default(), &mut report);
    report.conclude(Some(task))
}

/// A capacity provider by itself, under the `metadata.name` that it has or would get.
#[must_use]
pub fn provider(
    name: &str,
    spec: &CapacityProviderSpec,
    context: &Context,
) -> (Option<super::service::Capacity>, Vec<Finding>) {
    let mut report = Report::new(context);
    let capacity = capacity::provider(name, spec, &mut report);
    report.conclude(capacity)
}

/// Findings of a validation under way.
///
/// What cannot be read is replaced by something harmless, so that the rest is looked at as well; the error that
/// goes with it keeps the value from being returned.
struct Report<'a> {
    context: &'a Context,
    findings: Vec<Finding>,
    /// What the namespace would have to be granted.
    needed: BTreeSet<Privilege>,
}

impl<'a> Report<'a> {
    const fn new(context: &'a Context) -> Self {
        Self { context, findings: Vec::new(), needed: BTreeSet::new() }
    }

    fn conclude<T>(mut self, value: Option<T>) -> (Option<T>, Vec<Finding>) {
        let needed = std::mem::take(&mut self.needed);
        self.name_grants(&needed);
        let refused = any_error(&self.findings);
        (value.filter(|_| !refused), self.findings)
    }

    fn add(&mut self, code: Code, path: impl Display, message: impl Into<String>) {
        self.findings.push(Finding::new(code, path, message));
    }

    fn advise(
        &mut self,
        code: Code,
        path: impl Display,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.findings.push(Finding::new(code, path, message).remedy(remedy));
    }

    /// Whether this very place is refused already: its other faults are the same one then.
    fn refused(&self, path: &Path<'_>) -> bool {
        let path = path.to_string();
        self.findings.iter().any(|finding| finding.is_error() && finding.path == path)
    }

    /// The value of a member that ECS requires.
    fn required<'v>(&mut self, value: Option<&'v str>, path: Path<'_>, what: &str) -> Option<&'v str> {
        let value = set(value);
        if value.is_none() {
            self.add(Code::MissingMember, path, format!("{what} is required."));
        }
        value
    }

    /// A name that ECS accepts.
    fn name<'v>(&mut self, value: Option<&'v str>, path: Path<'_>, what: &str) -> Option<&'v str> {
        let value = self.required(value, path, what)?;
        if !super::name::is_ecs_name(value) {
            self.add(
                Code::InvalidName,
                path,
                format!(
                    "{value:?} is no name: up to 255 letters (upper and lower case), numbers, hyphens and underscores."
                ),
            );
            return None;
        }
        Some(value)
    }

    /// A number within bounds.
    fn within(&mut self, value: Option<i32>, bounds: std::ops::RangeInclusive<i32>, path: Path<'_>) {
        if let Some(value) = value.filter(|v| !bounds.contains(v)) {
            let (least, most) = (bounds.start(), bounds.end());
            self.add(Code::InvalidValue, path, format!("{value} is not between {least} and {most}."));
        }
    }

    /// Asks the policy of the namespace.
    fn grant(&mut self, privilege: Privilege, value: &str, path: Path<'_>) {
        if self.refused(&path) {
            return;
        }
        let word = privilege.as_str();
        let severity = match self.context.policy.verdict(privilege, value) {
            Verdict::Allow => return,
            Verdict::Warn => Severity::Warning,
            Verdict::Refuse => Severity::Error,
        };
        let mut finding = Finding::new(
            Code::NotGranted,
            path,
            format!("{value} needs the privilege {word:?}, which namespaces do not have by default."),
        );
        // The remedy comes at the end, when everything that is needed is known.
        finding.severity = severity;
        self.findings.push(finding);
        self.needed.insert(privilege);
    }

    /// Gives every refusal the one command that grants all that is needed, and takes nothing away.
    fn name_grants(&mut self, needed: &BTreeSet<Privilege>) {
        let command = format!(
            "kubectl label --overwrite namespace {} {}={}",
            self.context.namespace,
            crate::api::labels::ALLOW,
            self.context.policy.words_with(needed)
        );
        for finding in self.findings.iter_mut() {
            if finding.code == Code::NotGranted.as_str() && finding.remedy.is_empty() {
                finding.remedy.clone_from(&command);
            }
        }
    }
}

/// A text that is there and not empty: ECS files spell "absent" both ways.
fn set(value: Option<&str>) -> Option<&str> {
    value.filter(|text| !text.is_empty())
}

#[cfg(test)]
pub(super) mod tests;
