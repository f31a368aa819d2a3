//! The reconciler of EcsService: gather → decide → apply → prune → say.
//!
//! What runs comes first, also before what is said about other services: while more of them wait, a reconcile that
//! has written objects ends there, and the rest of it has its turn after them.

use std::time::Duration;

use super::context::Context;
use super::dispatch::{SOON, Verdict};
use super::error::Error;
use super::key::Key;
use super::scale::{self, Written};
use super::subject::Subject;
use super::{apply, gather, protect, prune, publish, records, refusals, stores};
use crate::api::EcsServiceStatus;
use crate::desired::{self, Desired, Observed, Prune, Waiting, World};
use crate::rollout::count;
use crate::status;

/// Brings the cluster one step closer to what a service asks for.
pub(crate) async fn reconcile(cx: &Context, key: &Key) -> Result<Verdict, Error> {
    let Some((mut world, mut version)) = gather::service(cx, key) else {
        cx.dispatch.wake_at(key, None);
        cx.refusals.forget(key);
        return Ok(Verdict::Gone);
    };
    tracing::Span::current().record("generation", world.generation);
    let mut desired = decide(cx, key, &world);
    let uid = world.uid.clone();
    let subject = Subject { key, uid: &uid };

    // What is paused is left alone, also what was released.
    let paused = desired.waiting == Some(Waiting::Paused);
    if !paused && gather::is_anything_left_behind(cx, key, &uid) && !is_still_there(cx, subject).await? {
        return Ok(Verdict::Gone);
    }
    let scaled = desired.scaled_count;
    // A count that replaces another one is in the spec before anything is made for it: whoever sees something of it and scales
    // then came later. A new service has none that could be replaced, and its objects come first.
    if let Some(count) = scaled
        && world.status.observed_generation.is_some()
    {
        let Some(again) = count_taken_over(cx, subject, (&world, version), count).await? else {
            return Ok(Verdict::Gone);
        };
        (world, version) = again;
        desired = decide(cx, key, &world);
    }
    let mut refused = Vec::new();
    if let Some(record) = &desired.record {
        refused.extend(records::record(cx, subject, record).await?);
        if !refused.is_empty() {
            // Nothing is made of what is not recorded; what is recorded goes on, and its count with it.
            world.unrecordable = true;
            desired = decide(cx, key, &world);
        }
    }
    let recorded = desired.record.is_some();
    let adopted = if paused { 0 } else { records::adopt(cx, subject, &mut refused).await? };
    // Before counts go down: which pods go is decided by what stands on them.
    let protected = protect::tasks(cx, subject, &desired.marks).await?;
    let applied = apply::objects(cx, subject, &desired.objects, desired.prune).await?;
    let counted = scale::children(cx, subject, &desired.counts).await?;
    let changed = recorded || applied.written + applied.removed + counted > 0;
    let deployment = desired.target.as_ref().map(|target| target.id.clone());
    let refusals = !refused.is_empty() || !applied.refused.is_empty();
    let must_tell = refusals || adopted > 0 || cannot_wait(&world.status, &desired);
    if changed && !must_tell && cx.dispatch.is_crowded() {
        tracing::info!(deployment, written = applied.written, "service changed");
        return Ok(Verdict::Later);
    }

    if let Some(count) = desired.scaled_count {
        let Some(again) = count_taken_over(cx, subject, (&world, version), count).await? else {
            return Ok(Verdict::Gone);
        };
        (world, _) = again;
        desired = decide(cx, key, &world);
    }
    for revision in &desired.uses_revisions {
        refused.extend(records::use_revision(cx, subject, revision).await?);
    }
    let mut removed = 0;
    if applied.refused.is_empty() {
        removed += prune::objects(cx, subject, &desired.objects, desired.prune).await?;
        removed += records::forget(cx, subject, &desired.obsolete).await?;
        if desired.prune == Prune::All && !desired.uses_revisions.is_empty() && refused.is_empty() {
            removed += records::release_others(cx, subject, &desired.uses_revisions).await?;
        }
    }

    refused.extend(applied.refused);
    let mut observed = Observed { workloads: gather::workloads(cx, key, &world.uid), refused };
    refusals::ask(cx, key, &world.tasks, &mut observed.workloads).await;
    let outcome = status::service(&world, &desired, &observed);
    publish::publish(cx, subject, &outcome.events, &outcome.status).await?;
    if outcome.again {
        cx.dispatch.request(Duration::ZERO, [key.clone()]);
    }
    if changed || removed + protected > 0 {
        tracing::info!(deployment, written = applied.written, removed, protected, scaled, "service changed");
    }
    Ok(if observed.refused.is_empty() { Verdict::Settled } else { Verdict::Refused })
}

