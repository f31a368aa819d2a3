use serde_json::{Value, json};

use crate::model::validate::tests::told;
use crate::model::volume::{Nfs, VolumeSource};
use crate::policy::{Mode, Policy};

const AT: &str = "volumes[0]";
const WINDOWS: &str = "WINDOWS_SERVER_2022_CORE";

/// Findings about a task definition with this one volume, which its container mounts; paths below the volume start
/// with a dot.
fn about(volume: &Value, os: &str) -> Vec<String> {
    let mut named = volume.clone();
    named["name"] = json!("v");
    let target = if os == "LINUX" { "/v" } else { "C:\\v" };
    let found = told(
        &json!({
            "runtimePlatform": { "operatingSystemFamily": os },
            "taskRoleArn": null,
            "volumes": [named],
            "containerDefinitions": [{
                "name": "app", "image": "app:1", "memory": 128,
                "mountPoints": [{ "sourceVolume": "v", "containerPath": target }],
            }],
        }),
        &json!({}),
    );
    found.iter().map(|f| f.replace(AT, "")).collect()
}

fn docker(configuration: &Value) -> Value {
    json!({ "dockerVolumeConfiguration": configuration })
}

fn nfs(options: &str) -> Value {
    docker(&json!({ "driverOpts": { "type": "nfs", "device": ":/exports/data", "o": options } }))
}

#[test]
fn a_volume_of_the_task_is_empty_at_first() {
    for volume in [
        json!({}),
        json!({ "host": {} }),
        json!({ "host": { "sourcePath": "" } }),
        docker(&json!({})),
        docker(&json!({ "scope": "task", "driver": "local" })),
    ] {
        assert_eq!(about(&volume, "LINUX"), ["VolumeContentNotCopied "], "{volume}");
    }
}

#[test]
fn a_volume_has_one_source() {
    let efs = json!({ "fileSystemId": "fs-12345678" });
    let both = json!({ "host": { "sourcePath": "/data" }, "efsVolumeConfiguration": efs });
    assert_eq!(about(&both, "LINUX"), ["InvalidValue "]);
    let empty = json!({ "host": {}, "dockerVolumeConfiguration": {}, "efsVolumeConfiguration": efs });
    assert!(about(&empty, "LINUX").is_empty());
}

#[test]
fn paths_of_the_node_need_a_grant_and_have_to_exist_there() {
    for (path, os, expected) in [
        ("/data", "LINUX", &["NotGranted"][..]),
        ("/data/../etc", "LINUX", &["NotGranted", "InvalidValue"]),
        ("data", "LINUX", &["NotGranted", "InvalidValue"]),
        ("/a:b", "LINUX", &["NotGranted", "InvalidValue"]),
        ("C:\\data", "LINUX", &["NotGranted", "WindowsNeedsRuntimePlatform"]),
        ("/var/run/docker.sock", "LINUX", &["NotGranted", "DockerSocketUnavailable"]),
        ("/run/docker.sock/", "LINUX", &["NotGranted", "DockerSocketUnavailable"]),
        ("/var/lib/docker/containers", "LINUX", &["NotGranted", "DockerFilesUnavailable"]),
        ("/var/lib/dockerx", "LINUX", &["NotGranted"]),
        ("C:\\data", WINDOWS, &["NotGranted"]),
        ("data", WINDOWS, &["NotGranted", "InvalidValue"]),
        (r"\\.\pipe\docker_engine", WINDOWS, &["NotGranted", "DockerSocketUnavailable"]),
    ] {
        let found = about(&json!({ "host": { "sourcePath": path } }), os);
        let mut expected: Vec<_> = expected.iter().map(|code| format!("{code} .host.sourcePath")).collect();
        let mut found = found;
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{path} {os}");
    }
}

#[test]
fn shared_docker_volumes_are_directories_of_the_node() {
    let at = ".dockerVolumeConfiguration";
    let found = about(&docker(&json!({ "scope": "shared", "autoprovision": true })), "LINUX");
    assert_eq!(found, [format!("NotGranted {at}.scope"), format!("SharedVolumeOnNode {at}.scope")]);
    let found = about(&docker(&json!({ "autoprovision": true })), "LINUX");
    assert_eq!(found, [format!("InvalidValue {at}.autoprovision"), "VolumeContentNotCopied ".to_owned()]);
}

