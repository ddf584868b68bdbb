//! The small line below an answer: how many sources it cites, who wrote it, within what limits, how long it took, what it cost. Formats nothing.

use std::time::Duration;

use super::link::plain;
use super::settings::names::{country_name, language_name};
use super::settings::{changed, depth_name, mode_name, published};
use super::words::{Words, fill, words};
use crate::conversation::answer::Answer;
use crate::conversation::language::Language;
use crate::conversation::rules::Density;
use crate::search::service::{Depth, Mode};
use crate::search::{Filters, Recency};

/// The most characters of the name of a model, and of a domain.
const LONGEST_NAME: usize = 40;

/// The most domains, and the most languages, that are named.
const NAMED_AT_MOST: usize = 3;

/// From this price on, in US dollars, something is wrong with it.
const PRICE_BELOW: f64 = 1e6;

/// What a research took, beside its time.
pub(super) struct Researched {
    /// What was paid, where that is known.
    pub(super) price: Option<String>,
}

/// The footer of an answer, without Markdown; `researched` when that is how it came about, whose time and price are always told. `cited` is the number of sources that its text cites, none where it has no text; `removed` is how
/// many numbers were taken out of it. May be empty.
pub(super) fn footer(
    answer: &Answer,
    cited: Option<usize>,
    removed: usize,
    density: Density,
    language: Language,
    researched: Option<Researched>,
) -> String {
    let words = words(language);
    let cited = cited.map(|cited| match cited {
        0 => words.uncited.to_owned(),
        cited => words.source_count.of(cited),
    });
    let mut pieces: Vec<String> = cited.into_iter().collect();
    if density == Density::Full {
        pieces.push(plain(&answer.model, LONGEST_NAME));
    }
    pieces.extend(limits(&answer.filters, language));
    if let Some(Researched { price }) = researched {
        let time = time(answer.took, words);
        pieces.push(fill(words.researched_in, &[("time", &time)]));
        pieces.extend(price);
    } else if density == Density::Full {
        // None is measured of an answer from before that was.
        pieces.extend((!answer.took.is_zero()).then(|| time(answer.took, words)));
        pieces.extend(answer.usage.cost_usd.and_then(|cost| price(cost, words)));
    }
    pieces.extend(removals(&answer.filters, removed, words));
    joined(pieces)
}

/// The footer of an answer that is not complete, without Markdown: within what limits it was looked for, and what was taken out of it. May be
/// empty.
pub(super) fn unfinished(filters: &Filters, removed: usize, language: Language) -> String {
    let mut pieces = limits(filters, language);
    pieces.extend(removals(filters, removed, words(language)));
    joined(pieces)
}

fn joined(mut pieces: Vec<String>) -> String {
    pieces.retain(|piece| !piece.is_empty());
    pieces.join(" · ")
}

/// How many numbers were taken out of a text, and how many sources were left out.
fn removals(filters: &Filters, removed: usize, words: &Words) -> Vec<String> {
    let left_out = usize::try_from(filters.left_out).unwrap_or(usize::MAX);
    let counts = [(words.removed, removed), (words.left_out, left_out)];
    let counts = counts.into_iter().filter(|(_, number)| *number > 0);
    counts.map(|(count, number)| count.of(number)).collect()
}

