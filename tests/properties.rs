//! Laws that hold for every input.

use std::collections::BTreeMap;

use ecs_bridge::api::{CapacityProviderSpec, EcsServiceSpec, TaskDefinitionSpec};
use ecs_bridge::ecs::import::{self, Options, Run};
use ecs_bridge::ecs::read::read;
use ecs_bridge::ecs::shape::{Readable, Shape};
use ecs_bridge::finding::any_error;
use ecs_bridge::model::name::{RESOURCE, is_label, label};
use proptest::prelude::*;
use serde_json::{Map, Number, Value, json};

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| Number::from_f64(number).map_or(Value::Null, Value::Number)),
        ".{0,12}".prop_map(Value::from),
        prop_oneof![
            Just(""),
            Just("true"),
            Just("512"),
            Just("1e9"),
            Just("${X}"),
            Just("{{ x }}"),
            Just("awsvpc"),
            Just("TCP"),
            Just("arn:aws:iam::x:role/y"),
        ]
        .prop_map(Value::from),
    ]
}

fn anything() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map("[a-zA-Z]{0,8}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Values that nearly have a shape: each place holds what belongs there, or anything.
fn nearly(shape: &'static Shape, depth: u32) -> BoxedStrategy<Value> {
    let right: BoxedStrategy<Value> = match shape {
        Shape::Text | Shape::Size | Shape::Timestamp => "[a-z0-9${}]{0,6}".prop_map(Value::from).boxed(),
        Shape::Integer { .. } => any::<i16>().prop_map(Value::from).boxed(),
        Shape::Number => any::<i16>().prop_map(Value::from).boxed(),
        Shape::Bool => any::<bool>().prop_map(Value::from).boxed(),
        Shape::Any => leaf().boxed(),
        Shape::Enum(words) => prop::sample::select(words.clone()).prop_map(Value::from).boxed(),
        _ if depth == 0 => leaf().boxed(),
        Shape::List(items) => {
            prop::collection::vec(nearly(items, depth - 1), 0..3).prop_map(Value::Array).boxed()
        }
        Shape::Map(values) => prop::collection::btree_map("[a-z.]{0,4}", nearly(values, depth - 1), 0..3)
            .prop_map(|map| Value::Object(map.into_iter().collect()))
            .boxed(),
        Shape::Struct(shape) => {
            let members: Vec<(String, &'static Shape)> =
                shape.members().map(|member| (member.name.clone(), &member.shape)).collect();
            let one = prop::sample::select(members).prop_flat_map(move |(name, shape)| {
                let spelled = prop_oneof![8 => Just(name.clone()), 1 => Just(name.to_uppercase()), 1 => Just(format!("{name}x"))];
                (spelled, nearly(shape, depth - 1))
            });
            prop::collection::vec(one, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()))
                .boxed()
        }
    };
    prop_oneof![9 => right, 1 => leaf()].boxed()
}

fn reads<T: Readable>(value: &Value) -> Result<(), TestCaseError> {
    let reading = read::<T>(value.clone());
    prop_assert!(reading.value.is_some() || any_error(&reading.findings));
    let unforeseen =
        reading.findings.iter().find(|finding| finding.message.starts_with("The definition cannot be read"));
    prop_assert!(unforeseen.is_none(), "{unforeseen:?} of {value}");
    // What was read once is read again without a word, save for what is still missing.
    if reading.value.is_some() {
        let again = read::<T>(reading.normalised.clone());
        prop_assert_eq!(&again.normalised, &reading.normalised);
        let more: Vec<_> = again.findings.iter().filter(|finding| finding.code != "MissingMember").collect();
        prop_assert!(more.is_empty(), "{:?} of {}", more, reading.normalised);
        prop_assert!(again.findings.is_empty() || any_error(&reading.findings));
    }
    Ok(())
}

/// Each of these values at each place of a shape, with no more around it than leads there.
fn at_each_place(shape: &'static Shape, values: &[Value]) -> Vec<Value> {
    let inner = match shape {
        Shape::List(items) => at_each_place(items, values).into_iter().map(|value| json!([value])).collect(),
        Shape::Map(items) => {
            at_each_place(items, values).into_iter().map(|value| json!({"a": value})).collect()
        }
        Shape::Struct(shape) => shape
            .members()
            .flat_map(|member| {
                let inside = at_each_place(&member.shape, values);
                inside.into_iter().map(|value| json!({&member.name: value}))
            })
            .collect(),
        _ => Vec::new(),
    };
    values.iter().cloned().chain(inner).collect()
}

fn any_type_is_read_at_each_place<T: Readable>() -> Result<(), TestCaseError> {
    let values =
        [json!(false), json!(7), json!(-1.5), json!("x"), json!(["x"]), json!({"x": "x"}), Value::Null];
    let definitions = at_each_place(T::shape(), &values);
    assert!(definitions.len() > 200, "{}", definitions.len());
    for definition in definitions {
        reads::<T>(&definition)?;
    }
    Ok(())
}

/// What the properties below try at random, so that no member is left to chance.
#[test]
fn a_wrong_type_is_told_with_its_place_wherever_it_is() -> Result<(), TestCaseError> {
    any_type_is_read_at_each_place::<TaskDefinitionSpec>()?;
    any_type_is_read_at_each_place::<EcsServiceSpec>()?;
    any_type_is_read_at_each_place::<CapacityProviderSpec>()
}

fn run(files: &[(String, Vec<u8>)], options: &Options) -> Run {
    let mut definitions = Vec::new();
    let mut notes = Vec::new();
    for (index, (name, bytes)) in files.iter().enumerate() {
        let mut loaded = import::load(index, name, bytes, true, options);
        definitions.append(&mut loaded.definitions);
        notes.append(&mut loaded.notes);
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let mut run = import::assemble(definitions, &names, options);
    run.notes.append(&mut notes);
    run
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading_never_panics_and_fails_only_with_an_error(value in anything()) {
        reads::<TaskDefinitionSpec>(&value)?;
        reads::<EcsServiceSpec>(&value)?;
        reads::<CapacityProviderSpec>(&value)?;
    }

    #[test]
    fn what_nearly_is_a_task_definition_is_read(value in nearly(TaskDefinitionSpec::shape(), 5)) {
        reads::<TaskDefinitionSpec>(&value)?;
    }

    #[test]
    fn what_nearly_is_a_service_is_read(value in nearly(EcsServiceSpec::shape(), 5)) {
        reads::<EcsServiceSpec>(&value)?;
    }

    #[test]
    fn bytes_never_panic(name in prop_oneof![Just("a.json"), Just("a.yaml"), Just("-")], bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        run(&[(name.to_owned(), bytes)], &Options::default());
    }

    #[test]
    fn cut_files_never_panic(cut in 0..200_usize, name in prop_oneof![Just("a.json"), Just("a.yaml")]) {
        let whole = json!({"family": "web", "containerDefinitions": [{"name": "ä", "image": "${X}", "command": ["{{ a }}"]}]}).to_string();
        let bytes = whole.as_bytes();
        let bytes = bytes[..cut.min(bytes.len())].to_vec();
        run(&[(name.to_owned(), bytes)], &Options::default());
    }

    #[test]
    fn importing_is_deterministic(first in nearly(TaskDefinitionSpec::shape(), 4), second in nearly(EcsServiceSpec::shape(), 4)) {
        let files = [
            ("a.json".to_owned(), first.to_string().into_bytes()),
            ("b.json".to_owned(), second.to_string().into_bytes()),
        ];
        let options = Options { with_service: true, ..Options::default() };
        let (one, two) = (run(&files, &options), run(&files, &options));
        prop_assert_eq!(&one.notes, &two.notes);
        prop_assert_eq!(format!("{:?}", one.resources), format!("{:?}", two.resources));
    }

    #[test]
    fn names_stay_apart(names in prop::collection::btree_set("[A-Za-z0-9_-]{1,50}", 1..60)) {
        let mut labels: BTreeMap<String, &String> = BTreeMap::new();
        for name in &names {
            let spelled = label(name, RESOURCE);
            prop_assert!(is_label(&spelled) && spelled.len() <= RESOURCE, "{} for {}", spelled, name);
            let other = labels.insert(spelled, name);
            prop_assert!(other.is_none(), "{:?} and {}", other, name);
        }
    }
}
