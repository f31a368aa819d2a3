//! Paths of the node.

use super::is_absolute;
use crate::finding::{Code, Path};
use crate::model::task::Os;
use crate::model::validate::Report;
use crate::model::volume::{Expect, VolumeSource};
use crate::policy::Privilege;

/// Where clients look for the Docker daemon.
const SOCKETS: &[&str] =
    &["/var/run/docker.sock", "/run/docker.sock", r"\\.\pipe\docker_engine", "//./pipe/docker_engine"];
/// What the Docker daemon keeps to itself.
const DOCKER_FILES: &[&str] =
    &["/var/lib/docker", "/var/run/docker", "/run/docker", "/etc/docker", "/var/log/docker"];

pub(super) fn validate(
    source: &str,
    os: Os,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<VolumeSource> {
    report.grant(Privilege::HostAccess, source, path);
    if source.split(['/', '\\']).any(|part| part == "..") {
        report.advise(
            Code::InvalidValue,
            path,
            "A path of the node must not contain \"..\".",
            "Write the path that is meant.",
        );
        return None;
    }
    let trimmed = source.trim_end_matches('/');
    if SOCKETS.contains(&trimmed) {
        report.advise(
            Code::DockerSocketUnavailable,
            path,
            "Nodes run containerd: there is no Docker socket.",
            "Let the container use the Kubernetes API instead, or take the volume out.",
        );
        return None;
    }
    if !is_absolute(source, os, path, report) {
        return None;
    }
    let below = |directory: &&str| {
        trimmed.strip_prefix(*directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if DOCKER_FILES.iter().any(below) {
        report.advise(
            Code::DockerFilesUnavailable,
            path,
            format!("Nodes run containerd: nothing of Docker's is in {source}, the directory is empty."),
            "Logs of containers are in /var/log/pods and /var/log/containers of the node.",
        );
    }
    Some(VolumeSource::Host { path: source.to_owned(), expect: Expect::Anything })
}
