//! Server-side apply.

use serde_json::json;

use super::{Applier, Namespace, another, code, config_map, deployment, get, merge};

pub(super) async fn an_apply_keeps_what_others_added(namespace: Namespace) {
    let api = namespace.api("v1/ConfigMap");
    let first = Applier { api: &api, manager: "first" };
    first.apply(&config_map("c", json!({"a": "1"})), false).await.unwrap();
    merge(&api, "c", &json!({"data": {"b": "2"}, "metadata": {"labels": {"x": "y"}}})).await.unwrap();
    let after = first.apply(&config_map("c", json!({"a": "3"})), false).await.unwrap();
    assert_eq!(after["data"], json!({"a": "3", "b": "2"}));
    assert_eq!(after["metadata"]["labels"], json!({"x": "y"}));
}

pub(super) async fn what_is_no_longer_applied_goes(namespace: Namespace) {
    let api = namespace.api("v1/ConfigMap");
    let first = Applier { api: &api, manager: "first" };
    first.apply(&config_map("c", json!({"a": "1", "b": "2"})), false).await.unwrap();
    let after = first.apply(&config_map("c", json!({"a": "1"})), false).await.unwrap();
    assert_eq!(after["data"], json!({"a": "1"}));

    let api = namespace.api("apps/v1/Deployment");
    let first = Applier { api: &api, manager: "first" };
    let mut body = deployment("d", "a:1", &json!({"replicas": 3, "minReadySeconds": 7}));
    body["spec"]["template"]["spec"]["containers"][0]["env"] =
        json!([{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]);
    body["spec"]["template"]["spec"]["volumes"] = json!([{"name": "scratch", "emptyDir": {}}]);
    first.apply(&body, false).await.unwrap();
    body["spec"]["template"]["spec"]["volumes"] =
        json!([{"name": "scratch", "emptyDir": {"medium": "Memory"}}]);
    body["spec"]["template"]["spec"]["containers"][0]["env"] = json!([{"name": "B", "value": "2"}]);
    let spec = body["spec"].as_object_mut().unwrap();
    spec.remove("replicas");
    spec.remove("minReadySeconds");
    let after = first.apply(&body, false).await.unwrap();
    assert_eq!(after["spec"]["replicas"], json!(1), "the default is back");
    assert!(after["spec"]["minReadySeconds"].as_i64().unwrap_or_default() == 0);
    assert_eq!(
        after["spec"]["template"]["spec"]["containers"][0]["env"],
        json!([{"name": "B", "value": "2"}])
    );
    assert_eq!(after["spec"]["template"]["spec"]["volumes"][0]["emptyDir"], json!({"medium": "Memory"}));
}

pub(super) async fn what_two_apply_stays_until_both_leave_it(namespace: Namespace) {
    let api = namespace.api("v1/ConfigMap");
    let first = Applier { api: &api, manager: "first" };
    let second = Applier { api: &api, manager: "second" };
    first.apply(&config_map("c", json!({"a": "1", "keep": "k"})), false).await.unwrap();
    second.apply(&config_map("c", json!({"a": "1"})), false).await.unwrap();
    let after = first.apply(&config_map("c", json!({"keep": "k"})), false).await.unwrap();
    assert_eq!(after["data"], json!({"a": "1", "keep": "k"}));
    let after = second.apply(&config_map("c", json!({})), false).await.unwrap();
    assert_eq!(after["data"], json!({"keep": "k"}));
}

pub(super) async fn a_conflict_is_refused_unless_forced(namespace: Namespace) {
    let api = namespace.api("v1/ConfigMap");
    let first = Applier { api: &api, manager: "first" };
    let second = Applier { api: &api, manager: "second" };
    first.apply(&config_map("c", json!({"a": "1"})), false).await.unwrap();
    assert_eq!(code(second.apply(&config_map("c", json!({"a": "2"})), false).await), 409);
    second.apply(&config_map("c", json!({"a": "2"})), true).await.unwrap();
    // It is the second one's now: the first one leaves it, and it stays.
    let after = first.apply(&config_map("c", json!({})), false).await.unwrap();
    assert_eq!(after["data"], json!({"a": "2"}));
    assert_eq!(code(first.apply(&config_map("c", json!({"a": "1"})), false).await), 409);
}

pub(super) async fn items_of_lists_are_merged_by_their_keys(namespace: Namespace) {
    let api = namespace.api("apps/v1/Deployment");
    let first = Applier { api: &api, manager: "first" };
    let mut body = deployment("d", "a:1", &json!({"replicas": 0}));
    body["spec"]["template"]["spec"]["containers"][0]["ports"] = json!([{"containerPort": 80}]);
    first.apply(&body, false).await.unwrap();
    let second = Applier { api: &api, manager: "second" };
    let mut others = body.clone();
    others["spec"]["template"]["spec"]["containers"] = json!([
        {"name": "side", "image": "s:1"},
        {"name": "app", "env": [{"name": "A", "value": "1"}], "ports": [{"containerPort": 80, "protocol": "UDP"}]},
    ]);
    second.apply(&others, false).await.unwrap();
    body["spec"]["template"]["spec"]["containers"][0]["image"] = json!("a:2");
    let after = first.apply(&body, false).await.unwrap();
    let containers = after["spec"]["template"]["spec"]["containers"].as_array().unwrap();
    let find = |name: &str| containers.iter().find(|container| container["name"] == name).unwrap();
    assert_eq!(find("app")["image"], json!("a:2"));
    assert_eq!(find("app")["env"], json!([{"name": "A", "value": "1"}]));
    assert_eq!(find("app")["ports"].as_array().unwrap().len(), 2);
    assert_eq!(find("side")["image"], json!("s:1"));
}

pub(super) async fn an_unchanged_apply_writes_nothing(namespace: Namespace) {
    let api = namespace.api("apps/v1/Deployment");
    let first = Applier { api: &api, manager: "first" };
    let body = deployment("d", "a:1", &json!({"replicas": 0}));
    first.apply(&body, false).await.unwrap();
    super::until(&api, "d", "the controller has seen it", |d| d["status"]["observedGeneration"] == json!(1))
        .await;
    let before = get(&api, "d").await;
    let after = first.apply(&body, false).await.unwrap();
    assert_eq!(after["metadata"]["resourceVersion"], before["metadata"]["resourceVersion"]);
}

pub(super) async fn an_apply_says_which_object_it_means(namespace: Namespace) {
    let api = namespace.api("v1/ConfigMap");
    let first = Applier { api: &api, manager: "first" };
    let with = |member: &str, value: &str| {
        let mut body = config_map("c", json!({"a": "2"}));
        body["metadata"][member] = value.into();
        body
    };
    let nobody = "11111111-2222-3333-4444-555555555555";
    assert_eq!(code(first.apply(&with("uid", nobody), true).await), 409, "there is none");
    // A version that no object has: only where there is none.
    first.apply(&with("resourceVersion", "1"), true).await.unwrap();
    assert_eq!(code(first.apply(&with("resourceVersion", "1"), true).await), 409);
    another(first.apply(&with("uid", nobody), true).await);
    let uid = get(&api, "c").await["metadata"]["uid"].clone();
    first.apply(&with("uid", uid.as_str().unwrap()), true).await.unwrap();
}
