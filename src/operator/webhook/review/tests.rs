use super::*;
use crate::api::labels;

/// What becomes of a pod under review, by a verdict.
fn reviewed(pod: &Value, verdict: &Verdict) -> Value {
    let answer = review(pod, false).answered(verdict).unwrap();
    patched(pod, answer)
}

fn placed(node: &str) -> Verdict {
    Verdict::Placed(node.to_owned())
}

fn body(pod: &Value, dry_run: bool) -> Bytes {
    let review = json!({
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": {
            "uid": "u-1", "namespace": "shop", "operation": "CREATE", "dryRun": dry_run, "object": pod,
        },
    });
    review.to_string().into_bytes().into()
}

fn review(pod: &Value, dry_run: bool) -> Review {
    Review::read(body(pod, dry_run)).unwrap()
}

fn patched(pod: &Value, mut answer: Value) -> Value {
    assert_eq!(answer["response"]["uid"], "u-1");
    assert_eq!(answer["response"]["allowed"], true);
    if answer["response"]["patch"].is_null() {
        return pod.clone();
    }
    assert_eq!(answer["response"]["patchType"], "JSONPatch");
    let patch: ByteString = serde_json::from_value(answer["response"]["patch"].take()).unwrap();
    let patch: json_patch::Patch = serde_json::from_slice(&patch.0).unwrap();
    let mut pod = pod.clone();
    json_patch::patch(&mut pod, &patch).unwrap();
    pod
}

fn pod(spec: &Value) -> Value {
    json!({"metadata": {"name": "web-1", "labels": {labels::EXACT: "true"}}, "spec": spec})
}

#[test]
fn a_pod_that_asks_for_it_is_gated() {
    let gated = json!([{"name": labels::PLACEMENT}]);
    for spec in [json!({"containers": []}), json!({"schedulingGates": []})] {
        assert_eq!(reviewed(&pod(&spec), &Verdict::Waits)["spec"]["schedulingGates"], gated);
    }
}

#[test]
fn gates_of_others_stay() {
    let pod = pod(&json!({"schedulingGates": [{"name": "other"}]}));
    let gates = json!([{"name": "other"}, {"name": labels::PLACEMENT}]);
    assert_eq!(reviewed(&pod, &Verdict::Waits)["spec"]["schedulingGates"], gates);
}

#[test]
fn nothing_is_added_where_nobody_waits_for_it() {
    let asks = |pod: &Value| review(pod, false).newcomer().is_some();
    let mute = json!({"metadata": {"name": "web-1"}, "spec": {"containers": []}});
    assert!(!asks(&mute), "it does not ask");
    assert_eq!(reviewed(&mute, &Verdict::Waits), mute);
    assert!(!asks(&pod(&json!({"nodeName": "a"}))), "it has a node");
    let mut owned = pod(&json!({}));
    owned["metadata"]["ownerReferences"] = json!([{"kind": "DaemonSet", "controller": true}]);
    assert!(!asks(&owned), "a DaemonSet has chosen its node");
    owned["metadata"]["ownerReferences"] = json!([{"kind": "ReplicaSet", "controller": true}]);
    assert!(asks(&owned));
    assert!(!asks(&pod(&json!({"schedulingGates": [{"name": labels::PLACEMENT}]}))), "it is gated");
}

#[test]
fn a_pod_gets_its_node_and_keeps_what_it_says_besides() {
    let zone = json!({"key": "zone", "operator": "In", "values": ["a"]});
    let affinity = json!({
        "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": []},
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [zone]}]},
        },
    });
    let before = pod(&json!({"containers": [{"name": "c"}], "affinity": affinity}));
    let after = reviewed(&before, &placed("node-7"));
    let here = json!({"key": "metadata.name", "operator": "In", "values": ["node-7"]});
    let mut wanted = before;
    wanted["metadata"]["annotations"] = json!({labels::PINNED: "node-7", labels::RESERVATION: "u-1"});
    wanted["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"] =
        json!([{"matchExpressions": [zone], "matchFields": [here]}]);
    assert_eq!(after, wanted);
}

