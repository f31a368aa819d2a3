//! Autoscalers that others have made.

use super::*;

fn rival(kind: &str, (least, most): (i32, i32)) -> Rival {
    let target = (kind.to_owned(), "web".to_owned());
    Rival { name: "own".to_owned(), maker: None, target, least, most }
}

/// A steady service with bounds, and policies where these are given.
fn bounded(policies: &Value) -> World {
    let mut spec = replica(2);
    spec["autoScaling"] =
        json!({ "scalableTarget": { "MinCapacity": 2, "MaxCapacity": 4 }, "scalingPolicies": policies });
    let start = world(spec);
    let desired = service(&start);
    let mut world = carried_out(start, &desired);
    world.status = outcome(&world, &service(&world)).status;
    world
}

fn found(world: &World) -> Vec<crate::finding::Finding> {
    let findings = service(world).findings.into_iter();
    findings.filter(|finding| finding.code == "AutoscalerConflict").collect()
}

fn told(world: &mut World) -> Vec<crate::status::Event> {
    let outcome = outcome(world, &service(world));
    world.status = outcome.status;
    let events = outcome.events.into_iter();
    events.filter(|event| event.reason == "ServiceAutoscalerConflict").collect()
}

#[test]
fn an_autoscaler_of_a_child_is_told_once_with_the_way_out() {
    let mut world = steady();
    world.rivals = vec![rival("Deployment", (1, 9))];
    let findings = found(&world);
    let [finding] = findings.as_slice() else { panic!("{findings:#?}") };
    assert_eq!(finding.severity, crate::finding::Severity::Warning);
    assert!(finding.message.starts_with("The HorizontalPodAutoscaler own scales the Deployment web"));
    assert!(
        finding.remedy.contains(
            "kubectl -n default patch horizontalpodautoscaler own --type merge -p '{\"spec\":{\"scaleTargetRef\":"
        ) && finding.remedy.contains("\"kind\":\"EcsService\",\"name\":\"web\""),
        "{}",
        finding.remedy
    );
    let first = told(&mut world);
    assert!(first.len() == 1 && first[0].warning, "{first:?}");
    assert!(first[0].message.contains("(service web) ") && first[0].message.contains("kubectl"));
    assert_eq!(told(&mut world), [], "once");
    world.rivals.clear();
    assert_eq!(told(&mut world), []);
    assert_eq!(found(&world), []);
}

#[test]
fn an_autoscaler_of_the_service_is_welcome_within_the_bounds_in_force() {
    let mut free = steady();
    free.rivals = vec![rival("EcsService", (1, 99))];
    assert_eq!(found(&free), [], "nothing else says what the count may be");

    let mut world = bounded(&json!([]));
    for (bounds, paths) in [((2, 4), 0), ((3, 3), 0), ((1, 4), 1), ((2, 5), 1)] {
        world.rivals = vec![rival("EcsService", bounds)];
        let found = found(&world);
        assert_eq!(found.len(), paths, "{bounds:?}");
        assert!(found.iter().all(|f| f.path == "autoScaling.scalableTarget"
            && f.remedy.contains("'{\"spec\":{\"maxReplicas\":4,\"minReplicas\":2}}'")));
    }
}

#[test]
fn a_second_autoscaler_of_the_service_keeps_both_from_acting() {
    let metric = json!({ "PredefinedMetricType": "ECSServiceAverageCPUUtilization" });
    let tracking = json!({ "TargetValue": 60, "PredefinedMetricSpecification": metric });
    let mut world =
        bounded(&json!([{ "PolicyName": "cpu", "TargetTrackingScalingPolicyConfiguration": tracking }]));
    let maker = ("ScaledObject".to_owned(), "queue".to_owned(), "u".to_owned());
    world.rivals = vec![Rival { maker: Some(maker), ..rival("EcsService", (3, 3)) }];
    let findings = found(&world);
    let [finding] = findings.as_slice() else { panic!("{findings:#?}") };
    assert_eq!(finding.path, "autoScaling.scalingPolicies");
    assert!(finding.message.contains("besides the HorizontalPodAutoscaler that is made of autoScaling"));
    assert!(finding.remedy.contains("kubectl -n default delete scaledobject queue"), "{}", finding.remedy);
}

#[test]
fn who_accepts_the_finding_hears_no_more_of_it() {
    let mut world = steady();
    world.spec["kubernetes"]["acceptFindings"] = json!(["AutoscalerConflict"]);
    world.rivals = vec![rival("Deployment", (1, 9))];
    assert_eq!(found(&world)[0].severity, crate::finding::Severity::Info);
    assert_eq!(told(&mut world), []);
}

#[test]
fn nobody_is_in_the_way_of_a_service_that_is_paused() {
    let mut world = steady();
    world.rivals = vec![rival("Deployment", (1, 9))];
    world.spec["kubernetes"]["paused"] = json!(true);
    assert_eq!(found(&world), []);
}
