//! What a search is narrowed to: reads the filters of the `web_search` tool, refuses those the service refuses, and says which
//! pages pass. Must not search.

use serde_json::Value;
use time::macros::format_description;
use time::{Date, Duration};

use super::refusal::Refusal;

/// The filters of a search.
#[derive(Clone, Debug, Default)]
pub(super) struct Filters {
    pub(super) allowed: Vec<String>,
    pub(super) denied: Vec<String>,
    pub(super) recency_days: Option<i64>,
    pub(super) published_after: Option<Date>,
    pub(super) published_before: Option<Date>,
    pub(super) updated_after: Option<Date>,
    pub(super) updated_before: Option<Date>,
}

const RECENCIES: [(&str, i64); 5] = [
    ("hour", 0),
    ("day", 1),
    ("week", 7),
    ("month", 31),
    ("year", 366),
];
/// The filters that are dates.
const DATES: [&str; 4] = [
    "search_after_date_filter",
    "search_before_date_filter",
    "last_updated_after_filter",
    "last_updated_before_filter",
];
const MOST_DOMAINS: usize = 20;
const LONGEST_DOMAIN: usize = 253;

impl Filters {
    /// Reads the tool's `filters`. `at` names the tool, such as `tools[0]`.
    pub(super) fn read(filters: &Value, at: &str) -> Result<Self, Refusal> {
        let [
            published_after,
            published_before,
            updated_after,
            updated_before,
        ] = DATES;
        let mut read = Self {
            recency_days: recency(filters, at)?,
            published_after: date(filters, published_after, at)?,
            published_before: date(filters, published_before, at)?,
            updated_after: date(filters, updated_after, at)?,
            updated_before: date(filters, updated_before, at)?,
            ..Self::default()
        };
        if read.recency_days.is_some()
            && (read.published_after.is_some() || read.published_before.is_some())
        {
            return Err(Refusal::invalid(format!(
                "validation failed: {at}: search recency filter cannot be combined with search after or before date filters"
            )));
        }
        read.domains(filters, at)?;
        Ok(read)
    }

    fn domains(&mut self, filters: &Value, at: &str) -> Result<(), Refusal> {
        let refused = |why: &str| {
            Refusal::new(
                400,
                "invalid_search_domain_filter",
                format!("validation failed: {at}: search domain filter {why}"),
            )
        };
        let entries = filters["search_domain_filter"].as_array();
        let entries: Vec<&str> = entries
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if entries.len() > MOST_DOMAINS {
            return Err(refused("must have at most 20 entries"));
        }
        for entry in entries {
            let domain = entry.strip_prefix('-').unwrap_or(entry);
            if domain.is_empty() || domain.len() > LONGEST_DOMAIN {
                return Err(refused("entries must have 1 to 253 characters"));
            }
            if domain.contains("://") || !domain.contains('.') {
                return Err(refused("entries must be domain names without a scheme"));
            }
            if domain == entry {
                self.allowed.push(domain.to_owned());
            } else {
                self.denied.push(domain.to_owned());
            }
        }
        if !self.allowed.is_empty() && !self.denied.is_empty() {
            return Err(refused("must be all allowed or all denied entries"));
        }
        Ok(())
    }

    /// Whether a page of this host may be found. Subdomains go with their domain.
    pub(super) fn admit_host(&self, host: &str) -> bool {
        let within = |domain: &String| host == domain || host.ends_with(&format!(".{domain}"));
        let allowed = self.allowed.is_empty() || self.allowed.iter().any(within);
        allowed && !self.denied.iter().any(within)
    }

    /// Whether a page with these dates may be found; one without a date passes no filter on it.
    pub(super) fn admit_dates(
        &self,
        date: Option<Date>,
        updated: Option<Date>,
        today: Date,
    ) -> bool {
        let oldest = self.recency_days.map(|days| today - Duration::days(days));
        let after = self.published_after.max(oldest);
        lies_within(date, after, self.published_before)
            && lies_within(updated, self.updated_after, self.updated_before)
    }

