//! Members of containers that ECS does not accept everywhere: the one table of where.

use super::Report;
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::{ContainerDefinition, NetworkMode};
use crate::finding::{Code, Path};
use crate::model::task::Os;

/// A member, and where ECS refuses it.
struct Rule {
    member: &'static str,
    is_set: fn(&ContainerDefinition) -> bool,
    fargate: bool,
    windows: bool,
    modes: &'static [NetworkMode],
}

const fn rule(
    member: &'static str,
    is_set: fn(&ContainerDefinition) -> bool,
    (fargate, windows): (bool, bool),
    modes: &'static [NetworkMode],
) -> Rule {
    Rule { member, is_set, fargate, windows, modes }
}

const YES_BOTH: (bool, bool) = (true, true);
const AWSVPC: &[NetworkMode] = &[NetworkMode::Awsvpc];
const ALL_BUT_BRIDGE: &[NetworkMode] = &[NetworkMode::Awsvpc, NetworkMode::Host, NetworkMode::None];

/// Source: RegisterTaskDefinition, and the differences of Fargate in the developer guide.
const RULES: &[Rule] = &[
    rule("disableNetworking", |c| c.disable_networking == Some(true), YES_BOTH, AWSVPC),
    rule("dnsSearchDomains", |c| !c.dns_search_domains.is_empty(), YES_BOTH, AWSVPC),
    rule("dnsServers", |c| !c.dns_servers.is_empty(), YES_BOTH, AWSVPC),
    rule("dockerSecurityOptions", |c| !c.docker_security_options.is_empty(), (true, false), &[]),
    rule("extraHosts", |c| !c.extra_hosts.is_empty(), YES_BOTH, AWSVPC),
    rule("hostname", |c| c.hostname.as_deref().is_some_and(|h| !h.is_empty()), (false, false), AWSVPC),
    rule("linuxParameters", |c| c.linux_parameters.as_ref().is_some_and(says_something), (false, true), &[]),
    rule("links", |c| !c.links.is_empty(), YES_BOTH, ALL_BUT_BRIDGE),
    rule("privileged", |c| c.privileged == Some(true), YES_BOTH, &[]),
    rule("readonlyRootFilesystem", |c| c.readonly_root_filesystem == Some(true), (false, true), &[]),
    rule("systemControls", |c| !c.system_controls.is_empty(), (false, true), &[]),
    rule("ulimits", |c| !c.ulimits.is_empty(), (false, true), &[]),
    rule("user", |c| c.user.as_deref().is_some_and(|user| !user.is_empty()), (false, true), &[]),
];

/// Templates spell absent members in every way that there is.
fn says_something(linux: &crate::api::ecs::LinuxParameters) -> bool {
    let capabilities = linux.capabilities.as_ref();
    capabilities.is_some_and(|c| !c.add.is_empty() || !c.drop.is_empty())
        || linux.init_process_enabled == Some(true)
        || linux.shared_memory_size.is_some_and(|size| size > 0)
        || linux.max_swap.is_some()
        || linux.swappiness.is_some()
        || !linux.devices.is_empty()
        || !linux.tmpfs.is_empty()
}

/// What the launch type, the operating system or the network mode rules out; told once for each member.
pub(super) fn containers(spec: &TaskDefinitionSpec, fargate: bool, os: Os, report: &mut Report<'_>) {
    let list = Path::ROOT.member("containerDefinitions");
    let mode = spec.network_mode.unwrap_or(NetworkMode::Bridge);
    for (i, definition) in spec.container_definitions.iter().enumerate() {
        let element = list.index(i);
        for rule in RULES.iter().filter(|rule| (rule.is_set)(definition)) {
            let member = rule.member;
            let (message, remedy) = if fargate && rule.fargate {
                (
                    format!("Tasks on Fargate do not support {member}."),
                    "Run the task on EC2 capacity, or take the member out.",
                )
            } else if os != Os::Linux && rule.windows {
                (format!("{member} is not supported for Windows containers."), "Take the member out.")
            } else if rule.modes.contains(&mode) {
                (
                    format!("{member} is not supported on container when networkMode={mode}."),
                    "Take the member out, or use networkMode bridge.",
                )
            } else {
                continue;
            };
            report.advise(Code::InvalidValue, element.member(member), message, remedy);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{container, container_in, told};

    #[test]
    fn awsvpc_refuses_what_docker_would_do_to_the_network() {
        for (member, value) in [
            ("hostname", json!("web")),
            ("links", json!(["app"])),
            ("extraHosts", json!([{ "hostname": "db", "ipAddress": "10.0.0.1" }])),
            ("dnsServers", json!(["10.0.0.2"])),
            ("dnsSearchDomains", json!(["corp.example"])),
            ("disableNetworking", json!(true)),
        ] {
            let task = container_in(&json!({ member: value }), &json!({ "networkMode": "awsvpc" }));
            let told = told(&task, &json!({}));
            let expected = format!("InvalidValue containerDefinitions[0].{member}");
            assert!(told.contains(&expected), "{told:?}");
        }
    }

    #[test]
    fn links_need_the_bridge() {
        let task = container_in(&json!({ "links": ["app"] }), &json!({ "networkMode": "none" }));
        assert!(told(&task, &json!({})).contains(&"InvalidValue containerDefinitions[0].links".to_owned()));
    }

    #[test]
    fn windows_containers_have_nothing_of_linux() {
        let windows = json!({ "runtimePlatform": { "operatingSystemFamily": "WINDOWS_SERVER_2022_CORE" } });
        for (member, value) in [
            ("user", json!("1000")),
            ("privileged", json!(true)),
            ("readonlyRootFilesystem", json!(true)),
            ("linuxParameters", json!({ "capabilities": { "drop": ["ALL"] } })),
            ("systemControls", json!([{ "namespace": "net.core.somaxconn", "value": "1" }])),
            ("ulimits", json!([{ "name": "nofile", "softLimit": 1, "hardLimit": 1 }])),
        ] {
            let told = told(&container_in(&json!({ member: value }), &windows), &json!({}));
            let expected = format!("InvalidValue containerDefinitions[0].{member}");
            let errors = told.iter().filter(|t| t.starts_with("InvalidValue") || t.starts_with("NotGranted"));
            assert_eq!(errors.collect::<Vec<_>>(), [&expected]);
        }
        let nothing = json!({ "linuxParameters": { "initProcessEnabled": false }, "privileged": false });
        assert!(told(&container_in(&nothing, &windows), &json!({})).is_empty());
    }

    #[test]
    fn privileged_on_fargate_is_one_fault_and_needs_no_grant() {
        let fargate = json!({ "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512" });
        let task = container_in(&json!({ "privileged": true }), &fargate);
        assert_eq!(told(&task, &json!({})), ["InvalidValue containerDefinitions[0].privileged"]);
        assert_eq!(
            told(&container(&json!({ "privileged": true })), &json!({})),
            ["NotGranted containerDefinitions[0].privileged"]
        );
    }
}
