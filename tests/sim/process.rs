//! The operator as a process that may end at any time: another one starts after it, with nothing but what is stored.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::Parser;
use ecs_bridge::operator::{Args, Operator, Reviewer, TimeOfDay};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::dice::Dice;
use crate::server::Server;
use crate::server::faults::{Faults, Link};

/// How long it takes until an operator that has ended is started again.
const RESTART: Duration = Duration::from_millis(500);
/// A watch whose events are no later than this is not far behind.
const SOON: Duration = Duration::from_millis(100);
/// Namespace of the operator.
pub(crate) const NAMESPACE: &str = "ecs-bridge";

/// What happens to the operators of a story.
#[derive(Clone)]
pub(crate) struct Fortune {
    pub(crate) seed: u64,
    /// Replicas, with an election among them where there are several.
    pub(crate) replicas: usize,
    /// What goes wrong for the process of this number, from 0.
    pub(crate) faults: Arc<dyn Fn(usize) -> Faults + Send + Sync>,
    /// How often the API server forgets the past.
    pub(crate) compaction: Option<Duration>,
}

impl Fortune {
    /// Nothing goes wrong.
    pub(crate) fn kind(seed: u64) -> Self {
        Self { seed, replicas: 1, faults: Arc::new(|_| Faults::default()), compaction: None }
    }

    /// Whether nothing goes wrong, as far as the first process tells.
    pub(crate) fn is_kind(&self) -> bool {
        self.replicas == 1 && self.compaction.is_none() && (self.faults)(0) == Faults::default()
    }

    /// Whether watches are not far behind, as far as the first process tells.
    pub(crate) fn is_punctual(&self) -> bool {
        (self.faults)(0).delay <= SOON
    }

    /// The same goes wrong for every process.
    pub(crate) fn always(seed: u64, faults: Faults) -> Self {
        Self { faults: Arc::new(move |_| faults.clone()), ..Self::kind(seed) }
    }

    /// Something goes wrong for the first process alone.
    pub(crate) fn once(seed: u64, faults: Faults) -> Self {
        let of = move |number| if number == 0 { faults.clone() } else { Faults::default() };
        Self { faults: Arc::new(of), ..Self::kind(seed) }
    }
}

#[derive(Parser)]
struct CommandLine {
    #[command(flatten)]
    args: Args,
}

/// The processes of a story.
#[derive(Default)]
pub(crate) struct Processes {
    links: Mutex<Vec<Arc<Link>>>,
    /// Who answers the webhook.
    reviewers: Mutex<Vec<(Arc<Link>, Reviewer)>>,
    started: AtomicUsize,
}

impl Processes {
    /// Runs operators for as long as the story lasts.
    pub(crate) fn start(self: &Arc<Self>, server: &Arc<Server>, clock: TimeOfDay, fortune: &Fortune) {
        for _ in 0..fortune.replicas {
            tokio::spawn(Arc::clone(self).keep(Arc::clone(server), clock, fortune.clone()));
        }
        if let Some(every) = fortune.compaction {
            let server = Arc::clone(server);
            tokio::spawn(async move {
                loop {
                    sleep(every).await;
                    server.store().compact();
                }
            });
        }
    }

    /// One replica: process after process.
    async fn keep(self: Arc<Self>, server: Arc<Server>, clock: TimeOfDay, fortune: Fortune) {
        loop {
            let number = self.started.fetch_add(1, Ordering::Relaxed);
            let link = Arc::new(Link::new(number, fortune.seed, (fortune.faults)(number)));
            self.links.lock().unwrap().push(Arc::clone(&link));
            let identity = format!("operator-{number}");
            // Sweeping is for hours; stories are not.
            let command =
                ["ecs-bridge", "--namespace", NAMESPACE, "--identity", &identity, "--sweep-seconds", "60"];
            let mut args = CommandLine::parse_from(command).args;
            args.leader_elect = fortune.replicas > 1;
            let (_sender, stop) = watch::channel(false);
            let (operator, _) = Operator::new(server.client(Arc::clone(&link)), args, clock);
            self.reviewers.lock().unwrap().push((Arc::clone(&link), operator.reviewer()));
            tokio::select! {
                biased;
                () = link.killed() => {}
                _ = operator.run(stop) => link.kill(),
            }
            sleep(RESTART).await;
        }
    }

    /// One of the replicas that answer the webhook, behind its link; none where all of them have ended.
    pub(crate) fn reviewer(&self, dice: &mut Dice) -> Option<(Arc<Link>, Reviewer)> {
        let mut reviewers = self.reviewers.lock().unwrap();
        reviewers.retain(|(link, _)| !link.is_dead());
        let index = usize::try_from(dice.below(reviewers.len() as u64)).expect("less than a length");
        reviewers.get(index).cloned()
    }

    /// Every write of every process.
    pub(crate) fn writes(&self) -> Vec<String> {
        self.links.lock().unwrap().iter().flat_map(|link| link.writes()).collect()
    }

    /// How many processes have been started.
    pub(crate) fn started(&self) -> usize {
        self.started.load(Ordering::Relaxed)
    }
}
