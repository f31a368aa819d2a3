//! A run: which definition of a name counts, where it goes, what belongs together.

use std::collections::{BTreeMap, BTreeSet};

use super::scaling::{self, Scalable};
use super::services::{self, Families};
use super::{Content, Definition, Imported, Note, Options, Resource, Run, metadata};
use crate::api::ecs::{LaunchType, SchedulingStrategy};
use crate::api::task_definition::TaskDefinitionKubernetes;
use crate::api::{CapacityProvider, EcsService, EcsServiceSpec, TaskDefinition, TaskDefinitionSpec};
use crate::ecs::arn::{self, TaskDefinitionRef};
use crate::finding::{Code, Finding};

/// Puts the definitions of all files together. `files` are the names, for findings that speak of two of them.
#[must_use]
pub fn assemble(definitions: Vec<Definition>, files: &[&str], options: &Options) -> Run {
    let mut tasks = Vec::new();
    let mut services = Vec::new();
    let mut providers = Vec::new();
    let mut scalings = Vec::new();
    for definition in definitions {
        match definition.content {
            Content::TaskDefinition(_) => tasks.push(definition),
            Content::Service(_) => services.push(definition),
            Content::CapacityProvider(_) => providers.push(definition),
            _ => scalings.push(definition),
        }
    }
    let mut run = Run::default();
    let tasks = unique(tasks, files, &mut run, |task| {
        Some(Key { namespace: fixed_namespace(task), name: family(task)? })
    });
    let services = unique(services, files, &mut run, |service| {
        let Content::Service(spec) = &service.content else {
            return None;
        };
        Some(Key {
            namespace: metadata::namespace(service, spec.cluster.as_deref(), options),
            name: spec.service_name.clone()?,
        })
    });
    let providers = unique(providers, files, &mut run, |provider| match &provider.content {
        Content::CapacityProvider(spec) => Some(Key { namespace: String::new(), name: spec.name.clone()? }),
        _ => None,
    });
    let services = complete(services, &tasks, scalings, options, &mut run);
    let uses = uses(&services);
    for task in tasks {
        write_task(task, &uses, options, &mut run);
    }
    for (definition, spec) in services {
        write_service(definition, spec, options, &mut run);
    }
    for provider in providers {
        write_provider(provider, &mut run);
    }
    collisions(&mut run);
    run.resources.sort_by_cached_key(|imported| order(&imported.resource));
    run
}

/// What is referred to first: providers, then task definitions, then services; by namespace and name.
fn order(resource: &Resource) -> (u8, Option<String>, Option<String>) {
    let rank = match resource {
        Resource::CapacityProvider(_) => 0,
        Resource::TaskDefinition(_) => 1,
        Resource::Service(_) => 2,
    };
    (rank, resource.metadata().namespace.clone(), resource.metadata().name.clone())
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    namespace: String,
    name: String,
}

fn family(definition: &Definition) -> Option<String> {
    match &definition.content {
        Content::TaskDefinition(spec) => spec.family.clone(),
        _ => None,
    }
}

fn fixed_namespace(definition: &Definition) -> String {
    definition.metadata.as_ref().and_then(|metadata| metadata.namespace.clone()).unwrap_or_default()
}

/// Of several definitions of one name the one with the highest revision counts; without revisions they have to
/// be equal.
fn unique(
    definitions: Vec<Definition>,
    files: &[&str],
    run: &mut Run,
    key: impl Fn(&Definition) -> Option<Key>,
) -> Vec<Definition> {
    let mut groups: BTreeMap<Option<Key>, Vec<Definition>> = BTreeMap::new();
    for definition in definitions {
        groups.entry(key(&definition)).or_default().push(definition);
    }
    let mut kept = Vec::new();
    for (key, mut group) in groups {
        let Some(Key { name, .. }) = key.filter(|_| group.len() > 1) else {
            kept.append(&mut group);
            continue;
        };
        let best = group.iter().filter_map(|definition| definition.revision).max();
        let numbered = group.iter().all(|definition| definition.revision.is_some());
        let counts =
            group.iter().position(|definition| !numbered || definition.revision == best).unwrap_or(0);
        let mut counting = group.remove(counts);
        let place = files.get(counting.origin.file).copied().unwrap_or_default().to_owned();
        let mut clash = None;
        for mut other in group {
            let member = member_of(&other.content);
            let finding = if numbered && other.revision < counting.revision {
                Finding::new(
                    Code::Superseded,
                    member,
                    format!(
                        "`{name}` is here as revision {} and as revision {} ({place}); the newer one is written.",
                        other.revision.unwrap_or_default(),
                        counting.revision.unwrap_or_default(),
                    ),
                )
            } else if other.content == counting.content {
                // Only one of them may know its number: that of the file must not depend on their order.
                counting.revision = counting.revision.max(other.revision);
                Finding::new(
                    Code::Superseded,
                    member,
                    format!("`{name}` is the same definition as in {place}."),
                )
            } else {
                clash = clash.or(Some(other.origin.file));
                run.duplicates.push(as_it_is(&other));
                duplicate(member, &name, &place)
            };
            other.findings.push(finding);
            run.notes.extend(notes(&other));
        }
        if let Some(file) = clash {
            let place = files.get(file).copied().unwrap_or_default();
            let member = member_of(&counting.content);
            counting.findings.push(duplicate(member, &name, place));
        }
        kept.push(counting);
    }
    kept.sort_by_key(|definition| (definition.origin.file, definition.origin.document));
    kept
}

