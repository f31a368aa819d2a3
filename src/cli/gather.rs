//! What `import`, `render` and `report` share: their options, and the way from files to a run.

use std::collections::{BTreeMap, BTreeSet};

use super::check;
use super::input::{Source, Unread};
use super::output::{self, Reported};
use super::parallel;
use super::target::Cluster;
use crate::ecs::import::{self, Definition, Loaded, Note, Options, Run};
use crate::ecs::template::{Used, Values};
use crate::finding::{Code, Finding};
use crate::model::name::is_namespace;

/// What the inputs leave out.
#[derive(Debug, Default, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Namespace of what names none; without it a service's cluster names it.
    #[arg(short, long, value_parser = namespace)]
    pub(super) namespace: Option<String>,
    /// Image of a container, where the file has none or a placeholder.
    #[arg(long = "image", value_name = "CONTAINER=REFERENCE", value_parser = pair)]
    images: Vec<(String, String)>,
    /// Value for ${NAME}, {{ NAME }}, <NAME> and %NAME% in the files.
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = pair)]
    variables: Vec<(String, String)>,
    /// Take values for ${NAME} and the like from the environment too.
    #[arg(long)]
    var_from_env: bool,
    /// Family of a task definition that has none.
    #[arg(long, value_name = "NAME")]
    family: Option<String>,
    /// Name of a service that has none.
    #[arg(long, value_name = "NAME")]
    service_name: Option<String>,
    /// Task definition of services that name none.
    #[arg(long, value_name = "NAME")]
    task_definition: Option<String>,
    /// Keep services pinned to the revision that they name.
    #[arg(long)]
    keep_pins: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

fn namespace(text: &str) -> Result<String, String> {
    if is_namespace(text) {
        return Ok(text.to_owned());
    }
    Err("a namespace has up to 63 lower case letters, digits and hyphens, no hyphen first or last".to_owned())
}

impl Args {
    /// Inputs count as they are: nothing is filled in or taken for something else.
    pub(super) fn as_it_is() -> Self {
        Self { keep_pins: true, ..Self::default() }
    }

    pub(super) fn options(&self, with_service: bool) -> Options {
        let mut variables: BTreeMap<String, String> = BTreeMap::new();
        if self.var_from_env {
            let known = std::env::vars_os();
            variables.extend(
                known.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
            );
        }
        variables.extend(self.variables.iter().cloned());
        Options {
            values: Values { variables, images: self.images.iter().cloned().collect() },
            namespace: self.namespace.clone(),
            family: self.family.clone(),
            service_name: self.service_name.clone(),
            task_definition: self.task_definition.clone(),
            keep_pins: self.keep_pins,
            with_service,
            without_revisions: false,
            without_scaled_counts: false,
        }
    }

    /// Options that nothing in the input asked for: most likely misspelled.
    fn unused(&self, used: &Used) -> Vec<Finding> {
        let images = self.images.iter().filter(|(name, _)| !used.images.contains(name)).map(|(name, _)| {
            Finding::new(
                Code::UnusedOption,
                "",
                format!("--image {name}=…: no container of the input has this name."),
            )
        });
        let variables =
            self.variables.iter().filter(|(name, _)| !used.variables.contains(name)).map(|(name, _)| {
                Finding::new(
                    Code::UnusedOption,
                    "",
                    format!("--var {name}=…: the input has no such expression."),
                )
            });
        images.chain(variables).map(|finding| finding.remedy("Check its spelling.")).collect()
    }
}

/// Files that have been looked at and put together.
pub(super) struct Gathered<'a> {
    pub(super) run: Run,
    files: Vec<Loaded<'a>>,
    names: Vec<&'a str>,
}

/// Looks at every file and puts them together.
pub(super) fn gather<'a>(args: &Args, sources: &'a [Source], options: &Options) -> Gathered<'a> {
    let progress = output::Progress::start(sources.len());
    let mut files = parallel::map(sources, |index, source| {
        let loaded = match &source.bytes {
            Ok(bytes) => import::load(index, source.file_name(), bytes, source.named, options),
            Err(error) => unreadable(index, source, error),
        };
        progress.step();
        loaded
    });
    progress.end();
    let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    let mut notes = Vec::new();
    let mut used = Used::default();
    let mut definitions: Vec<Definition> = Vec::new();
    for file in &mut files {
        notes.append(&mut file.notes);
        definitions.append(&mut file.definitions);
        used.images.append(&mut file.used.images);
        used.variables.append(&mut file.used.variables);
    }
    let mut run = import::assemble(definitions, &names, options);
    run.notes.append(&mut notes);
    // What could not be read may have asked for them.
    if !run.notes.iter().any(|note| note.document.is_none() && note.finding.is_error()) {
        run.notes.extend(args.unused(&used).into_iter().map(Note::of_run));
    }
    Gathered { run, files, names }
}

/// A path and what encloses it, without the whole document.
fn enclosing(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rfind(['.', '[']).map(|end| &path[..end]))
        .filter(|path| !path.is_empty())
}

fn unreadable<'a>(index: usize, source: &'a Source, error: &Unread) -> Loaded<'a> {
    let finding = Finding::new(Code::UnreadableFile, "", &error.message).remedy(error.remedy);
    Loaded {
        notes: vec![Note { file: Some(index), document: None, line: None, finding }],
        ..import::load(index, &source.name, b"{}", false, &Options::default())
    }
}

impl Gathered<'_> {
    pub(super) fn files(&self) -> usize {
        self.names.len()
    }

    /// Says what else is wrong with what is refused, so that nobody has to come back for it. What is said of
    /// a place that has an Error already is its consequence.
    pub(super) fn look_at_refused(&mut self, cluster: &Cluster) {
        let errors: BTreeSet<(Option<usize>, Option<usize>, String)> = self
            .run
            .notes
            .iter()
            .filter(|note| note.finding.is_error())
            .map(|note| (note.file, note.document, note.finding.path.clone()))
            .collect();
        let is_consequence = |note: &Note| {
            enclosing(&note.finding.path)
                .any(|path| errors.contains(&(note.file, note.document, path.to_owned())))
        };
        let mut more = check::refused(&self.run, &self.run.refused, cluster);
        more.retain(|note| !is_consequence(note));
        self.run.notes.extend(more);
    }

    /// How a file is shown; empty for what the command line says.
    pub(super) fn name(&self, file: Option<usize>) -> &str {
        file.and_then(|file| self.names.get(file)).copied().unwrap_or_default()
    }

    /// The lines of notes.
    pub(super) fn lines(&self, notes: &[Note]) -> Vec<Option<usize>> {
        output::lines(notes, &self.files)
    }

    /// Every finding with file and line, by file and place.
    pub(super) fn reported(&self) -> Vec<Reported> {
        output::locate(&self.run.notes, &self.files, &self.names)
    }
}
