use super::*;

fn newcomer() -> Newcomer {
    let pod =
        json!({"metadata": {"name": "web-1", "labels": {labels::EXACT: "true"}}, "spec": {"containers": []}});
    Newcomer::read(&pod, "shop", "u-1").unwrap()
}

#[tokio::test(start_paused = true)]
async fn whoever_leads_is_asked_and_nobody_is_waited_for() {
    let gate = Gate::new(&[]);
    let newcomer = newcomer();
    assert_eq!(gate.reserve(&newcomer).await, None, "nobody leads");
    let mut asking = gate.lead();
    let leader = async {
        let Asking { newcomer, answer } = asking.recv().await.unwrap();
        assert_eq!(newcomer.view().uid(), "u-1");
        answer.send(Some("node-7".to_owned())).unwrap();
    };
    let (node, ()) = tokio::join!(gate.reserve(&newcomer), leader);
    assert_eq!(node.as_deref(), Some("node-7"));
    assert_eq!(gate.reserve(&newcomer).await, None, "the leader is late");
    let late = asking.recv().await.unwrap();
    assert!(late.answer.send(Some("node-7".to_owned())).is_err(), "and hears of it");
    drop(asking);
    assert_eq!(gate.reserve(&newcomer).await, None, "the leader is no more");
}
