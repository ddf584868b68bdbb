//! What a research is expected to take, and what was paid for it, in words. Says nothing of money where nothing costs any, and never more
//! than is known.

use super::words::{Count, Words, fill};
use crate::research::estimate::{Cost, Estimate};
use crate::research::ports::Report;
use crate::research::record::Paid;

/// From this amount on, in US dollars, something is wrong with it.
const BELOW: f64 = 1e6;

/// What is less than a cent is told as such, in US dollars.
const CENT: f64 = 0.01;

/// What a research is expected to take, as a piece of a line: its time, and what it costs.
pub(super) fn expected(estimate: &Estimate, words: &Words) -> String {
    let time = about(estimate.seconds, estimate.at_most_seconds, words);
    let cost = match estimate.cost {
        Some(cost) if cost.is_nothing() => None,
        Some(cost) => Some(range(cost, words)),
        None => Some(words.cost_unknown.to_owned()),
    };
    let pieces: Vec<String> = [Some(time), cost].into_iter().flatten().collect();
    pieces.join(" · ")
}

/// What was paid, each sentence by itself; none where nothing costs any money.
pub(super) fn paid(report: &Report, words: &Words) -> Vec<String> {
    let expected = report.estimate.cost;
    if expected.is_some_and(Cost::is_nothing) && !has_a_price(report.paid) {
        return Vec::new();
    }
    let said = match report.paid {
        Paid::Nothing => words.paid_nothing,
        Paid::Exactly(0.0) => words.paid_nothing,
        Paid::Exactly(usd) => match amount(usd, words) {
            Some(dollars) => return vec![fill(words.paid_exactly, &[("dollars", &dollars)])],
            None => words.paid_unsaid,
        },
        Paid::Unsaid => words.paid_unsaid,
        Paid::Perhaps => words.paid_perhaps,
        Paid::StillRunning => words.paid_still_running,
    };
    let mut sentences = vec![said.to_owned()];
    if said != words.paid_nothing {
        let cost = expected.map(|cost| range(cost, words));
        sentences.extend(cost.map(|cost| fill(words.expected_cost, &[("cost", &cost)])));
    }
    sentences
}

/// The amount that was paid, where it is known and more than nothing.
pub(super) fn price(report: &Report, words: &Words) -> Option<String> {
    match report.paid {
        Paid::Exactly(usd) if usd > 0.0 => amount(usd, words),
        _ => None,
    }
}

/// Whether a service that was thought to cost nothing named a price.
fn has_a_price(paid: Paid) -> bool {
    matches!(paid, Paid::Exactly(usd) if usd > 0.0)
}

/// What it costs, from a usual one to nine in ten.
fn range(cost: Cost, words: &Words) -> String {
    let told = |usd| amount(usd, words);
    match (told(cost.usd), told(cost.at_most_usd)) {
        (Some(usual), Some(high)) if usual == high => about_so_much(cost.usd, &usual, words),
        (Some(usual), Some(high)) if cost.usd >= CENT => {
            fill(words.cost_up_to, &[("usual", &usual), ("high", &high)])
        }
        (Some(_), Some(high)) => about_so_much(cost.at_most_usd, &high, words),
        _ => words.cost_unknown.to_owned(),
    }
}

fn about_so_much(usd: f64, told: &str, words: &Words) -> String {
    if usd < CENT {
        return told.to_owned();
    }
    fill(words.cost_about, &[("usual", told)])
}

/// An amount of US dollars in the form of a language, to the cent; none for what is no amount.
fn amount(usd: f64, words: &Words) -> Option<String> {
    if !(0.0..BELOW).contains(&usd) {
        return None;
    }
    let dollars = |amount: f64| {
        let amount = format!("{amount:.2}").replace('.', &words.decimal.to_string());
        fill(words.dollars, &[("amount", &amount)])
    };
    Some(if usd < CENT {
        fill(words.less_than, &[("dollars", &dollars(CENT))])
    } else {
        dollars(usd)
    })
}

