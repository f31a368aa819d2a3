use super::*;

fn newcomer() -> Arc<Newcomer> {
    let pod =
        json!({"metadata": {"name": "web-1", "labels": {labels::EXACT: "true"}}, "spec": {"containers": []}});
    Arc::new(Newcomer::new(serde_json::from_value(pod).unwrap(), "shop", "u-1"))
}

/// Knows who waits: nobody.
fn gate() -> Gate {
    let gate = Gate::new(&[]);
    gate.know();
    gate
}

#[tokio::test(start_paused = true)]
async fn whoever_leads_is_asked_and_nobody_is_waited_for() {
    let gate = gate();
    let newcomer = newcomer();
    assert_eq!(gate.receive(&newcomer, true).await, Verdict::Waits, "nobody leads");
    let mut asking = gate.lead();
    let leader = async {
        let Asking { newcomer, answer } = asking.recv().await.unwrap();
        assert_eq!(newcomer.review(), "u-1");
        answer.send(Some("node-7".to_owned())).unwrap();
    };
    let (verdict, ()) = tokio::join!(gate.receive(&newcomer, true), leader);
    assert_eq!(verdict, Verdict::Placed("node-7".to_owned()));
    assert_eq!(gate.receive(&newcomer, true).await, Verdict::Waits, "the leader is late");
    let late = asking.recv().await.unwrap();
    assert!(late.answer.send(Some("node-7".to_owned())).is_err(), "and hears of it");
    assert_eq!(gate.receive(&newcomer, false).await, Verdict::Waits);
    assert!(asking.try_recv().is_err(), "it was not asked");
    drop(asking);
    assert_eq!(gate.receive(&newcomer, true).await, Verdict::Waits, "the leader is no more");
}

#[tokio::test(start_paused = true)]
async fn a_pod_that_is_asked_for_while_its_replica_begins_to_end_does_not_wait() {
    let gate = gate();
    let newcomer = newcomer();
    let _asking = gate.lead();
    let (verdict, ()) = tokio::join!(gate.receive(&newcomer, true), async { gate.shut() });
    assert_eq!(verdict, Verdict::Free, "nobody may be left to take the gate away");
    assert_eq!(gate.receive(&newcomer, true).await, Verdict::Free);
}
