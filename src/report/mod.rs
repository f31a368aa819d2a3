//! The report of a migration: what becomes of every field, and what people have to decide first.

mod decision;
mod field;
mod markdown;
mod needed;
mod sarif;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::finding::{Code, Finding, Severity};
use crate::ledger::Root;
pub use decision::{Decision, Group};
pub use field::{Fate, Field};
pub use markdown::markdown;
pub use needed::{AddOn, LogRouting, Needed, Role, Use, Workload, roles};
pub use sarif::sarif;

/// How much of a definition is carried over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Grade {
    /// Everything, as it is.
    A,
    /// Everything, some of it nearly.
    B,
    /// It runs, and something is lost.
    C,
    /// It is refused.
    D,
}

impl Grade {
    /// Every grade, best first.
    pub const ALL: [Self; 4] = [Self::A, Self::B, Self::C, Self::D];

    /// What it says, in a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::A => "exact",
            Self::B => "approximate",
            Self::C => "lossy",
            Self::D => "refused",
        }
    }

    fn of(finding: &Finding) -> Self {
        match (finding.severity, Group::of(finding)) {
            _ if is_of_the_run(finding) => Self::A,
            (Severity::Error, _) => Self::D,
            (Severity::Warning, _) => Self::C,
            (Severity::Info, Group::Approximate) => Self::B,
            (Severity::Info, _) => Self::A,
        }
    }
}

/// Whether a finding is about what else is in the run: a definition and its fields are graded by themselves. A
/// repository has one file of a name for each environment, and no two of them are meant to run together.
fn is_of_the_run(finding: &Finding) -> bool {
    [Code::DuplicateDefinition, Code::NameCollision].iter().any(|code| code.as_str() == finding.code)
}

/// A finding with its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Found {
    /// The file; empty for what the command line says, or a live object.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// Where it stands in the file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What is said; its path starts at the definition.
    #[serde(flatten)]
    pub finding: Finding,
}

/// A definition to report on.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its kind.
    pub root: Root,
    /// Name on ECS.
    pub name: String,
    /// Namespace, where it has one.
    pub namespace: Option<String>,
    /// Its file; empty for a live object.
    pub file: String,
    /// The spec as JSON.
    pub spec: Value,
    /// Everything there is to say about it.
    pub findings: Vec<Found>,
}

/// What becomes of one definition.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Definition {
    /// `TaskDefinition`, `EcsService` or `CapacityProvider`.
    pub kind: &'static str,
    /// Name on ECS.
    pub name: String,
    /// Namespace, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Its file.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// How much is carried over.
    pub grade: Grade,
    /// How many fields have which fate.
    pub counts: Counts,
    /// Every field that it sets.
    pub fields: Vec<Field>,
    /// Everything there is to say about it.
    pub findings: Vec<Found>,
    /// What it needs installed, by number in the table.
    #[serde(skip)]
    add_ons: Vec<usize>,
}

/// How many fields have which fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the fates")]
pub struct Counts {
    pub exact: usize,
    pub approximate: usize,
    pub lossy: usize,
    pub refused: usize,
    pub not_applicable: usize,
}

impl Counts {
    fn add(&mut self, fate: Fate) {
        *match fate {
            Fate::Exact => &mut self.exact,
            Fate::Approximate => &mut self.approximate,
            Fate::Lossy => &mut self.lossy,
            Fate::Refused => &mut self.refused,
            Fate::NotApplicable => &mut self.not_applicable,
        } += 1;
    }
}

/// The sums over a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// How many definitions there are.
    pub definitions: usize,
    /// How many have which grade.
    pub grades: BTreeMap<&'static str, usize>,
    /// How many fields have which fate.
    pub fields: Counts,
}

/// What becomes of the definitions of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The sums.
    pub summary: Summary,
    /// What a reviewer has to decide, most urgent first.
    pub decisions: Vec<Decision>,
    /// What has to exist first.
    pub needed: Needed,
    /// Every definition, by file and place.
    pub definitions: Vec<Definition>,
    /// What is said about files that hold no definition that could be read, and about the command line.
    pub other: Vec<Found>,
}

impl Report {
    /// Reports on definitions; `other` is what is said of no definition, `workloads` is what they come to.
    #[must_use]
    pub fn new(subjects: Vec<Subject>, mut other: Vec<Found>, workloads: &[Workload]) -> Self {
        let definitions: Vec<Definition> = subjects.into_iter().map(Definition::new).collect();
        other.sort();
        other.dedup();
        let mut summary = Summary { definitions: definitions.len(), ..Summary::default() };
        for grade in Grade::ALL {
            let count = definitions.iter().filter(|definition| definition.grade == grade).count();
            summary.grades.insert(grade.word(), count);
        }
        for field in definitions.iter().flat_map(|definition| &definition.fields) {
            summary.fields.add(field.treatment);
        }
        let decisions = decision::decisions(&definitions, &other);
        let needed = Needed::new(&definitions, &decisions, workloads);
        Self { summary, decisions, needed, definitions, other }
    }

    /// Leaves out files and lines: what was read from a cluster has none.
    pub fn forget_files(&mut self) {
        for definition in &mut self.definitions {
            definition.file.clear();
            for found in &mut definition.findings {
                found.file.clear();
                found.line = None;
            }
        }
    }

    /// The greatest severity of anything that is said of definitions by themselves, as they are graded.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        let said = self.definitions.iter().flat_map(|definition| &definition.findings).chain(&self.other);
        said.map(|found| &found.finding)
            .filter(|finding| !is_of_the_run(finding))
            .map(|finding| finding.severity)
            .max()
    }
}

impl Definition {
    fn new(subject: Subject) -> Self {
        let Subject { root, name, namespace, file, spec, mut findings } = subject;
        findings.sort_by_cached_key(|found| (found.file != file, found.clone()));
        findings.dedup();
        let fields = field::fields(root, &spec, &findings);
        let mut counts = Counts::default();
        for field in &fields {
            counts.add(field.treatment);
        }
        let grade = findings.iter().map(|found| Grade::of(&found.finding)).max().unwrap_or(Grade::A);
        let add_ons = needed::add_on::of(root, &spec, &findings);
        Self { kind: root.kind(), name, namespace, file, grade, counts, fields, findings, add_ons }
    }

    /// How a reader is told of it: `service web`.
    fn shown(&self) -> String {
        let noun = match self.kind {
            "TaskDefinition" => "task definition",
            "EcsService" => "service",
            _ => "capacity provider",
        };
        format!("{noun} {}", self.name)
    }
}

#[cfg(test)]
mod tests;
