//! The certificate for `discord.com`, made anew at every start and trusted by whoever asks for it. Written nowhere.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use crate::settings::StartError;

/// The name the emulator answers to.
const NAME: &str = "discord.com";

/// What serves TLS, and the authority's certificate a bot has to trust.
pub(crate) struct Identity {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) ca_pem: String,
}

impl Identity {
    /// Makes an authority and has it sign a certificate.
    ///
    /// # Errors
    ///
    /// [`StartError::Tls`] when one of the two libraries refuses; nothing a person did can cause it.
    pub(crate) fn make() -> Result<Self, StartError> {
        let (ca_pem, issuer) = authority().map_err(fault)?;
        let key = KeyPair::generate().map_err(fault)?;
        let leaf = CertificateParams::new([NAME.to_owned()])
            .and_then(|params| params.signed_by(&key, &issuer))
            .map_err(fault)?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(fault)?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)
            .map_err(fault)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            ca_pem,
        })
    }
}

fn authority() -> Result<(String, Issuer<'static, KeyPair>), rcgen::Error> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![
        KeyUsagePurpose::KeyCertSign,
        KeyUsagePurpose::DigitalSignature,
    ];
    params
        .distinguished_name
        .push(DnType::CommonName, "Discord emulator, this run only");
    let key = KeyPair::generate()?;
    let pem = params.self_signed(&key)?.pem();
    Ok((pem, Issuer::new(params, key)))
}

fn fault(error: impl std::fmt::Display) -> StartError {
    StartError::Tls(error.to_string())
}
