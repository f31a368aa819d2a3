//! What the Pod Security level of a namespace refuses, found before a pod is made.
//!
//! Source: the Pod Security Standards, as the admission plugin of Kubernetes 1.33 checks them. What it would let
//! through is never refused here.

use k8s_openapi::api::core::v1::{Container, PodSpec, PodTemplateSpec, SecurityContext, Volume};

use super::Context;
use crate::finding::{Code, Finding};
use crate::model::security::{SAFE_SYSCTLS, SELINUX_CONFINED_TYPES};
use crate::policy::PodSecurity;

const BASELINE_CAPABILITIES: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// One finding that names everything that the namespace's level refuses about a pod.
pub(super) fn refusal(context: &Context, template: &PodTemplateSpec) -> Option<Finding> {
    let level = context.policy.pod_security;
    let reasons = template.spec.as_ref().map(|pod| reasons(level, pod)).unwrap_or_default();
    if reasons.is_empty() {
        return None;
    }
    let word = level.as_str();
    let message = format!(
        "The namespace enforces the Pod Security level {word}, which refuses the pods: {}.",
        reasons.join("; ")
    );
    let remedy = format!(
        "Change these members, or: kubectl label --overwrite namespace {} {}={}",
        context.namespace,
        PodSecurity::LABEL,
        PodSecurity::Privileged.as_str()
    );
    Some(Finding::new(Code::PodSecurityRefuses, "", message).remedy(remedy))
}

fn reasons(level: PodSecurity, pod: &PodSpec) -> Vec<String> {
    let mut reasons = Vec::new();
    if level >= PodSecurity::Baseline {
        baseline(pod, &mut reasons);
    }
    if level >= PodSecurity::Restricted {
        restricted(pod, &mut reasons);
    }
    reasons
}

fn containers(pod: &PodSpec) -> impl Iterator<Item = &Container> {
    pod.init_containers.iter().flatten().chain(&pod.containers)
}

/// Checks every container; without a context of its own it has the default one.
fn each(pod: &PodSpec, reasons: &mut Vec<String>, is_refused: impl Fn(&SecurityContext) -> bool, what: &str) {
    let default = SecurityContext::default();
    for container in containers(pod) {
        if is_refused(container.security_context.as_ref().unwrap_or(&default)) {
            reasons.push(format!("container {}: {what}", container.name));
        }
    }
}

fn baseline(pod: &PodSpec, reasons: &mut Vec<String>) {
    for (what, is_set) in
        [("hostNetwork", pod.host_network), ("hostPID", pod.host_pid), ("hostIPC", pod.host_ipc)]
    {
        if is_set == Some(true) {
            reasons.push(what.to_owned());
        }
    }
    for volume in pod.volumes.iter().flatten().filter(|volume| volume.host_path.is_some()) {
        reasons.push(format!("volume {}: hostPath", volume.name));
    }
    for container in containers(pod) {
        if container.ports.iter().flatten().any(|port| port.host_port.is_some_and(|port| port != 0)) {
            reasons.push(format!("container {}: hostPort", container.name));
        }
    }
    each(pod, reasons, |c| c.privileged == Some(true), "privileged");
    each(pod, reasons, |c| added(c).any(|name| !BASELINE_CAPABILITIES.contains(&name)), "capabilities.add");
    let unconfined =
        |c: &SecurityContext| c.app_armor_profile.as_ref().is_some_and(|p| p.type_ == "Unconfined");
    each(pod, reasons, unconfined, "AppArmor profile Unconfined");
    each(pod, reasons, has_foreign_label, "seLinuxOptions");
    let sysctls = pod.security_context.iter().flat_map(|c| c.sysctls.iter().flatten());
    for sysctl in sysctls.filter(|sysctl| !SAFE_SYSCTLS.contains(&sysctl.name.as_str())) {
        reasons.push(format!("sysctl {}", sysctl.name));
    }
}

fn added(context: &SecurityContext) -> impl Iterator<Item = &str> {
    context.capabilities.iter().flat_map(|c| c.add.iter().flatten()).map(String::as_str)
}

fn has_foreign_label(context: &SecurityContext) -> bool {
    context.se_linux_options.as_ref().is_some_and(|label| {
        label.user.is_some()
            || label.role.is_some()
            || label.type_.as_deref().is_some_and(|t| !SELINUX_CONFINED_TYPES.contains(&t))
    })
}

