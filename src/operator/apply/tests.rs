use k8s_openapi::api::core::v1::ServiceAccount;

use super::*;
use crate::operator::key::{Key, Root};

fn key() -> Key {
    Key::new(Root::EcsService, Name::new("shop", "web"))
}

fn live(metadata: &Value) -> Live {
    Live { uid: "live".into(), deleting: false, value: json!({ "metadata": metadata }) }
}

fn owner(kind: &str, name: &str, uid: &str) -> Value {
    json!([{"kind": kind, "name": name, "uid": uid, "controller": true}])
}

#[test]
fn only_what_is_ours_is_written() {
    let (key, uid) = (key(), "own");
    let subject = Subject { key: &key, uid };
    let made = json!({labels::APPLIED: "h"});
    let labelled = json!({labels::SERVICE: "web"});
    for (metadata, expected) in [
        (json!({"ownerReferences": owner("EcsService", "web", "own")}), Claim::Ours),
        (json!({"ownerReferences": owner("EcsService", "web", "before")}), Claim::Leftover),
        (json!({"ownerReferences": owner("EcsService", "api", "other")}), Claim::Foreign),
        (json!({"ownerReferences": owner("Rollout", "web", "other"), "annotations": made}), Claim::Foreign),
        (json!({"labels": labelled, "annotations": made}), Claim::Ours),
        (json!({"labels": labelled}), Claim::Foreign),
        (json!({}), Claim::Foreign),
    ] {
        assert_eq!(claim(Ownership::Service, &live(&metadata), subject), expected, "{metadata}");
    }
    assert_eq!(claim(Ownership::Shared, &live(&json!({"annotations": made})), subject), Claim::Ours);
    assert_eq!(claim(Ownership::Shared, &live(&json!({})), subject), Claim::Foreign);
    assert_eq!(claim(Ownership::Retained, &live(&json!({"annotations": made})), subject), Claim::Ours);
    let labelled = json!({"labels": {labels::MANAGED_BY: labels::MANAGED_BY_US}});
    for metadata in [json!({}), labelled] {
        assert_eq!(claim(Ownership::Retained, &live(&metadata), subject), Claim::Foreign);
    }
}

#[test]
fn a_service_that_runs_does_not_stand_still_for_what_only_leads_to_it() {
    assert!(goes_on(&[], false));
    assert!(goes_on(&["Service", "TargetGroupBinding"], true));
    assert!(!goes_on(&["Service"], false), "nothing is started that cannot be reached");
    for kind in KINDS.iter().filter(|kind| kind.rank < Rank::Workload) {
        let leads = kind.rank == Rank::Network && !kind.kind.ends_with("Policy");
        assert_eq!(goes_on(&[kind.kind], true), leads, "{}", kind.kind);
        assert!(!goes_on(&[kind.kind, "SecurityGroupPolicy"], true));
    }
}

#[test]
fn an_object_is_written_again_only_when_it_differs() {
    let (key, uid) = (key(), "own");
    let subject = Subject { key: &key, uid };
    let mut account = ServiceAccount::default();
    account.metadata.name = Some("web".into());
    let object = Object::from(account);
    let body = complete(&object, subject, object.kind());
    let mut stored = live(&json!({}));
    stored.value = body.clone();
    assert!(is_as_desired(&body, &stored));
    stored.value["metadata"]["labels"][labels::MANAGED_BY] = "x".into();
    assert!(!is_as_desired(&body, &stored));
    let mut other = body.clone();
    other["metadata"]["annotations"][labels::APPLIED] = "older".into();
    stored.value = other;
    assert!(!is_as_desired(&body, &stored));
}

#[test]
fn services_that_share_an_object_want_the_same() {
    let (key, other) = (key(), Key::new(Root::EcsService, Name::new("shop", "api")));
    let object = Object::from(k8s_openapi::api::core::v1::PersistentVolumeClaim::default());
    let applied = |key: &Key, uid: &str| {
        let body = complete(&object, Subject { key, uid }, object.kind());
        body["metadata"]["annotations"][labels::APPLIED].clone()
    };
    assert_eq!(applied(&key, "a"), applied(&other, "b"));
}
