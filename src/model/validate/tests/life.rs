use proptest::prelude::*;

use super::*;
use crate::model::order::Stage;

/// A definition of containers, each given as what is different about it.
fn task(containers: &[Value]) -> Value {
    let all: Vec<Value> = containers
        .iter()
        .map(|patch| {
            let mut container = json!({ "name": "app", "image": "i:1", "memory": 64 });
            merge(&mut container, patch);
            container
        })
        .collect();
    json!({ "containerDefinitions": all })
}

fn waits(name: &str, condition: &str) -> Value {
    json!({ "dependsOn": [{ "containerName": name, "condition": condition }] })
}

fn helper(patch: &Value) -> Value {
    merged(&json!({ "name": "helper", "essential": false }), patch)
}

fn on(version: &str, task: &Value) -> Vec<String> {
    let context = Context { capabilities: Capabilities::of_version(version).unwrap(), ..context() };
    let (_, findings) = super::super::service(&inputs(task, &json!({})), &context);
    let all = [findings.task_definition, findings.service].concat();
    all.iter().map(|f| format!("{} {}", f.code, f.path)).collect()
}

fn has(task: &Value, expected: &str) {
    let told = on("1.36", task);
    assert!(told.iter().any(|f| f == expected), "{expected} in {told:?} of {task}");
}

#[test]
fn depends_on_names_another_container_in_a_state_that_it_can_reach() {
    const AT: &str = "containerDefinitions[0].dependsOn[0]";
    let checked = json!({ "healthCheck": { "command": ["CMD", "true"] } });
    for (app, helper, expected) in [
        (waits("other", "START"), helper(&json!({})), "InvalidReference .containerName"),
        (waits("app", "START"), helper(&json!({})), "DependencyCycle .containerName"),
        (json!({ "dependsOn": [{}] }), helper(&json!({})), "MissingMember .containerName"),
        (json!({ "dependsOn": [{}] }), helper(&json!({})), "MissingMember .condition"),
        (waits("helper", "COMPLETE"), helper(&json!({ "essential": true })), "InvalidValue .condition"),
        (waits("helper", "SUCCESS"), helper(&json!({ "essential": null })), "InvalidValue .condition"),
        (waits("helper", "HEALTHY"), helper(&json!({})), "InvalidValue .condition"),
        (
            waits("helper", "HEALTHY"),
            helper(&json!({ "healthCheck": { "command": ["NONE"] } })),
            "InvalidValue .condition",
        ),
    ] {
        let (code, path) = expected.split_once(' ').unwrap();
        has(&task(&[app, helper]), &format!("{code} {AT}{path}"));
    }
    let fine = told(&task(&[waits("helper", "HEALTHY"), helper(&checked)]), &json!({}));
    assert!(fine.iter().all(|f| !f.contains("dependsOn")), "{fine:?}");
}

#[test]
fn an_essential_container_never_completes() {
    let definition = task(&[waits("helper", "SUCCESS"), helper(&json!({ "essential": true }))]);
    let (_, findings) = super::super::service(&inputs(&definition, &json!({})), &context());
    let refused = findings.task_definition.iter().find(|finding| finding.is_error()).unwrap();
    assert_eq!(
        refused.message,
        "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container"
    );
}

#[test]
fn containers_do_not_wait_in_a_circle_through_links_volumes_and_log_routers() {
    let circle = "DependencyCycle containerDefinitions[0].dependsOn";
    let start = waits("helper", "START");
    has(&task(&[start.clone(), helper(&waits("app", "START"))]), circle);
    has(&task(&[start.clone(), helper(&json!({ "links": ["app:a"] }))]), circle);
    has(&task(&[start.clone(), helper(&json!({ "volumesFrom": [{ "sourceContainer": "app" }] }))]), circle);
    let router = json!({ "firelensConfiguration": { "type": "fluentbit" } });
    let logs = json!({ "logConfiguration": { "logDriver": "awsfirelens" } });
    has(
        &task(&[merged(&router, &json!({})), helper(&merged(&logs, &json!({ "links": ["app"] })))]),
        "EssentialExitInPlace containerDefinitions[0].essential",
    );
    has(&task(&[merged(&json!({ "links": ["helper"] }), &router), helper(&logs)]), circle);
    let third = json!({ "name": "third", "dependsOn": [{ "containerName": "app", "condition": "START" }] });
    has(&task(&[start, helper(&waits("third", "START")), third]), circle);
    // A router that waits for others itself is not waited for, and links mean nothing but in bridge mode.
    let router = merged(&waits("helper", "START"), &router);
    assert!(!on("1.36", &task(&[router, helper(&logs)])).iter().any(|f| f.contains("Cycle")));
    let mut apart = task(&[waits("helper", "START"), helper(&json!({ "links": ["app"] }))]);
    apart["networkMode"] = json!("awsvpc");
    assert!(!on("1.36", &apart).iter().any(|f| f.contains("Cycle")));
}

