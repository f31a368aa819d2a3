//! The report for people: decisions first, then each definition.

mod needed;

use super::decision::{Decision, Group, Place, Said};
use super::{Counts, Definition, Fate, Found, Grade, Report};
use crate::finding::Code;
use crate::ledger;

/// Definitions that are named for one message; the others are counted.
const NAMED: usize = 6;
/// Messages that are told of one code; the others are counted.
const TOLD: usize = 8;

/// The report as Markdown.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let mut text = String::from("# ECS on Kubernetes: what becomes of these definitions\n\n");
    summary(report, &mut text);
    let alone = report.definitions.len() == 1 && report.other.is_empty();
    for group in Group::ALL {
        let decisions: Vec<&Decision> = report.decisions.iter().filter(|d| d.group == group).collect();
        let sections = if group == Group::Prepare { needed::sections(&report.needed) } else { String::new() };
        if !decisions.is_empty() || !sections.is_empty() {
            self::group(group, &decisions, &sections, alone, &mut text);
        }
    }
    if !report.definitions.is_empty() {
        text.push_str("\n## Every field\n");
    }
    for definition in &report.definitions {
        fields(definition, &mut text);
    }
    text
}

fn summary(report: &Report, text: &mut String) {
    let grades: Vec<String> = Grade::ALL
        .iter()
        .map(|grade| {
            let count = report.summary.grades.get(grade.word()).copied().unwrap_or_default();
            format!("{count} {} ({grade:?})", grade.word())
        })
        .collect();
    let count = report.summary.definitions;
    let noun = if count == 1 { "definition" } else { "definitions" };
    text.push_str(&format!("{count} {noun}: {}.", grades.join(", ")));
    let unread = unread(&report.other);
    match unread.len() {
        0 => {}
        1 => text.push_str(" 1 file could not be read."),
        count => text.push_str(&format!(" {count} files could not be read.")),
    }
    text.push('\n');
    if report.definitions.is_empty() {
        return;
    }
    let folder = folder(&report.definitions);
    if !folder.is_empty() {
        text.push_str(&format!("\nThe files are those in `{folder}`.\n"));
    }
    text.push_str(
        "\n| grade | definition | exact | approximate | lossy | refused | not applicable | file |\n",
    );
    text.push_str("|---|---|--:|--:|--:|--:|--:|---|\n");
    for definition in &report.definitions {
        let Counts { exact, approximate, lossy, refused, not_applicable } = definition.counts;
        text.push_str(&format!(
            "| {:?} | {} | {exact} | {approximate} | {lossy} | {refused} | {not_applicable} | {} |\n",
            definition.grade,
            cell(&definition.shown()),
            cell(definition.file.strip_prefix(folder).unwrap_or(&definition.file))
        ));
    }
}

/// The directory that all files are in, where that is worth saying once instead of on each line.
fn folder(definitions: &[Definition]) -> &str {
    let Some((first, rest)) = definitions.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return "";
    };
    let up = |path: &str, end: usize| path[..end].rfind('/').map_or(0, |slash| slash + 1);
    let mut end = up(&first.file, first.file.len());
    while end > 0 && !rest.iter().all(|definition| definition.file.starts_with(&first.file[..end])) {
        end = up(&first.file, end - 1);
    }
    &first.file[..end]
}

