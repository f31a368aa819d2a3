//! Counts where the record of what runs says nothing to this release.

use super::super::counts::follow;
use super::*;

fn followed(children: &[(&str, i32, &str)], count: Option<i32>) -> Vec<(String, i32)> {
    let mut world = steady();
    let like = world.workloads.remove(0);
    let child = |(name, desired, deployment): &(&str, i32, &str)| Workload {
        name: (*name).to_owned(),
        desired: *desired,
        deployment_id: (*deployment).to_owned(),
        ..like.clone()
    };
    world.workloads = children.iter().map(child).collect();
    follow(&world, count).into_iter().collect()
}

fn named(counts: &[(&str, i32)]) -> Vec<(String, i32)> {
    counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

#[test]
fn children_share_a_count_as_they_did_before() {
    let both = [("a", 2, "d"), ("b", 4, "d")];
    assert_eq!(followed(&both, Some(9)), named(&[("a", 3), ("b", 6)]));
    assert_eq!(followed(&both, Some(6)), [], "as it is");
    assert_eq!(followed(&both, Some(0)), named(&[("a", 0), ("b", 0)]));
    assert_eq!(followed(&[("a", 0, "d"), ("b", 0, "d")], Some(2)), named(&[("a", 2)]));
    assert_eq!(followed(&both, None), [], "a DAEMON service has no count");
}

#[test]
fn in_the_middle_of_a_change_of_children_nobody_knows_whose_count_it_is() {
    assert_eq!(followed(&[("a", 2, "old"), ("b", 1, "new")], Some(9)), []);
}

#[test]
fn a_record_that_cannot_be_read_stops_everything_but_the_count() {
    let mut world = steady();
    world.recorded.clear();
    world.unreadable_record = Some("web-d-1".to_owned());
    let desired = service(&world);
    assert_eq!((desired.record.clone(), desired.prune), (None, Prune::Nothing));
    assert_eq!((desired.counts.len(), desired.scaled_count), (0, None), "nothing has changed");
    let told = outcome(&world, &desired);
    assert_eq!(condition(&told, types::STALLED), ("True", reasons::UNREADABLE_RECORD));
    let message = &told.status.conditions.iter().find(|c| c.type_ == types::STALLED).expect("it").message;
    assert!(message.contains("kubectl -n default delete controllerrevision web-d-1"), "{message}");

    world.spec["desiredCount"] = 5.into();
    let desired = service(&world);
    assert_eq!(desired.counts.into_iter().collect::<Vec<_>>(), named(&[("web", 5)]));
    assert_eq!((desired.scaled_count, desired.objects), (Some(5), Vec::new()));
}

#[test]
fn a_recorded_deployment_that_this_release_refuses_keeps_all_but_its_count() {
    let mut world = steady();
    world.recorded[0].inputs.task_definition.container_definitions.clear();
    world.spec["kubernetes"]["scaledCount"] = 3.into();
    let desired = service(&world);
    assert_eq!((desired.record.clone(), desired.prune), (None, Prune::Nothing));
    assert_eq!(desired.objects, []);
    assert_eq!(desired.findings[0].code, "RecordedDeploymentRefused");
    assert!(desired.findings[0].remedy.contains("the release that recorded it"));
    assert_eq!(condition(&outcome(&world, &desired), types::STALLED), ("True", reasons::INVALID));
    assert_eq!(desired.counts.into_iter().collect::<Vec<_>>(), named(&[("web", 3)]));
}
