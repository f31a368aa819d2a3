//! TLS in front of the webhook, with a certificate that can be exchanged while connections come.

use std::sync::{Arc, RwLock};

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{Error, ServerConfig};
use tokio_rustls::TlsAcceptor;

use crate::operator::{read_lock, write_lock};

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

/// Shakes hands under an identity.
pub(super) fn acceptor(identity: &Arc<Identity>) -> Result<TlsAcceptor, Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(Arc::<Identity>::clone(identity));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
