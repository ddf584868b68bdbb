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

/// One file of the page under its own name.
macro_rules! asset {
    ($kind:expr, $name:literal) => {
        ($name, $kind, include_str!(concat!("assets/", $name)))
    };
}

const ASSETS: &[(&str, &str, &str)] = &[
    asset!(CSS, "page.css"),
    asset!(CSS, "messages.css"),
    asset!(CSS, "panel.css"),
    asset!(SCRIPT, "main.js"),
    asset!(SCRIPT, "server.js"),
    asset!(SCRIPT, "dom.js"),
    asset!(SCRIPT, "lengths.js"),
    asset!(SCRIPT, "popup.js"),
    asset!(SCRIPT, "dialog.js"),
    asset!(SCRIPT, "listbox.js"),
    asset!(SCRIPT, "places.js"),
    asset!(SCRIPT, "unread.js"),
    asset!(SCRIPT, "speech.js"),
    asset!(SCRIPT, "forum.js"),
    asset!(SCRIPT, "arrangement.js"),
    asset!(SCRIPT, "messages.js"),
    asset!(SCRIPT, "message.js"),
    asset!(SCRIPT, "message_menu.js"),
    asset!(SCRIPT, "embeds.js"),
    asset!(SCRIPT, "components.js"),
    asset!(SCRIPT, "modals.js"),
    asset!(SCRIPT, "markdown.js"),
    asset!(SCRIPT, "markdown_view.js"),
    asset!(SCRIPT, "commands.js"),
    asset!(SCRIPT, "options.js"),
    asset!(SCRIPT, "mentions.js"),
    asset!(SCRIPT, "composer.js"),
    asset!(SCRIPT, "panel.js"),
    asset!(SCRIPT, "faults.js"),
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
