//! Arguments in, dispatch out.

use std::process::ExitCode;

fn main() -> ExitCode {
    ecs_bridge::cli::run()
}
