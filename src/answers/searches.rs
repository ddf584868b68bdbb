//! What a service tells of its searches while it looks for an answer. Services disagree about the shape, so whatever is none is passed over.

use serde_json::{Map, Value};
use sonar::ReasoningStep;

/// The most things searched for that are told of one answer.
const TOLD_AT_MOST: usize = 50;

/// The longest of them that is kept, in characters.
const LONGEST: usize = 200;

/// What the searches of a step are called.
const NAMES: [&str; 4] = ["search_keywords", "search_queries", "queries", "query"];

/// What was told so far of one answer's searches.
#[derive(Debug, Default)]
pub(super) struct Searches {
    told: Vec<String>,
}

impl Searches {
    /// What these steps search for and none before did. The end of the search repeats all its steps.
    pub(super) fn told_anew(&mut self, steps: &[ReasoningStep]) -> Vec<String> {
        let before = self.told.len();
        for query in steps.iter().flat_map(queries) {
            if self.told.len() < TOLD_AT_MOST && !self.told.contains(&query) {
                self.told.push(query);
            }
        }
        self.told.get(before..).unwrap_or_default().to_vec()
    }
}

/// What a step searches for: in the object that says what it did, or beside it.
fn queries(step: &ReasoningStep) -> Vec<String> {
    let inside = step.extra.values().filter_map(Value::as_object);
    inside
        .chain([&step.extra])
        .flat_map(named)
        .map(|query| query.trim().chars().take(LONGEST).collect::<String>())
        .filter(|query| !query.is_empty())
        .collect()
}

fn named(fields: &Map<String, Value>) -> Vec<&str> {
    let values = NAMES.iter().filter_map(|name| fields.get(*name));
    let texts = values.flat_map(|value| match value {
        Value::Array(several) => several.iter().collect(),
        one => vec![one],
    });
    texts.filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn steps(steps: &Value) -> Vec<ReasoningStep> {
        serde_json::from_value(steps.clone()).unwrap()
    }

    #[test]
    fn searches_are_told_once_whatever_shape_they_come_in() {
        let mut searches = Searches::default();
        let first = steps(&json!([
            { "thought": "Look", "type": "web_search", "web_search": { "search_keywords": ["tea", " ", 7], "search_results": [] } },
            { "thought": "Read", "type": "fetch_url_content", "fetch_url_content": { "contents": [{ "url": "https://a.example" }] } },
        ]));
        assert_eq!(searches.told_anew(&first), ["tea"]);
        let all = steps(&json!([
            { "web_search": { "search_keywords": ["tea"] } },
            { "web_search": { "query": "green tea" } },
            { "type": "web_search", "queries": ["black tea"] },
            { "web_search": null },
        ]));
        assert_eq!(searches.told_anew(&all), ["green tea", "black tea"]);
        assert_eq!(searches.told_anew(&all), Vec::<String>::new());
    }

    #[test]
    fn what_is_told_is_bounded() {
        let many: Vec<String> = (0..500)
            .map(|number| format!("{number} {}", "é".repeat(500)))
            .collect();
        let many = steps(&json!([{ "web_search": { "search_keywords": many } }]));
        let told = Searches::default().told_anew(&many);
        assert_eq!(told.len(), TOLD_AT_MOST);
        assert!(told.iter().all(|query| query.chars().count() <= LONGEST));
    }
}
