//! Load balancers: target groups are bound, classic ones refused.

use super::network_balancer;
use crate::api::EcsServiceSpec;
use crate::api::ecs::{LoadBalancer, NetworkMode};
use crate::api::ecs_service::SecurityGroups;
use crate::ecs::arn::is_target_group;
use crate::finding::{Code, Path};
use crate::model::exposure::{DRAIN, TargetGroup, Targets};
use crate::model::name;
use crate::model::task::{Protocol, Task};
use crate::model::validate::{Report, set};
use crate::object::load_balancing::{ELB, VPC};
use crate::policy::Privilege;
use crate::rollout::Inputs;

pub(super) fn validate(inputs: &Inputs, task: &Task, report: &mut Report<'_>) -> Vec<TargetGroup> {
    let list = Path::ROOT.member("loadBalancers");
    let mode = inputs.task_definition.network_mode.unwrap_or(NetworkMode::Bridge);
    let targets = if mode == NetworkMode::Awsvpc { Targets::Tasks } else { Targets::Nodes };
    let mut groups: Vec<TargetGroup> = Vec::new();
    for (i, balancer) in inputs.service.load_balancers.iter().enumerate() {
        let path = list.index(i);
        let port = port(balancer, task, path, report);
        let Some(arn) = target_group(balancer, path, report) else { continue };
        let path = path.member("targetGroupArn");
        if !is_served(path, report) {
            continue;
        }
        let Some(port) = port else { continue };
        if groups.iter().any(|group| group.arn == arn) {
            report.advise(
                Code::TargetGroupNotAttached,
                path,
                "The target group is bound to another port of the service already, and it is bound once.",
                "Give the second port a target group of its own.",
            );
            continue;
        }
        delay(arn, path, report);
        if groups.is_empty() {
            health(targets, path, report);
        }
        // Nodes are reached at the same ports, whatever the tasks listen on.
        if groups.iter().all(|group| group.targets == Targets::Tasks && group.port != port) {
            access(inputs, port, targets, path, report);
        }
        let name = name::child(&report.context.name, &name::hash(arn, 8));
        groups.push(TargetGroup { name, arn: arn.to_owned(), port, targets });
    }
    groups
}

/// Whether the load balancers can be had at all.
pub(super) fn alone(spec: &EcsServiceSpec, report: &mut Report<'_>) {
    let list = Path::ROOT.member("loadBalancers");
    for (i, balancer) in spec.load_balancers.iter().enumerate() {
        let path = list.index(i);
        if target_group(balancer, path, report).is_some() {
            is_served(path.member("targetGroupArn"), report);
        }
    }
}

/// The target group that a load balancer names, as ECS wants it: that, or a classic load balancer.
fn target_group<'b>(balancer: &'b LoadBalancer, path: Path<'_>, report: &mut Report<'_>) -> Option<&'b str> {
    let arn = set(balancer.target_group_arn.as_deref());
    match (arn, set(balancer.load_balancer_name.as_deref())) {
        (None, None) => report.advise(
            Code::MissingMember,
            path.member("targetGroupArn"),
            "A load balancer names its target group, and this one names none.",
            "Write its ARN, or take the load balancer out.",
        ),
        (Some(_), Some(_)) => report.advise(
            Code::InvalidValue,
            path.member("loadBalancerName"),
            "A load balancer is named by targetGroupArn or, if it is a classic one, by loadBalancerName, not by both.",
            "Keep the targetGroupArn.",
        ),
        (None, Some(name)) => classic(balancer, name, path, report),
        (Some(_), None) => {}
    }
    let path = path.member("targetGroupArn");
    let arn = arn?;
    if !is_target_group(arn) {
        report.advise(
            Code::InvalidReference,
            path,
            format!("{arn:?} is not the ARN of a target group."),
            "Write it as arn:aws:elasticloadbalancing:REGION:ACCOUNT:targetgroup/NAME/ID.",
        );
        return None;
    }
    report.grant(Privilege::TargetGroups, arn, path);
    Some(arn)
}

fn port(balancer: &LoadBalancer, task: &Task, path: Path<'_>, report: &mut Report<'_>) -> Option<u16> {
    let member = path.member("containerName");
    let name = report.required(balancer.container_name.as_deref(), member, "containerName")?;
    let Some(container) = task.containers.iter().find(|c| c.name.original == name) else {
        report.add(
            Code::InvalidReference,
            member,
            format!("The container {name} does not exist in the task definition."),
        );
        return None;
    };
    let port = balancer.container_port.unwrap_or_default();
    let mapped = container.ports.iter().find(|p| i32::from(p.container) == port);
    if mapped.is_none() {
        report.add(
            Code::InvalidReference,
            path.member("containerPort"),
            format!("The container {name} did not have a container port {port} defined."),
        );
    }
    mapped.map(|port| port.container)
}

