//! FSx for Windows File Server.

use super::is_id;
use crate::api::ecs::FsxWindowsFileServerVolumeConfiguration;
use crate::finding::{Code, Path};
use crate::model::name::hash;
use crate::model::task::Os;
use crate::model::validate::Report;
use crate::model::volume::{FileSystem, Smb};
use crate::policy::Privilege;

pub(super) fn validate(
    fsx: &FsxWindowsFileServerVolumeConfiguration,
    os: Os,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<FileSystem> {
    if os == Os::Linux {
        report.advise(
            Code::InvalidValue,
            path,
            "FSx for Windows File Server volumes are for Windows tasks, and the task runs on Linux.",
            "Set runtimePlatform.operatingSystemFamily, for example to WINDOWS_SERVER_2022_CORE.",
        );
    }
    let id = path.member("fileSystemId");
    let file_system = report.required(fsx.file_system_id.as_deref(), id, "fileSystemId");
    if let Some(file_system) = file_system {
        report.grant(Privilege::VolumeHandles, file_system, id);
        if !is_id(file_system, "fs-") {
            report.add(Code::InvalidValue, id, format!("{file_system:?} is no file system id."));
        }
    }
    let root = path.member("rootDirectory");
    let directory = report.required(fsx.root_directory.as_deref(), root, "rootDirectory");
    let share = directory.map(|d| d.replace('\\', "/").trim_matches('/').to_owned());
    if let Some(share) = &share
        && (share.is_empty() || share.contains(['#', ':']) || share.split('/').any(|part| part == ".."))
    {
        report.advise(
            Code::InvalidValue,
            root,
            "rootDirectory names no share of the file server.",
            r#"Write share and directory, such as "\share\data"."#,
        );
    }
    let config = path.member("authorizationConfig");
    let Some(authorization) = &fsx.authorization_config else {
        report.add(Code::MissingMember, config, "authorizationConfig is required.");
        return None;
    };
    let member = config.member("credentialsParameter");
    let credentials =
        report.required(authorization.credentials_parameter.as_deref(), member, "credentialsParameter");
    let domain = report.required(authorization.domain.as_deref(), config.member("domain"), "domain");
    let (file_system, path_on_server) = (file_system?, share?);
    let (credentials, domain) = (credentials?, domain?);
    let legal = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    if !domain.bytes().all(legal) {
        report.add(
            Code::InvalidValue,
            config.member("domain"),
            format!("{domain:?} is no name of a domain."),
        );
    }
    // It is printed as part of a command.
    let plain = |b: u8| b.is_ascii_alphanumeric() || b":/_+=.@-".contains(&b);
    if !credentials.starts_with("arn:") || !credentials.bytes().all(plain) {
        report.advise(
            Code::InvalidValue,
            member,
            format!("{credentials:?} is no ARN of a secret or a parameter."),
            "Write the ARN of the Secrets Manager secret or the Systems Manager parameter.",
        );
        return None;
    }
    let server = format!("{file_system}.{}", domain.to_ascii_lowercase());
    report.advise(
        Code::FsxServerAssumed,
        id,
        format!("The share is mounted from {server}; the file system may answer to another name only."),
        format!(
            "Compare `aws fsx describe-file-systems --file-system-ids {file_system} --query \
             'FileSystems[0].DNSName'`; where it differs, add the alias: aws fsx associate-file-system-aliases \
             --file-system-id {file_system} --aliases {server}"
        ),
    );
    let secret = format!("ecs-fsx-{}", hash(format!("{credentials:?} {domain:?}"), 12));
    report.advise(
        Code::VolumeSecretRequired,
        member,
        format!("The share is mounted with username, password and domain of the Secret {secret}, which has to exist."),
        fill(&report.context.namespace.clone(), &secret, credentials, domain),
    );
    Some(FileSystem::Smb(Smb { server, path: path_on_server, secret }))
}

/// The command that makes the Secret of what AWS holds; the values are only seen by the shell that runs it.
pub(super) fn fill(namespace: &str, secret: &str, credentials: &str, domain: &str) -> String {
    let read = if credentials.contains(":secretsmanager:") {
        format!("aws secretsmanager get-secret-value --secret-id {credentials} --query SecretString")
    } else {
        let name = credentials.split_once(":parameter/").map_or(credentials, |(_, name)| name);
        let slash = if credentials.contains(":parameter/") && name.contains('/') { "/" } else { "" };
        format!("aws ssm get-parameter --with-decryption --name {slash}{name} --query Parameter.Value")
    };
    format!(
        "credentials=$({read} --output text) && kubectl create secret generic {secret} -n {namespace} \
         --from-literal=domain={domain} --from-literal=username=\"$(jq -r .username <<<\"$credentials\")\" \
         --from-literal=password=\"$(jq -r .password <<<\"$credentials\")\""
    )
}
