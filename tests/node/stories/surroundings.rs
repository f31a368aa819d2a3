//! What a container finds around it: file systems in memory, kernel parameters, networks, processes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::node::Node;
use crate::task::{Task, container, task};

/// A container that runs this script with its shell.
fn script(name: &str, script: &str, members: Value) -> Value {
    let mut container = container(name, "", members);
    container["entryPoint"] = json!(["sh", "-c"]);
    container["command"] = json!([script]);
    container
}

/// Answers HTTP requests at port 8080.
const SERVE: &str = "mkdir /tmp/www; echo hello >/tmp/www/index.html; exec httpd -f -p 8080 -h /tmp/www";

/// `sharedMemorySize` and `tmpfs` are sizes in MiB.
pub(crate) async fn file_systems_in_memory_have_their_sizes(node: Arc<Node>) {
    let sizes = "for at in /dev/shm /scratch; do task append /shared/journal $at \
        `df -k $at | awk 'END { print $2 / 1024 }'`; done; exec task sleep forever";
    let tmpfs = json!([{"containerPath": "/scratch", "size": 32}]);
    let app = script(
        "app",
        sizes,
        json!({"linuxParameters": {"sharedMemorySize": 96, "tmpfs": tmpfs}, "memory": 256}),
    );
    let story = Task::start(&node, "memory-files", task(&[app])).await;
    story.written("/dev/shm 96", 1).await;
    story.written("/scratch 32", 1).await;
    story.end().await;
}

/// `systemControls` are set in the task, not on the instance.
pub(crate) async fn kernel_parameters_are_those_of_the_task(node: Arc<Node>) {
    let name = "net.ipv4.ip_unprivileged_port_start";
    let read = "task append /shared/journal `cat /proc/sys/net/ipv4/ip_unprivileged_port_start`; exec task sleep forever";
    let app = script("app", read, json!({"systemControls": [{"namespace": name, "value": "80"}]}));
    let mut definition = task(&[app]);
    definition["networkMode"] = json!("awsvpc");
    let story = Task::start(&node, "sysctl", definition).await;
    story.written("80", 1).await;
    let here = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap();
    assert_ne!(here.trim(), "80");
    story.end().await;
}

/// The containers of an `awsvpc` task have one network interface: they reach each other at `localhost`.
pub(crate) async fn containers_of_a_task_share_localhost(node: Arc<Node>) {
    let ask = "until task append /shared/journal `wget -q -O - http://127.0.0.1:8080/ && echo answered`; do :; done; \
        exec task sleep forever";
    let depends = json!({"dependsOn": [{"containerName": "server", "condition": "HEALTHY"}]});
    let check =
        json!({"command": ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"], "interval": 5});
    let server = json!({"healthCheck": check, "portMappings": [{"containerPort": 8080}]});
    let mut definition = task(&[script("client", ask, depends), script("server", SERVE, server)]);
    definition["networkMode"] = json!("awsvpc");
    let story = Task::start(&node, "localhost", definition).await;
    story.written("hello answered", 1).await;
    story.end().await;
}

/// A static host port of a `bridge` task is reached at the instance's address.
pub(crate) async fn a_host_port_is_reached_at_the_instance(node: Arc<Node>) {
    let ports = json!([{"containerPort": 8080, "hostPort": 18080}]);
    let check =
        json!({"command": ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"], "interval": 5});
    let server = script("server", SERVE, json!({"portMappings": ports, "healthCheck": check}));
    let mut definition = task(&[server]);
    definition["networkMode"] = json!("bridge");
    let story = Task::start(&node, "host-port", definition).await;
    story.until("healthy", |pod| pod["status"]["containerStatuses"][0]["ready"] == json!(true)).await;
    let mut stream = TcpStream::connect((node.address(), 18080)).unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("hello\n"), "{answer}");
    story.end().await;
}

/// With `pidMode: task` the containers see each other's processes; without it each is alone.
pub(crate) async fn processes_are_shared_where_asked_for(node: Arc<Node>) {
    let app = container("app", "print then sleep forever", json!({}));
    let alone = Task::start(&node, "processes", task(std::slice::from_ref(&app))).await;
    assert_eq!(alone.printed("app").await["process"], 1);
    alone.end().await;
    let mut definition = task(&[app]);
    definition["pidMode"] = json!("task");
    let shared = Task::start(&node, "processes-shared", definition).await;
    assert_ne!(shared.printed("app").await["process"], 1);
    shared.end().await;
}

/// A privileged container has the capabilities of root on the instance.
pub(crate) async fn a_privileged_container_may_administer(node: Arc<Node>) {
    const SYS_ADMIN: u64 = 1 << 21;
    let app = container("app", "print then sleep forever", json!({"privileged": true}));
    let story = Task::start(&node, "privileged", task(&[app])).await;
    let printed = story.printed("app").await;
    let capabilities = u64::from_str_radix(printed["capabilities"].as_str().unwrap(), 16).unwrap();
    assert_ne!(capabilities & SYS_ADMIN, 0, "{capabilities:x}");
    story.end().await;
}
