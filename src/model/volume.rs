//! Volumes of a task.

use std::collections::BTreeMap;

use super::task::Name;

/// A volume that needs nothing but the task definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Name, unique in the task.
    pub name: Name,
    /// What it is.
    pub source: VolumeSource,
}

/// What a volume is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VolumeSource {
    /// An empty directory that lives and dies with the task.
    TaskScoped,
    /// The same in memory, of at most so many bytes.
    Memory {
        /// Bytes; `None` for as much as the task's memory allows.
        size: Option<u64>,
    },
    /// A path of the node.
    Host {
        /// Absolute path.
        path: String,
        /// What has to be there.
        expect: Expect,
    },
    /// A directory of an existing file system.
    FileSystem(FileSystem),
}

/// What is expected at a path of the node before a container starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Anything: a directory, a file, a socket; a directory is made where nothing is.
    Anything,
    /// A directory, or the task does not start.
    Directory,
    /// A directory, which is made where it is missing.
    DirectoryOrCreate,
}

/// A directory of a file system outside of the cluster. What it holds outlives every task and service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileSystem {
    /// Amazon EFS.
    Efs(Efs),
    /// Amazon S3 Files.
    S3Files(S3Files),
    /// Amazon FSx for Windows File Server.
    Smb(Smb),
    /// Any NFS server.
    Nfs(Nfs),
}

/// A directory of an EFS file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Efs {
    /// `fs-…`.
    pub file_system: String,
    /// Directory that is mounted; empty for the root.
    pub directory: String,
    /// `fsap-…`.
    pub access_point: Option<String>,
    /// Whether the traffic is encrypted.
    pub encrypted: bool,
    /// Whether the mount is authorized by IAM.
    pub iam: bool,
}

/// A directory of an S3 Files file system. Always encrypted and authorized by IAM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Files {
    /// `fs-…`.
    pub file_system: String,
    /// Directory that is mounted; empty for the root.
    pub directory: String,
    /// `fsap-…`.
    pub access_point: Option<String>,
}

/// A share of a Windows file server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Smb {
    /// DNS name of the server.
    pub server: String,
    /// Share and directory, with `/` in between and none at the ends.
    pub path: String,
    /// Name of the Secret with `username`, `password` and `domain`, which is not ours to make.
    pub secret: String,
}

/// A directory of an NFS server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nfs {
    /// Name or address of the server.
    pub server: String,
    /// Absolute path on it.
    pub path: String,
    /// Mount options.
    pub options: Vec<String>,
    /// Whether nobody writes to it.
    pub read_only: bool,
}

/// The EBS volume that ECS makes for each task and deletes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ebs {
    /// Name of the task definition's volume.
    pub name: Name,
    /// Size in GiB.
    pub size: u32,
    /// Parameters of the StorageClass, which depend on nothing but the definition.
    pub parameters: BTreeMap<String, String>,
    /// Snapshot that it starts from, `snap-…`.
    pub snapshot: Option<String>,
}
