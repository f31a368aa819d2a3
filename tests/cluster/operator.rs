//! The operator as a process of this machine.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::cluster::PATIENCE;

/// What the operator has said so far.
#[derive(Clone, Debug, Default)]
struct Said {
    address: Option<String>,
    webhook: Option<String>,
    leading: bool,
    stopped: bool,
}

/// A running operator; it ends with this value.
pub(crate) struct Operator {
    /// Whom the API server takes it for.
    pub(crate) user: String,
    life: Arc<Mutex<Life>>,
    said: watch::Receiver<Said>,
    log: PathBuf,
}

/// The process, and how to start one like it.
pub(crate) struct Life {
    kubeconfig: PathBuf,
    arguments: Vec<String>,
    log: PathBuf,
    sender: watch::Sender<Said>,
    /// `None` once it was ended for good.
    process: Option<Process>,
}

struct Process {
    child: Child,
    reader: JoinHandle<()>,
    /// Whether another one takes its place, so that its end is no news.
    replaced: Arc<AtomicBool>,
}

impl Process {
    /// Ends it without any chance to do something about it, and reads what it said to the end.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.reader.join().unwrap();
    }
}

impl Life {
    fn begin(&mut self) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ecs-bridge"))
            .args([
                "operator",
                "--listen",
                "127.0.0.1:0",
                "--log-format",
                "json",
                "--log",
                "debug,hyper=info",
            ])
            .arg("--kubeconfig")
            .arg(&self.kubeconfig)
            .args(&self.arguments)
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = child.stderr.take().unwrap();
        let sender = self.sender.clone();
        let replaced = Arc::new(AtomicBool::new(false));
        let is_replaced = Arc::clone(&replaced);
        let mut file = File::options().create(true).append(true).open(&self.log).unwrap();
        let reader = thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                drop(writeln!(file, "{line}"));
                let event: Value = serde_json::from_str(&line).unwrap_or_default();
                sender.send_modify(|said| match event["message"].as_str() {
                    Some("started") => {
                        said.address = event["address"].as_str().map(str::to_owned);
                        said.webhook = event["webhook"].as_str().map(str::to_owned);
                    }
                    Some("leading") => said.leading = true,
                    _ => {}
                });
            }
            sender.send_modify(|said| said.stopped = !is_replaced.load(Ordering::SeqCst));
        });
        self.process = Some(Process { child, reader, replaced });
    }

    /// Returns once nobody has the operator any more.
    pub(crate) fn ended(&self) -> impl Future<Output = ()> + use<> {
        let sender = self.sender.clone();
        async move { sender.closed().await }
    }

    /// Another one in the place of this one, which is killed; whether there was one.
    pub(crate) fn replace(&mut self) -> bool {
        let Some(process) = self.process.take() else { return false };
        process.replaced.store(true, Ordering::SeqCst);
        process.kill();
        self.sender.send_replace(Said::default());
        self.begin();
        true
    }
}

impl Operator {
    /// Starts the operator and waits until it serves its endpoints.
    pub(crate) async fn start(kubeconfig: &Path, user: String, log: PathBuf, arguments: &[&str]) -> Self {
        let (sender, said) = watch::channel(Said::default());
        let mut life = Life {
            kubeconfig: kubeconfig.to_owned(),
            arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
            log: log.clone(),
            sender,
            process: None,
        };
        life.begin();
        let mut operator = Self { user, life: Arc::new(Mutex::new(life)), said, log };
        operator.until("started", |said| said.address.is_some()).await;
        operator
    }

    /// The process, for somebody who disturbs it.
    pub(crate) fn life(&self) -> Arc<Mutex<Life>> {
        Arc::clone(&self.life)
    }

    async fn until(&mut self, what: &str, reached: impl Fn(&Said) -> bool) {
        let log = self.log.display().to_string();
        let waited = timeout(PATIENCE, self.said.wait_for(|said| said.stopped || reached(said))).await;
        let said = waited.unwrap_or_else(|_| panic!("the operator has not {what}: {log}")).unwrap();
        assert!(reached(&said), "the operator has ended before it has {what}: {log}");
    }

    /// Returns once it leads.
    pub(crate) async fn leads(&mut self) {
        self.until("begun to lead", |said| said.leading).await;
    }

    /// Whether it leads.
    pub(crate) fn is_leading(&self) -> bool {
        self.said.borrow().leading
    }

    /// Where it answers the webhook.
    pub(crate) fn webhook(&self) -> SocketAddr {
        self.said.borrow().webhook.as_deref().expect("it answers no webhook").parse().unwrap()
    }

    /// Status and body of one of its endpoints; of the next one's, if somebody has put another one into its place.
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let answered = async {
            loop {
                let address = self.said.borrow().address.clone();
                let answer = match address {
                    Some(address) => {
                        let path = path.to_owned();
                        tokio::task::spawn_blocking(move || asked(&address, &path)).await.unwrap()
                    }
                    None => None,
                };
                match answer {
                    Some(answer) => return answer,
                    None => sleep(Duration::from_millis(20)).await,
                }
            }
        };
        timeout(PATIENCE, answered).await.expect("the operator does not answer")
    }

    /// The sum of a metric over the series whose labels contain `labels`.
    pub(crate) async fn metric(&self, name: &str, labels: &str) -> u64 {
        let (_, text) = self.get("/metrics").await;
        let series = text.lines().filter(|line| line.starts_with(name) && line.contains(labels));
        series.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
    }

    /// Returns once it has reconciled at least this many services and nothing is left to do. Metrics cannot be
    /// watched, so this asks again and again.
    pub(crate) async fn has_reconciled(&self, services: u64) {
        let settled = async {
            loop {
                let done =
                    self.metric("ecs_bridge_reconciles_total", "kind=\"EcsService\",result=\"ok\"").await;
                if done >= services && self.metric("ecs_bridge_queued", "").await == 0 {
                    return;
                }
                sleep(Duration::from_millis(100)).await;
            }
        };
        timeout(PATIENCE, settled).await.expect("the operator does not come to rest");
    }

    /// Asks it to stop and waits for its end.
    pub(crate) async fn stop(mut self) -> ExitStatus {
        let mut process = self.life.lock().unwrap().process.take().unwrap();
        let id = process.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.until("stopped", |said| said.stopped).await;
        process.child.wait().unwrap()
    }

    /// Ends it without any chance to do something about it. Its log is complete then.
    pub(crate) fn kill(self) {
        let process = self.life.lock().unwrap().process.take();
        process.unwrap().kill();
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        if let Some(mut process) = self.life.lock().ok().and_then(|mut life| life.process.take()) {
            drop(process.child.kill());
            drop(process.child.wait());
        }
    }
}

/// Status and body; `None` if nobody answers there.
fn asked(address: &str, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.write_all(format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
    Some((status, body.unwrap_or_default()))
}
