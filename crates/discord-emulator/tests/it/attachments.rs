//! Files in messages: multipart bodies, limits, what stays on an edit, and fetching them.

use discord_emulator::{Emulator, Permissions};
use serde_json::{Value, json};

use crate::bot::{Answered, Gateway, Rest, emulator};

const MEBIBYTE: usize = 1024 * 1024;

fn path(emulator: &Emulator, rest: &str) -> String {
    format!(
        "/channels/{}/messages{rest}",
        emulator.channel("general").id()
    )
}

const TYPE: &str = "multipart/form-data; boundary=frontier";

/// One part of a multipart body.
fn part(head: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!("--frontier\r\nContent-Disposition: form-data; {head}\r\n\r\n");
    [head.as_bytes(), bytes, b"\r\n"].concat()
}

/// A multipart body of a message and files `files[0]`, `files[1]`, ….
fn form(body: &Value, files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut form = part("name=\"payload_json\"", body.to_string().as_bytes());
    for (n, (name, bytes)) in files.iter().enumerate() {
        let head = format!("name=\"files[{n}]\"; filename=\"{name}\"");
        form.extend(part(&head, bytes));
    }
    form
}

async fn sends(rest: &Rest, method: &str, path: &str, mut form: Vec<u8>) -> Answered {
    form.extend(b"--frontier--\r\n");
    let request = rest.request(method, path).header("content-type", TYPE);
    rest.send(request.body(form)).await
}

#[tokio::test]
async fn a_file_is_posted_shown_and_fetched() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let (mut gateway, _) = Gateway::identified(&emulator, 1 << 9).await;
    let body = json!({"content": "see", "attachments": [{"id": 0, "description": "a note", "filename": "my note.md"}]});
    let posted = sends(
        &rest,
        "POST",
        &path(&emulator, ""),
        form(&body, &[("x.txt", b"# inside".to_vec())]),
    )
    .await;
    assert_eq!(posted.status, 200, "{:?}", posted.body);
    let file = &posted.body["attachments"][0];
    assert_eq!(
        (&file["filename"], &file["size"], &file["description"]),
        (&json!("my_note.md"), &json!(8), &json!("a note"))
    );
    assert_eq!(
        &gateway.event("MESSAGE_CREATE").await["attachments"][0],
        file
    );
    let fetched = reqwest::get(file["url"].as_str().unwrap()).await.unwrap();
    assert_eq!(fetched.text().await.unwrap(), "# inside");
    assert!(emulator.channel("general").shows().contains("my_note.md"));
    emulator.close().await;
}

#[tokio::test]
async fn a_file_alone_is_a_message() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let unlisted = form(
        &json!({}),
        &[("a.txt", b"a".to_vec()), ("b.txt", b"b".to_vec())],
    );
    let posted = sends(&rest, "POST", &path(&emulator, ""), unlisted).await;
    assert_eq!(posted.body["attachments"].as_array().unwrap().len(), 2);
    let fields = [
        part("name=\"content\"", b"plain"),
        part("name=\"tts\"", b"false"),
    ]
    .concat();
    let posted = sends(&rest, "POST", &path(&emulator, ""), fields).await;
    assert_eq!(
        (posted.status, &posted.body["content"]),
        (200, &json!("plain"))
    );
    emulator.close().await;
}

#[tokio::test]
async fn an_edit_keeps_the_files_it_lists_and_all_when_it_lists_none() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let two = form(
        &json!({}),
        &[("a.txt", b"a".to_vec()), ("b.txt", b"b".to_vec())],
    );
    let posted = sends(&rest, "POST", &path(&emulator, ""), two).await;
    let one = path(&emulator, &format!("/{}", posted.id()));
    let names = |answered: &Answered| {
        let files = answered.body["attachments"].as_array().unwrap();
        let names: Vec<String> = files
            .iter()
            .map(|file| file["filename"].as_str().unwrap().to_owned())
            .collect();
        names.join(" ")
    };
    let appended = sends(
        &rest,
        "PATCH",
        &one,
        form(&json!({}), &[("c.txt", b"c".to_vec())]),
    )
    .await;
    assert_eq!(names(&appended), "a.txt b.txt c.txt");
    let kept = json!({"attachments": [{"id": posted.body["attachments"][1]["id"]}]});
    let edited = rest.call("PATCH", &one, &kept).await;
    assert_eq!(names(&edited), "b.txt");
    let foreign = json!({"attachments": [{"id": "12345"}]});
    assert_eq!(
        rest.call("PATCH", &one, &foreign).await.code(),
        (400, 50035)
    );
    let cleared = rest
        .call(
            "PATCH",
            &one,
            &json!({"attachments": [], "content": "gone"}),
        )
        .await;
    assert_eq!(names(&cleared), "");
    emulator.close().await;
}

