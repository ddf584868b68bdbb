//! `GET /documents/{path}`: shows a document that has no public address, so that a citation of it can be followed. Shows
//! nothing that is not indexed, and reads no file.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, Uri};

use super::Shared;
use crate::Failure;
use crate::engines::{Page, PageBlock};

const STYLE: &str = "body{max-width:42rem;margin:2rem auto;padding:0 1rem;font:1rem/1.6 system-ui,sans-serif}\
pre{overflow:auto;padding:1rem;background:#8881}:target{background:#fe36}";

/// The page's headers: nothing in a document may run, load or be taken for something else.
type Headers = [(HeaderName, &'static str); 3];
const HEADERS: Headers = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// Shows the document.
pub(super) async fn show(
    State(shared): State<Shared>,
    uri: Uri,
) -> Result<(Headers, String), Failure> {
    if shared.answering.documents_at.is_none() {
        return Err(Failure::not_found());
    }
    // As it stands in the link: the index knows documents by their encoded paths.
    let path = uri.path().trim_start_matches("/documents/").to_owned();
    let engine = Arc::clone(&shared.answering.engine);
    let reading = tokio::task::spawn_blocking(move || engine.page(&path));
    let page = reading.await.map_err(|_| Failure::internal())?;
    Ok((HEADERS, html(&page.ok_or_else(Failure::not_found)?)))
}

fn html(page: &Page) -> String {
    let title = escaped(&page.title);
    let language = escaped(&page.language);
    let mut html = format!(
        "<!doctype html><html lang=\"{language}\"><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style><h1>{title}</h1>"
    );
    for section in &page.sections {
        let anchor = escaped(&section.anchor);
        let heading = section.heading.as_deref().map(escaped).unwrap_or_default();
        if !heading.is_empty() {
            // Writing into a String cannot fail.
            let _ = write!(html, "<h2 id=\"{anchor}\">{heading}</h2>");
        }
        for block in &section.blocks {
            html.push_str(&match block {
                PageBlock::Prose(text) => format!("<p>{}</p>", inline(text)),
                PageBlock::Item(text) => format!("<p>• {}</p>", inline(text)),
                PageBlock::Code(text) => format!("<pre>{}</pre>", escaped(text)),
            });
        }
    }
    html
}

/// Prose, in which code stands between backticks.
fn inline(text: &str) -> String {
    let piece = |(place, piece): (usize, &str)| match place % 2 {
        0 => escaped(piece),
        _ => format!("<code>{}</code>", escaped(piece)),
    };
    text.split('`').enumerate().map(piece).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::PageSection;

    #[test]
    fn nothing_in_a_document_becomes_markup() {
        let hostile = "<script>\"&".to_owned();
        let section = PageSection {
            anchor: hostile.clone(),
            heading: Some(hostile.clone()),
            blocks: vec![
                PageBlock::Prose(hostile.clone()),
                PageBlock::Item(hostile.clone()),
                PageBlock::Code(hostile.clone()),
            ],
        };
        let html = html(&Page {
            title: hostile.clone(),
            language: hostile,
            sections: vec![section],
        });
        assert!(
            !html.contains("<script>") && html.contains("&lt;script&gt;&quot;&amp;"),
            "{html}"
        );
    }
}