#[test]
fn what_docker_mounts_is_carried_over_or_refused() {
    for (configuration, expected) in [
        (json!({ "driver": "rexray/ebs" }), Some("DockerVolumeDriverUnsupported .driver")),
        (json!({ "driverOpts": { "size": "10G" } }), Some("DockerVolumeDriverUnsupported .driverOpts")),
        (
            json!({ "driverOpts": { "type": "ext4", "device": "/dev/xvdb" } }),
            Some("DockerVolumeDriverUnsupported .driverOpts"),
        ),
        (
            json!({ "driverOpts": { "type": "cifs", "device": "//s/x", "o": "username=u,password=p" } }),
            Some("DockerVolumeDriverUnsupported .driverOpts"),
        ),
        (
            json!({ "driverOpts": { "type": "nfs", "device": ":/x" } }),
            Some("InvalidValue .driverOpts.device"),
        ),
        (
            json!({ "driverOpts": { "type": "nfs", "o": "addr=10.0.0.1" } }),
            Some("InvalidValue .driverOpts.device"),
        ),
        (json!({ "driverOpts": { "type": "nfs", "device": "10.0.0.1:/x" } }), None),
        (json!({ "driverOpts": { "type": "nfs4", "device": ":/", "o": "addr=nas.corp,rw,hard" } }), None),
        (json!({ "driverOpts": { "type": "tmpfs", "device": "tmpfs", "o": "size=100m" } }), None),
        (
            json!({ "driverOpts": { "type": "tmpfs", "o": "size=50%,uid=1000" } }),
            Some("DockerVolumeOptionsIgnored .driverOpts.o"),
        ),
        (
            json!({ "driverOpts": { "type": "none", "device": "/data", "o": "bind" } }),
            Some("NotGranted .driverOpts.device"),
        ),
    ] {
        let expected: Vec<_> =
            expected.map(|e| e.replace(" .", " .dockerVolumeConfiguration.")).into_iter().collect();
        assert_eq!(about(&docker(&configuration), "LINUX"), expected, "{configuration}");
    }
    let shared = json!({ "scope": "shared", "driverOpts": { "type": "tmpfs" } });
    let expected = "DockerVolumeDriverUnsupported .dockerVolumeConfiguration.driverOpts";
    assert_eq!(about(&docker(&shared), "LINUX"), [expected]);
    assert_eq!(about(&nfs("addr=10.0.0.1"), WINDOWS), [expected]);
}

#[test]
fn only_options_of_nfs_reach_the_node() {
    let at = "DockerVolumeOptionsIgnored .dockerVolumeConfiguration.driverOpts.o";
    for option in
        ["suid", "dev", "bind", "exec", "context=x", "remount", "sec", "rsize=1 ", "vers=4/x", "fsc=t"]
    {
        // Spaces around an option are no part of it.
        let expected: &[&str] = if option.ends_with(' ') { &[] } else { &[at] };
        assert_eq!(about(&nfs(&format!("addr=10.0.0.1,{option}")), "LINUX"), expected, "{option}");
    }
    for option in
        ["nfsvers=4.1", "hard", "timeo=600", "retrans=2", "sec=krb5p", "noatime", "nolock", "nconnect=4"]
    {
        assert!(about(&nfs(&format!("addr=10.0.0.1,{option}")), "LINUX").is_empty(), "{option}");
    }
}

#[test]
fn a_password_among_the_options_is_not_repeated() {
    let definition = json!({ "family": "web", "volumes": [{ "name": "v", "dockerVolumeConfiguration": {
        "driverOpts": { "type": "cifs", "device": "//s/x", "o": "username=u,password=hunter2" } } }] });
    let spec = serde_json::from_value(definition).unwrap();
    let (_, findings) = super::super::task_definition(&spec, &crate::model::validate::tests::context());
    assert!(!format!("{findings:?}").contains("hunter2"));
}

#[test]
fn mount_options_are_kept_but_those_that_kubernetes_has_words_for() {
    let definition = json!({ "family": "web", "containerDefinitions": [{ "name": "a", "image": "a", "memory": 64 }],
        "volumes": [{ "name": "v", "dockerVolumeConfiguration": {
            "driverOpts": { "type": "nfs4", "device": ":/exports", "o": "addr=nas,ro,hard,rsize=1048576" } } }] });
    let spec = serde_json::from_value(definition).unwrap();
    let mut context = crate::model::validate::tests::context();
    context.policy = Policy::new(Mode::Permissive, None);
    let (task, findings) = super::super::task_definition(&spec, &context);
    let expected = Nfs {
        server: "nas".into(),
        path: "/exports".into(),
        options: vec!["hard".into(), "rsize=1048576".into(), "nfsvers=4".into()],
        read_only: true,
    };
    let source = task.unwrap_or_else(|| panic!("{findings:#?}")).volumes.remove(0).source;
    assert_eq!(source, VolumeSource::FileSystem(super::FileSystem::Nfs(expected)));
}

