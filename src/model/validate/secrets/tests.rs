use serde_json::{Value, json};

use crate::capabilities::Capabilities;
use crate::desired::Context;
use crate::finding::Finding;
use crate::iam;
use crate::model::Service;
use crate::model::secret::Source;
use crate::model::service::Identity;
use crate::model::validate;
use crate::rollout::Inputs;

const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf";
const EXECUTION: &str = "arn:aws:iam::123456789012:role/exec";
const TASK: &str = "arn:aws:iam::123456789012:role/web";

fn context(apis: &[&str], mode: iam::Mode) -> Context {
    let mut capabilities = Capabilities::of_version("1.36").unwrap();
    capabilities.apis = apis.iter().map(|&api| api.to_owned()).collect();
    Context {
        name: "web".into(),
        namespace: "shop".into(),
        capabilities,
        iam: iam::Settings { mode, ..iam::Settings::default() },
        ..Context::default()
    }
}

fn task(members: Value, container: Value) -> Value {
    let mut definition = json!({ "family": "web", "executionRoleArn": EXECUTION });
    let mut app = json!({ "name": "app", "image": "registry.example/app:1", "memory": 128 });
    app.as_object_mut().unwrap().extend(container.as_object().unwrap().clone());
    definition["containerDefinitions"] = json!([app]);
    definition.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    definition
}

fn validated(task: &Value, context: &Context) -> (Option<Service>, Vec<Finding>) {
    let service = json!({ "serviceName": "web", "taskDefinition": "web" });
    let inputs = Inputs {
        service: serde_json::from_value(service).unwrap(),
        task_definition: serde_json::from_value(task.clone()).unwrap(),
        ..Inputs::default()
    };
    let (service, findings) = validate::service(&inputs, context);
    (service, findings.task_definition)
}

fn told(task: &Value, context: &Context) -> Vec<String> {
    let findings = validated(task, context).1;
    let ignored = ["ExecutionRoleNotUsed", "TrustPolicyChangeRequired"];
    let said = findings.iter().filter(|f| !ignored.contains(&f.code.as_ref()));
    said.map(|f| format!("{} {}", f.code, f.path)).collect()
}

fn secrets(list: Value) -> Value {
    task(json!({}), json!({ "secrets": list }))
}

const AT: &str = "containerDefinitions[0]";

#[test]
fn a_secret_without_external_secrets_is_to_be_filled_by_the_command_that_is_printed() {
    let task = secrets(json!([
        { "name": "DB_PASSWORD", "valueFrom": format!("{SECRET}:password::") },
        { "name": "API_KEY", "valueFrom": "api-key" },
    ]));
    let (service, findings) = validated(&task, &context(&[], iam::Mode::Irsa));
    let secrets = service.unwrap().task.secrets;
    assert!(secrets.iter().all(|secret| secret.source == Source::Hand));
    let to_fill: Vec<_> = findings.iter().filter(|f| f.code == "SecretToFill").collect();
    assert_eq!(to_fill.len(), 2);
    assert_eq!(to_fill[0].path, format!("{AT}.secrets[0].valueFrom"));
    for (finding, asks) in
        to_fill.iter().zip(["aws secretsmanager get-secret-value", "aws ssm get-parameter"])
    {
        assert!(finding.remedy.contains(asks), "{}", finding.remedy);
        let named = secrets.iter().any(|secret| {
            finding.message.contains(&secret.name)
                && finding.remedy.contains(&format!("kubectl -n shop create secret generic {} ", secret.name))
        });
        assert!(named, "{finding:#?}");
    }
}

#[test]
fn a_bare_name_is_a_parameter_of_the_region_that_the_definition_lives_in() {
    let apis = ["external-secrets.io"];
    let bare = json!({ "name": "KEY", "valueFrom": "api-key" });
    let alone = secrets(json!([bare]));
    let at = format!("{AT}.secrets[0].valueFrom");
    assert_eq!(
        told(&alone, &context(&apis, iam::Mode::Irsa)),
        [format!("SecretRegionUnknown {at}"), format!("SecretToFill {at}")]
    );
    let beside = secrets(json!([bare, { "name": "DB", "valueFrom": SECRET }]));
    let (service, _) = validated(&beside, &context(&apis, iam::Mode::Irsa));
    let secrets = service.unwrap().task.secrets;
    let parameter = secrets.iter().find(|secret| secret.reference.to_string() == "api-key").unwrap();
    let Source::OwnStore(store) = &parameter.source else { panic!("{parameter:#?}") };
    assert_eq!((store.service, store.region.as_str()), ("ParameterStore", "eu-west-1"));
}

