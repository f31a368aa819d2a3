//! What would change if definitions were applied: the pure core decides as the operator would, and the API server
//! answers dry runs.

use std::collections::BTreeSet;
use std::path::Path;

use kube::core::ApiResource;
use prometheus_client::registry::Registry;
use serde_json::{Value, json};

use super::apply::{self, Preview};
use super::context::{Context, Settings};
use super::error::Error;
use super::fetch;
use super::gate::Gate;
use super::key::{Key, Name, Root};
use super::metrics::Metrics;
use super::stores::{self, Index, family_of};
use super::subject::Subject;
use super::time::TimeOfDay;
use super::{capabilities, gather, prune, survey};
use crate::api::{API_VERSION, labels};
use crate::capabilities::Capabilities;
use crate::desired::{self, Desired, Prune, Waiting, World};
use crate::ecs::import::Resource;
use crate::finding::Finding;
use crate::iam;
use crate::policy::Mode;
use crate::rollout::{plan, why};

/// Stands for the `metadata.uid` of a service that is not there yet.
const NEW: &str = "new";

/// Annotation by which `kubectl apply` knows what it has applied before.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// What a command has to be told of the operator, which nobody asks.
#[derive(Clone, Debug)]
pub struct Assumed {
    /// Chart value `policy.mode`.
    pub policy: Mode,
    /// Chart values `identity.mode` and `secretStoreRef`.
    pub iam: iam::Settings,
    /// Chart value `defaultArchitecture`.
    pub default_architecture: String,
    /// What the cluster can do, where it may not be asked.
    pub capabilities: Capabilities,
}

/// What would become of one service.
#[derive(Debug)]
pub struct Compared {
    /// `metadata.name`.
    pub service: String,
    /// Whether it is there already.
    pub exists: bool,
    /// What there is to say about it.
    pub findings: Vec<Finding>,
    /// Why nothing would be done.
    pub waiting: Option<Waiting>,
    /// Whether a deployment would start, and the members that make it one; none for the first.
    pub rolls: bool,
    /// The members whose change makes it a deployment.
    pub because: Vec<String>,
    /// Children that would keep their template for now.
    pub held: Vec<String>,
    /// The count before and after.
    pub count: (Option<i64>, Option<i64>),
    /// The revision that would be registered.
    pub revision: Option<i64>,
    /// Objects that would change.
    pub changes: Vec<Change>,
    /// Objects that would be removed, as `Kind name`.
    pub pruned: Vec<String>,
    /// Whether that waits until the deployment is complete.
    pub pruned_later: bool,
}

/// An object that would change.
#[derive(Debug)]
pub struct Change {
    /// Its kind.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// As it is.
    pub live: Option<Value>,
    /// As it would be; nothing where the API server, or its owner, would not have it.
    pub new: Option<Value>,
    /// Why not.
    pub refused: Option<String>,
}

/// Asks a cluster what would change in a namespace.
///
/// # Errors
///
/// Where the cluster cannot be reached, or the namespace is not there.
pub fn compare(
    kubeconfig: Option<&Path>,
    context: Option<&str>,
    namespace: &str,
    resources: &[&Resource],
    assumed: &Assumed,
) -> Result<Vec<Compared>, Error> {
    fetch::ask(kubeconfig, context, async |client| {
        let settings = Settings {
            identity: "ecs-bridge diff".to_owned(),
            policy_mode: assumed.policy,
            default_architecture: assumed.default_architecture.clone(),
            iam: assumed.iam.clone(),
        };
        let metrics = Metrics::new(&mut Registry::default());
        let cx = Context::new(client, TimeOfDay::default(), settings, metrics, Gate::new(&[]));
        survey::fill(&cx, namespace).await?;
        let asked = capabilities::detect(&cx, namespace).await;
        cx.set_capabilities(asked.unwrap_or_else(|_| assumed.capabilities.clone()));
        let mut services = BTreeSet::new();
        let mut registered = Vec::new();
        for resource in resources {
            let key = overlay(&cx, namespace, resource);
            match key.root {
                Root::EcsService => drop(services.insert(key.name)),
                Root::TaskDefinition => registered.extend(register(&cx, &key)),
                // A changed provider is no deployment of its own; services that use it are compared with it.
                Root::CapacityProvider => {}
            }
        }
        // Whoever follows a family that changes changes with it.
        for (family, _) in &registered {
            let users = cx.stores.root(Root::EcsService).find(&Index::Family(family.clone()));
            services.extend(users.into_iter().map(|(name, _)| name));
        }
        let mut all = Vec::new();
        for name in services {
            let key = Key::new(Root::EcsService, name);
            all.extend(one(&cx, &key, &registered).await?);
        }
        Ok(all)
    })
}

