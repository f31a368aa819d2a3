//! Definitions from a namespace of a cluster instead of from files.

use std::io;
use std::path::{Path, PathBuf};

use super::input::Source;
use super::target::{self, Cluster};
use crate::operator;

/// Where the cluster is, for commands that always ask one.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Connection {
    /// Kubeconfig of the cluster; without it KUBECONFIG, then ~/.kube/config.
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig; without it the current one.
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
}

impl Connection {
    /// Kubeconfig and context.
    pub(super) fn parts(&self) -> (Option<&Path>, Option<&str>) {
        (self.kubeconfig.as_deref(), self.context.as_deref())
    }
}

/// Where the cluster is, for a command that may ask one.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Options {
    /// Look at the custom resources of a namespace (-n) in a cluster instead of at files. Optional API groups,
    /// the namespace's grants and its Pod Security level are asked for; the rest is what the options say.
    #[arg(long, requires = "namespace")]
    live: bool,
    /// Kubeconfig of the cluster; without it KUBECONFIG, then ~/.kube/config.
    #[arg(long, value_name = "FILE", requires = "live")]
    kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig; without it the current one.
    #[arg(long, value_name = "NAME", requires = "live")]
    context: Option<String>,
}

impl Options {
    /// Kubeconfig and context.
    pub(super) fn parts(&self) -> (Option<&Path>, Option<&str>) {
        (self.kubeconfig.as_deref(), self.context.as_deref())
    }

    /// The objects of the namespace and what is known of the cluster; nothing where it is not asked for.
    pub(super) fn read(
        &self,
        namespace: Option<&str>,
        target: &target::Options,
    ) -> io::Result<Option<(Vec<Source>, Cluster)>> {
        let Some(namespace) = namespace.filter(|_| self.live) else {
            return Ok(None);
        };
        let fetched = operator::fetch(self.kubeconfig.as_deref(), self.context.as_deref(), namespace)
            .map_err(io::Error::other)?;
        let cluster = target.with(&fetched);
        let sources = fetched.objects.into_iter().map(|(name, json)| Source::in_memory(name, json));
        Ok(Some((sources.collect(), cluster)))
    }
}
