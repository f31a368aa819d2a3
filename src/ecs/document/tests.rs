use serde_json::json;

use super::*;

fn only(parsed: &Parsed<'_>) -> (String, Option<usize>, String) {
    assert_eq!(parsed.findings.len(), 1, "{:?}", parsed.findings);
    let located = &parsed.findings[0];
    (located.finding.code.to_string(), located.line, located.finding.message.clone())
}

#[test]
fn every_encoding_says_the_same() {
    let text = "{\r\n\t\"family\": \"wéb\"\r\n}";
    let utf16 = |mark: bool, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let mark = mark.then_some(0xFEFF);
        mark.into_iter().chain(text.encode_utf16()).flat_map(unit).collect()
    };
    for bytes in [
        text.as_bytes().to_vec(),
        [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        utf16(true, u16::to_le_bytes),
        utf16(true, u16::to_be_bytes),
        utf16(false, u16::to_le_bytes),
        utf16(false, u16::to_be_bytes),
    ] {
        let parsed = parse("f.json", &bytes);
        assert_eq!(parsed.documents, [json!({"family": "wéb"})], "{bytes:?}");
        assert!(parsed.findings.is_empty());
    }
}

#[test]
fn what_is_no_text_is_refused() {
    for bytes in [&b"\xFF\xFE\x00"[..], b"\x80\x81\x82", b"", b" \n ", b"\xFF\xFE\x00\xD8"] {
        let parsed = parse("f.json", bytes);
        assert_eq!(only(&parsed).0, "UnreadableFile", "{bytes:?}");
    }
}

#[test]
fn limits_are_said() {
    let large = vec![b' '; LARGEST + 1];
    assert!(only(&parse("f.json", &large)).2.contains("4 MiB"));
    for (name, deep) in [
        ("f.json", "[".repeat(DEEPEST + 1) + &"]".repeat(DEEPEST + 1)),
        ("f.json", "[".repeat(100_000)),
        ("f.yaml", "[".repeat(DEEPEST + 1) + &"]".repeat(DEEPEST + 1)),
        ("f.yaml", "[".repeat(100_000)),
    ] {
        let parsed = parse(name, deep.as_bytes());
        assert_eq!(only(&parsed).0, "UnreadableFile");
        assert!(only(&parsed).2.contains("nested"), "{name}: {}", only(&parsed).2);
        assert!(parsed.documents.is_empty());
    }
    let legal = "[".repeat(DEEPEST) + &"]".repeat(DEEPEST);
    assert!(parse("f.json", legal.as_bytes()).findings.is_empty());
}

#[test]
fn mistakes_are_explained() {
    for (text, line, part) in [
        ("{\n\"a\": 1\n\"b\": 2}", 3, "A comma is missing before this (line 3"),
        ("{\"a\": 1,}", 1, "a comma after the last"),
        ("[1,\n]", 2, "a comma after the last"),
        ("{\"a\": {\"b\": 1}", 1, "ends in the middle"),
        ("{\"a\": \"b", 1, "ends in the middle"),
        ("{\n// note\n\"a\": 1}", 2, "no comments"),
        ("{a: 1}", 1, "not in double quotes"),
        ("{\"a\": 'b'}", 1, "single quotes"),
        ("{} {}", 1, "after the end"),
    ] {
        let (code, at, message) = only(&parse("f.json", text.as_bytes()));
        assert_eq!((code.as_str(), at), ("UnreadableFile", Some(line)), "{text}: {message}");
        assert!(message.contains(part), "{text}: {message}");
    }
}

#[test]
fn an_unquoted_placeholder_is_named() {
    for (text, open) in [
        ("{\"memory\": ${MEMORY}}", "${MEMORY}"),
        ("{\"memory\":\n {{ memory }} }", "{{ memory }}"),
        ("{\"memory\": <MEMORY>}", "<MEMORY>"),
        ("{\"memory\": %MEMORY%}", "%MEMORY%"),
    ] {
        let (code, _, message) = only(&parse("f.json", text.as_bytes()));
        assert_eq!(code, "OpenPlaceholder", "{text}: {message}");
        assert!(message.contains(open), "{text}: {message}");
    }
}

#[test]
fn members_that_stand_twice_are_said() {
    let parsed = parse("f.json", b"{\"a\": {\n\"b\": 1,\n\"b\": 2}}");
    assert_eq!(parsed.documents, [json!({"a": {"b": 2}})]);
    assert_eq!(only(&parsed).0, "DuplicateMember");
    assert_eq!(only(&parsed).1, Some(3));
    let (code, line, _) = only(&parse("f.yaml", b"a: 1\nb: 2\na: 3\n"));
    assert_eq!((code.as_str(), line), ("UnreadableFile", Some(3)));
}

