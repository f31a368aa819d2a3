//! Definitions that were written for Windows and do not say so.

use super::Report;
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::OsFamily;
use crate::finding::{Code, Path};

/// On ECS the instance decides; here a pod that does not say so runs on Linux. Mounts look at their paths themselves.
pub(super) fn paths(spec: &TaskDefinitionSpec, report: &mut Report<'_>) {
    let family = spec.runtime_platform.as_ref().and_then(|p| p.operating_system_family);
    if family.is_some_and(|family| family != OsFamily::Linux) {
        return;
    }
    let list = Path::ROOT.member("containerDefinitions");
    for (i, definition) in spec.container_definitions.iter().enumerate() {
        let element = list.index(i);
        let directory = element.member("workingDirectory");
        report_if_windows(definition.working_directory.as_deref(), directory, report);
    }
}

/// Says that a path is of Windows, where it is.
pub(super) fn report_if_windows(text: Option<&str>, path: Path<'_>, report: &mut Report<'_>) -> bool {
    let Some(text) = text.filter(|text| is_windows(text)) else { return false };
    report.advise(
        Code::WindowsNeedsRuntimePlatform,
        path,
        format!("{text:?} is a path of Windows, and the definition does not ask for Windows."),
        "Set runtimePlatform.operatingSystemFamily, for example to WINDOWS_SERVER_2022_CORE.",
    );
    true
}

/// A drive letter or a share.
pub(super) fn is_windows(text: &str) -> bool {
    matches!(text.as_bytes(), [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic())
        || text.starts_with("\\\\")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{container, container_in, told};

    #[test]
    fn windows_paths_need_a_runtime_platform() {
        let patch = json!({ "workingDirectory": "C:\\app" });
        let expected = "WindowsNeedsRuntimePlatform containerDefinitions[0].workingDirectory";
        assert_eq!(told(&container(&patch), &json!({})), [expected]);
        let windows = json!({ "runtimePlatform": { "operatingSystemFamily": "WINDOWS_SERVER_2022_CORE" } });
        assert!(told(&container_in(&patch, &windows), &json!({})).is_empty());
        assert!(told(&container(&json!({ "workingDirectory": "/c:/app" })), &json!({})).is_empty());
    }
}
