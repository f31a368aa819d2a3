//! Volumes of a task definition.

mod docker;
mod efs;
mod fsx;
mod host;
mod s3files;

use super::{Report, set, task, windows};
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::{DockerVolumeConfiguration, Volume};
use crate::finding::{Code, Path};
use crate::model::name;
use crate::model::task::{Name, Os};
use crate::model::volume::{self as model, FileSystem, VolumeSource};

/// The volumes of a task definition.
pub(super) struct Volumes {
    /// Those that need nothing but the definition.
    pub(super) own: Vec<model::Volume>,
    /// The one that the service configures.
    pub(super) at_launch: Option<Name>,
    /// All that are declared, the refused ones included: mounts refer to them rightly.
    pub(super) declared: Vec<Declared>,
}

/// A volume, as mounts see it.
pub(super) struct Declared {
    pub(super) name: Name,
    /// Whether nobody may write to it, whatever the mount says.
    pub(super) read_only: bool,
}

/// What became of a volume's source.
struct Source {
    source: VolumeSource,
    read_only: bool,
}

impl From<VolumeSource> for Source {
    fn from(source: VolumeSource) -> Self {
        Self { source, read_only: false }
    }
}

impl From<FileSystem> for Source {
    fn from(file_system: FileSystem) -> Self {
        VolumeSource::FileSystem(file_system).into()
    }
}

pub(super) fn validate(spec: &TaskDefinitionSpec, os: Os, report: &mut Report<'_>) -> Volumes {
    let list = Path::ROOT.member("volumes");
    let names = task::names(spec.volumes.iter().map(|v| v.name.as_deref()), "volumes", name::VOLUME, report);
    let (mut own, mut at_launch, mut declared) = (Vec::new(), None, Vec::new());
    for (i, (volume, name)) in spec.volumes.iter().zip(names).enumerate() {
        let path = list.index(i);
        only_one_source(volume, path, report);
        let Some(name) = name else { continue };
        let mut read_only = false;
        if volume.configured_at_launch == Some(true) {
            if at_launch.replace(name.clone()).is_some() {
                report.add(
                    Code::InvalidValue,
                    path.member("configuredAtLaunch"),
                    "A task definition has at most one volume that is configured at launch.",
                );
            }
        } else if let Some(found) = source(spec, volume, os, path, report) {
            read_only = found.read_only;
            if found.source == VolumeSource::TaskScoped && is_mounted(spec, &name) {
                content_not_copied(path, report);
            }
            own.push(model::Volume { name: name.clone(), source: found.source });
        }
        declared.push(Declared { name, read_only });
    }
    Volumes { own, at_launch, declared }
}

fn is_mounted(spec: &TaskDefinitionSpec, name: &Name) -> bool {
    let mut mounts = spec.container_definitions.iter().flat_map(|c| &c.mount_points);
    mounts.any(|mount| mount.source_volume.as_ref() == Some(&name.original))
}

fn content_not_copied(path: Path<'_>, report: &mut Report<'_>) {
    report.advise(
        Code::VolumeContentNotCopied,
        path,
        "The volume is empty at first: what the image has at the mount path is hidden, not copied into it.",
        "Where the image has files there that are needed, add a container of that image that is not essential, \
         mounts the volume elsewhere and copies them (cp -a /there/. /elsewhere/), and let the others depend on \
         its SUCCESS.",
    );
}

fn only_one_source(volume: &Volume, path: Path<'_>, report: &mut Report<'_>) {
    // Exports write `host: {}` beside other sources.
    let given = [
        host_path(volume).is_some(),
        docker(volume).is_some(),
        volume.efs_volume_configuration.is_some(),
        volume.s3files_volume_configuration.is_some(),
        volume.fsx_windows_file_server_volume_configuration.is_some(),
        volume.configured_at_launch == Some(true),
    ];
    if given.into_iter().filter(|given| *given).count() > 1 {
        report.advise(
            Code::InvalidValue,
            path,
            "When the volume parameter is specified, only one volume configuration type should be used.",
            "Split it into several volumes, or take out what is not meant.",
        );
    }
}

fn host_path(volume: &Volume) -> Option<&str> {
    volume.host.as_ref().and_then(|h| set(h.source_path.as_deref()))
}

/// The Docker volume, where anything is said about it.
fn docker(volume: &Volume) -> Option<&DockerVolumeConfiguration> {
    volume.docker_volume_configuration.as_ref().filter(|d| **d != DockerVolumeConfiguration::default())
}

fn source(
    spec: &TaskDefinitionSpec,
    volume: &Volume,
    os: Os,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<Source> {
    if let Some(efs) = &volume.efs_volume_configuration {
        let path = path.member("efsVolumeConfiguration");
        linux_only("EFS", os, path, report);
        return efs::validate(efs, path, report).map(Source::from);
    }
    if let Some(files) = &volume.s3files_volume_configuration {
        let path = path.member("s3filesVolumeConfiguration");
        linux_only("S3 Files", os, path, report);
        return s3files::validate(spec, files, path, report).map(Source::from);
    }
    if let Some(fsx) = &volume.fsx_windows_file_server_volume_configuration {
        let path = path.member("fsxWindowsFileServerVolumeConfiguration");
        return fsx::validate(fsx, os, path, report).map(Source::from);
    }
    if let Some(docker) = docker(volume) {
        let name = volume.name.as_deref().unwrap_or_default();
        return docker::validate(name, docker, os, path.member("dockerVolumeConfiguration"), report);
    }
    match host_path(volume) {
        None => Some(VolumeSource::TaskScoped.into()),
        Some(source) => {
            host::validate(source, os, path.member("host").member("sourcePath"), report).map(Source::from)
        }
    }
}

fn linux_only(what: &str, os: Os, path: Path<'_>, report: &mut Report<'_>) {
    if os != Os::Linux {
        report.add(Code::InvalidValue, path, format!("{what} volumes are not supported for Windows tasks."));
    }
}

/// Whether this can be mounted at, or from, on the operating system; says so where it cannot.
pub(super) fn is_absolute(text: &str, os: Os, path: Path<'_>, report: &mut Report<'_>) -> bool {
    let rooted = text.starts_with('/');
    let (message, remedy) = match os {
        Os::Linux if windows::report_if_windows(Some(text), path, report) => return false,
        Os::Linux if !rooted => ("is not an absolute path.", "Write the whole path, from \"/\"."),
        Os::Linux if text.contains(':') => {
            ("has a colon, which ends a path in a mount.", "Use another path.")
        }
        Os::Windows { .. } if !rooted && !windows::is_windows(text) => {
            ("is not an absolute path.", "Write the whole path, from the drive.")
        }
        Os::Linux | Os::Windows { .. } => return true,
    };
    report.advise(Code::InvalidValue, path, format!("{text:?} {message}"), remedy);
    false
}

/// Whether this is `prefix` and 8 to 40 hex digits.
fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|hex| (8..=40).contains(&hex.len()) && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The directory of a file system that is mounted, empty for its root. With an access point ECS takes no other.
fn root_directory(
    directory: Option<&str>,
    access_point: bool,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> String {
    let directory = set(directory).unwrap_or("/");
    if access_point && directory != "/" {
        report.advise(
            Code::InvalidValue,
            path,
            "With an access point the root directory has to be absent or \"/\".",
            "Let the access point have the directory as its own root.",
        );
    }
    if directory.contains(':') || !directory.starts_with('/') {
        report.add(Code::InvalidValue, path, format!("{directory:?} is no directory of the file system."));
    }
    directory.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests;
