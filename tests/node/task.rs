//! One story's task: from its ECS definition to what its containers do.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use kube::api::{DeleteParams, ListParams, LogParams};
use serde_json::{Map, Value, json};
use tokio::time::sleep;

use crate::node::{Node, PATIENCE, run, succeeds};

/// What the containers run: `hack/image`, with a shell.
pub(crate) const IMAGE: &str = "localhost/task:1";

/// Family, and so service, of every task.
const FAMILY: &str = "story";
/// A container that ends at once is not to be missed for long.
const PACE: Duration = Duration::from_millis(100);

/// A line of the journal: when (milliseconds since 1970), and what.
pub(crate) type Line = (u64, String);

/// A task under an ECS definition.
pub(crate) struct Task {
    node: Arc<Node>,
    namespace: String,
    /// What the containers find as `/shared`: a host volume.
    pub(crate) shared: PathBuf,
}

/// A container that runs the steps, and what it has besides.
pub(crate) fn container(name: &str, steps: &str, members: Value) -> Value {
    let command: Vec<_> = steps.split_whitespace().collect();
    let mut container = json!({
        "name": name, "image": IMAGE, "essential": true, "cpu": 32, "memory": 64, "command": command,
        "mountPoints": [{"sourceVolume": "shared", "containerPath": "/shared"}],
    });
    merge(&mut container, members);
    container
}

/// A task of these containers.
pub(crate) fn task(containers: &[Value]) -> Value {
    json!({"family": FAMILY, "containerDefinitions": containers})
}

fn merge(into: &mut Value, members: Value) {
    let (Some(into), Value::Object(members)) = (into.as_object_mut(), members) else { return };
    for (name, value) in members {
        // Mount points are added, everything else is replaced.
        match (into.get_mut(&name).and_then(Value::as_array_mut), value) {
            (Some(before), Value::Array(more)) if name == "mountPoints" => before.extend(more),
            (_, value) => drop(into.insert(name, value)),
        }
    }
}

impl Task {
    /// Registers the definition as a service of one task would: `import`, `render`, `kubectl apply`.
    pub(crate) async fn start(node: &Arc<Node>, story: &str, mut definition: Value) -> Self {
        let namespace = node.namespace(story).await;
        let shared = node.shared(story);
        let volume = json!({"name": "shared", "host": {"sourcePath": shared}});
        let members: &mut Map<_, _> = definition.as_object_mut().unwrap();
        let volumes = members.entry("volumes").or_insert_with(|| json!([]));
        volumes.as_array_mut().unwrap().push(volume);
        let through = async |command: &str, input: &str| {
            let mut binary = Command::new(env!("CARGO_BIN_EXE_ecs-bridge"));
            binary.args([command, "-n", &namespace, "-"]);
            succeeds(&run(binary, input).await)
        };
        let resources = through("import", &definition.to_string()).await;
        let objects = through("render", &resources).await;
        succeeds(&node.kubectl(&["apply", "--server-side", "-f", "-"], &objects).await);
        Self { node: Arc::clone(node), namespace, shared }
    }

    fn pods_api(&self) -> Api<Pod> {
        Api::namespaced(self.node.client.clone(), &self.namespace)
    }

    /// The pods of the task, the oldest first.
    pub(crate) async fn pods(&self) -> Vec<Value> {
        let ours = ListParams::default().labels(&format!("{}={FAMILY}", ecs_bridge::api::labels::SERVICE));
        let mut pods = self.pods_api().list(&ours).await.unwrap().items;
        pods.sort_by_key(|pod| pod.metadata.creation_timestamp.clone().map(|time| time.0));
        pods.into_iter().map(|pod| serde_json::to_value(pod).unwrap()).collect()
    }

    /// Waits until the oldest pod satisfies `reached`; the pod then.
    pub(crate) async fn until(&self, what: &str, reached: impl Fn(&Value) -> bool) -> Value {
        let begin = Instant::now();
        loop {
            let pods = self.pods().await;
            match pods.first() {
                Some(pod) if reached(pod) => return pod.clone(),
                pod if begin.elapsed() > PATIENCE => {
                    let status = pod.map(|pod| pod["status"].to_string()).unwrap_or_default();
                    panic!("{}: {what}: not within {PATIENCE:?}; status: {status}", self.namespace)
                }
                _ => sleep(PACE).await,
            }
        }
    }

    /// Waits until every container has started.
    pub(crate) async fn running(&self) -> Value {
        self.until("running", |pod| {
            let all = containers(pod);
            !all.is_empty() && all.iter().all(|one| one["state"].get("running").is_some())
        })
        .await
    }

    /// What was written to the journal so far.
    pub(crate) fn journal(&self) -> Vec<Line> {
        let text = fs::read_to_string(self.shared.join("journal")).unwrap_or_default();
        let line = |line: &str| {
            let (time, what) = line.split_once(' ').unwrap();
            (time.parse().unwrap(), what.to_owned())
        };
        text.lines().map(line).collect()
    }

