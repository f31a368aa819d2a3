use std::pin::pin;

use futures::poll;
use serde_json::json;

use super::*;
use crate::api::labels;
use crate::operator::answers;

fn review(namespace: &str, more: &Value) -> Vec<u8> {
    let pod = json!({"metadata": {"labels": {labels::EXACT: "true"}}, "spec": {"containers": [], "tolerations": more}});
    json!({"request": {"uid": "u", "namespace": namespace, "object": pod}}).to_string().into_bytes()
}

fn reviewer() -> Reviewer {
    Reviewer::new(&Arc::new(answers::context(answers::client(|_, _| {
        (404, answers::failure(404, "NotFound"))
    }))))
}

#[tokio::test(start_paused = true)]
async fn pods_are_changed_only_where_somebody_decides() {
    let reviewer = reviewer();
    let is_changed = async || {
        let answer = reviewer.answer(review("shop", &Value::Null)).await.unwrap();
        assert_eq!(answer["response"]["allowed"], true);
        answer["response"]["patch"].is_string()
    };
    assert!(!is_changed().await, "it is not known yet who waits");
    reviewer.cx.gate.know();
    assert!(is_changed().await);
    reviewer.cx.gate.shut();
    assert!(!is_changed().await);
}

#[tokio::test(start_paused = true)]
async fn a_few_reviews_are_read_at_one_time_and_too_large_ones_never() {
    let reviewer = reviewer();
    let much = json!(vec![json!({}); 20_000]);
    assert!(reviewer.answer(review("shop", &much)).await.is_none());
    let all = reviewer.readers.acquire_many(u32::try_from(READERS).unwrap()).await.unwrap();
    let mut answer = pin!(reviewer.answer(review("shop", &Value::Null)));
    assert!(poll!(&mut answer).is_pending());
    drop(all);
    assert!(answer.await.is_some());
}
