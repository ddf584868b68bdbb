//! Every limit of what a bot may send, over the wire: a value at the limit is accepted, one beyond it is refused and named.

use discord_emulator::Emulator;
use serde_json::{Value, json};

use crate::bot::{Answered, Gateway, Rest, emulator, ready_bot};

/// A limit: what it is about, a body with so much of it, the limit, and where the error is named.
struct Limit {
    what: &'static str,
    body: fn(usize) -> Value,
    most: usize,
    at: &'static str,
}

const fn limit(
    what: &'static str,
    most: usize,
    at: &'static str,
    body: fn(usize) -> Value,
) -> Limit {
    Limit {
        what,
        body,
        most,
        at,
    }
}

fn text(length: usize) -> String {
    // Two bytes and one code point each: whoever counts bytes or UTF-16 units by mistake is found out.
    "ü".repeat(length)
}

fn word(length: usize) -> String {
    "n".repeat(length)
}

fn many(count: usize, one: impl Fn(usize) -> Value) -> Value {
    (0..count).map(one).collect()
}

fn embed(fields: &Value) -> Value {
    json!({"embeds": [fields]})
}

fn row(components: &Value) -> Value {
    json!({"content": "x", "components": [{"type": 1, "components": components}]})
}

/// An object with some fields more, or other ones.
fn with(mut object: Value, fields: &Value) -> Value {
    for (name, value) in fields.as_object().into_iter().flatten() {
        object[name] = value.clone();
    }
    object
}

fn button(fields: &Value) -> Value {
    let button = with(
        json!({"type": 2, "style": 1, "label": "Press", "custom_id": "press"}),
        fields,
    );
    row(&json!([button]))
}

fn menu(fields: &Value) -> Value {
    let menu = with(
        json!({"type": 3, "custom_id": "menu", "options": [{"label": "a", "value": "a"}]}),
        fields,
    );
    row(&json!([menu]))
}

fn choice(fields: &Value) -> Value {
    let choice = with(json!({"label": "a", "value": "a"}), fields);
    menu(&json!({"options": [choice]}))
}

fn second(components: &Value) -> Value {
    json!({"flags": 1 << 15, "components": components})
}

fn options(count: usize) -> Value {
    many(
        count,
        |n| json!({"label": n.to_string(), "value": n.to_string()}),
    )
}

