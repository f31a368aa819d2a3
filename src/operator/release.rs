//! Lets go of what was made of services, for `ecs-bridge release`.
//!
//! A service is paused first: the operator changes nothing of a paused one, owner references included. Then ours are
//! taken out, object by object and each time of exactly what was looked at, until a look finds none. Pods that wait for
//! our decision about their node are left to kube-scheduler.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use kube::api::{Api, ListParams, Patch, PatchParams};
use kube::core::{ApiResource, DynamicObject};
use serde_json::{Value, json};

use super::capabilities;
use super::error::{Error, is_not_found, is_outdated};
use super::fetch;
use super::gate::{self, PodView};
use super::key::{Name, Root};
use super::stores;
use crate::api::{GROUP, labels};
use crate::object::KINDS;

/// Who takes owner references away.
const MANAGER: &str = "ecs-bridge-release";
/// How often it is looked, at most, whether the operator, in the middle of its work, has put a reference back.
const ROUNDS: usize = 10;
/// How many looks in a row have to find nothing.
const QUIET: usize = 2;
/// How long work that had begun before the pause may take.
const PAUSE: Duration = Duration::from_millis(500);

/// What was done.
#[derive(Debug, Default)]
pub struct Released {
    /// A line for each object.
    pub lines: Vec<String>,
    /// Services that were released.
    pub services: usize,
    /// Objects that have no owner of ours any more.
    pub objects: usize,
    /// Autoscalers of released services.
    pub autoscalers: usize,
    /// What somebody takes back as often as it is released, as `Kind namespace/name`. Empty where all of it is done.
    pub taken_back: BTreeSet<String>,
}

/// Releases services of a namespace, or of all.
///
/// # Errors
///
/// Where the cluster cannot be reached, a service is not there, or an object cannot be changed.
pub fn release(
    kubeconfig: Option<&Path>,
    context: Option<&str>,
    namespace: Option<&str>,
    services: &[String],
    dry_run: bool,
) -> Result<Released, Error> {
    fetch::ask(kubeconfig, context, async |client| {
        let cluster = Cluster { client, namespace: namespace.unwrap_or_default().to_owned(), dry_run };
        cluster.release(services).await
    })
}

/// Looks at the cluster.
#[derive(Default)]
struct Looks {
    /// How many of the last ones have found nothing.
    quiet: usize,
}

impl Looks {
    /// Whether this one, which has `found` a reference or not, was the last.
    const fn are_enough(&mut self, found: bool) -> bool {
        self.quiet = if found { 0 } else { self.quiet + 1 };
        self.quiet >= QUIET
    }
}

struct Cluster {
    client: kube::Client,
    /// Empty for all.
    namespace: String,
    dry_run: bool,
}

impl Cluster {
    async fn release(&self, services: &[String]) -> Result<Released, Error> {
        let mut released = Released::default();
        let chosen = self.pause(services, &mut released).await?;
        let mut seen = BTreeSet::new();
        let mut looks = Looks::default();
        let mut done = false;
        for _ in 0..ROUNDS {
            let mut found = BTreeSet::new();
            for resource in self.resources().await? {
                found.extend(self.let_go(&resource, services, &chosen, &mut seen, &mut released).await?);
            }
            done = self.dry_run || looks.are_enough(!found.is_empty());
            if done {
                break;
            }
            // A single quiet look may have come between a release and what undoes it.
            if !found.is_empty() {
                released.taken_back = found;
            }
            tokio::time::sleep(PAUSE).await;
        }
        if done {
            released.taken_back.clear();
        }
        released.objects = seen.len();
        self.open(services, &mut released).await?;
        Ok(released)
    }

    /// Takes our gates away from pods that wait for a decision that may never come.
    async fn open(&self, services: &[String], released: &mut Released) -> Result<(), Error> {
        let pods = ApiResource::erase::<Pod>(&());
        let api: Api<PodView> = if self.namespace.is_empty() {
            Api::all(self.client.clone())
        } else {
            Api::namespaced(self.client.clone(), &self.namespace)
        };
        // A label may be gone, the gate it brought is not.
        let pending = ListParams::default().fields("status.phase=Pending");
        let at = Name::new(self.namespace.as_str(), "");
        let failed = |error| Error::api("list", "Pod", &at, error);
        let mut seen = BTreeSet::new();
        let mut found = BTreeSet::new();
        for _ in 0..ROUNDS {
            found.clear();
            for pod in api.list(&pending).await.map_err(failed)? {
                let service = pod.labels().get(labels::SERVICE);
                let is_chosen = services.is_empty() || service.is_some_and(|name| services.contains(name));
                if let Some(patch) = gate::ungated(&pod).filter(|_| is_chosen) {
                    let name = Name::new(pod.namespace().unwrap_or_default(), pod.name_any());
                    found.insert(format!("Pod {name}"));
                    if seen.insert(name.to_string()) {
                        released.lines.push(format!("Pod {name}: scheduling gate removed"));
                    }
                    self.patch(&pods, &name, &patch).await?;
                }
            }
            if self.dry_run || found.is_empty() {
                return Ok(());
            }
            // One that had changed is still there.
            tokio::time::sleep(PAUSE).await;
        }
        released.taken_back.extend(found);
        Ok(())
    }

