use k8s_openapi::api::core::v1::PodSpec;
use serde_json::{Value, json};

use super::*;
use crate::capabilities::Capabilities;
use crate::desired::{self, Context};
use crate::iam;
use crate::rollout::Inputs;

const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf";
const PARAMETER: &str = "arn:aws:ssm:eu-central-1:123456789012:parameter/app/db";
const EXECUTION: &str = "arn:aws:iam::123456789012:role/exec";
const TASK: &str = "arn:aws:iam::123456789012:role/web";

fn context() -> Context {
    let mut capabilities = Capabilities::of_version("1.36").unwrap();
    capabilities.apis.insert("external-secrets.io".into());
    Context { name: "web".into(), namespace: "shop".into(), capabilities, ..Context::default() }
}

fn rendered(containers: Value, context: &Context) -> Vec<Object> {
    let task = json!({
        "family": "web",
        "taskRoleArn": TASK,
        "executionRoleArn": EXECUTION,
        "containerDefinitions": containers,
    });
    let inputs = Inputs {
        service: serde_json::from_value(json!({ "serviceName": "web", "taskDefinition": "web" })).unwrap(),
        task_definition: serde_json::from_value(task).unwrap(),
        ..Inputs::default()
    };
    let (objects, findings) = desired::offline(&inputs, context);
    assert!(!objects.is_empty(), "{findings:#?}");
    objects
}

fn container(name: &str, members: &Value) -> Value {
    let mut container = json!({ "name": name, "image": "registry.example:5000/app:1", "memory": 128 });
    container.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    container
}

fn pod(objects: &[Object]) -> PodSpec {
    let found = objects.iter().find_map(|object| match object {
        Object::Deployment(deployment) => deployment.spec.template.spec.clone(),
        _ => None,
    });
    found.unwrap()
}

fn of_kind(objects: &[Object], kind: &str) -> Vec<Value> {
    objects.iter().filter(|o| o.kind().kind == kind).map(Object::to_value).collect()
}

/// Secret and key of a container's variable.
fn refers(pod: &PodSpec, container: &str, variable: &str) -> (String, String) {
    let container = pod.containers.iter().find(|c| c.name == container).unwrap();
    let variable = container.env.iter().flatten().find(|v| v.name == variable).unwrap();
    assert_eq!(variable.value, None);
    let reference = variable.value_from.clone().unwrap().secret_key_ref.unwrap();
    assert_eq!(reference.optional, None, "without its value no container may start");
    (reference.name, reference.key)
}

#[test]
fn every_reference_is_fetched_from_where_it_is() {
    let secrets = json!({ "secrets": [
        { "name": "A", "valueFrom": format!("{SECRET}:user.name::") },
        { "name": "B", "valueFrom": format!("{SECRET}::AWSPREVIOUS:") },
        { "name": "C", "valueFrom": format!("{SECRET}:::9d4c") },
        { "name": "D", "valueFrom": PARAMETER },
    ]});
    let objects = rendered(json!([container("app", &secrets)]), &context());
    let external = of_kind(&objects, "ExternalSecret");
    assert_eq!(external.len(), 4);
    let pod = pod(&objects);
    for (variable, store, remote) in [
        ("A", "web.secretsmanager.eu-west-1", json!({ "key": SECRET, "property": "user\\.name" })),
        ("B", "web.secretsmanager.eu-west-1", json!({ "key": SECRET, "version": "AWSPREVIOUS" })),
        ("C", "web.secretsmanager.eu-west-1", json!({ "key": SECRET, "version": "uuid/9d4c" })),
        ("D", "web.parameterstore.eu-central-1", json!({ "key": PARAMETER })),
    ] {
        let (name, key) = refers(&pod, "app", variable);
        let made = external.iter().find(|e| e["metadata"]["name"] == json!(name)).unwrap();
        assert_eq!(made["apiVersion"], "external-secrets.io/v1");
        assert_eq!(made["spec"]["target"]["name"], json!(name));
        assert_eq!(made["spec"]["secretStoreRef"], json!({ "kind": "SecretStore", "name": store }));
        assert_eq!(made["spec"]["data"], json!([{ "secretKey": key, "remoteRef": remote }]));
    }
    let stores = of_kind(&objects, "SecretStore");
    assert_eq!(stores.len(), 2);
    assert_eq!(
        stores[1]["spec"]["provider"]["aws"],
        json!({
            "service": "SecretsManager",
            "region": "eu-west-1",
            "auth": { "jwt": { "serviceAccountRef": { "name": "web.execution" } } },
        })
    );
}

