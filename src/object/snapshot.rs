//! Volume snapshots: an API that clusters have by installation only, as far as we write it.

use k8s_openapi::api::core::v1::ObjectReference;
use kube::core::ObjectMeta;
use serde::Serialize;

/// API group of snapshots.
pub const GROUP: &str = "snapshot.storage.k8s.io";
/// Its version.
pub const VERSION: &str = "v1";
const API_VERSION: &str = "snapshot.storage.k8s.io/v1";

/// A snapshot, as claims of its namespace refer to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumeSnapshot {
    api_version: &'static str,
    kind: &'static str,
    /// Metadata.
    pub metadata: ObjectMeta,
    /// What it stands for.
    pub spec: VolumeSnapshotSpec,
}

/// Where a snapshot comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VolumeSnapshotSpec {
    /// Its source.
    pub source: VolumeSnapshotSource,
}

/// A snapshot that exists.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumeSnapshotSource {
    /// Name of the [`VolumeSnapshotContent`].
    pub volume_snapshot_content_name: String,
}

/// A snapshot of a storage system.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumeSnapshotContent {
    api_version: &'static str,
    kind: &'static str,
    /// Metadata.
    pub metadata: ObjectMeta,
    /// Which snapshot of which driver it is.
    pub spec: VolumeSnapshotContentSpec,
}

/// Which snapshot of which driver.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumeSnapshotContentSpec {
    /// `Retain`: deleting the object never deletes the snapshot.
    pub deletion_policy: &'static str,
    /// Name of the CSI driver.
    pub driver: String,
    /// The snapshot.
    pub source: VolumeSnapshotContentSource,
    /// The [`VolumeSnapshot`] that may have it.
    pub volume_snapshot_ref: ObjectReference,
}

/// A snapshot by the driver's id.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumeSnapshotContentSource {
    /// Id of the snapshot.
    pub snapshot_handle: String,
}

impl VolumeSnapshot {
    /// The snapshot that `content` is.
    #[must_use]
    pub const fn new(metadata: ObjectMeta, content: String) -> Self {
        let source = VolumeSnapshotSource { volume_snapshot_content_name: content };
        Self {
            api_version: API_VERSION,
            kind: "VolumeSnapshot",
            metadata,
            spec: VolumeSnapshotSpec { source },
        }
    }
}

impl VolumeSnapshotContent {
    /// An existing snapshot of a driver, for one [`VolumeSnapshot`].
    #[must_use]
    pub fn new(metadata: ObjectMeta, driver: &str, snapshot: &str, of: ObjectReference) -> Self {
        Self {
            api_version: API_VERSION,
            kind: "VolumeSnapshotContent",
            metadata,
            spec: VolumeSnapshotContentSpec {
                deletion_policy: "Retain",
                driver: driver.to_owned(),
                source: VolumeSnapshotContentSource { snapshot_handle: snapshot.to_owned() },
                volume_snapshot_ref: of,
            },
        }
    }
}
