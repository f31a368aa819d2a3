//! Kernel parameters.

use std::collections::BTreeMap;

use super::Report;
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::{IpcMode, NetworkMode};
use crate::finding::{Code, Path};
use crate::model::security::SAFE_SYSCTLS;

/// What ECS lets a task set besides `net.*` and `fs.mqueue.*`.
const IPC: &[&str] = &[
    "kernel.msgmax",
    "kernel.msgmnb",
    "kernel.msgmni",
    "kernel.sem",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.shmmni",
    "kernel.shm_rmid_forced",
];

/// The kernel parameters of all containers: a pod has one set.
pub(super) fn validate(spec: &TaskDefinitionSpec, report: &mut Report<'_>) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    let containers = Path::ROOT.member("containerDefinitions");
    for (i, definition) in spec.container_definitions.iter().enumerate() {
        let container = containers.index(i);
        let list = container.member("systemControls");
        for (j, control) in definition.system_controls.iter().enumerate() {
            let path = list.index(j);
            let name = report.required(control.namespace.as_deref(), path.member("namespace"), "namespace");
            let value = report.required(control.value.as_deref(), path.member("value"), "value");
            let (Some(name), Some(value)) = (name, value) else { continue };
            if !may_set(spec, name, path.member("namespace"), report) {
                continue;
            }
            match all.get(name) {
                Some(other) if other != value => report.advise(
                    Code::SysctlConflict,
                    path.member("value"),
                    format!("{name} is {value} here and {other} in another container; a pod has one value."),
                    "Give all containers of the task the same value.",
                ),
                Some(_) => {}
                None => {
                    if !SAFE_SYSCTLS.contains(&name) {
                        report.advise(
                            Code::UnsafeSysctl,
                            path.member("namespace"),
                            format!("Nodes refuse pods that set {name} unless they are told to allow it."),
                            format!("Start the kubelet of these nodes with --allowed-unsafe-sysctls={name}."),
                        );
                    }
                    all.insert(name.to_owned(), value.to_owned());
                }
            }
        }
    }
    all
}

fn may_set(spec: &TaskDefinitionSpec, name: &str, path: Path<'_>, report: &mut Report<'_>) -> bool {
    let net = name.starts_with("net.");
    let ipc = IPC.contains(&name) || name.starts_with("fs.mqueue.");
    let spelled = name.len() <= 253
        && name.split('.').all(|part| {
            let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
            let outer = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
            let bytes = part.as_bytes();
            bytes.iter().all(|b| inner(*b)) && outer(bytes.first()) && outer(bytes.last())
        });
    let refused = if !spelled || !(net || ipc) {
        format!(
            "{name:?} is no kernel parameter that a task may set: net.*, fs.mqueue.*, {}.",
            IPC.join(", ")
        )
    } else if net && spec.network_mode == Some(NetworkMode::Host) {
        format!("{name} cannot be set with networkMode host.")
    } else if ipc && spec.ipc_mode == Some(IpcMode::Host) {
        format!("{name} cannot be set with ipcMode host.")
    } else {
        return true;
    };
    report.add(Code::InvalidValue, path, refused);
    false
}
