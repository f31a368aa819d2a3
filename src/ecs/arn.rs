//! References to ECS resources: a bare name, or an ARN that ends in one.
//!
//! ECS takes both everywhere. Forms: `arn:PARTITION:ecs:REGION:ACCOUNT:TYPE/NAME…` (ECS Developer Guide, "Amazon
//! Resource Names").

/// A reference to a task definition: `family`, `family:revision`, or an ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskDefinitionRef<'a> {
    /// The family.
    pub family: &'a str,
    /// The revision, where the reference is pinned to one.
    pub revision: Option<i64>,
}

impl<'a> TaskDefinitionRef<'a> {
    /// Splits a reference; `None` where its revision is not a number or the family is missing.
    ///
    /// ```
    /// use ecs_bridge::ecs::arn::TaskDefinitionRef;
    /// let pinned = TaskDefinitionRef::parse("arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7");
    /// assert_eq!(pinned, Some(TaskDefinitionRef { family: "web", revision: Some(7) }));
    /// ```
    #[must_use]
    pub fn parse(reference: &'a str) -> Option<Self> {
        let (family, revision) = match last(reference).split_once(':') {
            Some((family, revision)) => (family, Some(revision.parse().ok().filter(|n| *n > 0)?)),
            None => (last(reference), None),
        };
        (!family.is_empty()).then_some(Self { family, revision })
    }
}

/// The name in a reference to a cluster or a service: what stands after the last `/`.
#[must_use]
pub fn name(reference: &str) -> &str {
    last(reference)
}

/// A service as Application Auto Scaling names it: `service/CLUSTER/SERVICE`.
#[must_use]
pub fn scalable_service(resource_id: &str) -> Option<(&str, &str)> {
    let (cluster, service) = resource_id.strip_prefix("service/")?.split_once('/')?;
    (!cluster.is_empty() && !service.is_empty() && !service.contains('/')).then_some((cluster, service))
}

/// The service and the policy of a scaling policy's ARN:
/// `arn:PARTITION:autoscaling:REGION:ACCOUNT:scalingPolicy:ID:resource/ecs/service/CLUSTER/SERVICE:policyName/NAME`.
#[must_use]
pub fn scaling_policy(arn: &str) -> Option<((&str, &str), &str)> {
    let (_, rest) = arn.strip_prefix("arn:")?.split_once(":scalingPolicy:")?;
    let (_, rest) = rest.split_once(":resource/ecs/")?;
    let (service, policy) = rest.split_once(":policyName/")?;
    Some((scalable_service(service)?, policy))
}

/// Whether this is `arn:PARTITION:elasticloadbalancing:REGION:ACCOUNT:targetgroup/NAME/ID`.
#[must_use]
pub fn is_target_group(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, "elasticloadbalancing", region, account, resource] = parts[..] else {
        return false;
    };
    let Some((name, id)) = resource.strip_prefix("targetgroup/").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    let part =
        |text: &str| !text.is_empty() && !text.contains(['/', ':']) && !text.contains(char::is_whitespace);
    [partition, region, account, name, id].into_iter().all(part)
}

fn last(reference: &str) -> &str {
    if reference.starts_with("arn:") { reference.rsplit('/').next().unwrap_or(reference) } else { reference }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn task_definitions_are_named_in_three_ways() {
        let parse = |text| TaskDefinitionRef::parse(text).map(|found| (found.family, found.revision));
        assert_eq!(parse("web"), Some(("web", None)));
        assert_eq!(parse("web:7"), Some(("web", Some(7))));
        assert_eq!(parse("arn:aws-cn:ecs:r:1:task-definition/web"), Some(("web", None)));
        assert_eq!(parse("web:latest"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn clusters_and_services_are_named_in_two_ways() {
        assert_eq!(name("arn:aws:ecs:r:1:cluster/prod"), "prod");
        assert_eq!(name("prod"), "prod");
        assert_eq!(scalable_service("service/prod/web"), Some(("prod", "web")));
        assert_eq!(scalable_service("table/orders"), None);
    }

    #[test]
    fn a_scaling_policy_is_named_with_its_service() {
        let arn =
            |resource: &str| format!("arn:aws:autoscaling:r:1:scalingPolicy:6d8972f3:resource/{resource}");
        let found = arn("ecs/service/prod/web:policyName/out/up");
        assert_eq!(scaling_policy(&found), Some((("prod", "web"), "out/up")));
        assert_eq!(scaling_policy(&arn("dynamodb/table/orders:policyName/out")), None);
        assert_eq!(scaling_policy("arn:aws:sns:r:1:pager"), None);
    }

    #[test]
    fn a_target_group_is_named_in_one_way() {
        assert!(is_target_group("arn:aws-cn:elasticloadbalancing:r:1:targetgroup/web/0123456789abcdef"));
        for other in [
            "web",
            "arn:x",
            "arn:aws:elasticloadbalancing:r:1:targetgroup/web",
            "arn:aws:elasticloadbalancing:r:1:targetgroup/web/0/1",
            "arn:aws:elasticloadbalancing::1:targetgroup/web/0",
            "arn:aws:elasticloadbalancing:r:1:loadbalancer/app/web/0",
            "arn:aws:vpc-lattice:r:1:targetgroup/web/0",
            "arn:aws:elasticloadbalancing:r:1:targetgroup/web/0 ",
        ] {
            assert!(!is_target_group(other), "{other}");
        }
    }
}
