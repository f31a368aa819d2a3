use k8s_openapi::api::core::v1::Container;

use super::*;

fn definition(containers: &[Value]) -> Value {
    let all: Vec<Value> = containers
        .iter()
        .map(|patch| {
            let mut container = json!({ "name": "app", "image": "i:1", "memory": 64 });
            container.as_object_mut().unwrap().extend(patch.as_object().unwrap().clone());
            container
        })
        .collect();
    json!({ "family": "web", "containerDefinitions": all })
}

fn after(name: &str, others: &[(&str, &str)], more: &Value) -> Value {
    let depends: Vec<Value> =
        others.iter().map(|(other, c)| json!({ "containerName": other, "condition": c })).collect();
    let mut container = json!({ "name": name, "dependsOn": depends });
    container.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    container
}

fn helper(name: &str) -> Value {
    json!({ "name": name, "essential": false })
}

/// `first entries | containers`, a sidecar with a `+`, one whose health is waited for with a `*`.
fn order(pod: &PodSpec) -> String {
    let shown = |c: &Container| {
        let always = c.restart_policy.as_deref() == Some("Always");
        let plus = if always { "+" } else { "" };
        let star = if c.startup_probe.is_some() { "*" } else { "" };
        format!("{}{plus}{star}", c.name)
    };
    let first: Vec<String> = pod.init_containers.iter().flatten().map(shown).collect();
    let main: Vec<String> = pod.containers.iter().map(|c| c.name.clone()).collect();
    format!("{} | {}", first.join(" "), main.join(" "))
}

fn checked(name: &str) -> Value {
    json!({ "name": name, "essential": false, "healthCheck": { "command": ["CMD", "true"] } })
}

#[test]
fn dependencies_become_init_containers_and_sidecars_in_a_stable_order() {
    let none = || json!({});
    for (about, containers, expected) in [
        ("nothing waits", vec![none(), helper("b")], " | app b"),
        ("START", vec![after("app", &[("b", "START")], &none()), helper("b")], "b+ | app"),
        ("HEALTHY", vec![after("app", &[("b", "HEALTHY")], &none()), checked("b")], "b+* | app"),
        ("SUCCESS", vec![after("app", &[("b", "SUCCESS")], &none()), helper("b")], "b | app"),
        ("COMPLETE", vec![after("app", &[("b", "COMPLETE")], &none()), helper("b")], "b | app"),
        (
            "a chain, against the order of the definition",
            vec![
                after("app", &[("c", "HEALTHY")], &none()),
                after(
                    "c",
                    &[("b", "SUCCESS")],
                    &json!({ "essential": false, "healthCheck": { "command": ["CMD", "true"] } }),
                ),
                after("b", &[("d", "START")], &json!({ "essential": false })),
                helper("d"),
            ],
            "d+ b c+* | app",
        ),
        (
            "branches keep the order of the definition",
            vec![
                after("app", &[("c", "START"), ("b", "SUCCESS")], &none()),
                helper("b"),
                helper("c"),
                helper("d"),
            ],
            "c+ d+ b | app",
        ),
        (
            "what ECS starts beside a container that others wait for goes ahead of it",
            vec![
                helper("migrate"),
                json!({ "name": "db" }),
                after("web", &[("migrate", "SUCCESS")], &none()),
            ],
            "db+ migrate | web",
        ),
        (
            "also where health is waited for",
            vec![none(), checked("nginx"), after("agent", &[("nginx", "HEALTHY")], &none())],
            "app+ nginx+* | agent",
        ),
        (
            "who stays goes ahead of who ends",
            vec![
                helper("migrate"),
                helper("proxy"),
                after("app", &[("migrate", "SUCCESS"), ("proxy", "START")], &none()),
            ],
            "proxy+ migrate | app",
        ),
        (
            "who waits as well stays behind",
            vec![
                helper("migrate"),
                after("b", &[("migrate", "SUCCESS")], &none()),
                after("c", &[("migrate", "COMPLETE")], &none()),
            ],
            "migrate | b c",
        ),
        (
            "who has to end wins over who has to run",
            vec![
                after("app", &[("b", "START")], &none()),
                helper("b"),
                after("c", &[("b", "SUCCESS")], &none()),
            ],
            "b | app c",
        ),
        ("links", vec![json!({ "links": ["b:db"] }), json!({ "name": "b" })], "b+ | app"),
        (
            "volumesFrom",
            vec![json!({ "volumesFrom": [{ "sourceContainer": "b" }] }), helper("b")],
            "b+ | app",
        ),
        (
            "the log router",
            vec![
                json!({ "logConfiguration": { "logDriver": "awsfirelens" } }),
                json!({ "name": "log", "firelensConfiguration": { "type": "fluentbit" } }),
            ],
            "log+ | app",
        ),
        (
            "names that Kubernetes spells differently",
            vec![after("app", &[("log_router", "START")], &none()), helper("log_router")],
            "log-router-c7fb45d8+ | app",
        ),
    ] {
        assert_eq!(order(&pod(&definition(&containers), "1.36")), expected, "{about}");
    }
}

