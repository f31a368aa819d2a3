//! Whatever is no definition: every mutation of what is one, as JSON and as YAML, and bytes of no language at all.
//! Nothing of it may panic, in any of the commands.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use ecs_bridge::cli::in_memory::{self, Source};
use ecs_bridge::report;

use crate::mutate::mutate;
use crate::spread::spread;

/// Environment variable: how many inputs.
const COUNT: &str = "ECS_BRIDGE_FUZZED";
/// Inputs of one run: they also meet as files of one directory do.
const TOGETHER: u64 = 10;

/// Files of the examples and, where it is there, of the corpus.
fn files() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus =
        std::env::var_os("ECS_BRIDGE_CORPUS").map_or_else(|| root.join("../shared/corpus"), PathBuf::from);
    let mut folders = vec![root.join("examples"), root.join("tests/cmd"), corpus];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "json" || it == "yaml") {
                files.push(path);
            }
        }
    }
    files.sort();
    files.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// What the commands make of files; which ones, the number of the run decides.
fn commands(run: u64, inputs: &[(String, Vec<u8>)]) {
    let sources: Vec<Source> =
        inputs.iter().map(|(name, bytes)| Source::in_memory(name.clone(), bytes.clone())).collect();
    // One of the commands in turn: they read alike, and what each adds is tried on thousands of inputs.
    let manifests = match run % 4 {
        0 => in_memory::import(&sources).unwrap().manifests,
        1 => in_memory::render(&sources).unwrap().manifests,
        2 => {
            drop(in_memory::export(&sources));
            Vec::new()
        }
        _ => {
            let made = in_memory::report(&sources);
            drop(report::sarif(&made));
            drop(report::markdown(&made));
            Vec::new()
        }
    };
    for manifest in &manifests {
        let odd = manifest.chars().find(|c| is_odd(*c));
        assert!(odd.is_none(), "{odd:?} stands in a manifest as it is:\n{manifest}");
    }
}

/// Characters that YAML does not take, or takes for something else, where they are not escaped.
fn is_odd(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[test]
fn no_input_panics() {
    let count: u64 = std::env::var(COUNT).map_or(50_000, |text| text.parse().expect("a number"));
    let files = files();
    assert!(files.len() > 10, "{}", files.len());
    spread(count.div_ceil(TOGETHER), |run| {
        let inputs: Vec<(String, Vec<u8>)> = (run * TOGETHER..(run + 1) * TOGETHER)
            .map(|seed| {
                let (extension, bytes) = mutate(seed, &files);
                (format!("{seed}.{extension}"), bytes)
            })
            .collect();
        if catch_unwind(AssertUnwindSafe(|| commands(run, &inputs))).is_ok() {
            return;
        }
        for input in &inputs {
            if catch_unwind(AssertUnwindSafe(|| commands(run, std::slice::from_ref(input)))).is_err() {
                panic!("{} panics: {}", input.0, String::from_utf8_lossy(&input.1));
            }
        }
        panic!("these panic together: {inputs:?}");
    });
}
