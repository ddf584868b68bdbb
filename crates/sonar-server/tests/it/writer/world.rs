//! A few documents about tea, a server whose answers a model writes from them, and the stand-in of that model.

use std::time::Duration;

use serde_json::{Value, json};
use sonar::{ChatCompletion, ChatRequest, ChatStream};
use sonar_server::engines::corpus::Corpus;
use sonar_server::engines::local::LocalEngine;
use sonar_server::engines::writer::{Writer, WriterSettings};
use sonar_server::{Server, ServerSettings};
use stand_ins::chat::{ChatEndpoint, ChatSettings};
use tempfile::TempDir;

use crate::documents::opened;
use crate::job_client::{JobClient, id, text};
use crate::scripted::{client, post, start, streamed};

pub(super) const HOW: &str = "At how many degrees is green tea steeped?";

/// What a faithful model says first.
pub(super) const GREEN: &str = "Green tea is steeped at 80 degrees for two minutes.";

const DOCUMENTS: &[(&str, &str)] = &[
    (
        "green.md",
        "---\ntitle: Green tea\nurl: https://green.tea.example/\ndate: 2026-03-01\n---\n\n## Degrees of green tea\n\n\
         Green tea is steeped at 80 degrees for two minutes. Boiling water makes green tea bitter and grey.\n",
    ),
    (
        "black.md",
        "---\ntitle: Black tea\nurl: https://black.tea.example/\ndate: 2024-03-01\n---\n\n## Degrees of black tea\n\n\
         Black tea is steeped at 95 degrees, unlike green tea. Assam needs strong sun and 1,500 mm of rain.\n",
    ),
    (
        "white.md",
        "---\ntitle: White tea\nurl: https://white.tea.example/\n---\n\n## Degrees of white tea\n\n\
         White tea is steeped at 70 degrees, cooler than green tea. Its buds are young, pale and covered with down.\n",
    ),
];

/// A server, its documents, and the model that writes.
pub(super) struct World {
    pub(super) chat: ChatEndpoint,
    pub(super) server: Server,
    _folder: TempDir,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Value,
    pub(super) engine: String,
    pub(super) ignored: String,
}

impl World {
    pub(super) async fn new() -> Self {
        Self::of(DOCUMENTS).await
    }

    pub(super) async fn of(documents: &[(&str, &str)]) -> Self {
        Self::with(documents, ChatSettings::default(), |_| {}).await
    }

    pub(super) async fn with_key(key: &str) -> Self {
        let chat = ChatSettings {
            key: Some(key.to_owned()),
            ..ChatSettings::default()
        };
        Self::with(DOCUMENTS, chat, |settings| {
            settings.key = Some(key.to_owned().into())
        })
        .await
    }

    /// A writer that waits so long for the first token and for the whole.
    pub(super) async fn with_patience(first_token: Duration, total: Duration) -> Self {
        Self::with(DOCUMENTS, ChatSettings::default(), |settings| {
            (settings.first_token, settings.total) = (first_token, total);
        })
        .await
    }

    /// A writer that writes one answer at a time.
    pub(super) async fn one_at_a_time() -> Self {
        Self::with(DOCUMENTS, ChatSettings::default(), |settings| {
            settings.at_once = 1
        })
        .await
    }

    /// The text of a job with these fields set.
    pub(super) async fn job(&self, fields: Value) -> String {
        let client = JobClient::of(&self.server);
        let job = client.submit_with(asking(fields), None).await;
        text(&client.until(&id(&job), "COMPLETED").await).to_owned()
    }

