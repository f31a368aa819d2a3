//! Certificates of the webhook: an authority of our own, and what it signs. No IO; the time is an argument.
//!
//! The authority's key is kept, so that a new certificate needs no new trust. A new authority is trusted beside the old one
//! for a while before it signs anything: the API server never meets a certificate that it cannot verify.

use std::collections::BTreeMap;
use std::fmt;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, Error, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

/// How long a certificate is valid, and after which time it is made anew.
const CERTIFICATE: (SignedDuration, SignedDuration) = (days(365), days(240));
/// The same for an authority.
const AUTHORITY: (SignedDuration, SignedDuration) = (days(3650), days(3285));
/// How long a new authority is trusted before it signs a certificate: ample time to tell the API server.
const TRUST_FIRST: SignedDuration = SignedDuration::from_hours(1);
/// Clocks may be behind ours.
const BACKDATED: SignedDuration = days(1);

const fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

/// Annotations of the Secret: when authority and certificate are made anew, and the names that the certificate is for.
const RENEW_AUTHORITY: &str = "ecs-bridge.dev/renew-authority-at";
const RENEW: &str = "ecs-bridge.dev/renew-certificate-at";
const NAMES: &str = "ecs-bridge.dev/certificate-names";

/// Everything that replicas share, in PEM.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Certificates {
    /// Whom to trust: the authority, and before it a new one that signs later, or behind it one that signed earlier.
    pub(super) authority: String,
    authority_key: String,
    /// What is served.
    pub(super) certificate: String,
    /// Its private key.
    pub(super) key: String,
    renew_authority: Timestamp,
    renew: Timestamp,
    names: String,
}

/// Without the keys: nothing that is printed may hold them.
impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = [self.renew_authority, self.renew];
        f.debug_struct("Certificates")
            .field("names", &self.names)
            .field("renew", &times)
            .finish_non_exhaustive()
    }
}

impl Certificates {
    /// An authority and its first certificate.
    pub(super) fn new(names: &[String], now: Timestamp) -> Result<Self, Error> {
        let (authority, authority_key) = authority(now)?;
        let (certificate, key) = signed(&authority_key, names, now)?;
        Ok(Self {
            authority,
            authority_key,
            certificate,
            key,
            renew_authority: now + AUTHORITY.1,
            renew: now + CERTIFICATE.1,
            names: names.join(","),
        })
    }

    /// What has to take their place, if it is time.
    pub(super) fn renewed(&self, names: &[String], now: Timestamp) -> Result<Option<Self>, Error> {
        if now >= self.renew_authority {
            let (authority, authority_key) = authority(now)?;
            // Of the old ones only the last signed something that is still served.
            let last = first(&self.authority);
            return Ok(Some(Self {
                authority: format!("{authority}{last}"),
                authority_key,
                renew_authority: now + AUTHORITY.1,
                renew: now + TRUST_FIRST,
                ..self.clone()
            }));
        }
        if now < self.renew && self.names == names.join(",") {
            return Ok(None);
        }
        let (certificate, key) = signed(&self.authority_key, names, now)?;
        let renew = now + CERTIFICATE.1;
        Ok(Some(Self { certificate, key, renew, names: names.join(","), ..self.clone() }))
    }

    /// What a Secret holds; `None` where it holds something else.
    pub(super) fn read(secret: &Secret) -> Option<Self> {
        let data = secret.data.as_ref()?;
        let text =
            |key: &str| String::from_utf8(data.get(key)?.0.clone()).ok().filter(|text| !text.is_empty());
        let annotations = secret.metadata.annotations.as_ref()?;
        let time = |key: &str| annotations.get(key)?.parse().ok();
        Some(Self {
            authority: text("ca.crt")?,
            authority_key: text("ca.key")?,
            certificate: text("tls.crt")?,
            key: text("tls.key")?,
            renew_authority: time(RENEW_AUTHORITY)?,
            renew: time(RENEW)?,
            names: annotations.get(NAMES)?.clone(),
        })
    }

    /// Puts them into a Secret.
    pub(super) fn write(&self, secret: &mut Secret) {
        secret.type_ = Some("kubernetes.io/tls".to_owned());
        let data = [
            ("ca.crt", &self.authority),
            ("ca.key", &self.authority_key),
            ("tls.crt", &self.certificate),
            ("tls.key", &self.key),
        ];
        let data = data.map(|(key, text)| (key.to_owned(), ByteString(text.clone().into_bytes())));
        secret.data = Some(BTreeMap::from(data));
        secret.metadata.annotations.get_or_insert_default().extend([
            (RENEW_AUTHORITY.to_owned(), self.renew_authority.to_string()),
            (RENEW.to_owned(), self.renew.to_string()),
            (NAMES.to_owned(), self.names.clone()),
        ]);
    }
}

