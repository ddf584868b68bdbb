//! The files of the page, embedded. Makes nothing up: what is not in the list is not there.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

const PAGE: &str = include_str!("assets/index.html");
const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

const ASSETS: &[(&str, &str, &str)] = &[
    ("page.css", CSS, include_str!("assets/page.css")),
    ("main.js", SCRIPT, include_str!("assets/main.js")),
    ("server.js", SCRIPT, include_str!("assets/server.js")),
    ("dom.js", SCRIPT, include_str!("assets/dom.js")),
    ("messages.js", SCRIPT, include_str!("assets/messages.js")),
    ("embeds.js", SCRIPT, include_str!("assets/embeds.js")),
    ("markdown.js", SCRIPT, include_str!("assets/markdown.js")),
    (
        "markdown_view.js",
        SCRIPT,
        include_str!("assets/markdown_view.js"),
    ),
    ("commands.js", SCRIPT, include_str!("assets/commands.js")),
    ("composer.js", SCRIPT, include_str!("assets/composer.js")),
];

pub(crate) fn page() -> Response {
    ([(header::CONTENT_TYPE, HTML)], PAGE).into_response()
}

pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    let found = ASSETS.iter().find(|(one, _, _)| *one == name);
    found.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |(_, kind, text)| ([(header::CONTENT_TYPE, *kind)], *text).into_response(),
    )
}
