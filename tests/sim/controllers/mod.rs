//! Small models of what else runs in a cluster: garbage collection, Deployments, DaemonSets, a scheduler, kubelets, volumes,
//! autoscalers, load balancers.
//!
//! They are as deep as the stories ask for. Pods belong to their Deployment directly; what Kubernetes keeps in a
//! ReplicaSet is the label with the hash of the template.

mod autoscaler;
mod balancer;
mod daemon_set;
mod deployment;
mod garbage;
mod kubelet;
mod pods;
pub(crate) mod scheduler;
mod volumes;

pub(crate) use autoscaler::LOAD;
pub(crate) use kubelet::DOWN;
pub(crate) use pods::REFUSES;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::guard::Guard;
use crate::process::Processes;
use crate::server::{Server, webhook};
use autoscaler::Autoscaler;
use balancer::Balancer;
use kubelet::Kubelet;

/// How long controllers take to notice something.
const NOTICE: Duration = Duration::from_millis(20);
/// How long they sleep when nothing is due.
const IDLE: Duration = Duration::from_secs(3600);

/// Runs all of them for ever.
pub(crate) async fn run(server: Arc<Server>, guard: Arc<Guard>, processes: Arc<Processes>) {
    let mut kubelet = Kubelet::default();
    let (mut autoscaler, mut balancer) = (Autoscaler::default(), Balancer::default());
    let mut news = server.store().news();
    loop {
        news.mark_unchanged();
        let due = {
            let mut store = server.store();
            garbage::collect(&mut store);
            scheduler::step(&mut store);
            volumes::step(&mut store);
            let due = kubelet.step(&mut store);
            let daemons = daemon_set::step(&mut store, &kubelet);
            let available = deployment::step(&mut store, &kubelet);
            let healthy = balancer.step(&mut store);
            let looks = autoscaler.step(&mut store);
            guard.look(&store);
            [due, daemons, available, healthy, looks].into_iter().flatten().min()
        };
        webhook::admit(&server, &processes).await;
        let wait = due.map_or(IDLE, |at| at.saturating_duration_since(Instant::now()));
        drop(timeout(wait.max(Duration::from_millis(1)), news.changed()).await);
        sleep(NOTICE).await;
    }
}
