//! What names mean in a task: /etc/hosts, DNS, its own host name.

use core::net::IpAddr;
use std::collections::BTreeMap;

use super::{Report, set};
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::NetworkMode;
use crate::finding::{Code, Path};
use crate::model::name;
use crate::model::network::Names;

/// What a pod may have, by the API server's own rule.
const MOST_SERVERS: usize = 3;
/// What a pod may have, by the API server's own rule.
const MOST_SEARCHES: usize = 32;
/// What the search domains of a pod may have together, spaces included, by the API server's own rule.
const MOST_CHARACTERS: usize = 2048;
/// Containers of a pod find each other here.
const LOOPBACK: &str = "127.0.0.1";

pub(super) fn validate(spec: &TaskDefinitionSpec, report: &mut Report<'_>) -> Names {
    let mut hosts = Hosts::default();
    links(spec, &mut hosts, report);
    extra_hosts(spec, &mut hosts, report);
    let (servers, searches) = dns(spec, report);
    Names { hosts: hosts.by_address, servers, searches, hostname: hostname(spec, report) }
}

#[derive(Default)]
struct Hosts {
    by_address: BTreeMap<String, Vec<String>>,
    by_name: BTreeMap<String, String>,
}

impl Hosts {
    /// The first address of a name counts, as in /etc/hosts itself.
    fn add(&mut self, host: &str, address: &str, path: Path<'_>, report: &mut Report<'_>) {
        // Names are looked up without regard to case.
        let spelled = host.to_ascii_lowercase();
        if !is_domain(&spelled) {
            report.advise(
                Code::HostNameLeftOut,
                path,
                format!("{host:?} is no name that Kubernetes writes into /etc/hosts; it does not resolve."),
                "Use a name of letters, digits, hyphens and dots.",
            );
            return;
        }
        match self.by_name.get(&spelled) {
            Some(other) if other == address => {}
            Some(other) => report.add(
                Code::HostsAreShared,
                path,
                format!("{host} is {other} already: the containers of a pod share /etc/hosts, and the first line counts."),
            ),
            None => {
                self.by_name.insert(spelled.clone(), address.to_owned());
                self.by_address.entry(address.to_owned()).or_default().push(spelled);
            }
        }
    }
}

/// A DNS-1123 subdomain.
fn is_domain(text: &str) -> bool {
    text.len() <= 253
        && text.split('.').all(|part| {
            (1..=63).contains(&part.len())
                && !part.starts_with('-')
                && !part.ends_with('-')
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        })
}

fn links(spec: &TaskDefinitionSpec, hosts: &mut Hosts, report: &mut Report<'_>) {
    let list = Path::ROOT.member("containerDefinitions");
    let bridge = matches!(spec.network_mode, None | Some(NetworkMode::Bridge));
    for (i, definition) in spec.container_definitions.iter().enumerate().filter(|_| bridge) {
        let element = list.index(i);
        let links = element.member("links");
        for (j, link) in definition.links.iter().enumerate() {
            let path = links.index(j);
            let (target, alias) = link.split_once(':').unwrap_or((link, link));
            if definition.name.as_deref() == Some(target) {
                report.add(Code::InvalidReference, path, "A container cannot link to itself.");
            } else if !spec.container_definitions.iter().any(|c| c.name.as_deref() == Some(target)) {
                report.add(
                    Code::InvalidReference,
                    path,
                    format!("The task definition has no container {target:?}."),
                );
            } else {
                hosts.add(alias, LOOPBACK, path, report);
                if alias != target && is_domain(&target.to_ascii_lowercase()) {
                    hosts.add(target, LOOPBACK, path, report);
                }
            }
        }
        if !definition.links.is_empty() {
            report.add(
                Code::LinksShareAddress,
                links,
                "Linked containers are reached at 127.0.0.1, which all containers of a pod share; Docker's variables such as DB_PORT are not set.",
            );
        }
    }
}

fn extra_hosts(spec: &TaskDefinitionSpec, hosts: &mut Hosts, report: &mut Report<'_>) {
    let list = Path::ROOT.member("containerDefinitions");
    let mut first = None;
    for (i, definition) in spec.container_definitions.iter().enumerate() {
        let element = list.index(i);
        let entries = element.member("extraHosts");
        for (j, entry) in definition.extra_hosts.iter().enumerate() {
            let path = entries.index(j);
            let host = report.required(entry.hostname.as_deref(), path.member("hostname"), "hostname");
            let address = report.required(entry.ip_address.as_deref(), path.member("ipAddress"), "ipAddress");
            let (Some(host), Some(address)) = (host, address) else { continue };
            if let Ok(address) = address.parse::<IpAddr>() {
                // The API server takes no IPv4 address in IPv6's clothes.
                hosts.add(host, &address.to_canonical().to_string(), path.member("hostname"), report);
            } else {
                report.add(
                    Code::InvalidValue,
                    path.member("ipAddress"),
                    format!("{address:?} is no IP address."),
                );
            }
        }
        if !definition.extra_hosts.is_empty() {
            first = first.or(Some(i));
        }
    }
    let all_alike = spec.container_definitions.windows(2).all(|c| c[0].extra_hosts == c[1].extra_hosts);
    if let Some(first) = first.filter(|_| !all_alike) {
        let element = list.index(first);
        report.add(
            Code::HostsAreShared,
            element.member("extraHosts"),
            "The containers of a pod share /etc/hosts: the lines of each are there for all.",
        );
    }
}

