#![allow(clippy::needless_pass_by_value, reason = "the calls read better")]

use serde_json::{Value, json};

use super::super::tests::{container, model, told};

const AT: &str = "containerDefinitions[0]";

/// Two containers, `app` with these members and `db_1` with those.
fn two(app: Value, db: Value) -> Value {
    let base = |name: &str| json!({ "name": name, "image": "i:1", "memory": 64 });
    let with = |name: &str, patch: &Value| super::super::tests::merged(&base(name), patch);
    json!({ "containerDefinitions": [with("app", &app), with("db_1", &db)] })
}

fn told_of_hosts(task: &Value) -> Vec<String> {
    let all = told(task, &json!({}));
    all.into_iter().filter(|t| !t.starts_with("NameChanged")).collect()
}

#[test]
fn links_become_names_of_the_loopback_address() {
    let task = two(json!({ "links": ["db_1:db"] }), json!({}));
    assert_eq!(told_of_hosts(&task), [format!("LinksShareAddress {AT}.links")]);
    assert_eq!(model(&task).names.hosts["127.0.0.1"], ["db"]);
    let task = two(json!({}), json!({ "links": ["app:web", "app"] }));
    assert_eq!(model(&task).names.hosts["127.0.0.1"], ["web", "app"]);
}

#[test]
fn a_link_whose_name_cannot_stand_in_etc_hosts_is_reported() {
    let task = two(json!({ "links": ["db_1"] }), json!({}));
    assert_eq!(
        told_of_hosts(&task),
        [format!("HostNameLeftOut {AT}.links[0]"), format!("LinksShareAddress {AT}.links")]
    );
}

#[test]
fn a_link_names_another_container_of_the_task() {
    for link in ["nobody", "app"] {
        let told = told_of_hosts(&two(json!({ "links": [link] }), json!({})));
        assert!(told.contains(&format!("InvalidReference {AT}.links[0]")), "{told:?}");
    }
}

#[test]
fn extra_hosts_are_lines_by_address() {
    let host = |name: &str, ip: &str| json!({ "hostname": name, "ipAddress": ip });
    let task = container(
        &json!({ "extraHosts": [host("db", "10.0.0.1"), host("cache", "10.0.0.1"), host("v6", "FD00::1"), host("v4", "::ffff:10.0.0.2")] }),
    );
    assert!(told(&task, &json!({})).is_empty());
    let hosts = model(&task).names.hosts;
    assert_eq!(hosts["10.0.0.1"], ["db", "cache"]);
    assert_eq!(hosts["fd00::1"], ["v6"]);
    assert_eq!(hosts["10.0.0.2"], ["v4"]);
    let shared = two(json!({ "extraHosts": [host("db", "10.0.0.1")] }), json!({}));
    assert_eq!(told_of_hosts(&shared), [format!("HostsAreShared {AT}.extraHosts")]);
    for (entry, expected) in [
        (json!({ "hostname": "db" }), "MissingMember .extraHosts[0].ipAddress"),
        (host("db", "db.example.com"), "InvalidValue .extraHosts[0].ipAddress"),
        (host("d_b", "10.0.0.1"), "HostNameLeftOut .extraHosts[0].hostname"),
    ] {
        let (code, path) = expected.split_once(' ').unwrap();
        let told = told(&container(&json!({ "extraHosts": [entry] })), &json!({}));
        assert_eq!(told, [format!("{code} {AT}{path}")]);
    }
}

#[test]
fn dns_is_added_to_the_clusters_and_never_more_than_a_pod_may_have() {
    let task = container(&json!({ "dnsServers": ["10.0.0.2"], "dnsSearchDomains": ["Corp.Example.", "."] }));
    assert_eq!(
        told(&task, &json!({})),
        [format!("DnsMerged {AT}.dnsServers"), format!("DnsMerged {AT}.dnsSearchDomains")]
    );
    let names = model(&task).names;
    assert_eq!((names.servers, names.searches), (vec!["10.0.0.2".into()], vec!["corp.example".into()]));
    let four = container(&json!({ "dnsServers": ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"] }));
    assert_eq!(
        told(&four, &json!({})),
        [format!("DnsEntryLeftOut {AT}.dnsServers[3]"), format!("DnsMerged {AT}.dnsServers")]
    );
    let long: Vec<String> = (0..20).map(|i| format!("{i}{}", ".abcdefghi".repeat(20))).collect();
    let searches = model(&container(&json!({ "dnsSearchDomains": long }))).names.searches;
    assert!(searches.join(" ").len() <= 2048 && searches.len() == 10, "{}", searches.len());
    let wrong = container(&json!({ "dnsServers": ["ns.example"] }));
    assert!(told(&wrong, &json!({})).contains(&format!("InvalidValue {AT}.dnsServers[0]")));
}

#[test]
fn a_task_has_one_host_name() {
    let name = |name: &str| json!({ "hostname": name });
    assert!(told(&container(&name("web")), &json!({})).is_empty());
    assert_eq!(model(&container(&name("web"))).names.hostname.as_deref(), Some("web"));
    assert_eq!(model(&container(&name("Web.example.com"))).names.hostname.as_deref(), Some("web"));
    assert_eq!(told_of_hosts(&two(name("a"), json!({}))), [format!("HostnameApproximated {AT}.hostname")]);
    assert!(told_of_hosts(&two(name("a"), name("a"))).is_empty());
    assert_eq!(
        told_of_hosts(&two(name("a"), name("b"))),
        ["HostnameConflict containerDefinitions[1].hostname"]
    );
    assert_eq!(model(&container(&name("my_host"))).names.hostname.as_deref(), Some("my-host"));
    assert_eq!(
        told(&container(&name("my_host")), &json!({})),
        [format!("HostnameApproximated {AT}.hostname")]
    );
    assert_eq!(told(&container(&name("a..b")), &json!({})), [format!("InvalidName {AT}.hostname")]);
}
