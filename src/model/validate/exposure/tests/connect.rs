//! Service Connect.

use super::*;

fn connect(service: &Value) -> Value {
    json!({ "serviceConnectConfiguration": { "enabled": true, "services": [service] } })
}

#[test]
fn an_alias_is_a_service_with_the_port_of_the_alias() {
    let alias =
        |name: &str| json!({ "portName": "http", "clientAliases": [{ "port": 80, "dnsName": name }] });
    for (name, label, rule) in [
        ("api", "api", None),
        ("API", "api", None),
        ("api.default", "api", None),
        ("api.default.svc", "api", None),
        ("api.default.svc.cluster.local", "api", None),
        ("api.internal", "api-internal-46b1c39d", Some("rewrite name exact api.internal ")),
    ] {
        let spec = connect(&alias(name));
        let exposure = made(&named(None), &spec, &[]);
        let address = &exposure.addresses[1];
        let ports: Vec<_> = address.ports.iter().map(|port| (port.port, port.target)).collect();
        assert_eq!(ports, [(80, 8080)], "{name}");
        let (_, findings) = looked(&named(None), &spec, &[]);
        let found = findings.iter().find(|finding| finding.code == "AliasNeedsDnsRewrite");
        assert_eq!(found.is_some(), rule.is_some(), "{name}");
        match (found, rule) {
            (Some(found), Some(rule)) => {
                let whole = format!("{rule}{}.default.svc.cluster.local", address.name);
                assert!(found.remedy.ends_with(&whole), "{}", found.remedy);
                assert!(address.name.starts_with("api-internal-"));
            }
            _ => assert_eq!(address.name, label),
        }
    }
}

#[test]
fn a_service_of_service_connect_has_one_alias() {
    let alias = |name: &str| json!({ "port": 80, "dnsName": name });
    let two = json!({ "portName": "http", "clientAliases": [alias("api"), alias("shop")] });
    let said = told(&named(None), &connect(&two), &[]);
    let expected = "InvalidValue serviceConnectConfiguration.services[0].clientAliases";
    assert!(said.contains(&expected.to_owned()), "{said:?}");
}

#[test]
fn an_alias_of_the_services_own_name_is_another_port_of_it() {
    let alias =
        |port: i32| json!({ "portName": "http", "clientAliases": [{ "port": port, "dnsName": "web" }] });
    let ports = |port: i32| {
        let exposure = made(&named(None), &connect(&alias(port)), &[]);
        assert_eq!(exposure.addresses.len(), 1);
        let ports = exposure.addresses[0].ports.clone();
        ports.into_iter().map(|port| (port.name, port.port, port.target)).collect::<Vec<_>>()
    };
    assert_eq!(ports(8080), [("http".to_owned(), 8080, 8080)]);
    assert_eq!(ports(80), [("http".to_owned(), 8080, 8080), ("c80".to_owned(), 80, 8080)]);
    let mut two = named(None);
    let more = json!({ "name": "admin", "containerPort": 80 });
    two["containerDefinitions"][0]["portMappings"].as_array_mut().unwrap().push(more);
    let taken = told(&two, &connect(&alias(80)), &[]);
    assert!(
        taken.contains(&"AliasPortTaken serviceConnectConfiguration.services[0]".to_owned()),
        "{taken:?}"
    );
}

#[test]
fn without_an_alias_the_name_lies_in_the_namespace_of_service_connect() {
    let plain = json!({ "portName": "http", "discoveryName": "api" });
    for (namespace, path) in [
        (Some("default"), None),
        (Some("internal"), Some("serviceConnectConfiguration.namespace")),
        (None, Some("serviceConnectConfiguration.services[0].discoveryName")),
    ] {
        let mut spec = connect(&plain);
        if let Some(namespace) = namespace {
            spec["serviceConnectConfiguration"]["namespace"] = json!(namespace);
        }
        assert_eq!(made(&named(None), &spec, &[]).addresses[1].name, "api");
        let (_, findings) = looked(&named(None), &spec, &[]);
        let found = findings.iter().find(|finding| finding.code == "AliasNeedsDnsRewrite");
        assert_eq!(found.map(|finding| finding.path.as_str()), path, "{namespace:?}");
    }
}

#[test]
fn what_a_proxy_did_is_told_by_protocol_and_only_of_servers() {
    let service = json!({ "portName": "http", "clientAliases": [{ "port": 80, "dnsName": "api" }] });
    for (app, lost) in [(None, false), (Some("http"), false), (Some("http2"), true), (Some("grpc"), true)] {
        let told = told(&named(app), &connect(&service), &[]);
        assert!(told.contains(&"ServiceConnectWithoutProxy serviceConnectConfiguration.services".to_owned()));
        let found =
            told.contains(&"L7BalancingLost serviceConnectConfiguration.services[0].portName".to_owned());
        assert_eq!(found, lost, "{app:?}");
    }
    assert!(
        told(&named(None), &json!({ "serviceConnectConfiguration": { "enabled": true } }), &[]).is_empty()
    );
}
