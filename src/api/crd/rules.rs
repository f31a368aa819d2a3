//! Rules that the API server evaluates (CEL): what can never be right is refused when it is applied.
//!
//! Only what ECS itself refuses for certain stands here, and what our own members need. All else is a
//! finding, because findings come all at once, with a path and a remedy, and offline as well.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    JSONSchemaProps, JSONSchemaPropsOrArray, ValidationRule,
};

/// Something that has to hold at one place of an object.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The kind that it is for; none means every kind.
    pub kind: Option<&'static str>,
    /// Where it holds: names joined by dots, `[]` for every element of a list; empty for the whole object.
    pub path: &'static str,
    /// The expression; `self` is what stands at the path.
    pub rule: &'static str,
    /// What the user reads where it does not hold.
    pub message: &'static str,
}

/// Every rule.
pub const RULES: &[Rule] = &[
    Rule {
        kind: None,
        path: "",
        rule: "size(self.metadata.name) <= 40 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
        message: "metadata.name has at most 40 lower-case letters, digits and -, starts with a letter and \
                  does not end with -; choose another one, the ECS name in spec stays as it is",
    },
    Rule {
        kind: Some("TaskDefinition"),
        path: "spec.family",
        rule: "self == oldSelf",
        message: "family cannot be changed, the registered revisions belong to it; create another \
                  TaskDefinition",
    },
    Rule {
        kind: Some("TaskDefinition"),
        path: "spec.volumes[]",
        rule: "[has(self.host) && has(self.host.sourcePath), has(self.dockerVolumeConfiguration), \
               has(self.efsVolumeConfiguration), has(self.s3filesVolumeConfiguration), \
               has(self.fsxWindowsFileServerVolumeConfiguration), has(self.configuredAtLaunch) && \
               self.configuredAtLaunch].filter(given, given).size() <= 1",
        message: "a volume has at most one of host.sourcePath, dockerVolumeConfiguration, \
                  efsVolumeConfiguration, s3filesVolumeConfiguration, \
                  fsxWindowsFileServerVolumeConfiguration and configuredAtLaunch; make one volume of each",
    },
    Rule {
        kind: Some("TaskDefinition"),
        path: "spec.kubernetes.environmentFiles[]",
        rule: "has(self.configMapRef) != has(self.secretRef)",
        message: "an environment file is in a ConfigMap or in a Secret; give either configMapRef or \
                  secretRef",
    },
    Rule {
        kind: Some("EcsService"),
        path: "spec.serviceName",
        rule: "self == oldSelf",
        message: "serviceName cannot be changed; create another EcsService and delete this one",
    },
    Rule {
        kind: Some("EcsService"),
        path: "spec",
        rule: "(has(self.schedulingStrategy) ? self.schedulingStrategy : 'REPLICA') == \
               (has(oldSelf.schedulingStrategy) ? oldSelf.schedulingStrategy : 'REPLICA')",
        message: "schedulingStrategy cannot be changed (absent is REPLICA); delete the service and create it \
                  again",
    },
    Rule {
        kind: Some("EcsService"),
        path: "spec",
        rule: "!has(self.launchType) || !has(self.capacityProviderStrategy) || \
               size(self.capacityProviderStrategy) == 0",
        message: "launchType and capacityProviderStrategy exclude each other; remove one of them",
    },
    Rule {
        kind: Some("EcsService"),
        path: "spec",
        rule: "!has(self.schedulingStrategy) || self.schedulingStrategy != 'DAEMON' || \
               !has(self.desiredCount) || self.desiredCount == 0",
        message: "desiredCount is not for schedulingStrategy DAEMON, which runs one task on each node; \
                  remove it",
    },
    Rule {
        kind: Some("EcsService"),
        path: "spec.autoScaling.scalableTarget",
        rule: BOUNDS,
        message: BOUNDS_MESSAGE,
    },
    Rule {
        kind: Some("EcsService"),
        path: "spec.autoScaling.scheduledActions[].ScalableTargetAction",
        rule: BOUNDS,
        message: BOUNDS_MESSAGE,
    },
    Rule {
        kind: Some("CapacityProvider"),
        path: "spec.name",
        rule: "self == oldSelf",
        message: "name cannot be changed, services refer to it; create another CapacityProvider",
    },
    Rule {
        kind: Some("CapacityProvider"),
        path: "spec",
        rule: "!has(self.autoScalingGroupProvider) || !has(self.managedInstancesProvider)",
        message: "autoScalingGroupProvider and managedInstancesProvider exclude each other; remove one of \
                  them",
    },
    Rule {
        kind: Some("CapacityProvider"),
        path: "spec",
        rule: "has(self.autoScalingGroupProvider) || has(self.managedInstancesProvider) || \
               has(self.kubernetes) || self.name in ['FARGATE', 'FARGATE_SPOT']",
        message: "nothing says which nodes the provider has; give autoScalingGroupProvider, \
                  managedInstancesProvider or kubernetes (only FARGATE and FARGATE_SPOT need none)",
    },
];

const BOUNDS: &str =
    "!has(self.MinCapacity) || !has(self.MaxCapacity) || self.MinCapacity <= self.MaxCapacity";
const BOUNDS_MESSAGE: &str = "MinCapacity is above MaxCapacity; lower it or raise MaxCapacity";

/// Adds the rules of a kind to its schema.
pub(super) fn insert(kind: &str, root: &mut JSONSchemaProps) {
    for rule in RULES.iter().filter(|rule| rule.kind.is_none_or(|only| only == kind)) {
        if let Some(place) = find(root, rule.path) {
            place.x_kubernetes_validations.get_or_insert_default().push(ValidationRule {
                rule: rule.rule.to_owned(),
                message: Some(rule.message.to_owned()),
                ..ValidationRule::default()
            });
        }
    }
}

fn find<'a>(root: &'a mut JSONSchemaProps, path: &str) -> Option<&'a mut JSONSchemaProps> {
    path.split('.').filter(|step| !step.is_empty()).try_fold(root, |schema, step| {
        let members = schema.properties.as_mut()?;
        match step.strip_suffix("[]") {
            None => members.get_mut(step),
            Some(list) => match members.get_mut(list)?.items.as_mut()? {
                JSONSchemaPropsOrArray::Schema(element) => Some(&mut **element),
                JSONSchemaPropsOrArray::Schemas(_) => None,
            },
        }
    })
}
