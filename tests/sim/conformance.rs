//! The cases that a real control plane passes as well (`make test-cluster`).

#[path = "../support/conformance/mod.rs"]
mod cases;

use cases::{CASES, Namespace};

use crate::world::{SHOP, World};

#[test]
fn the_simulation_does_what_the_cases_say() {
    let mut failed = Vec::new();
    for case in CASES {
        let run = std::panic::catch_unwind(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            runtime.block_on(async {
                let world = World::empty();
                (case.run)(Namespace { client: world.server.admin(), name: SHOP.to_owned() }).await;
            });
        });
        if run.is_err() {
            failed.push(case.name);
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}