fn duplicate(member: &str, name: &str, place: &str) -> Finding {
    let message =
        format!("`{name}` is defined differently in {place}, and no `revision` says which one is newer.");
    Finding::new(Code::DuplicateDefinition, member, message)
        .remedy("Leave one of them out, or give them different names.")
}

/// The resource that a definition would be if it were alone, as far as looking at it needs.
fn as_it_is(definition: &Definition) -> Imported {
    let metadata = definition.metadata.clone().unwrap_or_default();
    let resource = match &definition.content {
        Content::TaskDefinition(spec) => {
            let spec = (**spec).clone();
            Resource::TaskDefinition(Box::new(TaskDefinition { metadata, spec, status: None }))
        }
        Content::CapacityProvider(spec) => {
            let spec = (**spec).clone();
            Resource::CapacityProvider(Box::new(CapacityProvider { metadata, spec, status: None }))
        }
        Content::Service(spec) => {
            let spec = (**spec).clone();
            Resource::Service(Box::new(EcsService { metadata, spec, status: None }))
        }
        // Parts of services have no name that another could have.
        Content::ScalableTarget(_)
        | Content::ScalingPolicy(_)
        | Content::ScheduledAction(_)
        | Content::Alarm(_) => {
            let spec = EcsServiceSpec::default();
            Resource::Service(Box::new(EcsService { metadata, spec, status: None }))
        }
    };
    Imported { origin: definition.origin.clone(), resource, grafts: definition.grafts.clone() }
}

fn member_of(content: &Content) -> &'static str {
    match content {
        Content::TaskDefinition(_) => "family",
        Content::Service(_) => "serviceName",
        _ => "name",
    }
}

fn notes(definition: &Definition) -> impl Iterator<Item = Note> {
    let note = |finding: &Finding| Note::of_part(&definition.origin, &definition.grafts, finding.clone());
    definition.findings.iter().map(note)
}

/// Gives every service its task definition and its scaling, and every task definition a service if asked to.
fn complete(
    services: Vec<Definition>,
    tasks: &[Definition],
    mut scalings: Vec<Definition>,
    options: &Options,
    run: &mut Run,
) -> Vec<(Definition, EcsServiceSpec)> {
    let families: Families = tasks.iter().filter_map(|task| Some((family(task)?, task.revision))).collect();
    let mut complete: Vec<(Definition, EcsServiceSpec)> = Vec::with_capacity(services.len());
    for mut service in services {
        if let Content::Service(spec) = &mut service.content {
            let mut spec = std::mem::take(&mut **spec);
            services::resolve(&mut service, &mut spec, &families, options);
            complete.push((service, spec));
        }
    }
    if options.with_service {
        let served: BTreeSet<String> = uses(&complete).into_keys().collect();
        let alone = tasks.iter().filter(|task| {
            !task.is_refused() && family(task).is_some_and(|family| !served.contains(&family))
        });
        complete.extend(alone.map(assumed_service).collect::<Vec<_>>());
    }
    let mut scalables: Vec<Scalable<'_>> = complete
        .iter_mut()
        .filter_map(|(definition, spec)| {
            Some(Scalable {
                cluster: spec.cluster.as_deref().map_or("default", arn::name).to_owned(),
                name: spec.service_name.clone()?,
                spec,
                grafts: &mut definition.grafts,
            })
        })
        .collect();
    // Alarms go where the policies went that they set in motion.
    scalings.sort_by_key(|definition| matches!(definition.content, Content::Alarm(_)));
    for definition in &mut scalings {
        scaling::attach(definition, &mut scalables);
        run.notes.extend(notes(definition));
    }
    complete
}

/// A replica service of one task.
fn assumed_service(task: &Definition) -> (Definition, EcsServiceSpec) {
    let spec = match &task.content {
        Content::TaskDefinition(spec) => service_of(spec),
        _ => EcsServiceSpec::default(),
    };
    let findings = vec![service_assumed(spec.service_name.as_deref().unwrap_or_default())];
    let metadata = task.metadata.as_ref().map(|metadata| kube::core::ObjectMeta {
        namespace: metadata.namespace.clone(),
        ..Default::default()
    });
    let definition = Definition {
        origin: task.origin.clone(),
        content: Content::Service(Box::default()),
        revision: None,
        metadata,
        findings,
        grafts: Vec::new(),
    };
    (definition, spec)
}

/// The service that stands in where a task definition has none.
#[must_use]
pub(super) fn service_of(task: &TaskDefinitionSpec) -> EcsServiceSpec {
    let fargate = task.requires_compatibilities.contains(&LaunchType::Fargate)
        && !task.requires_compatibilities.contains(&LaunchType::Ec2);
    EcsServiceSpec {
        service_name: task.family.clone(),
        task_definition: task.family.clone(),
        desired_count: Some(1),
        launch_type: fargate.then_some(LaunchType::Fargate),
        scheduling_strategy: Some(SchedulingStrategy::Replica),
        ..EcsServiceSpec::default()
    }
}