/// Lets the caches have a definition as if it had been applied.
fn overlay(cx: &Context, namespace: &str, resource: &Resource) -> Key {
    let (root, spec) = match resource {
        Resource::TaskDefinition(task) => (Root::TaskDefinition, serde_json::to_value(&task.spec)),
        Resource::Service(service) => (Root::EcsService, serde_json::to_value(&service.spec)),
        Resource::CapacityProvider(provider) => {
            (Root::CapacityProvider, serde_json::to_value(&provider.spec))
        }
    };
    // These types are made of strings, numbers, lists and maps with string keys: serializing them cannot fail.
    let mut spec = spec.unwrap_or_default();
    let scope = if root.namespaced() { namespace } else { "" };
    let name = Name::new(scope, resource.metadata().name.clone().unwrap_or_default());
    let live = cx.stores.root(root).get(&name);
    let mut value = live.map_or_else(
        || {
            let resource: ApiResource = stores::root_resource(root);
            // Younger than whatever is there.
            let metadata = json!({"name": name.name, "namespace": name.namespace, "uid": NEW, "creationTimestamp": "9999"});
            json!({"apiVersion": API_VERSION, "kind": resource.kind, "metadata": metadata})
        },
        |live| live.value.clone(),
    );
    keep(&value, &mut spec);
    if value.get("spec") != Some(&spec) {
        let generation = value.pointer("/metadata/generation").and_then(Value::as_i64).unwrap_or_default();
        value["metadata"]["generation"] = json!(generation + 1);
    }
    value["spec"] = spec;
    survey::assume(cx.stores.root(root), name.clone(), value);
    Key::new(root, name)
}

/// Takes over what stays when a manifest is applied that does not have it. The count in force is in no manifest; other members
/// stay unless the manifest that was applied before had them.
fn keep(live: &Value, spec: &mut Value) {
    let last = live.pointer("/metadata/annotations").and_then(|all| all.get(LAST_APPLIED)?.as_str());
    let last: Value = last.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let of = |object: &Value, member: &str| object.pointer("/spec/kubernetes")?.get(member).cloned();
    for member in ["scaledCount", "forceNewDeployment", "paused"] {
        let given = spec.get("kubernetes").is_some_and(|own| own.get(member).is_some());
        let taken_out = member != "scaledCount" && of(&last, member).is_some();
        if let Some(value) = of(live, member).filter(|_| !given && !taken_out)
            && let Some(members) = spec.as_object_mut()
        {
            members.entry("kubernetes").or_insert_with(|| json!({}))[member] = value;
        }
    }
}

/// Lets the caches have the revision that the operator would register; its family and number.
fn register(cx: &Context, key: &Key) -> Option<(Name, i64)> {
    let world = gather::family(cx, key)?;
    let revision = desired::family::family(&world).register?;
    let name = Name::new(key.name.namespace.clone(), revision.object.clone());
    let value = json!({
        "metadata": {
            "name": name.name, "namespace": name.namespace, "uid": NEW,
            "labels": {labels::FAMILY: key.name.name},
        },
        "revision": revision.revision,
        "data": revision.data(),
    });
    survey::assume(&cx.stores.revisions, name, value);
    Some((Name::new(key.name.namespace.clone(), revision.family), revision.revision))
}

