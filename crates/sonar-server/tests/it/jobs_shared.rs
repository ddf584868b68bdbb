//! Many clients and their jobs: who sees which, whose turn it is, how many may wait.

use serde_json::{Value, json};
use sonar_server::{JobSettings, Server, ServerSettings};
use tokio::task::JoinSet;

use crate::job_client::{JobClient, PATH, id, text};
use crate::scripted::{Gate, Scripted, answer, asking, gated, start};

/// A server with keys, whose engine waits for the word.
async fn shared(jobs: JobSettings) -> (Server, Gate) {
    let (engine, gate) = gated();
    let settings = ServerSettings {
        keys: vec!["alice".into(), "bob".into(), "carol".into()],
        jobs,
        ..ServerSettings::default()
    };
    (start(engine, settings).await, gate)
}

fn one_at_a_time() -> JobSettings {
    JobSettings {
        at_once: 1,
        ..JobSettings::default()
    }
}

#[tokio::test]
async fn nobody_sees_the_jobs_of_another_key() {
    let (server, gate) = shared(JobSettings::default()).await;
    gate.let_end(10);
    let alice = JobClient::of(&server).with_key("alice");
    let bob = JobClient::of(&server).with_key("bob");
    let job = alice.submit("A secret?").await;
    alice.until(&job, "COMPLETED").await;
    assert_eq!(bob.list().await, Vec::<String>::new());
    let reply = bob.get(&format!("{PATH}/{job}")).await.unwrap();
    assert_eq!(reply.status(), 404);
    let stranger = JobClient::of(&server).with_key("mallory");
    for path in [PATH, &format!("{PATH}/{job}")] {
        assert_eq!(stranger.get(path).await.unwrap().status(), 401);
        assert_eq!(stranger.post(PATH, &json!({})).await.unwrap().status(), 401);
    }
}

#[tokio::test]
async fn a_key_makes_one_job_however_often_and_whatever_is_submitted() {
    let (server, gate) = shared(JobSettings::default()).await;
    gate.let_end(10);
    let mut submitting = JoinSet::new();
    for number in 0..60 {
        let (owner, key) = (["alice", "bob"][number % 2], ["one", "two"][number / 2 % 2]);
        let client = JobClient::of(&server).with_key(owner);
        submitting.spawn(async move {
            let question = json!([{ "role": "user", "content": format!("Number {number}?") }]);
            let request = asking(json!({ "messages": question }));
            let job = client.submit_with(request, Some(key)).await;
            (owner, key, id(&job))
        });
    }
    let mut made = submitting.join_all().await;
    made.sort();
    made.dedup();
    assert_eq!(made.len(), 4, "{made:?}");
    for owner in ["alice", "bob"] {
        let client = JobClient::of(&server).with_key(owner);
        let (mut listed, mut own) = (client.list().await, Vec::new());
        own.extend(
            made.iter()
                .filter(|made| made.0 == owner)
                .map(|made| made.2.clone()),
        );
        listed.sort();
        own.sort();
        assert_eq!(listed, own);
        for job in own {
            client.until(&job, "COMPLETED").await;
        }
    }
}

#[tokio::test]
async fn a_repeated_submission_shows_the_first_job_as_it_is_by_now() {
    let server = start(Scripted::playing(answer()), ServerSettings::default()).await;
    let client = JobClient::of(&server);
    let first = id(&client.submit_with(asking(json!({})), Some("key")).await);
    let ended = client.until(&first, "COMPLETED").await;
    let other = asking(json!({ "model": "sonar-pro" }));
    assert_eq!(client.submit_with(other, Some("key")).await, ended);
}

#[tokio::test]
async fn every_client_has_its_turn_however_many_jobs_another_one_has() {
    let (server, mut gate) = shared(one_at_a_time()).await;
    let client = |key| JobClient::of(&server).with_key(key);
    let (alice, bob, carol) = (client("alice"), client("bob"), client("carol"));
    for number in 0..100 {
        alice.submit(&format!("alice {number}")).await;
    }
    bob.submit("bob 0").await;
    for number in 0..2 {
        carol.submit(&format!("carol {number}")).await;
    }
    gate.let_end(103);
    let mut begun = Vec::new();
    for _ in 0..103 {
        begun.push(gate.begun().await);
    }
    assert_eq!(begun[0], "alice 0");
    begun[1..4].sort();
    begun[4..6].sort();
    assert_eq!(
        begun[1..6],
        ["alice 1", "bob 0", "carol 0", "alice 2", "carol 1"]
    );
    let rest: Vec<String> = (3..100).map(|number| format!("alice {number}")).collect();
    assert_eq!(begun[6..], rest, "the oldest first");
}

