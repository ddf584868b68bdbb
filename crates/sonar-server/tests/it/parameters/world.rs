//! A few documents about tea, served: what the rows are asked of.

use serde_json::{Value, json};
use sonar_server::Server;
use tempfile::TempDir;

use crate::documents::serving;
use crate::scripted::post;

pub(crate) const HOW: &str = "At how many degrees is green tea steeped?";

/// One document on each of four hosts; the first answers [`HOW`] best.
const DOCUMENTS: &[(&str, &str)] = &[
    (
        "green.html",
        "<html lang=en><head><title>Green tea</title><link rel=canonical href=https://docs.tea.example/guide/green>\
         <meta property=article:published_time content=2026-03-01><meta property=article:modified_time content=2026-05-01>\
         </head><body><main><h1>Green tea</h1><h2 id=degrees>Degrees of green tea</h2>\
         <p>Green tea is steeped at eighty degrees. Boiling water makes green tea bitter.</p>\
         <img src=https://pictures.example/leaf.jpeg alt='A leaf' width=64 height=48>\
         <img src=https://other.example/pot.gif alt='A pot' width=32 height=32><img src=https://other.example/unknown.png>\
         <h2 id=long>How long is green tea steeped?</h2><p>Two minutes are enough for most leaves.</p>\
         <h2 id=water>Which water suits green tea leaves?</h2><p>Soft water, for hard water clouds the cup.</p>\
         </main></body></html>",
    ),
    (
        "black.md",
        "---\ntitle: Black tea\nurl: https://black.tea.example/\ndate: 2024-03-01\n---\n\n\
         ## Degrees of black tea\n\nBlack tea is steeped at ninety-five degrees, unlike green tea. Assam needs it most of all.\n",
    ),
    (
        "white.md",
        "---\ntitle: White tea\nurl: https://leaves.example.org/white\n---\n\n\
         ## Degrees of white tea\n\nWhite tea is steeped at seventy degrees, cooler than green tea. Its buds are young and pale.\n",
    ),
    (
        "grün.md",
        "---\ntitle: Grüner Tee\nurl: https://tee.example/gruen\ndate: 2026-03-01\nlang: de\n---\n\n\
         ## Wie heiß wird grüner Tee aufgegossen?\n\nGrüner Tee wird bei achtzig Grad aufgegossen. Kochendes Wasser macht ihn bitter.\n",
    ),
];

/// A server that answers from the documents about tea.
pub(crate) async fn tea() -> World {
    World::of(DOCUMENTS).await
}

/// Twelve documents that answer the same question in words of their own.
pub(crate) async fn a_dozen() -> World {
    let named = |number: usize| {
        let own: Vec<String> = (0..9).map(|word| format!("w{number}x{word}")).collect();
        let text = format!(
            "---\ntitle: Leaf {number}\nurl: https://leaf{number:02}.example/\n---\n\nGreen tea is steeped at eighty degrees. {}.\n",
            own.join(" ")
        );
        (format!("{number:02}.md"), text)
    };
    let documents: Vec<(String, String)> = (0..12).map(named).collect();
    let borrowed: Vec<(&str, &str)> = documents
        .iter()
        .map(|(name, text)| (&**name, &**text))
        .collect();
    World::of(&borrowed).await
}

/// A server and the documents it answers from.
pub(crate) struct World {
    pub(crate) server: Server,
    _folder: TempDir,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
    /// The fields named as ignored, in order.
    pub(crate) ignored: Vec<String>,
}

impl World {
    pub(crate) async fn of(documents: &[(&str, &str)]) -> Self {
        let (server, folder) = serving(documents).await;
        Self {
            server,
            _folder: folder,
        }
    }

    /// Asks [`HOW`] with these fields set.
    pub(crate) async fn asked(&self, fields: Value) -> Reply {
        let mut request =
            json!({ "model": "sonar", "messages": [{ "role": "user", "content": HOW }] });
        if let (Value::Object(request), Value::Object(fields)) = (&mut request, fields) {
            request.extend(fields);
        }
        let reply = post(&self.server, &request).await;
        let header = reply.headers().get("x-sonar-ignored");
        let ignored = header.map_or("", |header| header.to_str().unwrap());
        Reply {
            status: reply.status().as_u16(),
            ignored: ignored
                .split(", ")
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
            body: reply.json().await.unwrap(),
        }
    }

    /// The answer with these fields set, every one of which has an effect.
    pub(crate) async fn answered(&self, fields: Value) -> Reply {
        let reply = self.asked(fields.clone()).await;
        assert_eq!(reply.status, 200, "{fields}: {}", reply.body);
        assert!(reply.ignored.is_empty(), "{fields}: {:?}", reply.ignored);
        reply
    }

    /// These fields have no effect: the answer is the usual one, and the header names them, and them alone.
    pub(crate) async fn ignores(&self, fields: Value, names: &[&str]) {
        let (usual, reply) = (
            self.asked(json!({})).await,
            self.asked(fields.clone()).await,
        );
        assert_eq!(reply.status, 200, "{fields}: {}", reply.body);
        assert_eq!(reply.ignored, names, "{fields}");
        assert_eq!(reply.text(), usual.text(), "{fields}");
        assert_eq!(
            reply.body["search_results"], usual.body["search_results"],
            "{fields}"
        );
    }

    /// The request is refused with a message that names the field.
    pub(crate) async fn refuses(&self, fields: Value, field: &str) {
        let reply = self.asked(fields.clone()).await;
        assert_eq!(reply.status, 400, "{fields}: {}", reply.body);
        let message = reply.body["error"]["message"].as_str().unwrap();
        assert!(message.contains(field), "{fields}: {message}");
    }
}

impl Reply {
    pub(crate) fn text(&self) -> &str {
        self.body["choices"][0]["message"]["content"]
            .as_str()
            .unwrap()
    }

    /// The addresses of the sources.
    pub(crate) fn citations(&self) -> Vec<&str> {
        strings(&self.body["citations"])
    }

    pub(crate) fn cites(&self, beginning: &str) -> bool {
        self.citations()
            .iter()
            .any(|url| url.starts_with(beginning))
    }
}

/// The strings of a list.
pub(crate) fn strings(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|item| item.as_str().unwrap())
        .collect()
}
