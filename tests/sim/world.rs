//! The words that stories are told in.

use std::sync::Arc;
use std::time::Duration;

use ecs_bridge::api;
use ecs_bridge::operator::TimeOfDay;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::controllers;
use crate::guard::Guard;
use crate::process::{Fortune, NAMESPACE, Processes};
use crate::server::Server;
use crate::server::apply::Writer;
use crate::server::resource::{Id, of_kind};
use crate::server::store::{Deletion, Store};
pub(crate) use crate::words::{condition, service, task_definition};

/// Longest wait for anything, in the time of the simulation.
const PATIENCE: Duration = Duration::from_secs(3600);
/// How often a story looks.
const GLANCE: Duration = Duration::from_millis(50);
/// The namespace of every story.
pub(crate) const SHOP: &str = "shop";
const USER: &str = "somebody";
const NODES: usize = 3;

/// A cluster with operators.
pub(crate) struct World {
    pub(crate) server: Arc<Server>,
    pub(crate) guard: Arc<Guard>,
    pub(crate) processes: Arc<Processes>,
    /// Whether nothing goes wrong.
    pub(crate) undisturbed: bool,
    /// Whether operators hear soon of what happens.
    pub(crate) punctual: bool,
}

impl World {
    /// A cluster without an operator.
    pub(crate) fn empty() -> Self {
        let clock = clock();
        let server = Server::new(clock);
        for namespace in ["default", SHOP, NAMESPACE] {
            create(&mut server.store(), "Namespace", "", namespace, json!({}));
        }
        for number in 0..NODES {
            create(&mut server.store(), "Node", "", &format!("node-{number}"), node());
        }
        let (guard, processes) = (Arc::new(Guard::default()), Arc::new(Processes::default()));
        tokio::spawn(controllers::run(Arc::clone(&server), Arc::clone(&guard), Arc::clone(&processes)));
        Self { server, guard, processes, undisturbed: true, punctual: true }
    }

    /// A cluster with operators of this fortune.
    pub(crate) fn new(fortune: &Fortune) -> Self {
        let (undisturbed, punctual) = (fortune.is_kind(), fortune.is_punctual());
        let world = Self { undisturbed, punctual, ..Self::empty() };
        let clock = world.server.store().clock;
        world.processes.start(&world.server, clock, fortune);
        world
    }

    fn id(kind: &str, name: &str) -> Id {
        Id::new(of_kind(kind), SHOP, name)
    }

    /// An object as it is stored.
    pub(crate) fn find(&self, kind: &str, name: &str) -> Option<Arc<Value>> {
        self.server.store().get(&Self::id(kind, name)).cloned()
    }

    /// All objects of a kind in the namespace.
    pub(crate) fn all(&self, kind: &str) -> Vec<Arc<Value>> {
        self.server.store().list(of_kind(kind), SHOP).into_iter().map(|(_, object)| object.clone()).collect()
    }

    /// Applies the spec of one of our kinds, as a user does.
    pub(crate) fn apply(&self, kind: &str, name: &str, spec: &Value) {
        let body = json!({"metadata": {"name": name}, "spec": spec});
        let writer = Writer { applies: true, ..Writer::updater(USER, "") };
        self.server.store().apply(&Self::id(kind, name), &body, &writer, true).unwrap();
    }

    /// Changes an object by hand.
    pub(crate) fn edit(&self, kind: &str, name: &str, change: impl FnOnce(&mut Value)) {
        self.server.store().modify(&Self::id(kind, name), USER, "", change);
    }

    /// Changes the status of an object, as who watches over it does.
    pub(crate) fn edit_status(&self, kind: &str, name: &str, change: impl FnOnce(&mut Value)) {
        let change = |object: &mut Value| change(&mut object["status"]);
        self.server.store().modify(&Self::id(kind, name), USER, "status", change);
    }

    /// Deletes an object.
    pub(crate) fn delete(&self, kind: &str, name: &str) {
        self.server.store().delete(&Self::id(kind, name), &Deletion::default()).unwrap();
    }

    /// Deletes a service and leaves behind what it has made.
    pub(crate) fn orphan(&self, name: &str) {
        let deletion = Deletion { propagation: Some("Orphan".to_owned()), ..Deletion::default() };
        self.server.store().delete(&Self::id("EcsService", name), &deletion).unwrap();
    }

    /// Gives the recorded deployment of a service other data, which no release of ours would write; what it had.
    pub(crate) fn record(&self, service: &str, data: &Value) -> Value {
        let all = self.all("ControllerRevision");
        let label = |r: &Value, key: &str| r["metadata"]["labels"][key].as_str().map(str::to_owned);
        let is_one = |r: &&Arc<Value>| {
            label(r, api::labels::SERVICE).as_deref() == Some(service)
                && label(r, api::labels::DEPLOYMENT_ID).is_some()
        };
        let ours = all.iter().find(is_one);
        let ours = ours.unwrap_or_else(|| panic!("no recorded deployment of {service}")).as_ref().clone();
        let name = ours["metadata"]["name"].as_str().unwrap().to_owned();
        let mut other = json!({"metadata": {}, "revision": ours["revision"], "data": data});
        for part in ["labels", "ownerReferences"] {
            other["metadata"][part] = ours["metadata"][part].clone();
        }
        self.delete("ControllerRevision", &name);
        create(&mut self.server.store(), "ControllerRevision", SHOP, &name, other);
        ours["data"].clone()
    }

