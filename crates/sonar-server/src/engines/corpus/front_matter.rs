//! Reads what a document says about itself at its top, between `---` or `+++`. Reads no body.

/// The keys that a document may set; others are nobody's mistake and are left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FrontMatter {
    pub(crate) title: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) updated: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) tags: Vec<String>,
    /// A picture that stands for the document.
    pub(crate) image: Option<String>,
}

/// The front matter and the text after it. Without a closing line, all of it is text.
pub(crate) fn split(text: &str) -> (FrontMatter, &str) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (fence, read) in [("---", dashes as fn(&str) -> FrontMatter), ("+++", pluses)] {
        if let Some((head, body)) = between(text, fence) {
            return (read(head), body);
        }
    }
    (FrontMatter::default(), text)
}

fn between<'a>(text: &'a str, fence: &str) -> Option<(&'a str, &'a str)> {
    let (first, rest) = text.split_once('\n')?;
    if first.trim_end() != fence {
        return None;
    }
    let mut length = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == fence {
            return Some((rest.get(..length)?, rest.get(length + line.len()..)?));
        }
        length += line.len();
    }
    None
}

/// `key: value` lines; a list is `[a, b]`. The rest of YAML is not needed here.
fn dashes(head: &str) -> FrontMatter {
    let mut matter = FrontMatter::default();
    for line in head.lines() {
        if let Some((key, value)) = line.split_once(':') {
            matter.set(key.trim(), &unquoted(value));
        }
    }
    matter
}

fn pluses(head: &str) -> FrontMatter {
    let mut matter = FrontMatter::default();
    for (key, value) in head.parse::<toml::Table>().unwrap_or_default() {
        match value {
            toml::Value::String(text) => matter.set(&key, &text),
            toml::Value::Datetime(date) => matter.set(&key, &date.to_string()),
            toml::Value::Array(items) => {
                let items = items.iter().filter_map(toml::Value::as_str);
                matter.set(&key, &items.collect::<Vec<_>>().join(","));
            }
            _ => {}
        }
    }
    matter
}

impl FrontMatter {
    fn set(&mut self, key: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        let value = value.to_owned();
        match key {
            "title" => self.title = Some(value),
            "url" => self.url = Some(value),
            "date" => self.date = Some(value),
            "updated" => self.updated = Some(value),
            "lang" => self.language = Some(value),
            "image" => self.image = Some(value),
            "tags" => self.tags = list(&value),
            _ => {}
        }
    }
}

fn list(value: &str) -> Vec<String> {
    let inside = value.trim_start_matches('[').trim_end_matches(']');
    inside
        .split(',')
        .map(unquoted)
        .filter(|tag| !tag.is_empty())
        .collect()
}

fn unquoted(value: &str) -> String {
    value.trim().trim_matches(['"', '\'']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_fences_say_the_same() {
        let dashed = "---\ntitle: \"Tea: a guide\"\ndate: 2024-05-01\ntags: [tea, \"hot\"]\nlayout: x\n---\nBody";
        let plus = "+++\ntitle = \"Tea: a guide\"\ndate = 2024-05-01\ntags = [\"tea\", \"hot\"]\n+++\nBody";
        let (matter, body) = split(dashed);
        assert_eq!(body, "Body");
        assert_eq!(matter.title.as_deref(), Some("Tea: a guide"));
        assert_eq!(matter.date.as_deref(), Some("2024-05-01"));
        assert_eq!(matter.tags, ["tea", "hot"]);
        assert_eq!(split(plus), (matter, "Body"));
    }

    #[test]
    fn a_rule_at_the_top_is_text() {
        let text = "---\nno end";
        assert_eq!(split(text), (FrontMatter::default(), text));
    }
}
