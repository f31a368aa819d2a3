use super::*;
use crate::operator::answers;

fn context(client: kube::Client) -> Context {
    let cx = answers::context(client);
    cx.gate.know();
    cx
}

/// Whether pods are gated after one was left, or could not be; and whether that one still waits.
async fn after(code: u16, reason: &'static str) -> (bool, bool) {
    let cx = context(answers::client(move |_, _| match code {
        200 => (200, answers::pod("a", false)),
        _ => (code, answers::failure(code, reason)),
    }));
    let pod: PodView = serde_json::from_value(answers::pod("a", true)).unwrap();
    cx.gate.wait(pod.clone());
    assert!(cx.gate.accepts("shop"));
    leave(&cx, pod).await;
    (cx.gate.accepts("shop"), cx.gate.is_awaited())
}

#[tokio::test(start_paused = true)]
async fn no_pod_is_gated_where_a_gate_had_to_be_taken_away_or_could_not_be() {
    assert_eq!(after(200, "").await, (false, false));
    assert_eq!(after(403, "Forbidden").await, (false, true));
    assert_eq!(after(422, "Invalid").await, (false, true));
    assert_eq!(after(500, "InternalError").await, (false, true));
    assert_eq!(after(409, "Conflict").await, (true, true), "somebody has decided");
    assert_eq!(after(404, "NotFound").await, (true, false), "it is gone");
}

#[tokio::test(start_paused = true)]
async fn an_api_server_that_refuses_does_not_hold_up_an_end() {
    let cx = context(answers::client(|_, _| (403, answers::failure(403, "Forbidden"))));
    cx.gate.wait(serde_json::from_value(answers::pod("a", true)).unwrap());
    leave_rest(&cx).await;
    assert!(cx.gate.is_awaited());
}
