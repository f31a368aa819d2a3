//! Many seeds over all cores.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// What `look` makes of each of `count` seeds; a panic names the seed.
pub(crate) fn spread<T: Send>(count: u64, look: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let next = AtomicU64::new(0);
    let work = || {
        let mut made = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= count {
                return made;
            }
            let looked = catch_unwind(AssertUnwindSafe(|| look(seed)));
            made.push(looked.unwrap_or_else(|panic| {
                eprintln!("seed {seed} went wrong");
                next.store(count, Ordering::Relaxed);
                resume_unwind(panic)
            }));
        }
    };
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let joined =
            workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
        joined.flatten().collect()
    })
}
