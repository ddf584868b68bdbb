//! Jobs as a client sees them: submitted, looked at until they end, listed, kept, forgotten.

use serde_json::{Value, json};
use sonar_server::Server;

use crate::scripted::{TEXT, answering, asking, http, url};

/// The paths under which jobs are submitted and listed.
const PATHS: [&str; 3] = [
    "/async/chat/completions",
    "/v1/async/chat/completions",
    "/v1/async/sonar",
];

/// Submits a request under a key of the client's choice.
pub(crate) async fn submit(server: &Server, request: &Value, key: Option<&str>) -> Value {
    let body = json!({ "request": request, "idempotency_key": key });
    let reply = post(server, PATHS[0], &body).await;
    assert_eq!(reply.status(), 200, "{}", reply.text().await.unwrap());
    reply.json().await.unwrap()
}

async fn post(server: &Server, path: &str, body: &Value) -> reqwest::Response {
    let request = http().post(url(server, path)).json(body);
    request.send().await.unwrap()
}

async fn get(server: &Server, path: &str) -> reqwest::Response {
    http().get(url(server, path)).send().await.unwrap()
}

/// The job as the server shows it now.
pub(crate) async fn look(server: &Server, id: &Value) -> Value {
    let path = format!("{}/{}", PATHS[0], id.as_str().unwrap());
    let reply = get(server, &path).await;
    assert_eq!(reply.status(), 200);
    reply.json().await.unwrap()
}

/// Looks at a job until it has this status.
pub(crate) async fn until(server: &Server, id: &Value, status: &str) -> Value {
    loop {
        let job = look(server, id).await;
        if job["status"] == status {
            return job;
        }
        assert!(
            !["COMPLETED", "FAILED"].contains(&job["status"].as_str().unwrap()),
            "{job}"
        );
    }
}

/// The ids of a page of the list, and the token of the next one.
async fn page(server: &Server, query: &str) -> (Vec<Value>, Option<String>) {
    let reply = get(server, &format!("{}?{query}", PATHS[0])).await;
    assert_eq!(reply.status(), 200);
    let page: Value = reply.json().await.unwrap();
    let ids = page["requests"].as_array().unwrap().iter();
    let token = page["next_token"].as_str().map(str::to_owned);
    (ids.map(|job| job["id"].clone()).collect(), token)
}

fn text(job: &Value) -> &str {
    job["response"]["choices"][0]["message"]["content"]
        .as_str()
        .unwrap_or_default()
}

#[tokio::test]
async fn a_job_is_created_and_ends_with_the_answer_a_plain_request_gets() {
    let server = answering().await;
    let created = submit(&server, &asking(json!({})), None).await;
    let mut shown = created.clone();
    let id = shown["id"].take();
    assert!(shown["created_at"].take().as_i64().unwrap() > 1_700_000_000);
    assert_eq!(
        shown,
        json!({
            "id": null, "created_at": null, "model": "sonar", "status": "CREATED", "started_at": null,
            "completed_at": null, "failed_at": null, "error_message": null, "response": null,
        })
    );

    let ended = until(&server, &id, "COMPLETED").await;
    let plain = post(&server, "/chat/completions", &asking(json!({}))).await;
    let mut plain: Value = plain.json().await.unwrap();
    let mut response = ended["response"].clone();
    assert_eq!(text(&ended), TEXT);
    assert_eq!(response["id"], format!("local-{}", id.as_str().unwrap()));
    for reply in [&mut plain, &mut response] {
        reply["id"].take();
        reply["created"].take();
    }
    assert_eq!(response, plain);
    let time = |name: &str| ended[name].as_i64().unwrap();
    assert!(time("created_at") <= time("started_at") && time("started_at") <= time("completed_at"));
    assert_eq!(ended["failed_at"], Value::Null);
    assert_eq!(ended["error_message"], Value::Null);
}

#[tokio::test]
async fn pages_are_newest_first_and_stay_as_they_are_while_jobs_arrive() {
    let server = answering().await;
    let mut ids = Vec::new();
    for _ in 0..25 {
        let job = submit(&server, &asking(json!({})), None).await;
        ids.insert(0, job["id"].clone());
    }
    let mut later = Vec::new();
    for (query, count) in [("limit=25", 25), ("", 20), ("limit=7", 7)] {
        let (mut listed, mut token) = page(&server, query).await;
        assert_eq!(listed.len(), count, "{query}");
        while let Some(next) = token {
            let job = submit(&server, &asking(json!({})), None).await;
            let more;
            (more, token) = page(&server, &format!("{query}&next_token={next}")).await;
            assert!(!more.contains(&job["id"]), "it came after the first page");
            later.insert(0, job["id"].clone());
            listed.extend(more);
        }
        let all: Vec<Value> = later.iter().chain(&ids).cloned().collect();
        assert!(all.ends_with(&listed), "{query}");
        assert!(listed.ends_with(&ids), "{query}");
    }
}
