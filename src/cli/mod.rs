//! The command line: one file per command. Reads files, asks the pure core, prints.

mod check;
mod completion;
mod crds;
#[cfg(feature = "operator")]
mod diff;
mod export;
mod gather;
mod import;
pub mod in_memory;
mod input;
#[cfg(feature = "operator")]
mod live;
mod manifest;
mod output;
mod parallel;
mod place;
#[cfg(feature = "operator")]
mod release;
mod render;
mod report;
mod target;

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Runs Amazon ECS task definitions and services on Kubernetes.
#[derive(Debug, Parser)]
#[command(name = "ecs-bridge", version, about, max_term_width = 100, after_help = EXAMPLE)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLE: &str = "\
Example:
  aws ecs describe-task-definition --task-definition web | ecs-bridge render -

Exit code: 0, 1 when something was refused (the rest is done), 2 when the command line is wrong.";

#[derive(Debug, Subcommand)]
enum Command {
    Import(import::Args),
    Export(export::Args),
    Render(render::Args),
    Report(report::Args),
    Place(place::Args),
    #[cfg(feature = "operator")]
    Diff(diff::Args),
    #[cfg(feature = "operator")]
    Release(release::Args),
    Crds(crds::Args),
    Completion(completion::Args),
    #[cfg(feature = "operator")]
    #[command(after_help = OPERATOR_EXAMPLE)]
    Operator(Box<crate::operator::Args>),
}

#[cfg(feature = "operator")]
const OPERATOR_EXAMPLE: &str = "\
Example:
  ecs-bridge operator --kubeconfig ~/.kube/config --listen 127.0.0.1:8080 --log-format text

In a cluster the Helm chart runs it: helm install ecs-bridge charts/ecs-bridge";

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    Refused,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Refused => Self::from(1),
        }
    }
}

/// Carries out the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Import(args) => import::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Render(args) => render::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Place(args) => return place::run(&args),
        #[cfg(feature = "operator")]
        Command::Diff(args) => return diff::run(&args),
        #[cfg(feature = "operator")]
        Command::Release(args) => release::run(&args),
        Command::Crds(args) => crds::run(&args),
        Command::Completion(args) => completion::run(&args),
        #[cfg(feature = "operator")]
        Command::Operator(args) => return crate::operator::run(&args),
    };
    match outcome {
        Ok(outcome) => outcome.into(),
        Err(error) => failed(&error, 1),
    }
}

/// Says why a command came to nothing.
fn failed(error: &io::Error, code: u8) -> ExitCode {
    // Where that cannot be said, the code says it.
    drop(output::tell(&[error]));
    ExitCode::from(code)
}
