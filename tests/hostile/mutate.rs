//! Mutations: of values, so that what comes out still is JSON or YAML and reaches the checks behind the parsers, and
//! of bytes, so that it is not.

use serde_json::{Map, Value, json};

use crate::generate::{Dice, definitions};

/// What turns up in files, and what breaks programs that read them.
const WORDS: &[&str] = &[
    "",
    " ",
    "null",
    "true",
    "yes",
    "0",
    "-1",
    "007",
    "1e999",
    "0x10",
    ".5",
    "1.10",
    "NaN",
    "9223372036854775808",
    "-9223372036854775809",
    "2147483648",
    "$(X)",
    "${X}",
    "${",
    "{{ x }}",
    "{{",
    "%X%",
    "<X>",
    "arn:",
    "arn:aws:iam::x:role/",
    "arn:aws:iam::123456789012:role/x",
    ":::::::",
    "a:b:c:d",
    "/",
    "//",
    "..",
    "../..",
    "\\",
    "C:\\",
    "\u{0}",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{fffd}",
    "👩‍🚀",
    "ä",
    "awsvpc",
    "AWSVPC",
    "FARGATE",
    "fargate",
    "host",
    "1 vCPU",
    "1e300 GB",
    ".GB",
    "vcpu",
    "-1 GB",
    "99999999999999999999 GB",
    "1-2",
    "2-1",
    "1-",
    "65535-65536",
    "CMD",
    "CMD-SHELL",
    "attribute:",
    "attribute:a ==",
    "(((((",
    "cron(",
    "rate(0 days)",
    "fs-",
    "fs-12345678",
    "nginx@",
    ":",
    "@",
];

/// An input and the ending of its name.
pub(crate) fn mutate(seed: u64, files: &[Vec<u8>]) -> (&'static str, Vec<u8>) {
    let mut dice = Dice::new(seed ^ 0x00f0_0d5e);
    if dice.chance(4) {
        return (dice.pick(&["json", "yaml"]), noise(&mut dice));
    }
    let mut value = base(&mut dice, files);
    let changes = dice.below(6);
    for _ in 0..changes {
        change(&mut value, &mut dice);
    }
    let yaml = dice.chance(35);
    let mut bytes = match yaml {
        true => serde_saphyr::to_string(&value).unwrap_or_default().into_bytes(),
        false if dice.flip() => value.to_string().into_bytes(),
        false => format!("{value:#}").into_bytes(),
    };
    if dice.chance(30) {
        for _ in 0..=dice.below(4) {
            break_bytes(&mut bytes, yaml, &mut dice);
        }
    }
    (
        if dice.chance(3) {
            "txt"
        } else if yaml {
            "yaml"
        } else {
            "json"
        },
        bytes,
    )
}

fn base(dice: &mut Dice, files: &[Vec<u8>]) -> Value {
    let whole = dice.next();
    let file =
        if dice.chance(35) { serde_json::from_slice(&files[dice.below(files.len())]).ok() } else { None };
    if let Some(value) = file {
        return value;
    }
    let made = definitions(whole);
    let custom = |kind: &str, spec: Value| json!({"apiVersion": ecs_bridge::api::API_VERSION, "kind": kind, "metadata": {"name": "x"}, "spec": spec});
    match dice.below(9) {
        0 => json!({"taskDefinition": made.task_definition, "tags": []}),
        1 => json!({"services": [made.service], "failures": [{"arn": "x", "reason": "MISSING"}]}),
        2 => custom("TaskDefinition", made.task_definition),
        3 => custom("EcsService", made.service),
        4 => made.providers.into_iter().next().unwrap_or(made.task_definition),
        5 => made.service,
        6 => made
            .service
            .get("autoScaling")
            .cloned()
            .unwrap_or_else(|| made.task_definition["containerDefinitions"].clone()),
        7 => json!([made.task_definition, made.service]),
        _ => made.task_definition,
    }
}

/// A place in a value, chosen by chance; places near the leaves are more likely.
fn place<'v>(value: &'v mut Value, dice: &mut Dice) -> &'v mut Value {
    let inner = match value {
        Value::Object(members) => members.len(),
        Value::Array(items) => items.len(),
        _ => 0,
    };
    if inner == 0 || dice.chance(12) {
        return value;
    }
    let at = dice.below(inner);
    let next = match value {
        Value::Object(members) => members.values_mut().nth(at),
        other => other.get_mut(at),
    };
    place(next.expect("one of its parts"), dice)
}

fn change(value: &mut Value, dice: &mut Dice) {
    let donor = place(value, &mut dice.clone()).clone();
    let at = place(value, dice);
    match dice.below(14) {
        0 => *at = Value::Null,
        1 => *at = json!(dice.pick(WORDS)),
        2 => {
            *at =
                json!(dice.pick(&[0, -1, 1, 2_147_483_647, 2_147_483_648, i64::MIN, i64::MAX, 65_536, 1024]));
        }
        3 => *at = json!(dice.pick(&[0.5, -0.0, 1e308, 1e-308, 4_294_967_296.5])),
        4 => *at = json!(dice.flip()),
        5 => *at = json!([at.take()]),
        6 => *at = json!({dice.pick(WORDS): at.take()}),
        7 => *at = dice.pick(&[json_empty_list as fn() -> Value, json_empty_object])(),
        8 => *at = json!(dice.pick(WORDS).repeat(dice.pick(&[2, 300, 5000]))),
        9 => *at = nested(dice.pick(&[5, 31, 40, 99, 101, 130])),
        10 => *at = donor,
        11 => text_of(at),
        _ => members(at, dice),
    }
}

