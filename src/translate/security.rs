//! Security contexts.

use k8s_openapi::api::core::v1::{
    AppArmorProfile, Capabilities, PodSecurityContext, PodSpec, SELinuxOptions, SeccompProfile,
    SecurityContext,
};

use super::container::some;
use super::kernel;
use crate::model::Task;
use crate::model::security::{AppArmor, Processes, SeLinux, Security};
use crate::model::task::Os;

/// The container's own; none where it asks for nothing.
pub(super) fn of_container(security: &Security) -> Option<SecurityContext> {
    let context = SecurityContext {
        run_as_user: security.user.map(|user| user.uid),
        run_as_group: security.user.and_then(|user| user.gid),
        // Nothing that the user does not say already; the Pod Security level `restricted` wants to read it.
        run_as_non_root: security.user.is_some_and(|user| user.uid != 0).then_some(true),
        privileged: security.privileged.then_some(true),
        allow_privilege_escalation: security.no_new_privileges.then_some(false),
        read_only_root_filesystem: security.readonly_root.then_some(true),
        capabilities: capabilities(security),
        app_armor_profile: security.apparmor.as_ref().map(apparmor),
        se_linux_options: selinux(&security.selinux),
        ..SecurityContext::default()
    };
    (context != SecurityContext::default()).then_some(context)
}

/// What all containers of the pod have, and what they share.
pub(super) fn of_pod(task: &Task, spec: &mut PodSpec) {
    // Docker applies its default profile; Kubernetes runs unconfined unless asked.
    spec.security_context = (task.os == Os::Linux).then(|| PodSecurityContext {
        seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".to_owned(), localhost_profile: None }),
        sysctls: some(kernel::sysctls(task)),
        ..PodSecurityContext::default()
    });
    spec.host_pid = (task.shared.processes == Processes::Host).then_some(true);
    spec.share_process_namespace = (task.shared.processes == Processes::Task).then_some(true);
    spec.host_ipc = task.shared.host_ipc.then_some(true);
}

fn capabilities(security: &Security) -> Option<Capabilities> {
    let names = |list: &[&str]| some(list.iter().map(|name| (*name).to_owned()).collect());
    let capabilities = Capabilities { add: names(&security.add), drop: names(&security.drop) };
    (capabilities != Capabilities::default()).then_some(capabilities)
}

fn apparmor(profile: &AppArmor) -> AppArmorProfile {
    let (type_, localhost_profile) = match profile {
        AppArmor::RuntimeDefault => ("RuntimeDefault", None),
        AppArmor::Unconfined => ("Unconfined", None),
        AppArmor::Localhost(name) => ("Localhost", Some(name.clone())),
    };
    AppArmorProfile { type_: type_.to_owned(), localhost_profile }
}

fn selinux(label: &SeLinux) -> Option<SELinuxOptions> {
    let options = SELinuxOptions {
        user: label.user.clone(),
        role: label.role.clone(),
        type_: label.type_.clone(),
        level: label.level.clone(),
    };
    (options != SELinuxOptions::default()).then_some(options)
}