/// DNS of the whole pod: what all containers ask for, in their order.
fn dns(spec: &TaskDefinitionSpec, report: &mut Report<'_>) -> (Vec<String>, Vec<String>) {
    let list = Path::ROOT.member("containerDefinitions");
    let (mut servers, mut searches): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for (i, definition) in spec.container_definitions.iter().enumerate() {
        let element = list.index(i);
        let (server, search) = (element.member("dnsServers"), element.member("dnsSearchDomains"));
        for (j, text) in definition.dns_servers.iter().enumerate() {
            match text.parse::<IpAddr>() {
                Ok(address) => collect(
                    &mut servers,
                    address.to_canonical().to_string(),
                    MOST_SERVERS,
                    server.index(j),
                    report,
                ),
                Err(_) => {
                    report.add(Code::InvalidValue, server.index(j), format!("{text:?} is no IP address."));
                }
            }
        }
        for (j, text) in definition.dns_search_domains.iter().enumerate() {
            let spelled = text.trim_end_matches('.').to_ascii_lowercase();
            if is_domain(&spelled) {
                collect(&mut searches, spelled, MOST_SEARCHES, search.index(j), report);
            } else if text != "." {
                report.add(Code::InvalidValue, search.index(j), format!("{text:?} is no domain name."));
            }
        }
        for (path, is_set) in [
            (server, !definition.dns_servers.is_empty()),
            (search, !definition.dns_search_domains.is_empty()),
        ] {
            if is_set && !report.refused(&path) {
                report.add(
                    Code::DnsMerged,
                    path,
                    "Added to the cluster's own DNS, for all containers of the task; on ECS they take its place.",
                );
            }
        }
    }
    (servers, searches)
}

fn collect(list: &mut Vec<String>, item: String, most: usize, path: Path<'_>, report: &mut Report<'_>) {
    if list.contains(&item) {
        return;
    }
    let length: usize = list.iter().map(|other| other.len() + 1).sum();
    if list.len() < most && length + item.len() <= MOST_CHARACTERS {
        list.push(item);
    } else {
        report.add(
            Code::DnsEntryLeftOut,
            path,
            format!("{item} is left out: a pod has at most {most}, of {MOST_CHARACTERS} characters, over all of its containers."),
        );
    }
}

/// A pod has one host name, with one label.
fn hostname(spec: &TaskDefinitionSpec, report: &mut Report<'_>) -> Option<String> {
    let list = Path::ROOT.member("containerDefinitions");
    let wanted = spec.container_definitions.iter().enumerate();
    let wanted: Vec<(usize, &str)> =
        wanted.filter_map(|(i, c)| Some((i, set(c.hostname.as_deref())?))).collect();
    let &(first, text) = wanted.first()?;
    let element = list.index(first);
    let path = element.member("hostname");
    if report.refused(&path) {
        return None;
    }
    if let Some((i, other)) = wanted.iter().find(|(_, other)| *other != text) {
        let element = list.index(*i);
        report.advise(
            Code::HostnameConflict,
            element.member("hostname"),
            format!("The containers of a pod have one host name, and {text:?} and {other:?} are asked for."),
            "Give all containers the same host name, or none.",
        );
        return None;
    }
    // Docker takes what DNS does not, an underscore above all.
    let legal = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_lowercase() } else { '-' };
    let lower: String = text.chars().map(legal).collect();
    let lower = lower.trim_matches('-').to_owned();
    if !is_domain(&lower) {
        report.add(
            Code::InvalidName,
            path,
            format!("{text:?} is no host name: letters, digits, hyphens and dots."),
        );
        return None;
    }
    if spec.network_mode == Some(NetworkMode::Host) {
        report.add(Code::HostnameApproximated, path, "With networkMode host the host name is the node's.");
        return None;
    }
    let label = lower.split('.').next().unwrap_or_default().to_owned();
    let alone = wanted.len() == spec.container_definitions.len();
    if label != text || !alone {
        report.add(
            Code::HostnameApproximated,
            path,
            format!("All containers of the task have the host name {label:?}."),
        );
    }
    // What the API server accepts is a DNS label; a first part within a domain name always is one.
    debug_assert!(label.len() <= name::CONTAINER);
    Some(label)
}

#[cfg(test)]
mod tests;