fn json_empty_list() -> Value {
    json!([])
}

fn json_empty_object() -> Value {
    json!({})
}

/// A number as text, a text as a list of its characters.
fn text_of(at: &mut Value) {
    *at = match at.take() {
        Value::String(text) => text.chars().take(20).map(|c| json!(c.to_string())).collect(),
        other => json!(other.to_string()),
    };
}

fn nested(depth: usize) -> Value {
    (0..depth)
        .fold(json!(1), |inner, level| if level % 2 == 0 { json!([inner]) } else { json!({"a": inner}) })
}

/// Takes a member away, gives it another name, or gives an element a twin.
fn members(at: &mut Value, dice: &mut Dice) {
    match at {
        Value::Object(map) if !map.is_empty() => {
            let name = map.keys().nth(dice.below(map.len())).expect("a member").clone();
            let value = map.remove(&name).expect("it is there");
            let other = match dice.below(5) {
                0 => return,
                1 => name.to_uppercase(),
                2 => format!("{name}s"),
                3 => dice.pick(WORDS).to_owned(),
                _ => name.chars().rev().collect(),
            };
            map.insert(other, value);
        }
        Value::Array(items) if !items.is_empty() => {
            let twin = items[dice.below(items.len())].clone();
            for _ in 0..dice.pick(&[1, 2, 30]) {
                items.push(twin.clone());
            }
        }
        other => *other = Value::Object(Map::from_iter([("name".to_owned(), other.take())])),
    }
}

fn noise(dice: &mut Dice) -> Vec<u8> {
    match dice.below(8) {
        0 => (0..dice.below(300)).map(|_| dice.next().to_le_bytes()[0]).collect(),
        1 => b"[".repeat(dice.pick(&[10, 200, 100_000])),
        2 => "{\"a\":".repeat(dice.pick(&[10, 200, 50_000])).into_bytes(),
        3 => (0..dice.pick(&[20, 3000]))
            .map(|level| format!("{}- a:\n", "  ".repeat(level.min(400))))
            .collect::<String>()
            .into_bytes(),
        4 => bomb(dice.pick(&[3, 9, 30])),
        5 => "---\n".repeat(dice.pick(&[10, 5000])).into_bytes(),
        6 => format!("a: {}", "*a ".repeat(dice.below(100))).into_bytes(),
        _ => {
            let utf16: Vec<u16> =
                "{\"family\": \"ä\", \"containerDefinitions\": []}".encode_utf16().collect();
            let mut bytes: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            bytes.splice(0..0, [0xff, 0xfe]);
            bytes.truncate(bytes.len() - dice.below(3));
            bytes
        }
    }
}

/// Aliases of aliases: small as a file, huge as a document.
fn bomb(levels: usize) -> Vec<u8> {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..levels {
        let aliases = format!("*a{}, ", level - 1).repeat(9);
        text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    text.push_str(&format!("containerDefinitions: *a{}\n", levels - 1));
    text.into_bytes()
}

fn break_bytes(bytes: &mut Vec<u8>, yaml: bool, dice: &mut Dice) {
    let at = dice.below(bytes.len() + 1);
    let insert = |bytes: &mut Vec<u8>, what: &[u8]| drop(bytes.splice(at..at, what.iter().copied()));
    match dice.below(8) {
        0 => bytes.truncate(at),
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
        }
        2 => insert(bytes, &[0xff]),
        3 => insert(bytes, "\u{feff}".as_bytes()),
        4 => {
            let tokens: &[&str] = if yaml {
                &[
                    "&a ",
                    "*a",
                    "<<: *a\n",
                    "!!binary ",
                    "!Ref x",
                    "\n---\n",
                    "|\n",
                    ">-\n",
                    "? ",
                    "- ",
                    "\t",
                    "%YAML 9\n",
                    "@",
                    "`",
                    "#",
                ]
            } else {
                &[
                    ",", "{", "}", "[", "]", "\"", "\\", "\\u0000", "\\ud800", "//", "/* */", "'", ":",
                    "1e9999", "${X}",
                ]
            };
            let token = dice.pick(tokens);
            insert(bytes, token.as_bytes());
        }
        5 => {
            let end = (at + dice.below(60)).min(bytes.len());
            bytes.drain(at..end);
        }
        6 => {
            let end = (at + dice.below(200)).min(bytes.len());
            let chunk = bytes[at..end].to_vec();
            insert(bytes, &chunk);
        }
        _ => insert(bytes, dice.pick(WORDS).as_bytes()),
    }
}
