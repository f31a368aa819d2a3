//! Ports that change with a deployment.

use super::*;

/// A revision whose container listens on a port that may have a name.
fn listening(number: i64, port: i32, name: Option<&str>) -> TaskRevision {
    let mut revision = revision(number, "web:1");
    revision.spec["containerDefinitions"][0]["portMappings"] =
        json!([{ "containerPort": port, "name": name }]);
    revision
}

/// Where the Service of a service leads to while it rolls from one revision to another, and after that.
fn leads(from: TaskRevision, to: TaskRevision) -> [Value; 2] {
    let mut world = world(replica(2));
    world.revisions = vec![from];
    world = carried_out(world.clone(), &service(&world));
    world.revisions.push(to);
    let rolling = service(&world);
    let done = service(&carried_out(world, &rolling));
    [rolling, done].map(|desired| {
        let found = desired.objects.iter().find(|object| object.kind().kind == "Service");
        found.map(Object::to_value).expect("a Service")["spec"]["ports"][0]["targetPort"].clone()
    })
}

#[test]
fn tasks_that_listen_elsewhere_are_found_by_the_name_of_their_port_until_they_are_gone() {
    let moved = leads(listening(1, 80, Some("http")), listening(2, 8080, Some("http")));
    assert_eq!(moved, [json!("http"), json!(8080)]);
}

#[test]
fn a_name_that_older_tasks_do_not_have_cuts_none_of_them_off() {
    for (from, to) in [((80, None), (80, Some("http"))), ((80, Some("web")), (80, Some("http")))] {
        let named = leads(listening(1, from.0, from.1), listening(2, to.0, to.1));
        assert_eq!(named, [json!(80), json!(80)]);
    }
    assert_eq!(leads(listening(1, 80, None), listening(2, 8080, None)), [json!(8080), json!(8080)]);
}