const MESSAGES: &[Limit] = &[
    limit("content", 2000, "content", |n| json!({"content": text(n)})),
    limit(
        "a nonce",
        25,
        "nonce",
        |n| json!({"content": "x", "nonce": word(n)}),
    ),
    limit(
        "embeds",
        10,
        "embeds",
        |n| json!({"embeds": many(n, |_| json!({"title": "x"}))}),
    ),
    limit("an embed's title", 256, "embeds/0/title", |n| {
        embed(&json!({"title": text(n)}))
    }),
    limit(
        "an embed's description",
        4096,
        "embeds/0/description",
        |n| embed(&json!({"description": text(n)})),
    ),
    limit("an embed's fields", 25, "embeds/0/fields", |n| {
        embed(&json!({"fields": many(n, |_| json!({"name": "n", "value": "v"}))}))
    }),
    limit("a field's name", 256, "embeds/0/fields/0/name", |n| {
        embed(&json!({"fields": [{"name": text(n), "value": "v"}]}))
    }),
    limit("a field's value", 1024, "embeds/0/fields/0/value", |n| {
        embed(&json!({"fields": [{"name": "n", "value": text(n)}]}))
    }),
    limit("an embed's footer", 2048, "embeds/0/footer/text", |n| {
        embed(&json!({"footer": {"text": text(n)}}))
    }),
    limit("an embed's author", 256, "embeds/0/author/name", |n| {
        embed(&json!({"author": {"name": text(n)}}))
    }),
    limit(
        "all embeds together",
        6000,
        "embeds",
        |n| json!({"embeds": [{"description": text(4000)}, {"description": text(n - 4000)}]}),
    ),
    limit(
        "people who may be pinged",
        100,
        "allowed_mentions/users",
        |n| json!({"content": "x", "allowed_mentions": {"users": many(n, |n| json!((n + 1).to_string()))}}),
    ),
    limit(
        "roles that may be pinged",
        100,
        "allowed_mentions/roles",
        |n| json!({"content": "x", "allowed_mentions": {"roles": many(n, |n| json!((n + 1).to_string()))}}),
    ),
    limit(
        "rows",
        5,
        "components",
        |n| json!({"content": "x", "components": many(n, |n| json!({"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": n.to_string()}]}))}),
    ),
    limit("buttons in a row", 5, "components/0/components", |n| {
        row(&many(
            n,
            |n| json!({"type": 2, "style": 1, "label": "x", "custom_id": n.to_string()}),
        ))
    }),
    limit(
        "a button's label",
        80,
        "components/0/components/0/label",
        |n| button(&json!({"label": text(n)})),
    ),
    limit(
        "a button's custom id",
        100,
        "components/0/components/0/custom_id",
        |n| button(&json!({"custom_id": text(n)})),
    ),
    limit(
        "a button's link",
        512,
        "components/0/components/0/url",
        |n| {
            row(
                &json!([{"type": 2, "style": 5, "label": "x", "url": format!("https://example.org/{}", word(n - 20))}]),
            )
        },
    ),
    limit(
        "a menu's options",
        25,
        "components/0/components/0/options",
        |n| menu(&json!({"options": options(n)})),
    ),
    limit(
        "a menu's custom id",
        100,
        "components/0/components/0/custom_id",
        |n| menu(&json!({"custom_id": text(n)})),
    ),
    limit(
        "a menu's placeholder",
        150,
        "components/0/components/0/placeholder",
        |n| menu(&json!({"placeholder": text(n)})),
    ),
    limit(
        "a menu's fewest values",
        25,
        "components/0/components/0/min_values",
        |n| menu(&json!({"min_values": n, "max_values": 25, "options": options(25)})),
    ),
    limit(
        "a menu's most values",
        25,
        "components/0/components/0/max_values",
        |n| menu(&json!({"max_values": n, "options": options(25)})),
    ),
    limit(
        "an option's label",
        100,
        "components/0/components/0/options/0/label",
        |n| choice(&json!({"label": text(n)})),
    ),
    limit(
        "an option's value",
        100,
        "components/0/components/0/options/0/value",
        |n| choice(&json!({"value": text(n)})),
    ),
    limit(
        "an option's description",
        100,
        "components/0/components/0/options/0/description",
        |n| choice(&json!({"description": text(n)})),
    ),
    limit(
        "components of the second generation",
        40,
        "components",
        |n| second(&many(n, |_| json!({"type": 10, "content": "x"}))),
    ),
    limit(
        "all text of the second generation",
        4000,
        "components",
        |n| {
            second(
                &json!([{"type": 10, "content": word(3000)}, {"type": 10, "content": word(n - 3000)}]),
            )
        },
    ),
    limit("texts in a section", 3, "components/0/components", |n| {
        second(
            &json!([{"type": 9, "components": many(n, |_| json!({"type": 10, "content": "x"})), "accessory": {"type": 2, "style": 1, "label": "x", "custom_id": "x"}}]),
        )
    }),
    limit("pictures in a gallery", 10, "components/0/items", |n| {
        second(
            &json!([{"type": 12, "items": many(n, |_| json!({"media": {"url": "https://example.org/a.png"}}))}]),
        )
    }),
];

const COMMANDS: &[Limit] = &[
    limit(
        "a command's name",
        32,
        "name",
        |n| json!({"name": word(n), "description": "d"}),
    ),
    limit(
        "a command's description",
        100,
        "description",
        |n| json!({"name": "n", "description": text(n)}),
    ),
    limit(
        "a command's options",
        25,
        "options",
        |n| json!({"name": "n", "description": "d", "options": many(n, |n| json!({"type": 3, "name": format!("o{n}"), "description": "d"}))}),
    ),
    limit(
        "an option's name",
        32,
        "options/0/name",
        |n| json!({"name": "n", "description": "d", "options": [{"type": 3, "name": word(n), "description": "d"}]}),
    ),
    limit(
        "an option's description",
        100,
        "options/0/description",
        |n| json!({"name": "n", "description": "d", "options": [{"type": 3, "name": "o", "description": text(n)}]}),
    ),
    limit(
        "an option's choices",
        25,
        "options/0/choices",
        |n| json!({"name": "n", "description": "d", "options": [{"type": 3, "name": "o", "description": "d", "choices": many(n, |n| json!({"name": n.to_string(), "value": n.to_string()}))}]}),
    ),
    limit(
        "a choice's name",
        100,
        "options/0/choices/0/name",
        |n| json!({"name": "n", "description": "d", "options": [{"type": 3, "name": "o", "description": "d", "choices": [{"name": text(n), "value": "v"}]}]}),
    ),
    limit(
        "a choice's value",
        100,
        "options/0/choices/0/value",
        |n| json!({"name": "n", "description": "d", "options": [{"type": 3, "name": "o", "description": "d", "choices": [{"name": "n", "value": text(n)}]}]}),
    ),
    limit(
        "an option's greatest length",
        6000,
        "options/0/max_length",
        |n| json!({"name": "n", "description": "d", "options": [{"type": 3, "name": "o", "description": "d", "max_length": n}]}),
    ),
    limit(
        "an option's least length",
        6000,
        "options/0/min_length",
        |n| json!({"name": "n", "description": "d", "options": [{"type": 3, "name": "o", "description": "d", "min_length": n}]}),
    ),
];