/// Four containers, and for each of the pairs the first one waits for the second one.
fn graph(edges: &[(usize, usize)]) -> Value {
    let containers: Vec<Value> = (0..4)
        .map(|i| {
            let others = edges.iter().filter(|(from, to)| *from == i && to != from);
            let waits: Vec<Value> = others
                .map(|(_, to)| json!({ "containerName": format!("c{to}"), "condition": "START" }))
                .collect();
            json!({ "name": format!("c{i}"), "dependsOn": waits })
        })
        .collect();
    task(&containers)
}

proptest! {
    #[test]
    fn exactly_the_graphs_without_a_circle_are_compiled_and_in_their_order(
        edges in prop::collection::vec((0usize..4, 0usize..4), 0..7),
    ) {
        let edges: Vec<_> = edges.into_iter().filter(|(from, to)| from != to).collect();
        let mut reach = [[false; 4]; 4];
        for (from, to) in &edges {
            reach[*from][*to] = true;
        }
        for _ in 0..4 {
            for (a, b, c) in (0..64).map(|n| (n / 16, n / 4 % 4, n % 4)) {
                reach[a][c] |= reach[a][b] && reach[b][c];
            }
        }
        let circle = (0..4).any(|i| reach[i][i]);
        let (model, findings) = super::super::service(&inputs(&graph(&edges), &json!({})), &context());
        let told = findings.task_definition.iter().any(|f| f.code == "DependencyCycle");
        prop_assert_eq!(told, circle);
        prop_assert_eq!(model.is_none(), circle);
        if let Some(model) = model {
            let order = model.task.order;
            let places: Vec<usize> = order.first.iter().chain(&order.main).copied().collect();
            let place = |i: usize| places.iter().position(|p| *p == i).unwrap();
            prop_assert_eq!(places.len(), 4);
            prop_assert!(edges.iter().all(|(from, to)| order.first.contains(to) && place(*to) < place(*from)));
        }
    }
}

/// What ECS starts while `stuck`, once started, never reaches one condition.
fn started_on_ecs(edges: &[(usize, usize, &str)], stuck: usize, never: &str) -> [bool; 5] {
    let mut started = [false; 5];
    for _ in 0..5 {
        for i in 0..5 {
            started[i] |= edges
                .iter()
                .filter(|(from, _, _)| *from == i)
                .all(|(_, to, condition)| started[*to] && (*condition != never || *to != stuck));
        }
    }
    started
}

proptest! {
    #[test]
    fn what_ecs_starts_beside_a_container_starts_before_it_blocks_or_that_is_told(
        edges in prop::collection::vec((0usize..5, 0usize..5, 0usize..3), 0..8), alone: bool,
    ) {
        let edges: Vec<(usize, usize, &str)> = edges
            .into_iter()
            .filter(|(from, to, _)| from < to)
            .map(|(from, to, condition)| (from, to, ["START", "HEALTHY", "SUCCESS"][condition]))
            .collect();
        let containers: Vec<Value> = (0..5).map(|i| {
            let others = edges.iter().filter(|(from, _, _)| *from == i);
            let waits: Vec<Value> =
                others.map(|(_, to, c)| json!({ "containerName": format!("c{to}"), "condition": c })).collect();
            json!({ "name": format!("c{i}"), "essential": i == 0, "dependsOn": waits,
                "healthCheck": { "command": ["CMD", "true"] } })
        }).collect();
        let exit = if alone { "ReplaceTask" } else { "RestartContainer" };
        let definition = merged(&task(&containers), &json!({ "kubernetes": { "essentialExit": exit } }));
        let (model, findings) = super::super::service(&inputs(&definition, &json!({})), &context());
        let model = model.unwrap().task;
        let order = &model.order;
        prop_assert!(!order.main.is_empty());
        prop_assert_eq!(order.first.len() + order.main.len(), 5);
        for blocking in (0..5).filter(|i| order.blocks(&model.containers, *i)) {
            let never = if order.stages[blocking] == Stage::Init { "SUCCESS" } else { "HEALTHY" };
            let started = started_on_ecs(&edges, blocking, never);
            let at = order.first.iter().position(|i| *i == blocking).unwrap();
            for i in (0..5).filter(|i| *i != blocking && !order.first[..at].contains(i)) {
                let behind = order.also_waits_for(&model.containers, i).contains(&blocking);
                prop_assert_eq!(behind, started[i], "{} behind {}: {:?} {:?}", i, blocking, edges, order);
                let path = format!("containerDefinitions[{i}].dependsOn");
                let told = findings.task_definition.iter().any(|f| f.path == path && f.message.contains(&format!("\"c{blocking}\"")));
                prop_assert!(told || !behind, "{i} waits for {blocking} and nobody says so: {edges:?}");
            }
        }
    }
}

