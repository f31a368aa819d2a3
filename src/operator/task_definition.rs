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
    let Some(world) = gather::family(cx, key) else {
        return Ok(Verdict::Gone);
    };
    tracing::Span::current().record("generation", world.generation);
    let desired = family(&world);
    let subject = Subject { key, uid: &world.uid };
    if let Some(revision) = &desired.register {
        records::register(cx, subject, revision).await?;
        tracing::info!(revision = revision.revision, "task definition registered");
        if cx.dispatch.is_crowded() {
            return Ok(Verdict::Later);
        }
    }
    publish::publish(cx, subject, &desired.events, &desired.status).await?;
    Ok(Verdict::Settled)
}
