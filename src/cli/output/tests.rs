use super::*;

fn reported(code: Code, path: &str, line: Option<usize>) -> Reported {
    Reported {
        finding: Finding::new(code, path, "Said.").remedy("Do this."),
        file: "a.json".to_owned(),
        line,
    }
}

#[test]
fn people_get_a_line_and_what_to_do() {
    let text = human(&[reported(Code::WrongType, "cpu", Some(3))], Style { colours: false });
    assert_eq!(text, "a.json:3: error[WrongType] cpu: Said.\n    Do this.\n");
}

#[test]
fn members_of_answers_share_a_line() {
    let findings = [
        reported(Code::OutputOnlyMember, "services[0].status", Some(1)),
        reported(Code::ReadAs, "cpu", Some(2)),
        reported(Code::OutputOnlyMember, "services[0].events", Some(3)),
    ];
    let text = human(&findings, Style { colours: false });
    assert!(text.ends_with("only answers of the ECS API have it: status, events\n"), "{text}");
    assert_eq!(text.matches("OutputOnlyMember").count(), 1);
}

#[test]
fn programs_get_the_contract() {
    let json = serde_json::to_value(reported(Code::WrongType, "cpu", Some(3))).expect("JSON");
    assert_eq!(
        json,
        serde_json::json!({
            "code": "WrongType", "severity": "Error", "path": "cpu", "message": "Said.", "remedy": "Do this.",
            "file": "a.json", "line": 3,
        })
    );
}

#[test]
fn a_file_is_replaced_whole() {
    let directory = std::env::temp_dir().join(format!("ecs-bridge-write-{}", std::process::id()));
    fs::create_dir_all(&directory).expect("a directory");
    write(&directory, "a.yaml", "one").expect("written");
    write(&directory, "a.yaml", "two").expect("written");
    assert_eq!(fs::read_to_string(directory.join("a.yaml")).expect("read"), "two");
    assert_eq!(fs::read_dir(&directory).expect("listed").count(), 1);
    assert!(write(&directory.join("none"), "a.yaml", "x").is_err());
    fs::remove_dir_all(&directory).expect("removed");
}
