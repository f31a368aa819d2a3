//! `environmentFiles`: which ConfigMap or Secret has what a file in S3 has.

use super::{Report, set};
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::ContainerDefinition;
use crate::api::task_definition::EnvironmentFileMapping;
use crate::finding::{Code, Path};
use crate::model::name;
use crate::model::secret::VariablesFrom;

/// Most files that a container has.
const MOST: usize = 10;

/// Where the variables of a container's files come from, in ECS's order: the first that has a variable wins.
pub(super) fn of_container(
    spec: &TaskDefinitionSpec,
    container: &ContainerDefinition,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Vec<VariablesFrom> {
    let list = path.member("environmentFiles");
    let files = &container.environment_files;
    if files.len() > MOST {
        report.add(
            Code::InvalidValue,
            list,
            format!("Too many environment files: a container has at most {MOST}."),
        );
    }
    let mut sources = Vec::new();
    for (i, file) in files.iter().enumerate() {
        let element = list.index(i);
        if file.type_.is_none() {
            report.add(
                Code::MissingMember,
                element.member("type"),
                "type is required, and s3 is the only one.",
            );
        }
        let path = element.member("value");
        let Some(arn) = report.required(file.value.as_deref(), path, "value") else {
            continue;
        };
        let Some((bucket, key)) = object(arn) else {
            report.advise(
                Code::InvalidValue,
                path,
                format!("{arn:?} is no ARN of a file in S3."),
                "Write arn:aws:s3:::BUCKET/FILE.env; ECS only takes files whose name ends in .env.",
            );
            continue;
        };
        let mapped = spec.kubernetes.iter().flat_map(|k| &k.environment_files).find(|m| m.arn == arn);
        match mapped {
            Some(mapping) => {
                sources.extend(source(mapping));
                report.add(
                    Code::EnvironmentFileSnapshotted,
                    path,
                    "ECS reads the file again for every task; here what the ConfigMap or Secret holds counts.",
                );
            }
            None => unmapped(spec, arn, (bucket, key), path, report),
        }
    }
    sources
}

/// Bucket and key of an environment file. Characters that a shell would read do not occur in them.
fn object(arn: &str) -> Option<(&str, &str)> {
    let mut parts = arn.splitn(6, ':');
    let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
    let (bucket, key) = parts.nth(2)?.split_once('/')?;
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+=.@-".contains(&b));
    let legal = arn == "arn" && partition.starts_with("aws") && service == "s3" && !bucket.is_empty();
    (legal && key.ends_with(".env") && plain(bucket) && plain(key)).then_some((bucket, key))
}

fn unmapped(
    spec: &TaskDefinitionSpec,
    arn: &str,
    (bucket, key): (&str, &str),
    path: Path<'_>,
    report: &mut Report<'_>,
) {
    let file = key.rsplit('/').next().unwrap_or(key);
    let file = file.strip_suffix(".env").unwrap_or(file);
    let stem = if file.is_empty() { "env".to_owned() } else { format!("env-{file}") };
    let family = spec.family.as_deref().unwrap_or_default();
    let name = name::label(&format!("{family}-{stem}"), name::CHILD);
    let namespace = &report.context.namespace;
    // kubectl fills a line without "=" from its own environment; ECS leaves such lines out.
    report.advise(
        Code::EnvironmentFileUnmapped,
        path,
        format!("Nothing says where the variables of {arn} are in the cluster."),
        format!(
            "`aws s3 cp s3://{bucket}/{key} - | grep '^[^#=][^=]*=' | kubectl -n {namespace} create secret generic {name} --from-env-file=/dev/stdin`, and in the task definition `kubernetes: {{environmentFiles: [{{arn: \"{arn}\", secretRef: {name}}}]}}` (configMapRef for a ConfigMap)."
        ),
    );
}

fn source(mapping: &EnvironmentFileMapping) -> Option<VariablesFrom> {
    let config_map = set(mapping.config_map_ref.as_deref()).map(str::to_owned);
    let secret = set(mapping.secret_ref.as_deref()).map(str::to_owned);
    config_map.map(VariablesFrom::ConfigMap).or(secret.map(VariablesFrom::Secret))
}

/// Looks at the mappings themselves.
pub(super) fn mappings(spec: &TaskDefinitionSpec, report: &mut Report<'_>) {
    let kubernetes = Path::ROOT.member("kubernetes");
    let list = kubernetes.member("environmentFiles");
    let mappings = spec.kubernetes.iter().flat_map(|k| &k.environment_files);
    for (i, mapping) in mappings.enumerate() {
        let path = list.index(i);
        let arn = mapping.arn.as_str();
        let mut used = spec.container_definitions.iter().flat_map(|c| &c.environment_files);
        if !used.any(|file| file.value.as_deref() == Some(arn)) {
            report.add(
                Code::InvalidReference,
                path.member("arn"),
                format!("No container has the environment file {arn:?}."),
            );
        }
        let both = [("configMapRef", &mapping.config_map_ref), ("secretRef", &mapping.secret_ref)];
        let given: Vec<_> = both.into_iter().filter_map(|(m, v)| Some((m, set(v.as_deref())?))).collect();
        if given.len() != 1 {
            report.add(
                Code::InvalidValue,
                path,
                "Exactly one of configMapRef and secretRef has to be given.",
            );
        }
        for (member, object) in given {
            if !name::is_subdomain(object) {
                let message = format!("{object:?} is no name of a ConfigMap or Secret.");
                report.add(Code::InvalidName, path.member(member), message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::object;

    #[test]
    fn files_are_objects_in_s3_that_end_in_env() {
        assert_eq!(object("arn:aws:s3:::bucket/prod/web.env"), Some(("bucket", "prod/web.env")));
        assert_eq!(object("arn:aws-cn:s3:::bucket/.env"), Some(("bucket", ".env")));
        for other in [
            "arn:aws:s3:::bucket/web.txt",
            "arn:aws:s3:::bucket",
            "arn:aws:ssm:::bucket/web.env",
            "s3://bucket/web.env",
            "arn:aws:s3:::bucket/$(id).env",
        ] {
            assert_eq!(object(other), None, "{other}");
        }
    }
}
