//! Start, wiring, end.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use kube::Client;
use prometheus_client::registry::Registry;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::args::Args;
use super::context::{Context, Settings};
use super::error::Error;
use super::gate::{self, Gate};
use super::lease::Elector;
use super::metrics::Metrics;
use super::time::TimeOfDay;
use super::{
    admin, capabilities, dispatch, fetch, membership, route, sweep, telemetry, watch as watches, webhook,
};
use crate::iam;

/// How often the capabilities of the cluster are looked at again.
const CAPABILITIES_EVERY: Duration = Duration::from_secs(3600);
/// How long the first lists may take before something is said about it.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait before something is tried again that the start needs.
const RETRY: Duration = Duration::from_secs(2);

/// Runs the operator until it is told to stop, or has lost its lease.
#[must_use]
pub fn run(args: &Args) -> ExitCode {
    telemetry::start(args.log_format, &args.log);
    // Fails only where a provider is installed already, which is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "cannot start the runtime");
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(operate(args));
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(reason = error.reason(), %error, "stopped");
            ExitCode::FAILURE
        }
    }
}

async fn operate(args: &Args) -> Result<(), Error> {
    let stop = signals()?;
    let client = fetch::connect(args.kubeconfig.as_deref()).await?;
    let (operator, registry) = Operator::new(client, args.clone(), TimeOfDay::default());
    let address = admin::start(args.listen, Arc::clone(&operator.cx), registry).await?;
    let webhook = match args.webhook_listen {
        Some(listen) => {
            Some(webhook::start(listen, &args.namespace, &args.webhook_name, &operator.cx).await?)
        }
        None => None,
    };
    tracing::info!(identity = args.identity, %address, webhook = webhook.map(tracing::field::display), "started");
    operator.run(stop).await
}

/// One replica, between its start and its end. Whatever it does ends when it is dropped.
pub struct Operator {
    cx: Arc<Context>,
    args: Args,
}

impl Operator {
    /// Starts the watches; the metrics to be shown besides.
    #[must_use]
    pub fn new(client: Client, args: Args, time: TimeOfDay) -> (Self, Registry) {
        let mut registry = Registry::default();
        let metrics = Metrics::new(&mut registry);
        let settings = Settings {
            identity: args.identity.clone(),
            policy_mode: args.policy_mode.into(),
            default_architecture: args.default_architecture.as_str().to_owned(),
            iam: iam::Settings {
                mode: args.identity_mode,
                secrets_manager: args.secrets_manager_store.clone(),
                parameter_store: args.parameter_store.clone(),
            },
        };
        let cx = Arc::new(Context::new(client, time, settings, metrics, Gate::new(&args.watch_namespace)));
        watches::start(&cx, &args.watch_namespace);
        gate::guard(&cx, &args.watch_namespace, Duration::from_secs(args.lease_seconds.into()));
        (Self { cx, args }, registry)
    }

    /// Who answers the webhook.
    #[must_use]
    pub fn reviewer(&self) -> webhook::Reviewer {
        webhook::Reviewer::new(&self.cx)
    }

    /// Waits for its turn, then reconciles until `stop` turns true.
    ///
    /// # Errors
    ///
    /// Where the lease is lost, or cannot be given back.
    pub async fn run(self, stop: watch::Receiver<bool>) -> Result<(), Error> {
        let Self { cx, args } = &self;
        let mut elector = args.leader_elect.then(|| {
            let duration = Duration::from_secs(args.lease_seconds.into());
            Elector::new(cx.client.clone(), cx.time, &args.namespace, &args.identity, duration)
        });
        let ended = self.lead(&mut elector, stop).await;
        match &ended {
            Ok(_) => cx.gate.close().await,
            Err(_) => {
                // Whatever this replica does is another one's now.
                cx.tasks.end();
                cx.gate.shut();
            }
        }
        // However it ends: no pod waits for somebody who may never come.
        if cx.gate.is_awaited() {
            let is_led = match &elector {
                Some(elector) => elector.is_led_by_another().await,
                None => false,
            };
            if !is_led {
                gate::leave_rest(cx).await;
            }
        }
        cx.tasks.end();
        if let Some(elector) = elector.as_mut().filter(|_| matches!(ended, Ok(true))) {
            elector.release().await?;
        }
        ended?;
        tracing::info!("stopped");
        Ok(())
    }

    /// Waits for its turn, then reconciles until `stop` turns true; whether its turn came. Fails where the lease is lost.
    async fn lead(&self, elector: &mut Option<Elector>, stop: watch::Receiver<bool>) -> Result<bool, Error> {
        let Self { cx, args } = self;
        let mut stopped = stop.clone();
        let elected = async {
            optional(cx, &args.watch_namespace).await;
            caches(cx).await;
            match elector {
                Some(elector) => elector.acquire().await,
                None => Instant::now(),
            }
        };
        let since = tokio::select! {
            since = elected => since,
            _ = stopped.wait_for(|stop| *stop) => return Ok(false),
        };
        tracing::info!(identity = args.identity, "leading");
        cx.metrics.leading.set(1);

        let work = async {
            let lease = Duration::from_secs(args.lease_seconds.into());
            cx.tasks.spawn(gate::decide(
                Arc::clone(cx),
                args.watch_namespace.clone(),
                lease,
                cx.backoff.seed(),
            ));
            know(cx, args, &stop).await;
            cx.tasks.spawn(learn(Arc::clone(cx), args.clone()));
            let every = Duration::from_secs(args.sweep_seconds.into());
            cx.tasks.spawn(membership::run(Arc::clone(cx), args.watch_namespace.is_empty()));
            cx.tasks.spawn(sweep::run(Arc::clone(cx), every, args.watch_namespace.clone()));
            dispatch::run(Arc::clone(cx), args.concurrency.into(), stop.clone()).await;
        };
        let lost = async {
            match elector {
                Some(elector) => elector.hold(since).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = work => Ok(true),
            error = lost => Err(error),
        }
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        self.cx.tasks.end();
    }
}

/// Turns true at SIGTERM or SIGINT.
fn signals() -> Result<watch::Receiver<bool>, Error> {
    let failed = |error: std::io::Error| Error::start("listen for signals", &error);
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        sender.send_replace(true);
        // The receivers go by this value, so the sender has to stay.
        std::future::pending::<()>().await;
    });
    Ok(receiver)
}