#[tokio::test]
async fn so_many_jobs_run_at_once_and_no_more() {
    let settings = JobSettings {
        at_once: 3,
        ..JobSettings::default()
    };
    let (server, mut gate) = shared(settings).await;
    let alice = JobClient::of(&server).with_key("alice");
    let mut jobs = Vec::new();
    for number in 0..12 {
        jobs.push(alice.submit(&number.to_string()).await);
    }
    for _ in 0..3 {
        gate.begun().await;
    }
    gate.let_end(12);
    for job in jobs {
        alice.until(&job, "COMPLETED").await;
    }
    assert_eq!(gate.most_at_once(), 3);
}

#[tokio::test]
async fn a_job_runs_on_when_its_client_is_gone() {
    let (server, mut gate) = shared(JobSettings::default()).await;
    let client = JobClient::of(&server).with_key("alice");
    let job = client.submit("Why?").await;
    drop(client);
    gate.begun().await;
    gate.let_end(1);
    let later = JobClient::of(&server).with_key("alice");
    assert_eq!(text(&later.until(&job, "COMPLETED").await), "Why?");
}

#[tokio::test]
async fn no_more_jobs_wait_than_may_and_one_client_cannot_take_all_the_room() {
    let settings = JobSettings {
        waiting: 3,
        waiting_of_one: 2,
        ..one_at_a_time()
    };
    let (server, mut gate) = shared(settings).await;
    let client = |key| JobClient::of(&server).with_key(key);
    let (alice, bob) = (client("alice"), client("bob"));
    let running = alice.submit_with(asking(json!({})), Some("running")).await;
    gate.begun().await;
    for _ in 0..2 {
        alice.submit("May wait?").await;
    }
    let body = json!({ "request": asking(json!({})) });
    let refused = |(status, body): (u16, Value)| {
        let message = body["error"]["message"].as_str().unwrap().to_owned();
        (status, message)
    };
    let sentence =
        "2 of your jobs wait already, and no more may; submit again when some have ended.";
    assert_eq!(
        refused(alice.try_to_submit(&body).await),
        (429, sentence.to_owned())
    );
    bob.submit("May wait too?").await;
    let sentence = "As many jobs wait as may; submit again in a moment.";
    assert_eq!(
        refused(bob.try_to_submit(&body).await),
        (503, sentence.to_owned())
    );

    let again = alice.submit_with(asking(json!({})), Some("running")).await;
    assert_eq!(id(&again), id(&running), "it takes no room");
    gate.let_end(4);
    alice.until(&id(&running), "COMPLETED").await;
    for _ in 0..3 {
        gate.begun().await;
    }
    alice.submit("May wait again?").await;
}

#[tokio::test]
async fn jobs_take_no_more_room_than_they_may_and_give_it_back() {
    let settings = JobSettings {
        space: 1_000_000,
        ..JobSettings::default()
    };
    let (server, gate) = shared(settings).await;
    let alice = JobClient::of(&server).with_key("alice");
    let long = "Why? ".repeat(10_000);
    let question =
        json!([{ "role": "system", "content": long }, { "role": "user", "content": "Why?" }]);
    let body = json!({ "request": asking(json!({ "messages": question })) });
    let mut jobs = Vec::new();
    let refused = loop {
        let (status, job) = alice.try_to_submit(&body).await;
        if status != 200 {
            break job;
        }
        jobs.push(id(&job));
    };
    assert!((10..25).contains(&jobs.len()), "{}", jobs.len());
    let sentence = "The jobs take all the room they may; submit again when some have expired.";
    assert_eq!(refused["error"]["message"], sentence);
    gate.let_end(jobs.len());
    for job in jobs {
        alice.until(&job, "COMPLETED").await;
    }
    assert_eq!(alice.try_to_submit(&body).await.0, 200);
}
