//! The reconciler of CapacityProvider: says which nodes it has.

use super::context::Context;
use super::dispatch::Verdict;
use super::error::Error;
use super::key::Key;
use super::subject::Subject;
use super::{gather, publish};
use crate::desired::provider::provider;

/// Publishes what is known of a capacity provider.
pub(crate) async fn reconcile(cx: &Context, key: &Key) -> Result<Verdict, Error> {
    let Some(world) = gather::provider(cx, key) else {
        return Ok(Verdict::Gone);
    };
    tracing::Span::current().record("generation", world.generation);
    let desired = provider(&world);
    let subject = Subject { key, uid: &world.uid };
    publish::publish(cx, subject, &desired.events, &desired.status).await?;
    Ok(Verdict::Settled)
}