#[test]
fn what_ecs_refuses_is_refused_in_its_words() {
    let context = context(&[], iam::Mode::Irsa);
    let refused = |task: &Value| {
        let (service, findings) = validated(task, &context);
        assert!(service.is_none());
        let error = findings.into_iter().find(Finding::is_error).unwrap();
        (error.path, error.message)
    };
    let twice = "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'DB'.";
    let secret = json!({ "name": "DB", "valueFrom": SECRET });
    let mut shared = secrets(json!([secret]));
    shared["containerDefinitions"][0]["environment"] = json!([{ "name": "DB", "value": "x" }]);
    assert_eq!(refused(&shared), (format!("{AT}.secrets[0].name"), twice.to_owned()));
    assert_eq!(
        refused(&secrets(json!([secret, secret]))),
        (format!("{AT}.secrets[1].name"), twice.to_owned())
    );

    let mut nobody = secrets(json!([secret]));
    nobody.as_object_mut().unwrap().remove("executionRoleArn");
    let (path, message) = refused(&nobody);
    assert_eq!(path, "executionRoleArn");
    assert_eq!(
        message,
        "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
    );

    let short = secrets(json!([{ "name": "DB", "valueFrom": format!("{SECRET}:password") }]));
    assert!(
        refused(&short)
            .1
            .starts_with("an invalid ARN format for the AWS Secrets Manager secret was specified")
    );
}

#[test]
fn a_placeholder_gets_into_no_object() {
    let context = context(&["external-secrets.io"], iam::Mode::Irsa);
    for open in ["${SECRET}", "{{ secret }}", "arn:aws:ssm:${REGION}:123456789012:parameter/x", "<secret>"] {
        for task in [
            secrets(json!([{ "name": "DB", "valueFrom": open }])),
            task(json!({}), json!({ "repositoryCredentials": { "credentialsParameter": open } })),
            task(json!({ "taskRoleArn": format!("arn:aws:iam::123456789012:role/{open}") }), json!({})),
            task(
                json!({ "executionRoleArn": format!("arn:aws:iam::123456789012:role/{open}") }),
                json!({ "secrets": [{ "name": "DB", "valueFrom": SECRET }] }),
            ),
            task(
                json!({}),
                json!({ "environmentFiles": [{ "type": "s3", "value": format!("arn:aws:s3:::{open}/a.env") }] }),
            ),
        ] {
            assert!(validated(&task, &context).0.is_none(), "{task:#}");
        }
    }
}

#[test]
fn a_secret_option_of_a_log_driver_is_never_lost_without_a_word() {
    let context = context(&["external-secrets.io"], iam::Mode::Irsa);
    let logged = |value: &str| {
        let option = json!([{ "name": "splunk-token", "valueFrom": value }]);
        task(json!({}), json!({ "logConfiguration": { "logDriver": "splunk", "secretOptions": option } }))
    };
    let at = format!("{AT}.logConfiguration.secretOptions");
    assert!(told(&logged(SECRET), &context).contains(&format!("LogSecretOptionsNotApplied {at}")));
    let findings = validated(&logged(SECRET), &context).1;
    let lost = findings.iter().find(|f| f.code == "LogSecretOptionsNotApplied").unwrap();
    assert!(lost.remedy.contains(&format!("--secret-id {SECRET}")), "{lost:#?}");
    assert!(told(&logged("${TOKEN}"), &context).contains(&format!("InvalidValue {at}[0].valueFrom")));
}

#[test]
fn the_task_role_is_the_pods_in_either_mode() {
    let task = task(json!({ "taskRoleArn": TASK }), json!({}));
    let (service, findings) = validated(&task, &context(&[], iam::Mode::Irsa));
    assert_eq!(service.unwrap().identity, Identity::Own { role: Some(TASK.to_owned()) });
    let trust = findings.iter().find(|f| f.code == "TrustPolicyChangeRequired").unwrap();
    assert!(trust.remedy.contains("system:serviceaccount:shop:web"), "{trust:#?}");

    let (service, findings) = validated(&task, &context(&[], iam::Mode::PodIdentity));
    assert_eq!(service.unwrap().identity, Identity::Own { role: None });
    let association = findings.iter().find(|f| f.code == "PodIdentityAssociationRequired").unwrap();
    let command = "--namespace shop --service-account web --role-arn arn:aws:iam::123456789012:role/web";
    assert!(association.remedy.contains(command), "{association:#?}");
}

