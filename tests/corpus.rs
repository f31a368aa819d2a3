//! Files that other people wrote: none may panic, and what is known to be wrong with some of them is said.

#![allow(clippy::expect_used, reason = "a test")]

use std::path::{Path, PathBuf};

use ecs_bridge::cli::in_memory::{self, Source};
use ecs_bridge::ecs::import::{self, Options};
use ecs_bridge::report::Counts;
use expect_test::expect_file;
use serde_json::Value;

/// Files of the folder, or `None` where it is absent; absent in CI is a failure.
fn corpus() -> Option<Vec<PathBuf>> {
    let path = std::env::var_os("ECS_BRIDGE_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), PathBuf::from);
    if !path.is_dir() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "no corpus at {}: set ECS_BRIDGE_CORPUS",
            path.display()
        );
        eprintln!("skipped: no corpus at {}", path.display());
        return None;
    }
    let mut files = Vec::new();
    let mut folders = vec![path];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                files.push(path);
            }
        }
    }
    files.sort();
    Some(files)
}

/// Imports one file alone: how many resources it gives, and codes of its Errors.
fn import(path: &Path) -> (usize, Vec<String>) {
    let bytes = std::fs::read(path).expect("a file");
    let name = path.display().to_string();
    let options = Options::default();
    let loaded = import::load(0, &name, &bytes, true, &options);
    let mut run = import::assemble(loaded.definitions, &[&name], &options);
    run.notes.extend(loaded.notes);
    let errors = run.notes.iter().filter(|note| note.finding.is_error());
    let mut codes: Vec<String> = errors.map(|note| note.finding.code.to_string()).collect();
    codes.dedup();
    (run.resources.len(), codes)
}

/// What is wrong with files of the corpus; every other one is imported.
const WRONG: &[(&str, &[&str])] = &[
    ("amazon-ecs-firelens-examples/datadog__", &["OpenPlaceholder"]),
    ("amazon-ecs-firelens-examples/dynatrace__", &["UnreadableFile"]),
    ("amazon-ecs-firelens-examples/elastic-cloud__", &["OpenPlaceholder"]),
    ("amazon-ecs-firelens-examples/grafana-cloud__", &["OpenPlaceholder"]),
    ("ecspresso/ci__ecs-service-def-daemon", &["MissingMember"]),
    ("ecspresso/ci__ecs-task-def-daemon", &["OpenPlaceholder"]),
    ("ecspresso/ecs-service-def", &["OpenPlaceholder", "MissingMember"]),
    ("ecspresso/ecs-task-def", &["OpenPlaceholder"]),
    ("ecspresso/run-test-td", &["OpenPlaceholder"]),
    ("ecspresso/sv", &["MissingMember"]),
    ("ecspresso/td", &["OpenPlaceholder"]),
];

#[test]
fn every_file_is_imported_or_refused_for_the_right_reason() {
    let Some(files) = corpus() else { return };
    assert!(!files.is_empty());
    for file in files {
        let shown = file.display().to_string();
        let (resources, errors) = import(&file);
        match WRONG.iter().find(|(part, _)| shown.contains(part)) {
            Some((_, codes)) => {
                assert_eq!(resources, 0, "{shown}");
                assert_eq!(errors, *codes, "{shown}");
            }
            None => assert_eq!((resources, errors), (1, Vec::new()), "{shown}"),
        }
    }
}

/// The report of every file by itself: grade and what becomes of its fields.
#[test]
fn what_becomes_of_every_file_is_known() {
    let Some(files) = corpus() else { return };
    let mut text = String::from(
        "# Made by `UPDATE_EXPECT=1 cargo test --test corpus`.\n\n\
         | file | grade | exact | approximate | lossy | refused | not applicable |\n|---|---|--:|--:|--:|--:|--:|\n",
    );
    let row = |name: &str, grade: &str, counts: Counts| {
        let Counts { exact, approximate, lossy, refused, not_applicable } = counts;
        format!("| {name} | {grade} | {exact} | {approximate} | {lossy} | {refused} | {not_applicable} |\n")
    };
    let mut sum = Counts::default();
    for file in files {
        let name = file.components().rev().take(2).collect::<Vec<_>>();
        let name: PathBuf = name.into_iter().rev().collect();
        let shown = name.display().to_string();
        let source = Source::in_memory(shown.clone(), std::fs::read(&file).expect("a file"));
        let report = in_memory::report(&[source]);
        let grade = report.definitions.iter().map(|definition| definition.grade).max();
        let fields = report.summary.fields;
        text += &row(&shown, &grade.map_or_else(|| "none".to_owned(), |grade| format!("{grade:?}")), fields);
        sum.exact += fields.exact;
        sum.approximate += fields.approximate;
        sum.lossy += fields.lossy;
        sum.refused += fields.refused;
        sum.not_applicable += fields.not_applicable;
    }
    text += &row("all", "", sum);
    expect_file![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/corpus.md")].assert_eq(&text);
}

/// A value without what says nothing: `null`, empty texts, lists and objects.
fn said(value: &Value) -> Value {
    let nothing = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    match value {
        Value::Array(list) => list.iter().map(said).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), said(value)));
            members.filter(|(_, value)| !nothing(value)).collect()
        }
        _ => value.clone(),
    }
}

/// The requests that the custom resources of a file become, and codes of what was said on the way.
fn there_and_back(name: &str, bytes: Vec<u8>) -> (Vec<Value>, Vec<String>) {
    let imported = in_memory::import(&[Source::in_memory(name.to_owned(), bytes)]).expect("YAML");
    let resources = imported.manifests.into_iter().enumerate();
    let resources: Vec<Source> =
        resources.map(|(at, yaml)| Source::in_memory(format!("{at}.yaml"), yaml.into_bytes())).collect();
    let exported = in_memory::export(&resources);
    let requests = exported.requests.into_iter().map(|(_, body)| body).collect();
    (requests, imported.findings.into_iter().map(|finding| finding.code.into_owned()).collect())
}

/// Codes of findings that say that a file was not in normal form.
const READ: &[&str] = &[
    "DuplicateMember",
    "FollowsFamily",
    "NameAssumed",
    "OutputOnlyMember",
    "ReadAs",
    "Superseded",
    "UnknownMember",
];

#[test]
fn what_is_exported_is_what_was_imported() {
    let Some(files) = corpus() else { return };
    let mut clean = 0;
    for file in files {
        let shown = file.display().to_string();
        let bytes = std::fs::read(&file).expect("a file");
        let (requests, codes) = there_and_back(&shown, bytes.clone());
        for request in &requests {
            let again = there_and_back("a.json", request.to_string().into_bytes());
            assert_eq!(
                again.0,
                std::slice::from_ref(request),
                "{shown}: the normal form is its own normal form"
            );
            assert!(!again.1.iter().any(|code| READ.contains(&code.as_str())), "{shown}: {:?}", again.1);
        }
        let [request] = requests.as_slice() else { continue };
        if !codes.iter().any(|code| READ.contains(&code.as_str())) {
            clean += 1;
            let original: Value = serde_json::from_slice(&bytes).expect("JSON");
            let original =
                original.get("taskDefinition").filter(|inner| inner.is_object()).unwrap_or(&original);
            assert_eq!(*request, said(original), "{shown}");
        }
    }
    assert!(clean >= 10, "only {clean} files are clean requests");
}
