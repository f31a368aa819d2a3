//! Rules that the compiler does not know: the pure core stays pure, what is generated is current, files stay small.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use ecs_bridge::rbac;
use expect_test::expect_file;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    files(&root().join("src"), &mut found);
    let name = |path: &Path| path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
    found.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// Cargo's features keep tokio and kube's client out of the core; these the language itself offers.
#[test]
fn the_core_has_no_clock_no_files_no_network_and_no_randomness() {
    const IMPURE: &[&str] = &[
        "Instant::now",
        "SystemTime",
        "Timestamp::now",
        "Zoned::now",
        "std::env",
        "std::fs",
        "std::net",
        "std::process",
        "std::thread",
        "RandomState",
        "println!",
    ];
    let mut broken = Vec::new();
    for (name, text) in sources() {
        let io = ["src/main.rs", "src/cli/", "src/operator/"].iter().any(|room| name.starts_with(room));
        let tests = name.ends_with("tests.rs") || name.contains("/tests/");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        if !io && !tests {
            broken.extend(
                IMPURE.iter().filter(|word| code.contains(**word)).map(|word| format!("{name}: {word}")),
            );
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn no_source_file_passes_500_lines() {
    let long: Vec<_> = sources()
        .into_iter()
        .map(|(name, text)| (name, text.lines().count()))
        .filter(|(_, lines)| *lines > 500)
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn the_chart_grants_exactly_what_the_table_of_kinds_needs() {
    let yaml = |rules: &[_]| serde_saphyr::to_string(&rules).unwrap();
    let head = "# Generated from src/rbac.rs by `UPDATE_EXPECT=1 cargo test --test tidy`.\n";
    let chart = root().join("charts/ecs-bridge/files");
    expect_file![chart.join("cluster-role-rules.yaml")].assert_eq(&format!("{head}{}", yaml(&rbac::rules())));
    expect_file![chart.join("role-rules.yaml")].assert_eq(&format!("{head}{}", yaml(&rbac::lease_rules())));
    // The chart puts its release's name in.
    let name = "{{ include `ecs-bridge.fullname` . }}";
    for (file, rules) in [
        ("exact-cluster-role-rules.yaml", rbac::exact_rules(name)),
        ("exact-role-rules.yaml", rbac::exact_own_rules(name)),
    ] {
        expect_file![chart.join(file)].assert_eq(&format!("{head}{}", yaml(&rules)));
    }
}

#[test]
fn the_chart_has_the_version_of_the_binary() {
    let chart = fs::read_to_string(root().join("charts/ecs-bridge/Chart.yaml")).unwrap();
    for key in ["version", "appVersion"] {
        let line = format!("\n{key}: {}\n", env!("CARGO_PKG_VERSION"));
        assert!(chart.contains(&line), "Chart.yaml lacks {line:?}");
    }
}

#[test]
fn every_room_is_on_the_map() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for entry in fs::read_dir(root().join("src")).unwrap() {
        let path = entry.unwrap().path();
        let room = path.file_stem().unwrap().to_string_lossy().into_owned();
        let door = matches!(room.as_str(), "lib" | "main");
        assert!(door || map.contains(&format!("| `{room}` |")), "ARCHITECTURE.md does not speak of {room}");
    }
}
