//! The containers of a pod at their places.

use k8s_openapi::api::core::v1::Container;

use super::{container, kernel, life, probes, resources};
use crate::capabilities::Capabilities;
use crate::model::Task;

/// Those that start one after the other, and those that start when they have.
pub(super) fn containers(task: &Task, capabilities: &Capabilities) -> (Vec<Container>, Vec<Container>) {
    let sizes = resources::of_containers(task, capabilities.pod_resources);
    let made = |place: &usize| {
        let mut made = container::container(&task.containers[*place], &sizes[*place]);
        life::apply(task, *place, capabilities, &mut made);
        probes::apply(task, *place, &mut made);
        kernel::mount(task, *place, &mut made);
        made
    };
    (task.order.first.iter().map(made).collect(), task.order.main.iter().map(made).collect())
}
