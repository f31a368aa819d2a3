//! The node, and what happens on it outside of any task.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use k8s_openapi::api::core::v1::{Namespace, ServiceAccount};
use kube::api::{Api, DeleteParams, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::runtime::wait::{await_condition, conditions};
use kube::{Client, Config};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::timeout;

/// Longest wait for anything that does not take time by its nature.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// A real node.
pub(crate) struct Node {
    /// A client that may do everything.
    pub(crate) client: Client,
    /// What tells this run's objects from another's.
    run: String,
    directory: PathBuf,
}

/// Makes a typed object of what a manifest says.
pub(crate) fn typed<K: DeserializeOwned>(value: Value) -> K {
    serde_json::from_value(value).unwrap()
}

impl Node {
    /// Connects to the node of this directory.
    pub(crate) async fn connect(directory: &Path) -> Self {
        let kubeconfig = Kubeconfig::read_from(directory.join("kubeconfig")).unwrap();
        let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
        let client = Client::try_from(config).unwrap();
        let run = format!("{:x}", std::process::id());
        Self { client, run, directory: directory.to_owned() }
    }

    /// A namespace of a story.
    pub(crate) async fn namespace(&self, story: &str) -> String {
        let name = format!("{story}-{}", self.run);
        let namespace: Namespace = typed(json!({"metadata": {"name": name}}));
        let namespaces = Api::<Namespace>::all(self.client.clone());
        namespaces.create(&PostParams::default(), &namespace).await.unwrap();
        let accounts = Api::<ServiceAccount>::namespaced(self.client.clone(), &name);
        let created = await_condition(accounts, "default", conditions::is_created());
        timeout(PATIENCE, created).await.expect("no default service account").unwrap();
        name
    }

    /// Removes a namespace and everything in it.
    pub(crate) async fn remove(&self, namespace: &str) {
        let namespaces = Api::<Namespace>::all(self.client.clone());
        namespaces.delete(namespace, &DeleteParams::default()).await.unwrap();
    }

    /// A directory of the machine that tasks of this run may mount; it goes with the node.
    pub(crate) fn shared(&self, name: &str) -> PathBuf {
        let directory = self.directory.join("shared").join(format!("{name}-{}", self.run));
        fs::create_dir_all(&directory).unwrap();
        directory
    }

    /// The slot among this machine's nodes.
    fn slot(&self) -> String {
        fs::read_to_string(self.directory.join("slot")).unwrap().trim().to_owned()
    }

    /// Where the node is reached.
    pub(crate) fn address(&self) -> String {
        format!("198.18.{}.2", self.slot())
    }

    /// The directory of a pod's own control group: `memory` or `cpu` of version 1, or the unified one of version 2.
    pub(crate) fn control_group(&self, controller: &str, pod_uid: &str) -> PathBuf {
        let mut root = Path::new("/sys/fs/cgroup").join(controller);
        if !root.is_dir() {
            root = PathBuf::from("/sys/fs/cgroup");
        }
        let root = root.join(format!("ecs-bridge-{}/kubepods", self.slot()));
        let name = format!("pod{pod_uid}");
        let places = ["", "burstable", "besteffort"].map(|class| root.join(class).join(&name));
        places.into_iter().find(|place| place.is_dir()).expect("the pod has no control group")
    }

    /// Runs kubectl as the administrator with this text as its input.
    pub(crate) async fn kubectl(&self, arguments: &[&str], input: &str) -> Output {
        run(self.tool("kubectl", arguments), input).await
    }

    /// Runs Helm as the administrator.
    pub(crate) async fn helm(&self, arguments: &[&str]) -> Output {
        run(self.tool("helm", arguments), "").await
    }

    fn tool(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(Path::new("target/tools").join(name));
        command.args(arguments);
        command.env("KUBECONFIG", self.directory.join("kubeconfig"));
        command.env("KUBECACHEDIR", self.directory.join("cache"));
        command
    }
}

/// Runs a command in this repository with this text as its input.
pub(crate) async fn run(mut command: Command, input: &str) -> Output {
    let input = input.to_owned();
    let whole = move || {
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
        let output = child.wait_with_output().unwrap();
        drop(writer.join());
        output
    };
    tokio::task::spawn_blocking(whole).await.unwrap()
}

/// What a command has printed; it must have succeeded.
pub(crate) fn succeeds(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{printed}");
    printed
}