/// Writes a count into the spec; the world as it is then, so that the status speaks of it, and its version; `None` if the service
/// is gone.
async fn count_taken_over(
    cx: &Context,
    subject: Subject<'_>,
    (world, version): (&World, u64),
    count: i32,
) -> Result<Option<(World, u64)>, Error> {
    let written = scale::write(cx, subject, (world, version), count).await?;
    let Some((mut again, version)) = gather::service(cx, subject.key) else { return Ok(None) };
    again.unrecordable = world.unrecordable;
    if written == Written::Overtaken {
        // What was declared has had its turn, and the status will say so; nothing is made for this count.
        again.status.declared_count = count::declared(&world.spec);
        cx.dispatch.request(SOON, [subject.key.clone()]);
    }
    Ok(Some((again, version)))
}

/// Decides about a service, and when it is looked at again although nothing changes.
fn decide(cx: &Context, key: &Key, world: &World) -> Desired {
    let desired = desired::service(world);
    cx.dispatch.wake_at(key, desired.wake);
    desired
}

/// Asks whether the service still is the one in the cache. What has no owner may have lost it just now, because this one
/// is being deleted: whoever gave it back to a service that goes would have it deleted as well.
async fn is_still_there(cx: &Context, subject: Subject<'_>) -> Result<bool, Error> {
    let (root, name) = (subject.key.root, &subject.key.name);
    let found = cx.api(&stores::root_resource(root), name).get_opt(&name.name).await;
    let found = found.map_err(|error| Error::api("get", root.kind(), name, error))?;
    Ok(found.is_some_and(|found| {
        found.metadata.uid.as_deref() == Some(subject.uid) && found.metadata.deletion_timestamp.is_none()
    }))
}

/// Whether the status has to be written in this pass, because it is what remembers: since when scheduled actions are
/// known, and which of them were carried out (one that falls due before would be missed); why a deployment was stopped (the
/// next pass finds it stopped, and looks for no reason).
fn cannot_wait(status: &EcsServiceStatus, desired: &Desired) -> bool {
    let told = status.failed_deployment.as_ref().map(|failed| &failed.id);
    let bounds = desired.scaling.as_ref().is_some_and(|decided| decided.state != status.auto_scaling);
    bounds || desired.stopped && desired.failed.as_ref() != told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ecs_service::{FailedDeployment, ScalingStatus};
    use crate::rollout::bounds::Decision;

    #[test]
    fn a_status_that_does_not_know_the_bounds_yet_is_written_also_in_a_crowd() {
        let bounds = Some(ScalingStatus { max_capacity: 3, ..ScalingStatus::default() });
        let mut status = EcsServiceStatus::default();
        let decision = Decision { state: bounds.clone(), ..Decision::default() };
        let desired = Desired { scaling: Some(decision), ..Desired::default() };
        assert!(cannot_wait(&status, &desired));
        assert!(!cannot_wait(&status, &Desired::default()), "nothing is decided about them");
        status.auto_scaling = bounds;
        assert!(!cannot_wait(&status, &desired));
    }

    #[test]
    fn why_a_deployment_was_stopped_is_written_also_in_a_crowd() {
        let stopped = Desired { failed: Some("d".to_owned()), stopped: true, ..Desired::default() };
        let mut status = EcsServiceStatus::default();
        assert!(cannot_wait(&status, &stopped));
        let recorded = Desired { stopped: false, ..stopped.clone() };
        assert!(!cannot_wait(&status, &recorded), "the record of the rollback tells it");
        status.failed_deployment =
            Some(FailedDeployment { id: "d".to_owned(), ..FailedDeployment::default() });
        assert!(!cannot_wait(&status, &stopped));
    }
}
