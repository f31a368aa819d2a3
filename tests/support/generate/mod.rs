//! Definitions that ECS would take, made from a seed: the same seed gives the same definitions, so a failure is
//! told by its number.
//!
//! Every member of RegisterTaskDefinition, CreateService and CreateCapacityProvider occurs with some probability,
//! and what is made keeps the rules of ECS: launch types with their network modes and sizes, names that are there
//! wherever something refers to them, no circles, ranges. A definition is `bold` when it may use what ECS takes and
//! Kubernetes, or this product, cannot give.

#![allow(dead_code, reason = "every test program uses a part of it")]

mod container;
mod deployment;
mod dice;
mod ebs;
mod far;
mod linux;
mod logging;
mod ports;
mod provider;
mod scaling;
mod secrets;
mod service;
#[path = "../splitmix.rs"]
mod splitmix;
mod task;
mod traffic;
mod volumes;
mod words;

use std::collections::BTreeMap;

use ecs_bridge::api::CapacityProviderSpec;
use ecs_bridge::capabilities::Capabilities;
use ecs_bridge::desired::Context;
use ecs_bridge::ecs::read::read;
use ecs_bridge::ecs::shape::Readable;
use ecs_bridge::finding::Finding;
use ecs_bridge::model::name::{RESOURCE, label, provider as provider_label};
use ecs_bridge::policy::{Mode, Policy};
use ecs_bridge::rollout::Inputs;
use serde_json::{Map, Value};

pub(crate) use dice::Dice;

/// Members of an object that is being made.
type Members = Map<String, Value>;

/// Definitions that belong together.
#[derive(Clone, Debug)]
pub(crate) struct Generated {
    /// What they were made from.
    pub(crate) seed: u64,
    /// Whether they may use what cannot be had on Kubernetes.
    pub(crate) bold: bool,
    /// A RegisterTaskDefinition request, with `kubernetes`.
    pub(crate) task_definition: Value,
    /// A CreateService request, with `autoScaling` and `kubernetes`.
    pub(crate) service: Value,
    /// CreateCapacityProvider requests, with `kubernetes`.
    pub(crate) providers: Vec<Value>,
}

/// What decides about the whole definition.
struct Scene {
    dice: Dice,
    launch: Launch,
    network: Network,
    windows: bool,
    daemon: bool,
    bold: bool,
    /// A pod has one.
    hostname: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Launch {
    Ec2,
    Fargate,
    External,
    ManagedInstances,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Network {
    Awsvpc,
    Bridge,
    Host,
    None,
}

/// The definitions of a seed.
pub(crate) fn definitions(seed: u64) -> Generated {
    let mut dice = Dice::new(seed);
    let launch = match dice.below(20) {
        0..=9 => Launch::Ec2,
        10..=16 => Launch::Fargate,
        17 => Launch::External,
        _ => Launch::ManagedInstances,
    };
    let windows = matches!(launch, Launch::Ec2 | Launch::Fargate) && dice.chance(8);
    let network = match launch {
        Launch::Fargate => Network::Awsvpc,
        Launch::ManagedInstances => dice.pick(&[Network::Awsvpc, Network::Host]),
        _ if windows => dice.pick(&[Network::Awsvpc, Network::Bridge]),
        Launch::External => dice.pick(&[Network::Bridge, Network::Host, Network::None]),
        Launch::Ec2 => {
            dice.pick(&[Network::Awsvpc, Network::Bridge, Network::Bridge, Network::Host, Network::None])
        }
    };
    let daemon = launch != Launch::Fargate && dice.chance(15);
    let bold = dice.chance(20);
    let hostname = dice.pick(&["web", "db.internal", "Node-1", "x"]);
    let mut scene = Scene { dice, launch, network, windows, daemon, bold, hostname };
    let task = task::task_definition(&mut scene);
    let (service, providers) = service::service(&mut scene, &task);
    Generated { seed, bold, task_definition: Value::Object(task), service: Value::Object(service), providers }
}

impl Generated {
    /// The definitions as the core takes them.
    pub(crate) fn inputs(&self) -> Inputs {
        match self.read() {
            Ok(inputs) => inputs,
            Err(wrong) => panic!("seed {} is not read as it is: {wrong:#?}\n{self:#?}", self.seed),
        }
    }

    /// The same, of definitions that were changed: nothing where they are not read as they stand.
    pub(crate) fn try_inputs(&self) -> Option<Inputs> {
        self.read().ok()
    }

    fn read(&self) -> Result<Inputs, Vec<Finding>> {
        let mut providers = BTreeMap::new();
        for provider in &self.providers {
            let spec: CapacityProviderSpec = typed(provider)?;
            providers.insert(provider_label(spec.name.as_deref().unwrap_or_default()), spec);
        }
        Ok(Inputs {
            providers,
            service: typed(&self.service)?,
            task_definition: typed(&self.task_definition)?,
            revision: 1,
        })
    }

    /// A cluster that allows everything and serves snapshots, with the version that the seed chooses where none is
    /// given, and with or without what others install.
    pub(crate) fn context(&self, namespace: &str, version: Option<&str>) -> Context {
        let mut dice = Dice::new(self.seed ^ 0x5eed);
        let version = version.unwrap_or_else(|| dice.pick(&["1.33", "1.34", "1.35", "1.36"]));
        let mut capabilities = Capabilities::of_version(version).expect("a known version");
        capabilities.apis.insert("snapshot.storage.k8s.io".to_owned());
        for api in ["external-secrets.io", "keda.sh"] {
            if dice.flip() {
                capabilities.apis.insert(api.to_owned());
            }
        }
        let default_architecture = dice.pick(&["amd64", "arm64"]).to_owned();
        for group in ["elbv2.k8s.aws", "gateway.networking.k8s.io", "vpcresources.k8s.aws"] {
            if dice.flip() {
                capabilities.apis.insert(group.to_owned());
            }
        }
        Context {
            name: label(self.service["serviceName"].as_str().unwrap_or_default(), RESOURCE),
            namespace: namespace.to_owned(),
            policy: Policy::new(Mode::Permissive, None),
            capabilities,
            default_architecture,
            iam: ecs_bridge::iam::Settings::default(),
        }
    }
}

fn typed<T: Readable>(value: &Value) -> Result<T, Vec<Finding>> {
    let reading = read(value.clone());
    reading.value.filter(|_| reading.findings.is_empty()).ok_or(reading.findings)
}
