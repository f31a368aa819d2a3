//! How a task is connected.

use std::collections::BTreeMap;

/// Whose network a task uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// Its own: `awsvpc` and `bridge` both become the pod's.
    Pod,
    /// Nobody's: the pod has a network that a NetworkPolicy lets nothing through.
    Denied,
    /// The node's.
    Host,
}

/// What names mean in a task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Lines of /etc/hosts: names by address, each name once.
    pub hosts: BTreeMap<String, Vec<String>>,
    /// Addresses of DNS servers besides the cluster's; at most 3.
    pub servers: Vec<String>,
    /// Domains in which short names are looked up besides the cluster's; at most 32.
    pub searches: Vec<String>,
    /// The task's own host name, a DNS label.
    pub hostname: Option<String>,
}