    /// Applies a task definition of one container.
    pub(crate) fn task_definition(&self, family: &str, image: &str) {
        self.apply("TaskDefinition", family, &task_definition(family, image));
    }

    /// Applies a service of the family of its own name.
    pub(crate) fn service(&self, name: &str, count: i32) {
        self.apply("EcsService", name, &service(name, count));
    }

    /// Waits until something is the case.
    pub(crate) async fn until(&self, what: &str, reached: impl Fn(&Self) -> bool) {
        let wait = async {
            while !reached(self) {
                sleep(GLANCE).await;
            }
        };
        if timeout(PATIENCE, wait).await.is_err() {
            let services: Vec<Value> = self
                .server
                .store()
                .list(of_kind("EcsService"), SHOP)
                .into_iter()
                .map(|(_, service)| json!({"spec": service["spec"], "status": service["status"]}))
                .collect();
            panic!("not within {PATIENCE:?}: {what}\n{services:#?}\n{:#?}", self.processes.writes());
        }
    }

    /// Waits until a service satisfies `reached`.
    pub(crate) async fn service_until(&self, name: &str, what: &str, reached: impl Fn(&Value) -> bool) {
        self.until(what, |world| world.find("EcsService", name).is_some_and(|service| reached(&service)))
            .await;
    }

    /// Waits until a service runs `count` tasks of a completed deployment of this image, as of its newest generation.
    pub(crate) async fn steady(&self, name: &str, image: &str, count: i32) {
        self.settled(name, image, count, |service| condition(service, "Ready").0 == "True").await;
    }

    /// Waits until a service has returned to `count` tasks of this image after a deployment that failed.
    pub(crate) async fn rolled_back(&self, name: &str, image: &str, count: i32) {
        self.settled(name, image, count, |service| condition(service, "Stalled").1 == "RolledBack").await;
    }

    async fn settled(&self, name: &str, image: &str, count: i32, as_said: impl Fn(&Value) -> bool) {
        let what = format!("{name} has settled with {count} tasks of {image}");
        let runs = |world: &Self| {
            let store = world.server.store();
            let pods = store.list(of_kind("Pod"), SHOP);
            let ours = pods.iter().filter(|(_, pod)| pod["metadata"]["labels"][api::labels::SERVICE] == name);
            let images: Vec<_> = ours.map(|(_, pod)| pod["spec"]["containers"][0]["image"].clone()).collect();
            i32::try_from(images.len()) == Ok(count) && images.iter().all(|found| *found == image)
        };
        let says = |service: &Value| {
            let status = &service["status"];
            as_said(service)
                && status["observedGeneration"] == service["metadata"]["generation"]
                && status["desiredCount"] == json!(count)
                && status["runningCount"] == json!(count)
                && status["deployments"].as_array().is_some_and(|all| all.len() == 1)
        };
        let both = |world: &Self| {
            world.find("EcsService", name).is_some_and(|service| says(&service)) && runs(world)
        };
        self.until(&what, both).await;
    }

    /// Waits until operators have not written for a while.
    pub(crate) async fn rest(&self) {
        let mut quiet = 0;
        let mut before = self.processes.writes().len();
        for _ in 0..PATIENCE.as_secs() / 30 {
            sleep(Duration::from_secs(30)).await;
            let now = self.processes.writes().len();
            quiet = if now == before { quiet + 1 } else { 0 };
            before = now;
            if quiet == 20 {
                return;
            }
        }
        let writes = self.processes.writes();
        panic!("the operators do not come to rest: {:#?}", &writes[writes.len().saturating_sub(20)..]);
    }
}

fn clock() -> TimeOfDay {
    TimeOfDay::starting_at("2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap())
}

/// Puts an object there.
pub(crate) fn create(store: &mut Store, kind: &str, namespace: &str, name: &str, value: Value) {
    let id = Id::new(of_kind(kind), namespace, name);
    let status = value["status"].clone();
    store.create(&id, value, &Writer::updater(USER, ""), false).unwrap();
    if !status.is_null() {
        // It is written by itself, as by a kubelet: nobody creates one.
        store.modify(&id, USER, "status", |object| object["status"] = status);
    }
}

/// A node that any task may run on.
pub(crate) fn node() -> Value {
    json!({
        "metadata": {"labels": {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}},
        "status": {"allocatable": {"cpu": "2", "memory": "8Gi", "pods": "110"}},
    })
}