/// Files of which nothing is left.
fn unread(other: &[Found]) -> Vec<&str> {
    const UNREAD: [Code; 2] = [Code::NotAnEcsDocument, Code::UnreadableFile];
    let is_unread = |found: &&Found| UNREAD.iter().any(|code| code.as_str() == found.finding.code);
    let mut files: Vec<&str> = other.iter().filter(is_unread).map(|found| found.file.as_str()).collect();
    files.dedup();
    files
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn group(group: Group, decisions: &[&Decision], sections: &str, alone: bool, text: &mut String) {
    let (title, intro) = match group {
        Group::Refused => ("Refused", "Nothing is made of these definitions until this is changed."),
        Group::Lossy => ("Lost", "The workload runs without this. Decide whether it may."),
        Group::Approximate => ("Approximated", "The workload runs nearly as on ECS. Know the difference."),
        Group::Prepare => ("Needed first", "These have to exist before the workload can run as on ECS."),
        Group::NotApplicable => ("Not applicable", "Nothing to decide: these mean nothing on Kubernetes."),
        Group::Reading => ("How the files were read", "Check that this is what you mean."),
    };
    text.push_str(&format!("\n## {title}\n\n{intro}\n{sections}"));
    let mut theme = "";
    for decision in decisions {
        if decision.theme != theme {
            theme = decision.theme;
            text.push_str(&format!("\n### {theme}\n\n"));
        }
        self::decision(decision, alone, text);
    }
}

fn decision(decision: &Decision, alone: bool, text: &mut String) {
    let Decision { group, code, about, said, remedies, .. } = decision;
    let told_above = *group == Group::Prepare && super::needed::is_told(code);
    let nothing_to_decide = matches!(group, Group::NotApplicable | Group::Reading) || told_above;
    match said.as_slice() {
        [only] if !told_above => {
            text.push_str(&format!(
                "- **{code}**: {}\n  In {}.\n",
                only.message,
                places(&only.places, alone)
            ));
        }
        said if nothing_to_decide => {
            let all: Vec<Place> = said.iter().flat_map(|said| said.places.clone()).collect();
            text.push_str(&format!("- **{code}**: {about}\n  In {}.\n", places(&all, alone)));
        }
        said => {
            text.push_str(&format!("- **{code}**: {about}\n"));
            let told = if said.len() > TOLD + 1 { TOLD } else { said.len() };
            for Said { message, places: at } in &said[..told] {
                text.push_str(&format!("  - {message} In {}.\n", places(at, alone)));
            }
            let more: usize = said[told..].iter().map(|said| said.places.len()).sum();
            if more > 0 {
                text.push_str(&format!("  - and {more} more like these; `--format json` has them all.\n"));
            }
        }
    }
    let said_above = |remedy: &&String| *group == Group::Prepare && super::needed::covers(decision, remedy);
    for remedy in remedies.iter().filter(|remedy| !said_above(remedy)).take(TOLD) {
        text.push_str(&format!("  - *Do:* {remedy}\n"));
    }
}

/// `service web (a, b), service api (a)`, or, where it is the same members everywhere, `a: service web, service api`.
fn places(places: &[Place], alone: bool) -> String {
    let mut subjects: Vec<(&str, Vec<&str>)> = Vec::new();
    for Place { subject, path } in places {
        let at = match subjects.iter().position(|(known, _)| known == subject) {
            Some(at) => at,
            None => {
                subjects.push((subject, Vec::new()));
                subjects.len() - 1
            }
        };
        if !path.is_empty() {
            subjects[at].1.push(path);
        }
    }
    let shown: Vec<(&str, String)> = subjects
        .iter()
        .map(|(subject, paths)| {
            let subject = if subject.is_empty() { "the command line" } else { *subject };
            (subject, members(paths.iter().copied()))
        })
        .collect();
    let equal = shown.iter().all(|(_, members)| Some(members) == shown.first().map(|(_, first)| first));
    let mut kinds: Vec<Vec<String>> = subjects.iter().map(|(_, paths)| kinds(paths)).collect();
    kinds.dedup();
    // How often a member occurs in each is of no interest where all have it.
    let first = match (shown.first(), kinds.as_slice()) {
        (Some((_, members)), _) if equal => members.clone(),
        (_, [alike]) => alike.iter().map(|pattern| format!("`{pattern}`")).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    };
    let same = equal || kinds.len() == 1;
    let listed: Vec<String> = shown
        .iter()
        .take(NAMED)
        .map(|(subject, members)| match members.as_str() {
            members if same || members.is_empty() => (*subject).to_owned(),
            members => format!("{subject} ({members})"),
        })
        .collect();
    let more = match shown.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    match (same && !first.is_empty(), alone) {
        (true, true) => first,
        (true, false) => format!("{first} of {}{more}", listed.join(", ")),
        (false, _) => format!("{}{more}", listed.join(", ")),
    }
}

/// Paths in their order; those that differ in an index only are one, with a count.
fn patterns<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<(String, &'a str, usize)> {
    let mut patterns: Vec<(String, &str, usize)> = Vec::new();
    for path in paths {
        let pattern = ledger::pattern(path);
        match patterns.iter_mut().find(|(known, ..)| *known == pattern) {
            Some((.., count)) => *count += 1,
            None => patterns.push((pattern, path, 1)),
        }
    }
    patterns
}

/// The patterns of paths, without their counts.
fn kinds(paths: &[&str]) -> Vec<String> {
    patterns(paths.iter().copied()).into_iter().map(|(pattern, ..)| pattern).collect()
}

fn members<'a>(paths: impl Iterator<Item = &'a str>) -> String {
    let shown: Vec<String> = patterns(paths)
        .iter()
        .map(|(pattern, path, count)| match count {
            1 => format!("`{path}`"),
            count => format!("`{pattern}` ×{count}"),
        })
        .collect();
    shown.join(", ")
}

/// Many paths: those of one list are told once, by the names of its members.
fn many<'a>(paths: impl Iterator<Item = &'a str>) -> String {
    let mut lists: Vec<(String, Vec<String>)> = Vec::new();
    for (pattern, _, count) in patterns(paths) {
        let (list, member) = match pattern.split_once("[].") {
            Some((list, member)) => (format!("{list}[]"), member.to_owned()),
            None => (String::new(), pattern),
        };
        let member = if count == 1 { member } else { format!("{member} ×{count}") };
        match lists.iter_mut().find(|(known, _)| *known == list) {
            Some((_, members)) => members.push(member),
            None => lists.push((list, vec![member])),
        }
    }
    lists.sort();
    let shown: Vec<String> = lists
        .iter()
        .map(|(list, members)| match list.as_str() {
            "" => members.join(", "),
            list => format!("`{list}`: {}", members.join(", ")),
        })
        .collect();
    shown.join("; ")
}

fn fields(definition: &Definition, text: &mut String) {
    text.push_str(&format!("\n### {:?}: {}\n\n", definition.grade, definition.shown()));
    for (fate, word) in [
        (Fate::Refused, "Refused"),
        (Fate::Lossy, "Lost"),
        (Fate::Approximate, "Approximated"),
        (Fate::NotApplicable, "Not applicable"),
        (Fate::Exact, "Exact"),
    ] {
        let fields: Vec<_> = definition.fields.iter().filter(|field| field.treatment == fate).collect();
        let mut codes: Vec<&str> = fields.iter().filter_map(|field| field.code.as_deref()).collect();
        codes.sort_unstable();
        codes.dedup();
        if codes.is_empty() && !fields.is_empty() {
            let members = many(fields.iter().map(|field| field.path.as_str()));
            text.push_str(&format!("- {word} ({}): {members}\n", fields.len()));
        }
        for code in codes {
            let of: Vec<&str> = fields
                .iter()
                .filter(|field| field.code.as_deref() == Some(code))
                .map(|field| field.path.as_str())
                .collect();
            text.push_str(&format!("- {word}, {code} ({}): {}\n", of.len(), many(of.into_iter())));
        }
    }
    if definition.fields.is_empty() {
        text.push_str("- It sets no field.\n");
    }
}