#[test]
fn variables_of_one_name_in_two_containers_never_get_each_others_value() {
    let with = |reference: &str| json!({ "secrets": [{ "name": "PASSWORD", "valueFrom": reference }] });
    let containers = json!([container("a", &with(SECRET)), container("b", &with(PARAMETER))]);
    for context in [context(), Context { capabilities: Capabilities::default(), ..context() }] {
        let pod = pod(&rendered(containers.clone(), &context));
        assert_ne!(refers(&pod, "a", "PASSWORD").0, refers(&pod, "b", "PASSWORD").0);
    }
}

#[test]
fn pods_refer_to_the_same_secrets_whoever_fills_them_and_whatever_else_changes() {
    let secret = json!({ "name": "A", "valueFrom": SECRET });
    let one = json!([container("app", &json!({ "secrets": [secret] }))]);
    let many = json!([container(
        "app",
        &json!({
            "image": "registry.example:5000/app:2",
            "secrets": [{ "name": "B", "valueFrom": PARAMETER }, secret],
        })
    )]);
    let by_hand = Context { capabilities: Capabilities::default(), ..context() };
    let names: Vec<_> = [(&one, &context()), (&many, &context()), (&one, &by_hand)]
        .iter()
        .map(|(containers, context)| refers(&pod(&rendered((*containers).clone(), context)), "app", "A"))
        .collect();
    assert!(names.iter().all(|name| *name == names[0]), "{names:#?}");
    assert!(of_kind(&rendered(one, &by_hand), "ExternalSecret").is_empty());
}

#[test]
fn the_application_never_has_the_execution_role() {
    let secrets = json!({ "secrets": [{ "name": "A", "valueFrom": SECRET }] });
    let objects = rendered(json!([container("app", &secrets)]), &context());
    let roles: Vec<(Value, Value)> = of_kind(&objects, "ServiceAccount")
        .into_iter()
        .map(|a| {
            (
                a["metadata"]["name"].clone(),
                a["metadata"]["annotations"]["eks.amazonaws.com/role-arn"].clone(),
            )
        })
        .collect();
    assert_eq!(
        roles,
        [(json!("web"), json!(TASK)), (json!("web.execution"), json!(EXECUTION))],
        "the task role is the service's, the execution role another's"
    );
    assert_eq!(pod(&objects).service_account_name.as_deref(), Some("web"));
}

#[test]
fn services_of_one_task_definition_share_neither_account_nor_secret() {
    let secrets = json!({ "secrets": [{ "name": "A", "valueFrom": SECRET }] });
    let named = |name: &str| {
        let context = Context { name: name.into(), ..context() };
        let objects = rendered(json!([container("app", &secrets)]), &context);
        let kinds = ["ServiceAccount", "SecretStore", "ExternalSecret"];
        kinds
            .iter()
            .flat_map(|kind| of_kind(&objects, kind))
            .map(|o| o["metadata"]["name"].to_string())
            .collect()
    };
    let (web, api): (Vec<String>, Vec<String>) = (named("web"), named("api"));
    assert!(web.len() == 4 && web.iter().all(|name| !api.contains(name)), "{web:?} {api:?}");
}

#[test]
fn with_pod_identity_external_secrets_assumes_the_execution_role_itself() {
    let mut context = context();
    context.iam.mode = iam::Mode::PodIdentity;
    let secrets = json!({ "secrets": [{ "name": "A", "valueFrom": SECRET }] });
    let objects = rendered(json!([container("app", &secrets)]), &context);
    let aws = &of_kind(&objects, "SecretStore")[0]["spec"]["provider"]["aws"];
    assert_eq!(aws["role"], EXECUTION);
    assert_eq!(aws.get("auth"), None);
    let accounts = of_kind(&objects, "ServiceAccount");
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0]["metadata"].get("annotations"), None);
}

#[test]
fn a_store_that_is_there_is_used_for_its_service_only() {
    let mut context = context();
    let shared = StoreRef { kind: "ClusterSecretStore".into(), name: "aws".into() };
    context.iam.secrets_manager = Some(shared);
    let secrets = json!({ "secrets": [
        { "name": "A", "valueFrom": SECRET },
        { "name": "B", "valueFrom": PARAMETER },
    ]});
    let objects = rendered(json!([container("app", &secrets)]), &context);
    let kinds: Vec<Value> = of_kind(&objects, "ExternalSecret")
        .iter()
        .map(|external| external["spec"]["secretStoreRef"]["kind"].clone())
        .collect();
    assert!(
        kinds.contains(&json!("ClusterSecretStore")) && kinds.contains(&json!("SecretStore")),
        "{kinds:?}"
    );
    assert_eq!(of_kind(&objects, "SecretStore").len(), 1);
}

