//! A request of the protocol as one of the Agent API, field by field. Must be pure; what has no counterpart was refused before,
//! or is named as ignored.

use sonar::{
    ChatRequest, Content, DomainEntry, JsonSchemaFormat, MediaUrl, Message, Part, ResponseFormat,
    Role, SearchType, UserLocation, strip_thinking,
};

use super::language;
use super::settings::{AgentSettings, Selector, Target};
use super::wire::{
    Asked, Filters, Format, ImageFilters, ImageSearch, Item, Location, Part as AgentPart,
    Reasoning, Said, Schema, Tool, WebSearch,
};
use crate::dates;
use crate::media::wants_images;

/// Answers when nothing is to be searched: a level always searches.
const WITHOUT_SEARCH: &str = "perplexity/sonar";
/// Tokens allowed where a provider insists on a limit and the request sets none.
const PROVIDER_LIMIT: u32 = 8_192;
/// The levels of the API, lowest first.
const LEVELS: [&str; 5] = ["fast", "low", "medium", "high", "xhigh"];
/// A model that is asked for by its name was never told how to cite.
const HOW_TO_CITE: &str = "Cite the search results that support a sentence: write their ids in square brackets after the full stop, each in its own, like [1][4]. Do not list the sources at the end.";
/// The API has no field for related questions.
const ASK_RELATED: &str = "After the answer, write a line that says exactly \"Related questions:\" and below it three short questions that somebody could ask next, one a line.";

/// How the answer is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// As one reply.
    Whole,
    /// As events.
    Streamed,
    /// Later, as a run that goes on by itself.
    Background,
}

/// The request in the API's words.
pub(super) fn translated(request: &ChatRequest, settings: &AgentSettings, way: Way) -> Asked {
    let target = target(request, settings);
    let by_name = matches!(target, Target::Model(_));
    let searches = request.disable_search != Some(true);
    let mut asked = Asked {
        input: input(request, settings, by_name && searches),
        max_output_tokens: request.max_tokens,
        temperature: request.temperature,
        top_p: request.top_p,
        reasoning: request.reasoning_effort.as_ref().map(|effort| Reasoning {
            effort: effort.to_string(),
        }),
        response_format: format(request),
        language_preference: request
            .language_preference
            .as_deref()
            .and_then(language::code),
        tools: tools(request, settings, by_name, searches),
        stream: (way == Way::Streamed).then_some(true),
        background: (way == Way::Background).then_some(true),
        // A run that goes on by itself is looked up later.
        store: (way != Way::Background).then_some(false),
        ..Asked::default()
    };
    match target {
        Target::Model(model) => {
            if model.starts_with("anthropic/") {
                asked.max_output_tokens.get_or_insert(PROVIDER_LIMIT);
            }
            asked.model = Some(model);
        }
        Target::Level(level) if settings.selector == Selector::Effort => asked.effort = Some(level),
        Target::Level(level) => asked.preset = Some(level),
    }
    asked
}

/// What answers: what the model stands for, unless the request wants another kind of search.
fn target(request: &ChatRequest, settings: &AgentSettings) -> Target {
    if request.disable_search == Some(true) {
        return Target::Model(WITHOUT_SEARCH.to_owned());
    }
    let options = request.web_search_options.as_ref();
    let several =
        options.and_then(|options| options.search_type.as_ref()) == Some(&SearchType::Pro);
    match settings.models.target(&request.model) {
        Target::Level(level) if several && level.split('@').next() == LEVELS.first().copied() => {
            Target::Level("low".to_owned())
        }
        target => target.clone(),
    }
}

fn input(request: &ChatRequest, settings: &AgentSettings, cites: bool) -> Vec<Item> {
    let mut items: Vec<Item> = request.messages.iter().map(item).collect();
    if cites {
        let after_system = items
            .iter()
            .take_while(|item| item.role == "system")
            .count();
        items.insert(after_system, text_item("system", HOW_TO_CITE.to_owned()));
    }
    if asks_related(request, settings)
        && let Some(last) = items.last_mut()
    {
        last.content.add(ASK_RELATED);
    }
    items
}

/// Whether related questions are asked for in the question itself. An answer that fits a schema has no room for them.
pub(super) fn asks_related(request: &ChatRequest, settings: &AgentSettings) -> bool {
    let free = !matches!(
        request.response_format,
        Some(ResponseFormat::JsonSchema { .. })
    );
    settings.related_questions && free && request.return_related_questions == Some(true)
}

fn text_item(role: &'static str, text: String) -> Item {
    Item {
        kind: "message",
        role,
        content: Said::Text(text),
    }
}

fn item(message: &Message) -> Item {
    let role = match message.role {
        Role::System => "system",
        Role::Assistant => "assistant",
        _ => "user",
    };
    let content = match &message.content {
        Content::Parts(parts) if role == "user" => {
            Said::Parts(parts.iter().filter_map(part).collect())
        }
        content if role == "assistant" => Said::Text(strip_thinking(&content.text()).into_owned()),
        content => Said::Text(content.text().into_owned()),
    };
    Item {
        kind: "message",
        role,
        content,
    }
}

