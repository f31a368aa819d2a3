//! Arguments in, dispatch out.

use std::process::ExitCode;

/// Thousands of small values on every core: the system's allocator takes a third of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ecs_bridge::cli::run()
}
