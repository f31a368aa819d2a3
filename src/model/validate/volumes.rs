//! Volumes of a task definition.

use super::{Report, set, task};
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::{DockerVolumeConfiguration, DockerVolumeScope, EfsVolumeConfiguration, Toggle, Volume};
use crate::finding::{Code, Path};
use crate::model::name;
use crate::model::task::{self as model, Efs, Name, VolumeSource};
use crate::policy::Privilege;

/// Where Docker volumes that outlive their task are kept on a node.
const SHARED: &str = "/var/lib/ecs-bridge/volumes";

/// The volumes of a task definition.
pub(super) struct Volumes {
    /// Those that need nothing but the definition.
    pub(super) own: Vec<model::Volume>,
    /// The one that the service configures.
    pub(super) at_launch: Option<Name>,
    /// All that are declared, the refused ones included: mounts refer to them rightly.
    pub(super) declared: Vec<Name>,
}

pub(super) fn validate(spec: &TaskDefinitionSpec, report: &mut Report<'_>) -> Volumes {
    let list = Path::ROOT.member("volumes");
    let names = task::names(spec.volumes.iter().map(|v| v.name.as_deref()), "volumes", name::VOLUME, report);
    let declared = names.iter().flatten().cloned().collect();
    let (mut own, mut at_launch) = (Vec::new(), None);
    for (i, (volume, name)) in spec.volumes.iter().zip(names).enumerate() {
        let path = list.index(i);
        let Some(name) = name else { continue };
        if volume.configured_at_launch == Some(true) {
            if at_launch.replace(name).is_some() {
                report.add(
                    Code::InvalidValue,
                    path.member("configuredAtLaunch"),
                    "A task definition has at most one volume that is configured at launch.",
                );
            }
        } else if let Some(source) = source(volume, path, report) {
            own.push(model::Volume { name, source });
        }
    }
    Volumes { own, at_launch, declared }
}

fn source(volume: &Volume, path: Path<'_>, report: &mut Report<'_>) -> Option<VolumeSource> {
    if let Some(efs) = &volume.efs_volume_configuration {
        return self::efs(efs, path.member("efsVolumeConfiguration"), report).map(VolumeSource::Efs);
    }
    if let Some(docker) = &volume.docker_volume_configuration {
        let name = volume.name.as_deref().unwrap_or_default();
        return self::docker(name, docker, path.member("dockerVolumeConfiguration"), report);
    }
    for (member, is_set) in [
        ("s3filesVolumeConfiguration", volume.s3files_volume_configuration.is_some()),
        (
            "fsxWindowsFileServerVolumeConfiguration",
            volume.fsx_windows_file_server_volume_configuration.is_some(),
        ),
    ] {
        if is_set {
            unsupported(path.member(member), report);
            return None;
        }
    }
    let host = volume.host.as_ref().and_then(|h| set(h.source_path.as_deref()));
    match host {
        None => Some(VolumeSource::TaskScoped),
        Some(source) => self::host(source, path.member("host").member("sourcePath"), report),
    }
}

fn host(source: &str, path: Path<'_>, report: &mut Report<'_>) -> Option<VolumeSource> {
    report.grant(Privilege::HostAccess, source, path);
    if source.split(['/', '\\']).any(|part| part == "..") {
        report.add(Code::InvalidValue, path, "A path of the node must not contain \"..\".");
        return None;
    }
    if matches!(source, "/var/run/docker.sock" | "/run/docker.sock") {
        report.advise(
            Code::DockerSocketUnavailable,
            path,
            "Nodes run containerd: there is no Docker socket.",
            "Let the container use the Kubernetes API or /run/containerd/containerd.sock.",
        );
        return None;
    }
    Some(VolumeSource::Host { path: source.to_owned(), create: false })
}

fn docker(
    name: &str,
    docker: &DockerVolumeConfiguration,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<VolumeSource> {
    let driver = set(docker.driver.as_deref()).unwrap_or("local");
    if driver != "local" || !docker.driver_opts.is_empty() {
        unsupported(path.member("driver"), report);
        return None;
    }
    if docker.scope != Some(DockerVolumeScope::Shared) {
        return Some(VolumeSource::TaskScoped);
    }
    // Per namespace, so that tenants of a node never meet in a directory because they chose the same name.
    let directory = format!("{SHARED}/{}/{name}", report.context.namespace);
    report.grant(Privilege::HostAccess, &directory, path.member("scope"));
    Some(VolumeSource::Host { path: directory, create: docker.autoprovision.unwrap_or_default() })
}

fn unsupported(path: Path<'_>, report: &mut Report<'_>) {
    report.advise(
        Code::VolumeUnsupported,
        path,
        "This kind of volume cannot be had yet, and an empty directory in its place could lose data.",
        "Use an EFS file system, or take the volume out of the definition.",
    );
}

fn efs(efs: &EfsVolumeConfiguration, path: Path<'_>, report: &mut Report<'_>) -> Option<Efs> {
    let id = path.member("fileSystemId");
    let file_system = report.required(efs.file_system_id.as_deref(), id, "fileSystemId")?;
    report.grant(Privilege::VolumeHandles, file_system, id);
    if !is_id(file_system, "fs-") {
        report.add(Code::InvalidValue, id, format!("{file_system:?} is no file system id."));
    }
    let authorization = efs.authorization_config.as_ref();
    let access_point = authorization.and_then(|a| set(a.access_point_id.as_deref()));
    let config = path.member("authorizationConfig");
    if let Some(point) = access_point.filter(|p| !is_id(p, "fsap-")) {
        report.add(
            Code::InvalidValue,
            config.member("accessPointId"),
            format!("{point:?} is no access point id."),
        );
    }
    let directory = set(efs.root_directory.as_deref()).unwrap_or("/");
    let root = path.member("rootDirectory");
    if access_point.is_some() && directory != "/" {
        report.add(
            Code::InvalidValue,
            root,
            "With an access point the root directory has to be absent or \"/\".",
        );
    }
    if directory.contains(':') || !directory.starts_with('/') {
        report.add(Code::InvalidValue, root, format!("{directory:?} is no directory of the file system."));
    }
    let iam = authorization.and_then(|a| a.iam) == Some(Toggle::Enabled);
    let encrypted = efs.transit_encryption == Some(Toggle::Enabled);
    if (iam || access_point.is_some()) && !encrypted {
        report.add(
            Code::InvalidValue,
            path.member("transitEncryption"),
            "With an access point or IAM authorization, transitEncryption has to be ENABLED.",
        );
    }
    if iam {
        report.advise(
            Code::EfsIamUsesNodeIdentity,
            config.member("iam"),
            "The file system is mounted with the identity of the CSI driver's node plugin, not with the task role.",
            "Allow that identity in the file system policy; an access point still enforces the POSIX user.",
        );
    }
    Some(Efs {
        file_system: file_system.to_owned(),
        directory: directory.trim_end_matches('/').to_owned(),
        access_point: access_point.map(str::to_owned),
        encrypted,
        iam,
    })
}

fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|hex| (8..=40).contains(&hex.len()) && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}
