//! What names mean in a pod.

use k8s_openapi::api::core::v1::{HostAlias, PodDNSConfig, PodSpec};

use super::container::some;
use crate::model::Task;
use crate::model::network::Network;

/// /etc/hosts, DNS and the host name of the pod.
pub(super) fn of_pod(task: &Task, spec: &mut PodSpec) {
    let names = &task.names;
    let aliases = names.hosts.iter();
    let aliases = aliases.map(|(ip, hosts)| HostAlias { ip: ip.clone(), hostnames: Some(hosts.clone()) });
    spec.host_aliases = some(aliases.collect());
    let dns = PodDNSConfig {
        nameservers: some(names.servers.clone()),
        searches: some(names.searches.clone()),
        options: None,
    };
    spec.dns_config = (dns != PodDNSConfig::default()).then_some(dns);
    spec.hostname.clone_from(&names.hostname);
    let host = task.network == Network::Host;
    spec.host_network = host.then_some(true);
    spec.dns_policy = host.then(|| "ClusterFirstWithHostNet".to_owned());
}
