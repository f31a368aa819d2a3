//! What a Service is to replicas: connections come to one port, and each is led to one of them.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use crate::operator::Operator;

/// A port of this machine that leads to the webhooks of some operators; nowhere at first. It ends with this value.
pub(crate) struct Door {
    orders: mpsc::UnboundedSender<Order>,
    keeper: JoinHandle<()>,
}

/// Where to lead from now on, and whom to tell when nobody is led elsewhere any more.
struct Order {
    to: Vec<SocketAddr>,
    done: oneshot::Sender<()>,
}

impl Door {
    /// Opens at a port.
    pub(crate) async fn open(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let (orders, received) = mpsc::unbounded_channel();
        Self { orders, keeper: tokio::spawn(keep(listener, received)) }
    }

    /// Leads new connections there, in turn, and returns when all others are closed.
    pub(crate) async fn lead_to(&self, replicas: &[&Operator]) {
        let (done, closed) = oneshot::channel();
        let to = replicas.iter().map(|replica| replica.webhook()).collect();
        drop(self.orders.send(Order { to, done }));
        closed.await.unwrap();
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

async fn keep(listener: TcpListener, mut orders: mpsc::UnboundedReceiver<Order>) {
    let mut turns = Vec::new().into_iter().cycle();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Some(Order { to, done }) = orders.recv() => {
                connections.shutdown().await;
                turns = to.into_iter().cycle();
                // Whoever has asked may be gone.
                done.send(()).unwrap_or_default();
            }
            Ok((from, _)) = listener.accept() => drop(turns.next().map(|to| connections.spawn(lead(from, to)))),
            else => return,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn lead(mut from: TcpStream, to: SocketAddr) {
    if let Ok(mut to) = TcpStream::connect(to).await {
        drop(copy_bidirectional(&mut from, &mut to).await);
    }
}
