//! How questions are researched: what is asked for, how many at once, and what is usual.

use serde::Deserialize;

use super::answers::AnswerSettings;

/// The `[research]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResearchSettings {
    /// `model`, `SONAR_RESEARCH_MODEL`: the model that researches, at most 60 characters. Empty: nothing is researched.
    pub model: String,
    /// `at_once`: researches that the service works on at the same time, 1 to 10,000.
    pub at_once: u32,
    /// `at_once_per_server`: how many of them may be one server's, 1 to 10,000.
    pub at_once_per_server: u32,
    /// `open_per_server`: researches of one server that may be open, waiting ones too, 1 to 100,000.
    pub open_per_server: u32,
    /// `open_per_person`: how many of them may be one person's, 1 to 10,000.
    pub open_per_person: u32,
    /// `submissions_per_minute`: how many are handed to the service in a minute, 1 to 100,000.
    pub submissions_per_minute: u32,
    /// `looks_per_minute`: how often the service is asked in a minute whether something is done, 1 to 1,000,000.
    pub looks_per_minute: u32,
    /// `usual_seconds`: what a research takes usually, as long as too few ran to tell. 1 to 86,400.
    pub usual_seconds: u64,
    /// `long_seconds`: what nine in ten stay below. `usual_seconds` to 86,400.
    pub long_seconds: u64,
    /// `usual_usd`: what one costs usually, in US dollars, as long as too few ran to tell. 0 to 1,000. Unset: unknown.
    pub usual_usd: Option<f64>,
    /// `high_usd`: what nine in ten stay below. `usual_usd` to 1,000. Unset: unknown.
    pub high_usd: Option<f64>,
    /// `confirm_above_usd`: what one may cost, in US dollars, without its asker having to say so first, unless something else is set in
    /// Discord. 0 to 1,000, with at most two decimals.
    pub confirm_above_usd: f64,
}

impl ResearchSettings {
    /// The most US dollars that any of the amounts may be.
    pub const MOST_USD: f64 = 1_000.0;

    /// The longest that a research is thought to take: a day.
    pub const LONGEST_SECONDS: u64 = 86_400;

