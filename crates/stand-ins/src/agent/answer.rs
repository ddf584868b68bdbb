//! Makes the run of a request that no test has written one for: searches, reads and writes as the recorded runs did. Must not send.

use serde_json::{Map, Value, json};
use time::Date;

use super::AgentSettings;
use super::ask::{Ask, Search, text, tokens};
use super::models::Level;
use super::run::{End, Run, Step, fetched, search_results, split_text};
use super::usage::{self, Counted};
use super::world::{self, Page};

/// How many results a search has.
const RESULTS: usize = 10;
/// How many tokens a level's own prompt has, which a cache holds.
const PROMPT_OF_A_LEVEL: u64 = 1780;
/// How many results a text cites.
const CITED: usize = 4;

/// How markers are written, which depends on who wrote the prompt.
#[derive(Clone, Copy, PartialEq)]
enum Markers {
    /// `[1]`.
    Plain,
    /// `[web:1]`.
    Web,
    /// `[Title](https://…)`.
    Links,
    None,
}

/// The run of a request. Of the settings it follows those on searches and pieces of text.
pub(super) fn run(ask: &Ask, settings: &AgentSettings, today: Date) -> Run {
    let found = found(ask, settings.searches, today);
    let text = match &ask.schema {
        Some(schema) => instance(schema).to_string(),
        None => written(ask, &found),
    };
    let (text, end) = capped(ask, text);
    let pieces = match settings.piece_bytes {
        Some(bytes) => split_text(&text, bytes),
        None => text.split_inclusive(' ').map(str::to_owned).collect(),
    };
    let items = items(ask, &found).into_iter().map(Step::Found);
    Run {
        steps: items.chain(pieces.into_iter().map(Step::Text)).collect(),
        end,
        usage: None,
    }
}

/// A search's queries, with what was found under which id.
struct Found {
    queries: Vec<String>,
    results: Vec<(u64, Page)>,
}

fn found(ask: &Ask, searches: Option<usize>, today: Date) -> Vec<Found> {
    let Some(search) = &ask.search else {
        return Vec::new();
    };
    let usual = ask.level.map_or(1, Level::searches);
    let number = searches.unwrap_or(usual);
    // Ids follow the order in which searches begin; items come in that in which they end, here the first one last.
    let mut order: Vec<usize> = (0..number).collect();
    order.rotate_left(usize::from(number > 1));
    order
        .into_iter()
        .map(|at| one_search(ask, search, at, today))
        .collect()
}

fn one_search(ask: &Ask, search: &Search, at: usize, today: Date) -> Found {
    let most = search.results.unwrap_or(RESULTS);
    let pages = world::find(&ask.question, at, &search.filters, most, today);
    let query = match at {
        0 => ask.question.clone(),
        1 => format!("{} overview", ask.question),
        other => format!("{} details {other}", ask.question),
    };
    let ids = first_id(at)..;
    Found {
        queries: vec![query],
        results: ids.zip(pages).collect(),
    }
}

/// Ids are not contiguous: each search has a range of its own, more than it needs.
fn first_id(search: usize) -> u64 {
    u64::try_from(search).unwrap_or_default() * 15 + 1
}

fn items(ask: &Ask, found: &[Found]) -> Vec<Value> {
    let mut items: Vec<Value> = found.iter().map(search_item).collect();
    if ask.fetches {
        items.extend(fetch_item(ask, found));
    }
    if ask.images {
        items.push(image_item(ask));
    }
    items
}

fn search_item(found: &Found) -> Value {
    let queries: Vec<&str> = found.queries.iter().map(String::as_str).collect();
    let results: Vec<Value> = found
        .results
        .iter()
        .map(|(id, page)| result(*id, page))
        .collect();
    search_results(&queries, &results)
}

fn result(id: u64, page: &Page) -> Value {
    let mut result = json!({
        "id": id,
        "title": page.title,
        "url": page.url,
        "snippet": page.snippet,
        "source": "web",
    });
    // A date that is not known is not there.
    for (field, date) in [("date", page.date), ("last_updated", page.updated)] {
        if let Some(date) = date {
            result[field] = json!(date.to_string());
        }
    }
    result
}

fn fetch_item(ask: &Ask, found: &[Found]) -> Option<Value> {
    let most = ask.level.map_or(1, Level::fetches);
    let pages: Vec<(&str, &str)> = cited(found)
        .take(most)
        .map(|(_, page)| (page.title.as_str(), page.url.as_str()))
        .collect();
    (!pages.is_empty()).then(|| fetched(&pages))
}

fn image_item(ask: &Ask) -> Value {
    json!({
        "type": "image_search_results",
        "queries": [ask.question],
        "results": [{
            "image_url": "https://images.example/1.png",
            "origin_url": "https://images.example/1",
            "width": 640,
            "height": 480,
        }],
    })
}

