//! What the findings say to a request: sources, text and what comes beside it. Must be pure.

use axum::http::StatusCode;
use sonar::{ChatRequest, SearchResult, SourceKind};
use tokio::time::Instant;

use super::bill::Bill;
use super::cut::Cut;
use super::pictures::pictures;
use super::plan::{Plan, excerpts};
use super::related::related;
use super::research::Findings;
use super::structured::Form;
use super::written::{Commission, Ready};
use crate::Failure;
use crate::engines::Sources;
use crate::engines::corpus::documents::language::primary;
use crate::engines::corpus::index::tokens::Tokeniser;
use crate::engines::corpus::write::{Around, deltas, whole};
use crate::engines::corpus::{Excerpt, Filters};
use crate::engines::writer::{Editor, Lookup, Writer, prompt};

/// The sources of an answer, and what is made of them.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) sources: Sources,
    pub(super) text: Text,
}

/// The text of an answer.
#[derive(Debug)]
pub(super) enum Text {
    /// It only has to be sent.
    Quoted(Ready, Bill),
    /// A model is to write it.
    Written(Box<Commission>),
    /// There is none.
    Failed(Failure),
}

impl Reply {
    pub(super) fn to(
        request: &ChatRequest,
        plan: &Plan,
        findings: &Findings,
        writer: Option<(&Writer, Instant)>,
    ) -> Self {
        let query = &plan.query;
        let related = match request.return_related_questions {
            Some(true) => {
                let language = query.language.as_deref().unwrap_or("en");
                let mut tokeniser = Tokeniser::new(language);
                related(&query.text, &findings.found, &mut tokeniser)
            }
            _ => Vec::new(),
        };
        let text = match writer {
            Some((writer, latest)) => written(request, plan, findings, writer, latest),
            None => quoted(request, plan, findings),
        };
        let sources = Sources {
            results: findings.excerpts().map(source).collect(),
            images: pictures(request, findings.excerpts()),
            related,
        };
        Self { sources, text }
    }
}

fn quoted(request: &ChatRequest, plan: &Plan, findings: &Findings) -> Text {
    match ready(request, plan, findings) {
        Some(ready) => Text::Quoted(ready, Bill::new(request, findings)),
        None => Text::Failed(Failure::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "nothing_found",
            "response_format: nothing was found that could fill the json_schema.",
        )),
    }
}

/// Where nothing was found, there is nothing to write from, unless nothing was to be searched.
fn written(
    request: &ChatRequest,
    plan: &Plan,
    findings: &Findings,
    writer: &Writer,
    latest: Instant,
) -> Text {
    let passages: Vec<&Excerpt> = findings.excerpts().collect();
    if passages.is_empty() && plan.searches {
        return quoted(request, plan, findings);
    }
    let texts = passages
        .iter()
        .map(|passage| format!("{}\n{}", prompt::title(passage), prompt::text(passage)));
    let texts: Vec<String> = texts.collect();
    let language = passages
        .first()
        .and_then(|passage| passage.language.clone());
    let language = language.or_else(|| plan.query.language.clone());
    let language = language.as_deref().unwrap_or("en");
    let schema = prompt::schema(request).map(|(_, schema)| schema.clone());
    let short = short(request, findings);
    let excerpts = ready(request, plan, &short);
    Text::Written(Box::new(Commission {
        writer: writer.clone(),
        body: prompt::body(request, writer.model(), &passages),
        editor: Editor::new(&texts, language, lookup(request, language)),
        passages: passages.len(),
        schema,
        excerpts: excerpts.filter(|_| !passages.is_empty()),
        fewer: short.excerpts().count() < passages.len(),
        latest,
        bill: Bill::new(request, findings),
    }))
}

/// An answer in another language than its passages has few words in common with them.
fn lookup(request: &ChatRequest, language: &str) -> Lookup {
    /// How a language is named in a request; its code is known anyway.
    const NAMES: &[(&str, &str)] = &[
        ("de", "german"),
        ("en", "english"),
        ("es", "spanish"),
        ("fr", "french"),
        ("it", "italian"),
        ("nl", "dutch"),
        ("pt", "portuguese"),
    ];
    let Some(wanted) = &request.language_preference else {
        return Lookup::Words;
    };
    let wanted = wanted.trim().to_lowercase();
    let named = NAMES.iter().find(|(_, name)| *name == wanted);
    let wanted = named.map_or(wanted.as_str(), |(code, _)| code);
    match primary(wanted) == primary(language) {
        true => Lookup::Words,
        false => Lookup::Numbers,
    }
}

/// As many excerpts as readers get without a model; they begin the list, so that their numbers stay. Chapters go on from them.
fn short(request: &ChatRequest, findings: &Findings) -> Findings {
    let mut short = findings.clone();
    if short.chapters.is_empty() {
        short.found.excerpts.truncate(excerpts(request));
    }
    short
}

/// The excerpts as text, or as the JSON that is asked for; `None` when they cannot fill it.
fn ready(request: &ChatRequest, plan: &Plan, findings: &Findings) -> Option<Ready> {
    let filtered = plan.filters != Filters::default();
    let text = whole(
        &findings.found,
        &findings.chapters,
        Around {
            filtered,
            no_documents: findings.no_documents,
            web: findings.web,
        },
    );
    let cut = Cut::of(request);
    if let Some(form) = Form::of(request) {
        let addresses: Vec<String> = findings
            .excerpts()
            .map(|quoted| quoted.url.clone())
            .collect();
        return Some(form.ok()?.fill(&text, &addresses, &cut));
    }
    let (text, finish) = cut.apply(&text);
    Some((deltas(&text), finish))
}

/// A source in the protocol's words.
pub(super) fn source(excerpt: &Excerpt) -> SearchResult {
    SearchResult {
        title: prompt::title(excerpt),
        url: excerpt.url.clone(),
        date: excerpt.date.clone(),
        last_updated: excerpt.last_updated.clone(),
        snippet: Some(excerpt.text.clone()),
        source: Some(SourceKind::Web),
        ..SearchResult::default()
    }
}
