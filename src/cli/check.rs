//! What the core says about the definitions of a run, and what it makes of them.

use std::collections::{BTreeMap, BTreeSet};

use super::parallel;
use super::target::Cluster;
use crate::api::{CapacityProviderSpec, EcsService, TaskDefinition};
use crate::capacity;
use crate::desired::{self, Context};
use crate::ecs::arn::TaskDefinitionRef;
use crate::ecs::import::{Imported, Note, Origin, Resource, Run};
use crate::finding::{Code, Finding, any_error};
use crate::model::validate::Findings;
use crate::rollout::Inputs;

impl Cluster {
    fn context(&self, resource: &Resource) -> Context {
        let metadata = resource.metadata();
        Context {
            name: metadata.name.clone().unwrap_or_default(),
            namespace: metadata.namespace.clone().unwrap_or_default(),
            policy: self.policy.clone(),
            capabilities: self.capabilities.clone(),
            iam: self.iam.clone(),
            default_architecture: "amd64".to_owned(),
        }
    }
}

/// What is to be made of a service whose task definition is there.
pub(super) trait Make<T>: Fn(&Inputs, &Context) -> (Vec<T>, Findings) + Sync {}

impl<T, F: Fn(&Inputs, &Context) -> (Vec<T>, Findings) + Sync> Make<T> for F {}

/// What there is to say about the definitions of a run, and what was made of them.
#[derive(Debug)]
pub(super) struct Checked<T> {
    pub(super) notes: Vec<Note>,
    pub(super) made: Vec<T>,
    /// Definitions with an Error: nothing may be written of them.
    pub(super) refused: BTreeSet<Origin>,
}

impl<T> Default for Checked<T> {
    fn default() -> Self {
        Self { notes: Vec::new(), made: Vec::new(), refused: BTreeSet::new() }
    }
}

impl<T> Checked<T> {
    fn say(&mut self, origin: &Origin, findings: Vec<Finding>) {
        if any_error(&findings) {
            self.refused.insert(origin.clone());
        }
        self.notes.extend(findings.into_iter().map(|finding| Note::of(origin, finding)));
    }

    fn join(mut self, other: Self) -> Self {
        self.notes.extend(other.notes);
        self.made.extend(other.made);
        self.refused.extend(other.refused);
        self
    }
}

/// Looks at every definition of a run that was not refused before. A service whose task definition is not among
/// them gets no objects; whether that is said is up to `alone`.
pub(super) fn resources<T: Send>(
    run: &Run,
    cluster: &Cluster,
    alone: Alone,
    make: impl Make<T>,
) -> Checked<T> {
    let known = Known::new(run);
    let checked = parallel::map(&run.resources, |_, imported| known.look_at(imported, cluster, alone, &make));
    checked.into_iter().fold(Checked::default(), Checked::join)
}

/// Looks at what was refused before, as far as it could be read.
pub(super) fn refused(run: &Run, refused: &[Imported], cluster: &Cluster) -> Vec<Note> {
    let known = Known::new(run);
    let look = |imported| known.look_at(imported, cluster, Alone::Fine, &check_only);
    refused.iter().flat_map(|imported| look(imported).notes).collect()
}

/// What is made where only findings are asked for.
#[derive(Debug)]
pub(super) enum Nothing {}

/// Whether a service may come without its task definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alone {
    /// It may: the cluster can have it.
    Fine,
    /// It may not: there is no cluster.
    Error,
}

/// Makes nothing.
pub(super) fn check_only(inputs: &Inputs, context: &Context) -> (Vec<Nothing>, Findings) {
    (Vec::new(), desired::check_service(inputs, context).1)
}

#[derive(Clone, Copy)]
struct Task<'a> {
    definition: &'a TaskDefinition,
    origin: &'a Origin,
    /// Whether it is refused already: a service that runs it is looked at, and not rendered.
    refused: bool,
}

/// What a service can refer to.
struct Known<'a> {
    /// Task definitions that a service of the run runs: what there is to say about them is said with it.
    in_use: BTreeSet<&'a Origin>,
    /// By namespace and family.
    tasks: BTreeMap<(Option<&'a str>, &'a str), Task<'a>>,
    providers: Vec<(&'a str, &'a CapacityProviderSpec)>,
}