/// What the search was limited to, each limit that was set.
fn limits(filters: &Filters, language: Language) -> Vec<String> {
    let words = words(language);
    let domain = |domain: &String| plain(domain, LONGEST_NAME);
    let allowed = named(filters.allowed.iter().map(domain), words);
    let denied = named(filters.denied.iter().map(domain), words)
        .map(|domains| fill(words.without, &[("domains", &domains)]));
    let recency = filters
        .recency
        .map(|recency| age(recency, words).to_owned());
    let languages = filters.languages.iter();
    let languages = languages.map(|code| language_name(*code, language).to_owned());
    let languages = named(languages, words)
        .map(|languages| fill(words.sources_in, &[("languages", &languages)]));
    let answer = filters.answer_language.map(|code| {
        let name = language_name(code, language);
        fill(words.answer_in, &[("language", name)])
    });
    let country = filters.country.map(|code| {
        let name = country_name(code, language);
        fill(words.country, &[("country", name)])
    });
    let mode = (filters.mode != Mode::Web).then(|| mode_name(filters.mode, language).to_owned());
    let depth = filters.depth.filter(|depth| *depth != Depth::Standard);
    let depth = depth.map(|depth| depth_name(depth, language).to_owned());
    [
        allowed,
        denied,
        recency,
        published(filters.published, language),
        changed(filters.updated, language),
        languages,
        answer,
        country,
        mode,
        depth,
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn age(recency: Recency, words: &Words) -> &'static str {
    match recency {
        Recency::Hour => words.past_hour,
        Recency::Day => words.past_day,
        Recency::Week => words.past_week,
        Recency::Month => words.past_month,
        Recency::Year => words.past_year,
    }
}

/// The first of some names, and how many more there are; nothing for none.
fn named(names: impl ExactSizeIterator<Item = String>, words: &Words) -> Option<String> {
    let more = names.len().saturating_sub(NAMED_AT_MOST);
    let mut named: Vec<String> = names.take(NAMED_AT_MOST).collect();
    if more > 0 {
        named.push(words.more.of(more));
    }
    (!named.is_empty()).then(|| named.join(", "))
}

/// How long it took: below ten seconds with their tenths, from a minute on in minutes.
pub(super) fn time(took: Duration, words: &Words) -> String {
    let tenths = (took.as_millis() + 50) / 100;
    let seconds = (took.as_millis() + 500) / 1_000;
    match (tenths, seconds) {
        (0..100, _) => {
            let seconds = format!("{}{}{}", tenths / 10, words.decimal, tenths % 10);
            fill(words.seconds, &[("seconds", &seconds)])
        }
        (_, 0..60) => fill(words.seconds, &[("seconds", &seconds.to_string())]),
        _ => {
            let (minutes, seconds) = ((seconds / 60).to_string(), (seconds % 60).to_string());
            fill(
                words.minutes,
                &[("minutes", &minutes), ("seconds", &seconds)],
            )
        }
    }
}

/// A price with two significant digits, from a dollar on in cents; none for what cost nothing.
fn price(cost: f64, words: &Words) -> Option<String> {
    if !(cost > 0.0 && cost < PRICE_BELOW) {
        return None;
    }
    // The decimals that it takes so that the second digit that counts is the last one.
    let decimals = if cost >= 0.995 {
        2
    } else {
        (0..=8)
            .find(|decimals| cost * 10f64.powi(*decimals) >= 9.95)
            .unwrap_or(8)
    };
    let amount = format!("{cost:.*}", usize::try_from(decimals).unwrap_or_default());
    let amount = amount.replace('.', &words.decimal.to_string());
    Some(fill(words.dollars, &[("amount", &amount)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::answer::{Finish, Usage};
    use crate::search::codes::{CountryCode, LanguageCode};
    use crate::search::freshness::Span;

    fn answer() -> Answer {
        Answer {
            text: String::new(),
            sources: Vec::new(),
            model: "sonar-pro".to_owned(),
            finish: Finish::Complete,
            usage: Usage {
                cost_usd: Some(0.0123),
                ..Usage::default()
            },
            related: Vec::new(),
            images: Vec::new(),
            filters: Filters {
                allowed: vec!["docs.rs".to_owned(), "rust-lang.org".to_owned()],
                denied: Vec::new(),
                recency: Some(Recency::Month),
                ..Filters::default()
            },
            took: Duration::from_millis(4_249),
        }
    }

    fn shown(answer: &Answer, cited: Option<usize>, removed: usize, density: Density) -> String {
        footer(answer, cited, removed, density, Language::English, None)
    }

    #[test]
    fn it_says_in_a_line_where_an_answer_comes_from() {
        insta::assert_snapshot!(shown(&answer(), Some(3), 0, Density::Full), @"3 sources · sonar-pro · docs.rs, rust-lang.org · past month · 4.2 s · $0.012");
        insta::assert_snapshot!(shown(&answer(), Some(1), 2, Density::Compact), @"1 source · docs.rs, rust-lang.org · past month · 2 numbers without a source removed");
    }

    #[test]
    fn an_answer_that_cites_nothing_says_so() {
        insta::assert_snapshot!(shown(&answer(), Some(0), 1, Density::Compact), @"No sources cited · docs.rs, rust-lang.org · past month · 1 number without a source removed");
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let bare = Answer {
            model: String::new(),
            usage: Usage::default(),
            filters: Filters::default(),
            took: Duration::ZERO,
            ..answer()
        };
        assert_eq!(shown(&bare, Some(2), 0, Density::Full), "2 sources");
        assert_eq!(shown(&bare, None, 0, Density::Full), "");
    }

    #[test]
    fn of_many_domains_three_are_named_and_names_of_others_cannot_pose() {
        let filters = Filters {
            allowed: Vec::new(),
            denied: ["a.example", "b.example", "**c**`@everyone`", "d", "e"]
                .map(str::to_owned)
                .to_vec(),
            ..Filters::default()
        };
        let many = Answer {
            model: "[x](https://evil.example)\n-# 9 sources".to_owned(),
            filters,
            ..answer()
        };
        assert_eq!(
            shown(&many, Some(2), 0, Density::Full),
            "2 sources · (x)(evil.example) -# 9 sources · without a.example, b.example, ∗∗c∗∗'@\u{200b}everyone', 2 more · 4.2 s · $0.012"
        );
    }

    fn everything() -> Filters {
        let day = |text: &str| text.parse().ok();
        let languages = ["de", "en", "fr", "ja", "pt"];
        Filters {
            allowed: vec!["docs.rs".to_owned()],
            denied: vec!["spam.docs.rs".to_owned()],
            recency: None,
            published: Span {
                after: day("2026-01-01"),
                before: None,
            },
            updated: Span {
                after: day("2026-02-01"),
                before: day("2026-03-01"),
            },
            languages: languages
                .iter()
                .filter_map(|code| LanguageCode::of(code))
                .collect(),
            answer_language: LanguageCode::of("de"),
            country: CountryCode::of("CH"),
            mode: Mode::Academic,
            depth: Some(Depth::Thorough),
            left_out: 2,
            ..Filters::default()
        }
    }

    #[test]
    fn everything_that_was_in_force_is_said() {
        let limited = Answer {
            filters: everything(),
            ..answer()
        };
        insta::assert_snapshot!(shown(&limited, Some(3), 0, Density::Compact), @"3 sources · docs.rs · without spam.docs.rs · published after 2026-01-01 · changed after 2026-02-01 and before 2026-03-01 · sources in German, English, French, 2 more · answer in German · country: Switzerland · scholarly texts · thorough · 2 sources outside the filters left out");
        let german = footer(
            &limited,
            Some(3),
            1,
            Density::Compact,
            Language::German,
            None,
        );
        insta::assert_snapshot!(german, @"3 Quellen · docs.rs · ohne spam.docs.rs · veröffentlicht nach dem 2026-01-01 · geändert nach dem 2026-02-01 und vor dem 2026-03-01 · Quellen auf Deutsch, Englisch, Französisch, 2 weitere · Antwort auf Deutsch · Land: Schweiz · wissenschaftliche Texte · gründlich · 1 Nummer ohne Quelle entfernt · 2 ausgeschlossene Quellen weggelassen");
    }

    #[test]
    fn an_answer_that_broke_off_says_the_same_of_its_limits() {
        insta::assert_snapshot!(unfinished(&answer().filters, 2, Language::English), @"docs.rs, rust-lang.org · past month · 2 numbers without a source removed");
        let standard = Filters {
            depth: Some(Depth::Standard),
            left_out: 1,
            ..Filters::default()
        };
        insta::assert_snapshot!(unfinished(&standard, 0, Language::English), @"1 source outside the filters left out");
        assert_eq!(unfinished(&Filters::default(), 0, Language::English), "");
    }

    #[test]
    fn no_footer_takes_more_room_than_a_few_lines() {
        let twenty = |name: &str| vec![format!("{}.{name}.example", "x".repeat(60)); 20];
        for language in Language::ALL {
            let mut filters = everything();
            filters.allowed = twenty("a");
            filters.denied = twenty("b");
            let longest = Answer {
                model: "m".repeat(200),
                filters,
                ..answer()
            };
            let shown = footer(&longest, Some(99), 99, Density::Full, language, None);
            assert!(shown.chars().count() <= 700, "{shown}");
        }
    }

    #[test]
    fn times_and_prices_are_short() {
        let words = words(Language::English);
        for (millis, expected) in [
            (1, "0.0 s"),
            (949, "0.9 s"),
            (9_949, "9.9 s"),
            (9_960, "10 s"),
            (59_600, "1 min 0 s"),
            (112_000, "1 min 52 s"),
        ] {
            assert_eq!(
                time(Duration::from_millis(millis), words),
                expected,
                "{millis}"
            );
        }
        for (cost, expected) in [
            (0.000_123, Some("$0.00012")),
            (0.996, Some("$1.00")),
            (1.256, Some("$1.26")),
            (12.6, Some("$12.60")),
            (123.4, Some("$123.40")),
            (0.0, None),
            (f64::NAN, None),
            (1e300, None),
        ] {
            assert_eq!(price(cost, words).as_deref(), expected, "{cost}");
        }
    }
}