#[test]
fn credentials_of_a_registry_pull_the_image() {
    let credentials = json!({ "repositoryCredentials": { "credentialsParameter": SECRET } });
    let objects = rendered(json!([container("app", &credentials)]), &context());
    let external = &of_kind(&objects, "ExternalSecret")[0];
    let pull = pod(&objects).image_pull_secrets.unwrap();
    assert_eq!(pull.len(), 1);
    assert_eq!(external["spec"]["target"]["name"], json!(pull[0].name));
    let properties: Vec<&Value> =
        external["spec"]["data"].as_array().unwrap().iter().map(|d| &d["remoteRef"]["property"]).collect();
    assert_eq!(properties, ["username", "password"]);
    let template = &external["spec"]["target"]["template"];
    assert_eq!(template["type"], "kubernetes.io/dockerconfigjson");
    let configuration = template["data"][".dockerconfigjson"].as_str().unwrap();
    let filled = configuration
        .replace("{{ .username | toJson }}", "\"u\"")
        .replace("{{ .password | toJson }}", "\"p\"")
        .replace("{{ printf \"%s:%s\" .username .password | b64enc }}", "dTpw");
    let filled: Value = serde_json::from_str(&filled).unwrap();
    assert_eq!(
        filled,
        json!({ "auths": { "registry.example:5000": { "username": "u", "password": "p", "auth": "dTpw" } } })
    );
}

#[test]
fn the_first_environment_file_wins_as_on_ecs() {
    let files = ["arn:aws:s3:::b/first.env", "arn:aws:s3:::b/second.env"];
    let listed: Vec<Value> = files.iter().map(|file| json!({ "type": "s3", "value": file })).collect();
    let task = json!({
        "family": "web",
        "executionRoleArn": "arn:aws:iam::123456789012:role/exec",
        "containerDefinitions": [container("app", &json!({ "environmentFiles": listed }))],
        "kubernetes": { "environmentFiles": [
            { "arn": files[0], "secretRef": "first" },
            { "arn": files[1], "configMapRef": "second" },
        ]},
    });
    let inputs = Inputs {
        service: serde_json::from_value(json!({ "serviceName": "web", "taskDefinition": "web" })).unwrap(),
        task_definition: serde_json::from_value(task).unwrap(),
        ..Inputs::default()
    };
    let (objects, _) = desired::offline(&inputs, &context());
    let from = pod(&objects).containers[0].env_from.clone().unwrap();
    assert_eq!(from[0].config_map_ref.as_ref().map(|r| r.name.as_str()), Some("second"));
    assert_eq!(
        from[1].secret_ref.as_ref().map(|r| r.name.as_str()),
        Some("first"),
        "the last one wins there"
    );
}

#[test]
fn a_deployment_reads_secrets_again() {
    let secrets = json!({ "secrets": [{ "name": "A", "valueFrom": SECRET }] });
    let objects = rendered(json!([container("app", &secrets)]), &context());
    let annotated = |objects: &[Object]| {
        of_kind(objects, "ExternalSecret")[0].pointer("/metadata/annotations/force-sync").cloned()
    };
    assert_eq!(annotated(&objects), None, "offline there is no deployment");
    let task = json!({
        "family": "web", "executionRoleArn": EXECUTION, "containerDefinitions": [container("app", &secrets)],
    });
    let inputs = Inputs {
        service: serde_json::from_value(json!({ "serviceName": "web", "taskDefinition": "web" })).unwrap(),
        task_definition: serde_json::from_value(task).unwrap(),
        ..Inputs::default()
    };
    let service = desired::check_service(&inputs, &context()).0.unwrap();
    let mut templates = crate::translate::templates(&service, &context());
    templates.values_mut().for_each(|template| crate::translate::stamp(template, "abc"));
    let objects = crate::translate::objects(&service, &context(), &templates, None, &BTreeMap::new());
    assert_eq!(annotated(&objects), Some(json!("abc")));
}

#[test]
fn keys_of_json_are_paths_of_one_step() {
    for (key, path) in
        [("password", "password"), ("db.user", "db\\.user"), ("@a*", "\\@a\\*"), ("a-b_c", "a-b_c")]
    {
        assert_eq!(super::path(key), path);
    }
}
