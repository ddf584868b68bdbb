//! Generated requests, and by other means than the server's which documents their filters let in.

use proptest::prelude::*;
use serde_json::{Value, json};
use time::{Date, Duration, OffsetDateTime};

use super::documents::{Document, WORDS, day_between};

/// A request, and what its filters mean.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) request: Value,
    domains: Vec<Domain>,
    published: Between,
    updated: Between,
    /// The most days ago that count as recent.
    recent: Option<i64>,
    languages: Vec<String>,
    image_format: Option<String>,
}

/// An entry of a domain filter as it was meant.
#[derive(Clone, Debug)]
struct Domain {
    denies: bool,
    labels: Vec<String>,
    path: Vec<String>,
    written: String,
}

#[derive(Clone, Debug, Default)]
struct Between {
    after: Option<Date>,
    before: Option<Date>,
}

fn domain(denies: bool) -> impl Strategy<Value = Domain> {
    // What is meant, and one way to write its host.
    let hosts = vec![
        ("a.example", "a.example"),
        ("a.example", "www.A.Example"),
        ("docs.a.example", "https://docs.a.example"),
        ("example.org", "example.org."),
        ("b.example.org", "b.example.org"),
        ("xn--mnchen-3ya.example", "münchen.example"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("org", ".org"),
        ("example", ".Example"),
    ];
    let paths = vec![
        "",
        "docs",
        "doc",
        "guide",
        "guide/docs",
        "a b",
        "docs/d0.html",
    ];
    (
        prop::sample::select(hosts),
        prop::sample::select(paths),
        any::<bool>(),
    )
        .prop_map(move |((meant, host), path, slash)| {
            let path = if host.starts_with('.') { "" } else { path };
            let dash = if denies { "-" } else { "" };
            let before = if path.is_empty() { "" } else { "/" };
            let after = if slash && !path.is_empty() { "/" } else { "" };
            Domain {
                denies,
                labels: meant.split('.').map(str::to_owned).collect(),
                path: path
                    .split('/')
                    .filter(|part| !part.is_empty())
                    .map(str::to_owned)
                    .collect(),
                written: format!("{dash}{host}{before}{path}{after}"),
            }
        })
}

fn domains() -> impl Strategy<Value = Vec<Domain>> {
    any::<bool>().prop_flat_map(|denies| prop::collection::vec(domain(denies), 0..4))
}

fn between() -> impl Strategy<Value = Between> {
    let day = || prop::option::weighted(0.2, day_between(2024, 2026));
    (day(), day()).prop_map(|(after, before)| Between { after, before })
}

fn written(day: Option<Date>, zeros: bool) -> Value {
    day.map_or(Value::Null, |day| {
        let (month, of_month, year) = (u8::from(day.month()), day.day(), day.year());
        Value::from(match zeros {
            true => format!("{month:02}/{of_month:02}/{year}"),
            false => format!("{month}/{of_month}/{year}"),
        })
    })
}

fn question() -> impl Strategy<Value = String> {
    let opening = prop::sample::select(vec!["How do I", "What is", "", "Why does the", "When is"]);
    (
        opening,
        prop::collection::vec(prop::sample::select(WORDS), 1..5),
    )
        .prop_map(|(opening, words)| format!("{opening} {}?", words.join(" ")))
}

/// Fields that filter nothing.
fn others() -> impl Strategy<Value = Value> {
    let model = prop::sample::select(vec![
        "sonar",
        "sonar-pro",
        "sonar-reasoning-pro",
        "sonar-deep-research",
    ]);
    let size = prop::option::of(prop::sample::select(vec!["low", "medium", "high"]));
    let effort = prop::option::of(prop::sample::select(vec![
        "minimal", "low", "medium", "high",
    ]));
    let stop = prop::option::weighted(
        0.2,
        prop::sample::select(vec!["water", "]", "1", "> ", "`", "The"]),
    );
    (
        model,
        size,
        effort,
        prop::option::weighted(0.3, 16_u32..200),
        stop,
        prop::option::of(1_u32..12),
        any::<bool>(),
        any::<bool>(),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(model, size, effort, max_tokens, stop, results, images, related, structured)| {
            let format = structured.then(|| {
                let properties = json!({
                    "answer": { "type": "string" },
                    "sources": { "type": "array", "items": { "type": "string" } },
                });
                let schema = json!({ "type": "object", "properties": properties, "required": ["answer"] });
                json!({ "type": "json_schema", "json_schema": { "schema": schema } })
            });
            json!({
                "model": model, "reasoning_effort": effort, "max_tokens": max_tokens, "stop": stop,
                "num_search_results": results, "return_images": images, "return_related_questions": related,
                "response_format": format, "web_search_options": { "search_context_size": size },
            })
        })
}

pub(crate) fn asked() -> impl Strategy<Value = Asked> {
    let languages = prop::collection::vec(prop::sample::select(vec!["en", "de", "fr"]), 0..3);
    let recency = vec![
        ("hour", 1),
        ("day", 1),
        ("week", 7),
        ("month", 30),
        ("year", 365),
    ];
    (
        others(),
        question(),
        domains(),
        between(),
        between(),
        prop::option::weighted(0.15, prop::sample::select(recency)),
        languages,
        prop::option::of(prop::sample::select(vec!["png", "gif"])),
        any::<bool>(),
    )
        .prop_map(
            |(
                mut request,
                question,
                domains,
                published,
                updated,
                recent,
                languages,
                format,
                zeros,
            )| {
                // The protocol forbids a recency beside a publication date.
                let published = if recent.is_some() {
                    Between::default()
                } else {
                    published
                };
                request["messages"] = json!([{ "role": "user", "content": question }]);
                request["search_recency_filter"] = json!(recent.map(|(name, _)| name));
                request["search_after_date_filter"] = written(published.after, zeros);
                request["search_before_date_filter"] = written(published.before, zeros);
                request["last_updated_after_filter"] = written(updated.after, zeros);
                request["last_updated_before_filter"] = written(updated.before, zeros);
                request["search_language_filter"] = json!(languages);
                request["search_domain_filter"] = domains
                    .iter()
                    .map(|domain| Value::from(domain.written.clone()))
                    .collect();
                request["image_format_filter"] = json!(format.map(|format| [format]));
                Asked {
                    request,
                    domains,
                    published,
                    updated,
                    recent: recent.map(|(_, days)| days),
                    languages: languages.into_iter().map(str::to_owned).collect(),
                    image_format: format.map(str::to_owned),
                }
            },
        )
}

impl Asked {
    /// The same filters in a request of their own.
    pub(crate) fn filters_alone(&self) -> Value {
        let filters = self.request.as_object().unwrap().clone().into_iter();
        let mut request: Value = filters
            .filter(|(name, _)| name.contains("_filter"))
            .collect();
        request["model"] = json!("sonar");
        request
    }

    /// How the address of every image ends.
    pub(crate) fn image_ending(&self) -> &str {
        self.image_format.as_deref().unwrap_or("")
    }

    /// Whether sources in certain languages are asked for.
    pub(crate) fn names_a_language(&self) -> bool {
        !self.languages.is_empty()
    }

    /// Whether every filter lets a document in.
    pub(crate) fn lets_in(&self, document: &Document) -> bool {
        self.lets_in_address(document)
            && self.lets_in_language(document)
            && self.published.holds(document.date)
            && self.updated.holds(document.updated.or(document.date))
            && self.is_recent(document.date)
    }

    fn lets_in_address(&self, document: &Document) -> bool {
        let covers = |domain: &&Domain| {
            let mut path = document.path.clone();
            path.push(format!("d{}.html", document.number));
            !document.host.is_empty()
                && document.host.ends_with(&domain.labels)
                && path.starts_with(&domain.path)
        };
        let denied = self
            .domains
            .iter()
            .filter(|domain| domain.denies)
            .any(|domain| covers(&domain));
        let mut allowing = self
            .domains
            .iter()
            .filter(|domain| !domain.denies)
            .peekable();
        !denied && (allowing.peek().is_none() || allowing.any(|domain| covers(&domain)))
    }

    fn lets_in_language(&self, document: &Document) -> bool {
        let own = document.language.to_lowercase();
        let languages: Vec<&str> = match self.languages.is_empty() {
            true => vec!["en"],
            false => self.languages.iter().map(String::as_str).collect(),
        };
        languages.iter().any(|language| own.starts_with(language))
    }

    /// Only whole days are generated, so the day on which the time began is recent as a whole.
    fn is_recent(&self, date: Option<Date>) -> bool {
        let Some(days) = self.recent else {
            return true;
        };
        // None of the generated days lies within a month of today but by chance; an hour may reach back a day.
        date.is_some_and(|date| date >= OffsetDateTime::now_utc().date() - Duration::days(days))
    }
}

impl Between {
    fn holds(&self, date: Option<Date>) -> bool {
        let Some(date) = date else {
            return self.after.is_none() && self.before.is_none();
        };
        self.after.is_none_or(|after| date > after)
            && self.before.is_none_or(|before| date < before)
    }
}
