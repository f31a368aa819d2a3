//! Containers.

use k8s_openapi::api::core::v1::{Container as KubernetesContainer, ContainerPort, EnvVar, VolumeMount};

use super::literal::escape;
use super::resources::Sizes;
use super::{secrets, security};
use crate::model::task::{Container, Mount, Port};

/// The container with the resources that its task gives it.
pub(super) fn container(container: &Container, sizes: &Sizes) -> KubernetesContainer {
    KubernetesContainer {
        name: container.name.label.clone(),
        image: Some(container.image.clone()),
        image_pull_policy: Some(container.pull.as_str().to_owned()),
        command: arguments(&container.entry_point),
        args: arguments(&container.command),
        working_dir: container.working_directory.clone(),
        env: some(container.environment.iter().map(variable).chain(secrets::variables(container)).collect()),
        env_from: some(secrets::variables_from(container)),
        ports: some(container.ports.iter().map(port).collect()),
        resources: sizes.requirements(),
        security_context: security::of_container(&container.security),
        // The last lines of its output stand in for the reason that ECS gives when a container stops.
        termination_message_policy: Some("FallbackToLogsOnError".to_owned()),
        volume_mounts: some(container.mounts.iter().map(mount).collect()),
        ..KubernetesContainer::default()
    }
}

pub(super) fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn arguments(words: &[String]) -> Option<Vec<String>> {
    some(words.iter().map(|word| escape(word)).collect())
}

fn variable((name, value): &(String, String)) -> EnvVar {
    EnvVar {
        name: name.clone(),
        // The API server leaves empty values out, and what is applied has to be what it answers with.
        value: Some(escape(value)).filter(|value| !value.is_empty()),
        value_from: None,
    }
}

fn port(port: &Port) -> ContainerPort {
    ContainerPort {
        name: Some(port.name.clone()),
        container_port: port.container.into(),
        host_port: port.host.map(Into::into),
        protocol: Some(port.protocol.as_str().to_owned()),
        ..ContainerPort::default()
    }
}

fn mount(mount: &Mount) -> VolumeMount {
    VolumeMount {
        name: mount.volume.clone(),
        mount_path: mount.path.clone(),
        read_only: mount.read_only.then_some(true),
        ..VolumeMount::default()
    }
}