fn classic(balancer: &LoadBalancer, name: &str, path: Path<'_>, report: &mut Report<'_>) {
    let port = balancer.container_port.and_then(|port| u16::try_from(port).ok());
    let network = port.map_or_else(String::new, |port| {
        format!(" Or: {}", network_balancer::remedy(report.context, port, Protocol::Tcp, None))
    });
    report.advise(
        Code::ClassicLoadBalancerUnsupported,
        path.member("loadBalancerName"),
        format!("Nothing here registers tasks with the classic load balancer {name:?}."),
        format!(
            "Name the targetGroupArn of an application or network load balancer instead, or take the load balancer \
             out and set kubernetes.ingress or kubernetes.gateway for a new one.{network}"
        ),
    );
}

fn is_served(path: Path<'_>, report: &mut Report<'_>) -> bool {
    let served = report.context.capabilities.apis.contains(ELB);
    if !served {
        report.advise(
            Code::TargetGroupNotAttached,
            path,
            "The cluster does not serve elbv2.k8s.aws (AWS Load Balancer Controller): the target group does not get the tasks.",
            "Install it: helm install aws-load-balancer-controller eks/aws-load-balancer-controller -n kube-system \
             --set clusterName=CLUSTER. The binding follows by itself; apply a new value of \
             kubernetes.forceNewDeployment then, so that tasks wait for the target group's health checks.",
        );
    }
    served
}

/// How long a target group goes on with a task that leaves.
fn delay(arn: &str, path: Path<'_>, report: &mut Report<'_>) {
    report.advise(
        Code::DrainDelayAssumed,
        path,
        format!("A task that is to stop goes on for {DRAIN} s before its stop signal; on ECS the target group's own delay counts."),
        format!(
            "Let both say the same: aws elbv2 modify-target-group-attributes --target-group-arn {arn} \
             --attributes Key=deregistration_delay.timeout_seconds,Value={DRAIN}"
        ),
    );
}

/// What the health checks of target groups decide about, said of the first.
fn health(targets: Targets, path: Path<'_>, report: &mut Report<'_>) {
    if targets == Targets::Nodes {
        report.add(
            Code::TargetsAreNodes,
            path,
            "Targets are all nodes of the cluster with a port of the service, which leads to the tasks: a rollout does \
             not wait for the target group's health checks.",
        );
    } else {
        report.add(
            Code::TargetHealthReplacesNoTask,
            path,
            "A task that fails the target group's health checks gets no requests and a rollout waits for it, but it is \
             not replaced; a health check of its container does that.",
        );
    }
}

/// Who has to let load balancers in, at which port.
fn access(inputs: &Inputs, port: u16, targets: Targets, path: Path<'_>, report: &mut Report<'_>) {
    report.advise(
        Code::TargetGroupNeedsAccess,
        path,
        "No security group is changed: the load balancer has to be let in where the tasks run, on their port and on that \
         of its health checks.",
        format!(
            "aws ec2 authorize-security-group-ingress --group-id {} --source-group GROUP-OF-THE-LOAD-BALANCER --protocol \
             tcp --port {} (for a network load balancer without a group: --cidr and the range of its subnets)",
            guard(&inputs.service, report.context.capabilities.apis.contains(VPC)),
            match targets {
                Targets::Tasks => port.to_string(),
                Targets::Nodes => NODE_PORTS.to_owned(),
            }
        ),
    );
}

/// Ports of nodes that lead to Services, unless the cluster was told otherwise.
const NODE_PORTS: &str = "30000-32767";

/// The security group that has to let load balancers in: the tasks' own where they have one, else that of the nodes.
fn guard(spec: &EcsServiceSpec, served: bool) -> &str {
    let enforced = spec.kubernetes.as_ref().and_then(|k| k.security_groups) == Some(SecurityGroups::Enforce);
    let vpc = spec.network_configuration.as_ref().and_then(|network| network.awsvpc_configuration.as_ref());
    let own = vpc.into_iter().flat_map(|vpc| &vpc.security_groups).find(|group| !group.is_empty());
    own.filter(|_| enforced && served).map_or("GROUP-OF-THE-NODES", String::as_str)
}
