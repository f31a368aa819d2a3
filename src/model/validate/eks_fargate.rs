//! EKS Fargate's own rules, for services whose provider is a Fargate profile. What ECS's Fargate refuses as well
//! is refused by `fargate` already: privileged containers, the node's paths and network, GPUs, DAEMON services.
//!
//! Source: the EKS user guide, "AWS Fargate considerations" and "Fargate Pod configuration".

use super::Report;
use crate::api::labels;
use crate::capacity::fargate;
use crate::finding::{Code, Path};
use crate::model::service::Capacity;
use crate::model::task::{Arch, Os, Task};

/// Most GiB that a pod can ask for.
const MOST_STORAGE: u32 = 175;

/// Says how pods come to a profile.
pub(super) fn profile(profile: &str, label: &str, path: Path<'_>, report: &mut Report<'_>) {
    let pods = format!("{}={label}", labels::CAPACITY_PROVIDER);
    report.advise(
        Code::FargateProfileRequired,
        path,
        format!("EKS runs the pods on Fargate where the profile {profile} selects their namespace and the label {pods}."),
        format!("aws eks create-fargate-profile --cluster-name CLUSTER --fargate-profile-name {profile} --pod-execution-role-arn ROLE --subnets SUBNETS --selectors 'namespace=NAMESPACE,labels={{{pods}}}'"),
    );
}

/// Looks at a task whose pods go to Fargate profiles.
pub(super) fn task(capacity: &[Capacity], task: &Task, report: &mut Report<'_>) {
    let Some(label) = capacity.iter().find_map(|c| c.profile.as_ref().map(|_| &c.label)) else { return };
    let platform = Path::ROOT.member("runtimePlatform");
    let storage = Path::ROOT.member("ephemeralStorage");
    let default_arm = task.arch.is_none() && report.context.default_architecture == Arch::Arm64.as_str();
    let faults: [(bool, Path<'_>, String); 3] = [
        (
            task.os != Os::Linux,
            platform.member("operatingSystemFamily"),
            "EKS Fargate runs no Windows.".to_owned(),
        ),
        (
            task.arch == Some(Arch::Arm64) || default_arm,
            platform.member("cpuArchitecture"),
            "EKS Fargate runs no Arm: set cpuArchitecture to X86_64, with an image for it.".to_owned(),
        ),
        (
            task.ephemeral_storage.is_some_and(|size| size > MOST_STORAGE),
            storage.member("sizeInGiB"),
            format!("EKS Fargate gives a pod at most {MOST_STORAGE} GiB of disk space."),
        ),
    ];
    for (is_so, path, message) in faults {
        if is_so {
            report.advise(
                Code::FargateProfileRefuses,
                path,
                message,
                format!("Or run the service on nodes: take kubernetes.fargateProfile out of CapacityProvider {label}."),
            );
        }
    }
    let (Some(cpu), Some(memory)) = (task.cpu, task.memory) else { return };
    match fargate::of_pod(cpu, memory) {
        Some((units, mib)) if (units, mib) != (cpu, memory) => report.add(
            Code::FargateSizeRoundedUp,
            Path::ROOT.member("memory"),
            format!("EKS adds 256 MiB for itself and takes the next size: {units} CPU units and {mib} MiB are billed."),
        ),
        Some(_) => {}
        None => report.advise(
            Code::FargateProfileRefuses,
            Path::ROOT.member("memory"),
            "With the 256 MiB that EKS adds for itself no Fargate configuration is large enough.",
            "Ask for less memory, or run the service on nodes.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::{context, inputs, merge};
    use super::super::{Context, service};

    fn told(task: &Value, context: &Context) -> Vec<String> {
        let mut definition = json!({
            "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "1024", "memory": "4096",
        });
        merge(&mut definition, task);
        let mut inputs = inputs(&definition, &json!({ "launchType": "FARGATE" }));
        let profile = json!({ "name": "FARGATE", "kubernetes": { "fargateProfile": "apps" } });
        inputs.providers.insert("fargate".into(), serde_json::from_value(profile).unwrap());
        let (_, findings) = service(&inputs, context);
        let all = findings.task_definition.into_iter().chain(findings.service);
        all.filter(|f| f.code.starts_with("FargateProfile") || f.code.starts_with("FargateSize"))
            .map(|f| format!("{} {}", f.code, f.path))
            .collect()
    }

    #[test]
    fn a_fargate_profile_has_rules_of_its_own() {
        const PROFILE: &str = "FargateProfileRequired launchType";
        const ROUNDED: &str = "FargateSizeRoundedUp memory";
        let arch = json!({ "runtimePlatform": { "cpuArchitecture": "ARM64" } });
        for (task, expected) in [
            (json!({}), vec![ROUNDED, PROFILE]),
            (arch, vec!["FargateProfileRefuses runtimePlatform.cpuArchitecture", ROUNDED, PROFILE]),
            (
                json!({ "ephemeralStorage": { "sizeInGiB": 176 } }),
                vec!["FargateProfileRefuses ephemeralStorage.sizeInGiB", ROUNDED, PROFILE],
            ),
            (json!({ "ephemeralStorage": { "sizeInGiB": 175 } }), vec![ROUNDED, PROFILE]),
            (json!({ "cpu": "32768", "memory": "249856" }), vec!["FargateProfileRefuses memory", PROFILE]),
        ] {
            assert_eq!(told(&task, &context()), expected, "{task}");
        }
        let arm = Context { default_architecture: "arm64".into(), ..context() };
        let expected = ["FargateProfileRefuses runtimePlatform.cpuArchitecture", ROUNDED, PROFILE];
        assert_eq!(told(&json!({}), &arm), expected);
    }
}
