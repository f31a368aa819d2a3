//! Leader election: one Lease, compare-and-swap writes, and no trust in other machines' clocks.
//!
//! A holder counts as gone when its Lease has not changed for the Lease's duration *as seen here*. A holder gives
//! up before that: when two thirds of the duration passed since its last successful renewal began.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::Client;
use kube::api::{Api, PostParams};
use kube::core::ObjectMeta;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::error::{Error, status};
use super::key::Name;
use super::time::TimeOfDay;

/// Name of the Lease, in the operator's own namespace.
pub(crate) const LEASE: &str = "ecs-bridge";

/// What one replica does next about the Lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    /// Write it: it is free, expired or ours already.
    Take,
    /// Somebody else holds it.
    Wait,
}

/// When a version of the Lease was first seen.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    version: String,
    at: Instant,
}

/// Decides from the Lease as it was just read and the time at which that version was first seen here.
fn evaluate(lease: Option<&LeaseSpec>, me: &str, first_seen: Instant, now: Instant) -> Decision {
    let holder = lease.and_then(|spec| spec.holder_identity.as_deref()).unwrap_or_default();
    if holder.is_empty() || holder == me {
        return Decision::Take;
    }
    let seconds = lease.and_then(|spec| spec.lease_duration_seconds).unwrap_or_default();
    let duration = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    if now.duration_since(first_seen) >= duration { Decision::Take } else { Decision::Wait }
}

/// Takes part in the election.
pub(crate) struct Elector {
    api: Api<Lease>,
    time: TimeOfDay,
    name: Name,
    identity: String,
    duration: Duration,
    seen: Option<Seen>,
}

impl Elector {
    /// An elector that has not looked yet.
    pub(crate) fn new(
        client: Client,
        time: TimeOfDay,
        namespace: &str,
        identity: &str,
        duration: Duration,
    ) -> Self {
        Self {
            api: Api::namespaced(client, namespace),
            time,
            name: Name::new(namespace, LEASE),
            identity: identity.to_owned(),
            duration,
            seen: None,
        }
    }

