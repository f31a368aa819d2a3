//! Where on AWS a definition lives: what its bare names leave out.

use super::set;
use crate::api::ecs::ContainerDefinition;
use crate::api::{EcsServiceSpec, TaskDefinitionSpec};
use crate::iam;

/// What is known of the place; each comes from whatever names it first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Home {
    /// Partition and account.
    pub(super) account: Option<(String, String)>,
    /// Region.
    pub(super) region: Option<String>,
}

/// Looks at everything in the two definitions that lies in the service's own account or Region.
pub(super) fn of(task: &TaskDefinitionSpec, service: Option<&EcsServiceSpec>) -> Home {
    let roles = [task.execution_role_arn.as_deref(), task.task_role_arn.as_deref()].into_iter().flatten();
    let ecs = service.iter().flat_map(|s| [s.cluster.as_deref(), s.task_definition.as_deref()]).flatten();
    let account = roles
        .filter_map(|arn| iam::role(arn).map(|(partition, account, _)| (partition, account)))
        .chain(ecs.clone().filter_map(|arn| account_of(arn)))
        .map(|(partition, account)| (partition.to_owned(), account.to_owned()))
        .next();
    let balancers = service.iter().flat_map(|s| &s.load_balancers);
    let groups = balancers.filter_map(|balancer| balancer.target_group_arn.as_deref());
    let region = ecs
        .chain(groups)
        .filter_map(region_of)
        .chain(task.container_definitions.iter().filter_map(region_of_container))
        .map(str::to_owned)
        .next();
    Home { account, region }
}

fn account_of(arn: &str) -> Option<(&str, &str)> {
    let mut parts = arn.strip_prefix("arn:")?.split(':');
    let (partition, account) = (parts.next()?, parts.nth(2)?);
    (!account.is_empty()).then_some((partition, account))
}

/// The Region that an ARN names.
pub(super) fn region_of(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:")?.split(':').nth(2).filter(|region| !region.is_empty())
}

/// Secrets and logs are in the task's own Region unless somebody went out of their way; images often come from a
/// central one, so they count last.
fn region_of_container(container: &ContainerDefinition) -> Option<&str> {
    let secret = container.secrets.iter().filter_map(|s| region_of(s.value_from.as_deref()?)).next();
    let log = || set(container.log_configuration.as_ref()?.options.get("awslogs-region").map(String::as_str));
    let image = || {
        let (_, rest) = container.image.as_deref()?.split_once(".dkr.ecr.")?;
        rest.split('.').next()
    };
    secret.or_else(log).or_else(image)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn home(task: Value, service: Value) -> Home {
        let service: EcsServiceSpec = serde_json::from_value(service).unwrap();
        of(&serde_json::from_value(task).unwrap(), Some(&service))
    }

    #[test]
    fn what_names_the_place_first_counts() {
        let task = json!({
            "executionRoleArn": "arn:aws:iam::123456789012:role/exec",
            "containerDefinitions": [{"image": "1.dkr.ecr.us-east-1.amazonaws.com/web:1",
                "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-region": "eu-west-1"}}}],
        });
        let found = home(task.clone(), json!({}));
        assert_eq!(found.account, Some(("aws".into(), "123456789012".into())));
        assert_eq!(found.region.as_deref(), Some("eu-west-1"));
        let cluster = json!({"cluster": "arn:aws:ecs:eu-north-1:210987654321:cluster/shop"});
        assert_eq!(home(task, cluster.clone()).region.as_deref(), Some("eu-north-1"));
        assert_eq!(home(json!({}), cluster).account, Some(("aws".into(), "210987654321".into())));
        assert_eq!(home(json!({}), json!({"cluster": "shop"})), Home::default());
    }
}
