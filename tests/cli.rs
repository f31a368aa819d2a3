//! The command line, as people see it: every file of `tests/cmd` is documentation and test in one.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::io;
use std::process::Command;

#[test]
fn commands_do_what_the_documents_say() {
    trycmd::TestCases::new().env("NO_COLOR", "1").case("tests/cmd/*.md").case("docs/placement.md");
}

/// Runs a command whose output nobody reads: its exit code, and what it tells.
fn unread(arguments: &[&str]) -> (Option<i32>, String) {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-bridge"));
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cmd"));
    let output = command.args(arguments).stdout(writer).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn what_is_wrong_is_told_though_nobody_reads_the_rest() {
    for command in ["import", "export", "render"] {
        let (code, told) = unread(&[command, "wrong.in/missing.json", "wrong.in/directory/a.json"]);
        assert_eq!(code, Some(1), "{command}: {told}");
        assert!(told.contains("error[UnreadableFile]"), "{command}: {told}");
    }
    let (code, _) = unread(&["report", "wrong.in/missing.json"]);
    assert_eq!(code, Some(1));
    let (code, _) =
        unread(&["place", "place.in/web.json", "--nodes", "place.in/zones.yaml", "--count", "99"]);
    assert_eq!(code, Some(1));
}

#[test]
fn what_nobody_reads_is_no_failure() {
    for command in [&["completion", "bash"][..], &["crds"], &["import", "wrong.in/directory/a.json"]] {
        assert_eq!(unread(command), (Some(0), String::new()), "{command:?}");
    }
}