/// The first certificate of several.
fn first(pem: &str) -> &str {
    const END: &str = "-----END CERTIFICATE-----\n";
    pem.find(END).map_or(pem, |at| &pem[..at + END.len()])
}

/// A new authority: certificate and key.
fn authority(now: Timestamp) -> Result<(String, String), Error> {
    let key = KeyPair::generate()?;
    Ok((authority_params(now).self_signed(&key)?.pem(), key.serialize_pem()))
}

fn authority_params(now: Timestamp) -> CertificateParams {
    let mut params = valid(now, AUTHORITY.0);
    params.distinguished_name.push(DnType::CommonName, "ecs-bridge webhook authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// A certificate for a server of these names, and its key.
fn signed(authority_key: &str, names: &[String], now: Timestamp) -> Result<(String, String), Error> {
    // Of the authority's certificate a signature only has its name and its key.
    let issuer = Issuer::new(authority_params(now), KeyPair::from_pem(authority_key)?);
    let key = KeyPair::generate()?;
    let mut params = valid(now, CERTIFICATE.0);
    params.subject_alt_names = CertificateParams::new(names)?.subject_alt_names;
    let name = names.first().map(String::as_str).unwrap_or_default();
    params.distinguished_name.push(DnType::CommonName, name.chars().take(64).collect::<String>());
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok((params.signed_by(&key, &issuer)?.pem(), key.serialize_pem()))
}

/// Parameters with a time of validity, in whole days.
fn valid(now: Timestamp, duration: SignedDuration) -> CertificateParams {
    let day = |at: Timestamp| {
        let date = at.to_zoned(TimeZone::UTC).date();
        let part = |number: i8| number.unsigned_abs();
        date_time_ymd(date.year().into(), part(date.month()), part(date.day()))
    };
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.not_before = day(now - BACKDATED);
    params.not_after = day(now + duration);
    params
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        "2026-01-01T12:00:00Z".parse::<Timestamp>().unwrap() + days(day)
    }

    fn names() -> Vec<String> {
        vec!["ecs-bridge.system.svc".to_owned()]
    }

    fn count(pem: &str) -> usize {
        pem.matches("BEGIN CERTIFICATE").count()
    }

    #[test]
    fn a_secret_gives_back_what_was_put_into_it() {
        let certificates = Certificates::new(&names(), at(0)).unwrap();
        let mut secret = Secret::default();
        certificates.write(&mut secret);
        assert!(!format!("{certificates:?}").contains("BEGIN"), "{certificates:?}");
        assert_eq!(Certificates::read(&secret), Some(certificates));
        assert_eq!(Certificates::read(&Secret::default()), None);
        secret.data.as_mut().unwrap().remove("ca.key");
        assert_eq!(Certificates::read(&secret), None);
    }

    #[test]
    fn a_certificate_is_renewed_in_time_by_the_same_authority() {
        let first = Certificates::new(&names(), at(0)).unwrap();
        assert_eq!(first.renewed(&names(), at(239)).unwrap(), None);
        let second = first.renewed(&names(), at(240)).unwrap().unwrap();
        assert_eq!(second.authority, first.authority);
        assert_ne!((&second.certificate, &second.key), (&first.certificate, &first.key));
        assert_eq!(second.renewed(&names(), at(241)).unwrap(), None);
    }

    #[test]
    fn other_names_are_another_certificate() {
        let first = Certificates::new(&names(), at(0)).unwrap();
        let moved = vec!["ecs-bridge.other.svc".to_owned()];
        let second = first.renewed(&moved, at(1)).unwrap().unwrap();
        assert_eq!(second.authority, first.authority);
        assert_ne!(second.certificate, first.certificate);
        assert_eq!(second.renewed(&moved, at(2)).unwrap(), None);
    }

    #[test]
    fn a_new_authority_is_trusted_before_it_signs() {
        let first = Certificates::new(&names(), at(0)).unwrap();
        let trusted = first.renewed(&names(), at(3285)).unwrap().unwrap();
        assert_eq!((count(&first.authority), count(&trusted.authority)), (1, 2));
        assert!(trusted.authority.ends_with(&first.authority));
        assert_eq!(trusted.certificate, first.certificate);
        assert_eq!(
            trusted.renewed(&names(), at(3285)).unwrap(),
            None,
            "the API server has to hear of it first"
        );
        let signed = trusted.renewed(&names(), at(3286)).unwrap().unwrap();
        assert_eq!(signed.authority, trusted.authority);
        assert_ne!(signed.certificate, first.certificate);
        let next = signed.renewed(&names(), at(2 * 3285 + 1)).unwrap().unwrap();
        assert_eq!(count(&next.authority), 2, "nobody trusts the first one any more");
    }
}
