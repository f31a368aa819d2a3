//! Ports of tasks that change their number with a deployment.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ServicePort;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use serde_json::Value;

use super::{Desired, World};
use crate::object::Object;

/// Lets Services find ports by name as long as older tasks have them under other numbers, so that each task gets its
/// requests where it listens. A name that not all of them have would cut off the others: then it stays the number.
pub(super) fn by_name(world: &World, desired: &mut Desired) {
    let Some(target) = &desired.target else { return };
    let runs = |id: &str| world.tasks.iter().any(|task| task.deployment_id == id && task.state.counts());
    let older = world.recorded.iter().filter(|record| record.deployment_id() != target.id);
    let older: Vec<_> = older.filter(|record| runs(record.deployment_id())).map(|r| &r.templates).collect();
    if older.is_empty() {
        return;
    }
    for object in &mut desired.objects {
        let Object::Service(service) = object else { continue };
        for port in service.spec.iter_mut().filter_map(|spec| spec.ports.as_mut()).flatten() {
            if let Some(name) = moved(port, &target.templates, &older) {
                port.target_port = Some(IntOrString::String(name));
            }
        }
    }
}

/// Pod templates of a deployment.
type Templates = BTreeMap<String, Value>;

/// The name of a Service's port in the tasks, where it is one for all of them and stands for several numbers.
fn moved(port: &ServicePort, target: &Templates, older: &[&Templates]) -> Option<String> {
    let Some(IntOrString::Int(number)) = port.target_port else { return None };
    let protocol = port.protocol.as_deref()?;
    let ours = |of: &&Value| of["containerPort"] == number && of["protocol"] == protocol;
    let name = ports(target.values().next()?).find(ours)?["name"].as_str()?.to_owned();
    let by_name = |template| {
        let found = ports(template).find(|of| of["name"] == *name && of["protocol"] == protocol);
        found.and_then(|of| of["containerPort"].as_i64())
    };
    let number = i64::from(number);
    let before: Option<Vec<i64>> = older.iter().flat_map(|it| it.values()).map(by_name).collect();
    let same = target.values().all(|template| by_name(template) == Some(number));
    (same && before?.iter().any(|before| *before != number)).then_some(name)
}

/// Ports of the containers of a template. Not those of init containers: not every release of Kubernetes looks there.
fn ports(template: &Value) -> impl Iterator<Item = &Value> {
    let containers = template.pointer("/spec/containers").and_then(Value::as_array);
    containers.into_iter().flatten().filter_map(|of| of["ports"].as_array()).flatten()
}
