//! Reads an answer as its readers do: which text is marked up, which lines are quotations, which numbers are markers.

use serde_json::Value;
use sonar::ChatCompletion;

use super::requests::Asked;

/// The pieces of a stream, which must end as one does.
pub(crate) fn pieces(body: &str) -> Vec<ChatCompletion> {
    let messages = body
        .strip_suffix("data: [DONE]\n\n")
        .unwrap()
        .split_terminator("\n\n");
    let piece =
        |message: &str| serde_json::from_str(message.strip_prefix("data: ").unwrap()).unwrap();
    messages
        .filter(|message| !message.starts_with(':'))
        .map(piece)
        .collect()
}

/// The text of an answer; the string inside when it came as JSON.
pub(crate) fn prose(answer: &ChatCompletion, asked: &Asked) -> String {
    let text = answer.text().into_owned();
    if asked.request["response_format"].is_null() {
        return text;
    }
    let reply: Value = serde_json::from_str(&text).unwrap();
    let fields = reply.as_object().unwrap();
    assert_eq!(fields.len(), 2, "{reply}");
    let urls = answer.citations.as_ref().unwrap();
    assert_eq!(fields["sources"], Value::from(urls.clone()));
    fields["answer"].as_str().unwrap().to_owned()
}

/// The characters of a text that Markdown may read as signs: without code and without what a backslash makes plain.
pub(crate) fn marked_up(text: &str) -> String {
    let mut fenced = false;
    let mut kept = String::new();
    for line in text.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            kept.push_str(&without_code(line));
            kept.push('\n');
        }
    }
    kept
}

fn without_code(line: &str) -> String {
    let mut kept = String::new();
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => {
                characters.next();
                kept.push(' ');
            }
            '`' if characters.as_str().contains('`') => {
                characters.find(|c| *c == '`');
                kept.push(' ');
            }
            _ => kept.push(c),
        }
    }
    kept
}

/// The numbers of the markers.
pub(crate) fn markers(text: &str) -> Vec<usize> {
    let marked_up = marked_up(text);
    let inside = marked_up.split('[').skip(1);
    inside
        .filter_map(|rest| rest.split_once(']')?.0.parse().ok())
        .collect()
}

/// The lines of each quotation with the number of its source, as plain text. A quotation that a stop broke off has no
/// number, and is left out.
pub(crate) fn quotes(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut quotes = Vec::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        let Some(quoted) = line.strip_prefix("> ") else {
            lines.clear();
            continue;
        };
        let Some(&number) = markers(line).last() else {
            lines.push(plain(quoted));
            continue;
        };
        let (quoted, _) = quoted.rsplit_once(" [").unwrap();
        lines.push(plain(quoted));
        quotes.push((number, std::mem::take(&mut lines)));
    }
    quotes
}

/// A line without the backslashes that keep its signs from meaning anything, white space folded.
fn plain(line: &str) -> String {
    let mut plain = String::new();
    let mut characters = line.chars();
    let mut code = false;
    while let Some(c) = characters.next() {
        match c {
            '\\' if !code => plain.extend(characters.next()),
            '`' => {
                code = !code;
                plain.push(c);
            }
            _ => plain.push(c),
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