#[test]
fn yaml_holds_several_documents() {
    let parsed = parse("f.yml", b"family: a\n---\nfamily: b\n");
    assert_eq!(parsed.documents, [json!({"family": "a"}), json!({"family": "b"})]);
    assert_eq!(parsed.lines(1, &["family"])["family"], 3);
}

#[test]
fn paths_are_found_in_the_text() {
    let json = b"{\n \"family\": \"a\",\n \"containerDefinitions\": [\n  {\"name\": \"x\\\"y\"},\n  {\n   \"Essential\": true,\n   \"dockerLabels\": {\"a.b\": \"c\"}}]}";
    let yaml =
        b"family: a\ncontainerDefinitions:\n- name: x\n- Essential: true\n  dockerLabels:\n    a.b: c\n";
    let paths = [
        "family",
        "containerDefinitions[1]",
        "containerDefinitions[1].essential",
        "containerDefinitions[1].dockerLabels[\"a.b\"]",
        "containerDefinitions[1].memory",
        "serviceName",
    ];
    let lines = |name, bytes| {
        let parsed = parse(name, bytes);
        let lines = parsed.lines(0, &paths);
        paths.map(|path| lines.get(path).copied().unwrap_or(0))
    };
    assert_eq!(lines("f.json", json), [2, 5, 6, 7, 5, 1]);
    assert_eq!(lines("f.yaml", yaml), [1, 4, 4, 6, 4, 1]);
}

#[test]
fn scalars_keep_their_text() {
    for number in ["1.10", "12345678901234567890123", "1e3", "-0", "1.0E+2"] {
        let expected = [json!({"a": 1, "b": [number, "x\"1"], "c": 2.5, "d": number})];
        let text = format!("{{\"a\": 1, \"b\": [{number},\"x\\\"1\"], \"c\":2.5,\n\"d\":{number}}}");
        assert_eq!(parse("f.json", text.as_bytes()).documents, expected, "{text}");
        let text = format!("a: 1\nb:\n- {number} # one\n- 'x\"1'\nc: 2.5\nd: {number}\n");
        assert_eq!(parse("f.yaml", text.as_bytes()).documents, expected, "{text}");
    }
    for plain in
        ["0123", "1_000", "0x1F", "+5", ".5", "1.", "True", "FALSE", "y", "N", "yes", "off", "2026-01-31"]
    {
        let text = format!("ä: &x {plain}\nb: [{plain}, {plain}]\nc: *x\n");
        let expected = [json!({"ä": plain, "b": [plain, plain], "c": plain})];
        assert_eq!(parse("f.yaml", text.as_bytes()).documents, expected, "{text}");
    }
    let parsed =
        parse("f.yaml", b"a: true\nb: false\nc: '1.10'\nd: 0.5\ne: ~\nh: Null\ni:\nf: -3\ng: \"true\"\n");
    let expected = json!({"a": true, "b": false, "c": "1.10", "d": 0.5, "e": null, "f": -3, "g": "true", "h": null, "i": null});
    assert_eq!(parsed.documents, [expected]);
    assert_eq!(only(&parse("f.yaml", b"a: .inf\n")).0, "UnreadableFile", "no number of JSON");
}

#[test]
fn what_is_small_as_a_file_and_huge_as_a_document_is_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = format!("*a{}, ", level - 1).repeat(9);
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    for text in
        [bomb, "---\na: 1\n".repeat(20_000), format!("{}1", "[".repeat(100_000)), "- ".repeat(100_000)]
    {
        let parsed = parse("a.yaml", text.as_bytes());
        assert!(parsed.documents.is_empty());
        let codes: Vec<_> = parsed.findings.iter().map(|located| located.finding.code.as_ref()).collect();
        assert_eq!(codes, ["UnreadableFile"]);
        let message = &parsed.findings[0].finding.message;
        assert!(message.contains("than any definition has") || message.contains("levels deep"), "{message}");
    }
    for text in ["[".repeat(1_000_000), "{\"a\":".repeat(500_000)] {
        let parsed = parse("a.json", text.as_bytes());
        assert!(parsed.findings[0].finding.message.contains("levels deep"), "{:?}", parsed.findings);
    }
}
