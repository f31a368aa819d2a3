use serde_json::{Value, json};

use crate::model::validate::tests::{context, told};

fn definition(containers: &Value) -> Value {
    let volume = |name| {
        json!({
            "name": name,
            "efsVolumeConfiguration": { "fileSystemId": "fs-12345678", "rootDirectory": format!("/{name}") },
        })
    };
    json!({ "family": "web", "volumes": (["a", "b", "c"].map(volume)), "containerDefinitions": containers })
}

fn container(name: &str, mounts: &[(&str, &str)], from: &Value) -> Value {
    let mounts = mounts.iter().map(|(volume, path)| json!({ "sourceVolume": volume, "containerPath": path }));
    json!({
        "name": name, "image": "i:1", "memory": 64, "mountPoints": mounts.collect::<Vec<_>>(), "volumesFrom": from,
    })
}

/// `volume path` of the mounts of each container, with `ro` where they are.
fn mounts(containers: &Value) -> Vec<Vec<String>> {
    let spec = serde_json::from_value(definition(containers)).unwrap();
    let (task, findings) = super::super::task_definition(&spec, &context());
    let task = task.unwrap_or_else(|| panic!("{findings:#?}"));
    let shown = |m: &super::Mount| format!("{} {}{}", m.volume, m.path, if m.read_only { " ro" } else { "" });
    task.containers.iter().map(|c| c.mounts.iter().map(shown).collect()).collect()
}

fn findings(containers: &Value) -> Vec<String> {
    told(&definition(containers), &json!({}))
}

#[test]
fn mounts_of_another_container_are_repeated_and_its_own_go_before() {
    let containers = json!([
        container(
            "app",
            &[("c", "/data")],
            &json!([
                { "sourceContainer": "log_router", "readOnly": true }, { "sourceContainer": "base" },
            ])
        ),
        container("log_router", &[], &json!([{ "sourceContainer": "base" }])),
        container("base", &[("a", "/a"), ("b", "/data/")], &json!([])),
    ]);
    assert_eq!(
        mounts(&containers),
        [vec!["c /data", "a /a"], vec!["a /a", "b /data/"], vec!["a /a", "b /data/"]]
    );
    let read_only = json!([
        container("app", &[], &json!([{ "sourceContainer": "base", "readOnly": true }])),
        container("base", &[("a", "/a")], &json!([])),
    ]);
    assert_eq!(mounts(&read_only)[0], ["a /a ro"]);
    let mut in_memory = read_only;
    in_memory[0]["linuxParameters"] = json!({ "tmpfs": [{ "containerPath": "/a", "size": 64 }] });
    assert!(mounts(&in_memory)[0].is_empty(), "a directory in memory is the container's own");
}

#[test]
fn volumes_from_have_to_lead_somewhere() {
    let from = |name: &str| json!([{ "sourceContainer": name }]);
    let at = |i: usize| format!("containerDefinitions[{i}].volumesFrom");
    let own = [("a", "/a")];
    for (first, second, expected) in [
        (from("nobody"), json!([]), vec![format!("InvalidReference {}[0].sourceContainer", at(0))]),
        (from("one"), json!([]), vec![format!("InvalidReference {}[0].sourceContainer", at(0))]),
        (json!([{}]), json!([]), vec![format!("MissingMember {}[0].sourceContainer", at(0))]),
        (
            from("two"),
            from("one"),
            vec![
                format!("InvalidReference {}", at(0)),
                format!("InvalidReference {}", at(1)),
                "DependencyCycle containerDefinitions[0].dependsOn".to_owned(),
            ],
        ),
        (from("two"), json!([]), vec![format!("ImageVolumesNotShared {}[0]", at(0))]),
        (json!([]), from("one"), vec![]),
    ] {
        let containers = json!([container("one", &own, &first), container("two", &[], &second)]);
        assert_eq!(findings(&containers), expected, "{first} {second}");
    }
}

#[test]
fn each_place_is_mounted_once_and_exists_on_the_system() {
    let at = "containerDefinitions[0].mountPoints";
    for (mounted, expected) in [
        (vec![("a", "/data"), ("b", "/data/x")], vec![]),
        (vec![("a", "/data"), ("b", "/data")], vec![format!("InvalidValue {at}[1].containerPath")]),
        (vec![("a", "/data"), ("b", "//data/./")], vec![format!("InvalidValue {at}[1].containerPath")]),
        (vec![("a", "/")], vec![format!("InvalidValue {at}[0].containerPath")]),
        (vec![("a", "data")], vec![format!("InvalidValue {at}[0].containerPath")]),
        (vec![("a", "C:\\data")], vec![format!("WindowsNeedsRuntimePlatform {at}[0].containerPath")]),
        (vec![("x", "/x")], vec![format!("InvalidReference {at}[0].sourceVolume")]),
    ] {
        let containers = json!([container("app", &mounted, &json!([]))]);
        assert_eq!(findings(&containers), expected, "{mounted:?}");
    }
}
