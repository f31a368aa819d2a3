//! `crds`: the CustomResourceDefinitions.

use std::io::{self, Write as _};

use super::{Outcome, manifest};
use crate::api::crd;

/// Prints the CustomResourceDefinitions as YAML.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  ecs-bridge crds | kubectl apply -f -")]
pub(super) struct Args {}

pub(super) fn run(_: &Args) -> io::Result<Outcome> {
    let mut stdout = io::stdout().lock();
    for crd in crd::all() {
        stdout.write_all(b"---\n")?;
        stdout.write_all(manifest::yaml(&crd)?.as_bytes())?;
    }
    Ok(Outcome::Done)
}
