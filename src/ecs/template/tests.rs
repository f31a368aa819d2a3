use serde_json::json;

use super::*;

fn codes(value: &Value) -> Vec<String> {
    check(value).iter().map(|finding| format!("{} {}", finding.code, finding.path)).collect()
}

#[test]
fn expressions_are_recognised() {
    for (text, found) in [
        ("a-${X}-b", Some("${X}")),
        ("{{ must_env `X` }}", Some("{{ must_env `X` }}")),
        ("<IMAGE1_NAME>", Some("<IMAGE1_NAME>")),
        ("repo:%TAG%", Some("%TAG%")),
        ("$${X}", None),
        ("%Y-%m-%d", None),
        ("a < b", None),
        ("{\"a\":{}}", None),
        ("100%", None),
        ("${", None),
        ("ünï%", None),
    ] {
        assert_eq!(placeholder(text), found, "{text}");
    }
}

#[test]
fn variables_fill_every_kind_of_expression() {
    let variables = BTreeMap::from([("X".to_owned(), "1".to_owned())]);
    let mut used = BTreeSet::new();
    let mut value =
        json!(["${X}", "${X:-2}", "{{ X }}", "<X>", "{{ must_env `X` }}", "a${X}b${Y}", {"k": "${X}"}]);
    fill_variables(&mut value, &variables, &mut used);
    assert_eq!(value, json!(["1", "1", "1", "1", "1", "a1b${Y}", {"k": "1"}]));
    assert_eq!(used, BTreeSet::from(["X".to_owned()]));
}

#[test]
fn images_are_set_by_container() {
    let images = BTreeMap::from([("app".to_owned(), "repo/app:1".to_owned())]);
    let mut used = BTreeSet::new();
    let mut value = json!([{"name": "app"}, {"name": "other", "image": "x"}, {"Name": "app", "Image": ""}]);
    fill_images(&mut value, &images, &mut used);
    assert_eq!(value[0]["image"], "repo/app:1");
    assert_eq!(value[1]["image"], "x");
    assert_eq!(value[2], json!({"Name": "app", "image": "repo/app:1"}));
    assert_eq!(used.len(), 1);
}

#[test]
fn what_ecs_needs_has_to_be_filled_in_and_what_a_shell_expands_does_not() {
    let value = json!({
        "containerDefinitions": [{
            "image": "<IMAGE1_NAME>",
            "command": ["sh", "-c", "echo ${HOME}"],
            "environment": [{"name": "A", "value": "{{ x }}"}, {"name": "${B}", "value": "v"}],
            "secrets": [{"name": "S", "valueFrom": "arn:${Partition}:ssm:${Region}"}],
            "healthCheck": {"command": ["CMD-SHELL", "test ${A}"]},
            "logConfiguration": {"options": {"tag": "{{.ID}}"}},
        }],
        "taskRoleArn": "arn:aws:iam::XXXXXXXXXXXX:role/r",
        "placementConstraints": [{"expression": "attribute:a <b> 5"}],
    });
    assert_eq!(
        codes(&value),
        [
            "PlaceholderKept containerDefinitions[0].command[2]",
            "PlaceholderKept containerDefinitions[0].environment[0].value",
            "OpenPlaceholder containerDefinitions[0].environment[1].name",
            "PlaceholderKept containerDefinitions[0].healthCheck.command[1]",
            "OpenPlaceholder containerDefinitions[0].image",
            "PlaceholderKept containerDefinitions[0].logConfiguration.options.tag",
            "OpenPlaceholder containerDefinitions[0].secrets[0].valueFrom",
            "OpenPlaceholder containerDefinitions[0].secrets[0].valueFrom",
            "PlaceholderAccount taskRoleArn",
        ]
    );
}

#[test]
fn shouted_images_are_placeholders() {
    for (image, open) in
        [("REPLACED_BY_CI", true), ("IMAGE_URI:LATEST", true), ("nginx:TAG", false), ("", false)]
    {
        assert_eq!(!codes(&json!({"image": image})).is_empty(), open, "{image}");
    }
}

#[test]
fn values_of_variables_are_not_repeated() {
    let definition = json!({ "containerDefinitions": [{
        "command": ["echo", "${HOME}"],
        "environment": [{ "name": "DB_URL", "value": "postgres://me:hunter2@${HOST:-hunter2}/db" }],
    }] });
    let findings = check(&definition);
    assert!(findings.iter().any(|f| f.message.contains("${HOME}")), "{findings:?}");
    let of_variable = findings.iter().find(|f| f.path.ends_with("environment[0].value")).unwrap();
    assert!(of_variable.message.contains("DB_URL"), "{of_variable:?}");
    assert!(findings.iter().all(|f| !f.message.contains("hunter2")), "{findings:?}");
}