#[test]
fn file_systems() {
    let id = "fs-0123456789abcdef0";
    let arn = "arn:aws:s3files:eu-west-1:123456789012:file-system/fs-0123456789abcdef0";
    let account = json!({ "credentialsParameter": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:fsx-a1b2c3", "domain": "corp.example.com" });
    for (member, configuration, os, expected) in [
        ("efs", json!({ "fileSystemId": id }), "LINUX", vec![]),
        ("efs", json!({ "fileSystemId": id, "rootDirectory": "/a" }), "LINUX", vec![]),
        ("efs", json!({}), "LINUX", vec!["MissingMember .fileSystemId"]),
        ("efs", json!({ "fileSystemId": "data" }), "LINUX", vec!["InvalidValue .fileSystemId"]),
        ("efs", json!({ "fileSystemId": id }), WINDOWS, vec!["InvalidValue "]),
        (
            "efs",
            json!({ "fileSystemId": id, "rootDirectory": "a" }),
            "LINUX",
            vec!["InvalidValue .rootDirectory"],
        ),
        (
            "efs",
            json!({ "fileSystemId": id, "transitEncryption": "ENABLED", "authorizationConfig": { "iam": "ENABLED" } }),
            "LINUX",
            vec!["EfsIamUsesNodeIdentity .authorizationConfig.iam"],
        ),
        (
            "efs",
            json!({ "fileSystemId": id, "authorizationConfig": { "iam": "ENABLED" } }),
            "LINUX",
            vec!["EfsIamUsesNodeIdentity .authorizationConfig.iam", "InvalidValue .transitEncryption"],
        ),
        (
            "efs",
            json!({ "fileSystemId": id, "rootDirectory": "/a", "transitEncryption": "ENABLED",
                    "authorizationConfig": { "accessPointId": "fsap-0123456789abcdef0" } }),
            "LINUX",
            vec!["InvalidValue .rootDirectory"],
        ),
        (
            "efs",
            json!({ "fileSystemId": id, "transitEncryption": "ENABLED", "transitEncryptionPort": 70000 }),
            "LINUX",
            vec!["InvalidValue .transitEncryptionPort"],
        ),
        (
            "s3files",
            json!({ "fileSystemArn": arn }),
            "LINUX",
            vec!["EfsIamUsesNodeIdentity ", "MissingMember taskRoleArn", "S3FilesNeedsDriver "],
        ),
        (
            "s3files",
            json!({ "fileSystemArn": id, "accessPointArn": "x", "rootDirectory": "/x" }),
            "LINUX",
            vec![
                "EfsIamUsesNodeIdentity ",
                "InvalidValue .accessPointArn",
                "InvalidValue .fileSystemArn",
                "InvalidValue .rootDirectory",
                "MissingMember taskRoleArn",
                "S3FilesNeedsDriver ",
            ],
        ),
        (
            "fsxWindowsFileServer",
            json!({ "fileSystemId": id, "rootDirectory": "\\share\\data", "authorizationConfig": account }),
            WINDOWS,
            vec![
                "FsxServerAssumed .fileSystemId",
                "VolumeSecretRequired .authorizationConfig.credentialsParameter",
            ],
        ),
        (
            "fsxWindowsFileServer",
            json!({ "fileSystemId": id, "rootDirectory": "\\", "authorizationConfig": { "credentialsParameter": "$(x)", "domain": "d" } }),
            "LINUX",
            vec![
                "InvalidValue ",
                "InvalidValue .authorizationConfig.credentialsParameter",
                "InvalidValue .rootDirectory",
            ],
        ),
        (
            "fsxWindowsFileServer",
            json!({}),
            WINDOWS,
            vec![
                "MissingMember .authorizationConfig",
                "MissingMember .fileSystemId",
                "MissingMember .rootDirectory",
            ],
        ),
    ] {
        let member = format!("{member}VolumeConfiguration");
        let mut found = about(&json!({ &member: configuration }), os);
        for finding in &mut found {
            *finding = finding.replace(&format!(".{member}"), "");
        }
        found.sort();
        assert_eq!(found, expected, "{member} {configuration}");
    }
}

#[test]
fn the_command_that_fills_a_secret_reads_it_from_where_ecs_does() {
    let read = |arn: &str| super::fsx::fill("shop", "s", arn, "corp");
    assert!(read("arn:aws:secretsmanager:r:1:secret:x").contains("get-secret-value --secret-id arn:"));
    assert!(read("arn:aws:ssm:r:1:parameter/a/b").contains("--name /a/b "));
    assert!(read("arn:aws:ssm:r:1:parameter/flat").contains("--name flat "));
}
