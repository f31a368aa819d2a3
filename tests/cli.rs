//! The command line, as people see it: every file of `tests/cmd` is documentation and test in one.

#[test]
fn commands_do_what_the_documents_say() {
    trycmd::TestCases::new().env("NO_COLOR", "1").case("tests/cmd/*.md").case("docs/placement.md");
}