impl Said {
    /// Puts a paragraph behind what is said.
    fn add(&mut self, paragraph: &str) {
        match self {
            Self::Text(text) => {
                text.push_str("\n\n");
                text.push_str(paragraph);
            }
            Self::Parts(parts) => parts.push(AgentPart::InputText {
                text: paragraph.to_owned(),
            }),
        }
    }
}

fn part(part: &Part) -> Option<AgentPart> {
    Some(match part {
        Part::Text { text } => AgentPart::InputText { text: text.clone() },
        Part::ImageUrl { image_url } => AgentPart::InputImage {
            image_url: address(image_url).to_owned(),
        },
        Part::FileUrl {
            file_url,
            file_name,
        } => file(address(file_url), file_name.as_deref()),
        Part::PdfUrl { pdf_url } => file(address(pdf_url), None),
        Part::VideoUrl { .. } | Part::Other(_) => return None,
    })
}

/// The address itself, wherever it stands.
pub(super) fn address(media: &MediaUrl) -> &str {
    match media {
        MediaUrl::Plain(url) | MediaUrl::Object { url, .. } => url,
    }
}

/// A file by its address, or, where it is none, by its content, which then needs a name.
fn file(at: &str, name: Option<&str>) -> AgentPart {
    let is_address = at.starts_with("https://");
    AgentPart::InputFile {
        file_url: is_address.then(|| at.to_owned()),
        file_data: (!is_address).then(|| at.to_owned()),
        filename: (!is_address).then(|| name.unwrap_or("document.pdf").to_owned()),
    }
}

fn format(request: &ChatRequest) -> Option<Format> {
    let Some(ResponseFormat::JsonSchema { json_schema }) = &request.response_format else {
        return None;
    };
    let JsonSchemaFormat {
        schema,
        name,
        description,
        strict,
    } = json_schema.clone();
    Some(Format {
        kind: "json_schema",
        json_schema: Schema {
            name: name.unwrap_or_else(|| "schema".to_owned()),
            schema,
            description,
            strict,
        },
    })
}

/// The tools that are named: the search only where something of it is set, for a level brings its own.
fn tools(
    request: &ChatRequest,
    settings: &AgentSettings,
    by_name: bool,
    searches: bool,
) -> Vec<Tool> {
    if !searches {
        return Vec::new();
    }
    let search = web_search(request);
    let search =
        (by_name || search != WebSearch::default()).then(|| Tool::WebSearch(Box::new(search)));
    let images = settings.images && wants_images(request);
    let images = images.then(|| Tool::ImageSearch(image_search(request)));
    search.into_iter().chain(images).collect()
}

fn web_search(request: &ChatRequest) -> WebSearch {
    let options = request.web_search_options.clone().unwrap_or_default();
    let filters = filters(request);
    WebSearch {
        search_context_size: options.search_context_size.map(|size| size.to_string()),
        max_results: request.num_search_results.map(|most| most.clamp(1, 50)),
        user_location: options.user_location.map(location),
        filters: (filters != Filters::default()).then_some(filters),
    }
}

fn location(place: UserLocation) -> Location {
    Location {
        country: place.country,
        region: place.region,
        city: place.city,
        latitude: place.latitude,
        longitude: place.longitude,
    }
}

fn filters(request: &ChatRequest) -> Filters {
    let domains = request.search_domain_filter.as_ref();
    let domains = domains.filter(|domains| !domains.is_empty());
    Filters {
        search_domain_filter: domains
            .map(|domains| domains.iter().map(|entry| bare(entry)).collect()),
        search_recency_filter: request
            .search_recency_filter
            .as_ref()
            .map(ToString::to_string),
        search_after_date_filter: day(request.search_after_date_filter.as_deref()),
        search_before_date_filter: day(request.search_before_date_filter.as_deref()),
        last_updated_after_filter: day(request.last_updated_after_filter.as_deref()),
        last_updated_before_filter: day(request.last_updated_before_filter.as_deref()),
    }
}

/// An entry of a domain filter in its usual form, without a scheme.
fn bare(entry: &str) -> String {
    DomainEntry::read(entry).map_or_else(|| entry.to_owned(), |entry| entry.to_string())
}

/// A day as the API reads it: both numbers of two digits.
fn day(text: Option<&str>) -> Option<String> {
    let date = dates::read(text?)?;
    let month = u8::from(date.month());
    Some(format!("{month:02}/{:02}/{:04}", date.day(), date.year()))
}

fn image_search(request: &ChatRequest) -> ImageSearch {
    let formats = request.image_format_filter.as_ref().map(|formats| {
        let formats = formats.iter().map(|format| match format.as_str() {
            "jpg" => "jpeg".to_owned(),
            format => format.to_owned(),
        });
        formats.collect()
    });
    let domains = request.image_domain_filter.as_ref();
    let filters = ImageFilters {
        domain_filter: domains.map(|domains| domains.iter().map(|entry| bare(entry)).collect()),
        format_filter: formats,
        safe_search: request.safe_search,
    };
    ImageSearch {
        max_results: request.num_images.map(|most| most.clamp(1, 30)),
        filters: (filters != ImageFilters::default()).then_some(filters),
    }
}