fn restarts(pod: &PodSpec) -> String {
    let shown = |c: &Container| {
        let rules = c.restart_policy_rules.iter().flatten().map(|r| {
            let codes = r.exit_codes.as_ref().unwrap();
            format!(" {} {} {:?}", r.action, codes.operator, codes.values.as_ref().unwrap())
        });
        format!("{}:{}{}", c.name, c.restart_policy.as_deref().unwrap_or("-"), rules.collect::<String>())
    };
    pod.init_containers.iter().flatten().chain(&pod.containers).map(shown).collect::<Vec<_>>().join(", ")
}

#[test]
fn an_essential_exit_restarts_the_container_or_all_or_ends_the_task() {
    const ALL: &str = ":Always RestartAllContainers NotIn [0] RestartAllContainers In [0]";
    let one = vec![json!({})];
    let beside = vec![json!({}), helper("b")];
    let two = vec![json!({}), json!({ "name": "b" })];
    let started = vec![after("app", &[("b", "START")], &json!({})), json!({ "name": "b" })];
    let policy = |codes: &[i32]| json!({ "restartPolicy": { "enabled": true, "ignoredExitCodes": codes } });
    for (containers, exit, version, expected) in [
        (one.clone(), None, "1.36", "app:-".to_owned()),
        (beside.clone(), None, "1.36", "app:-, b:-".to_owned()),
        (two.clone(), None, "1.36", format!("app{ALL}, b{ALL}")),
        (two.clone(), None, "1.35", "app:-, b:-".to_owned()),
        (two.clone(), Some("RestartContainer"), "1.36", "app:-, b:-".to_owned()),
        (started.clone(), None, "1.36", format!("b{ALL}, app{ALL}")),
        (started.clone(), None, "1.35", "b:Always, app:-".to_owned()),
        (beside.clone(), Some("RestartTaskInPlace"), "1.36", format!("app{ALL}, b:-")),
        (one.clone(), Some("ReplaceTask"), "1.35", "app:Never".to_owned()),
        (one, Some("ReplaceTask"), "1.34", "app:-".to_owned()),
        (beside, Some("ReplaceTask"), "1.35", "b:Always, app:Never".to_owned()),
        (two, Some("ReplaceTask"), "1.36", format!("app{ALL}, b{ALL}")),
        (started, Some("ReplaceTask"), "1.36", format!("b{ALL}, app:Never")),
        (vec![policy(&[])], Some("RestartTaskInPlace"), "1.36", "app:-".to_owned()),
        (
            vec![policy(&[7, 3, 7])],
            Some("RestartTaskInPlace"),
            "1.36",
            "app:Always RestartAllContainers In [3, 7]".to_owned(),
        ),
        (vec![policy(&[3])], Some("ReplaceTask"), "1.36", "app:Never Restart NotIn [3]".to_owned()),
        (vec![policy(&[3])], None, "1.36", "app:-".to_owned()),
        (
            vec![after("app", &[("b", "SUCCESS")], &json!({})), helper("b")],
            None,
            "1.35",
            "b:Never, app:-".to_owned(),
        ),
        (
            vec![after("app", &[("b", "SUCCESS")], &json!({})), helper("b")],
            None,
            "1.34",
            "b:-, app:-".to_owned(),
        ),
        (
            vec![after("app", &[("b", "COMPLETE")], &json!({})), helper("b")],
            None,
            "1.36",
            "b:-, app:-".to_owned(),
        ),
    ] {
        let mut task = definition(&containers);
        if let Some(exit) = exit {
            task["kubernetes"] = json!({ "essentialExit": exit });
        }
        assert_eq!(restarts(&pod(&task, version)), expected, "{exit:?} {version} {task}");
    }
}

