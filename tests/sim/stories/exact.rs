//! Tasks whose nodes the operator decides on.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecs_bridge::api::labels;
use serde_json::{Value, json};

use super::{Told, admit_pods, refusal_is_told, refuse_pods};
use crate::controllers::scheduler;
use crate::server::resource::Id;
use crate::server::webhook;
use crate::world::{World, service, task_definition};

/// How long pods wait for a leader before any replica lets them go, in seconds: two Leases.
const LEASES: i64 = 30;
/// Tasks of one CPU that a node has room for.
const ROOM: usize = 2;

fn exact_service(count: i32) -> Value {
    let mut spec = service("web", count);
    spec["kubernetes"]["placement"] = json!("Exact");
    spec["placementStrategy"] = json!([{"type": "binpack", "field": "memory"}]);
    spec
}

/// A task of one CPU.
fn large(image: &str) -> Value {
    let mut definition = task_definition("web", image);
    definition["containerDefinitions"][0]["cpu"] = json!(1024);
    definition
}

/// No pod waits, and all are where they were put.
fn all_are_placed(world: &World) {
    let pods = world.all("Pod");
    for pod in &pods {
        assert!(!scheduler::is_gated(pod), "{pod:#}");
        // Nobody lets go of a pod that a leader could have decided about in time, or leaves one alone that could be asked for.
        let patience = scheduler::let_go_after(pod).filter(|_| !world.undisturbed);
        let waited = patience.is_some_and(|seconds| seconds >= LEASES);
        let left = !world.undisturbed && webhook::was_left(pod);
        let pin = scheduler::pin(pod);
        assert!(waited || left || pin.is_some() && pin == pod["spec"]["nodeName"].as_str(), "{pod:#}");
    }
    let at_once = |pod: &Arc<Value>| !pod["metadata"]["annotations"][labels::RESERVATION].is_null();
    assert!(
        !world.undisturbed || pods.iter().any(at_once),
        "none had its node from the beginning: {pods:#?}"
    );
}

/// No node ever had more tasks of one CPU that were put there than it has room for.
fn no_room_was_given_twice(world: &World) {
    let store = world.server.store();
    let mut nodes: BTreeMap<&Id, &str> = BTreeMap::new();
    for change in store.log.iter().filter(|change| change.id.plural == "pods") {
        let pinned = change.new.as_ref().and_then(|pod| scheduler::pin(pod));
        match pinned {
            Some(node) => nodes.insert(&change.id, node),
            None => nodes.remove(&change.id),
        };
        let here = |node: &&str| nodes.values().filter(|other| *other == node).count();
        assert!(nodes.values().all(|node| here(node) <= ROOM), "{nodes:#?}");
    }
}

stories! {
    /// None waits for ever, and none is where it was not put.
    fn exact(world) {
        world.task_definition("web", "nginx:1");
        world.apply("EcsService", "web", &exact_service(3));
        world.steady("web", "nginx:1", 3).await;
        world.task_definition("web", "nginx:2");
        world.steady("web", "nginx:2", 3).await;
        all_are_placed(&world);
    }

    /// A rolling update needs all the room there is, and no pod is admitted for a while after it was given its node: nothing
    /// is lost of it, and nothing given twice.
    fn exact_and_full(world) {
        world.apply("TaskDefinition", "web", &large("nginx:1"));
        world.apply("EcsService", "web", &exact_service(3));
        world.steady("web", "nginx:1", 3).await;
        refuse_pods(&world);
        world.apply("TaskDefinition", "web", &large("nginx:2"));
        refusal_is_told(&world).await;
        admit_pods(&world).await;
        world.steady("web", "nginx:2", 3).await;
        all_are_placed(&world);
        if world.punctual {
            no_room_was_given_twice(&world);
        }
    }
}
