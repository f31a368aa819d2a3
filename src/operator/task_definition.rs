//! The reconciler of TaskDefinition: registers revisions.

use super::context::Context;
use super::dispatch::Verdict;
use super::error::Error;
use super::key::Key;
use super::subject::Subject;
use super::{gather, publish, records};
use crate::desired::family::family;

/// Registers the next revision where the definition has changed, and says so.
pub(crate) async fn reconcile(cx: &Context, key: &Key) -> Result<Verdict, Error> {
    let Some(mut world) = gather::family(cx, key) else {
        return Ok(Verdict::Gone);
    };
    tracing::Span::current().record("generation", world.generation);
    let mut desired = family(&world);
    let uid = world.uid.clone();
    let subject = Subject { key, uid: &uid };
    if let Some(revision) = &desired.register {
        world.refused = records::register(cx, subject, revision).await?;
        if world.refused.is_some() {
            desired = family(&world);
        } else {
            tracing::info!(revision = revision.revision, "task definition registered");
            if cx.dispatch.is_crowded() {
                return Ok(Verdict::Later);
            }
        }
    }
    publish::publish(cx, subject, &desired.events, &desired.status).await?;
    Ok(if world.refused.is_none() { Verdict::Settled } else { Verdict::Refused })
}
