//! Judges a request and its answer by the operation they belong to. A request that was refused is not judged: refusing it was right.

use discord_emulator::Exchange;
use serde_json::{Value, json};

use crate::{document::Document, gaps, tally::Tally, violation::Violation};

const ERROR: &str = "/components/schemas/ErrorResponse";

pub(crate) fn judge(document: &Document, exchange: &Exchange, tally: &mut Tally) -> Vec<Violation> {
    // A cut connection and an answer that a test ordered say nothing of the emulator, nor does what it cannot do.
    if exchange.is_fault || exchange.status == 0 || exchange.status >= 500 {
        return Vec::new();
    }
    let operation = document
        .templates()
        .operation(&exchange.method, &exchange.path);
    let name = format!("{} {}", exchange.method, exchange.path);
    let is_accepted = exchange.status < 300;
    let mut found = Vec::new();
    if is_accepted {
        tally.requests += 1;
        let violations = request(document, operation.as_deref(), exchange);
        let subject = format!("the request {name}");
        found.extend(violations.into_iter().map(|one| one.by(&subject)));
    }
    tally.answers += 1;
    let violations = answer(document, operation.as_deref(), exchange);
    let subject = format!("the answer {} to {name}", exchange.status);
    found.extend(violations.into_iter().map(|one| one.by(&subject)));
    gaps::without_known(found, tally)
}

fn request(document: &Document, operation: Option<&str>, exchange: &Exchange) -> Vec<Violation> {
    let Some(operation) = operation else {
        return vec![Violation::plain(
            "the document has no such route".to_owned(),
        )];
    };
    let mut found = query(document, operation, exchange);
    let schema = ["application~1json", "multipart~1form-data"]
        .map(|kind| format!("{operation}/requestBody/content/{kind}/schema"))
        .into_iter()
        .find(|pointer| document.at(pointer).is_some());
    if let (Some(schema), Some(body)) = (schema, &exchange.body) {
        found.extend(document.against(&schema, body));
    }
    found
}

fn query(document: &Document, operation: &str, exchange: &Exchange) -> Vec<Violation> {
    let declared = format!("{operation}/parameters");
    let count = document
        .at(&declared)
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    let mut found = Vec::new();
    for (name, text) in &exchange.query {
        let parameter = (0..count).map(|n| format!("{declared}/{n}")).find(|at| {
            document
                .at(at)
                .is_some_and(|one| one["in"] == "query" && one["name"] == **name)
        });
        if let Some(parameter) = parameter {
            let schema = format!("{parameter}/schema");
            let kind = document
                .at(&schema)
                .map_or(&Value::Null, |one| &one["type"]);
            found.extend(document.against(&schema, &typed(text, kind)));
        }
    }
    found
}

/// A parameter of the query as the JSON value it stands for.
fn typed(text: &str, kind: &Value) -> Value {
    let is = |name: &str| {
        kind == name
            || kind
                .as_array()
                .is_some_and(|all| all.contains(&json!(name)))
    };
    if is("integer")
        && let Ok(number) = text.parse::<i64>()
    {
        return json!(number);
    }
    match text {
        "true" | "True" | "1" if is("boolean") => json!(true),
        "false" | "False" | "0" if is("boolean") => json!(false),
        _ => json!(text),
    }
}

fn answer(document: &Document, operation: Option<&str>, exchange: &Exchange) -> Vec<Violation> {
    let status = exchange.status;
    let Some(operation) = operation else {
        // What is no route of Discord's is answered as an error, and was judged as a request otherwise.
        return if status < 400 {
            Vec::new()
        } else {
            content(document, ERROR, exchange)
        };
    };
    let class = format!("{}XX", status / 100);
    let declared = [status.to_string(), class]
        .map(|name| format!("{operation}/responses/{name}"))
        .into_iter()
        .find(|pointer| document.at(pointer).is_some());
    let Some(declared) = declared else {
        return vec![Violation::plain(format!(
            "the document has no answer {status} there"
        ))];
    };
    match status {
        429 => content(
            document,
            "/components/schemas/RatelimitedResponse",
            exchange,
        ),
        400.. => content(document, ERROR, exchange),
        _ => {
            let schema = format!("{declared}/content/application~1json/schema");
            if document.at(&schema).is_some() {
                content(document, &schema, exchange)
            } else if exchange.answer.is_some() {
                vec![Violation::plain("there ought to be no body".to_owned())]
            } else {
                Vec::new()
            }
        }
    }
}

fn content(document: &Document, schema: &str, exchange: &Exchange) -> Vec<Violation> {
    match &exchange.answer {
        Some(answer) => document.against(schema, answer),
        None => vec![Violation::plain("there ought to be a body".to_owned())],
    }
}