    /// The latest day a page may be of.
    pub(super) fn latest(&self, today: Date) -> Date {
        let bounds = [self.published_before, self.updated_before];
        bounds.into_iter().flatten().fold(today, Date::min)
    }
}

fn lies_within(date: Option<Date>, after: Option<Date>, before: Option<Date>) -> bool {
    match date {
        Some(date) => {
            after.is_none_or(|after| date >= after) && before.is_none_or(|before| date <= before)
        }
        None => after.is_none() && before.is_none(),
    }
}

fn recency(filters: &Value, at: &str) -> Result<Option<i64>, Refusal> {
    let Some(word) = filters["search_recency_filter"].as_str() else {
        return Ok(None);
    };
    match RECENCIES.iter().find(|(known, _)| *known == word) {
        Some((_, days)) => Ok(Some(*days)),
        None => Err(Refusal::invalid(format!(
            "validation failed: {at}: search recency filter must be one of: hour day week month year"
        ))),
    }
}

/// Writes the dates of a tool's filters as replies repeat them.
pub(super) fn echo_dates(tool: &mut Value) {
    for name in DATES {
        if let Some(written) = tool.pointer_mut(&format!("/filters/{name}"))
            && let Some(date) = written.as_str().and_then(day)
        {
            *written = Value::from(date.to_string());
        }
    }
}

fn day(written: &str) -> Option<Date> {
    Date::parse(written, format_description!("[month]/[day]/[year]")).ok()
}

fn date(filters: &Value, name: &str, at: &str) -> Result<Option<Date>, Refusal> {
    let Some(written) = filters[name].as_str() else {
        return Ok(None);
    };
    match day(written) {
        Some(date) => Ok(Some(date)),
        None => Err(Refusal::new(
            400,
            "invalid_date_format",
            format!("validation failed: {at}: {name} must be MM/DD/YYYY, but got {written}"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::date;

    use super::*;

    fn refusal(filters: &Value) -> String {
        Filters::read(filters, "tools[0]").unwrap_err().message
    }

    #[test]
    fn what_the_service_refuses_is_refused_with_its_words() {
        assert_eq!(
            refusal(&json!({"search_recency_filter": "decade"})),
            "validation failed: tools[0]: search recency filter must be one of: hour day week month year"
        );
        for filters in [
            json!({"search_recency_filter": "week", "search_after_date_filter": "01/01/2026"}),
            json!({"search_after_date_filter": "1/1/2026"}),
            json!({"search_before_date_filter": "2026-01-01"}),
            json!({"search_domain_filter": vec!["a.example"; 21]}),
            json!({"search_domain_filter": ["https://a.example"]}),
            json!({"search_domain_filter": ["a.example", "-b.example"]}),
            json!({"search_domain_filter": [""]}),
        ] {
            refusal(&filters);
        }
    }

    #[test]
    fn a_domain_stands_for_its_subdomains_and_nothing_else() {
        let read = |entry| {
            let filters = json!({"search_domain_filter": [entry]});
            Filters::read(&filters, "tools[0]").unwrap()
        };
        let hosts = ["python.org", "docs.python.org", "notpython.org"];
        let admitted = |filters: Filters| hosts.map(|host| filters.admit_host(host));
        assert_eq!(admitted(read("python.org")), [true, true, false]);
        assert_eq!(admitted(read("-python.org")), [false, false, true]);
    }

    #[test]
    fn dates_are_bounded_and_their_absence_passes_no_bound() {
        let today = date!(2026 - 10 - 16);
        let week = Filters::read(&json!({"search_recency_filter": "week"}), "").unwrap();
        assert!(week.admit_dates(Some(date!(2026 - 10 - 09)), None, today));
        assert!(!week.admit_dates(Some(date!(2026 - 10 - 08)), None, today));
        assert!(!week.admit_dates(None, None, today));
        let old = json!({"last_updated_before_filter": "01/31/2020"});
        let old = Filters::read(&old, "").unwrap();
        assert!(old.admit_dates(None, Some(date!(2020 - 01 - 31)), today));
        assert!(!old.admit_dates(None, Some(date!(2020 - 02 - 01)), today));
        assert_eq!(old.latest(today), date!(2020 - 01 - 31));
    }
}
