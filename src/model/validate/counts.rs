//! How many, how long and how large: limits of ECS that are nobody's own rule.

use super::Report;
use crate::api::{EcsServiceSpec, TaskDefinitionSpec};
use crate::finding::{Code, Path};

/// Largest task definition, in bytes of JSON (service quotas).
const LARGEST: usize = 64 << 10;
/// Longest image reference with a tag; of one with a digest this is the part before it.
const LONGEST_IMAGE: usize = 255;

/// A list, how many elements it has and may have, and what they are.
type Count = (&'static str, usize, usize, &'static str);

fn lists(counts: &[Count], root: Path<'_>, report: &mut Report<'_>) {
    for (member, count, most, what) in counts {
        if count > most {
            let message = format!("There are {count} {what}; ECS takes at most {most}.");
            report.advise(Code::InvalidValue, root.member(member), message, "Take some of them out.");
        }
    }
}

pub(super) fn task(spec: &TaskDefinitionSpec, report: &mut Report<'_>) {
    let size = serde_json::to_vec(&TaskDefinitionSpec { kubernetes: None, ..spec.clone() });
    if let Some(size) = size.ok().map(|bytes| bytes.len()).filter(|size| *size > LARGEST) {
        report.advise(
            Code::InvalidValue,
            Path::ROOT,
            format!("The task definition has {} KiB of JSON; ECS takes 64.", size.div_ceil(1 << 10)),
            "Move long commands and variables into files, or split the task.",
        );
    }
    let constraints: [Count; 1] =
        [("placementConstraints", spec.placement_constraints.len(), 10, "placement constraints")];
    lists(&constraints, Path::ROOT, report);
    let containers = Path::ROOT.member("containerDefinitions");
    for (i, definition) in spec.container_definitions.iter().enumerate() {
        let path = containers.index(i);
        let image = definition.image.as_deref().unwrap_or_default();
        let length = image.split('@').next().unwrap_or_default().len();
        if length > LONGEST_IMAGE {
            let message =
                format!("The image reference has {length} characters; ECS takes at most {LONGEST_IMAGE}.");
            report.advise(Code::InvalidValue, path.member("image"), message, "Use a shorter name or tag.");
        }
    }
}

pub(super) fn service(spec: &EcsServiceSpec, of_task: usize, report: &mut Report<'_>) {
    let constraints = spec.placement_constraints.len() + of_task;
    lists(
        &[
            ("loadBalancers", spec.load_balancers.len(), 5, "load balancers"),
            (
                "placementConstraints",
                constraints,
                10,
                "placement constraints, those of the task definition included",
            ),
            ("placementStrategy", spec.placement_strategy.len(), 5, "placement strategies"),
            ("gatewayConnectors", spec.gateway_connectors.len(), 1, "gateway connectors"),
            ("serviceRegistries", spec.service_registries.len(), 1, "service registries"),
        ],
        Path::ROOT,
        report,
    );
    let network = Path::ROOT.member("networkConfiguration");
    if let Some(vpc) = spec.network_configuration.as_ref().and_then(|n| n.awsvpc_configuration.as_ref()) {
        lists(
            &[
                ("securityGroups", vpc.security_groups.len(), 5, "security groups"),
                ("subnets", vpc.subnets.len(), 16, "subnets"),
            ],
            network.member("awsvpcConfiguration"),
            report,
        );
    }
    let token = spec.client_token.as_deref().unwrap_or_default();
    if token.len() > 36 || !token.bytes().all(|b| b.is_ascii_graphic()) {
        let path = Path::ROOT.member("clientToken");
        report.add(
            Code::InvalidValue,
            path,
            "A client token has at most 36 printable ASCII characters without spaces.",
        );
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::desired::Context;

    fn told(task: Value, service: Value) -> Vec<String> {
        let context = Context::default();
        let mut report = Report::new(&context);
        let task: TaskDefinitionSpec = serde_json::from_value(task).unwrap();
        self::task(&task, &mut report);
        self::service(
            &serde_json::from_value(service).unwrap(),
            task.placement_constraints.len(),
            &mut report,
        );
        report.findings.into_iter().map(|finding| finding.path).collect()
    }

    #[test]
    fn what_is_too_much_is_refused_at_its_place() {
        let (task, service) =
            (json!({"family": "web", "containerDefinitions": []}), json!({"serviceName": "web"}));
        assert_eq!(told(task.clone(), service.clone()), Vec::<String>::new());
        let many = |count| vec![json!({}); count];
        let constraints = json!({"containerDefinitions": [], "placementConstraints": many(6)});
        assert_eq!(told(constraints.clone(), service.clone()), Vec::<String>::new());
        let more = json!({"serviceName": "web", "placementConstraints": many(5), "loadBalancers": many(6)});
        assert_eq!(told(constraints, more), ["loadBalancers", "placementConstraints"]);
        let vpc = json!({"subnets": vec!["s"; 17], "securityGroups": vec!["g"; 6]});
        let network = json!({"networkConfiguration": {"awsvpcConfiguration": vpc}, "clientToken": "a b"});
        let awsvpc = "networkConfiguration.awsvpcConfiguration";
        assert_eq!(
            told(task, network),
            [&format!("{awsvpc}.securityGroups"), &format!("{awsvpc}.subnets"), "clientToken"]
        );
        let long = |image: String| json!({"containerDefinitions": [{"image": image}]});
        let at = "containerDefinitions[0].image";
        assert_eq!(told(long("i".repeat(256)), service.clone()), [at]);
        let digest = format!("{}@sha256:{}", "i".repeat(255), "0".repeat(64));
        assert_eq!(told(long(digest), service.clone()), Vec::<String>::new());
        let large = json!({"containerDefinitions": [{"command": ["x".repeat(65_536)]}]});
        assert_eq!(told(large, service), [""]);
    }
}
