use std::io::Read as _;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};

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

#[test]
fn where_a_link_leads_is_written_and_keeps_its_mode() {
    let room = tempfile::tempdir().expect("a directory");
    let (file, link, ahead) = (room.path().join("file"), room.path().join("link"), room.path().join("ahead"));
    fs::write(&file, "old").expect("written");
    fs::set_permissions(&file, Permissions::from_mode(0o640)).expect("its mode");
    symlink("file", &link).expect("a link");
    symlink("new", &ahead).expect("a link");
    write_file(&link, "one").expect("written");
    write_file(&ahead, "two").expect("written");
    assert!(link.is_symlink() && ahead.is_symlink());
    assert_eq!(fs::read_to_string(&file).expect("read"), "one");
    assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_to_string(room.path().join("new")).expect("read"), "two");
    assert_eq!(fs::read_dir(room.path()).expect("listed").count(), 4, "nothing else is left");
}

#[test]
fn a_pipe_is_written_to_and_stays_one() {
    let room = tempfile::tempdir().expect("a directory");
    let pipe = room.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("started").success());
    // Open at both ends: nobody waits for the other.
    let mut open = OpenOptions::new().read(true).write(true).open(&pipe).expect("open");
    write_file(&pipe, "report").expect("written");
    assert!(fs::metadata(&pipe).expect("there").file_type().is_fifo());
    let mut read = [0; 6];
    open.read_exact(&mut read).expect("read");
    assert_eq!(&read, b"report");
}

#[test]
fn what_a_process_has_open_already_is_added_to() {
    let room = tempfile::tempdir().expect("a directory");
    let file = room.path().join("log");
    let mut log = File::create(&file).expect("a file");
    log.write_all(b"before ").expect("written");
    write_file(Path::new(&format!("/proc/self/fd/{}", log.as_raw_fd())), "after").expect("written");
    assert_eq!(fs::read_to_string(&file).expect("read"), "before after");
}

#[test]
fn what_is_no_file_is_said() {
    let room = tempfile::tempdir().expect("a directory");
    let error = write_file(room.path(), "x").expect_err("a directory");
    assert_eq!(
        error.to_string(),
        format!("cannot write {}: it is not the name of a file", room.path().display())
    );
    assert!(write_file(Path::new(""), "x").is_err());
}
