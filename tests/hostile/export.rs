//! The way back: what `export` writes is its own normal form.

use ecs_bridge::cli::in_memory::{self, Exported, Source};
use serde_json::{Value, json};

use crate::generate::definitions;
use crate::spread::spread;

/// Definitions that are taken there and back.
const SEEDS: u64 = 600;

fn exported(files: &[(String, Value)]) -> Exported {
    let sources: Vec<Source> = files
        .iter()
        .map(|(name, body)| Source::in_memory(name.clone(), body.to_string().into_bytes()))
        .collect();
    let mut exported = in_memory::export(&sources);
    exported.requests.sort_by(|a, b| a.0.cmp(&b.0));
    exported
}

/// Lists, objects and texts that say nothing are no part of the normal form.
fn without_nothing(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(without_nothing);
            members.retain(|_, value| !says_nothing(value));
        }
        Value::Array(items) => items.iter_mut().for_each(without_nothing),
        _ => {}
    }
}

fn says_nothing(value: &Value) -> bool {
    value.is_null() || value == "" || value == &json!([]) || value == &json!({})
}

#[test]
fn exporting_twice_changes_nothing_and_a_clean_request_comes_back_as_it_was() {
    spread(SEEDS, |seed| {
        let generated = definitions(seed);
        let mut files = vec![
            ("task.json".to_owned(), generated.task_definition.clone()),
            ("service.json".to_owned(), generated.service.clone()),
        ];
        for (i, provider) in generated.providers.iter().enumerate() {
            files.push((format!("provider-{i}.json"), provider.clone()));
        }
        let first = exported(&files);
        // An object of a predefined provider says nothing to ECS.
        assert!(first.requests.len() >= 2, "seed {seed}: {:#?}", first.findings);
        let second = exported(&first.requests);
        for (again, before) in second.requests.iter().zip(&first.requests) {
            assert_eq!(again, before, "seed {seed}");
        }
        assert_eq!(second.requests.len(), first.requests.len(), "seed {seed}");
        // Nothing had to be read for what it means any more.
        let reading = second.findings.iter().filter(|finding| finding.code == "ReadAs");
        assert_eq!(reading.count(), 0, "seed {seed}: {:#?}", second.findings);

        for (prefix, original) in
            [("registertaskdefinition.", &generated.task_definition), ("createservice.", &generated.service)]
        {
            let mut original = original.clone();
            let members = original.as_object_mut().unwrap();
            members.remove("kubernetes");
            members.remove("autoScaling");
            without_nothing(&mut original);
            let mut of_kind = first.requests.iter().filter(|(name, _)| name.starts_with(prefix));
            let (_, body) = of_kind.next().unwrap();
            let mut body = body.clone();
            without_nothing(&mut body);
            assert_eq!(body, original, "seed {seed}");
        }
    });
}
