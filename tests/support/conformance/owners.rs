//! Owners, and the end of objects.

use kube::api::{DeleteParams, Patch, PatchParams, Preconditions, PropagationPolicy};
use serde_json::{Value, json};

use super::{Namespace, code, config_map, create, get, gone, merge, until};

fn owned(name: &str, owners: &[&Value]) -> Value {
    let reference = |owner: &&Value| json!({"apiVersion": "v1", "kind": "ConfigMap", "name": owner["metadata"]["name"], "uid": owner["metadata"]["uid"]});
    let mut body = config_map(name, json!({}));
    body["metadata"]["ownerReferences"] = owners.iter().map(reference).collect();
    body
}

pub(super) async fn what_nobody_owns_any_more_goes(namespace: Namespace) {
    let api = namespace.api("v1/ConfigMap");
    let owner = create(&api, config_map("owner", json!({}))).await.unwrap();
    create(&api, owned("child", &[&owner])).await.unwrap();
    create(&api, config_map("other", json!({}))).await.unwrap();
    api.delete("owner", &DeleteParams::background()).await.unwrap();
    gone(&api, "child").await;
    assert!(api.get_opt("other").await.unwrap().is_some());
}

pub(super) async fn one_of_two_owners_can_go(namespace: Namespace) {
    let api = namespace.api("v1/ConfigMap");
    let one = create(&api, config_map("one", json!({}))).await.unwrap();
    let two = create(&api, config_map("two", json!({}))).await.unwrap();
    create(&api, owned("child", &[&one, &two])).await.unwrap();
    api.delete("one", &DeleteParams::background()).await.unwrap();
    let left = until(&api, "child", "one owner is left", |child| {
        child["metadata"]["ownerReferences"].as_array().is_some_and(|owners| owners.len() == 1)
    });
    assert_eq!(left.await["metadata"]["ownerReferences"][0]["name"], json!("two"));
    api.delete("two", &DeleteParams::background()).await.unwrap();
    gone(&api, "child").await;
}

pub(super) async fn orphans_stay(namespace: Namespace) {
    let api = namespace.api("v1/ConfigMap");
    let owner = create(&api, config_map("owner", json!({}))).await.unwrap();
    create(&api, owned("child", &[&owner])).await.unwrap();
    let orphan =
        DeleteParams { propagation_policy: Some(PropagationPolicy::Orphan), ..DeleteParams::default() };
    api.delete("owner", &orphan).await.unwrap();
    gone(&api, "owner").await;
    until(&api, "child", "no owner is left", |child| child["metadata"]["ownerReferences"].is_null()).await;
}

pub(super) async fn a_reference_is_taken_out_by_its_uid(namespace: Namespace) {
    let api = namespace.api("v1/ConfigMap");
    let one = create(&api, config_map("one", json!({}))).await.unwrap();
    let two = create(&api, config_map("two", json!({}))).await.unwrap();
    create(&api, owned("child", &[&one, &two])).await.unwrap();
    let patch =
        json!({"metadata": {"ownerReferences": [{"$patch": "delete", "uid": one["metadata"]["uid"]}]}});
    let params = PatchParams::default();
    let after = super::value(&api.patch("child", &params, &Patch::Strategic(&patch)).await.unwrap());
    let left = after["metadata"]["ownerReferences"].as_array().unwrap();
    assert_eq!((left.len(), &left[0]["uid"]), (1, &two["metadata"]["uid"]));
}

pub(super) async fn a_finalizer_holds_an_object(namespace: Namespace) {
    let api = namespace.api("v1/ConfigMap");
    let mut body = config_map("c", json!({}));
    body["metadata"]["finalizers"] = json!(["example.com/hold"]);
    create(&api, body).await.unwrap();
    api.delete("c", &DeleteParams::default()).await.unwrap();
    let held = get(&api, "c").await;
    assert!(held["metadata"]["deletionTimestamp"].is_string());
    merge(&api, "c", &json!({"metadata": {"finalizers": null}})).await.unwrap();
    assert!(api.get_opt("c").await.unwrap().is_none());
}

pub(super) async fn a_delete_says_which_object_it_means(namespace: Namespace) {
    let api = namespace.api("v1/ConfigMap");
    let made = create(&api, config_map("c", json!({}))).await.unwrap();
    let with = |uid: &str, version: Option<String>| DeleteParams {
        preconditions: Some(Preconditions { uid: Some(uid.to_owned()), resource_version: version }),
        ..DeleteParams::default()
    };
    let uid = made["metadata"]["uid"].as_str().unwrap();
    let version = made["metadata"]["resourceVersion"].as_str().unwrap().to_owned();
    assert_eq!(code(api.delete("c", &with("11111111-2222-3333-4444-555555555555", None)).await), 409);
    merge(&api, "c", &json!({"data": {"a": "1"}})).await.unwrap();
    assert_eq!(code(api.delete("c", &with(uid, Some(version))).await), 409);
    api.delete("c", &with(uid, None)).await.unwrap();
    assert_eq!(code(api.delete("c", &with(uid, None)).await), 404);
}