#[test]
fn a_command_that_may_fail_or_end_is_put_into_a_shell() {
    let app = after("app", &[("b", "COMPLETE")], &json!({}));
    let run = json!({ "name": "b", "essential": false, "entryPoint": ["/run"], "command": ["$(x)", "y z"] });
    let mut task = definition(&[app, run.clone()]);
    task["kubernetes"] = json!({ "containers": { "b": { "wrapComplete": true } } });
    let pod_of = |task: &Value| pod(task, "1.36");
    let wrapped = pod_of(&task).init_containers.unwrap().remove(0);
    assert_eq!(wrapped.command.unwrap(), ["/bin/sh", "-c", r#""$0" "$@" || true"#]);
    assert_eq!(wrapped.args.unwrap(), ["/run", "$$(x)", "y z"]);

    let mut task = definition(&[json!({}), run]);
    task["kubernetes"] = json!({ "containers": { "b": { "oneShot": "Shim" } } });
    let shim = pod_of(&task).containers.remove(1);
    assert!(shim.command.unwrap()[2].contains(r#""$0" "$@" &"#));
    task["kubernetes"] = json!({ "containers": { "b": { "oneShot": "Init" } } });
    assert_eq!(order(&pod_of(&task)), "b | app");
}

#[test]
fn command_and_entry_point_keep_their_places() {
    for (patch, command, args) in [
        (json!({ "command": ["serve"] }), None, Some(vec!["serve".to_owned()])),
        // Kubernetes drops the image's CMD with its ENTRYPOINT, as Docker does.
        (json!({ "entryPoint": ["/app"] }), Some(vec!["/app".to_owned()]), None),
        (
            json!({ "entryPoint": ["/app"], "command": ["serve"] }),
            Some(vec!["/app".to_owned()]),
            Some(vec!["serve".to_owned()]),
        ),
    ] {
        let container = pod(&definition(&[patch]), "1.36").containers.remove(0);
        assert_eq!((container.command, container.args), (command, args));
    }
}

#[test]
fn health_checks_of_essential_containers_become_probes() {
    let check = json!({ "command": ["CMD-SHELL", "test $(cat x) = $$"], "interval": 20, "retries": 2, "startPeriod": 25 });
    let container = pod(&definition(&[json!({ "healthCheck": check })]), "1.36").containers.remove(0);
    let (startup, liveness) = (container.startup_probe.unwrap(), container.liveness_probe.unwrap());
    let command = startup.exec.clone().unwrap().command.unwrap();
    assert_eq!(command, ["/bin/sh", "-c", "test $$(cat x) = $$$$"], "the kubelet expands probes, too");
    assert_eq!((startup.period_seconds, startup.failure_threshold), (Some(10), Some(8)));
    assert_eq!((liveness.period_seconds, liveness.failure_threshold), (Some(20), Some(2)));
    assert_eq!((liveness.timeout_seconds, liveness.initial_delay_seconds), (Some(5), None));
    assert!(container.readiness_probe.is_none());
}

#[test]
fn checks_that_decide_about_nothing_are_not_run() {
    let pod = pod(&definition(&[json!({}), checked("b")]), "1.36");
    assert!(pod.containers.iter().all(|c| c.startup_probe.is_none() && c.liveness_probe.is_none()));
}

#[test]
fn who_waits_for_start_does_not_wait_for_health() {
    let essential = json!({ "name": "b", "healthCheck": { "command": ["CMD", "true"], "startPeriod": 60 } });
    let pod = pod(&definition(&[after("app", &[("b", "START")], &json!({})), essential]), "1.36");
    let sidecar = &pod.init_containers.unwrap()[0];
    assert!(sidecar.startup_probe.is_none() && sidecar.readiness_probe.is_some());
    assert_eq!(sidecar.liveness_probe.as_ref().unwrap().initial_delay_seconds, Some(90));
}

#[test]
fn a_start_timeout_limits_how_long_health_is_waited_for() {
    let threshold = |patch: Value| {
        let mut helper = checked("b");
        helper.as_object_mut().unwrap().extend(patch.as_object().unwrap().clone());
        let pod = pod(&definition(&[after("app", &[("b", "HEALTHY")], &json!({})), helper]), "1.36");
        pod.init_containers.unwrap()[0].startup_probe.clone().unwrap().failure_threshold.unwrap()
    };
    assert_eq!(threshold(json!({})), i32::MAX, "ECS keeps waiting for a container that is not essential");
    assert_eq!(threshold(json!({ "startTimeout": 60 })), 7);
    assert_eq!(threshold(json!({ "essential": true })), 10, "90 s of the check itself");
    assert_eq!(threshold(json!({ "essential": true, "startTimeout": 60 })), 7);
}

#[test]
fn the_pod_has_time_to_stop_all_of_its_containers() {
    let stop = |name: &str, seconds: i32| json!({ "name": name, "stopTimeout": seconds });
    let grace = |containers: &[Value]| pod(&definition(containers), "1.36").termination_grace_period_seconds;
    assert_eq!(grace(&[json!({})]), None, "Kubernetes' default is ECS's");
    assert_eq!(grace(&[stop("app", 120)]), Some(120));
    assert_eq!(grace(&[stop("app", 0)]), Some(1), "0 would forget the pod at once");
    assert_eq!(grace(&[stop("app", 10), stop("b", 90)]), Some(90));
    let sidecar = json!({ "name": "b", "stopTimeout": 5, "healthCheck": { "command": ["CMD", "true"] } });
    let chain = [after("app", &[("b", "HEALTHY")], &json!({ "stopTimeout": 20 })), sidecar];
    assert_eq!(grace(&chain), Some(25));
    let own = pod(&definition(&chain), "1.36").init_containers.unwrap()[0].liveness_probe.clone().unwrap();
    assert_eq!(own.termination_grace_period_seconds, Some(5), "a kill for bad health takes no longer");
}

#[test]
fn a_terminal_needs_standard_input() {
    let shown = |patch: Value| {
        let container = pod(&definition(&[patch]), "1.36").containers.remove(0);
        (container.stdin, container.tty)
    };
    assert_eq!(shown(json!({})), (None, None));
    assert_eq!(shown(json!({ "interactive": true })), (Some(true), None));
    assert_eq!(shown(json!({ "pseudoTerminal": true })), (Some(true), Some(true)));
}