#[test]
fn an_existing_service_account_keeps_the_task_role_in_mind_and_never_has_the_execution_role() {
    let context = context(&[], iam::Mode::Irsa);
    let with = |account: &str| {
        let inputs = Inputs {
            service: serde_json::from_value(json!({
                "serviceName": "web", "taskDefinition": "web", "kubernetes": { "serviceAccountName": account },
            }))
            .unwrap(),
            task_definition: serde_json::from_value(task(json!({ "taskRoleArn": TASK }), json!({}))).unwrap(),
            ..Inputs::default()
        };
        validate::service(&inputs, &context)
    };
    let (service, findings) = with("team");
    assert_eq!(service.unwrap().identity, Identity::Existing("team".to_owned()));
    let left = findings.task_definition.iter().find(|f| f.code == "TaskRoleLeftToServiceAccount").unwrap();
    assert!(left.remedy.contains(TASK), "{left:#?}");
    let (service, findings) = with("api.execution");
    assert!(service.is_none());
    assert_eq!(findings.service.iter().find(|f| f.is_error()).unwrap().path, "kubernetes.serviceAccountName");
}

#[test]
fn a_bare_role_name_is_a_role_of_the_other_roles_account() {
    let task = task(json!({ "taskRoleArn": "web" }), json!({}));
    let context = context(&[], iam::Mode::Irsa);
    assert_eq!(told(&task, &context), ["ReadAs taskRoleArn"]);
    assert_eq!(validated(&task, &context).0.unwrap().task.role.as_deref(), Some(TASK));
    let mut unknown = task;
    unknown.as_object_mut().unwrap().remove("executionRoleArn");
    assert_eq!(told(&unknown, &context), ["RoleWithoutAccount taskRoleArn"]);
}

#[test]
fn environment_files_need_to_be_mapped() {
    let context = context(&[], iam::Mode::Irsa);
    let files = |arns: &[&str]| {
        let files: Vec<Value> = arns.iter().map(|arn| json!({ "type": "s3", "value": arn })).collect();
        json!({ "environmentFiles": files })
    };
    let arn = "arn:aws:s3:::config/prod/web.env";
    let at = format!("{AT}.environmentFiles[0].value");
    let unmapped = task(json!({}), files(&[arn]));
    let findings = validated(&unmapped, &context).1;
    let finding = findings.iter().find(|finding| finding.code == "EnvironmentFileUnmapped").unwrap();
    assert_eq!(finding.path, at);
    for part in ["aws s3 cp s3://config/prod/web.env -", "create secret generic web-env-web", arn] {
        assert!(finding.remedy.contains(part), "{}", finding.remedy);
    }

    let mapped =
        |mapping: Value| task(json!({ "kubernetes": { "environmentFiles": [mapping] } }), files(&[arn]));
    let secret = mapped(json!({ "arn": arn, "secretRef": "web-env" }));
    assert_eq!(told(&secret, &context), [format!("EnvironmentFileSnapshotted {at}")]);
    for (mapping, expected) in [
        (json!({ "arn": arn }), "InvalidValue kubernetes.environmentFiles[0]"),
        (
            json!({ "arn": arn, "secretRef": "a", "configMapRef": "b" }),
            "InvalidValue kubernetes.environmentFiles[0]",
        ),
        (json!({ "arn": arn, "secretRef": "A_B" }), "InvalidName kubernetes.environmentFiles[0].secretRef"),
        (
            json!({ "arn": "arn:aws:s3:::other/x.env", "secretRef": "a" }),
            "InvalidReference kubernetes.environmentFiles[0].arn",
        ),
    ] {
        let told = told(&mapped(mapping), &context);
        assert!(told.iter().any(|finding| finding == expected), "{told:#?}");
    }
    let eleven = task(json!({}), files(&[arn; 11]));
    assert!(told(&eleven, &context).contains(&format!("InvalidValue {AT}.environmentFiles")));
    let wrong = task(json!({}), json!({ "environmentFiles": [{ "value": "s3://config/web.env" }] }));
    assert_eq!(
        told(&wrong, &context),
        [format!("MissingMember {AT}.environmentFiles[0].type"), format!("InvalidValue {at}")]
    );
}

#[test]
fn whatever_is_fetched_for_a_task_needs_an_execution_role() {
    let credentials = json!({ "repositoryCredentials": { "credentialsParameter": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:hub-a1b2c3" } });
    let files = json!({ "environmentFiles": [{ "type": "s3", "value": "arn:aws:s3:::config/web.env" }] });
    let plain = json!({ "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1" });
    for (container, expected) in [(credentials, true), (files, true), (plain, false)] {
        let mut definition = task(json!({}), container.clone());
        let refused = |definition: &Value| {
            let (_, findings) = validated(definition, &context(&[], iam::Mode::Irsa));
            findings.iter().any(|f| f.code == "MissingMember" && f.path == "executionRoleArn")
        };
        assert!(!refused(&definition), "{container}");
        definition.as_object_mut().unwrap().remove("executionRoleArn");
        assert_eq!(refused(&definition), expected, "{container}");
    }
}