#[test]
fn timeouts_and_restart_policies_have_ranges() {
    let checked =
        |patch: Value| json!({ "healthCheck": merged(&json!({ "command": ["CMD", "true"] }), &patch) });
    let restart = |patch: Value| json!({ "restartPolicy": merged(&json!({ "enabled": false }), &patch) });
    let codes: Vec<i32> = (0..51).collect();
    for (patch, path) in [
        (json!({ "startTimeout": 0 }), "startTimeout"),
        (json!({ "stopTimeout": -1 }), "stopTimeout"),
        (checked(json!({ "interval": 4 })), "healthCheck.interval"),
        (checked(json!({ "timeout": 61 })), "healthCheck.timeout"),
        (checked(json!({ "retries": 11 })), "healthCheck.retries"),
        (checked(json!({ "startPeriod": 301 })), "healthCheck.startPeriod"),
        (checked(json!({ "command": ["CMD-SHELL"] })), "healthCheck.command"),
        (restart(json!({ "restartAttemptPeriod": 59 })), "restartPolicy.restartAttemptPeriod"),
        (restart(json!({ "restartAttemptPeriod": 1801 })), "restartPolicy.restartAttemptPeriod"),
        (restart(json!({ "ignoredExitCodes": codes })), "restartPolicy.ignoredExitCodes"),
    ] {
        assert_eq!(
            told(&task(&[patch]), &json!({})),
            [format!("InvalidValue containerDefinitions[0].{path}")]
        );
    }
    for (patch, path) in [
        (json!({ "healthCheck": { "interval": 5 } }), "healthCheck.command"),
        (json!({ "restartPolicy": { "restartAttemptPeriod": 60 } }), "restartPolicy.enabled"),
    ] {
        assert_eq!(
            told(&task(&[patch]), &json!({})),
            [format!("MissingMember containerDefinitions[0].{path}")]
        );
    }
    let fargate = |patch: Value| {
        merged(
            &task(&[patch]),
            &json!({ "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512" }),
        )
    };
    for (member, seconds) in
        [("startTimeout", 1), ("startTimeout", 121), ("stopTimeout", 1), ("stopTimeout", 121)]
    {
        has(&fargate(json!({ member: seconds })), &format!("InvalidValue containerDefinitions[0].{member}"));
    }
    assert!(told(&fargate(json!({ "stopTimeout": 120 })), &json!({})).is_empty());
}

#[test]
fn health_checks_are_read_as_files_have_them() {
    let command = |words: Value| {
        let definition = task(&[json!({ "healthCheck": { "command": words } })]);
        let (model, findings) = super::super::service(&inputs(&definition, &json!({})), &context());
        let check = model.unwrap().task.containers[0].life.health.clone();
        (
            check.map(|c| c.command.join("|")),
            findings.task_definition.iter().map(|f| f.code.clone()).collect::<Vec<_>>(),
        )
    };
    for (words, expected, read_as) in [
        (json!(["CMD", "curl", "-f", "x"]), "curl|-f|x", false),
        (json!(["CMD-SHELL", "curl -f x || exit 1"]), "/bin/sh|-c|curl -f x || exit 1", false),
        (json!(["CMD-SHELL", "a", "b"]), "/bin/sh|-c|a b", false),
        (json!(["curl -f x || exit 1"]), "/bin/sh|-c|curl -f x || exit 1", true),
        (json!(["curl", "-f", "x"]), "curl|-f|x", true),
        (json!(["CMD-SHELL, curl -f x || exit 1"]), "/bin/sh|-c|curl -f x || exit 1", true),
        (json!(["CMD curl -f x"]), "curl|-f|x", true),
    ] {
        let (found, codes) = command(words.clone());
        assert_eq!(found.as_deref(), Some(expected), "{words}");
        assert_eq!(codes, if read_as { vec!["ReadAs"] } else { vec![] }, "{words}");
    }
    assert_eq!(command(json!(["NONE"])), (None, vec![]));
}

