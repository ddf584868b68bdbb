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
    /// What of it is of no use, and why.
    pub(crate) remarks: Vec<String>,
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

/// `key: value` lines at the margin; a list is `[a, b]` or lines of `- a` below its key. The rest of YAML is not needed
/// here: what is indented belongs to a key that nobody asks for.
fn dashes(head: &str) -> FrontMatter {
    let mut matter = FrontMatter::default();
    let mut key = "";
    for line in head.lines() {
        let item = line.trim_start().strip_prefix("- ");
        if let (Some(item), "tags") = (item, key) {
            matter.tags.push(scalar(item));
        } else if !line.starts_with([' ', '\t', '-', '#'])
            && let Some((name, value)) = line.split_once(':')
        {
            key = name.trim();
            let value = value.trim();
            if key == "tags" {
                matter.tags = list(value);
            } else {
                matter.set(key, scalar(value));
            }
        }
    }
    matter.tags.retain(|tag| !tag.is_empty());
    matter
}

/// A value without its quotes, or without the comment behind it.
fn scalar(value: &str) -> String {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some((inside, _)) = value
            .strip_prefix(quote)
            .and_then(|rest| rest.split_once(quote))
        {
            return inside.to_owned();
        }
    }
    match value {
        // A comment, or nothing.
        _ if value.starts_with('#') => String::new(),
        "null" | "~" => String::new(),
        _ => value
            .split(" #")
            .next()
            .unwrap_or_default()
            .trim_end()
            .to_owned(),
    }
}

fn list(value: &str) -> Vec<String> {
    let inside = value
        .strip_prefix('[')
        .and_then(|rest| rest.rsplit_once(']'))
        .map_or(value, |(inside, _)| inside);
    inside.split(',').map(scalar).collect()
}

fn pluses(head: &str) -> FrontMatter {
    let mut matter = FrontMatter::default();
    let table = match head.parse::<toml::Table>() {
        Ok(table) => table,
        Err(error) => {
            let what = error.message();
            let remark = format!("its front matter cannot be read: {what}");
            matter.remarks.push(remark);
            return matter;
        }
    };
    for (key, value) in table {
        match value {
            toml::Value::String(text) => matter.set(&key, text),
            toml::Value::Datetime(date) => matter.set(&key, date.to_string()),
            toml::Value::Array(items) if key == "tags" => {
                let items = items.iter().filter_map(toml::Value::as_str);
                matter.tags = items.map(str::to_owned).collect();
            }
            _ => {}
        }
    }
    matter
}

impl FrontMatter {
    fn set(&mut self, key: &str, value: String) {
        if value.is_empty() {
            return;
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_fences_say_the_same() {
        let dashed = "---\ntitle: \"Tea: a guide\" # the best\ndate: 2024-05-01 # a day\ntags: [tea, \"hot\"]\nlayout: x\n---\nBody";
        let plus = "+++\ntitle = \"Tea: a guide\"\ndate = 2024-05-01\ntags = [\"tea\", \"hot\"]\n+++\nBody";
        let (matter, body) = split(dashed);
        assert_eq!(body, "Body");
        assert_eq!(matter.title.as_deref(), Some("Tea: a guide"));
        assert_eq!(matter.date.as_deref(), Some("2024-05-01"));
        assert_eq!(matter.tags, ["tea", "hot"]);
        assert_eq!(split(plus), (matter, "Body"));
    }

    #[test]
    fn lists_stand_below_their_key_too_and_other_keys_keep_theirs() {
        let text = "---\r\nauthors:\r\n  - title: Not this one\r\ntags:\r\n- tea\r\n  - 'hot water'\r\nlang: en\r\nimage: pot.png\r\nupdated: ~\r\n---\r\nBody";
        let (matter, body) = split(text);
        assert_eq!(body, "Body");
        assert_eq!(matter.title, None);
        assert_eq!(matter.tags, ["tea", "hot water"]);
        assert_eq!(matter.language.as_deref(), Some("en"));
        assert_eq!(matter.image.as_deref(), Some("pot.png"));
        assert_eq!(matter.updated, None);
    }

    #[test]
    fn what_is_of_no_use_is_said() {
        let (matter, body) = split("+++\ntitle = Tea\n+++\nBody");
        assert_eq!(body, "Body");
        assert!(
            matter.remarks[0].starts_with("its front matter cannot be read"),
            "{matter:?}"
        );
    }

    #[test]
    fn a_rule_at_the_top_is_text() {
        let text = "---\nno end";
        assert_eq!(split(text), (FrontMatter::default(), text));
    }
}