#[test]
fn another_review_of_the_same_pod_begins_anew() {
    let bare = pod(&json!({"containers": []}));
    let pinned = reviewed(&bare, &placed("node-7"));
    assert_eq!(reviewed(&pinned, &placed("node-8")), reviewed(&bare, &placed("node-8")));
    // What was held for it ends as soon as it is seen.
    let reservation = json!({labels::RESERVATION: "u-1"});
    let waiting = reviewed(&pinned, &Verdict::Waits);
    assert_eq!(waiting["spec"]["schedulingGates"], json!([{"name": labels::PLACEMENT}]));
    let free = reviewed(&pinned, &Verdict::Free);
    assert_eq!(free["spec"]["schedulingGates"], Value::Null);
    for pod in [waiting, free] {
        assert_eq!(pod["spec"]["affinity"]["nodeAffinity"], json!({}), "{pod:#}");
        assert_eq!(pod["metadata"]["annotations"], reservation);
    }
    assert_eq!(reviewed(&bare, &Verdict::Free), bare);
}

#[test]
fn a_node_is_given_only_to_what_will_be_there_and_waits_for_nobody_else() {
    assert!(review(&pod(&json!({})), false).is_prompt());
    assert!(!review(&pod(&json!({})), true).is_prompt());
    assert!(!review(&pod(&json!({"schedulingGates": [{"name": "other"}]})), false).is_prompt());
}

#[test]
fn what_takes_much_memory_is_not_kept_while_the_leader_is_asked_nor_read_at_all() {
    let with =
        |containers: usize, name: &str| pod(&json!({"containers": vec![json!({"name": name}); containers]}));
    assert!(review(&with(64, "c"), false).is_prompt());
    let long = with(2, &"c".repeat(SMALL / 2));
    let few = |terms: usize| pod(&json!({"containers": [], "tolerations": vec![json!({}); terms]}));
    for much in [with(65, "c"), long, few(FEW)] {
        let review = review(&much, false);
        assert!(review.newcomer().is_some() && !review.is_prompt());
    }
    assert!(is_too_much(&body(&few(MOST), false)) && !is_too_much(&body(&few(FEW), false)));
}

#[test]
fn what_is_no_review_is_refused() {
    let unread = |text: &'static [u8]| Review::read(Bytes::from_static(text)).is_err();
    assert!(unread(b"{}"));
    let nothing = Review::read(Bytes::from_static(br#"{"request": {"uid": "u"}}"#)).unwrap();
    assert!(nothing.newcomer().is_none());
    let wrong = json!({"metadata": {"labels": []}, "spec": "none"});
    assert!(Review::read(body(&wrong, false)).is_err());
}

#[test]
fn no_pod_however_odd_makes_us_fall() {
    let member = [Value::Null, json!([]), json!([null, null]), json!({}), json!("x"), json!(7)];
    let mut pods: Vec<Value> = Vec::new();
    for odd in &member {
        for spec in ["affinity", "schedulingGates", "containers", "nodeSelector"] {
            pods.push(pod(&json!({spec: odd})));
        }
        pods.push(pod(&json!({"affinity": {"nodeAffinity": odd}})));
        pods.push(pod(odd));
        let mut noted = pod(&json!({}));
        noted["metadata"]["annotations"] = odd.clone();
        pods.push(noted);
    }
    let mut read = 0;
    for pod in &pods {
        let Ok(review) = Review::read(body(pod, false)) else { continue };
        read += 1;
        for verdict in [placed("node-7"), Verdict::Waits, Verdict::Free] {
            patched(pod, review.answered(&verdict).unwrap());
        }
    }
    assert!((10..pods.len()).contains(&read), "{read} of {}", pods.len());
}