#[test]
fn what_differs_in_the_order_is_told() {
    let start = waits("helper", "START");
    let plain = helper(&json!({}));
    let success = waits("helper", "SUCCESS");
    let complete = waits("helper", "COMPLETE");
    let other = json!({ "name": "other" });
    for (version, definition, expected) in [
        ("1.36", task(&[success.clone(), plain.clone()]), "TaskReplacedAtOnce containerDefinitions[1]"),
        ("1.34", task(&[success.clone(), plain.clone()]), "DependencyRetriedInPlace containerDefinitions[1]"),
        (
            "1.36",
            task(&[complete.clone(), plain.clone()]),
            "CompleteTreatedAsSuccess containerDefinitions[1]",
        ),
        (
            "1.36",
            task(&[success.clone(), helper(&json!({ "startTimeout": 60 }))]),
            "StartTimeoutNotApplied containerDefinitions[1].startTimeout",
        ),
        (
            "1.36",
            task(&[start.clone(), plain.clone(), merged(&other, &complete)]),
            "DependencyMayDeadlock containerDefinitions[0].dependsOn",
        ),
        (
            "1.36",
            merged(
                &task(&[start.clone(), plain.clone(), merged(&other, &complete)]),
                &json!({ "kubernetes": { "containers": { "helper": { "oneShot": "Init" } } } }),
            ),
            "StartAfterCompletion containerDefinitions[0].dependsOn",
        ),
        (
            "1.36",
            task(&[
                json!({ "name": "other", "essential": false }),
                plain.clone(),
                json!({ "dependsOn": [success["dependsOn"][0], { "containerName": "other", "condition": "SUCCESS" }] }),
            ]),
            "DependencySerialized containerDefinitions[1].dependsOn",
        ),
        (
            "1.36",
            task(&[
                merged(&other, &start),
                helper(&json!({ "healthCheck": { "command": ["CMD", "true"] } })),
                waits("helper", "HEALTHY"),
            ]),
            "DependencyMayDeadlock containerDefinitions[0].dependsOn",
        ),
        (
            "1.36",
            merged(
                &task(&[
                    json!({}),
                    plain.clone(),
                    merged(&json!({ "name": "c", "essential": false }), &success),
                ]),
                &json!({ "kubernetes": { "essentialExit": "ReplaceTask" } }),
            ),
            "DependencyMayDeadlock containerDefinitions[0].dependsOn",
        ),
        (
            "1.36",
            task(&[start.clone(), plain.clone()]),
            "NonEssentialAffectsReadiness containerDefinitions[1].essential",
        ),
        ("1.36", task(&[start, plain.clone()]), "StopTimeoutPodWide containerDefinitions[0].stopTimeout"),
        (
            "1.36",
            task(&[json!({ "startTimeout": 60 })]),
            "NotApplicable containerDefinitions[0].startTimeout",
        ),
        (
            "1.36",
            task(&[json!({}), helper(&json!({ "healthCheck": { "command": ["CMD", "true"] } }))]),
            "HealthCheckNotRun containerDefinitions[1].healthCheck",
        ),
        (
            "1.36",
            merged(
                &task(&[json!({ "mountPoints": [{ "sourceVolume": "v", "containerPath": "/v" }] })]),
                &json!({ "volumes": [{ "name": "v" }] }),
            ),
            "EssentialExitInPlace containerDefinitions[0].essential",
        ),
        (
            "1.36",
            task(&[json!({ "linuxParameters": { "tmpfs": [{ "containerPath": "/t", "size": 1 }] } })]),
            "EssentialExitInPlace containerDefinitions[0].essential",
        ),
        ("1.36", task(&[json!({}), other]), "EssentialExitInPlace containerDefinitions[0].essential"),
        (
            "1.36",
            task(&[json!({ "restartPolicy": { "enabled": true, "ignoredExitCodes": [3] } })]),
            "IgnoredExitCodesRestart containerDefinitions[0].restartPolicy.ignoredExitCodes",
        ),
        (
            "1.36",
            task(&[json!({ "restartPolicy": { "enabled": true } })]),
            "RestartPeriodIgnored containerDefinitions[0].restartPolicy",
        ),
    ] {
        let told = on(version, &definition);
        assert!(told.iter().any(|f| f == expected), "{expected} in {told:?}");
    }
    let both = task(&[complete.clone(), plain.clone(), merged(&json!({ "name": "other" }), &success)]);
    let (_, findings) = super::super::service(&inputs(&both, &json!({})), &context());
    let message = findings.task_definition.iter().find(|f| f.code == "CompleteTreatedAsSuccess").unwrap();
    assert!(message.message.ends_with("the task fails and another replaces it at once."), "{message:?}");
    let alone = on("1.36", &task(&[json!({})]));
    assert!(!alone.iter().any(|f| f.contains("EssentialExit")), "{alone:?}");
    // A wrapped command has any exit code that it likes, and who asks for restarts in place gets them.
    let wrap = json!({ "kubernetes": { "containers": { "helper": { "wrapComplete": true } } } });
    let wrapped = task(&[complete, helper(&json!({ "entryPoint": ["/migrate"] }))]);
    assert!(!on("1.36", &merged(&wrapped, &wrap)).iter().any(|f| f.contains("Complete")));
}

