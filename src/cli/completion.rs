//! `completion`: scripts for shells.

use std::io;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Cli, Outcome, output};

/// Prints a completion script for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  ecs-bridge completion bash > /etc/bash_completion.d/ecs-bridge")]
pub(super) struct Args {
    /// The shell.
    shell: Shell,
}

pub(super) fn run(args: &Args) -> io::Result<Outcome> {
    // It panics where it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "ecs-bridge", &mut script);
    output::print(|stdout| stdout.write_all(&script))?;
    Ok(Outcome::Done)
}