/// Returns once every watch has delivered its first list; says now and then what is missing.
async fn caches(cx: &Context) {
    let mut told = Instant::now();
    loop {
        let missing = cx.stores.missing();
        if missing.is_empty() {
            return;
        }
        if told.elapsed() >= PATIENCE {
            tracing::info!(missing = missing.join(", "), "waiting for first lists");
            told = Instant::now();
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// Asks once what the cluster can do, until it answers or the operator stops.
async fn know(cx: &Arc<Context>, args: &Args, stop: &watch::Receiver<bool>) {
    while !*stop.borrow() {
        match capabilities::detect(cx, &args.namespace).await {
            Ok(found) => {
                watches::optional(cx, &args.watch_namespace, &found.apis);
                tracing::info!(
                    pod_resources = found.pod_resources,
                    restart_rules = found.restart_rules,
                    restart_all = found.restart_all,
                    autoscaler_tolerance = found.autoscaler_tolerance,
                    "capabilities of the cluster"
                );
                cx.set_capabilities(found);
                return;
            }
            Err(error) => {
                tracing::warn!(reason = error.reason(), %error, "cannot find out what the cluster can do");
                sleep(RETRY).await;
            }
        }
    }
}

/// Starts the watches of the optional kinds that are served. Only the API server's silence holds it up.
async fn optional(cx: &Arc<Context>, namespaces: &[String]) {
    loop {
        match capabilities::apis(&cx.client).await {
            Ok(apis) => return watches::optional(cx, namespaces, &apis),
            Err(error) => {
                tracing::warn!(reason = error.reason(), %error, "cannot find out which APIs are served");
                sleep(RETRY).await;
            }
        }
    }
}

/// Asks again every hour, and when an optional API has come or gone; news concern everything.
async fn learn(cx: Arc<Context>, args: Args) {
    loop {
        tokio::select! {
            () = sleep(CAPABILITIES_EVERY) => {}
            // Definitions come in bursts, and are served a moment after they were accepted.
            () = cx.definitions.notified() => sleep(RETRY).await,
        }
        match capabilities::detect(&cx, &args.namespace).await {
            Ok(found) => {
                watches::optional(&cx, &args.watch_namespace, &found.apis);
                if cx.set_capabilities(found) {
                    cx.dispatch.request(dispatch::CALMLY, route::everything(&cx.stores));
                }
            }
            Err(error) => tracing::warn!(%error, "cannot find out what the cluster can do"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use clap::Parser;
    use serde_json::json;

    use super::*;
    use crate::operator::{answers, lock};

    #[derive(Parser)]
    struct CommandLine {
        #[command(flatten)]
        args: Args,
    }

    /// What a replica writes that is told to stop before it leads, while this one holds the Lease.
    async fn written_at_the_end(holder: Option<&'static str>) -> Vec<String> {
        let writes = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&writes);
        let client = answers::client(move |method, path| {
            if method == "PATCH" {
                lock(&seen).push(path.to_owned());
            }
            match (method, path, holder) {
                ("GET", path, Some(holder)) if path.contains("/leases/") => (
                    200,
                    json!({"metadata": {"name": "ecs-bridge", "resourceVersion": "1"},
                        "spec": {"holderIdentity": holder, "leaseDurationSeconds": 15}}),
                ),
                ("PATCH", ..) => (200, answers::pod("web-1", false)),
                _ => (404, answers::failure(404, "NotFound")),
            }
        });
        let args = CommandLine::parse_from(["ecs-bridge", "--identity", "me"]).args;
        let (operator, _) = Operator::new(client, args, TimeOfDay::starting_at(jiff::Timestamp::UNIX_EPOCH));
        operator.cx.gate.wait(serde_json::from_value(answers::pod("web-1", true)).unwrap());
        let (sender, stop) = watch::channel(false);
        sender.send_replace(true);
        operator.run(stop).await.unwrap();
        lock(&writes).clone()
    }

    #[tokio::test(start_paused = true)]
    async fn a_replica_that_ends_before_it_leads_lets_pods_go_where_nobody_else_leads() {
        let path = "/api/v1/namespaces/shop/pods/web-1";
        assert_eq!(written_at_the_end(None).await, [path]);
        assert_eq!(written_at_the_end(Some("")).await, [path]);
        assert!(written_at_the_end(Some("another")).await.is_empty(), "the leader decides about them");
    }
}
