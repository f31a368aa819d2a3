//! What containers may do: users, privileges, capabilities, profiles, devices.

mod capability;
mod options;

pub(super) use capability::opens_the_node;

use super::{Report, set};
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::{ContainerDefinition, Device, IpcMode, IsolationMode, PidMode};
use crate::finding::{Code, Path};
use crate::model::security::{Processes, Security, Shared, User};
use crate::model::task::Os;
use crate::policy::Privilege;

/// What one container asks for.
pub(super) fn container(
    definition: &ContainerDefinition,
    os: Os,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Security {
    gmsa(definition, path, report);
    let options = options::read(definition, os, path.member("dockerSecurityOptions"), report);
    if os != Os::Linux {
        return Security::default();
    }
    let privileged = definition.privileged.unwrap_or_default();
    if privileged {
        let name = definition.name.as_deref().unwrap_or_default();
        report.grant(
            Privilege::HostAccess,
            &format!("container {name}: privileged"),
            path.member("privileged"),
        );
    }
    if privileged && options.no_new_privileges {
        report.advise(
            Code::PrivilegesConflict,
            path.member("dockerSecurityOptions"),
            "Kubernetes refuses a container that is privileged and must not gain privileges.",
            "Take privileged or no-new-privileges out.",
        );
    }
    let linux = definition.linux_parameters.as_ref();
    let capabilities = linux.and_then(|l| l.capabilities.as_ref());
    let linux_path = path.member("linuxParameters");
    let (add, drop) = capabilities.map_or_else(Default::default, |wanted| {
        capability::read(wanted, privileged, linux_path.member("capabilities"), report)
    });
    let devices = linux_path.member("devices");
    for (i, device) in linux.iter().flat_map(|l| &l.devices).enumerate() {
        self::device(device, privileged, devices.index(i), report);
    }
    Security {
        user: user(definition, path, report),
        privileged,
        readonly_root: definition.readonly_root_filesystem.unwrap_or_default(),
        add,
        drop,
        no_new_privileges: options.no_new_privileges,
        apparmor: options.apparmor,
        selinux: options.selinux,
    }
}

/// What the containers of a task share, and how well others are kept out.
pub(super) fn task(spec: &TaskDefinitionSpec, os: Os, report: &mut Report<'_>) -> Shared {
    isolation(spec, report);
    for (member, is_set) in [("pidMode", spec.pid_mode.is_some()), ("ipcMode", spec.ipc_mode.is_some())] {
        if is_set && os != Os::Linux {
            report.add(
                Code::InvalidValue,
                Path::ROOT.member(member),
                format!("{member} is not supported for Windows containers."),
            );
        }
    }
    if spec.ipc_mode == Some(IpcMode::None) && spec.container_definitions.len() > 1 {
        report.add(
            Code::IpcAlwaysShared,
            Path::ROOT.member("ipcMode"),
            "The containers of a pod always share System V IPC, message queues and /dev/shm.",
        );
    }
    let host_ipc = spec.ipc_mode == Some(IpcMode::Host);
    let processes = match spec.pid_mode {
        Some(PidMode::Host) => Processes::Host,
        Some(PidMode::Task) => Processes::Task,
        None => Processes::Container,
    };
    if processes == Processes::Host {
        report.grant(Privilege::HostAccess, "pidMode host", Path::ROOT.member("pidMode"));
    }
    if host_ipc {
        report.grant(Privilege::HostAccess, "ipcMode host", Path::ROOT.member("ipcMode"));
    }
    Shared { processes, host_ipc }
}

fn isolation(spec: &TaskDefinitionSpec, report: &mut Report<'_>) {
    let trusted = spec.trusted_execution_configuration.as_ref();
    let Some(mode @ (IsolationMode::IsolatedSandbox | IsolationMode::ConfidentialSandbox)) =
        trusted.and_then(|t| t.isolation_mode)
    else {
        return;
    };
    let member = Path::ROOT.member("trustedExecutionConfiguration");
    report.advise(
        Code::IsolationUnavailable,
        member.member("isolationMode"),
        format!(
            "{mode} asks for a virtual machine around the task; its pods are isolated as containers are."
        ),
        "Take the member out, and name a RuntimeClass of sandboxed containers as spec.runtimeClassName in the service's kubernetes.podTemplate.",
    );
}

fn user(definition: &ContainerDefinition, path: Path<'_>, report: &mut Report<'_>) -> Option<User> {
    let text = set(definition.user.as_deref())?;
    let path = path.member("user");
    let (user, group) = match text.split_once(':') {
        Some((user, group)) => (user, Some(group)),
        None => (text, None),
    };
    let uid = id(user);
    let gid = group.map(id);
    if let (Some(uid), None | Some(Some(_))) = (uid, gid) {
        return Some(User { uid, gid: gid.flatten() });
    }
    report.advise(
        Code::UserNameNotNumeric,
        path,
        format!(
            "Kubernetes takes users and groups by number, and which number {text:?} has only the image knows."
        ),
        "Write uid or uid:gid; `docker run --rm --entrypoint id IMAGE` prints them.",
    );
    None
}

/// A user or group id; `root` has the same number everywhere.
fn id(text: &str) -> Option<i64> {
    if text == "root" {
        return Some(0);
    }
    text.parse().ok().filter(|id: &i64| (0..=i64::from(i32::MAX)).contains(id))
}

/// A privileged container has every device of its node, under the node's own path. Any other could see the file
/// and not open it: who may is decided by the cgroup, which only device plugins can open.
fn device(device: &Device, privileged: bool, path: Path<'_>, report: &mut Report<'_>) {
    let member = path.member("hostPath");
    let Some(host) = report.required(device.host_path.as_deref(), member, "hostPath") else {
        return;
    };
    report.grant(Privilege::HostAccess, host, member);
    let same_path = set(device.container_path.as_deref()).is_none_or(|inside| inside == host);
    if privileged && same_path {
        return;
    }
    let message = if privileged {
        format!("A privileged container has {host} under the node's own path only.")
    } else {
        format!(
            "Kubernetes gives {host} to no container that is not privileged, unless a device plugin offers it."
        )
    };
    report.advise(
        Code::DeviceNeedsPlugin,
        path,
        message,
        "Install a device plugin for it (for example generic-device-plugin), take the member out, and ask for the plugin's resource.",
    );
}

fn gmsa(definition: &ContainerDefinition, path: Path<'_>, report: &mut Report<'_>) {
    let list = path.member("credentialSpecs");
    let from_docker =
        definition.docker_security_options.iter().position(|option| option.starts_with("credentialspec"));
    let options = path.member("dockerSecurityOptions");
    let first = list.index(0);
    let place = if definition.credential_specs.is_empty() {
        let Some(i) = from_docker else { return };
        options.index(i)
    } else {
        if definition.credential_specs.len() > 1 {
            report.add(Code::InvalidValue, list, "A container has at most one credential spec.");
        }
        let legal = |spec: &String| {
            ["credentialspec:", "credentialspecdomainless:"]
                .iter()
                .any(|prefix| spec.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()))
        };
        if !definition.credential_specs.iter().all(legal) {
            report.add(Code::InvalidValue, list, "Write credentialspec:ARN or credentialspecdomainless:ARN.");
            return;
        }
        first
    };
    report.advise(
        Code::GmsaNeedsCredentialSpec,
        place,
        "The container runs without its group managed service account.",
        "Install the GMSA webhook, make a GMSACredentialSpec of the file, and name it as spec.securityContext.windowsOptions.gmsaCredentialSpecName in the service's kubernetes.podTemplate.",
    );
}

#[cfg(test)]
mod tests;
