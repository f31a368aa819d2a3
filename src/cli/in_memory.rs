//! `import`, `export`, `render` and `report` of files that are in memory already: what the commands do between reading and writing,
//! on all cores. For benches, and for programs that have definitions but no files.

use std::io;

use clap::Parser as _;

pub use super::input::Source;
use super::output::Reported;
use super::{
    Cli, Command, export as export_command, gather, import as import_command, render as render_command,
    report as report_command,
};
use crate::finding::Finding;
use crate::report::Report;

/// What a command makes of files.
#[derive(Debug, Default)]
pub struct Made {
    /// YAML documents, without their `---`.
    pub manifests: Vec<String>,
    /// Everything that the command would report.
    pub findings: Vec<Finding>,
}

impl Made {
    fn new(manifests: Vec<String>, reported: Vec<Reported>) -> Self {
        Self { manifests, findings: reported.into_iter().map(|reported| reported.finding).collect() }
    }
}

/// The custom resources that `ecs-bridge import` would write.
///
/// # Errors
///
/// Where a manifest cannot be written as YAML.
pub fn import(files: &[Source]) -> io::Result<Made> {
    // The command's own defaults; the input stands for the files.
    let Command::Import(args) = Cli::parse_from(["ecs-bridge", "import", "-"]).command else {
        return Ok(Made::default());
    };
    let made = import_command::make(&args, files)?;
    let reported = made.gathered.reported();
    Ok(Made::new(made.manifests.into_iter().map(|(_, yaml)| yaml).collect(), reported))
}

/// The objects that `ecs-bridge render` would print.
///
/// # Errors
///
/// Where a manifest cannot be written as YAML.
pub fn render(files: &[Source]) -> io::Result<Made> {
    let Command::Render(args) = Cli::parse_from(["ecs-bridge", "render", "-"]).command else {
        return Ok(Made::default());
    };
    let made = render_command::make(&args, files)?;
    let reported = made.gathered.reported();
    Ok(Made::new(made.manifests, reported))
}

/// The report that `ecs-bridge report` would write.
#[must_use]
pub fn report(files: &[Source]) -> Report {
    match Cli::parse_from(["ecs-bridge", "report", "-"]).command {
        Command::Report(args) => report_command::make(&args, files),
        _ => Report::new(Vec::new(), Vec::new(), &[]),
    }
}

/// The requests that custom resources become.
#[derive(Debug, Default)]
pub struct Exported {
    /// Name of the file and body of each.
    pub requests: Vec<(String, serde_json::Value)>,
    /// Everything that the command would report.
    pub findings: Vec<Finding>,
}

/// The requests that `ecs-bridge export` would print.
#[must_use]
pub fn export(files: &[Source]) -> Exported {
    let made = export_command::make(&gather::Args::as_it_is(), files);
    let findings = made.gathered.reported().into_iter().map(|reported| reported.finding).collect();
    let requests =
        made.requests.into_iter().map(|(name, body)| (name, crate::ecs::export::value(&body))).collect();
    Exported { requests, findings }
}
