use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Text that YAML 1.1 or 1.2 takes for something else when it is not quoted.
const NASTY: &[&str] = &[
    "on",
    "off",
    "yes",
    "no",
    "y",
    "n",
    "Y",
    "N",
    "On",
    "NO",
    "true",
    "False",
    "null",
    "Null",
    "~",
    "",
    " ",
    "1",
    "-1",
    "+1",
    "1_000",
    "0x1F",
    "0o17",
    "017",
    "0b1",
    "1e3",
    "1E3",
    ".5",
    "5.",
    "1.5",
    ".inf",
    "-.Inf",
    ".nan",
    "1:30",
    "12:30:45",
    "2026-01-31",
    "2026-01-31T12:00:00Z",
    "=",
    "<<",
    "- a",
    "-",
    "?",
    "? a",
    ":",
    "a: b",
    "a:",
    "a #b",
    "#a",
    "&a",
    "*a",
    "!a",
    "!!str a",
    "|",
    ">",
    "%a",
    "@a",
    "`a`",
    "[a]",
    "{a: b}",
    "'",
    "\"",
    "\\",
    "a'b\"c",
    "---",
    "...",
    " a",
    "a ",
    "a\nb",
    "a\n",
    "\na",
    "a\n\n",
    "  a\n b",
    "\t",
    "a\tb",
    "a\r\nb",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{0}",
    "ü",
    "😀",
    "123456789012345678901234567890",
    "0.1.2",
    "1,000",
    "1.",
    "_",
    "0",
    "00",
    "0_1",
    "1__0",
    "0x",
    "nan",
];

#[test]
fn every_text_comes_back_as_the_same_text() {
    for text in NASTY {
        let value = json!({"key": text, "list": [text], "map": {*text: "v"}});
        let written = yaml(&value).expect("YAML");
        let read: Value =
            serde_saphyr::from_str(&written).unwrap_or_else(|e| panic!("{text:?}: {e}\n{written}"));
        assert_eq!(read, value, "{text:?}\n{written}");
    }
}

/// What kubectl's reader (sigs.k8s.io/yaml, YAML 1.1 with go-yaml's exceptions) takes for no string.
fn is_text_to_kubectl(plain: &str) -> bool {
    let word = matches!(
        plain.to_ascii_lowercase().as_str(),
        "on" | "off"
            | "yes"
            | "no"
            | "y"
            | "n"
            | "true"
            | "false"
            | "null"
            | "~"
            | ""
            | ".inf"
            | "-.inf"
            | "+.inf"
            | ".nan"
    );
    let digits = plain.trim_start_matches(['+', '-']);
    let digits = digits.strip_prefix("0x").unwrap_or(digits);
    let number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.bytes().any(|b| b.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_hexdigit() || b"_.xob:eE+-TZ".contains(&b))
        && digits.bytes().filter(|b| *b == b'.').count() < 2;
    !word && !number
}

#[test]
fn what_kubectl_reads_as_another_type_is_quoted() {
    for text in NASTY {
        let written = yaml(&json!({"key": text})).expect("YAML");
        let plain = written.trim_start_matches("key:").trim();
        let quoted = plain.starts_with(['"', '\'', '|', '>']);
        assert!(quoted || is_text_to_kubectl(plain), "{text:?} is written as {written}");
    }
}

#[test]
fn long_lines_stay_lines_and_scripts_become_blocks() {
    let long = "word ".repeat(60).trim_end().to_owned();
    assert_eq!(yaml(&json!({"a": long})).expect("YAML").lines().count(), 1);
    assert_eq!(yaml(&json!({"a": "set -e\nrun\n"})).expect("YAML"), "a: |\n  set -e\n  run\n");
}

#[test]
fn manifests_begin_with_what_they_are() {
    let manifest = json!({"automountServiceAccountToken": false, "metadata": {"name": "a"}, "kind": "K", "apiVersion": "v1"});
    assert_eq!(
        yaml(&Ordered(&manifest)).expect("YAML"),
        "apiVersion: v1\nkind: K\nmetadata:\n  name: a\nautomountServiceAccountToken: false\n"
    );
}

/// A text that is easy to get wrong, or any.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(NASTY).prop_map(str::to_owned),
        "[a-z]{1,6}[:# ]{0,2}[a-z]{0,3}",
        "[ -~]{0,12}",
        "(\\PC|\n){0,12}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(text(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_comes_back_and_looks_as_the_library_would_write_it(value in value()) {
        let written = yaml(&value).expect("YAML");
        let options = serde_saphyr::ser_options! { folded_wrap_chars: usize::MAX, compact_list_indent: true };
        prop_assert_eq!(&written, &serde_saphyr::to_string_with_options(&value, options).expect("YAML"));
        let read: Value = serde_saphyr::from_str(&written).expect(&written);
        prop_assert_eq!(read, value);
    }
}