    /// What is wrong with them: a sentence each, with its mend.
    pub fn faults(&self) -> Vec<String> {
        let name = &self.model;
        let longest = AnswerSettings::LONGEST_MODEL;
        let is_name = name.chars().all(|c| c.is_ascii_graphic()) && name.chars().count() <= longest;
        let model = (!is_name).then(|| {
            format!(
                "research.model (SONAR_RESEARCH_MODEL) is no name of a model: give it in at most {longest} characters without spaces, or leave it \
                 empty so that nothing is researched"
            )
        });
        let (usual, long) = (self.usual_seconds, self.long_seconds);
        let numbers = [
            ("at_once", u64::from(self.at_once), 1, 10_000),
            (
                "at_once_per_server",
                self.at_once_per_server.into(),
                1,
                10_000,
            ),
            ("open_per_server", self.open_per_server.into(), 1, 100_000),
            ("open_per_person", self.open_per_person.into(), 1, 10_000),
            (
                "submissions_per_minute",
                self.submissions_per_minute.into(),
                1,
                100_000,
            ),
            (
                "looks_per_minute",
                self.looks_per_minute.into(),
                1,
                1_000_000,
            ),
            ("usual_seconds", usual, 1, Self::LONGEST_SECONDS),
            (
                "long_seconds",
                long,
                usual.clamp(1, Self::LONGEST_SECONDS),
                Self::LONGEST_SECONDS,
            ),
        ];
        let numbers = numbers.into_iter().filter_map(|(key, value, least, most)| {
            let fits = (least..=most).contains(&value);
            (!fits).then(|| format!("research.{key} is {value}: it must be from {least} to {most}"))
        });
        let alone = (self.usual_usd.is_some() != self.high_usd.is_some()).then(|| {
            "research.usual_usd and research.high_usd go together: set both, or neither where nobody knows what a research costs".to_owned()
        });
        let above = self.usual_usd.unwrap_or(0.0).clamp(0.0, Self::MOST_USD);
        let confirmed = Some(self.confirm_above_usd);
        let amounts = [
            ("usual_usd", self.usual_usd, 0.0),
            (
                "high_usd",
                self.high_usd,
                if above.is_nan() { 0.0 } else { above },
            ),
            ("confirm_above_usd", confirmed, 0.0),
        ];
        let amounts = amounts.into_iter().filter_map(|(key, usd, least)| {
            let usd = usd.filter(|usd| !(least..=Self::MOST_USD).contains(usd))?;
            Some(format!(
                "research.{key} is {usd}: it must be from {least} to {}",
                Self::MOST_USD
            ))
        });
        let cents = self.confirm_above_usd * 100.0;
        let parted = ((cents - cents.round()).abs() > 1e-6).then(|| {
            let usd = self.confirm_above_usd;
            format!("research.confirm_above_usd is {usd}: it may have two decimals at most, such as 2.50")
        });
        model
            .into_iter()
            .chain(numbers)
            .chain(alone)
            .chain(amounts)
            .chain(parted)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::settings::Settings;
    use crate::settings::environment::Environment;

    fn told(file: &str) -> String {
        let file = format!("[research]\n{file}");
        let file = Some((Path::new("footnote.toml"), file.as_str()));
        let settings = Settings::from_layers(file, &Environment::default()).unwrap();
        settings.research.faults().join("\n")
    }

    #[test]
    fn what_is_shipped_is_fine_and_so_are_the_bounds() {
        assert_eq!(told(""), "");
        let least = "model = \"\"\nat_once = 1\nat_once_per_server = 1\nopen_per_server = 1\nopen_per_person = 1\nsubmissions_per_minute = 1\nlooks_per_minute = 1\nusual_seconds = 1\nlong_seconds = 1\nusual_usd = 0.0\nhigh_usd = 0.0\nconfirm_above_usd = 0.0";
        assert_eq!(told(least), "");
        let most = "at_once = 10000\nat_once_per_server = 10000\nopen_per_server = 100000\nopen_per_person = 10000\nsubmissions_per_minute = 100000\nlooks_per_minute = 1000000\nusual_seconds = 86400\nlong_seconds = 86400\nusual_usd = 1000.0\nhigh_usd = 1000.0\nconfirm_above_usd = 1000.0";
        assert_eq!(told(most), "");
    }

    #[test]
    fn each_number_beyond_its_bounds_is_named() {
        let file = "model = \"a b\"\nat_once = 0\nat_once_per_server = 10001\nopen_per_server = 0\nopen_per_person = 10001\nsubmissions_per_minute = 0\nlooks_per_minute = 1000001\nusual_seconds = 0\nlong_seconds = 86401";
        insta::assert_snapshot!(told(file), @r"
        research.model (SONAR_RESEARCH_MODEL) is no name of a model: give it in at most 60 characters without spaces, or leave it empty so that nothing is researched
        research.at_once is 0: it must be from 1 to 10000
        research.at_once_per_server is 10001: it must be from 1 to 10000
        research.open_per_server is 0: it must be from 1 to 100000
        research.open_per_person is 10001: it must be from 1 to 10000
        research.submissions_per_minute is 0: it must be from 1 to 100000
        research.looks_per_minute is 1000001: it must be from 1 to 1000000
        research.usual_seconds is 0: it must be from 1 to 86400
        research.long_seconds is 86401: it must be from 1 to 86400
        ");
        insta::assert_snapshot!(told("usual_seconds = 601"), @"research.long_seconds is 600: it must be from 601 to 86400");
    }

    #[test]
    fn amounts_go_together_and_are_amounts() {
        insta::assert_snapshot!(told("usual_usd = -0.5\nhigh_usd = 1001.0\nconfirm_above_usd = 2.505"), @r"
        research.usual_usd is -0.5: it must be from 0 to 1000
        research.high_usd is 1001: it must be from 0 to 1000
        research.confirm_above_usd is 2.505: it may have two decimals at most, such as 2.50
        ");
        insta::assert_snapshot!(told("usual_usd = 1.6"), @"research.high_usd is 1.5: it must be from 1.6 to 1000");
        insta::assert_snapshot!(told("usual_usd = nan\nhigh_usd = inf\nconfirm_above_usd = nan"), @r"
        research.usual_usd is NaN: it must be from 0 to 1000
        research.high_usd is inf: it must be from 0 to 1000
        research.confirm_above_usd is NaN: it must be from 0 to 1000
        ");
    }

    #[test]
    fn an_amount_alone_is_named() {
        let mut settings = Settings::defaults().unwrap().research;
        settings.high_usd = None;
        insta::assert_snapshot!(settings.faults().join("\n"), @"research.usual_usd and research.high_usd go together: set both, or neither where nobody knows what a research costs");
        settings.usual_usd = None;
        assert!(settings.faults().is_empty());
    }
}
