//! The answer service, spoken to in the Sonar protocol. The only place that names the crate `sonar`; shows nothing.

mod messages;
mod request;
mod research;
mod searches;
mod speakers;
mod thinking;
mod unmarked;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use sonar::{ChatChunk, ChatRequest, Client, Error, Message, Retries, SearchResult, Timeouts};

use crate::conversation::answer::{Finish, Image, LONGEST_ADDRESS, Source, Usage};
use crate::conversation::failure::Failure;
use crate::conversation::ports::{AnswerError, AnswerEvent, AnswerService, End, Inquiry};
use crate::settings::answers::AnswerSettings;
use searches::Searches;
use thinking::AnswerText;
use url::Url;

/// The most sources of one answer that are kept.
const SOURCES_AT_MOST: usize = 100;

/// The longest snippet of a source that is kept, in characters.
const SNIPPET_LENGTH: usize = 500;

/// The most pictures of one answer that are kept.
const IMAGES_AT_MOST: usize = 10;

/// Somebody is looking at the screen: a wait of a few seconds is waited out for them, a longer one is told, so that they can do
/// something else.
const PATIENCE: Retries = Retries {
    at_most: 2,
    first_wait: Duration::from_millis(500),
    longest_wait: Duration::from_secs(2),
    longest_asked: Duration::from_secs(3),
};

/// The longest that one call about a research may take, which is answered at once and may still bring a long answer.
const RESEARCH_CALL: Duration = Duration::from_secs(60);

/// What the operator can do about a service that has ended.
const RETIRED: &str = "the service at SONAR_BASE_URL has retired the Sonar protocol: unset SONAR_BASE_URL and SONAR_API_KEY, and set PERPLEXITY_API_KEY (a key for Sonar is one for the Agent API too)";

/// The address or the key of the endpoint cannot be used.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct EndpointError(#[from] sonar::BuildError);

/// Answers by asking a Sonar endpoint.
pub struct SonarAnswers {
    client: Client,
    /// The same for researches: it tries nothing twice, since whoever asks counts the tries and waits between them.
    jobs: Client,
    /// Whether the endpoint refused to be asked for a concise stream. May be lost.
    refuses_stream_mode: Arc<AtomicBool>,
}

impl SonarAnswers {
    /// Asks the endpoint at `base_url` with the settings' key and waits.
    ///
    /// # Errors
    ///
    /// [`EndpointError`] when the address or the key cannot be used.
    pub fn new(base_url: &str, settings: &AnswerSettings) -> Result<Self, EndpointError> {
        let timeouts = Timeouts {
            connect: Duration::from_secs(settings.connect_seconds),
            first_byte: Duration::from_secs(settings.first_byte_seconds),
            idle: Duration::from_secs(settings.idle_seconds),
            total: Duration::from_secs(settings.total_seconds),
        };
        let client = |timeouts, retries| {
            let builder = Client::builder(base_url)
                .timeouts(timeouts)
                .retries(retries);
            match &settings.api_key {
                Some(key) => builder.key(key.clone()),
                None => builder,
            }
            .build()
        };
        let of_research = Timeouts {
            total: timeouts.total.min(RESEARCH_CALL),
            ..timeouts
        };
        Ok(Self {
            client: client(timeouts, PATIENCE)?,
            jobs: client(of_research, Retries::NEVER)?,
            refuses_stream_mode: Arc::default(),
        })
    }
}

/// Asks a Sonar endpoint for a model that there is not, which costs nothing: it looks at the key first, and then refuses the model.
/// Says what is wrong otherwise.
///
/// # Errors
///
/// A sentence for the operator.
pub async fn knock(base_url: &str, settings: &AnswerSettings) -> Result<(), String> {
    let service = SonarAnswers::new(base_url, settings).map_err(|error| error.to_string())?;
    let request = ChatRequest {
        max_tokens: Some(16),
        ..ChatRequest::new("footnote-check", vec![Message::user("Is anybody there?")])
    };
    match service.client.chat(&request).await {
        Ok(_) | Err(Error::Rejected { .. } | Error::RateLimited { .. }) => Ok(()),
        Err(error) => Err(cause(&error)),
    }
}

