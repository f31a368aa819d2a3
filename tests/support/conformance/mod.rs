//! What an API server and its controllers do, as far as the operator and the stories of the simulation rely on it.
//!
//! The cases see a client and a namespace of their own. They run against the simulation and against a real control
//! plane: whatever the two disagree about is a mistake in the simulation.

mod apply;
mod lists;
mod owners;
mod parts;
mod workloads;

#[allow(unused_imports, reason = "the simulation counts by itself")]
pub(crate) use workloads::sampled;

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use kube::api::{Api, DynamicObject, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, GroupVersionKind};
use kube::runtime::wait::await_condition;
use kube::{Client, Error};
use serde_json::{Value, json};
use tokio::time::timeout;

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(60);

type Running = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A case.
pub(crate) struct Case {
    /// Its name: what is the case.
    pub(crate) name: &'static str,
    /// Runs it in a namespace of its own; a panic where it is otherwise.
    pub(crate) run: fn(Namespace) -> Running,
}

macro_rules! cases {
    ($($module:ident: $($name:ident),+;)+) => {
        /// Every case.
        pub(crate) const CASES: &[Case] =
            &[$($(Case { name: stringify!($name), run: |namespace| Box::pin($module::$name(namespace)) }),+),+];
    };
}

cases! {
    apply: an_apply_keeps_what_others_added, what_is_no_longer_applied_goes, what_two_apply_stays_until_both_leave_it,
        a_conflict_is_refused_unless_forced, items_of_lists_are_merged_by_their_keys, an_unchanged_apply_writes_nothing,
        an_apply_says_which_object_it_means;
    parts: generations_count_what_is_asked_for, a_status_is_written_apart, counts_are_read_and_written_as_a_scale,
        a_merge_patch_removes_what_is_null, a_merge_patch_says_which_version_it_means, names_are_given_once,
        a_dry_run_stores_nothing, records_and_events_do_not_change, a_quota_refuses_one_record_too_many;
    lists: a_watch_goes_on_where_a_list_ended, a_watch_of_labels_tells_who_comes_and_goes,
        a_list_of_fields_has_what_they_say;
    owners: what_nobody_owns_any_more_goes, one_of_two_owners_can_go, orphans_stay, a_reference_is_taken_out_by_its_uid,
        a_finalizer_holds_an_object, a_delete_says_which_object_it_means;
    workloads: a_deployment_rolls_within_its_budget, a_deployment_may_go_down_where_it_may_not_go_up,
        a_paused_deployment_does_not_roll, a_deployment_that_may_do_nothing_is_refused,
        pods_carry_what_the_template_says, a_daemon_set_has_a_pod_on_each_node;
}

/// A namespace of a cluster.
#[derive(Clone)]
pub(crate) struct Namespace {
    /// Somebody who may do everything.
    pub(crate) client: Client,
    /// Its name.
    pub(crate) name: String,
}

impl Namespace {
    /// Objects of a kind, by `group/version/Kind` or `version/Kind`.
    pub(crate) fn api(&self, kind: &str) -> Api<DynamicObject> {
        let parts: Vec<&str> = kind.split('/').collect();
        let (group, version, kind) = match parts.as_slice() {
            [group, version, kind] => (*group, *version, *kind),
            [version, kind] => ("", *version, *kind),
            _ => panic!("{kind}: no kind"),
        };
        let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, kind));
        if matches!(kind, "Node" | "Namespace") {
            Api::all_with(self.client.clone(), &resource)
        } else {
            Api::namespaced_with(self.client.clone(), &self.name, &resource)
        }
    }
}

/// What applies.
struct Applier<'a> {
    api: &'a Api<DynamicObject>,
    manager: &'static str,
}

impl Applier<'_> {
    async fn apply(&self, body: &Value, force: bool) -> Result<Value, Error> {
        let params = PatchParams { force, ..PatchParams::apply(self.manager) };
        let name = body["metadata"]["name"].as_str().unwrap();
        self.api.patch(name, &params, &Patch::Apply(body)).await.map(|object| value(&object))
    }
}

fn value(object: &DynamicObject) -> Value {
    serde_json::to_value(object).unwrap()
}

async fn create(api: &Api<DynamicObject>, body: Value) -> Result<Value, Error> {
    let object: DynamicObject = serde_json::from_value(body).unwrap();
    api.create(&PostParams::default(), &object).await.map(|object| value(&object))
}

async fn get(api: &Api<DynamicObject>, name: &str) -> Value {
    value(&api.get(name).await.unwrap())
}

async fn merge(api: &Api<DynamicObject>, name: &str, patch: &Value) -> Result<Value, Error> {
    api.patch(name, &PatchParams::default(), &Patch::Merge(patch)).await.map(|object| value(&object))
}

/// The code that a request was refused with.
fn code<T: Debug>(answer: Result<T, Error>) -> u16 {
    match answer {
        Err(Error::Api(status)) => status.code,
        other => panic!("not refused: {other:?}"),
    }
}

/// The request was refused because the object has another UID.
fn another<T: Debug>(answer: Result<T, Error>) {
    match answer {
        Err(Error::Api(status)) if status.code == 422 => {
            let causes = status.details.map(|details| details.causes).unwrap_or_default();
            assert!(causes.iter().any(|cause| cause.field == "metadata.uid"), "{causes:?}");
        }
        other => panic!("not refused for its UID: {other:?}"),
    }
}

/// Waits until an object satisfies `reached`.
async fn until(api: &Api<DynamicObject>, name: &str, what: &str, reached: impl Fn(&Value) -> bool) -> Value {
    let condition = |object: Option<&DynamicObject>| object.is_some_and(|object| reached(&value(object)));
    match timeout(PATIENCE, await_condition(api.clone(), name, condition)).await {
        Ok(object) => value(&object.unwrap().unwrap()),
        Err(_) => panic!("{name}: {what}: not within {PATIENCE:?}; now {:#?}", api.get_opt(name).await),
    }
}

/// Waits until an object is gone.
async fn gone(api: &Api<DynamicObject>, name: &str) {
    let condition = |object: Option<&DynamicObject>| object.is_none();
    let waited = timeout(PATIENCE, await_condition(api.clone(), name, condition)).await;
    waited.unwrap_or_else(|_| panic!("{name} is still there")).unwrap();
}

#[allow(clippy::needless_pass_by_value, reason = "reads better at the call")]
fn config_map(name: &str, data: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data})
}

/// A Deployment of one container.
fn deployment(name: &str, image: &str, spec: &Value) -> Value {
    let labels = json!({"app": name});
    let mut body = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "app", "image": image}]},
            },
        },
    });
    let members = body["spec"].as_object_mut().unwrap();
    members.extend(spec.as_object().unwrap().clone());
    body
}
