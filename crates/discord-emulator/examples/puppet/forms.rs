//! What the puppet registers, posts and opens: commands, buttons, menus, a message of the second generation, forms. Sends nothing.

use serde_json::{Value, json};

const SLICE: &str = "https://doc.rust-lang.org/std/primitive.slice.html";

fn option(name: &str, kind: u64, required: bool) -> Value {
    json!({"type": kind, "name": name, "description": format!("The {name}"), "required": required})
}

/// One command of every kind, with options of every kind.
pub(crate) fn commands() -> Value {
    let mut mode = option("mode", 3, false);
    mode["choices"] =
        json!([{"name": "Quick", "value": "quick"}, {"name": "Deep", "value": "deep"}]);
    let mut book = option("book", 3, true);
    book["autocomplete"] = json!(true);
    let mut nickname = option("nickname", 3, false);
    nickname["max_length"] = json!(12);
    let set = json!({"type": 1, "name": "set", "description": "Set where answers come from", "options": [option("domains", 3, true)]});
    json!([
        {"name": "ask", "description": "Ask a question and get an answer with its sources", "options": [option("question", 3, true), mode, option("private", 5, false)]},
        {"name": "about", "description": "What this bot is"},
        {"name": "panel", "description": "Buttons and menus of every kind"},
        {"name": "layout", "description": "A message of the second generation"},
        {"name": "feedback", "description": "A form with rows of text"},
        {"name": "survey", "description": "A form with fields of every kind"},
        {"name": "find", "description": "Find a book as you type", "options": [book]},
        {"name": "introduce", "description": "Options of every type", "options": [option("person", 6, true), option("channel", 7, false), option("role", 8, false),
            option("whom", 9, false), option("age", 4, false), option("height", 10, false), nickname, option("picture", 11, false)]},
        {"name": "silence", "description": "Never answers"},
        {"name": "search", "description": "Search settings", "options": [set], "default_member_permissions": "32"},
        {"name": "Quote", "type": 3},
        {"name": "Greet", "type": 2},
    ])
}

/// Buttons by style, and menus of every kind.
pub(crate) fn panel(presses: u64) -> Value {
    let times = if presses == 1 { "time" } else { "times" };
    let button = |style: u64, id: &str, label: &str| json!({"type": 2, "style": style, "custom_id": id, "label": label});
    let mut off = button(2, "off", "Switched off");
    off["disabled"] = json!(true);
    let menu = |kind: u64, id: &str, placeholder: &str| json!({"type": 1, "components": [{"type": kind, "custom_id": id, "placeholder": placeholder}]});
    let topics = json!({"type": 1, "components": [{"type": 3, "custom_id": "topics", "placeholder": "Which topics?", "min_values": 1, "max_values": 2, "options": [
        {"label": "Sorting", "value": "sorting", "description": "Putting things in order"},
        {"label": "Searching", "value": "searching", "description": "Finding them again"},
        {"label": "Hashing", "value": "hashing"}]}]});
    let first = json!({"type": 1, "components": [button(1, "count", &format!("Pressed {presses} {times}")), button(2, "later", "Takes a while"),
        button(3, "form", "Open a form"), button(4, "silent", "Never answers"), off]});
    let second = json!({"type": 1, "components": [{"type": 2, "style": 5, "url": SLICE, "label": "Documentation"}, button(2, "only-me", "Only for me")]});
    json!({"content": "Press something, or choose something.", "components": [first, second, topics, menu(5, "people", "Who?"), menu(8, "places", "Where?")]})
}

/// A message of the second generation: container, section, texts, gallery, separators, row.
pub(crate) fn layout() -> Value {
    let picture = json!({"media": {"url": "https://example.org/picture.png"}, "description": "A picture from elsewhere"});
    let section = json!({"type": 9, "components": [{"type": 10, "content": "## The second generation\nA *section* with an accessory beside its text."}],
        "accessory": {"type": 11, "media": {"url": "https://example.org/thumbnail.png"}, "description": "A thumbnail"}});
    let row = json!({"type": 1, "components": [{"type": 2, "style": 1, "custom_id": "only-me", "label": "Only for me"}, {"type": 2, "style": 5, "url": SLICE, "label": "Documentation"}]});
    json!({"flags": 1 << 15, "components": [{"type": 17, "accent_color": 0x0b_6b_62, "components": [section, {"type": 14, "divider": true, "spacing": 2},
        {"type": 10, "content": "Texts know **Markdown**, and `code`.\n-# and small print"}, {"type": 12, "items": [picture, picture]}, {"type": 14}, row]},
        {"type": 10, "content": "A text outside of the container."}]})
}

/// A form with rows of text, as old libraries send it.
pub(crate) fn feedback() -> Value {
    let input = |style: u64, id: &str, label: &str| json!({"type": 1, "components": [{"type": 4, "style": style, "custom_id": id, "label": label, "max_length": 200}]});
    json!({"custom_id": "feedback", "title": "Feedback", "components": [input(1, "subject", "Subject"), input(2, "words", "In your own words")]})
}

/// A form with a label around fields of every kind.
pub(crate) fn survey() -> Value {
    let label =
        |text: &str, component: Value| json!({"type": 18, "label": text, "component": component});
    let options = json!([{"label": "Daily", "value": "daily"}, {"label": "Weekly", "value": "weekly"}, {"label": "Hardly ever", "value": "hardly"}]);
    json!({"custom_id": "survey", "title": "Survey", "components": [
        {"type": 10, "content": "All of this stays **here**."},
        label("What should we call you?", json!({"type": 4, "style": 1, "custom_id": "name", "min_length": 2, "max_length": 20})),
        label("How often?", json!({"type": 21, "custom_id": "often", "options": options})),
        label("Who helped?", json!({"type": 5, "custom_id": "helpers", "max_values": 3, "required": false})),
        label("Write to me", json!({"type": 23, "custom_id": "write"}))]})
}

/// The books that begin with what was typed.
pub(crate) fn books(typed: &str) -> Vec<Value> {
    let all = [
        "A Guide to Sorting",
        "A Guide to Searching",
        "Hashes and How to Keep Them",
        "The Second Generation",
    ];
    let typed = typed.to_lowercase();
    let fitting = all
        .iter()
        .filter(|title| title.to_lowercase().contains(&typed));
    fitting
        .map(|title| json!({"name": title, "value": title.to_lowercase().replace(' ', "-")}))
        .collect()
}