const MODALS: &[Limit] = &[
    limit("a form's title", 45, "data/title", |n| {
        modal(&text(n), "m", &json!([input(&json!({}))]))
    }),
    limit("a form's custom id", 100, "data/custom_id", |n| {
        modal("t", &text(n), &json!([input(&json!({}))]))
    }),
    limit("a form's rows", 5, "data/components", |n| {
        modal(
            "t",
            "m",
            &many(n, |n| input(&json!({"custom_id": n.to_string()}))),
        )
    }),
    limit(
        "an input's label",
        45,
        "data/components/0/components/0/label",
        |n| modal("t", "m", &json!([input(&json!({"label": text(n)}))])),
    ),
    limit(
        "an input's custom id",
        100,
        "data/components/0/components/0/custom_id",
        |n| modal("t", "m", &json!([input(&json!({"custom_id": text(n)}))])),
    ),
    limit(
        "an input's placeholder",
        100,
        "data/components/0/components/0/placeholder",
        |n| modal("t", "m", &json!([input(&json!({"placeholder": text(n)}))])),
    ),
    limit(
        "an input's value",
        4000,
        "data/components/0/components/0/value",
        |n| modal("t", "m", &json!([input(&json!({"value": text(n)}))])),
    ),
    limit(
        "an input's greatest length",
        4000,
        "data/components/0/components/0/max_length",
        |n| modal("t", "m", &json!([input(&json!({"max_length": n}))])),
    ),
    limit(
        "an input's least length",
        4000,
        "data/components/0/components/0/min_length",
        |n| modal("t", "m", &json!([input(&json!({"min_length": n}))])),
    ),
    limit("a label of a form", 45, "data/components/0/label", |n| {
        modal(
            "t",
            "m",
            &json!([{"type": 18, "label": text(n), "component": {"type": 4, "custom_id": "i", "style": 1}}]),
        )
    }),
    limit(
        "a label's description",
        100,
        "data/components/0/description",
        |n| {
            modal(
                "t",
                "m",
                &json!([{"type": 18, "label": "l", "description": text(n), "component": {"type": 4, "custom_id": "i", "style": 1}}]),
            )
        },
    ),
];

const COMPLETIONS: &[Limit] = &[
    limit("choices that are offered", 25, "data/choices", |n| {
        completion(&many(
            n,
            |n| json!({"name": n.to_string(), "value": n.to_string()}),
        ))
    }),
    limit("an offered name", 100, "data/choices/0/name", |n| {
        completion(&json!([{"name": text(n), "value": "v"}]))
    }),
    limit("an offered value", 100, "data/choices/0/value", |n| {
        completion(&json!([{"name": "n", "value": text(n)}]))
    }),
];

const THREADS: &[Limit] = &[
    limit(
        "a thread's name",
        100,
        "name",
        |n| json!({"name": text(n), "type": 11}),
    ),
    limit(
        "a thread's slow mode",
        21_600,
        "rate_limit_per_user",
        |n| json!({"name": "t", "type": 11, "rate_limit_per_user": n}),
    ),
];

fn modal(title: &str, custom_id: &str, components: &Value) -> Value {
    json!({"type": 9, "data": {"title": title, "custom_id": custom_id, "components": components}})
}

fn input(fields: &Value) -> Value {
    let input = with(
        json!({"type": 4, "style": 1, "label": "l", "custom_id": "i"}),
        fields,
    );
    json!({"type": 1, "components": [input]})
}

fn completion(choices: &Value) -> Value {
    json!({"type": 8, "data": {"choices": choices}})
}

/// What is wrong with how a limit is kept; `None` when it is kept.
fn fault(limit: &Limit, beyond: &Answered, within: &Answered) -> Option<String> {
    let named = beyond
        .body
        .pointer(&format!("/errors/{}/_errors", limit.at));
    let refused = beyond.status == 400 && beyond.body["code"] == 50035 && named.is_some();
    let accepted = (200..300).contains(&within.status);
    (!refused || !accepted).then(|| {
        format!(
            "{}: {} answered {} {}, one more {} {}",
            limit.what, limit.most, within.status, within.body, beyond.status, beyond.body
        )
    })
}

async fn faults_of(rest: &Rest, path: &str, limits: &[Limit]) -> Vec<String> {
    let mut faults = Vec::new();
    for limit in limits {
        let beyond = rest.call("POST", path, &(limit.body)(limit.most + 1)).await;
        let within = rest.call("POST", path, &(limit.body)(limit.most)).await;
        faults.extend(fault(limit, &beyond, &within));
    }
    faults
}

