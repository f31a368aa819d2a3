//! What should be done about one EcsService.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Desired, Prune, Waiting, World};
use crate::api::{CapacityProviderSpec, EcsServiceSpec, TaskDefinitionSpec};
use crate::capacity;
use crate::ecs::read::{self, Reading};
use crate::finding::{Code, Finding, any_error};
use crate::ledger::{self, Root};
use crate::model::{self, validate};
use crate::rollout::arithmetic;
use crate::rollout::count;
use crate::rollout::plan::{self, Plan};
use crate::rollout::revision::{Reference, TaskRevision};
use crate::rollout::{Inputs, ServiceRevision};
use crate::{model::name, translate};

/// Decides about one service.
///
/// Whatever is wrong with the live definition, what runs is kept: objects then come from the recorded deployment,
/// only the count still follows the live spec.
#[must_use]
pub fn service(world: &World) -> Desired {
    let mut desired = Desired { target: plan::newest(&world.recorded).cloned(), ..Desired::default() };
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
    let live = live(world, &reading, &mut desired);
    let count = count::in_force(&world.spec, world.status.declared_count);
    desired.scaled_count = count.filter(|c| c.write).map(|c| c.in_force);
    let in_force = count.map(|c| c.in_force).or_else(|| daemon_nodes(world));

    let hash = live.as_ref().map(|live| live.hash.as_str());
    let (target, model) = match plan::plan(hash, &world.recorded) {
        Plan::Nothing => return desired,
        Plan::Start { id, counter } => {
            let Some(live) = live else { return desired };
            let record = start(world, &live, id, counter);
            desired.record = Some(record.clone());
            (record, live.model)
        }
        Plan::Keep(recorded) => {
            let model = live.map(|live| live.model).or_else(|| recorded_model(world, recorded, &reading));
            // A record that this release cannot read any more is left alone, with all that was made from it.
            let Some(model) = model else { return desired };
            if templates(world, &model, &recorded.id) != recorded.templates {
                desired.findings.push(Finding::new(
                    Code::NewerRenderingAvailable,
                    "",
                    "Pods would be rendered differently today; the next deployment takes that over.",
                ));
            }
            (recorded.clone(), model)
        }
    };
    let mut templates = target.templates.clone();
    if let Some(count) = in_force {
        desired.held = hold(world, &target, count, &mut templates);
    }
    let parsed =
        templates.into_iter().filter_map(|(child, t)| Some((child, serde_json::from_value(t).ok()?)));
    desired.objects = translate::objects(&model, &world.context, &parsed.collect(), in_force);
    let complete = world.workloads.iter().filter(|w| target.templates.contains_key(&w.provider)).count()
        == target.templates.len()
        && world.workloads.iter().all(|w| {
            !target.templates.contains_key(&w.provider) || (w.deployment_id == target.id && w.is_complete())
        });
    desired.prune = if complete { Prune::All } else { Prune::KeepWorkloads };
    desired.obsolete = plan::obsolete(&world.recorded, |id| {
        world.tasks.iter().any(|t| t.deployment_id == id)
            || world.workloads.iter().any(|w| w.deployment_id == id)
    });
    desired.target = Some(target);
    desired
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
    let Some(revision) = Reference::parse(&text).resolve(&world.revisions) else {
        desired.waiting = Some(Waiting::TaskDefinition(text));
        return None;
    };
    desired.uses_revision = Some(revision.object.clone());
    let providers = providers(world, &spec);
    let inputs = Inputs {
        service: spec,
        task_definition: read::read::<TaskDefinitionSpec>(revision.spec.clone()).value?,
        revision: revision.revision,
        providers,
    };
    let (model, findings) = super::check_service(&inputs, &world.context);
    desired.findings.extend(findings.from_service());
    let hash = input_hash(&reading.normalised, revision);
    Some(Live { inputs, model: model?, hash })
}

/// What a recorded deployment was made from, with the scaling that is declared today where that is valid.
fn recorded_model(
    world: &World,
    recorded: &ServiceRevision,
    reading: &Reading<EcsServiceSpec>,
) -> Option<model::Service> {
    let valid = |inputs: &Inputs| validate::service(inputs, &world.context).0;
    let scaled = reading.value.as_ref().and_then(|live| {
        let mut inputs = recorded.inputs.clone();
        inputs.service.auto_scaling.clone_from(&live.auto_scaling);
        inputs.service.tags.clone_from(&live.tags);
        valid(&inputs)
    });
    scaled.or_else(|| valid(&recorded.inputs))
}

/// On how many nodes a DAEMON service runs, as far as its DaemonSet knows.
fn daemon_nodes(world: &World) -> Option<i32> {
    world.workloads.iter().find(|w| w.kind == "DaemonSet" && w.observed).map(|w| w.desired)
}

/// The capacity providers that the service names, by `metadata.name`.
fn providers(world: &World, spec: &EcsServiceSpec) -> BTreeMap<String, CapacityProviderSpec> {
    let read = |spec: &Value| read::read::<CapacityProviderSpec>(spec.clone()).value;
    let known = world.providers.iter().filter_map(|(object, spec)| Some((object.as_str(), read(spec)?)));
    let known: Vec<_> = known.collect();
    capacity::used_by(spec, known.iter().map(|(object, spec)| (*object, spec)))
}

/// Hash of everything whose change is a deployment. The task definition counts as the revision that the
/// reference means today, however the reference is spelled.
fn input_hash(spec: &Value, revision: &TaskRevision) -> String {
    let mut deploys = ledger::deploys(Root::Service, spec);
    if let Some(members) = deploys.as_object_mut() {
        members.insert("taskDefinition".into(), format!("{}:{}", revision.family, revision.revision).into());
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

/// Puts the running template back for every child that ECS could not roll: with no task to stop and no task to
/// start, a deployment waits until the configuration or the count changes. A first deployment is never blocked.
fn hold(
    world: &World,
    target: &ServiceRevision,
    count: i32,
    templates: &mut BTreeMap<String, Value>,
) -> Vec<String> {
    let configuration = |member: &str, default: i32| {
        let value = world.spec.pointer(&format!("/deploymentConfiguration/{member}")).and_then(Value::as_i64);
        value.and_then(|n| i32::try_from(n).ok()).unwrap_or(default)
    };
    let rolling = arithmetic::rolling(
        count,
        configuration("minimumHealthyPercent", 100),
        configuration("maximumPercent", 200),
    );
    if !rolling.blocked {
        return Vec::new();
    }
    let mut held = Vec::new();
    for workload in world.workloads.iter().filter(|w| w.kind == "Deployment" && w.deployment_id != target.id)
    {
        let running = world.recorded.iter().find(|r| r.id == workload.deployment_id);
        let old = running.and_then(|r| r.templates.get(&workload.provider));
        if let (Some(old), Some(slot)) = (old, templates.get_mut(&workload.provider)) {
            *slot = old.clone();
            held.push(workload.name.clone());
        }
    }
    held
}
