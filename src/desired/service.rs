//! What should be done about one EcsService.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Context, Desired, Prune, Waiting, World, children, counts, failure, protection};
use crate::api::ecs_service::ScalingStatus;
use crate::api::{CapacityProviderSpec, EcsServiceSpec, TaskDefinitionSpec};
use crate::capacity;
use crate::ecs::arn::TaskDefinitionRef;
use crate::ecs::read::{self, Reading};
use crate::finding::{Code, Finding, any_error};
use crate::ledger::{self, Root};
use crate::model::{self, validate};
use crate::object::{Object, Rank};
use crate::policy::{Mode, Policy};
use crate::rollout::bounds::{self, Decision};
use crate::rollout::count::{self, Before};
use crate::rollout::plan::{self, Plan};
use crate::rollout::revision::{self, TaskRevision};
use crate::rollout::{Inputs, ServiceRevision};
use crate::{model::name, translate};

/// Decides about one service, and about those of its pods that somebody protects.
#[must_use]
pub(super) fn service(world: &World) -> Desired {
    let mut desired = decide(world);
    if !matches!(desired.waiting, Some(Waiting::Namesake(_) | Waiting::Paused)) {
        let (marks, next) = protection::decide(&world.tasks, world.now);
        desired.marks = marks;
        desired.wake = [desired.wake, next].into_iter().flatten().min();
    }
    desired
}

