//! Roles and secrets.

use serde_json::{Value, json};

use crate::support::{rendered, task, with};

const TASK: &str = "arn:aws:iam::123456789012:role/task";
const EXECUTION: &str = "arn:aws:iam::123456789012:role/execution";

fn secret_task(secrets: &Value) -> Value {
    with(task(&json!([{"name": "app", "secrets": secrets}])), &json!({"executionRoleArn": EXECUTION}))
}

#[test]
fn the_application_has_the_task_role_and_never_the_execution_role() {
    let roles = json!({"taskRoleArn": TASK, "executionRoleArn": EXECUTION});
    let secrets = json!([{"name": "A", "valueFrom": "/app/a"}]);
    let made = rendered(&[with(task(&json!([{"name": "app", "secrets": secrets}])), &roles)]);
    let account = made.pod()["serviceAccountName"].as_str().unwrap();
    let accounts = made.all("ServiceAccount");
    let own = accounts.iter().find(|object| object["metadata"]["name"] == account).unwrap();
    assert_eq!(own["metadata"]["annotations"]["eks.amazonaws.com/role-arn"], TASK);
}

#[test]
fn an_execution_role_alone_gives_the_application_no_role() {
    let made = rendered(&[with(task(&json!([{"name": "app"}])), &json!({"executionRoleArn": EXECUTION}))]);
    assert!(!made.text.contains(EXECUTION), "{}", made.text);
}

#[test]
fn two_services_of_one_task_definition_do_not_share_a_service_account() {
    let service = |name: &str| json!({"serviceName": name, "taskDefinition": "app", "desiredCount": 1});
    let made = rendered(&[task(&json!([{"name": "app"}])), service("blue"), service("green")]);
    let accounts: Vec<_> = made
        .all("Deployment")
        .iter()
        .map(|object| object["spec"]["template"]["spec"]["serviceAccountName"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(accounts, ["blue", "green"]);
}

#[test]
fn a_bare_parameter_name_is_a_secret_like_any_other() {
    for reference in [
        "db-password",
        "/app/db-password",
        "arn:aws:ssm:eu-west-1:123456789012:parameter/app/db-password",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf:password::",
    ] {
        let secrets = json!([{"name": "PASSWORD", "valueFrom": reference}]);
        let made = rendered(&[secret_task(&secrets)]);
        let variable = &made.container("app")["env"][0];
        assert_eq!(variable["name"], "PASSWORD");
        assert!(variable["valueFrom"]["secretKeyRef"]["name"].is_string(), "{reference}: {variable}");
        assert!(variable.get("value").is_none(), "{variable}");
    }
}

#[test]
fn a_wrong_reference_is_refused_by_its_path_and_takes_no_other_secret_along() {
    let secrets = json!([
        {"name": "GOOD", "valueFrom": "/app/good"},
        {"name": "BAD", "valueFrom": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf:password"},
    ]);
    let made = rendered(&[secret_task(&secrets)]);
    assert_eq!(made.objects.len(), 0, "{}", made.text);
    let errors: Vec<_> = made.findings.iter().filter(|finding| finding.is_error()).collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].path.starts_with("containerDefinitions[0].secrets[1]"), "{errors:?}");
    assert!(!errors[0].message.contains("/app/good"));
}
