//! The page's endpoints: what they show, what they take, and whom they refuse.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::time::Duration;

use discord_emulator::Emulator;
use futures_util::StreamExt;
use reqwest::header::HeaderValue;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, client::IntoClientRequest as _};

use crate::bot::{SOON, emulator, ready_bot};

fn browser() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .timeout(SOON)
        .build()
        .unwrap()
}

/// The views a page is sent, one after the other.
struct Views(reqwest::Response, String);

impl Views {
    async fn open(emulator: &Emulator, query: &str) -> Self {
        let address = format!("{}page/events{query}", emulator.page_url());
        Self(browser().get(address).send().await.unwrap(), String::new())
    }

    async fn next(&mut self) -> Value {
        loop {
            if let Some((event, rest)) = self.1.split_once("\n\n") {
                let data = event
                    .strip_prefix("data: ")
                    .map(|data| serde_json::from_str(data).unwrap());
                self.1 = rest.to_owned();
                if let Some(view) = data {
                    return view;
                }
                continue;
            }
            let bytes = self.0.chunk().await.unwrap().expect("the stream has ended");
            self.1.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// The next view that is what is waited for.
    async fn until(&mut self, done: impl Fn(&Value) -> bool) -> Value {
        loop {
            let view = self.next().await;
            if done(&view) {
                return view;
            }
        }
    }
}

fn named(list: &Value) -> Vec<&str> {
    let names = list.as_array().unwrap().iter();
    names.map(|one| one["name"].as_str().unwrap()).collect()
}

async fn post(emulator: &Emulator, path: &str, body: &Value) -> (u16, String) {
    let answered = browser()
        .post(format!("{}{path}", emulator.page_url()))
        .json(body)
        .send()
        .await
        .unwrap();
    (answered.status().as_u16(), answered.text().await.unwrap())
}

#[tokio::test]
async fn a_question_asked_on_the_page_is_answered_on_the_page() {
    let emulator = emulator().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    let mut views = Views::open(&emulator, "").await;
    let view = views.until(|view| view["bot"]["connected"] == true).await;
    assert_eq!(
        (&view["commands"][0]["name"], &view["entries"]),
        (&json!("ask"), &json!([]))
    );
    let mut place =
        json!({"person": view["me"], "channel": view["channel"], "command": "ask", "options": {}});
    let (status, told) = post(&emulator, "page/use", &place).await;
    assert_eq!(
        (status, told.contains("needs the option `question`")),
        (422, true)
    );
    place["options"] = json!({"question": "Why?"});
    assert_eq!(post(&emulator, "page/use", &place).await.0, 204);
    let interaction = gateway.event("INTERACTION_CREATE").await;
    rest.defers(&interaction).await;
    let view = views
        .until(|view| view["entries"][0]["message"]["flags"] == 128)
        .await;
    assert_eq!(
        view["entries"][0]["use"],
        json!({"person": "you", "command": "ask", "menu": false, "options": [{"name": "question", "value": "Why?"}]})
    );
    rest.edits(&interaction, &json!({"content": "Because."}))
        .await;
    views
        .until(|view| view["entries"][0]["message"]["content"] == "Because.")
        .await;
    emulator.close().await;
    assert!(
        views
            .0
            .bytes_stream()
            .all(async |chunk| chunk.is_ok())
            .await,
        "the stream ends in order"
    );
}

#[tokio::test]
async fn a_place_tells_of_the_latest_message_that_somebody_else_wrote_and_one_may_see() {
    let emulator = emulator().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    let (alice, lounge) = (emulator.person("alice"), emulator.channel("lounge"));
    let mut views = Views::open(&emulator, "").await;
    let last = |view: &Value, of: &Value| {
        let places = view["places"].as_array().unwrap();
        places.iter().find(|one| one["id"] == *of).unwrap()["last"].clone()
    };
    let view = views.next().await;
    let (me, open) = (view["me"].clone(), view["channel"].clone());
    let elsewhere = json!(lounge.id().to_string());
    assert_eq!(
        (last(&view, &open), last(&view, &elsewhere)),
        (json!(null), json!(null))
    );
    let said = alice.says(&lounge, "Anybody?").unwrap().id();
    let said = json!(said.to_string());
    views.until(|view| last(view, &elsewhere) == said).await;
    // Neither their own words nor what others alone may see is news.
    let own = json!({"person": me, "channel": elsewhere, "text": "Me!"});
    assert_eq!(post(&emulator, "page/say", &own).await.0, 204);
    alice
        .uses(&lounge, "ask", &[("question", "?")])
        .await
        .unwrap();
    let asked = gateway.event("INTERACTION_CREATE").await;
    rest.responds(
        &asked,
        &json!({"type": 4, "data": {"content": "Psst.", "flags": 64}}),
    )
    .await;
    alice
        .says(&emulator.channel("general"), "Here as well.")
        .unwrap();
    let view = views.until(|view| last(view, &open) != json!(null)).await;
    assert_eq!(last(&view, &elsewhere), said);
}

#[tokio::test]
async fn a_failure_shows_by_itself_to_the_person_it_concerns() {
    let emulator = emulator().await;
    let (_rest, mut gateway) = ready_bot(&emulator).await;
    let alice = emulator.person("alice");
    let mut hers = Views::open(&emulator, &format!("?person={}", alice.id())).await;
    alice
        .uses(&emulator.channel("general"), "ask", &[("question", "?")])
        .await
        .unwrap();
    gateway.event("INTERACTION_CREATE").await;
    // Nobody moves the clock or asks for anything: the three seconds pass, and the page is told.
    hers.until(|view| view["entries"][0]["failed"] == true)
        .await;
    let mut yours = Views::open(&emulator, "").await;
    assert_eq!(yours.next().await["entries"], json!([]));
    emulator.close().await;
}

#[tokio::test]
async fn a_person_chooses_the_language_of_their_client() {
    let emulator = emulator().await;
    let mut views = Views::open(&emulator, "").await;
    let view = views.next().await;
    assert_eq!(view["locale"], "en-US");
    let locales = view["locales"].as_array().unwrap();
    assert!(locales.contains(&json!("pt-BR")));
    let switch = |locale: &str| json!({"person": view["me"], "locale": locale});
    let done = post(&emulator, "page/language", &switch("de")).await;
    assert_eq!(done.0, 204);
    views.until(|view| view["locale"] == "de").await;
    let unknown = post(&emulator, "page/language", &switch("tlh")).await;
    assert_eq!(unknown.0, 422);
    emulator.close().await;
}

#[tokio::test]
async fn people_write_and_come_in() {
    let emulator = emulator().await;
    let mut views = Views::open(&emulator, "").await;
    let view = views.next().await;
    let said = json!({"person": view["me"], "channel": view["channel"], "text": "<b>hello</b>"});
    assert_eq!(post(&emulator, "page/say", &said).await.0, 204);
    views
        .until(|view| view["entries"][0]["message"]["content"] == "<b>hello</b>")
        .await;
    assert_eq!(
        post(&emulator, "page/people", &json!({"name": "bob"}))
            .await
            .0,
        200
    );
    views
        .until(|view| named(&view["people"]).contains(&"bob"))
        .await;
    assert_eq!(
        post(&emulator, "page/people", &json!({"name": " "}))
            .await
            .0,
        422
    );
    assert_eq!(
        post(
            &emulator,
            "page/say",
            &json!({"person": "1", "channel": "2", "text": "x"})
        )
        .await
        .0,
        422
    );
    assert_eq!(
        post(
            &emulator,
            "page/say",
            &json!({"text": "x".repeat(26 * 1024 * 1024)})
        )
        .await
        .0,
        413
    );
    emulator.close().await;
}

#[tokio::test]
async fn every_file_of_the_page_is_there_and_loads_nothing_from_elsewhere() {
    let emulator = emulator().await;
    let page = browser().get(emulator.page_url()).send().await.unwrap();
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.contains("default-src 'none'"));
    let mut waiting = vec!["/assets/page.css".to_owned(), "/assets/main.js".to_owned()];
    let text = page.text().await.unwrap();
    assert!(waiting.iter().all(|path| text.contains(path)));
    let mut seen = Vec::new();
    while let Some(path) = waiting.pop() {
        let file = browser()
            .get(format!(
                "{}{path}",
                emulator.page_url().trim_end_matches('/')
            ))
            .send()
            .await
            .unwrap();
        assert_eq!(file.status(), 200, "{path}");
        let text = file.text().await.unwrap();
        assert!(
            !text.contains("innerHTML") && !text.contains("url(http"),
            "{path}"
        );
        let imports = text
            .split("from \"./")
            .skip(1)
            .filter_map(|part| part.split_once('"'));
        waiting.extend(
            imports
                .map(|(name, _)| format!("/assets/{name}"))
                .filter(|path| !seen.contains(path)),
        );
        seen.push(path);
    }
    assert!(seen.len() > 8);
    emulator.close().await;
}

#[tokio::test]
async fn other_names_and_other_pages_are_refused() {
    let emulator = emulator().await;
    for path in ["", "assets/main.js", "page/events"] {
        let address = format!("{}{path}", emulator.page_url());
        for (header, value) in [
            ("host", "evil.example:80"),
            ("origin", "http://evil.example"),
        ] {
            let answered = browser()
                .get(&address)
                .header(header, value)
                .send()
                .await
                .unwrap();
            assert_eq!(answered.status(), 403, "{path} {header}");
        }
    }
    for sender in ["http://evil.example", "http://127.0.0.1:1"] {
        let mut dialled = emulator.gateway_url().into_client_request().unwrap();
        let headers = dialled.headers_mut();
        headers.insert("origin", HeaderValue::from_static(sender));
        let refused = tokio_tungstenite::connect_async(dialled).await;
        assert!(
            matches!(refused, Err(Error::Http(answer)) if answer.status() == 403),
            "{sender}"
        );
    }
    let form = browser()
        .post(format!("{}page/say", emulator.page_url()))
        .body("{}")
        .send()
        .await
        .unwrap();
    assert_eq!(form.status(), 415);
    emulator.close().await;
}

#[tokio::test]
async fn messages_are_answered_changed_deleted_and_lead_to_threads() {
    let emulator = emulator().await;
    let mut views = Views::open(&emulator, "").await;
    let view = views.next().await;
    let deed = |more: Value| {
        let mut body = json!({"person": view["me"], "channel": view["channel"]});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    post(&emulator, "page/say", &deed(json!({"text": "One"}))).await;
    let one = views.until(|view| view["entries"][0].is_object()).await["entries"][0]["id"].clone();
    post(
        &emulator,
        "page/say",
        &deed(json!({"text": "Two", "reply_to": one})),
    )
    .await;
    let two = views.until(|view| view["entries"][1].is_object()).await["entries"][1].clone();
    assert_eq!(two["message"]["referenced_message"]["content"], "One");
    let edit = deed(json!({"message": one, "text": "First"}));
    assert_eq!(post(&emulator, "page/edit", &edit).await.0, 204);
    views
        .until(|view| view["entries"][0]["message"]["content"] == "First")
        .await;
    let delete = deed(json!({"message": two["id"]}));
    assert_eq!(post(&emulator, "page/delete", &delete).await.0, 204);
    views.until(|view| view["entries"][1].is_null()).await;
    let (status, told) = post(&emulator, "page/delete", &delete).await;
    assert_eq!((status, told.contains("error")), (422, true));

    let open = deed(json!({"message": one, "name": "On the first"}));
    let (status, led) = post(&emulator, "page/thread", &open).await;
    let led: Value = serde_json::from_str(&led).unwrap();
    assert_eq!((status, &led["channel"]), (200, &one));
    let view = views
        .until(|view| view["entries"][0]["thread"]["name"] == "On the first")
        .await;
    assert!(named(&view["places"]).contains(&"On the first"));

    let bot = view["bot"]["id"].clone();
    let (status, led) = post(&emulator, "page/direct", &deed(json!({"other": bot}))).await;
    assert_eq!(status, 200);
    let led: Value = serde_json::from_str(&led).unwrap();
    let query = format!("?channel={}", led["channel"].as_str().unwrap());
    let direct = Views::open(&emulator, &query).await.next().await;
    assert_eq!(
        (&direct["here"]["type"], &direct["here"]["name"]),
        (&json!(1), &json!("Footnote"))
    );
    emulator.close().await;
}

#[tokio::test]
async fn a_channel_that_somebody_does_not_see_is_not_on_their_page() {
    let emulator = emulator().await;
    let alice = emulator.person("alice");
    let direct = emulator.person("bob").direct_messages();
    let query = format!("?person={}&channel={}", alice.id(), direct.id());
    let view = Views::open(&emulator, &query).await.next().await;
    assert_eq!(view["here"]["name"], "general", "she is led elsewhere");
    assert_eq!(view["directs"], json!([]));
    emulator.close().await;
}

#[tokio::test]
async fn furniture_shows_each_person_what_they_may() {
    let emulator = emulator().await;
    emulator.furnish();
    emulator.furnish();
    let look = async |name: &str| {
        let query = format!("?person={}", emulator.person(name).id());
        Views::open(&emulator, &query).await.next().await
    };
    let owner = look("you").await;
    assert_eq!(named(&owner["places"]), ["general", "questions", "staff"]);
    assert_eq!(owner["people"].as_array().unwrap().len(), 4);
    let member = look("member").await;
    assert_eq!(named(&member["places"]), ["general", "questions"]);
    assert_eq!(member["here"]["may"]["write"], true);
    let guest = look("guest").await;
    assert_eq!(guest["here"]["may"]["write"], false);
    assert_eq!(
        guest["here"]["why"],
        "You do not have permission to send messages in this channel."
    );
    let said = json!({"person": guest["me"], "channel": guest["channel"], "text": "I try."});
    let (status, told) = post(&emulator, "page/say", &said).await;
    assert_eq!((status, told.contains("error")), (422, true));
    emulator.close().await;
}

#[tokio::test]
async fn whoever_types_is_shown_to_others_until_they_have_written() {
    let emulator = emulator().await;
    let general = emulator.channel("general");
    let alice = emulator.person("alice");
    let mut yours = Views::open(&emulator, "").await;
    let mut hers = Views::open(&emulator, &format!("?person={}", alice.id())).await;
    alice.starts_typing(&general).unwrap();
    yours.until(|view| view["typing"] == json!(["alice"])).await;
    assert_eq!(hers.next().await["typing"], json!([]), "not to herself");
    alice.says(&general, "Done.").unwrap();
    yours.until(|view| view["typing"] == json!([])).await;
    alice.starts_typing(&general).unwrap();
    yours.until(|view| view["typing"] == json!(["alice"])).await;
    emulator.advance(Duration::from_secs(10));
    yours.until(|view| view["typing"] == json!([])).await;
    emulator.close().await;
}

#[tokio::test]
async fn files_and_posts_are_sent_from_the_page() {
    let emulator = emulator().await;
    emulator.furnish();
    let mut views = Views::open(&emulator, "").await;
    let view = views.next().await;
    let said = json!({"person": view["me"], "channel": view["channel"], "text": ""});
    let form = "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{said}\r\n\
        --b\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"note.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n";
    let answered = browser()
        .post(format!("{}page/say", emulator.page_url()))
        .header("content-type", "multipart/form-data; boundary=b")
        .body(form.replace("{said}", &said.to_string()))
        .send()
        .await
        .unwrap();
    assert_eq!(answered.status(), 204);
    let view = views.until(|view| view["entries"][0].is_object()).await;
    let file = &view["entries"][0]["message"]["attachments"][0];
    assert_eq!(file["filename"], "note.txt");
    let served = browser()
        .get(file["url"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(served.text().await.unwrap(), "hello");

    let forum = view["places"].as_array().unwrap().iter();
    let forum = forum.clone().find(|one| one["type"] == 15).unwrap()["id"].clone();
    let post_it = json!({"person": view["me"], "channel": forum, "title": "How?", "text": "Tell me.", "tags": ["Open"]});
    let (status, led) = post(&emulator, "page/post", &post_it).await;
    assert_eq!(status, 200, "{led}");
    let query = format!("?channel={}", forum.as_str().unwrap());
    let shown = Views::open(&emulator, &query).await.next().await;
    let shown = &shown["here"]["posts"][0];
    assert_eq!(
        (&shown["name"], &shown["text"], &shown["author"]),
        (&json!("How?"), &json!("Tell me."), &json!("you"))
    );
    let mut wrong = post_it.clone();
    wrong["tags"] = json!(["Unknown"]);
    let (status, told) = post(&emulator, "page/post", &wrong).await;
    assert_eq!((status, told.contains("error")), (422, true));
    emulator.close().await;
}

#[tokio::test]
async fn the_controls_show_what_has_happened() {
    let emulator = emulator().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    let general = emulator.channel("general");
    emulator
        .person("you")
        .uses(&general, "ask", &[("question", "?")])
        .await
        .unwrap();
    let asked = gateway.event("INTERACTION_CREATE").await;
    rest.defers(&asked).await;
    rest.call("GET", "/nowhere", &Value::Null).await;
    let address = format!("{}page/panel", emulator.page_url());
    let shown: Value = browser()
        .get(address)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(shown["interactions"][0]["stands"], "thinking");
    assert_eq!(shown["sessions"][0]["connected"], true);
    assert_eq!(shown["requests"][0]["status"], 404);
    assert_eq!(shown["report"]["unimplemented"]["count"], 1);
    assert_eq!(
        (&shown["clock"]["speed"], &shown["limits"]),
        (&json!(1.0), &json!("calm"))
    );
    emulator.close().await;
}

#[tokio::test]
async fn everybody_sees_their_own_reaction() {
    let emulator = emulator().await;
    let general = emulator.channel("general");
    let (you, alice) = (emulator.person("you"), emulator.person("alice"));
    let said = alice.says(&general, "Look.").unwrap();
    let mut yours = Views::open(&emulator, "").await;
    let mut hers = Views::open(&emulator, &format!("?person={}", alice.id())).await;
    let body = |on: bool| {
        json!({"person": you.id().to_string(), "channel": general.id().to_string(),
        "message": said.id().to_string(), "emoji": "👍", "on": on})
    };
    assert_eq!(post(&emulator, "page/react", &body(true)).await.0, 204);
    let reaction =
        |view: &Value| view["entries"][0]["message"]["reactions"][0]["me"] == json!(true);
    yours.until(reaction).await;
    let seen = hers
        .until(|view| view["entries"][0]["message"]["reactions"][0].is_object())
        .await;
    assert!(!reaction(&seen));
    assert_eq!(post(&emulator, "page/react", &body(false)).await.0, 204);
    hers.until(|view| view["entries"][0]["message"]["reactions"] == json!([]))
        .await;
    emulator.close().await;
}