#[tokio::test]
async fn files_have_limits() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let posts = async |body: Value, files: Vec<(&'static str, Vec<u8>)>| {
        let answered = sends(&rest, "POST", &path(&emulator, ""), form(&body, &files)).await;
        (answered.status, answered.body["code"].as_u64().unwrap_or(0))
    };
    let small = |count: usize| vec![("a.txt", b"a".to_vec()); count];
    assert_eq!(posts(json!({}), small(10)).await, (200, 0));
    assert_eq!(posts(json!({}), small(11)).await, (400, 50035));
    let large = |size| vec![("a.bin", vec![0; size])];
    assert_eq!(posts(json!({}), large(10 * MEBIBYTE)).await, (200, 0));
    assert_eq!(
        posts(json!({}), large(10 * MEBIBYTE + 1)).await,
        (413, 40005)
    );
    let described =
        |length: usize| json!({"attachments": [{"id": 0, "description": "d".repeat(length)}]});
    assert_eq!(posts(described(1024), small(1)).await, (200, 0));
    assert_eq!(posts(described(1025), small(1)).await, (400, 50035));
    emulator.close().await;
}

#[tokio::test]
async fn attaching_needs_its_permission() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let file = || form(&json!({}), &[("a.txt", b"a".to_vec())]);
    let posted = sends(&rest, "POST", &path(&emulator, ""), file()).await;
    assert_eq!(posted.status, 200);
    let general = emulator.channel("general");
    general.denies(&emulator.bot(), Permissions::ATTACH_FILES);
    let posted = sends(&rest, "POST", &path(&emulator, ""), file()).await;
    assert_eq!(posted.code(), (403, 50013));
    emulator.close().await;
}

#[tokio::test]
async fn an_embed_may_show_a_file_of_its_message() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x03".to_vec();
    let body = json!({"embeds": [{"image": {"url": "attachment://chart.png"}}]});
    let posted = sends(
        &rest,
        "POST",
        &path(&emulator, ""),
        form(&body, &[("chart.png", png)]),
    )
    .await;
    let file = &posted.body["attachments"][0];
    assert_eq!(posted.body["embeds"][0]["image"]["url"], file["url"]);
    assert_eq!((&file["width"], &file["height"]), (&json!(2), &json!(3)));
    emulator.close().await;
}

#[tokio::test]
async fn a_command_is_answered_with_files() {
    let emulator = emulator().await;
    let (rest, mut gateway) = crate::bot::ready_bot(&emulator).await;
    let general = emulator.channel("general");
    let alice = emulator.person("alice");
    let asked = alice
        .uses(&general, "ask", &[("question", "Why?")])
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    let (id, token) = (&interaction["id"], &interaction["token"]);
    let callback = format!(
        "/interactions/{}/{}/callback",
        id.as_str().unwrap(),
        token.as_str().unwrap()
    );
    let body = json!({"type": 4, "data": {"attachments": [{"id": 0, "description": "all of it"}]}});
    let answer = form(&body, &[("answer.md", b"# Because".to_vec())]);
    assert_eq!(sends(&rest, "POST", &callback, answer).await.status, 204);
    let reply = asked.reply().unwrap();
    assert_eq!(
        (
            &reply["attachments"][0]["filename"],
            &reply["attachments"][0]["description"]
        ),
        (&json!("answer.md"), &json!("all of it"))
    );
    let more = form(&json!({"content": "more"}), &[("b.txt", b"b".to_vec())]);
    let followed = sends(&rest, "POST", &rest.webhook(&interaction, ""), more).await;
    assert_eq!(followed.body["attachments"][0]["filename"], "b.txt");
    let original = rest.webhook(&interaction, "/messages/@original");
    let edited = sends(
        &rest,
        "PATCH",
        &original,
        form(&json!({}), &[("c.txt", b"c".to_vec())]),
    )
    .await;
    assert_eq!(edited.body["attachments"].as_array().unwrap().len(), 2);
    emulator.close().await;
}

#[tokio::test]
async fn a_person_attaches_files() {
    let emulator = emulator().await;
    let general = emulator.channel("general");
    let said = emulator
        .person("alice")
        .attaches(&general, "", &[("a.txt", b"a")])
        .unwrap();
    assert_eq!(said.json().unwrap()["attachments"][0]["filename"], "a.txt");
    emulator.close().await;
}
