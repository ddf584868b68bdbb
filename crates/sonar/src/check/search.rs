//! Where, when and in which language is searched. Must refuse filters that exclude each other.

use super::{at_most, dates, domains, known, within};
use crate::{
    ChatRequest, DomainLimit, Invalid, Recency, SearchContextSize, SearchMode, SearchType,
    UserLocation,
};

/// Most languages of one filter.
const LANGUAGES: usize = 10;
/// Most characters of a language's name.
const LANGUAGE_NAME: usize = 64;
/// Most domains and most formats of a filter for images.
const IMAGE_ENTRIES: usize = 10;
const IMAGE_FORMATS: &[&str] = &["gif", "jpg", "png", "webp"];

pub(super) fn check(request: &ChatRequest, limit: DomainLimit) -> Result<(), Invalid> {
    let mode = request.search_mode.as_ref().map(SearchMode::as_str);
    known("search_mode", mode, SearchMode::KNOWN)?;
    let domains = request.search_domain_filter.as_deref().unwrap_or_default();
    domains::check("search_domain_filter", domains, limit.count())?;
    times(request)?;
    languages(request)?;
    options(request)?;
    images(request)
}

fn times(request: &ChatRequest) -> Result<(), Invalid> {
    let recency = request.search_recency_filter.as_ref().map(Recency::as_str);
    known("search_recency_filter", recency, Recency::KNOWN)?;
    let published = [
        (
            "search_after_date_filter",
            &request.search_after_date_filter,
        ),
        (
            "search_before_date_filter",
            &request.search_before_date_filter,
        ),
    ];
    let changed = [
        (
            "last_updated_after_filter",
            &request.last_updated_after_filter,
        ),
        (
            "last_updated_before_filter",
            &request.last_updated_before_filter,
        ),
    ];
    for (field, day) in published.into_iter().chain(changed) {
        dates::check(field, day.as_deref())?;
    }
    let dated = published.into_iter().find(|(_, day)| day.is_some());
    match dated {
        Some((field, _)) if recency.is_some() => Err(Invalid::new(
            "search_recency_filter",
            format!("cannot stand beside `{field}`: give one of them"),
        )),
        _ => Ok(()),
    }
}

fn languages(request: &ChatRequest) -> Result<(), Invalid> {
    let filter = request
        .search_language_filter
        .as_deref()
        .unwrap_or_default();
    at_most("search_language_filter", filter.len(), LANGUAGES)?;
    for (place, language) in filter.iter().enumerate() {
        if !is_language(language) {
            return Err(not_a_language(format!("search_language_filter.{place}")));
        }
    }
    match request.language_preference.as_deref() {
        Some(language) if !names_a_language(language) => {
            return Err(Invalid::new(
                "language_preference",
                "must be a language, by its code or its name, such as `en` or `English`",
            ));
        }
        _ => {}
    }
    match request.response_formatting_locale.as_deref() {
        // A service that cannot read it ignores it without a word; here it is told.
        Some(locale) if !is_locale(locale) => Err(Invalid::new(
            "response_formatting_locale",
            "must be a locale such as `de` or `es-MX`",
        )),
        _ => Ok(()),
    }
}

fn not_a_language(field: String) -> Invalid {
    Invalid::new(
        field,
        "must be a language as two lower-case letters (ISO 639-1), such as `en`",
    )
}

fn is_language(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Whether a text can be a `language_preference`: a code or a name, since services once documented names here.
///
/// At most 64 letters, spaces and hyphens, and the marks with which other scripts than Latin spell; a letter comes first.
/// Whether there is such a language is not checked.
#[must_use]
pub fn names_a_language(text: &str) -> bool {
    let spells = |letter: char| match letter {
        ' ' | '-' => true,
        _ if letter.is_ascii() => letter.is_ascii_alphabetic(),
        _ => !letter.is_control(),
    };
    text.starts_with(char::is_alphabetic)
        && text.chars().all(spells)
        && text.chars().count() <= LANGUAGE_NAME
}

/// A language of two or three letters, then tags of up to eight letters or digits, between `-` or `_`.
fn is_locale(text: &str) -> bool {
    let mut tags = text.split(['-', '_']);
    let language = tags.next().unwrap_or_default();
    let letters = |tag: &str| tag.bytes().all(|byte| byte.is_ascii_alphabetic());
    let tag = |tag: &str| {
        (1..=8).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    (2..=3).contains(&language.len()) && letters(language) && tags.all(tag)
}

fn options(request: &ChatRequest) -> Result<(), Invalid> {
    let Some(options) = &request.web_search_options else {
        return Ok(());
    };
    known(
        "web_search_options.search_context_size",
        options
            .search_context_size
            .as_ref()
            .map(SearchContextSize::as_str),
        SearchContextSize::KNOWN,
    )?;
    known(
        "web_search_options.search_type",
        options.search_type.as_ref().map(SearchType::as_str),
        SearchType::KNOWN,
    )?;
    options.user_location.as_ref().map_or(Ok(()), location)
}

fn location(place: &UserLocation) -> Result<(), Invalid> {
    let field = |name: &str| format!("web_search_options.user_location.{name}");
    within(&field("latitude"), place.latitude, &(-90.0..=90.0))?;
    within(&field("longitude"), place.longitude, &(-180.0..=180.0))?;
    let pinned = place.latitude.is_some() || place.longitude.is_some();
    match place.country.as_deref() {
        None if pinned => Err(Invalid::new(
            field("country"),
            "must stand beside `latitude` and `longitude`",
        )),
        Some(country) if !is_country(country) => Err(Invalid::new(
            field("country"),
            "must be a country as two letters (ISO 3166-1), such as `DE`",
        )),
        _ => Ok(()),
    }
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn images(request: &ChatRequest) -> Result<(), Invalid> {
    let domains = request.image_domain_filter.as_deref().unwrap_or_default();
    domains::check("image_domain_filter", domains, IMAGE_ENTRIES)?;
    let formats = request.image_format_filter.as_deref().unwrap_or_default();
    at_most("image_format_filter", formats.len(), IMAGE_ENTRIES)?;
    for (place, format) in formats.iter().enumerate() {
        let field = format!("image_format_filter.{place}");
        known(&field, Some(format), IMAGE_FORMATS)?;
    }
    Ok(())
}
