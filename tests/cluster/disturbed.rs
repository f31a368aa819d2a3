//! Operators that are killed in the middle of their work and started again, as a kubelet does: whatever a story tells has to
//! come out the same.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::audit::Mark;
use crate::cluster::Cluster;
use crate::generate::Dice;
use crate::operator::{Life, Operator};

/// Environment variable: the seed of the moments at which every operator of every story is killed.
const KILLED: &str = "ECS_BRIDGE_KILLED";
/// How often each of them is.
const TIMES: usize = 3;
/// Writes of one life, at most; most stories need more.
const WRITES: usize = 12;

/// Whether operators are killed, and how many were.
#[derive(Debug)]
pub(crate) struct Deaths {
    seed: u64,
    count: AtomicUsize,
}

impl Deaths {
    /// What the environment asks for.
    pub(crate) fn asked_for() -> Option<Self> {
        let seed = std::env::var(KILLED).ok()?;
        let seed = seed.parse().unwrap_or_else(|_| panic!("{KILLED} wants a number, not {seed}"));
        Some(Self { seed, count: AtomicUsize::new(0) })
    }

    /// How many operators were killed.
    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Moments that are the same for a seed and the name of an operator.
    fn dice(&self, name: &str) -> Dice {
        let of_name =
            name.bytes().fold(self.seed, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        Dice::new(of_name)
    }
}

/// Kills an operator after some of its writes, if the environment asks for it.
pub(crate) fn disturb(cluster: &Arc<Cluster>, operator: &Operator, name: &str, began: Mark) {
    let Some(deaths) = &cluster.deaths else { return };
    let mut dice = deaths.dice(name);
    let moments: Vec<usize> = (0..TIMES).map(|_| 1 + dice.below(WRITES)).collect();
    let (user, life) = (operator.user.clone(), operator.life());
    let cluster = Arc::clone(cluster);
    tokio::spawn(async move {
        let mut mark = began;
        for k in moments {
            let Ok(ended) = life.lock().map(|life| life.ended()) else { return };
            tokio::select! {
                () = cluster.audit.until_written(&user, mark, k) => {}
                () = ended => return,
            }
            if !replaced(&life) {
                return;
            }
            mark = cluster.audit.mark();
            if let Some(deaths) = &cluster.deaths {
                deaths.count.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
}

/// Kills an operator after its `k`-th write, and starts it again.
pub(crate) async fn killed_after(cluster: &Cluster, operator: &Operator, began: Mark, k: usize) {
    cluster.audit.until_written(&operator.user, began, k).await;
    assert!(replaced(&operator.life()), "it has ended before");
}

fn replaced(life: &Mutex<Life>) -> bool {
    life.lock().is_ok_and(|mut life| life.replace())
}
