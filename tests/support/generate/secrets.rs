//! Environment, its files, and secrets.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::container::Containers;
use super::{Dice, Members, Scene};

const VARIABLES: &[&str] =
    &["PORT", "path", "A.B", "x-y", "_", "1ST", "ASPNETCORE__Key", "A B", "PATH", "LANG", "a/b"];

pub(super) fn environment(scene: &mut Scene, definition: &mut Members, all: &mut Containers) {
    let dice = &mut scene.dice;
    let mut taken = BTreeSet::new();
    if dice.chance(60) {
        let names = dice.some(VARIABLES, 6);
        taken.extend(names.iter().copied());
        let pair = |dice: &mut Dice, name: &str| match dice.below(10) {
            0 => json!({"name": name}),
            _ => json!({"name": name, "value": dice.text()}),
        };
        let list = names.into_iter().map(|name| pair(dice, name)).collect();
        definition.insert("environment".into(), list);
    }
    if dice.often() {
        let mut list: Vec<Value> = Vec::new();
        for name in ["SECRET", "DB_PASSWORD", "api.key", "PORT"] {
            if !taken.contains(name) && dice.flip() {
                list.push(json!({"name": name, "valueFrom": reference(dice)}));
            }
        }
        all.needs_execution_role |= !list.is_empty();
        if !list.is_empty() {
            definition.insert("secrets".into(), list.into());
        }
    }
    dice.maybe(definition, "environmentFiles", |dice| {
        let mapped = !scene.bold || dice.flip();
        all.needs_execution_role = true;
        dice.list(1, 2, |dice| {
            let name = format!("bucket/{}/app-{}.env", dice.word(), dice.hex(4));
            let arn = dice.arn("s3", &name);
            if mapped {
                all.environment_files.push(arn.clone());
            }
            json!({"type": "s3", "value": arn})
        })
    });
}

/// Where the value of a secret is.
pub(super) fn reference(dice: &mut Dice) -> String {
    let id = dice.hex(6);
    let name = dice.pick(&["app/db", "Prod_Key", "x+y=z@w", "a-b.c"]);
    let secret = format!("secret:{name}-{id}");
    match dice.below(7) {
        0 => dice.pick(&["db-pass", "/app/db-pass", "App.Key"]).to_owned(),
        1 => dice.arn("ssm", "parameter/app/key"),
        2 => dice.arn("secretsmanager", &secret),
        3 => dice.arn("secretsmanager", &format!("{secret}:user name::")),
        4 => dice.arn("secretsmanager", &format!("{secret}::AWSPREVIOUS:")),
        5 => {
            let version =
                format!("{}-{}-{}-{}-{}", dice.hex(8), dice.hex(4), dice.hex(4), dice.hex(4), dice.hex(12));
            dice.arn("secretsmanager", &format!("{secret}:::{version}"))
        }
        _ => dice.arn("secretsmanager", &format!("{secret}:key:AWSCURRENT:")),
    }
}
