//! Docker volumes: the `local` driver's own directories, and what its options mount.

use std::collections::BTreeMap;

use super::{Source, host, is_absolute};
use crate::api::ecs::{DockerVolumeConfiguration, DockerVolumeScope};
use crate::finding::{Code, Path};
use crate::model::task::Os;
use crate::model::validate::{Report, set};
use crate::model::volume::{Expect, FileSystem, Nfs, VolumeSource};
use crate::policy::Privilege;

/// Where Docker volumes that outlive their task are kept on a node.
const SHARED: &str = "/var/lib/ecs-bridge/volumes";
/// The same on Windows.
const SHARED_WINDOWS: &str = "C:/ProgramData/ecs-bridge/volumes";
/// The driver that Docker brings along.
const LOCAL: &str = "local";

pub(super) fn validate(
    name: &str,
    docker: &DockerVolumeConfiguration,
    os: Os,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<Source> {
    let shared = docker.scope == Some(DockerVolumeScope::Shared);
    if docker.autoprovision == Some(true) && !shared {
        report.advise(
            Code::InvalidValue,
            path.member("autoprovision"),
            "A volume of scope \"task\" cannot be autoprovisioned.",
            "Set scope to \"shared\", or take autoprovision out: volumes of a task are always made with it.",
        );
    }
    let driver = set(docker.driver.as_deref()).unwrap_or(LOCAL);
    if driver != LOCAL {
        unsupported(&format!("driver {driver:?}"), alternative(driver), path.member("driver"), report);
        return None;
    }
    if docker.driver_opts.is_empty() {
        return Some(if shared {
            shared_directory(name, docker, os, path, report).into()
        } else {
            VolumeSource::TaskScoped.into()
        });
    }
    options(&docker.driver_opts, shared, os, path.member("driverOpts"), report)
}

/// What to use in place of a driver.
fn alternative(driver: &str) -> &'static str {
    let driver = driver.to_ascii_lowercase();
    if driver.contains("ebs") {
        "For a volume that lives as long as its task set configuredAtLaunch and give the service a \
         managedEBSVolume; for data that outlives tasks use an EFS file system (efsVolumeConfiguration)."
    } else if driver.contains("efs") || driver.contains("amazon-ecs-volume-plugin") {
        "Use efsVolumeConfiguration."
    } else if driver.contains("s3") {
        "Use s3filesVolumeConfiguration."
    } else if driver.contains("nfs") {
        "Use driver \"local\" with the options type=nfs, device=:/path and o=addr=SERVER."
    } else {
        "Use an EFS file system (efsVolumeConfiguration), or driver \"local\" with the options type=nfs, \
         device=:/path and o=addr=SERVER."
    }
}

fn unsupported(what: &str, remedy: &str, path: Path<'_>, report: &mut Report<'_>) {
    report.advise(
        Code::DockerVolumeDriverUnsupported,
        path,
        format!(
            "Kubernetes has no Docker volume of {what}, and an empty directory in its place could lose data."
        ),
        remedy,
    );
}

