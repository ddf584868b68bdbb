//! A small bot, written against the wire alone: it knows of the emulator only what a stranger would be told.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::time::Duration;

use discord_emulator::{Emulator, Harness, RateLimits, Settings};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, protocol::CloseFrame},
};

/// Long enough for a slow machine; nothing here waits for it to pass.
pub(crate) const SOON: Duration = Duration::from_secs(60);

pub(crate) async fn emulator() -> Harness {
    started(Settings::default()).await
}

pub(crate) async fn realistic() -> Harness {
    let settings = Settings {
        rate_limits: RateLimits::Realistic,
        ..Settings::default()
    };
    started(settings).await
}

/// These tests are about refusals and unfinished things, so that only the wire format can fail them at their end.
pub(crate) async fn started(settings: Settings) -> Harness {
    let settings = Settings {
        record: true,
        ..settings
    };
    let harness = Harness::start(settings).await.unwrap();
    harness
        .overlooks_the_bot()
        .judged_by(discord_openapi::judge)
}

/// The REST half.
pub(crate) struct Rest {
    http: reqwest::Client,
    token: String,
    pub(crate) application: u64,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answered {
    pub(crate) fn code(&self) -> (u16, u64) {
        (self.status, self.body["code"].as_u64().unwrap())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn id(&self) -> String {
        self.body["id"].as_str().unwrap().to_owned()
    }
}

impl Rest {
    pub(crate) fn new(emulator: &Emulator) -> Self {
        let authority = reqwest::Certificate::from_pem(emulator.ca_pem().as_bytes()).unwrap();
        let http = reqwest::Client::builder()
            .use_rustls_tls()
            .user_agent("DiscordBot (https://example.org, 1)")
            .no_proxy()
            .resolve("discord.com", emulator.discord_address())
            .add_root_certificate(authority)
            .timeout(SOON)
            .build()
            .unwrap();
        Self {
            http,
            token: emulator.bot_token(),
            application: emulator.application_id(),
        }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().unwrap();
        let request = self
            .http
            .request(method, format!("https://discord.com/api/v10{path}"));
        request.header("authorization", format!("Bot {}", self.token))
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answered {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap()
        };
        Answered {
            status,
            headers,
            body,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.send(self.request("GET", path)).await
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: &Value) -> Answered {
        self.send(self.request(method, path).json(body)).await
    }

    /// Registers `/ask` with one required option.
    pub(crate) async fn registers_ask(&self) {
        let question = json!({"type": 3, "name": "question", "description": "What do you want to know?", "required": true});
        let commands =
            json!([{"name": "ask", "description": "Ask a question", "options": [question]}]);
        let path = format!("/applications/{}/commands", self.application);
        assert_eq!(self.call("PUT", &path, &commands).await.status, 200);
    }

    pub(crate) async fn responds(&self, interaction: &Value, body: &Value) -> Answered {
        let (id, token) = (
            interaction["id"].as_str().unwrap(),
            interaction["token"].as_str().unwrap(),
        );
        self.call(
            "POST",
            &format!("/interactions/{id}/{token}/callback"),
            body,
        )
        .await
    }

    pub(crate) async fn defers(&self, interaction: &Value) {
        assert_eq!(
            self.responds(interaction, &json!({"type": 5})).await.status,
            204
        );
    }

    /// The path of an interaction's messages, with `rest` behind it.
    pub(crate) fn webhook(&self, interaction: &Value, rest: &str) -> String {
        format!(
            "/webhooks/{}/{}{rest}",
            self.application,
            interaction["token"].as_str().unwrap()
        )
    }

    pub(crate) async fn edits(&self, interaction: &Value, body: &Value) -> Answered {
        self.call(
            "PATCH",
            &self.webhook(interaction, "/messages/@original"),
            body,
        )
        .await
    }
}

/// The gateway half.
pub(crate) struct Gateway {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) last_seq: u64,
}

/// What comes next from the gateway.
#[derive(Debug, PartialEq)]
pub(crate) enum Heard {
    Payload(Value),
    Closed(u16),
    /// The connection broke without a close frame.
    Broken,
}

impl Gateway {
    /// Connects and reads the hello.
    pub(crate) async fn connect(emulator: &Emulator) -> Self {
        let mut gateway = Self::dial(&format!("{}?v=10", emulator.gateway_url())).await;
        let hello = gateway.payload().await;
        assert_eq!(hello["op"], 10);
        assert!(hello["d"]["heartbeat_interval"].as_u64().unwrap() > 10_000);
        gateway
    }

    pub(crate) async fn dial(address: &str) -> Self {
        let (socket, _) = tokio_tungstenite::connect_async(address).await.unwrap();
        Self {
            socket,
            last_seq: 0,
        }
    }

    /// Connects and identifies; gives the READY event beside.
    pub(crate) async fn identified(emulator: &Emulator, intents: u64) -> (Self, Value) {
        let mut gateway = Self::connect(emulator).await;
        gateway
            .send(&identify(&emulator.bot_token(), intents))
            .await;
        let ready = gateway.event("READY").await;
        (gateway, ready)
    }

    pub(crate) async fn send(&mut self, payload: &Value) {
        self.send_text(payload.to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: String) {
        self.socket.send(Message::Text(text.into())).await.unwrap();
    }

    pub(crate) async fn hear(&mut self) -> Heard {
        let next = tokio::time::timeout(SOON, self.socket.next())
            .await
            .expect("the gateway is silent");
        match next {
            Some(Ok(Message::Text(text))) => {
                let payload: Value = serde_json::from_str(&text).unwrap();
                self.last_seq = payload["s"].as_u64().unwrap_or(self.last_seq);
                Heard::Payload(payload)
            }
            Some(Ok(Message::Close(frame))) => {
                Heard::Closed(frame.map_or(1005, |frame| frame.code.into()))
            }
            Some(Ok(other)) => panic!("unexpected frame {other:?}"),
            Some(Err(_)) | None => Heard::Broken,
        }
    }

    /// The next frame as it is, for connections that are compressed.
    pub(crate) async fn raw(&mut self) -> Vec<u8> {
        let next = tokio::time::timeout(SOON, self.socket.next())
            .await
            .expect("the gateway is silent");
        next.unwrap().unwrap().into_data().to_vec()
    }

    pub(crate) async fn payload(&mut self) -> Value {
        match self.hear().await {
            Heard::Payload(payload) => payload,
            other => panic!("expected a payload, got {other:?}"),
        }
    }

    /// The data of the next event of this kind; others before it are passed over.
    pub(crate) async fn event(&mut self, kind: &str) -> Value {
        loop {
            let payload = self.payload().await;
            if payload["t"] == kind {
                return payload["d"].clone();
            }
        }
    }

    /// Says goodbye with this code.
    pub(crate) async fn leaves(mut self, code: u16) {
        let frame = CloseFrame {
            code: code.into(),
            reason: "".into(),
        };
        self.socket.close(Some(frame)).await.unwrap();
        while let Some(Ok(_)) = self.socket.next().await {}
    }

    /// Leaves without a word, as a crash does.
    pub(crate) fn drops(self) {
        drop(self);
    }
}

pub(crate) fn identify(token: &str, intents: u64) -> Value {
    json!({"op": 2, "d": {"token": token, "intents": intents, "shard": [0, 1], "compress": true, "large_threshold": 250,
        "properties": {"os": "linux", "browser": "test", "device": "test"},
        "presence": {"afk": false, "status": "online", "since": {"secs_since_epoch": 1, "nanos_since_epoch": 0}, "activities": []}}})
}

/// A bot that is ready: connected, with `/ask` registered.
pub(crate) async fn ready_bot(emulator: &Emulator) -> (Rest, Gateway) {
    let rest = Rest::new(emulator);
    let (gateway, _) = Gateway::identified(emulator, 0).await;
    rest.registers_ask().await;
    emulator.bot_is_ready(SOON).await.unwrap();
    (rest, gateway)
}