fn restricted(pod: &PodSpec, reasons: &mut Vec<String>) {
    for volume in pod.volumes.iter().flatten().filter(|volume| !is_restricted_volume(volume)) {
        reasons.push(format!("volume {}: its type", volume.name));
    }
    let of_pod = pod.security_context.as_ref();
    let non_root = of_pod.and_then(|c| c.run_as_non_root);
    each(pod, reasons, |c| c.run_as_non_root.or(non_root) != Some(true), "runAsNonRoot != true (set user)");
    each(pod, reasons, |c| c.run_as_user == Some(0), "runs as root");
    // Windows has neither.
    if pod.os.as_ref().is_some_and(|os| os.name == "windows") {
        return;
    }
    let escalates = "allowPrivilegeEscalation != false (set dockerSecurityOptions no-new-privileges)";
    each(pod, reasons, |c| c.allow_privilege_escalation != Some(false), escalates);
    let keeps = |c: &SecurityContext| {
        let dropped = c.capabilities.iter().flat_map(|c| c.drop.iter().flatten());
        !dropped.into_iter().any(|name| name == "ALL") || added(c).any(|name| name != "NET_BIND_SERVICE")
    };
    each(pod, reasons, keeps, "capabilities (drop ALL, add nothing but NET_BIND_SERVICE)");
}

/// Host paths are named by the baseline already.
fn is_restricted_volume(volume: &Volume) -> bool {
    volume.config_map.is_some()
        || volume.csi.is_some()
        || volume.downward_api.is_some()
        || volume.empty_dir.is_some()
        || volume.ephemeral.is_some()
        || volume.host_path.is_some()
        || volume.persistent_volume_claim.is_some()
        || volume.projected.is_some()
        || volume.secret.is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::check_service;
    use super::*;
    use crate::capabilities::Capabilities;
    use crate::policy::{Mode, Policy};
    use crate::rollout::Inputs;

    fn refused(level: &str, container: &Value) -> String {
        let mut definition = json!({ "name": "app", "image": "app:1", "memory": 64 });
        definition.as_object_mut().unwrap().extend(container.as_object().unwrap().clone());
        let inputs = Inputs {
            service: serde_json::from_value(json!({ "serviceName": "web", "taskDefinition": "web" }))
                .unwrap(),
            task_definition: serde_json::from_value(
                json!({ "family": "web", "containerDefinitions": [definition] }),
            )
            .unwrap(),
            revision: 1,
            ..Inputs::default()
        };
        let mut policy = Policy::new(Mode::Permissive, None);
        policy.pod_security = PodSecurity::of_label(Some(level));
        let context = Context {
            name: "web".into(),
            namespace: "shop".into(),
            policy,
            capabilities: Capabilities::of_version("1.36").unwrap(),
            ..Context::default()
        };
        let (model, findings) = check_service(&inputs, &context);
        let found = findings.from_service().into_iter().find(|f| f.code == "PodSecurityRefuses");
        assert_eq!(model.is_none(), found.is_some());
        found.map(|finding| finding.message).unwrap_or_default()
    }

    #[test]
    fn the_baseline_refuses_access_to_the_node() {
        let plain = json!({});
        let privileged = json!({ "privileged": true });
        let capability = json!({ "linuxParameters": { "capabilities": { "add": ["NET_ADMIN"] } } });
        let host_port = json!({ "portMappings": [{ "containerPort": 80, "hostPort": 8080 }] });
        for (container, reason) in [
            (&plain, ""),
            (&privileged, "container app: privileged."),
            (&capability, "container app: capabilities.add."),
            (&host_port, "container app: hostPort."),
        ] {
            let told = refused("baseline", container);
            assert!(told.ends_with(reason) && told.is_empty() == reason.is_empty(), "{told}");
            assert!(refused("privileged", container).is_empty());
        }
    }

    #[test]
    fn a_definition_can_meet_the_restricted_level() {
        let hardened = json!({
            "user": "1000",
            "dockerSecurityOptions": ["no-new-privileges"],
            "linuxParameters": { "capabilities": { "drop": ["ALL"] } },
        });
        assert_eq!(refused("restricted", &hardened), "");
        let told = refused("restricted", &json!({ "user": "0" }));
        for reason in ["runAsNonRoot", "runs as root", "allowPrivilegeEscalation", "drop ALL"] {
            assert!(told.contains(reason), "{told}");
        }
    }
}