/// What is cited: the best of each search, in turns.
fn cited(found: &[Found]) -> impl Iterator<Item = &(u64, Page)> {
    let longest = found.iter().map(|one| one.results.len()).max();
    (0..longest.unwrap_or_default())
        .flat_map(move |at| found.iter().filter_map(move |one| one.results.get(at)))
}

fn written(ask: &Ask, found: &[Found]) -> String {
    let markers = markers(ask);
    let about = ask.question.lines().next().unwrap_or_default();
    let mut text = format!("This is what the stand-in says about “{about}”.");
    let mut sentences: Vec<(&str, Vec<&(u64, Page)>)> = Vec::new();
    for one in cited(found).take(CITED) {
        let same = sentences
            .iter_mut()
            .find(|(says, _)| *says == one.1.snippet);
        match same {
            Some((_, from)) => from.push(one),
            None => sentences.push((&one.1.snippet, vec![one])),
        }
    }
    for (says, from) in sentences {
        let marks: String = from
            .into_iter()
            .map(|(id, page)| mark(markers, *id, page))
            .collect();
        text.push_str(&format!(" {says}{marks}"));
    }
    if ask.question.contains("Related questions:") {
        text.push_str(
            "\n\nRelated questions:\n- What came before?\n- Who decided it?\n- What comes next?",
        );
    }
    text
}

fn markers(ask: &Ask) -> Markers {
    match ask.level {
        // A model that is asked for by its name cites only as far as the prompt says how.
        None if ask.body["input"].to_string().contains("[1]") => Markers::Plain,
        None => Markers::None,
        Some(_) if ask.instructed() => Markers::Links,
        Some(Level::Fast) => Markers::Plain,
        Some(_) => Markers::Web,
    }
}

fn mark(markers: Markers, id: u64, page: &Page) -> String {
    match markers {
        Markers::Plain => format!("[{id}]"),
        Markers::Web => format!("[web:{id}]"),
        Markers::Links => format!(" [{}]({})", page.title, page.url),
        Markers::None => String::new(),
    }
}

fn reasoning(ask: &Ask) -> u64 {
    ask.level.map_or(ask.model.reasoning, Level::reasoning)
}

/// Cuts a text where the cap is reached. Thinking counts first, so that a small cap may leave nothing.
fn capped(ask: &Ask, text: String) -> (String, End) {
    let left = ask.cap.map(|cap| cap.saturating_sub(reasoning(ask)));
    match left {
        Some(left) if tokens(&text) > left => {
            let most = usize::try_from(left * 4).unwrap_or(usize::MAX);
            let kept = text
                .char_indices()
                .take_while(|(at, it)| at + it.len_utf8() <= most);
            let kept = kept.map(|(_, character)| character).collect();
            (kept, End::Incomplete("max_output_tokens".to_owned()))
        }
        _ => (text, End::Completed),
    }
}

/// The usage of a run, counted from what it did.
pub(super) fn usage_of(ask: &Ask, run: &Run) -> Value {
    let items = run.output("msg");
    let count = |kind: &str| {
        let items = items.iter().filter(|item| item["type"] == kind);
        u64::try_from(items.count()).unwrap_or_default()
    };
    let pages = items.iter().filter_map(|item| item["contents"].as_array());
    let pages = pages.map(Vec::len).sum::<usize>();
    let thought = reasoning(ask);
    let thought = ask.cap.map_or(thought, |cap| cap.min(thought));
    let counted = Counted {
        input: ask.prompt_tokens,
        cache_read: ask.level.map_or(0, |_| PROMPT_OF_A_LEVEL),
        cache_write: tokens(&Value::from(items.clone()).to_string()),
        output: thought + tokens(&run.written()),
        reasoning: thought,
        searches: count("search_results"),
        fast: ask.search.as_ref().is_none_or(|search| search.fast),
        fetches: u64::try_from(pages).unwrap_or_default(),
        image_searches: count("image_search_results"),
    };
    usage::usage(ask.model, counted)
}

/// The plainest value that has a schema's form.
fn instance(schema: &Value) -> Value {
    if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.first().map(text).unwrap_or_default(),
        kind => text(kind),
    };
    match kind {
        "object" => {
            let properties = schema["properties"]
                .as_object()
                .cloned()
                .unwrap_or_default();
            let filled = properties
                .iter()
                .map(|(name, schema)| (name.clone(), instance(schema)));
            Value::Object(filled.collect::<Map<_, _>>())
        }
        "array" => json!([instance(&schema["items"])]),
        "integer" => schema.get("minimum").cloned().unwrap_or_else(|| json!(7)),
        "number" => schema.get("minimum").cloned().unwrap_or_else(|| json!(1.5)),
        "boolean" => json!(true),
        "null" => Value::Null,
        _ => json!("stand-in"),
    }
}