    /// Waits until the journal satisfies `reached`; the journal then.
    pub(crate) async fn journal_until(&self, what: &str, reached: impl Fn(&[Line]) -> bool) -> Vec<Line> {
        let begin = Instant::now();
        loop {
            let journal = self.journal();
            if reached(&journal) {
                return journal;
            }
            if begin.elapsed() > PATIENCE {
                let pods = self.pods().await;
                let status: Value = pods.iter().map(|pod| pod["status"].clone()).collect();
                panic!("{}: {what}: not within {PATIENCE:?}; journal: {journal:?}; {status}", self.namespace);
            }
            sleep(PACE).await;
        }
    }

    /// Waits until a line was written this many times; the journal then.
    pub(crate) async fn written(&self, line: &str, times: usize) -> Vec<Line> {
        self.journal_until(line, |journal| moments(journal, line).len() >= times).await
    }

    /// What a container has said, once that satisfies `reached`.
    pub(crate) async fn said_until(
        &self,
        container: &str,
        what: &str,
        reached: impl Fn(&str) -> bool,
    ) -> String {
        let begin = Instant::now();
        loop {
            let said = self.said(container).await;
            if reached(&said) {
                return said;
            }
            assert!(
                begin.elapsed() < PATIENCE,
                "{}: {container}: {what}: it said {said:?}; {}",
                self.namespace,
                Value::from(self.pods().await)
            );
            sleep(PACE).await;
        }
    }

    /// What a container has said so far in its present life.
    async fn said(&self, container: &str) -> String {
        let Some(pod) = self.pods().await.into_iter().next() else { return String::new() };
        let params = LogParams { container: Some(container.to_owned()), ..LogParams::default() };
        self.pods_api().logs(&name(&pod), &params).await.unwrap_or_default()
    }

    /// What the step `print` has printed in this container.
    pub(crate) async fn printed(&self, container: &str) -> Value {
        let said = self.said_until(container, "print", |said| said.ends_with('\n')).await;
        serde_json::from_str(said.lines().next().unwrap()).unwrap()
    }

    /// Runs kubectl in the namespace of the task.
    pub(crate) async fn kubectl(&self, arguments: &[&str]) -> String {
        let place = ["--namespace", self.namespace.as_str()];
        succeeds(&self.node.kubectl(&[&place, arguments].concat(), "").await)
    }

    /// Deletes the oldest pod as a scheduler does that stops a task; the deletion has begun then.
    pub(crate) async fn stop(&self) -> Value {
        let pod = self.pods().await.into_iter().next().unwrap();
        self.pods_api().delete(&name(&pod), &DeleteParams::default()).await.unwrap();
        pod
    }

    /// Waits until this pod is gone.
    pub(crate) async fn gone(&self, pod: &Value) {
        let begin = Instant::now();
        while self.pods_api().get_opt(&name(pod)).await.unwrap().is_some() {
            assert!(begin.elapsed() < PATIENCE, "{}: {} is still there", self.namespace, name(pod));
            sleep(PACE).await;
        }
    }

    /// A file of the pod's own control group; `files` are its names in versions 1 and 2.
    pub(crate) fn control(&self, pod: &Value, controller: &str, files: [&str; 2]) -> String {
        let directory = self.node.control_group(controller, pod["metadata"]["uid"].as_str().unwrap());
        let file = files.iter().map(|file| directory.join(file)).find(|file| file.exists());
        fs::read_to_string(file.expect("the control group has no such file")).unwrap().trim().to_owned()
    }

    /// Ends the story.
    pub(crate) async fn end(self) {
        self.node.remove(&self.namespace).await;
    }
}

/// Name of an object.
pub(crate) fn name(object: &Value) -> String {
    object["metadata"]["name"].as_str().unwrap().to_owned()
}

/// Statuses of all containers of a pod, those of its initialization first.
pub(crate) fn containers(pod: &Value) -> Vec<Value> {
    let of = |member: &str| pod["status"][member].as_array().cloned().unwrap_or_default();
    [of("initContainerStatuses"), of("containerStatuses")].concat()
}

/// Status of a container.
pub(crate) fn status(pod: &Value, container: &str) -> Value {
    containers(pod).into_iter().find(|one| one["name"] == json!(container)).unwrap_or_default()
}

/// How often a container was started again.
pub(crate) fn restarts(pod: &Value, container: &str) -> i64 {
    status(pod, container)["restartCount"].as_i64().unwrap_or_default()
}

/// How a container has ended: its present end, or else that of its life before.
pub(crate) fn ended(pod: &Value, container: &str) -> Option<Value> {
    let status = status(pod, container);
    ["state", "lastState"].iter().find_map(|state| status[*state].get("terminated").cloned())
}

/// When a line was written, each time.
pub(crate) fn moments(journal: &[Line], line: &str) -> Vec<u64> {
    journal.iter().filter(|(_, what)| what == line).map(|(when, _)| *when).collect()
}