fn general(emulator: &Emulator, rest: &str) -> String {
    format!("/channels/{}{rest}", emulator.channel("general").id())
}

#[tokio::test]
async fn messages_are_held_to_every_limit() {
    let emulator = emulator().await;
    let path = general(&emulator, "/messages");
    let faults = faults_of(&Rest::new(&emulator), &path, MESSAGES).await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    emulator.close().await;
}

#[tokio::test]
async fn commands_are_held_to_every_limit() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let path = format!("/applications/{}/commands", rest.application);
    let faults = faults_of(&rest, &path, COMMANDS).await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    emulator.close().await;
}

#[tokio::test]
async fn threads_are_held_to_every_limit() {
    let emulator = emulator().await;
    let path = general(&emulator, "/threads");
    let faults = faults_of(&Rest::new(&emulator), &path, THREADS).await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    emulator.close().await;
}

/// A refused response leaves the interaction open, so that the second attempt answers it.
async fn faults_of_responses(
    rest: &Rest,
    limits: &[Limit],
    mut interaction: impl AsyncFnMut() -> Value,
) -> Vec<String> {
    let mut faults = Vec::new();
    for limit in limits {
        let interaction = interaction().await;
        let beyond = rest
            .responds(&interaction, &(limit.body)(limit.most + 1))
            .await;
        let within = rest.responds(&interaction, &(limit.body)(limit.most)).await;
        faults.extend(fault(limit, &beyond, &within));
    }
    faults
}

#[tokio::test]
async fn forms_are_held_to_every_limit() {
    let emulator = emulator().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    let (you, channel) = (emulator.person("you"), emulator.channel("general"));
    let faults = faults_of_responses(&rest, MODALS, async || {
        you.uses(&channel, "ask", &[("question", "?")])
            .await
            .unwrap();
        gateway.event("INTERACTION_CREATE").await
    })
    .await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    emulator.close().await;
}

#[tokio::test]
async fn offered_choices_are_held_to_every_limit() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let (mut gateway, _) = Gateway::identified(&emulator, 0).await;
    let option = json!({"type": 3, "name": "city", "description": "d", "autocomplete": true});
    let command = json!({"name": "go", "description": "d", "options": [option]});
    let path = format!("/applications/{}/commands", rest.application);
    assert_eq!(rest.call("POST", &path, &command).await.status, 201);
    let (you, channel) = (emulator.person("you"), emulator.channel("general"));
    let faults = faults_of_responses(&rest, COMPLETIONS, async || {
        you.completes(&channel, "go", &[("city", "B")], "city")
            .await
            .unwrap();
        gateway.event("INTERACTION_CREATE").await
    })
    .await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    emulator.close().await;
}

#[tokio::test]
async fn lists_of_commands_are_held_to_every_limit() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let path = format!("/applications/{}/commands", rest.application);
    for (kind, most) in [(1, 100), (2, 15), (3, 15)] {
        let commands = |count| {
            many(count, |n| {
                let mut command = json!({"type": kind, "name": format!("c{n}")});
                if kind == 1 {
                    command["description"] = json!("d");
                }
                command
            })
        };
        let beyond = rest.call("PUT", &path, &commands(most + 1)).await;
        assert_eq!(beyond.code(), (400, 30032), "kind {kind}");
        let within = rest.call("PUT", &path, &commands(most)).await;
        assert_eq!(within.status, 200, "kind {kind}: {}", within.body);
    }
    emulator.close().await;
}

#[tokio::test]
async fn history_and_bulk_deletion_are_held_to_every_limit() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    for (count, status) in [(0, 400), (1, 200), (100, 200), (101, 400)] {
        let path = general(&emulator, &format!("/messages?limit={count}"));
        assert_eq!(rest.get(&path).await.status, status, "{count}");
    }
    let you = emulator.person("you");
    let manager = emulator.role("manager", discord_emulator::Permissions::ALL);
    emulator.bot().gets(manager);
    let ids: Vec<String> = (0..101)
        .map(|n| {
            let said = you.says(&emulator.channel("general"), &n.to_string());
            said.unwrap().id().to_string()
        })
        .collect();
    let path = general(&emulator, "/messages/bulk-delete");
    for (count, status) in [(1, 400), (101, 400), (2, 204), (100, 204)] {
        let body = json!({"messages": ids.iter().rev().take(count).collect::<Vec<_>>()});
        assert_eq!(
            rest.call("POST", &path, &body).await.status,
            status,
            "{count}"
        );
    }
    emulator.close().await;
}