/// A time from a usual one to what nine in ten stay below, in the unit that a person would use.
fn about(usual: u64, most: u64, words: &Words) -> String {
    let (size, unit) = unit(most, words);
    let rounded = |seconds: u64| (seconds.saturating_add(size / 2) / size).max(1);
    let (from, to) = (rounded(usual), rounded(most));
    let digits = if from == to {
        to.to_string()
    } else {
        let (from, to) = (from.to_string(), to.to_string());
        fill(words.range, &[("from", &from), ("to", &to)])
    };
    unit.written(usize::try_from(to).unwrap_or(usize::MAX), &digits)
}

fn unit(seconds: u64, words: &Words) -> (u64, Count) {
    match seconds {
        0..90 => (1, words.about_seconds),
        90..5_400 => (60, words.about_minutes),
        _ => (3_600, words.about_hours),
    }
}

/// For how long something has gone on, in whole minutes, so that it changes once a minute.
pub(super) fn elapsed(seconds: u64, words: &Words) -> String {
    let (count, unit) = match seconds {
        0..5_400 => (seconds / 60, words.elapsed_minutes),
        _ => (seconds / 3_600, words.elapsed_hours),
    };
    unit.of(usize::try_from(count).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::*;
    use crate::conversation::language::Language;

    fn estimate(seconds: u64, at_most_seconds: u64, cost: Option<(f64, f64)>) -> Estimate {
        Estimate {
            seconds,
            at_most_seconds,
            cost: cost.map(|(usd, at_most_usd)| Cost { usd, at_most_usd }),
        }
    }

    #[test]
    fn what_it_takes_is_told_in_the_unit_a_person_would_use() {
        let told = |usual, most| {
            expected(
                &estimate(usual, most, Some((0.0, 0.0))),
                words(Language::English),
            )
        };
        for (usual, most, said) in [
            (0, 1, "about a second"),
            (3, 20, "about 3 to 20 seconds"),
            (20, 100, "about 1 to 2 minutes"),
            (180, 600, "about 3 to 10 minutes"),
            (95, 100, "about 2 minutes"),
            (60, 90 * 60, "about 1 to 2 hours"),
            (86_400, 86_400, "about 24 hours"),
            (u64::MAX, u64::MAX, "about 5124095576030431 hours"),
        ] {
            assert_eq!(told(usual, most), said, "{usual} {most}");
        }
    }

    #[test]
    fn an_amount_has_its_languages_form_and_never_rounds_to_nothing() {
        let told = |language, cost| {
            let estimate = estimate(180, 600, cost);
            expected(&estimate, words(language)).replace('\u{a0}', "⍽")
        };
        let cost = Some((0.5, 1.5));
        let all = Language::ALL.map(|language| told(language, cost));
        insta::assert_snapshot!(all.join("\n"), @r"
        about 3 to 10 minutes · about $0.50, up to $1.50
        etwa 3 bis 10 Minuten · etwa 0,50⍽$, bis zu 1,50⍽$
        environ 3 à 10 minutes · environ 0,50⍽$, jusqu’à 1,50⍽$
        cerca de 3 a 10 minutos · cerca de 0,50⍽US$, hasta 1,50⍽US$
        cerca de 3 a 10 minutos · cerca de US$⍽0,50, até US$⍽1,50
        約3～10分 · 約0.50ドル、最大1.50ドル
        ");
        for (cost, said) in [
            (None, " · nobody knows what it costs here"),
            (Some((0.0, 0.0)), ""),
            (Some((0.0, 0.004)), " · less than $0.01"),
            (Some((0.001, 0.5)), " · about $0.50"),
            (Some((0.41, 0.411)), " · about $0.41"),
            (Some((12.0, 1_000.0)), " · about $12.00, up to $1000.00"),
            (
                Some((f64::NAN, f64::INFINITY)),
                " · nobody knows what it costs here",
            ),
        ] {
            assert_eq!(
                told(Language::English, cost),
                format!("about 3 to 10 minutes{said}")
            );
        }
    }

    #[test]
    fn what_has_gone_on_changes_once_a_minute() {
        let told = |seconds| elapsed(seconds, words(Language::English));
        for (seconds, said) in [
            (0, "for less than a minute"),
            (59, "for less than a minute"),
            (60, "for a minute"),
            (179, "for 2 minutes"),
            (5_399, "for 89 minutes"),
            (5_400, "for an hour"),
            (7_200, "for 2 hours"),
        ] {
            assert_eq!(told(seconds), said, "{seconds}");
        }
    }
}