/// A directory of the node that later tasks find again.
fn shared_directory(
    name: &str,
    docker: &DockerVolumeConfiguration,
    os: Os,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> VolumeSource {
    let base = if os == Os::Linux { SHARED } else { SHARED_WINDOWS };
    // Per namespace, so that tenants of a node never meet in a directory because they chose the same name.
    let directory = format!("{base}/{}/{name}", report.context.namespace);
    report.grant(Privilege::HostAccess, &directory, path.member("scope"));
    let made = docker.autoprovision == Some(true);
    let remedy = if made {
        "Copy what the volume holds on ECS to that directory of the nodes, if it is needed.".to_owned()
    } else {
        format!("Make it on every node (mkdir -p {directory}), or set autoprovision to true.")
    };
    report.advise(
        Code::SharedVolumeOnNode,
        path.member("scope"),
        format!(
            "The volume is the directory {directory} of each node; nothing of the image is copied into it."
        ),
        remedy,
    );
    let expect = if made { Expect::DirectoryOrCreate } else { Expect::Directory };
    VolumeSource::Host { path: directory, expect }
}

/// What the `local` driver mounts: it hands its options to the kernel.
fn options(
    options: &BTreeMap<String, String>,
    shared: bool,
    os: Os,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<Source> {
    let get = |name: &str| set(options.get(name).map(String::as_str));
    let flags: Vec<&str> =
        get("o").unwrap_or_default().split(',').map(str::trim).filter(|f| !f.is_empty()).collect();
    let other = options.keys().find(|key| !matches!(key.as_str(), "type" | "device" | "o"));
    if let Some(other) = other {
        unsupported(&format!("the option {other:?}"), alternative(""), path, report);
        return None;
    }
    match get("type") {
        _ if os != Os::Linux => {
            unsupported("options for Windows", "Take driverOpts out.", path, report);
            None
        }
        Some(kind @ ("nfs" | "nfs4")) => nfs(kind, get("device"), &flags, path, report),
        Some("tmpfs") if !shared => Some(memory(&flags, path, report).into()),
        Some("none") | None if flags.contains(&"bind") || flags.contains(&"rbind") => {
            let source =
                host::validate(get("device").unwrap_or_default(), os, path.member("device"), report)?;
            Some(Source { source, read_only: flags.contains(&"ro") })
        }
        kind => {
            // Options of other types may hold a password: they are not repeated.
            let what = format!("type {:?} with these options", kind.unwrap_or("none"));
            unsupported(&what, alternative(""), path, report);
            None
        }
    }
}

/// Options of NFS that stay between client and server, and say nothing about what the node trusts, binds or runs.
/// Source: nfs(5); `=` stands where the option has a value.
const NFS_OPTIONS: &[&str] = &[
    "ac",
    "acdirmax=",
    "acdirmin=",
    "acl",
    "acregmax=",
    "acregmin=",
    "actimeo=",
    "async",
    "atime",
    "bg",
    "cto",
    "diratime",
    "fg",
    "fsc",
    "hard",
    "intr",
    "local_lock=",
    "lock",
    "lookupcache=",
    "max_connect=",
    "minorversion=",
    "mountport=",
    "mountproto=",
    "mountvers=",
    "namlen=",
    "nconnect=",
    "nfsvers=",
    "noac",
    "noacl",
    "noatime",
    "nocto",
    "nodev",
    "nodiratime",
    "noexec",
    "nofsc",
    "nointr",
    "nolock",
    "nordirplus",
    "norelatime",
    "noresvport",
    "nosharecache",
    "nosuid",
    "port=",
    "proto=",
    "rdirplus",
    "relatime",
    "resvport",
    "retrans=",
    "retry=",
    "rsize=",
    "sec=",
    "sharecache",
    "soft",
    "softerr",
    "softreval",
    "strictatime",
    "sync",
    "tcp",
    "timeo=",
    "udp",
    "vers=",
    "wsize=",
];

fn is_of_nfs(flag: &str) -> bool {
    let legal = |value: &str| {
        !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_:".contains(&b))
    };
    match flag.split_once('=') {
        Some((_, value)) => NFS_OPTIONS.contains(&&flag[..flag.len() - value.len()]) && legal(value),
        None => NFS_OPTIONS.contains(&flag),
    }
}

/// An NFS mount: `device` is `:/path` with the server in `addr=`, or `SERVER:/path`.
fn nfs(
    kind: &str,
    device: Option<&str>,
    flags: &[&str],
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<Source> {
    let member = path.member("device");
    let (host, directory) = device.and_then(|d| d.split_once(":/")).unwrap_or_default();
    let address = flags.iter().find_map(|flag| flag.strip_prefix("addr="));
    let server = address.unwrap_or(host);
    let directory = format!("/{directory}");
    let legal = |b: u8| b.is_ascii_alphanumeric() || b".-:_".contains(&b);
    if server.is_empty() || !server.bytes().all(legal) || device.is_none_or(|d| !d.contains(":/")) {
        report.advise(
            Code::InvalidValue,
            member,
            "It is not said which directory of which NFS server is mounted.",
            "Write device as :/path and o as addr=SERVER.",
        );
        return None;
    }
    if !is_absolute(&directory, Os::Linux, member, report) {
        return None;
    }
    report.grant(Privilege::VolumeHandles, &format!("{server}:{directory}"), member);
    let others = flags.iter().filter(|flag| !matches!(**flag, "rw" | "ro") && !flag.starts_with("addr="));
    let (kept, ignored): (Vec<&str>, Vec<&str>) = others.partition(|flag| is_of_nfs(flag));
    if !ignored.is_empty() {
        // Their values may be secrets of other file systems.
        let names: Vec<&str> =
            ignored.iter().map(|flag| flag.split('=').next().unwrap_or_default()).collect();
        report.advise(
            Code::DockerVolumeOptionsIgnored,
            path.member("o"),
            format!("The directory is mounted without {}.", names.join(",")),
            "Take these out: they are no options of NFS, or the node decides about them.",
        );
    }
    let mut options: Vec<String> = kept.into_iter().map(str::to_owned).collect();
    if kind == "nfs4" && !options.iter().any(|o| o.starts_with("nfsvers=") || o.starts_with("vers=")) {
        options.push("nfsvers=4".to_owned());
    }
    let nfs = Nfs { server: server.to_owned(), path: directory, options, read_only: flags.contains(&"ro") };
    Some(FileSystem::Nfs(nfs).into())
}

/// A directory in memory. Its size is the only option that Kubernetes has a word for.
fn memory(flags: &[&str], path: Path<'_>, report: &mut Report<'_>) -> VolumeSource {
    let mut size = None;
    let mut ignored = Vec::new();
    for flag in flags {
        match flag.strip_prefix("size=").map(bytes) {
            Some(Some(bytes)) => size = Some(bytes),
            _ => ignored.push(*flag),
        }
    }
    if !ignored.is_empty() {
        report.advise(
            Code::DockerVolumeOptionsIgnored,
            path.member("o"),
            format!("The directory in memory is made without {}.", ignored.join(",")),
            "Anybody may write to it; write a size in bytes, or with k, m or g.",
        );
    }
    VolumeSource::Memory { size }
}

/// A size as the kernel reads it: bytes, or with `k`, `m`, `g`. A size of 0 is no limit.
fn bytes(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        _ => return None,
    };
    let number: u64 = digits.parse().ok()?;
    number.checked_mul(1 << shift).filter(|bytes| (1..=1 << 50).contains(bytes))
}
