//! Where the examples ask: `SONAR_BASE_URL` with the key `SONAR_API_KEY`, or a `footnote serve --port 8765` on this machine.
#![expect(
    clippy::disallowed_methods,
    reason = "an example reads its own environment; the crate reads none"
)]

use std::env;

use sonar::Client;

/// A client of the service that the environment names.
pub(crate) fn client() -> Result<Client, Box<dyn std::error::Error>> {
    let base_url = env::var("SONAR_BASE_URL").unwrap_or("http://127.0.0.1:8765".to_owned());
    let mut builder = Client::builder(&base_url);
    if let Ok(key) = env::var("SONAR_API_KEY") {
        builder = builder.key(key.into());
    }
    Ok(builder.build()?)
}
