//! TLS in front of the webhook, with a certificate that can be exchanged while connections come.

use std::net::SocketAddr;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use axum::serve::Listener;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{Error, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::operator::{read_lock, write_lock};

/// How long a handshake may take: the API server waits for a whole answer no longer than a second.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// How long to wait when no connection can be taken, for want of file descriptors for example.
const PAUSE: Duration = Duration::from_millis(100);
/// Connections that are ready and not taken yet.
const WAITING: usize = 64;

/// The certificate that is served; none at first.
#[derive(Debug, Default)]
pub(super) struct Identity {
    current: RwLock<Option<Arc<CertifiedKey>>>,
}

impl Identity {
    /// Serves another certificate from now on.
    pub(super) fn take(&self, certificate: &str, key: &str) -> Result<(), String> {
        let failed = |error: &dyn std::fmt::Display| format!("unusable certificate: {error}");
        let chain = CertificateDer::pem_slice_iter(certificate.as_bytes());
        let chain = chain.collect::<Result<Vec<_>, _>>().map_err(|error| failed(&error))?;
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|error| failed(&error))?;
        let certified = CertifiedKey::from_der(chain, key, &provider()).map_err(|error| failed(&error))?;
        *write_lock(&self.current) = Some(Arc::new(certified));
        Ok(())
    }
}

impl ResolvesServerCert for Identity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        read_lock(&self.current).clone()
    }
}

fn provider() -> CryptoProvider {
    ring::default_provider()
}

/// A listener whose connections have shaken hands.
pub(super) struct Tls {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl Tls {
    /// Takes connections of `listener` for as long as this value lives.
    pub(super) fn new(
        listener: TcpListener,
        address: SocketAddr,
        identity: &Arc<Identity>,
    ) -> Result<Self, Error> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Identity>::clone(identity));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (sender, ready) = mpsc::channel(WAITING);
        // Handshakes go on beside each other: a client that dawdles keeps nobody waiting.
        tokio::spawn(async move {
            while !sender.is_closed() {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    () = sender.closed() => return,
                };
                let Ok((stream, from)) = accepted else {
                    sleep(PAUSE).await;
                    continue;
                };
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                tokio::spawn(async move {
                    match timeout(HANDSHAKE, acceptor.accept(stream)).await {
                        Ok(Ok(stream)) => drop(sender.send((stream, from)).await),
                        Ok(Err(error)) => tracing::debug!(%error, %from, "TLS handshake failed"),
                        Err(_) => tracing::debug!(%from, "TLS handshake took too long"),
                    }
                });
            }
        });
        Ok(Self { ready, address })
    }
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(ready) => ready,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        Ok(self.address)
    }
}