fn service_assumed(name: &str) -> Finding {
    let message = format!("No service of this run runs `{name}`; a replica service of one task is taken.");
    Finding::new(Code::ServiceAssumed, "family", message)
        .remedy("Give the service's file too, if there is one.")
}

/// Which namespaces use which family.
fn uses(services: &[(Definition, EcsServiceSpec)]) -> BTreeMap<String, Vec<(&Definition, Option<&str>)>> {
    let mut uses: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (definition, spec) in services {
        if let Some(reference) = spec.task_definition.as_deref().and_then(TaskDefinitionRef::parse) {
            uses.entry(reference.family.to_owned()).or_default().push((definition, spec.cluster.as_deref()));
        }
    }
    uses
}

fn write_task(
    mut definition: Definition,
    uses: &BTreeMap<String, Vec<(&Definition, Option<&str>)>>,
    options: &Options,
    run: &mut Run,
) {
    let Content::TaskDefinition(spec) = &mut definition.content else {
        return;
    };
    let mut spec = std::mem::take(&mut **spec);
    if let Some(revision) = definition.revision.filter(|_| !options.without_revisions) {
        let kubernetes = spec.kubernetes.get_or_insert_with(TaskDefinitionKubernetes::default);
        kubernetes.revision.get_or_insert(revision);
    }
    let original = spec.family.clone().unwrap_or_default();
    let refused = definition.is_refused();
    let own = definition.metadata.as_ref().and_then(|metadata| metadata.namespace.clone());
    let used: BTreeSet<String> = uses
        .get(&original)
        .into_iter()
        .flatten()
        .map(|(service, cluster)| metadata::namespace(service, *cluster, options))
        .collect();
    let namespaces = match own.or_else(|| options.namespace.clone()) {
        Some(namespace) => BTreeSet::from([namespace]),
        None if used.is_empty() => BTreeSet::from([metadata::namespace_of(None)]),
        // A reference never leaves its namespace, so every cluster that uses the family gets it.
        None => used,
    };
    let mut said = false;
    for namespace in namespaces {
        let findings = definition.findings.len();
        let metadata = metadata::metadata(&mut definition, &original, "family", Some(namespace));
        if std::mem::replace(&mut said, true) {
            definition.findings.truncate(findings);
        }
        let resource = TaskDefinition { metadata, spec: spec.clone(), status: None };
        push(&definition, refused, Resource::TaskDefinition(Box::new(resource)), run);
    }
    run.notes.extend(notes(&definition));
}

fn write_service(mut definition: Definition, spec: EcsServiceSpec, options: &Options, run: &mut Run) {
    let namespace = metadata::namespace(&definition, spec.cluster.as_deref(), options);
    let original = spec.service_name.clone().unwrap_or_default();
    let metadata = metadata::metadata(&mut definition, &original, "serviceName", Some(namespace));
    let resource = EcsService { metadata, spec, status: None };
    push(&definition, definition.is_refused(), Resource::Service(Box::new(resource)), run);
    run.notes.extend(notes(&definition));
}

fn write_provider(mut definition: Definition, run: &mut Run) {
    let Content::CapacityProvider(spec) = &mut definition.content else {
        return;
    };
    let spec = std::mem::take(&mut **spec);
    match spec.name.clone() {
        Some(name) => {
            let metadata = metadata::metadata(&mut definition, &name, "name", None);
            let resource = CapacityProvider { metadata, spec, status: None };
            push(&definition, definition.is_refused(), Resource::CapacityProvider(Box::new(resource)), run);
        }
        None => definition.findings.push(
            Finding::new(Code::MissingMember, "name", "A capacity provider needs a `name`.")
                .remedy("Add it."),
        ),
    }
    run.notes.extend(notes(&definition));
}

fn push(definition: &Definition, refused: bool, resource: Resource, run: &mut Run) {
    let list = if refused { &mut run.refused } else { &mut run.resources };
    let (origin, grafts) = (definition.origin.clone(), definition.grafts.clone());
    list.push(Imported { origin, resource, grafts });
}

/// Two ECS names that became one Kubernetes name: the later one is refused.
fn collisions(run: &mut Run) {
    let mut taken: BTreeSet<(&'static str, Option<String>, Option<String>)> = BTreeSet::new();
    let (kept, refused) = std::mem::take(&mut run.resources).into_iter().partition(|imported: &Imported| {
        let metadata = imported.resource.metadata();
        taken.insert((imported.resource.kind(), metadata.namespace.clone(), metadata.name.clone()))
    });
    run.resources = kept;
    for imported in &refused {
        let name = imported.resource.metadata().name.as_deref().unwrap_or_default();
        let message = format!("Another definition of this run has the Kubernetes name `{name}` already.");
        let finding = Finding::new(Code::NameCollision, "", message).remedy("Rename one of the two.");
        run.notes.push(Note::of(&imported.origin, finding));
    }
    run.refused.extend(refused);
}
