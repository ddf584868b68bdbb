//! `stand-ins chat`: a chat endpoint until it is told to stop. Must only turn arguments into settings.

use std::io;

use clap::{Args, ValueEnum};
use stand_ins::Trouble;
use stand_ins::chat::{ChatEndpoint, ChatSettings, Model};

use super::{say, told_to_stop, trouble};

pub(crate) const EXAMPLE: &str = "\
Try Footnote's writer with it:
  cargo run -p stand-ins -- chat --port 9002
  FOOTNOTE_WRITER_URL=http://127.0.0.1:9002/v1 FOOTNOTE_WRITER_MODEL=stand-in footnote serve";

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Listen on this port; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,

    /// A model that it has; may be given several times.
    #[arg(long = "model", value_name = "NAME", default_value = "stand-in")]
    models: Vec<String>,

    /// Ask for this key.
    #[arg(long)]
    key: Option<String>,

    /// What its model writes.
    #[arg(long, value_enum, default_value_t = Writes::Faithful)]
    writes: Writes,

    /// Play this on every request: rate-limited, internal-error, bad-gateway, gateway-timeout, html, silence, cut=BYTES, stall=BYTES,
    /// or pieces=BYTES.
    #[arg(long, value_name = "TROUBLE", value_parser = trouble)]
    trouble: Option<Trouble>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Writes {
    /// Sentences of the passages, each with the number of its own.
    Faithful,
    /// The same without any number.
    WithoutMarkers,
    /// The same with numbers that no passage has.
    NumbersOutOfRange,
    /// The same, each with the number of another passage.
    WrongNumbers,
    /// Thoughts first, in <think>.
    Thoughts,
    /// A list of sources at the end.
    Sources,
    /// Half of it, without an end.
    Half,
    /// No text.
    Nothing,
    /// One token a minute.
    Slowly,
}

impl Writes {
    fn model(self) -> Model {
        match self {
            Self::Faithful => Model::Faithful,
            Self::WithoutMarkers => Model::DropsMarkers,
            Self::NumbersOutOfRange => Model::NumbersOutOfRange,
            Self::WrongNumbers => Model::CitesTheWrongPassage,
            Self::Thoughts => Model::Thinks,
            Self::Sources => Model::ListsSources,
            Self::Half => Model::StopsHalfWay,
            Self::Nothing => Model::SaysNothing,
            Self::Slowly => Model::OneTokenAMinute,
        }
    }
}

pub(crate) async fn run(arguments: Arguments) -> io::Result<()> {
    let endpoint = ChatEndpoint::start_with(ChatSettings {
        port: arguments.port,
        models: arguments.models,
        key: arguments.key,
    })
    .await?;
    endpoint.play(arguments.writes.model());
    if let Some(trouble) = arguments.trouble {
        endpoint.script().always(trouble);
    }
    say(&format!(
        "The chat endpoint's stand-in listens at {}",
        endpoint.url()
    ))?;
    told_to_stop().await;
    say(&format!(
        "{} requests, {} tokens",
        endpoint.calls(),
        endpoint.tokens()
    ))
}