    /// Returns once this replica leads: when the request that made it so was begun.
    pub(crate) async fn acquire(&mut self) -> Instant {
        loop {
            let began = Instant::now();
            match self.attempt().await {
                Ok(true) => return began,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(reason = error.reason(), %error, "cannot take part in the election");
                }
            }
            sleep(self.interval()).await;
        }
    }

    /// Renews until that fails for too long after the last success, which was begun at `since`; returns why.
    pub(crate) async fn hold(&mut self, since: Instant) -> Error {
        let mut deadline = since + self.patience();
        loop {
            sleep(self.interval()).await;
            let began = Instant::now();
            match timeout_at(deadline, self.attempt()).await {
                Ok(Ok(true)) => deadline = began + self.patience(),
                Ok(Err(error)) if Instant::now() < deadline => {
                    tracing::warn!(reason = error.reason(), %error, "cannot renew the lease");
                }
                Ok(Ok(false) | Err(_)) | Err(_) => {
                    return Error::LeaseLost { name: self.name.to_string() };
                }
            }
        }
    }

    /// Whether another replica holds the Lease, as far as can be seen.
    pub(crate) async fn is_led_by_another(&self) -> bool {
        let found = timeout(self.interval(), self.api.get_opt(&self.name.name)).await;
        let Ok(Ok(Some(lease))) = found else { return false };
        let seen =
            self.seen.as_ref().filter(|seen| Some(&seen.version) == lease.metadata.resource_version.as_ref());
        let now = Instant::now();
        let since = seen.map_or(now, |seen| seen.at);
        evaluate(lease.spec.as_ref(), &self.identity, since, now) == Decision::Wait
    }

    /// Gives the Lease back, so that another replica need not wait for its end.
    pub(crate) async fn release(&mut self) -> Result<(), Error> {
        let found = self.api.get_opt(&self.name.name).await;
        let Some(mut lease) = found.map_err(|error| self.failed("get", error))? else {
            return Ok(());
        };
        let spec = lease.spec.get_or_insert_default();
        if spec.holder_identity.as_deref() != Some(&self.identity) {
            return Ok(());
        }
        spec.holder_identity = None;
        let replaced = self.api.replace(&self.name.name, &PostParams::default(), &lease).await;
        replaced.map(|_| ()).map_err(|error| self.failed("release", error))
    }

    /// How often the Lease is looked at or renewed.
    fn interval(&self) -> Duration {
        self.duration / 5
    }

    /// How long a holder goes on without a successful renewal.
    fn patience(&self) -> Duration {
        self.duration * 2 / 3
    }

    /// Reads the Lease and writes it if it may; whether this replica holds it now.
    async fn attempt(&mut self) -> Result<bool, Error> {
        let found = self.api.get_opt(&self.name.name).await;
        let found = found.map_err(|error| self.failed("get", error))?;
        let version = found.as_ref().and_then(|lease| lease.metadata.resource_version.clone());
        let version = version.unwrap_or_default();
        let now = Instant::now();
        let first_seen = match &self.seen {
            Some(seen) if seen.version == version => seen.at,
            _ => {
                self.seen = Some(Seen { version, at: now });
                now
            }
        };
        let spec = found.as_ref().and_then(|lease| lease.spec.as_ref());
        if evaluate(spec, &self.identity, first_seen, now) == Decision::Wait {
            return Ok(false);
        }
        let wanted = self.renewed(found.clone());
        let params = PostParams::default();
        let written = match found {
            Some(_) => self.api.replace(&self.name.name, &params, &wanted).await,
            None => self.api.create(&params, &wanted).await,
        };
        match written {
            Ok(_) => Ok(true),
            // Somebody else was faster.
            Err(error) if status(&error).is_some_and(|s| s.is_conflict() || s.is_already_exists()) => {
                Ok(false)
            }
            Err(error) => Err(self.failed("write", error)),
        }
    }

    /// The Lease as this replica holds it from now on; the resource version that was read stays in it.
    fn renewed(&self, found: Option<Lease>) -> Lease {
        let mut lease = found.unwrap_or_else(|| Lease {
            metadata: ObjectMeta {
                name: Some(self.name.name.clone()),
                namespace: Some(self.name.namespace.clone()),
                ..ObjectMeta::default()
            },
            ..Lease::default()
        });
        let now = MicroTime(self.time.now());
        let spec = lease.spec.get_or_insert_default();
        if spec.holder_identity.as_deref() != Some(&self.identity) {
            spec.holder_identity = Some(self.identity.clone());
            spec.acquire_time = Some(now.clone());
            spec.lease_transitions = Some(spec.lease_transitions.unwrap_or_default().saturating_add(1));
        }
        spec.renew_time = Some(now);
        spec.lease_duration_seconds = Some(i32::try_from(self.duration.as_secs()).unwrap_or(i32::MAX));
        lease
    }

    fn failed(&self, verb: &'static str, error: kube::Error) -> Error {
        Error::api(verb, "Lease", &self.name, error)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn held(holder: &str) -> LeaseSpec {
        LeaseSpec {
            holder_identity: Some(holder.to_owned()),
            lease_duration_seconds: Some(15),
            ..LeaseSpec::default()
        }
    }

    #[test]
    fn a_free_lease_and_ones_own_are_taken() {
        let now = Instant::now();
        assert_eq!(evaluate(None, "a", now, now), Decision::Take);
        assert_eq!(evaluate(Some(&LeaseSpec::default()), "a", now, now), Decision::Take);
        assert_eq!(evaluate(Some(&held("")), "a", now, now), Decision::Take);
        assert_eq!(evaluate(Some(&held("a")), "a", now, now), Decision::Take);
    }

    #[test]
    fn anothers_lease_is_taken_only_after_it_did_not_change_here_for_its_duration() {
        let seen = Instant::now();
        let after = |seconds| seen + Duration::from_secs(seconds);
        assert_eq!(evaluate(Some(&held("b")), "a", seen, seen), Decision::Wait);
        assert_eq!(evaluate(Some(&held("b")), "a", seen, after(14)), Decision::Wait);
        assert_eq!(evaluate(Some(&held("b")), "a", seen, after(15)), Decision::Take);
    }

    #[test]
    fn the_remote_clock_does_not_matter() {
        let now = Instant::now();
        let mut lease = held("b");
        lease.renew_time = Some(MicroTime(Timestamp::UNIX_EPOCH));
        assert_eq!(evaluate(Some(&lease), "a", now, now), Decision::Wait);
    }
}
