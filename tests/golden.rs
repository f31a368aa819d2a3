//! `examples/`: each case is documentation and test at once. The command line makes the files:
//! `UPDATE_EXPECT=1 cargo test --test golden` writes them anew.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use expect_test::expect_file;

/// Files of a case besides its definitions: what is made from them, the page about them, and the options of the
/// command line that describe the cluster, if there are any.
const OTHERS: [&str; 5] = ["cr.yaml", "objects.yaml", "findings.txt", "README.md", "options"];

fn cases() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut cases: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.is_dir());
    cases.sort();
    assert!(cases.len() >= 20, "{} cases", cases.len());
    cases
}

/// The ECS JSON of a case, by file name.
fn inputs(case: &Path) -> Vec<String> {
    let names = fs::read_dir(case).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".json")).collect();
    names.sort();
    assert!(!names.is_empty(), "{} has no input", case.display());
    names
}

fn ecs_bridge(case: &Path, command: &str, inputs: &[String]) -> Output {
    let options = fs::read_to_string(case.join("options")).unwrap_or_default();
    let mut process = Command::new(env!("CARGO_BIN_EXE_ecs-bridge"));
    process.current_dir(case).arg(command).args(options.split_whitespace()).args(inputs).output().unwrap()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn every_example_imports_and_renders_as_its_files_say() {
    for case in cases() {
        let inputs = inputs(&case);
        let imported = ecs_bridge(&case, "import", &inputs);
        let rendered = ecs_bridge(&case, "render", &inputs);
        let refused = text(imported.stderr.clone()).contains("error[");
        assert_eq!(imported.status.code(), Some(i32::from(refused)), "{}", case.display());
        expect_file![case.join("cr.yaml")].assert_eq(&text(imported.stdout));
        expect_file![case.join("findings.txt")].assert_eq(&text(imported.stderr));
        expect_file![case.join("objects.yaml")].assert_eq(&text(rendered.stdout));
    }
}

#[test]
fn custom_resources_render_to_the_same_objects_as_the_files_they_came_from() {
    let work = tempfile::tempdir().unwrap();
    for case in cases() {
        let inputs = inputs(&case);
        let imported = ecs_bridge(&case, "import", &inputs);
        if imported.status.success() {
            fs::write(work.path().join("cr.yaml"), imported.stdout).unwrap();
            fs::write(work.path().join("options"), fs::read(case.join("options")).unwrap_or_default())
                .unwrap();
            let rendered = ecs_bridge(work.path(), "render", &["cr.yaml".to_owned()]);
            let wanted = ecs_bridge(&case, "render", &inputs);
            assert_eq!(text(rendered.stdout), text(wanted.stdout), "{}", case.display());
        }
    }
}

#[test]
fn rendering_twice_gives_the_same_bytes() {
    for case in cases() {
        let inputs = inputs(&case);
        let once = ecs_bridge(&case, "render", &inputs);
        let again = ecs_bridge(&case, "render", &inputs);
        assert_eq!((once.stdout, once.stderr), (again.stdout, again.stderr), "{}", case.display());
    }
}

#[test]
fn a_case_holds_inputs_what_is_made_of_them_and_a_page_that_shows_the_command() {
    for case in cases() {
        for entry in fs::read_dir(&case).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(OTHERS.contains(&name.as_str()) || name.ends_with(".json"), "{}/{name}", case.display());
        }
        let page = fs::read_to_string(case.join("README.md")).unwrap();
        let options = fs::read_to_string(case.join("options")).unwrap_or_default();
        let words = inputs(&case).into_iter().chain(options.split_whitespace().map(str::to_owned));
        let command = format!("ecs-bridge render {}\n", words.collect::<Vec<_>>().join(" "));
        assert!(page.contains(&command), "{}: its page shows `{command}`", case.display());
    }
}