impl AnswerService for SonarAnswers {
    fn ask(&self, inquiry: &Inquiry) -> BoxStream<'static, Result<AnswerEvent, AnswerError>> {
        let client = self.client.clone();
        let messages = messages::of(inquiry);
        let limits = inquiry.limits.clone();
        let refuses_stream_mode = Arc::clone(&self.refuses_stream_mode);
        Box::pin(async_stream::try_stream! {
            let messages = messages.map_err(|invalid| answer_error(invalid.into()))?;
            let mut request = request::request(&limits, messages);
            if refuses_stream_mode.load(Ordering::Relaxed) {
                request.stream_mode = None;
            }
            let opened = match client.chat_stream(&request).await {
                Err(error) if request.stream_mode.is_some() && is_of_stream_mode(&error) => {
                    tracing::info!("the answer service takes no stream_mode: it is asked without, and tells nothing of what it searches");
                    refuses_stream_mode.store(true, Ordering::Relaxed);
                    request.stream_mode = None;
                    client.chat_stream(&request).await
                }
                opened => opened,
            };
            let mut chunks = opened.map_err(answer_error)?;
            let mut text = AnswerText::default();
            let mut end = unended(&request.model);
            let mut searches = Searches::default();
            let mut known: Vec<SearchResult> = Vec::new();
            let mut last = String::new();
            while let Some(chunk) = chunks.next().await {
                let chunk = chunk.map_err(answer_error)?;
                // The list is repeated on every piece; only another one says something new.
                let sources = chunk.sources();
                // Their dates may come later than their addresses.
                if !sources.is_empty() && !sources.iter().map(told).eq(known.iter().map(told)) {
                    yield AnswerEvent::Sources(numbered(&sources));
                    known = sources.into_owned();
                }
                let queries = searches.told_anew(chunk.steps());
                if !queries.is_empty() {
                    yield AnswerEvent::Searching(queries);
                }
                if let Some(more) = text.push(&chunk.added_text()) {
                    yield AnswerEvent::Text(more);
                }
                read_end(&mut end, &chunk);
                if chunk.is_last() {
                    last = AnswerText::of(&chunk.text()).trim().to_owned();
                }
            }
            if let Some(more) = text.finish() {
                yield AnswerEvent::Text(more);
            }
            if !last.is_empty() {
                yield AnswerEvent::Whole(last);
            }
            if !limits.images {
                end.images.clear();
            }
            if !limits.related {
                end.related.clear();
            }
            yield AnswerEvent::Finished(end);
        })
    }
}

/// Whether a service refuses a request over how it is to be streamed.
fn is_of_stream_mode(error: &Error) -> bool {
    matches!(error, Error::Rejected { field: Some(field), .. } if field == "stream_mode")
}

/// The end of an answer of a model of which nothing was told yet.
fn unended(model: &str) -> End {
    End {
        model: model.to_owned(),
        finish: Finish::Complete,
        usage: Usage::default(),
        related: Vec::new(),
        images: Vec::new(),
    }
}

/// Reads what only the last pieces tell.
fn read_end(end: &mut End, chunk: &ChatChunk) {
    if !chunk.model.is_empty() {
        end.model.clone_from(&chunk.model);
    }
    if let Some(reason) = chunk.finish_reason() {
        end.finish = match String::from(reason.clone()).as_str() {
            "stop" => Finish::Complete,
            "length" => Finish::Length,
            other => Finish::Other(other.to_owned()),
        };
    }
    if let Some(related) = &chunk.related_questions {
        end.related.clone_from(related);
    }
    if let Some(images) = &chunk.images {
        end.images = pictures(images);
    }
    if let Some(usage) = &chunk.usage {
        end.usage = Usage {
            prompt_tokens: usage.prompt_tokens,
            completion_tokens: usage.completion_tokens,
            cost_usd: usage.cost.as_ref().map(|cost| cost.total_cost),
        };
    }
}

