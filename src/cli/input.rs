//! Where input comes from: files, directories, globs, stdin.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::parallel;
use crate::ecs::document::LARGEST;

/// What a command reads.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Inputs {
    /// Files, directories (searched for .json, .yaml, .yml), patterns, or - for stdin.
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,
}

impl Inputs {
    pub(super) fn sources(&self) -> Vec<Source> {
        read(&self.inputs)
    }
}

/// A file of the run.
#[derive(Debug)]
pub struct Source {
    /// As it is shown.
    pub(super) name: String,
    /// Whether somebody named it, so that it has to be one of ours.
    pub(super) named: bool,
    stdin: bool,
    /// What is in it.
    pub(super) bytes: Result<Vec<u8>, Unread>,
}

impl Source {
    /// The name that says something about what is in it: of stdin, none.
    pub(super) fn file_name(&self) -> &str {
        if self.stdin { "-" } else { &self.name }
    }
}

/// Why there is nothing of an input.
#[derive(Clone, Debug)]
pub(super) struct Unread {
    pub(super) message: String,
    pub(super) remedy: &'static str,
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        Self {
            message: format!("The file cannot be read: {error}."),
            remedy: "Check its name and its permissions.",
        }
    }
}

impl Source {
    /// A file that is in memory, as if it lay in a directory.
    #[must_use]
    pub const fn in_memory(name: String, bytes: Vec<u8>) -> Self {
        Self { name, named: false, stdin: false, bytes: Ok(bytes) }
    }
}

/// Directories that hold other people's files.
const PASSED_BY: &[&str] = &[".git", ".terraform", "node_modules", "target", "vendor"];

/// Reads everything that the arguments name, each file once, in the order of the arguments and by name.
pub(super) fn read(arguments: &[String]) -> Vec<Source> {
    let mut seen = BTreeSet::new();
    let mut files = Files::new();
    for argument in arguments {
        let mut found = Vec::new();
        expand(argument, &mut found);
        files.extend(found.into_iter().filter(|(path, ..)| seen.insert(path.clone())));
    }
    let read = parallel::map(&files, |_, (path, _, failed)| match failed {
        Some(error) => Err(error.clone()),
        None => Ok(bytes(path)?),
    });
    files
        .into_iter()
        .zip(read)
        .map(|((path, named, _), bytes)| Source {
            name: shown(&path),
            named,
            stdin: path == Path::new("-"),
            bytes,
        })
        .collect()
}

fn shown(path: &Path) -> String {
    if path == Path::new("-") {
        "stdin".to_owned()
    } else {
        path.strip_prefix("./").unwrap_or(path).display().to_string()
    }
}

type Files = Vec<(PathBuf, bool, Option<Unread>)>;

/// Adds what an argument names to `files`, which is empty.
fn expand(argument: &str, files: &mut Files) {
    let path = Path::new(argument);
    if argument == "-" || path.is_file() {
        return files.push((path.to_owned(), true, None));
    }
    if path.is_dir() {
        walk(path, files);
        if files.is_empty() {
            let message = format!("No .json, .yaml or .yml file is in {}.", shown(path));
            files.push((
                path.to_owned(),
                true,
                Some(Unread { message, remedy: "Name the directory that has the files." }),
            ));
        }
        return;
    }
    if argument.contains(['*', '?', '['])
        && let Ok(matches) = glob::glob(argument)
    {
        let before = files.len();
        for found in matches.filter_map(Result::ok) {
            if found.is_dir() {
                walk(&found, files);
            } else {
                files.push((found, true, None));
            }
        }
        if files.len() > before {
            return;
        }
        let message = format!("No file matches the pattern {argument}.");
        let remedy = "Check its spelling; a pattern counts from the directory in which the command runs.";
        return files.push((path.to_owned(), true, Some(Unread { message, remedy })));
    }
    // A pipe, a device, or nothing: reading says.
    files.push((path.to_owned(), true, None));
}

fn walk(directory: &Path, files: &mut Files) {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) => return files.push((directory.to_owned(), true, Some(error.into()))),
    };
    let mut entries: Vec<fs::DirEntry> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // The entry's own type: a link to a directory could lead in a circle.
        let kind = entry.file_type().ok();
        if kind.is_some_and(|kind| kind.is_dir()) {
            let passed_by = entry.file_name().to_str().is_some_and(|name| PASSED_BY.contains(&name));
            if !passed_by {
                walk(&path, files);
            }
        } else if is_definition(&path) && (kind.is_some_and(|kind| kind.is_file()) || path.is_file()) {
            files.push((path, false, None));
        }
    }
}

fn is_definition(path: &Path) -> bool {
    path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| {
        ["json", "yaml", "yml"].iter().any(|known| extension.eq_ignore_ascii_case(known))
    })
}

/// At most one byte more than is ever read: enough to know that it is too large.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let limit = LARGEST as u64 + 1;
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        let file = fs::File::open(path)?;
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        bytes.reserve(usize::try_from(length.min(limit)).unwrap_or(0));
        file.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
