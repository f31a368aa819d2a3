//! `crds`: the CustomResourceDefinitions.

use std::io;

use super::{Outcome, manifest, output};
use crate::api::crd;

/// Prints the CustomResourceDefinitions as YAML.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  ecs-bridge crds | kubectl apply -f -")]
pub(super) struct Args {}

pub(super) fn run(_: &Args) -> io::Result<Outcome> {
    let crds: Vec<String> = crd::all().iter().map(manifest::yaml).collect::<io::Result<_>>()?;
    output::print(|stdout| crds.iter().try_for_each(|yaml| write!(stdout, "---\n{yaml}")))?;
    Ok(Outcome::Done)
}
