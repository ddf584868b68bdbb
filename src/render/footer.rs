//! The small line below an answer: how many sources it cites, who wrote it, within what limits, how long it took, what it cost. Formats nothing.

use std::time::Duration;

use super::link::plain;
use super::words::{Words, fill};
use crate::conversation::answer::Answer;
use crate::conversation::rules::Density;
use crate::search::{Filters, Recency};

/// The most characters of the name of a model, and of a domain.
const LONGEST_NAME: usize = 40;

/// The most domains that are named.
const DOMAINS_AT_MOST: usize = 3;

/// From this price on, in US dollars, something is wrong with it.
const PRICE_BELOW: f64 = 1e6;

/// The footer of an answer, without Markdown. `cited` is the number of sources that its text cites, none where it has no text; `removed` is how
/// many numbers were taken out of it. May be empty.
pub(super) fn footer(
    answer: &Answer,
    cited: Option<usize>,
    removed: usize,
    density: Density,
    words: &Words,
) -> String {
    let cited = cited.map(|cited| match cited {
        0 => words.uncited.to_owned(),
        cited => words.source_count.of(cited),
    });
    let mut pieces: Vec<String> = cited.into_iter().collect();
    if density == Density::Full {
        pieces.push(plain(&answer.model, LONGEST_NAME));
    }
    pieces.extend(filters(&answer.filters, words));
    if density == Density::Full {
        // None is measured of an answer from before that was.
        pieces.extend((!answer.took.is_zero()).then(|| time(answer.took, words)));
        pieces.extend(answer.usage.cost_usd.and_then(|cost| price(cost, words)));
    }
    pieces.push(removals(removed, words));
    pieces.retain(|piece| !piece.is_empty());
    pieces.join(" · ")
}

/// How many numbers were taken out of a text; nothing for none.
pub(super) fn removals(removed: usize, words: &Words) -> String {
    match removed {
        0 => String::new(),
        removed => words.removed.of(removed),
    }
}

/// What the search was limited to.
fn filters(filters: &Filters, words: &Words) -> Vec<String> {
    let denied = domains(&filters.denied, words);
    let denied = denied.map(|domains| fill(words.without, &[("domains", &domains)]));
    let recency = filters.recency.map(|recency| match recency {
        Recency::Hour => words.past_hour,
        Recency::Day => words.past_day,
        Recency::Week => words.past_week,
        Recency::Month => words.past_month,
        Recency::Year => words.past_year,
    });
    let allowed = domains(&filters.allowed, words);
    let named = allowed.into_iter().chain(denied);
    named.chain(recency.map(str::to_owned)).collect()
}

fn domains(domains: &[String], words: &Words) -> Option<String> {
    let named = domains.iter().take(DOMAINS_AT_MOST);
    let mut named: Vec<String> = named.map(|domain| plain(domain, LONGEST_NAME)).collect();
    if let Some(more) = domains
        .len()
        .checked_sub(DOMAINS_AT_MOST)
        .filter(|more| *more > 0)
    {
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
    if cost >= 0.995 {
        return Some(format!("${cost:.2}").replace('.', &words.decimal.to_string()));
    }
    // The decimals that it takes so that the second digit that counts is the last one.
    let decimals = (0..=8)
        .find(|decimals| cost * 10f64.powi(*decimals) >= 9.95)
        .unwrap_or(8);
    let price = format!("${cost:.*}", usize::try_from(decimals).unwrap_or_default());
    Some(price.replace('.', &words.decimal.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::answer::{Finish, Usage};
    use crate::conversation::language::Language;
    use crate::render::words::words;

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
        footer(answer, cited, removed, density, words(Language::English))
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