async fn one(cx: &Context, key: &Key, registered: &[(Name, i64)]) -> Result<Option<Compared>, Error> {
    let Some((world, _)) = gather::service(cx, key) else { return Ok(None) };
    let desired = desired::service(&world);
    let subject = Subject { key, uid: &world.uid };
    let mut changes = Vec::new();
    for object in &desired.objects {
        let name = object.metadata().name.clone().unwrap_or_default();
        let change = |live, new, refused| Change { kind: object.kind().kind, name, live, new, refused };
        match apply::preview(cx, subject, object, world.uid == NEW).await? {
            Preview::Same => {}
            Preview::Changed { live, new } => changes.push(change(live, Some(new), None)),
            Preview::Refused { live, why } => changes.push(change(live, None, Some(why))),
        }
    }
    let family = cx.stores.root(Root::EcsService).get(&key.name).map(|live| family_of(&key.name, &live));
    let revision = registered.iter().find(|(name, _)| Some(name) == family.as_ref());
    Ok(Some(Compared {
        service: key.name.name.clone(),
        exists: world.uid != NEW,
        rolls: desired.record.is_some(),
        because: because(&world, &desired),
        held: desired.held.clone(),
        count: count(&world, &desired),
        revision: revision.map(|(_, number)| *number),
        changes,
        pruned: prune::surplus(cx, subject, &desired.objects, desired.prune),
        pruned_later: desired.prune == Prune::KeepRunning,
        waiting: desired.waiting,
        findings: desired.findings,
    }))
}

fn because(world: &World, desired: &Desired) -> Vec<String> {
    let before = plan::newest(&world.recorded);
    let both = before.zip(desired.record.as_ref());
    both.map(|(before, after)| why::changes(&before.inputs, &after.inputs)).unwrap_or_default()
}

/// The counts of a REPLICA service.
fn count(world: &World, desired: &Desired) -> (Option<i64>, Option<i64>) {
    let before = world.status.observed_generation.map(|_| i64::from(world.status.desired_count));
    let in_force = world.spec.pointer("/kubernetes/scaledCount").and_then(Value::as_i64);
    (before, desired.scaled_count.map(i64::from).or(in_force))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(live: &Value, last: Option<&Value>, file: &Value) -> Value {
        let mut object = json!({"metadata": {"name": "web"}, "spec": {"kubernetes": live}});
        if let Some(last) = last {
            let text = json!({"spec": {"kubernetes": last}}).to_string();
            object["metadata"]["annotations"] = json!({LAST_APPLIED: text});
        }
        let mut spec = json!({"serviceName": "web", "kubernetes": file});
        keep(&object, &mut spec);
        spec["kubernetes"].take()
    }

    #[test]
    fn what_others_have_written_stays_and_what_a_manifest_had_goes_with_it() {
        let patched =
            json!({"scaledCount": 7, "forceNewDeployment": "again", "paused": true, "placement": "Exact"});
        let stays = json!({"scaledCount": 7, "forceNewDeployment": "again", "paused": true});
        assert_eq!(kept(&patched, None, &json!({})), stays, "never applied by kubectl");
        assert_eq!(kept(&patched, Some(&json!({"minReadySeconds": 1})), &json!({})), stays);
        let had = json!({"scaledCount": 3, "forceNewDeployment": "first", "paused": true});
        assert_eq!(
            kept(&patched, Some(&had), &json!({})),
            json!({"scaledCount": 7}),
            "taken out of the manifest"
        );
        let file = json!({"forceNewDeployment": "third", "paused": false, "scaledCount": 1});
        assert_eq!(kept(&patched, None, &file), file);
    }

    #[test]
    fn a_definition_that_is_new_or_says_nothing_of_kubernetes_gets_only_what_is_there() {
        let mut spec = json!({"serviceName": "web"});
        keep(&json!({"metadata": {}}), &mut spec);
        assert_eq!(spec, json!({"serviceName": "web"}));
        keep(&json!({"spec": {"kubernetes": {"paused": true}}}), &mut spec);
        assert_eq!(spec, json!({"serviceName": "web", "kubernetes": {"paused": true}}));
    }
}