    /// Pauses the services; their uids.
    async fn pause(&self, names: &[String], released: &mut Released) -> Result<BTreeSet<String>, Error> {
        let resource = stores::root_resource(Root::EcsService);
        let all = self.list(&resource, &ListParams::default()).await?;
        if let Some(missing) = names.iter().find(|name| !all.iter().any(|s| s.name_any() == **name)) {
            return Err(Error::start(
                "release",
                &format!("there is no EcsService {missing} in {}", self.namespace),
            ));
        }
        let mut uids = BTreeSet::new();
        for service in all.iter().filter(|s| names.is_empty() || names.contains(&s.name_any())) {
            let name = name_of(service);
            uids.extend(service.uid());
            released.services += 1;
            if service.data.pointer("/spec/kubernetes/paused") == Some(&Value::Bool(true)) {
                continue;
            }
            released.lines.push(format!("EcsService {name}: paused"));
            let patch = json!({"spec": {"kubernetes": {"paused": true}}});
            self.patch(&resource, &name, &patch).await?;
        }
        Ok(uids)
    }

    /// Everything that we make, as far as it is served.
    async fn resources(&self) -> Result<Vec<ApiResource>, Error> {
        let served = capabilities::apis(&self.client).await?;
        let kinds = KINDS.iter().filter(|kind| kind.namespaced);
        let kinds = kinds.filter(|kind| !kind.optional || served.contains(kind.group));
        Ok(kinds.map(stores::child_resource).chain([stores::revision_resource()]).collect())
    }

    /// Takes our owner references out of the objects of a resource; which ones had any.
    async fn let_go(
        &self,
        resource: &ApiResource,
        services: &[String],
        uids: &BTreeSet<String>,
        seen: &mut BTreeSet<String>,
        released: &mut Released,
    ) -> Result<BTreeSet<String>, Error> {
        let ours = ListParams::default().labels(&format!("{}={}", labels::MANAGED_BY, labels::MANAGED_BY_US));
        let mut found = BTreeSet::new();
        for object in self.list(resource, &ours).await? {
            let is_ours = |owner: &Value| {
                let text = |member: &str| owner.get(member).and_then(Value::as_str).unwrap_or_default();
                let group = text("apiVersion").split('/').next() == Some(GROUP);
                // Of single services only what is theirs; else task definitions let go of their revisions, too.
                group && (services.is_empty() || uids.contains(text("uid")))
            };
            let owners = serde_json::to_value(object.owner_references()).unwrap_or_default();
            let owners = owners.as_array().cloned().unwrap_or_default();
            let kept: Vec<&Value> = owners.iter().filter(|owner| !is_ours(owner)).collect();
            if kept.len() == owners.len() {
                continue;
            }
            let name = name_of(&object);
            found.insert(format!("{} {name}", resource.kind));
            if seen.insert(format!("{} {name}", resource.kind)) {
                released.lines.push(format!("{} {name}: owner reference removed", resource.kind));
                released.autoscalers += usize::from(resource.kind == "HorizontalPodAutoscaler");
            }
            let patch = json!({"metadata": {
                "uid": object.uid(),
                "resourceVersion": object.resource_version(),
                "ownerReferences": kept,
            }});
            self.patch(resource, &name, &patch).await?;
        }
        Ok(found)
    }

    async fn list(&self, resource: &ApiResource, params: &ListParams) -> Result<Vec<DynamicObject>, Error> {
        let api = self.api(resource, &self.namespace);
        let listed = api.list(params).await;
        Ok(listed.map_err(|error| Error::list(resource, &self.namespace, error))?.items)
    }

