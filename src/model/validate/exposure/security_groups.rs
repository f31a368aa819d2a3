//! Security groups of tasks.

use crate::api::EcsServiceSpec;
use crate::api::ecs_service::SecurityGroups;
use crate::finding::{Code, Path};
use crate::model::validate::Report;
use crate::object::load_balancing::VPC;

/// The groups that pods get.
pub(super) fn validate(spec: &EcsServiceSpec, report: &mut Report<'_>) -> Vec<String> {
    let vpc = spec.network_configuration.as_ref().and_then(|network| network.awsvpc_configuration.as_ref());
    let groups: Vec<String> = vpc.map(|vpc| vpc.security_groups.clone()).unwrap_or_default();
    let groups: Vec<String> = groups.into_iter().filter(|group| !group.is_empty()).collect();
    if groups.is_empty() {
        return groups;
    }
    let (network, kubernetes) = (Path::ROOT.member("networkConfiguration"), Path::ROOT.member("kubernetes"));
    let vpc = network.member("awsvpcConfiguration");
    let path = vpc.member("securityGroups");
    let enforced = spec.kubernetes.as_ref().and_then(|k| k.security_groups) == Some(SecurityGroups::Enforce);
    if !enforced {
        report.advise(
            Code::SecurityGroupsNotApplied,
            path,
            "The security groups do not guard the tasks: whatever may reach the nodes' pods reaches them.",
            "Set kubernetes.securityGroups: Enforce where the VPC CNI gives pods security groups, or say the same as \
             NetworkPolicies.",
        );
        return Vec::new();
    }
    if !report.context.capabilities.apis.contains(VPC) {
        let remedy = "Let the VPC CNI give pods security groups: kubectl -n kube-system set env daemonset aws-node \
                      ENABLE_POD_ENI=true";
        for path in [path, kubernetes.member("securityGroups")] {
            report.advise(
                Code::SecurityGroupsNotApplied,
                path,
                "The cluster does not serve vpcresources.k8s.aws: the security groups do not guard the tasks.",
                remedy,
            );
        }
        return Vec::new();
    }
    report.add(
        Code::SecurityGroupsNeedRules,
        path,
        "Only these groups guard the tasks: they have to let in the nodes, whose kubelets check the tasks, and let the \
         tasks out to the cluster's DNS, and that one has to let them in.",
    );
    groups
}
