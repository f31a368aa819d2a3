//! Findings for people and for programs, progress, and files that are written whole.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Display;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Serialize;

use super::{Outcome, parallel};
use crate::ecs::import::{Loaded, Note};
use crate::finding::{Code, Finding, Severity};

/// How findings are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// One line each, with what to do below it.
    #[default]
    Human,
    /// One JSON array.
    Json,
}

/// A finding with file and line.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Reported {
    #[serde(flatten)]
    pub(super) finding: Finding,
    /// Empty for what the command line itself says.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<usize>,
}

/// Finds file and line of every note; sorted by file, line and path.
pub(super) fn locate(notes: &[Note], files: &[Loaded<'_>], names: &[&str]) -> Vec<Reported> {
    let mut groups: BTreeMap<(Option<usize>, Option<usize>), Vec<&Note>> = BTreeMap::new();
    for note in notes {
        groups.entry((note.file, note.document)).or_default().push(note);
    }
    let groups: Vec<_> = groups.into_iter().collect();
    let located = parallel::map(&groups, |_, ((file, document), notes)| {
        let paths: Vec<&str> = notes.iter().map(|note| note.finding.path.as_str()).collect();
        let lines = match (file.and_then(|file| files.get(file)), document) {
            (Some(file), Some(document)) => file.parsed.lines(*document, &paths),
            _ => Default::default(),
        };
        let mut located: Vec<Reported> = notes
            .iter()
            .map(|note| Reported {
                finding: note.finding.clone(),
                file: file.and_then(|file| names.get(file)).copied().unwrap_or_default().to_owned(),
                line: note.line.or_else(|| lines.get(note.finding.path.as_str()).copied()),
            })
            .collect();
        located.sort_by(|a, b| {
            (a.line, &a.finding.path, &a.finding).cmp(&(b.line, &b.finding.path, &b.finding))
        });
        located.dedup_by(|a, b| a.line == b.line && a.finding == b.finding);
        located
    });
    located.into_iter().flatten().collect()
}

/// The line of every note, where its file has it.
pub(super) fn lines(notes: &[Note], files: &[Loaded<'_>]) -> Vec<Option<usize>> {
    let mut paths: BTreeMap<(usize, usize), Vec<&str>> = BTreeMap::new();
    for note in notes {
        if let (Some(file), Some(document)) = (note.file, note.document) {
            paths.entry((file, document)).or_default().push(&note.finding.path);
        }
    }
    let lines: BTreeMap<_, _> = paths
        .iter()
        .filter_map(|((file, document), paths)| {
            Some(((*file, *document), files.get(*file)?.parsed.lines(*document, paths)))
        })
        .collect();
    let line = |note: &Note| {
        let place = (note.file?, note.document?);
        lines.get(&place)?.get(note.finding.path.as_str()).copied()
    };
    notes.iter().map(|note| note.line.or_else(|| line(note))).collect()
}

/// Prints to stdout.
pub(super) fn print(write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> io::Result<()> {
    let mut stdout = io::BufWriter::new(io::stdout().lock());
    let written = write(&mut stdout).and_then(|()| stdout.flush());
    unread(written).map_err(|error| io::Error::new(error.kind(), format!("cannot write to stdout: {error}")))
}

/// Prints findings to stderr; `summary` stands at the end for people.
pub(super) fn report(findings: &[Reported], format: Format, summary: Option<&str>) -> io::Result<()> {
    let text = match format {
        Format::Json => serde_json::to_string_pretty(findings)? + "\n",
        Format::Human => {
            let colours = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            let summary = summary.map(|summary| format!("{summary}\n"));
            human(findings, Style { colours }) + &summary.unwrap_or_default()
        }
    };
    unread(io::stderr().lock().write_all(text.as_bytes()))
}

/// Prints lines to stderr that are no findings.
pub(super) fn tell(lines: &[impl Display]) -> io::Result<()> {
    let text: String = lines.iter().map(|line| format!("ecs-bridge: {line}\n")).collect();
    unread(io::stderr().lock().write_all(text.as_bytes()))
}

/// What nobody reads any more (`ecs-bridge render … | head`) counts as written: the rest is done and told all the same.
fn unread(written: io::Result<()>) -> io::Result<()> {
    written.or_else(|error| if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
}

#[derive(Clone, Copy)]
struct Style {
    colours: bool,
}

impl Style {
    fn severity(self, severity: Severity) -> String {
        if !self.colours {
            return severity.to_string();
        }
        let colour = match severity {
            Severity::Error => 31,
            Severity::Warning => 33,
            Severity::Info => 36,
        };
        format!("\x1b[1;{colour}m{severity}\x1b[0m")
    }
}

fn human(findings: &[Reported], style: Style) -> String {
    let mut text = String::new();
    let mut output_only: Vec<&str> = Vec::new();
    for (at, reported) in findings.iter().enumerate() {
        let Reported { finding, file, line } = reported;
        // A third of all files are answers of the API, with nine such members each: one line for all of them.
        if finding.code == Code::OutputOnlyMember.as_str() {
            output_only.push(finding.path.rsplit('.').next().unwrap_or_default());
            let more = findings[at + 1..]
                .iter()
                .take_while(|next| next.file == *file)
                .any(|next| next.finding.code == Code::OutputOnlyMember.as_str());
            if more {
                continue;
            }
            let severity = style.severity(finding.severity);
            let members = output_only.join(", ");
            text.push_str(&format!(
                "{file}: {severity}[{}] ignored, because only answers of the ECS API have it: {members}\n",
                finding.code
            ));
            output_only.clear();
            continue;
        }
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = if file.is_empty() { String::new() } else { format!("{file}{line}: ") };
        let path = if finding.path.is_empty() { String::new() } else { format!("{}: ", finding.path) };
        let severity = style.severity(finding.severity);
        text.push_str(&format!("{place}{severity}[{}] {path}{}\n", finding.code, finding.message));
        if !finding.remedy.is_empty() {
            text.push_str(&format!("    {}\n", finding.remedy));
        }
    }
    text
}

/// Whether anything was refused.
pub(super) fn outcome(findings: &[Reported]) -> Outcome {
    if findings.iter().any(|reported| reported.finding.is_error()) { Outcome::Refused } else { Outcome::Done }
}

/// `3 errors, 1 warning, 12 notes`.
pub(super) fn counts(findings: &[Reported]) -> String {
    let count = |severity, noun| {
        let of = findings.iter().filter(|reported| reported.finding.severity == severity);
        number(of.count(), noun)
    };
    [count(Severity::Error, "error"), count(Severity::Warning, "warning"), count(Severity::Info, "note")]
        .join(", ")
}

/// `1 file`, `2 files`.
pub(super) fn number(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Writes a file of a directory.
pub(super) fn write(directory: &Path, name: &str, content: &str) -> io::Result<()> {
    write_file(&directory.join(name), content)
}

/// Writes a file whole or not at all. Where a link leads is written, not the link; a pipe or a device is written to.
pub(super) fn write_file(path: &Path, content: &str) -> io::Result<()> {
    let written = match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(no_file()),
        Ok(found) if found.is_file() && !is_open_elsewhere(path) => {
            fs::canonicalize(path).and_then(|file| replace(&file, content, Some(found.permissions())))
        }
        Ok(_) => {
            let opened = OpenOptions::new().append(true).open(path);
            unread(opened.and_then(|mut file| file.write_all(content.as_bytes())))
        }
        // The link stays, and leads somewhere from then on.
        Err(_) if path.is_symlink() => fs::write(path, content),
        Err(_) => replace(path, content, None),
    };
    written.map_err(|error| io::Error::new(error.kind(), format!("cannot write {}: {error}", path.display())))
}

/// Whether this stands for what a process has open: `>> log` is behind /dev/stdout, and what is in it stays.
fn is_open_elsewhere(path: &Path) -> bool {
    ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"].iter().any(|handles| path.starts_with(handles))
}

/// Writes beside a file first, then renames.
fn replace(path: &Path, content: &str, permissions: Option<Permissions>) -> io::Result<()> {
    let mut name = OsString::from(".");
    name.push(path.file_name().ok_or_else(no_file)?);
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let written = File::create(&temporary)
        .and_then(|mut file| {
            // Nobody reads what is to be read by few, not even while it is written.
            permissions.map_or(Ok(()), |permissions| file.set_permissions(permissions))?;
            file.write_all(content.as_bytes())
        })
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // What was begun is of no use; that it cannot be removed either would not help anybody.
        drop(fs::remove_file(&temporary));
    }
    written
}

fn no_file() -> io::Error {
    io::Error::other("it is not the name of a file")
}

/// How far a long run is, on a terminal only.
pub(super) struct Progress {
    total: usize,
    done: AtomicUsize,
    shown: bool,
}

impl Progress {
    /// Runs shorter than this are over before anybody looks.
    const LONG: usize = 5000;

    pub(super) fn start(total: usize) -> Self {
        Self { total, done: AtomicUsize::new(0), shown: total >= Self::LONG && io::stderr().is_terminal() }
    }

    pub(super) fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if self.shown && done.is_multiple_of(1000) {
            eprint!("\r{done} of {} files", self.total);
        }
    }

    pub(super) fn end(&self) {
        if self.shown {
            eprint!("\r\x1b[K");
        }
    }
}

#[cfg(test)]
mod tests;
