//! `completion`: scripts for shells.

use std::io;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Cli, Outcome};

/// Prints a completion script for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  ecs-bridge completion bash > /etc/bash_completion.d/ecs-bridge")]
pub(super) struct Args {
    /// The shell.
    shell: Shell,
}

#[allow(clippy::unnecessary_wraps, reason = "every command has this signature")]
pub(super) fn run(args: &Args) -> io::Result<Outcome> {
    clap_complete::generate(args.shell, &mut Cli::command(), "ecs-bridge", &mut io::stdout());
    Ok(Outcome::Done)
}
