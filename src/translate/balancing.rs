//! Load balancers: what leads requests to the tasks, when a task counts as ready there, how it leaves.

use k8s_openapi::api::core::v1::{
    Container, Lifecycle, LifecycleHandler, PodReadinessGate, PodSpec, PodTemplateSpec, SleepAction,
};
use k8s_openapi::api::networking::v1::{
    HTTPIngressPath, HTTPIngressRuleValue, Ingress, IngressBackend, IngressRule, IngressServiceBackend,
    IngressSpec, ServiceBackendPort,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::container::some;
use super::meta;
use crate::model::Service;
use crate::model::exposure::{self, Route, TargetGroup, Targets};
use crate::model::life::STOP_TIMEOUT;
use crate::object::Object;
use crate::object::load_balancing::{
    GroupIds, HTTPPathMatch, HTTPRoute, HTTPRouteMatch, HTTPRouteRule, HTTPRouteSpec, ParentRef,
    SecurityGroupPolicy, SecurityGroupPolicySpec, ServiceRef, TargetGroupBinding, TargetGroupBindingSpec,
};

/// Prefix of the condition in which the AWS Load Balancer Controller says whether a pod is healthy in a target group.
const HEALTH: &str = "target-health.elbv2.k8s.aws/";

/// What leads requests to the service, and what guards its tasks.
pub(super) fn objects(service: &Service) -> Vec<Object> {
    let exposure = &service.exposure;
    let mut objects = Vec::new();
    objects.extend(security_groups(service));
    objects.extend(exposure.target_groups.iter().map(|group| binding(service, group)));
    objects.extend(exposure.ingress.as_ref().map(|it| ingress(service, it)));
    objects.extend(exposure.route.as_ref().map(|it| route(service, it)));
    objects
}

fn binding(service: &Service, group: &TargetGroup) -> Object {
    let spec = TargetGroupBindingSpec {
        service_ref: ServiceRef { name: service.name.label.clone(), port: group.port.into() },
        target_group_arn: group.arn.clone(),
        target_type: match group.targets {
            Targets::Tasks => "ip",
            Targets::Nodes => "instance",
        }
        .to_owned(),
        // Otherwise the controller deregisters what it does not know, such as tasks that still run on ECS.
        multi_cluster_target_group: true,
    };
    let mut object = TargetGroupBinding::new(&group.name, spec);
    object.metadata = meta::owned(service, &group.name);
    object.into()
}

fn ingress(service: &Service, ingress: &exposure::Ingress) -> Object {
    let backend = IngressServiceBackend {
        name: service.name.label.clone(),
        port: Some(ServiceBackendPort { number: Some(ingress.port.into()), name: None }),
    };
    let path = HTTPIngressPath {
        path: Some(ingress.path.clone()),
        path_type: "Prefix".to_owned(),
        backend: IngressBackend { service: Some(backend), resource: None },
    };
    let mut metadata = meta::owned(service, &service.name.label);
    if !ingress.annotations.is_empty() {
        metadata.annotations.get_or_insert_default().extend(ingress.annotations.clone());
    }
    let object = Ingress {
        metadata,
        spec: Some(IngressSpec {
            ingress_class_name: ingress.class.clone(),
            rules: Some(vec![IngressRule {
                host: ingress.host.clone(),
                http: Some(HTTPIngressRuleValue { paths: vec![path] }),
            }]),
            ..IngressSpec::default()
        }),
        status: None,
    };
    object.into()
}

fn route(service: &Service, route: &Route) -> Object {
    let path = HTTPPathMatch { type_: "PathPrefix".to_owned(), value: route.path.clone() };
    let rule = HTTPRouteRule {
        matches: vec![HTTPRouteMatch { path }],
        backend_refs: vec![ServiceRef { name: service.name.label.clone(), port: route.port.into() }],
    };
    let spec = HTTPRouteSpec {
        parent_refs: vec![ParentRef { name: route.gateway.clone(), namespace: route.namespace.clone() }],
        hostnames: route.hostnames.clone(),
        rules: vec![rule],
    };
    let mut object = HTTPRoute::new(&service.name.label, spec);
    object.metadata = meta::owned(service, &service.name.label);
    object.into()
}

fn security_groups(service: &Service) -> Option<Object> {
    let group_ids = some(service.exposure.security_groups.clone())?;
    let pods = LabelSelector { match_labels: Some(meta::service_selector(service)), match_expressions: None };
    let spec = SecurityGroupPolicySpec { pod_selector: pods, security_groups: GroupIds { group_ids } };
    let mut object = SecurityGroupPolicy::new(&service.name.label, spec);
    object.metadata = meta::owned(service, &service.name.label);
    Some(object.into())
}

/// Makes pods wait for the health checks of their target groups, and leave before they stop.
///
/// Both stand in the template, so in what is recorded: a controller that is installed later makes no pod wait that
/// it does not know of, and what waits for a controller is only ever started where there is one.
pub(super) fn of_pod(service: &Service, spec: &mut PodSpec) {
    let exposure = &service.exposure;
    let tasks = exposure.target_groups.iter().filter(|group| group.targets == Targets::Tasks);
    let gates = tasks.map(|group| PodReadinessGate { condition_type: format!("{HEALTH}{}", group.name) });
    spec.readiness_gates = some(gates.collect());
    let drain = exposure.drain();
    if drain == 0 {
        return;
    }
    let drain = i64::from(drain);
    let stop = spec.termination_grace_period_seconds.unwrap_or_else(|| STOP_TIMEOUT.into());
    spec.termination_grace_period_seconds = Some(stop + drain);
    // What starts before the others also stops after them.
    for container in &mut spec.containers {
        leave(container, drain);
    }
}

fn leave(container: &mut Container, drain: i64) {
    let sleep =
        LifecycleHandler { sleep: Some(SleepAction { seconds: drain }), ..LifecycleHandler::default() };
    container.lifecycle.get_or_insert_with(Lifecycle::default).pre_stop = Some(sleep);
    // A container that is killed for its health waits as well, within the time that its probe grants.
    for probe in [&mut container.startup_probe, &mut container.liveness_probe].into_iter().flatten() {
        if let Some(grace) = &mut probe.termination_grace_period_seconds {
            *grace += drain;
        }
    }
}

/// Seconds for which a pod of a template has to be ready before it counts as healthy.
pub(super) fn min_ready_seconds(service: &Service, template: &PodTemplateSpec) -> i32 {
    service.healthy_after(template.spec.as_ref().is_some_and(|spec| spec.readiness_gates.is_some()))
}
