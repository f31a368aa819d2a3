//! Kernel capabilities.

use crate::api::ecs::KernelCapabilities;
use crate::finding::{Code, Path};
use crate::model::validate::Report;
use crate::policy::Privilege;

const ALL: &str = "ALL";

/// Every name that ECS knows, and whether it opens the node.
///
/// Source: KernelCapabilities of RegisterTaskDefinition. Capabilities that load modules, read or write raw
/// devices and any file, or change what all containers of a node share count as access to it.
const KNOWN: &[(&str, bool)] = &[
    (ALL, true),
    ("AUDIT_CONTROL", true),
    ("AUDIT_WRITE", false),
    ("BLOCK_SUSPEND", false),
    ("CHOWN", false),
    ("DAC_OVERRIDE", false),
    ("DAC_READ_SEARCH", true),
    ("FOWNER", false),
    ("FSETID", false),
    ("IPC_LOCK", false),
    ("IPC_OWNER", false),
    ("KILL", false),
    ("LEASE", false),
    ("LINUX_IMMUTABLE", false),
    ("MAC_ADMIN", true),
    ("MAC_OVERRIDE", true),
    ("MKNOD", false),
    ("NET_ADMIN", false),
    ("NET_BIND_SERVICE", false),
    ("NET_BROADCAST", false),
    ("NET_RAW", false),
    ("SETFCAP", false),
    ("SETGID", false),
    ("SETPCAP", false),
    ("SETUID", false),
    ("SYSLOG", true),
    ("SYS_ADMIN", true),
    ("SYS_BOOT", true),
    ("SYS_CHROOT", false),
    ("SYS_MODULE", true),
    ("SYS_NICE", false),
    ("SYS_PACCT", true),
    ("SYS_PTRACE", false),
    ("SYS_RAWIO", true),
    ("SYS_RESOURCE", false),
    ("SYS_TIME", true),
    ("SYS_TTY_CONFIG", false),
    ("WAKE_ALARM", false),
];

/// Whether a container that has the capability has the node.
pub(in crate::model::validate) fn opens_the_node(name: &str) -> bool {
    let name = name.strip_prefix("CAP_").unwrap_or(name);
    KNOWN.iter().any(|(known, opens)| *known == name && *opens)
}

/// What is added and what is dropped, so that it means the same in either order.
///
/// Docker drops first and adds then; containerd does it the other way round.
pub(super) fn read(
    wanted: &KernelCapabilities,
    privileged: bool,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> (Vec<&'static str>, Vec<&'static str>) {
    let (add_path, drop_path) = (path.member("add"), path.member("drop"));
    let mut add = known(&wanted.add, add_path, report);
    let mut drop = known(&wanted.drop, drop_path, report);
    if privileged {
        return (Vec::new(), Vec::new());
    }
    for (i, name) in wanted.add.iter().enumerate() {
        if KNOWN.iter().any(|(known, opens)| known == name && *opens) {
            report.grant(Privilege::HostAccess, &format!("capability {name}"), add_path.index(i));
        }
    }
    if add.contains(&ALL) {
        add = vec![ALL];
        drop.retain(|name| *name != ALL);
    } else if drop.contains(&ALL) {
        drop = vec![ALL];
    } else {
        drop.retain(|name| !add.contains(name));
    }
    (add, drop)
}

fn known(names: &[String], path: Path<'_>, report: &mut Report<'_>) -> Vec<&'static str> {
    let mut found = Vec::new();
    for (i, name) in names.iter().enumerate() {
        let Some((known, _)) = KNOWN.iter().find(|(known, _)| known == name) else {
            let spelled = name.to_ascii_uppercase();
            let spelled = spelled.strip_prefix("CAP_").unwrap_or(&spelled);
            let meant = KNOWN.iter().find(|(known, _)| *known == spelled);
            report.advise(
                Code::InvalidValue,
                path.index(i),
                format!("{name:?} is no capability that ECS knows."),
                meant.map_or_else(|| "Take it out.".to_owned(), |(known, _)| format!("Write {known}.")),
            );
            continue;
        };
        if !found.contains(known) {
            found.push(*known);
        }
    }
    found
}