/// The pictures that can be shown: each by its address, once, and none that is sent along itself.
fn pictures(images: &[sonar::Image]) -> Vec<Image> {
    let mut kept: Vec<Image> = Vec::new();
    for image in images {
        let url = image.image_url.trim();
        let is_data = url
            .get(..5)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
        let is_known = kept.iter().any(|known| known.url == url);
        // As it would be sent: other alphabets are encoded there.
        let is_short = Url::parse(url).is_ok_and(|url| url.as_str().len() <= LONGEST_ADDRESS);
        if is_data || is_known || !is_short {
            continue;
        }
        kept.push(Image {
            url: url.to_owned(),
            origin: image.origin_url.trim().to_owned(),
            title: image.title.clone(),
        });
        if kept.len() == IMAGES_AT_MOST {
            break;
        }
    }
    kept
}

/// What a list of sources says anew where it is another one.
fn told(source: &SearchResult) -> (&str, &str, Option<&str>, Option<&str>) {
    let (date, updated) = (source.date.as_deref(), source.last_updated.as_deref());
    (&source.url, &source.title, date, updated)
}

/// The sources with the numbers that markers in the text use: their places, from 1.
fn numbered(results: &[SearchResult]) -> Vec<Source> {
    let numbers = 1..;
    let source = |(number, result): (u32, &SearchResult)| Source {
        number,
        title: result.title.clone(),
        url: result.url.clone(),
        date: result.date.clone(),
        last_updated: result.last_updated.clone(),
        snippet: result
            .snippet
            .iter()
            .flat_map(|snippet| snippet.chars())
            .take(SNIPPET_LENGTH)
            .collect(),
    };
    numbers
        .zip(results.iter().take(SOURCES_AT_MOST))
        .map(source)
        .collect()
}

/// The whole policy for errors of the service: what each means for the reader. The cause goes to the operator's log.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the form that `map_err` takes"
)]
fn answer_error(error: Error) -> AnswerError {
    let failure = match &error {
        Error::RateLimited { retry_after } => Failure::RateLimited {
            retry_after: *retry_after,
        },
        Error::Unauthorized => Failure::Unauthorized,
        Error::OutOfCredit => Failure::OutOfCredit,
        Error::Retired => Failure::Retired,
        Error::Invalid(_) | Error::Rejected { .. } => Failure::Rejected,
        Error::NotFound | Error::Unavailable { .. } => Failure::Unavailable,
        Error::TimedOut { .. } => Failure::TimedOut,
        Error::Unreadable { .. } => Failure::Unreadable,
        Error::Truncated { .. } => Failure::BrokeOff,
    };
    AnswerError {
        failure,
        cause: cause(&error),
    }
}

/// What happened, for the operator's log. What a service says of a request may repeat the question, so only its name for the
/// reason is told.
fn cause(error: &Error) -> String {
    match error {
        Error::Rejected { kind, field, .. } => {
            let named = |name: &Option<String>, without: &str| {
                name.as_deref()
                    .map_or_else(|| without.to_owned(), name_only)
            };
            format!(
                "the answer service refuses the request ({}, {})",
                named(kind, "no reason named"),
                named(field, "no field named")
            )
        }
        Error::Unavailable {
            status: Some(_), ..
        } => error.to_string(),
        Error::Retired => RETIRED.to_owned(),
        other => with_sources(other),
    }
}

/// A name as services give them: a word, or nothing that could be a sentence.
fn name_only(kind: &str) -> String {
    kind.chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        .take(60)
        .collect()
}

/// An error with the errors below it, in one line.
fn with_sources(error: &dyn std::error::Error) -> String {
    let below = std::iter::successors(error.source(), |error| error.source());
    below.fold(error.to_string(), |told, error| format!("{told}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_bounded_and_none_is_sent_along_itself() {
        let image = |url: String| sonar::Image {
            image_url: url,
            ..sonar::Image::default()
        };
        let many = (0..20).map(|number| image(format!("https://a.example/{number}.png")));
        assert_eq!(pictures(&many.collect::<Vec<_>>()).len(), IMAGES_AT_MOST);
        let odd = [
            "",
            "DATA:image/png;base64,AAAA",
            "https://a.example/é.png",
            "https://a.example/é.png",
        ];
        let odd = odd.map(|url| image(url.to_owned()));
        assert_eq!(pictures(&odd).len(), 1);
        let encoded = |letters| image(format!("https://a.example/{}", "é".repeat(letters)));
        assert_eq!(pictures(&[encoded(80), encoded(90)]).len(), 1);
    }
}
