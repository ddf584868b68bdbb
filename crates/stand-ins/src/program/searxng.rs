//! `stand-ins searxng`: a SearXNG until it is told to stop. Must only turn arguments into settings.

use std::io;

use clap::Args;
use stand_ins::Trouble;
use stand_ins::searxng::{Hit, Searxng, SearxngSettings};

use super::{say, told_to_stop, trouble};

pub(crate) const EXAMPLE: &str = "\
Try Footnote's search of the web with it (the pages themselves are not there, so answers are made from what the search shows):
  cargo run -p stand-ins -- searxng --port 9003
  FOOTNOTE_SEARXNG_URL=http://127.0.0.1:9003 footnote serve";

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Listen on this port; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,

    /// Refuse to answer in JSON, as a SearXNG does until its settings allow it.
    #[arg(long)]
    without_json: bool,

    /// Something more to be found, by words it has in common with a query; may be given several times.
    #[arg(long = "hit", value_names = ["URL", "TITLE", "TEXT"], num_args = 3)]
    hits: Vec<String>,

    /// Play this on every request: rate-limited, internal-error, bad-gateway, gateway-timeout, html, silence, cut=BYTES, stall=BYTES,
    /// or pieces=BYTES.
    #[arg(long, value_name = "TROUBLE", value_parser = trouble)]
    trouble: Option<Trouble>,
}

/// What is found without further words.
const KNOWN: [(&str, &str, &str); 4] = [
    (
        "https://www.python.org/downloads/",
        "Download Python",
        "The latest release of Python is on the downloads page, with those before it.",
    ),
    (
        "https://blog.rust-lang.org/",
        "Rust Blog",
        "A stable release of Rust comes every six weeks. What is new in it stands on the blog.",
    ),
    (
        "https://en.wikipedia.org/wiki/Paris",
        "Paris",
        "Paris is the capital of France. About two million people live there.",
    ),
    (
        "https://www.sqlite.org/backup.html",
        "SQLite Backup API",
        "The backup API of SQLite copies a database while it is in use.",
    ),
];

pub(crate) async fn run(arguments: Arguments) -> io::Result<()> {
    let searxng = Searxng::start(SearxngSettings {
        port: arguments.port,
        json: !arguments.without_json,
        ..SearxngSettings::default()
    })
    .await?;
    searxng.knows(KNOWN.map(|(url, title, text)| Hit::new(url, title, text)));
    for hit in arguments.hits.chunks_exact(3) {
        if let [url, title, text] = hit {
            searxng.knows([Hit::new(url, title, text)]);
        }
    }
    if let Some(trouble) = arguments.trouble {
        searxng.script().always(trouble);
    }
    say(&format!(
        "The SearXNG's stand-in listens at {}",
        searxng.url()
    ))?;
    told_to_stop().await;
    say(&format!("{} queries", searxng.asked().len()))?;
    searxng.close().await;
    Ok(())
}
