//! What the cluster can do, from a version or a file.

use std::fs;

use serde::Deserialize;

use crate::capabilities::Capabilities;

/// Value of `--capabilities`.
#[derive(Clone, Debug)]
pub(super) struct Source(pub(super) Capabilities);

/// A file of capabilities: a version, and what differs from it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct File {
    #[serde(default = "pinned")]
    version: String,
    pod_resources: Option<bool>,
    restart_rules: Option<bool>,
    restart_all: Option<bool>,
    autoscaler_tolerance: Option<bool>,
    #[serde(default)]
    apis: Vec<String>,
}

fn pinned() -> String {
    "1.36".to_owned()
}

/// Reads the value of `--capabilities`.
pub(super) fn source(text: &str) -> Result<Source, String> {
    if let Some(capabilities) = Capabilities::of_version(text) {
        return Ok(Source(capabilities));
    }
    let looks_like_version =
        text.trim_start_matches('v').bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if looks_like_version {
        return Err("supported versions are 1.33, 1.34, 1.35, 1.36 and 1.37".to_owned());
    }
    let content = fs::read_to_string(text)
        .map_err(|error| format!("{error}; give a version such as 1.36, or a file"))?;
    let file: File = serde_saphyr::from_str(&content).map_err(|error| error.without_snippet().to_string())?;
    let mut capabilities = Capabilities::of_version(&file.version)
        .ok_or_else(|| format!("version {:?} is not supported: 1.33 to 1.37 are", file.version))?;
    let overrides = [
        (&mut capabilities.pod_resources, file.pod_resources),
        (&mut capabilities.restart_rules, file.restart_rules),
        (&mut capabilities.restart_all, file.restart_all),
        (&mut capabilities.autoscaler_tolerance, file.autoscaler_tolerance),
    ];
    for (capability, given) in overrides {
        *capability = given.unwrap_or(*capability);
    }
    capabilities.apis.extend(file.apis);
    Ok(Source(capabilities))
}