    /// Changes an object; one that has changed meanwhile, or has gone, is looked at again in the next round.
    async fn patch(&self, resource: &ApiResource, name: &Name, patch: &Value) -> Result<(), Error> {
        let params = PatchParams {
            dry_run: self.dry_run,
            field_manager: Some(MANAGER.to_owned()),
            ..PatchParams::default()
        };
        let api = self.api(resource, &name.namespace);
        match api.patch(&name.name, &params, &Patch::Merge(patch)).await {
            Ok(_) => Ok(()),
            Err(error) if is_not_found(&error) || is_outdated(&error) => Ok(()),
            Err(error) => Err(Error::api("release", &resource.kind, name, error)),
        }
    }

    fn api(&self, resource: &ApiResource, namespace: &str) -> Api<DynamicObject> {
        if namespace.is_empty() {
            Api::all_with(self.client.clone(), resource)
        } else {
            Api::namespaced_with(self.client.clone(), namespace, resource)
        }
    }
}

fn name_of(object: &DynamicObject) -> Name {
    Name::new(object.namespace().unwrap_or_default(), object.name_any())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::operator::answers;

    #[tokio::test(start_paused = true)]
    async fn a_pod_that_changes_meanwhile_or_was_made_again_is_let_go_in_the_next_round() {
        let patches = AtomicUsize::new(0);
        let client = answers::client(move |method, _| {
            if method == "GET" {
                let gated = patches.load(Ordering::Relaxed) < 3;
                let list = json!({"apiVersion": "v1", "kind": "PodList", "metadata": {}, "items": [answers::pod("a", gated)]});
                return (200, list);
            }
            match patches.fetch_add(1, Ordering::Relaxed) {
                0 => (409, answers::failure(409, "Conflict")),
                1 => {
                    let mut failure = answers::failure(422, "Invalid");
                    failure["details"] = json!({"causes": [{"field": "metadata.uid"}]});
                    (422, failure)
                }
                2 => (200, answers::pod("a", false)),
                more => panic!("{more} patches"),
            }
        });
        let cluster = Cluster { client, namespace: "shop".to_owned(), dry_run: false };
        let mut released = Released::default();
        cluster.open(&[], &mut released).await.unwrap();
        assert_eq!(released.lines, ["Pod shop/a: scheduling gate removed"]);
    }

    /// What is released where Deployments get their owner back after so many patches, and a pod its gate.
    async fn released(owners: usize, gates: usize) -> Released {
        let counts = [AtomicUsize::new(0), AtomicUsize::new(0)];
        let client = answers::client(move |method, path| {
            let of_pods = path.ends_with("/pods") || path.contains("/pods/");
            let (count, most) = if of_pods { (&counts[1], gates) } else { (&counts[0], owners) };
            if method == "PATCH" {
                count.fetch_add(1, Ordering::Relaxed);
                return (200, answers::pod("web", false));
            }
            let is_there = count.load(Ordering::Relaxed) < most;
            let owner = json!({"apiVersion": "ecs-bridge.dev/v1alpha1", "kind": "EcsService", "name": "web", "uid": "u"});
            let metadata =
                json!({"name": "web", "namespace": "shop", "uid": "d", "ownerReferences": [owner]});
            let items = match path {
                "/apis" => return (200, json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": []})),
                _ if of_pods => json!([answers::pod("web", is_there)]),
                _ if path.ends_with("/deployments") && is_there => json!([{"metadata": metadata}]),
                _ => json!([]),
            };
            (200, json!({"kind": "List", "apiVersion": "v1", "metadata": {}, "items": items}))
        });
        let cluster = Cluster { client, namespace: "shop".to_owned(), dry_run: false };
        cluster.release(&[]).await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn what_somebody_takes_back_each_time_is_not_said_to_be_released() {
        let quiet = released(3, 3).await;
        assert!(quiet.taken_back.is_empty(), "{quiet:?}");
        let taken = |released: Released| released.taken_back.into_iter().collect::<Vec<_>>();
        assert_eq!(taken(released(ROUNDS, 0).await), ["Deployment shop/web"]);
        assert_eq!(
            taken(released(ROUNDS - 1, 0).await),
            ["Deployment shop/web"],
            "one quiet look is not enough"
        );
        assert_eq!(taken(released(usize::MAX, usize::MAX).await), ["Deployment shop/web", "Pod shop/web"]);
    }

    #[test]
    fn one_quiet_look_after_a_reference_is_not_the_last() {
        let mut looks = Looks::default();
        let seen = [true, false, true, false, false].map(|found| looks.are_enough(found));
        assert_eq!(seen, [false, false, false, false, true]);
    }
}