/// Decides about the service itself.
///
/// Whatever is wrong with the live definition, what runs is kept: objects then come from the recorded deployment,
/// only the count still follows the live spec.
fn decide(world: &World) -> Desired {
    let mut desired = Desired {
        target: plan::newest(&world.recorded).map(ServiceRevision::deployment),
        failures: world.status.failures.clone().unwrap_or_default(),
        failed: world.status.failed_deployment.as_ref().map(|failed| failed.id.clone()),
        ..Desired::default()
    };
    if let Some(older) = &world.older_namesake {
        desired.waiting = Some(Waiting::Namesake(older.clone()));
        return desired;
    }
    let reading = read::read::<EcsServiceSpec>(world.spec.clone());
    if let Some(spec) = &reading.value
        && spec.kubernetes.as_ref().is_some_and(|k| k.paused == Some(true))
    {
        desired.findings = reading.findings;
        desired.waiting = Some(Waiting::Paused);
        return desired;
    }
    let before = Before { declared: world.status.declared_count, in_force: world.status.desired_count };
    let scaling = bounds(world, &reading);
    let in_bounds = scaling.state.as_ref().map(ScalingStatus::in_force);
    let count = count::in_force(&world.spec, world.status.observed_generation.map(|_| before), in_bounds);
    desired.wake = scaling.wake;
    desired.scaling = Some(scaling);
    desired.scaled_count = count.filter(|c| c.write).map(|c| c.in_force);
    if let Some(unreadable) = &world.unreadable_record {
        desired.findings = reading.findings;
        desired.waiting = Some(Waiting::Record(unreadable.clone()));
        desired.counts = counts::follow(world, count.map(|c| c.in_force));
        return desired;
    }
    let mut live = live(world, &reading, &mut desired);
    let hash = live.as_ref().map(|live| live.hash.clone());
    let choose = |hash: Option<&str>| {
        let hash_of = |record: &ServiceRevision| input_hash(&record.inputs);
        plan::plan(hash, &world.recorded, hash_of, failure::gone_back(world))
    };
    let mut planned = choose(hash.as_deref());
    if world.unrecordable && matches!(planned, Plan::Start { .. }) {
        // What runs goes on as under a definition that is refused.
        live = None;
        desired.uses_revisions.clear();
        planned = choose(None);
    }
    let (mut target, mut model) = match planned {
        Plan::Nothing => return desired,
        Plan::Start { id, counter } => {
            let Some(live) = live else { return desired };
            let record = start(world, &live, id, counter);
            desired.record = Some(record.clone());
            (record, live.model)
        }
        Plan::Keep(recorded) => {
            if let Some(live) = live.as_ref().filter(|_| recorded.rollback.is_none())
                && templates(world, &live.model, &recorded.id) != recorded.templates
            {
                desired.findings.push(Finding::new(
                    Code::NewerRenderingAvailable,
                    "",
                    "Pods would be rendered differently today; the next deployment takes that over.",
                ));
            }
            // What failed because of the service's own members must not come back with them.
            let live = live.as_ref().filter(|_| recorded.rollback.is_none());
            // A record that this release refuses is left alone, with all that was made from it but its count.
            let live = live.map(|live| &live.inputs.service);
            let Some(model) = kept(world, recorded, live, &reading) else {
                desired.findings.insert(0, refused());
                desired.counts = counts::follow(world, count.map(|c| c.in_force));
                return desired;
            };
            (recorded.clone(), model)
        }
    };
    let in_force = count.map(|c| c.in_force).or_else(|| daemon_nodes(world, &target));
    let spec = reading.value.as_ref().unwrap_or(&target.inputs.service);
    let judged = failure::judge(world, &target, &model, spec, in_force);
    desired.failures = judged.failures;
    desired.causes = judged.causes;
    desired.wake = [desired.wake, judged.wake].into_iter().flatten().min();
    // Whoever asks for what came back has what he asks for.
    let unasked = hash != Some(input_hash(&target.inputs));
    desired.failed = target.rollback.as_ref().filter(|_| unasked).map(|rollback| rollback.from.clone());
    if judged.failed {
        desired.failed = Some(target.deployment_id().to_owned());
        let rolls_back = judged.rolls_back && !world.unrecordable;
        let back = rolls_back.then(|| plan::roll_back(&target, &world.recorded, &world.now.to_string()));
        let because = |mut back: ServiceRevision| {
            if let Some(rollback) = &mut back.rollback {
                rollback.failed_tasks = desired.failures.failed_tasks;
                rollback.reason = failure::reason(world, &rollback.from, &desired.causes);
            }
            back
        };
        if let Some(back) = back.flatten().map(because)
            && let Some(of_back) = kept(world, &back, None, &reading)
        {
            desired.record = Some(back.clone());
            (target, model) = (back, of_back);
        } else {
            desired.stopped = true;
        }
    }
    desired.rolled_back = target.rollback.is_some();
    let target = target.deployment();
    if let Some(scaling) = &mut model.scaling {
        let held = world.status.is_rolling(&target.id);
        scaling.take(in_bounds, held);
        desired.scale_in_held = Some(held);
    }
    let stopped = desired.stopped.then_some(desired.failures.failed_tasks);
    let children::Children { templates, steps, held, moves } =
        children::children(world, &target, &model, in_force, stopped);
    (desired.held, desired.moves) = (held, moves);
    let parsed: BTreeMap<_, _> = templates
        .into_iter()
        .filter_map(|(child, t)| Some((child, serde_json::from_value(t).ok()?)))
        .collect();
    desired.objects = translate::objects(&model, &world.context, &parsed, in_force, &steps);
    desired.prune = prune(world, &target, &desired.objects, moves);
    desired.obsolete = plan::obsolete(&world.recorded, |id| {
        world.tasks.iter().any(|t| t.deployment_id == id && t.state.counts())
            || world.workloads.iter().any(|w| w.deployment_id == id)
    });
    // Whatever the live spec names: what runs must not lose its revision.
    let family = target.inputs.task_definition.family.as_deref();
    let runs = |r: &&TaskRevision| Some(r.family.as_str()) == family && r.revision == target.inputs.revision;
    let running = world.revisions.iter().find(runs).map(|r| r.object.clone());
    desired.uses_revisions.extend(running.filter(|running| !desired.uses_revisions.contains(running)));
    desired.target = Some(target);
    desired
}

/// The bounds of the count. As long as what is said of them cannot be read, those in force stay.
fn bounds(world: &World, reading: &Reading<EcsServiceSpec>) -> Decision {
    let before = world.status.auto_scaling.as_ref();
    let auto = reading.value.as_ref().and_then(|spec| spec.auto_scaling.as_ref());
    let about_bounds = |path: &str| path == "autoScaling" || path.starts_with("autoScaling.scalableTarget");
    let unread = reading.findings.iter().any(|finding| finding.is_error() && about_bounds(&finding.path));
    if unread || (auto.is_none() && any_error(&reading.findings)) {
        return Decision { state: before.cloned(), ..Decision::default() };
    }
    bounds::decide(auto, before, world.now)
}