impl<'a> Known<'a> {
    fn new(run: &'a Run) -> Self {
        let mut known = Self { in_use: BTreeSet::new(), tasks: BTreeMap::new(), providers: Vec::new() };
        let refused = run.refused.iter().map(|imported| (imported, true));
        for (imported, refused) in refused.chain(run.resources.iter().map(|imported| (imported, false))) {
            match &imported.resource {
                Resource::TaskDefinition(definition) => {
                    if let Some(family) = definition.spec.family.as_deref() {
                        let key = (definition.metadata.namespace.as_deref(), family);
                        known.tasks.insert(key, Task { definition, origin: &imported.origin, refused });
                    }
                }
                Resource::CapacityProvider(provider) if !refused => {
                    let name = provider.metadata.name.as_deref().unwrap_or_default();
                    known.providers.push((name, &provider.spec));
                }
                _ => {}
            }
        }
        let services = run.resources.iter().filter_map(|imported| match &imported.resource {
            Resource::Service(service) => known.task(service).ok(),
            _ => None,
        });
        known.in_use = services.filter(|(task, _)| !task.refused).map(|(task, _)| task.origin).collect();
        known
    }

    fn look_at<T>(
        &self,
        imported: &Imported,
        cluster: &Cluster,
        alone: Alone,
        make: &impl Make<T>,
    ) -> Checked<T> {
        let context = cluster.context(&imported.resource);
        let mut checked = Checked::default();
        let findings = match &imported.resource {
            Resource::TaskDefinition(_) if self.in_use.contains(&imported.origin) => Vec::new(),
            Resource::TaskDefinition(task) => desired::check_task_definition(&task.spec, &context),
            Resource::CapacityProvider(provider) => {
                desired::check_provider(&context.name, &provider.spec, &context)
            }
            Resource::Service(service) => match self.task(service) {
                Ok((task, odd)) => {
                    let inputs = self.inputs(service, task.definition);
                    let (made, findings) = make(&inputs, &context);
                    if !task.refused {
                        checked.made = made;
                        checked.say(task.origin, findings.task_definition);
                    }
                    let odd = odd.into_iter().filter(|odd| alone == Alone::Error || !odd.is_error());
                    odd.chain(findings.service).collect()
                }
                Err(missing) => {
                    let missing = Some(missing).filter(|_| alone == Alone::Error);
                    let lone = desired::check_lone_service(&service.spec, &context);
                    missing.into_iter().chain(lone).collect()
                }
            },
        };
        if any_error(&findings) {
            checked.refused.insert(imported.origin.clone());
        }
        checked.notes.extend(findings.into_iter().map(|finding| imported.note(finding)));
        checked
    }

    fn inputs(&self, service: &EcsService, task: &TaskDefinition) -> Inputs {
        Inputs {
            service: service.spec.clone(),
            task_definition: task.spec.clone(),
            revision: revision(task),
            providers: capacity::used_by(&service.spec, self.providers.iter().copied()),
        }
    }

    /// The task definition that a service names and what is odd about it; or why there is none.
    fn task(&self, service: &EcsService) -> Result<(Task<'a>, Option<Finding>), Finding> {
        let member = "taskDefinition";
        let namespace = service.metadata.namespace.as_deref();
        let text = service.spec.task_definition.as_deref().unwrap_or_default();
        let Some(reference) = TaskDefinitionRef::parse(text) else {
            let message = format!("`{text}` does not name a task definition.");
            return Err(Finding::new(Code::InvalidReference, member, message)
                .remedy("Write `family`, `family:revision` or an ARN."));
        };
        let family = reference.family;
        let not_found = |why: &str, remedy: &str| {
            let message = format!("The task definition `{family}` {why}.");
            Finding::new(Code::TaskDefinitionNotFound, member, message).remedy(remedy)
        };
        let Some(task) = self.tasks.get(&(namespace, family)) else {
            let elsewhere = self.tasks.keys().any(|(_, known)| *known == family);
            return Err(if elsewhere {
                not_found(
                    "is in another namespace than the service",
                    "Give both one `metadata.namespace`; for what names none, `-n` does.",
                )
            } else {
                not_found("is not among the inputs", "Give its file too.")
            });
        };
        if task.refused {
            let refused =
                not_found("is refused, so the service cannot be rendered", "Correct the errors of its file.");
            return Ok((*task, Some(refused)));
        }
        let revision = revision(task.definition);
        let mismatch = reference.revision.filter(|pinned| *pinned != revision).map(|pinned| {
            let message = format!(
                "The service is pinned to revision {pinned}, and the input has revision {revision}; that one is rendered."
            );
            Finding::new(Code::RevisionMismatch, member, message).remedy(format!("Give revision {pinned}."))
        });
        Ok((*task, mismatch))
    }
}

/// The number that a task definition has on ECS, as far as its file says.
fn revision(task: &TaskDefinition) -> i64 {
    task.spec.kubernetes.as_ref().and_then(|kubernetes| kubernetes.revision).unwrap_or(1)
}
