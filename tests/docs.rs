//! `docs/` is what the ledger and the codes say. `UPDATE_EXPECT=1 cargo test --test docs` writes it anew.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;

use ecs_bridge::finding::{Code, Severity};
use ecs_bridge::ledger::{Entry, Root, Table, Treatment};
use expect_test::expect_file;

const GENERATED: &str = "<!-- Generated from src/ by `UPDATE_EXPECT=1 cargo test --test docs`. -->\n";

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

fn link(code: Code) -> String {
    format!("[{code}](findings.md#{anchor})", code = code.as_str(), anchor = code.as_str().to_lowercase())
}

fn treatment(treatment: Treatment) -> String {
    let word = match treatment {
        Treatment::Exact => "exact",
        Treatment::Approximate(code) => match code.severity() {
            Severity::Info => "approximate",
            Severity::Warning => "partly lossy",
            Severity::Error => "partly refused",
        },
        Treatment::Lossy(_) => "lossy",
        Treatment::Refused(_) => "refused",
        Treatment::NotApplicable(_) => "not applicable",
    };
    match treatment.code() {
        Some(code) => format!("{word}: {}", link(code)),
        None => word.to_owned(),
    }
}

fn row(table: &Table, entry: &Entry, text: &mut String) {
    let name = |member: &str| {
        let whole = table.at[0];
        let last = whole.rsplit('.').next().unwrap_or(whole);
        if member.is_empty() { format!("`{last}` itself") } else { format!("`{member}`") }
    };
    let members: Vec<String> = entry.members.iter().map(|member| name(member)).collect();
    let change = if entry.row.deploys { "yes" } else { "no" };
    let needs =
        entry.row.needs.map_or(String::new(), |privilege| format!(" Needs `{}`.", privilege.as_str()));
    let neutral =
        entry.row.neutral.map_or(String::new(), |value| format!(" `{value}` is the same as leaving it out."));
    text.push_str(&format!(
        "| {} | {} | {change} | {}{needs}{neutral} |\n",
        members.join("<br>"),
        treatment(entry.row.treatment),
        entry.row.about.replace('|', "\\|"),
    ));
}

fn fields() -> String {
    let mut text = String::from("# Fields\n\n");
    text.push_str(GENERATED);
    text.push_str(
        "
What becomes of every member of an ECS definition. The operator, `import`, `render` and `report` go by this
table.

| treatment | what it means | finding |
|---|---|---|
| exact | Kubernetes does what ECS does. | none |
| approximate | Kubernetes does nearly that. | Info, where the value makes a difference |
| partly lossy | Kubernetes does that, but for values that the finding names. | Warning, for such values |
| partly refused | Kubernetes does that, but for values that are refused. | Error, for such values |
| lossy | The workload runs without it. | Warning |
| refused | Nothing is made of the definition. | Error |
| not applicable | There is nothing that it could mean on Kubernetes. | Info |

*Deploys* says whether a change of the member starts a new deployment. *Needs* names what a namespace has to be
allowed in its label `ecs-bridge.dev/allow`, depending on `policy.mode`.
",
    );
    for root in Root::ALL {
        let request = match root {
            Root::TaskDefinition => "RegisterTaskDefinition",
            Root::Service => "CreateService, with Application Auto Scaling under `autoScaling`",
            Root::CapacityProvider => "CreateCapacityProvider",
        };
        text.push_str(&format!("\n## {}\n\n{request}.\n", root.kind()));
        for table in root.tables() {
            text.push_str(&format!("\n### {}: {}\n\n", root.kind(), table.title));
            match table.at {
                [""] => {}
                places => {
                    let places: Vec<String> = places.iter().map(|place| format!("`{place}`")).collect();
                    text.push_str(&format!("Members of {}.\n\n", places.join(", ")));
                }
            }
            text.push_str("| member | treatment | deploys | |\n|---|---|---|---|\n");
            for entry in table.entries {
                row(table, entry, &mut text);
            }
        }
    }
    text
}

fn findings() -> String {
    let mut text = String::from("# Findings\n\n");
    text.push_str(GENERATED);
    text.push_str(
        "
What `import`, `render`, `report` and the operator have to say about a definition. Codes are stable. A finding
names the member, says what is the case and, where there is something to do, what.
",
    );
    for (severity, title, meaning) in [
        (Severity::Error, "Errors", "Refused: nothing is made of the definition until it is changed."),
        (Severity::Warning, "Warnings", "The workload runs, and something is lost or has to be looked at."),
        (Severity::Info, "Info", "Worth knowing; nothing is lost."),
    ] {
        text.push_str(&format!(
            "\n## {title}\n\n{meaning}\n\n| code | meaning | what to do |\n|---|---|---|\n"
        ));
        for code in Code::ALL.iter().filter(|code| code.severity() == severity) {
            let name = code.as_str();
            text.push_str(&format!(
                "| <a id=\"{}\"></a>{name} | {} | {} |\n",
                name.to_lowercase(),
                code.about(),
                code.remedy()
            ));
        }
    }
    text
}

#[test]
fn the_pages_are_current() {
    expect_file![file("fields.md")].assert_eq(&fields());
    expect_file![file("findings.md")].assert_eq(&findings());
}