/// What may be deleted: as long as the deployment is not complete, tasks move between its children, or a child of it is not
/// among the objects, what runs may need anything.
fn prune(world: &World, target: &ServiceRevision, objects: &[Object], moves: bool) -> Prune {
    let wanted = objects.iter().filter(|object| object.kind().rank == Rank::Workload).count();
    if wanted != target.templates.len() {
        return Prune::Nothing;
    }
    let mut children = world.workloads.iter().filter(|w| target.templates.contains_key(&w.provider));
    let there = children.clone().count() == target.templates.len();
    if there && !moves && children.all(|w| w.deployment_id == target.id && w.is_complete()) {
        Prune::All
    } else {
        Prune::KeepRunning
    }
}

/// The live definition, where it is valid.
struct Live {
    inputs: Inputs,
    model: model::Service,
    hash: String,
}

fn live(world: &World, reading: &Reading<EcsServiceSpec>, desired: &mut Desired) -> Option<Live> {
    desired.findings.clone_from(&reading.findings);
    // What could not be read is missing from the value: it must not be taken for absent.
    let spec = reading.value.clone().filter(|_| !any_error(&reading.findings))?;
    let text = spec.task_definition.clone().unwrap_or_default();
    let Some(reference) = TaskDefinitionRef::parse(&text) else {
        let message = format!("{text:?} does not name a task definition.");
        let finding = Finding::new(Code::InvalidReference, "taskDefinition", message);
        desired.findings.push(finding.remedy("Write family, family:revision or an ARN."));
        return None;
    };
    let Some(revision) = revision::resolve(reference, &world.revisions) else {
        desired.waiting = Some(Waiting::TaskDefinition(text));
        return None;
    };
    desired.uses_revisions = vec![revision.object.clone()];
    let providers = providers(world, &spec);
    if let Some(unknown) = capacity::unknown(&spec, &providers) {
        desired.waiting = Some(Waiting::CapacityProvider(unknown.to_owned()));
        return None;
    }
    let inputs = Inputs {
        service: spec,
        task_definition: read::read::<TaskDefinitionSpec>(revision.spec.clone()).value?,
        revision: revision.revision,
        providers,
    };
    let (model, findings) = super::check_service(&inputs, &world.context);
    desired.findings.extend(findings.from_service());
    let hash = input_hash(&inputs);
    Some(Live { inputs, model: model?, hash })
}

