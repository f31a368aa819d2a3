//! One telling of a story, and what has to be true at the end of each.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::outcome::{self, State};
use crate::process::Fortune;
use crate::stories::Story;
use crate::world::World;

/// How long nothing may be written at the end.
const SILENCE: Duration = Duration::from_secs(3600);

/// How a telling has ended.
pub(crate) struct Outcome {
    pub(crate) writes: Vec<String>,
    pub(crate) state: State,
    pub(crate) events: Vec<(String, String)>,
    /// Processes in the order in which they took turns to write.
    pub(crate) turns: Vec<usize>,
    /// Processes that were started.
    pub(crate) started: usize,
    /// Pods that were made, each once for every service that could see it.
    pub(crate) pods: usize,
}

/// Tells a story in a time that passes as soon as nobody has anything to do.
pub(crate) fn tell(story: Story, fortune: &Fortune) -> Outcome {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let world = Arc::new(World::new(fortune));
        story(Arc::clone(&world)).await;
        world.rest().await;
        let writes = world.processes.writes();
        sleep(SILENCE).await;
        let after = world.processes.writes();
        assert!(after.len() == writes.len(), "written in a silent hour: {:#?}", &after[writes.len()..]);
        let store = world.server.store();
        Outcome {
            writes,
            pods: outcome::pods(&store),
            state: outcome::state(&store),
            events: outcome::events(&store),
            turns: world.server.turns(),
            started: world.processes.started(),
        }
    })
}