#[test]
fn options_that_cannot_be_had_are_refused_and_essential_exits_fall_back() {
    let options = |helper: Value| json!({ "kubernetes": { "containers": { "helper": helper } } });
    let one_shot = |word: &str| options(json!({ "oneShot": word }));
    let app = json!({});
    let known = json!({ "entryPoint": ["/x"] });
    let at = "kubernetes.containers.helper";
    for (definition, option, expected) in [
        (task(&[app.clone(), helper(&app)]), one_shot("Job"), "OptionUnsupported .oneShot"),
        (task(&[app.clone(), helper(&app)]), one_shot("Shim"), "OptionUnsupported .oneShot"),
        (task(&[app.clone(), helper(&app)]), one_shot("Init"), "OneShotRunsFirst .oneShot"),
        (
            task(&[app.clone(), helper(&json!({ "essential": true }))]),
            one_shot("Init"),
            "OptionUnsupported .oneShot",
        ),
        (
            task(&[waits("helper", "COMPLETE"), helper(&known)]),
            one_shot("Shim"),
            "OptionUnsupported .oneShot",
        ),
        (
            task(&[waits("helper", "COMPLETE"), helper(&app)]),
            options(json!({ "wrapComplete": true })),
            "OptionUnsupported .wrapComplete",
        ),
        (
            task(&[waits("helper", "SUCCESS"), helper(&known)]),
            options(json!({ "wrapComplete": true })),
            "OptionUnsupported .wrapComplete",
        ),
        (
            task(&[app.clone(), helper(&waits("app", "START"))]),
            one_shot("Init"),
            "OptionUnsupported .oneShot",
        ),
    ] {
        let (code, path) = expected.split_once(' ').unwrap();
        has(&merged(&definition, &option), &format!("{code} {at}{path}"));
    }
    let exit = |word: &str| json!({ "kubernetes": { "essentialExit": word } });
    let two = task(&[app.clone(), json!({ "name": "other" })]);
    let fallback = "EssentialExitUnavailable kubernetes.essentialExit";
    for (version, definition, word, told) in [
        ("1.36", two.clone(), "RestartTaskInPlace", false),
        ("1.35", two.clone(), "RestartTaskInPlace", true),
        ("1.36", two, "ReplaceTask", true),
        ("1.34", task(std::slice::from_ref(&app)), "ReplaceTask", true),
        ("1.35", task(&[app.clone(), helper(&app)]), "ReplaceTask", false),
        ("1.35", task(&[app.clone(), helper(&waits("app", "START"))]), "ReplaceTask", true),
    ] {
        let found = on(version, &merged(&definition, &exit(word)));
        assert_eq!(found.iter().any(|f| f == fallback), told, "{version} {word} {found:?}");
    }
}

#[test]
fn a_health_check_decides_when_a_task_counts_as_healthy() {
    let ready = |patch: Value| {
        let (model, _) = super::super::service(&inputs(&task(&[patch]), &json!({})), &context());
        model.unwrap().min_ready_seconds
    };
    assert_eq!(ready(json!({})), 40);
    assert_eq!(ready(json!({ "healthCheck": { "command": ["CMD", "true"] } })), 0);
}