/// What the children of a recorded deployment are made from: its task definition and its providers, as they were
/// then, with what is no deployment taken from the live spec where that is valid; where it is not, with its counts,
/// scaling and tags, each as far as it can be read and is valid.
fn kept(
    world: &World,
    recorded: &ServiceRevision,
    live: Option<&EcsServiceSpec>,
    reading: &Reading<EcsServiceSpec>,
) -> Option<model::Service> {
    // It was allowed when it was recorded; that a grant was taken back stops the next deployment, not this one.
    let context = Context { policy: Policy::new(Mode::Permissive, None), ..world.context.clone() };
    let valid = |service: &EcsServiceSpec| {
        let inputs = Inputs { service: service.clone(), ..recorded.inputs.clone() };
        validate::service(&inputs, &context).0
    };
    let scaled = || {
        let mut service = recorded.inputs.service.clone();
        let Some(live) = &reading.value else { return valid(&service) };
        type Take<'a> = &'a dyn Fn(&mut EcsServiceSpec);
        let members: [(&str, Take<'_>); 4] = [
            ("autoScaling", &|service| service.auto_scaling.clone_from(&live.auto_scaling)),
            ("capacityProviderStrategy", &|service| shares(service, live, recorded.rollback.is_some())),
            ("deploymentConfiguration", &|service| {
                service.deployment_configuration.clone_from(&live.deployment_configuration);
            }),
            ("tags", &|service| service.tags.clone_from(&live.tags)),
        ];
        let unread = |member| reading.findings.iter().any(|f| f.is_error() && f.path.starts_with(member));
        for (_, take) in members.into_iter().filter(|(member, _)| !unread(*member)) {
            let mut other = service.clone();
            take(&mut other);
            if valid(&other).is_some() {
                service = other;
            }
        }
        valid(&service)
    };
    live.and_then(valid).or_else(scaled)
}

/// Takes over how a live strategy shares out tasks, where it names the providers of the recorded one. Of more providers
/// that is only told while they are still to come: what has failed with them is no measure for what came back.
fn shares(service: &mut EcsServiceSpec, live: &EcsServiceSpec, rolled_back: bool) {
    let live = &live.capacity_provider_strategy;
    let of = |name: Option<&str>| live.iter().find(|item| item.capacity_provider.as_deref() == name);
    let strategy = &mut service.capacity_provider_strategy;
    let all = strategy.iter().all(|item| of(item.capacity_provider.as_deref()).is_some());
    if !all || (rolled_back && live.len() != strategy.len()) {
        return;
    }
    for item in strategy {
        if let Some(live) = of(item.capacity_provider.as_deref()) {
            (item.weight, item.base) = (live.weight, live.base);
        }
    }
}

/// That nothing can be made from the record of what runs.
fn refused() -> Finding {
    let code = Code::RecordedDeploymentRefused;
    let message = "This release refuses the recorded deployment that runs. Its count is followed; nothing else of it \
                   is changed.";
    Finding::new(code, "", message).remedy(code.remedy())
}

/// On how many nodes the DaemonSets of a deployment run, as far as they know.
fn daemon_nodes(world: &World, target: &ServiceRevision) -> Option<i32> {
    let ours = world.workloads.iter().filter(|w| target.templates.contains_key(&w.provider));
    // A new spec changes nothing about the nodes, so nobody waits until the controller has seen it.
    let daemons: Vec<_> = ours.filter(|w| w.kind == "DaemonSet" && w.seen).collect();
    (!daemons.is_empty()).then(|| daemons.iter().map(|w| w.desired).sum())
}

/// The capacity providers that the service names, by `metadata.name`.
fn providers(world: &World, spec: &EcsServiceSpec) -> BTreeMap<String, CapacityProviderSpec> {
    let read = |spec: &Value| read::read::<CapacityProviderSpec>(spec.clone()).value;
    let known = world.providers.iter().filter_map(|(object, spec)| Some((object.as_str(), read(spec)?)));
    let known: Vec<_> = known.collect();
    capacity::used_by(spec, known.iter().map(|(object, spec)| (*object, spec)))
}

/// Hash of everything whose change is a deployment. The task definition counts as the revision that the
/// reference meant, however the reference is spelled.
fn input_hash(inputs: &Inputs) -> String {
    // Serializing these types cannot fail.
    let spec = serde_json::to_value(&inputs.service).unwrap_or_default();
    let mut deploys = ledger::deploys(Root::Service, &spec);
    if let Some(members) = deploys.as_object_mut() {
        let family = inputs.task_definition.family.as_deref().unwrap_or_default();
        members.insert("taskDefinition".into(), format!("{family}:{}", inputs.revision).into());
    }
    name::hash_json(&deploys, 16)
}

fn start(world: &World, live: &Live, id: String, counter: i64) -> ServiceRevision {
    ServiceRevision {
        templates: templates(world, &live.model, &id),
        input_hash: live.hash.clone(),
        counter,
        created_at: world.now.to_string(),
        inputs: live.inputs.clone(),
        completed: failure::last_completed(world),
        rollback: None,
        id,
    }
}

/// The pod templates as they would be rendered today, labelled with a deployment.
fn templates(world: &World, model: &model::Service, id: &str) -> BTreeMap<String, Value> {
    let stamped = |(child, mut template)| {
        translate::stamp(&mut template, id);
        // Serializing these types cannot fail.
        (child, serde_json::to_value(template).unwrap_or_default())
    };
    translate::templates(model, &world.context).into_iter().map(stamped).collect()
}
