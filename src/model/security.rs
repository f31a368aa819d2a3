//! What a container may do.

/// What a container may do, and as whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Security {
    /// User and group that it runs as.
    pub user: Option<User>,
    /// Whether it has root's powers on its node; capabilities say nothing then.
    pub privileged: bool,
    /// Whether its root file system is read-only.
    pub readonly_root: bool,
    /// Kernel capabilities beyond the runtime's default set; none that is also in `drop`.
    pub add: Vec<&'static str>,
    /// Kernel capabilities that are taken out of the runtime's default set.
    pub drop: Vec<&'static str>,
    /// Whether programs in it can never get more privileges than they are started with.
    pub no_new_privileges: bool,
    /// AppArmor profile, where it is not the runtime's default.
    pub apparmor: Option<AppArmor>,
    /// Parts of its SELinux label.
    pub selinux: SeLinux,
}

/// Numeric user, and group if given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User {
    /// User id.
    pub uid: i64,
    /// Group id.
    pub gid: Option<i64>,
}

/// An AppArmor profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppArmor {
    /// The runtime's own.
    RuntimeDefault,
    /// None.
    Unconfined,
    /// One that is loaded on the nodes, by name.
    Localhost(String),
}

/// SELinux types of containers that are kept away from the node. Source: the Pod Security Standards, baseline.
pub const SELINUX_CONFINED_TYPES: &[&str] =
    &["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/// Kernel parameters that the kubelet sets without being told that it may; the Pod Security Standards allow the same.
///
/// Source: Kubernetes, "Using sysctls in a Kubernetes Cluster".
pub const SAFE_SYSCTLS: &[&str] = &[
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
];

/// Parts of an SELinux label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeLinux {
    /// SELinux user.
    pub user: Option<String>,
    /// SELinux role.
    pub role: Option<String>,
    /// SELinux type.
    pub type_: Option<String>,
    /// SELinux level.
    pub level: Option<String>,
}

/// Whose processes the containers of a task see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Processes {
    /// Each its own.
    #[default]
    Container,
    /// Those of each other.
    Task,
    /// Those of the node.
    Host,
}

/// What the containers of a task share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// Process ids.
    pub processes: Processes,
    /// Whether they use the node's System V IPC and message queues. Among themselves they always share them.
    pub host_ipc: bool,
}
