//! What of the answer service is used: where it looks, how much it reads, and which model answers.

use serde::{Deserialize, Serialize};

/// Where is searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// On the web.
    #[default]
    Web,
    /// Among scholarly texts.
    Academic,
    /// Among filings at the US Securities and Exchange Commission.
    Sec,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Web, Self::Academic, Self::Sec];
}

/// How much of what is found is read for an answer. More costs more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContextSize {
    /// As much as the service does by itself.
    #[default]
    Usual,
    /// Little.
    Low,
    /// More.
    Medium,
    /// Much.
    High,
}

impl ContextSize {
    /// Every size.
    pub const ALL: [Self; 4] = [Self::Usual, Self::Low, Self::Medium, Self::High];
}

/// How much effort is put into an answer. Each depth stands for a model that the operator names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Depth {
    /// A quick answer.
    Quick,
    /// The usual.
    #[default]
    Standard,
    /// A thorough answer.
    Thorough,
    /// Research: minutes of it, as a job of its own.
    Research,
}

/// An amount of US dollars, in whole cents. Written as dollars: `2.5`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Dollars(u32);

/// A number or a text that is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an amount is 0 to {} dollars with at most two decimals",
    Dollars::MOST
)]
pub struct NoAmount;

impl TryFrom<f64> for Dollars {
    type Error = NoAmount;

    fn try_from(usd: f64) -> Result<Self, NoAmount> {
        Self::of_usd(usd).ok_or(NoAmount)
    }
}

impl From<Dollars> for f64 {
    fn from(amount: Dollars) -> Self {
        amount.usd()
    }
}

impl Dollars {
    /// The most that can be set, in US dollars.
    pub const MOST: u32 = 1_000;

    /// So many cents; none above [`Dollars::MOST`] dollars.
    pub fn of_cents(cents: u32) -> Option<Self> {
        (cents <= Self::MOST * 100).then_some(Self(cents))
    }

    /// So many dollars; none beyond 0 to [`Dollars::MOST`], and none with a part of a cent.
    pub fn of_usd(usd: f64) -> Option<Self> {
        // Most amounts have no exact binary form, so that they are whole cents only nearly.
        const NEARLY: f64 = 1e-6;
        let cents = usd * 100.0;
        let whole = cents.round();
        let is_whole = (cents - whole).abs() < NEARLY;
        let most = f64::from(Self::MOST * 100);
        (is_whole && (0.0..=most).contains(&whole)).then_some(Self(whole as u32))
    }

    /// What somebody typed: `2`, `2.5`, `2,50` or `$2.50`.
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.trim().trim_start_matches('$').trim_end_matches('$');
        let number = number.trim();
        // Three digits behind the sign would be thousands to somebody.
        let (whole, part) = number.split_once(['.', ',']).unwrap_or((number, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > 2 {
            return None;
        }
        Self::of_usd(format!("{whole}.{part}").parse().ok()?)
    }

    /// The cents.
    pub fn cents(self) -> u32 {
        self.0
    }

    /// In US dollars.
    pub fn usd(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl Depth {
    /// Every depth, from the least.
    pub const ALL: [Self; 4] = [Self::Quick, Self::Standard, Self::Thorough, Self::Research];
}

/// Which model answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// The one that the operator names for this depth.
    Depth(Depth),
    /// One of those that the operator offers, by its name.
    Named(String),
}

impl Default for Model {
    fn default() -> Self {
        Self::Depth(Depth::Standard)
    }
}

impl Model {
    /// The depth; none for a model that is named.
    pub fn depth(&self) -> Option<Depth> {
        match self {
            Self::Depth(depth) => Some(*depth),
            Self::Named(_) => None,
        }
    }
}

/// How much of what was said before is sent along with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryBudget {
    /// So many questions with their answers at most; 0 sends nothing.
    pub turns: u32,
    /// So many tokens of the service's models at most.
    pub tokens: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_whole_cents_up_to_the_most() {
        for (text, cents) in [
            ("0", Some(0)),
            ("2.5", Some(250)),
            ("2,50", Some(250)),
            (" $0.07 ", Some(7)),
            ("1000 $", Some(100_000)),
            ("1000.01", None),
            ("2.505", None),
            ("1,000.00", None),
            ("1,000", None),
            ("1.000", None),
            ("-1", None),
            ("1e2", None),
            ("inf", None),
            ("NaN", None),
            (".", None),
            ("", None),
            ("two", None),
        ] {
            assert_eq!(Dollars::parse(text).map(Dollars::cents), cents, "{text}");
        }
        for usd in [f64::NAN, f64::INFINITY, -0.01, 0.001, 1000.001] {
            assert_eq!(Dollars::of_usd(usd), None, "{usd}");
        }
    }

    #[test]
    fn every_amount_is_written_in_dollars_and_read_again() {
        for cents in 0..=Dollars::MOST * 100 {
            let amount = Dollars::of_cents(cents).unwrap();
            let written = serde_json::to_string(&amount).unwrap();
            assert_eq!(serde_json::from_str::<Dollars>(&written).unwrap(), amount);
        }
        let amount = Dollars::of_cents(250).unwrap();
        assert_eq!(serde_json::to_string(&amount).unwrap(), "2.5");
        for wrong in ["1000.01", "-1", "0.001", "\"2\""] {
            assert!(serde_json::from_str::<Dollars>(wrong).is_err(), "{wrong}");
        }
    }
}
