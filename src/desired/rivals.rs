//! Autoscalers of somebody else that work against what decides about the count here.
//!
//! An autoscaler of one's own is welcome on the service: that is what its `scale` subresource is for. It is not on a
//! child, whose count is the operator's, nor beside the autoscaler that is made of `autoScaling`, nor with bounds
//! that reach further than those in force.

use serde::Deserialize as _;
use serde_json::json;

use super::check::accept;
use super::{Desired, Waiting, World};
use crate::api::API_VERSION;
use crate::api::ecs_service::{Capacities, ScalingStatus};
use crate::finding::{Code, Finding};

/// An autoscaler that we have not made, as far as it can get in our way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rival {
    /// Its name.
    pub name: String,
    /// Kind, name and `metadata.uid` of what has made it; for those of KEDA a ScaledObject.
    pub maker: Option<(String, String, String)>,
    /// Kind and name of what it scales.
    pub target: (String, String),
    /// The least count that it sets.
    pub least: i32,
    /// The highest count that it sets.
    pub most: i32,
}

/// Adds what there is to say about autoscalers of somebody else.
pub(super) fn find(world: &World, desired: &mut Desired) {
    if matches!(desired.waiting, Some(Waiting::Namesake(_) | Waiting::Paused)) {
        return;
    }
    let accepted = world.spec.pointer("/kubernetes/acceptFindings");
    let accepted = accepted.and_then(|codes| Vec::<String>::deserialize(codes).ok()).unwrap_or_default();
    let bounds = desired.scaling.as_ref().and_then(|decided| decided.state.as_ref());
    let bounds = bounds.map(ScalingStatus::in_force);
    let mut kinds = desired.objects.iter().map(|object| object.kind().kind);
    let ours = kinds.find(|kind| matches!(*kind, "HorizontalPodAutoscaler" | "ScaledObject"));
    for rival in &world.rivals {
        if let Some(mut finding) = about(rival, world, ours, bounds) {
            accept(&mut finding, &accepted);
            desired.findings.push(finding);
        }
    }
}

/// Why an autoscaler is in the way, if it is. `ours` is the kind of the one that is made of `autoScaling`.
fn about(rival: &Rival, world: &World, ours: Option<&str>, bounds: Option<Capacities>) -> Option<Finding> {
    let (kind, name) = (&*rival.target.0, &rival.target.1);
    let (path, message, remedy) = if kind == "Deployment" {
        let spec = json!({ "scaleTargetRef": {
            "apiVersion": API_VERSION, "kind": "EcsService", "name": world.context.name,
        }});
        (
            "",
            format!(
                "{rival} scales the Deployment {name}, to which the operator gives the count of the service: each \
                 undoes what the other does."
            ),
            format!("Let it scale the service: {}", rival.patch(world, &spec)),
        )
    } else if let Some(ours) = ours {
        (
            "autoScaling.scalingPolicies",
            format!(
                "{rival} scales the service besides the {ours} that is made of autoScaling: of two on the same tasks \
                 Kubernetes lets none act."
            ),
            format!("Remove one of the two: {}, or the policies here.", rival.command(world, "delete")),
        )
    } else {
        let bounds = bounds?;
        if rival.least >= bounds.min_capacity && rival.most <= bounds.max_capacity {
            return None;
        }
        let (least, most) = (bounds.min_capacity, bounds.max_capacity);
        (
            "autoScaling.scalableTarget",
            format!(
                "{rival} may set the count to anything from {} to {}, and autoScaling keeps it between {least} and \
                 {most}: beyond that each undoes what the other does.",
                rival.least, rival.most
            ),
            format!(
                "Give it the same bounds, or take autoScaling out: {}",
                rival.bounded(world, least, most)
            ),
        )
    };
    Some(Finding::new(Code::AutoscalerConflict, path, message).remedy(remedy))
}

impl Rival {
    /// Kind and name of what a user would change.
    fn source(&self) -> (&str, &str) {
        match &self.maker {
            Some((kind, name, _)) => (kind, name),
            None => ("HorizontalPodAutoscaler", &self.name),
        }
    }

    fn command(&self, world: &World, verb: &str) -> String {
        let (kind, name) = self.source();
        format!("kubectl -n {} {verb} {} {name}", world.context.namespace, kind.to_lowercase())
    }

    fn patch(&self, world: &World, spec: &serde_json::Value) -> String {
        let patch = json!({ "spec": spec });
        format!("{} --type merge -p '{patch}'", self.command(world, "patch"))
    }

    fn bounded(&self, world: &World, least: i32, most: i32) -> String {
        let (least, most) = (least.max(1), most.max(1));
        let spec = match self.source().0 {
            "ScaledObject" => json!({ "minReplicaCount": least, "maxReplicaCount": most }),
            _ => json!({ "minReplicas": least, "maxReplicas": most }),
        };
        self.patch(world, &spec)
    }
}

impl std::fmt::Display for Rival {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, name) = self.source();
        write!(f, "The {kind} {name}")
    }
}
