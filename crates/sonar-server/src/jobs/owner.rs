//! Whose a job is: who may see it, and whose turn it takes. Must not keep a key.

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::visitor::Visitor;

/// One who submits jobs and looks at them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// Shared by all who see the same jobs: the hash of their key. Without keys everybody sees all jobs.
    pub(super) owner: String,
    /// Whose jobs wait behind one another.
    pub(super) lane: String,
}

impl Client {
    /// The client that the visitor is to jobs.
    pub(crate) fn of(visitor: Visitor, keys: &[SecretString]) -> Self {
        match visitor {
            Visitor::Key(place) => {
                let owner = keys.get(place).map(hash).unwrap_or_default();
                let lane = owner.clone();
                Self { owner, lane }
            }
            Visitor::Network(address) => Self {
                owner: String::new(),
                lane: address.to_string(),
            },
        }
    }
}

/// The file of the jobs outlives the settings and may end in a backup; no key can be read from it.
fn hash(key: &SecretString) -> String {
    let digest = Sha256::digest(key.expose_secret().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