    /// Waits until the model was asked, as often as it takes and no longer than a test may.
    pub(super) async fn model_is_asked(&self) {
        let asked = async {
            while self.chat.calls() == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), asked)
            .await
            .unwrap();
    }

    /// So many documents that answer the question in words of their own.
    pub(super) async fn of_many(count: usize) -> Self {
        let document = |number: usize| {
            let own: Vec<String> = (0..9).map(|word| format!("w{number}x{word}")).collect();
            let text = format!(
                "---\ntitle: Leaf {number}\nurl: https://leaf{number:02}.example/\n---\n\nGreen tea is steeped at eighty degrees. {}.\n",
                own.join(" ")
            );
            (format!("{number:02}.md"), text)
        };
        let documents: Vec<(String, String)> = (0..count).map(document).collect();
        let borrowed: Vec<(&str, &str)> = documents
            .iter()
            .map(|(name, text)| (&**name, &**text))
            .collect();
        Self::of(&borrowed).await
    }

    /// A page with a section for each of a dozen leaves.
    pub(super) async fn research() -> Self {
        let section = |number: usize| {
            format!(
                "## Leaf n{number}\n\nThe leaf n{number} is picked in week w{number} of the year.\n\n"
            )
        };
        let sections: String = (0..12).map(section).collect();
        let page = format!(
            "---\ntitle: Leaves\nurl: https://leaves.example/\n---\n\nGreen tea is steeped at eighty degrees.\n\n{sections}"
        );
        Self::of(&[("leaves.md", &page)]).await
    }

    pub(super) async fn with(
        documents: &[(&str, &str)],
        chat: ChatSettings,
        change: impl FnOnce(&mut WriterSettings),
    ) -> Self {
        let folder = TempDir::new().unwrap();
        for (name, text) in documents {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let chat = ChatEndpoint::start_with(chat).await.unwrap();
        let server = written(opened(folder.path()), &chat, change).await;
        Self {
            chat,
            server,
            _folder: folder,
        }
    }

    /// Asks [`HOW`] with these fields set.
    pub(super) async fn asked(&self, fields: Value) -> Reply {
        let reply = post(&self.server, &asking(fields)).await;
        let header = |name: &str| {
            let header = reply.headers().get(name);
            header.map_or_else(String::new, |header| header.to_str().unwrap().to_owned())
        };
        Reply {
            status: reply.status().as_u16(),
            engine: header("x-answer-engine"),
            ignored: header("x-sonar-ignored"),
            body: reply.json().await.unwrap(),
        }
    }

    /// The answer with these fields set, every one of which has an effect.
    pub(super) async fn answered(&self, fields: Value) -> Reply {
        let reply = self.asked(fields.clone()).await;
        assert_eq!(reply.status, 200, "{fields}: {}", reply.body);
        assert_eq!(reply.ignored, "", "{fields}");
        reply
    }

    /// The request is refused with a message that begins so, before any model is asked.
    pub(super) async fn refuses(&self, fields: Value, told: &str) {
        let calls = self.chat.calls();
        let reply = self.asked(fields.clone()).await;
        assert_eq!(reply.status, 400, "{fields}: {}", reply.body);
        assert!(
            reply.message().starts_with(told),
            "{fields}: {}",
            reply.message()
        );
        assert_eq!(self.chat.calls(), calls);
    }

    /// The pieces of the stream with these fields set.
    pub(super) async fn streamed(&self, mut fields: Value) -> Vec<ChatCompletion> {
        fields["stream"] = json!(true);
        let request: ChatRequest = serde_json::from_value(asking(fields)).unwrap();
        let (pieces, error) = streamed(&client(&self.server), &request).await;
        assert!(error.is_none(), "{error:?}");
        pieces
    }

    /// A stream with these fields set, of which nothing has been read.
    pub(super) async fn begun(&self, fields: Value) -> ChatStream {
        let request: ChatRequest = serde_json::from_value(asking(fields)).unwrap();
        client(&self.server).chat_stream(&request).await.unwrap()
    }
}

/// A server that has answers from these documents written.
pub(super) async fn written(
    corpus: Corpus,
    chat: &ChatEndpoint,
    change: impl FnOnce(&mut WriterSettings),
) -> Server {
    let mut settings = WriterSettings::new(chat.url(), "stand-in");
    change(&mut settings);
    let writer = Writer::new(&settings).unwrap();
    let engine = LocalEngine::new(std::sync::Arc::new(corpus)).writing_with(writer);
    start(std::sync::Arc::new(engine), ServerSettings::default()).await
}

pub(super) fn asking(fields: Value) -> Value {
    let mut request = json!({ "model": "sonar", "messages": [{ "role": "user", "content": HOW }] });
    if let (Value::Object(request), Value::Object(fields)) = (&mut request, fields) {
        request.extend(fields);
    }
    request
}

impl Reply {
    pub(super) fn text(&self) -> &str {
        self.body["choices"][0]["message"]["content"]
            .as_str()
            .unwrap()
    }

    pub(super) fn citations(&self) -> Vec<String> {
        serde_json::from_value(self.body["citations"].clone()).unwrap()
    }

    pub(super) fn finish(&self) -> &str {
        self.body["choices"][0]["finish_reason"].as_str().unwrap()
    }

    pub(super) fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap()
    }
}

/// The numbers of the markers in a text that holds no code.
pub(super) fn markers(text: &str) -> Vec<usize> {
    let inside = text.split('[').skip(1);
    inside
        .filter_map(|rest| rest.split_once(']')?.0.parse().ok())
        .collect()
}
