//! Faults a test can order for the next requests.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::{collections::BTreeMap, time::Duration};

use discord_emulator::{
    Emulator, EventAction, EventFault, Fault, FaultAction, FaultError, LimitFault, LimitScope,
    Settings, Speed,
};
use serde_json::json;

use crate::bot::{Gateway, Heard, Rest, SOON, emulator, identify, ready_bot};

const ORIGINAL: &str = "/messages/@original";

#[tokio::test]
async fn an_edit_can_meet_any_answer() {
    let emulator = emulator().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    emulator
        .person("you")
        .uses(&emulator.channel("general"), "ask", &[("question", "?")])
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    rest.defers(&interaction).await;
    let answers = [(500, 0), (404, 10015), (401, 50027)];
    for (status, code) in answers {
        let body = json!({"message": "ordered", "code": code});
        emulator
            .fault(Fault::new(
                "PATCH",
                ORIGINAL,
                1,
                FaultAction::Answer { status, body },
            ))
            .unwrap();
    }
    for answer in answers {
        assert_eq!(
            rest.edits(&interaction, &json!({"content": "x"}))
                .await
                .code(),
            answer
        );
    }
    let retry_after = Duration::from_millis(1500);
    emulator
        .fault(Fault::new(
            "PATCH",
            ORIGINAL,
            1,
            FaultAction::RateLimited { retry_after },
        ))
        .unwrap();
    let limited = rest.edits(&interaction, &json!({"content": "x"})).await;
    assert_eq!(
        (limited.status, limited.body["retry_after"].as_f64()),
        (429, Some(1.5))
    );
    assert_eq!(
        (
            limited.header("retry-after"),
            limited.header("x-ratelimit-scope")
        ),
        ("2", "user")
    );
    assert_eq!(
        rest.edits(&interaction, &json!({"content": "through"}))
            .await
            .body["content"],
        "through"
    );
    let report = emulator.report();
    assert_eq!(
        (
            report.rate_limited,
            report.rejected.len(),
            report.invalid_requests
        ),
        (1, 0, 2)
    );
    emulator.close().await;
}

#[tokio::test]
async fn a_connection_can_break_before_or_after_the_work() {
    let emulator = emulator().await;
    let path = format!("/channels/{}/messages", emulator.channel("general").id());
    for (action, made) in [(FaultAction::ResetBefore, 0), (FaultAction::ResetAfter, 1)] {
        emulator
            .fault(Fault::new("POST", "/messages", 1, action))
            .unwrap();
        let rest = Rest::new(&emulator);
        let broken = rest
            .request("POST", &path)
            .json(&json!({"content": "x"}))
            .send()
            .await;
        assert!(broken.is_err());
        assert_eq!(
            emulator
                .person("you")
                .sees(&emulator.channel("general"))
                .len(),
            made
        );
    }
    assert_eq!(
        emulator
            .requests()
            .iter()
            .filter(|request| request.status == 0)
            .count(),
        2
    );
    emulator.close().await;
}

const ME: &str = "/users/@me";

/// What the next `GET /users/@me` gets: status, headers, and the body as text.
async fn met(
    emulator: &Emulator,
    action: FaultAction,
) -> (u16, reqwest::header::HeaderMap, String) {
    emulator.fault(Fault::new("GET", ME, 1, action)).unwrap();
    let rest = Rest::new(emulator);
    let response = rest.request("GET", ME).send().await.unwrap();
    (
        response.status().as_u16(),
        response.headers().clone(),
        response.text().await.unwrap(),
    )
}

#[tokio::test]
async fn a_429_can_take_every_form() {
    let emulator = emulator().await;
    let form = |scope, seconds: f64| LimitFault {
        scope,
        retry_after: Duration::from_secs_f64(seconds),
        code: None,
        without_header: false,
        remaining: None,
    };
    let coded = LimitFault {
        code: Some(20016),
        ..form(LimitScope::User, 0.25)
    };
    let bare = LimitFault {
        without_header: true,
        remaining: Some(4),
        ..form(LimitScope::User, 1.0)
    };
    for (form, header, remaining, body) in [
        (
            form(LimitScope::User, 64.57),
            "65",
            "0",
            json!({"message": "You are being rate limited.", "retry_after": 64.57, "global": false}),
        ),
        (
            form(LimitScope::Shared, 280.0),
            "280",
            "0",
            json!({"message": "The resource is being rate limited.", "retry_after": 280.0, "global": false}),
        ),
        (
            form(LimitScope::Global, 2.0),
            "2",
            "",
            json!({"message": "You are being rate limited.", "retry_after": 2.0, "global": true}),
        ),
        (
            coded,
            "1",
            "0",
            json!({"message": "You are being rate limited.", "retry_after": 0.25, "global": false, "code": 20016}),
        ),
        (
            bare,
            "",
            "4",
            json!({"message": "You are being rate limited.", "retry_after": 1.0, "global": false}),
        ),
    ] {
        let (status, headers, text) = met(&emulator, FaultAction::Limited(form)).await;
        let header_of = |name: &str| {
            headers
                .get(name)
                .map_or("", |value| value.to_str().unwrap())
        };
        assert_eq!((status, header_of("retry-after")), (429, header));
        assert_eq!(header_of("x-ratelimit-remaining"), remaining);
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            body
        );
    }
    assert_eq!(emulator.report().rate_limited, 5);
    assert_eq!(
        emulator.report().invalid_requests,
        4,
        "a shared 429 is not invalid"
    );
    emulator.close().await;
}

#[tokio::test]
async fn what_stands_before_discord_can_answer_in_its_place() {
    let emulator = emulator().await;
    let page = FaultAction::Text {
        status: 502,
        content_type: "text/html; charset=UTF-8".to_owned(),
        body: "<html>bad gateway</html>".to_owned(),
    };
    for (action, status, kind, body) in [
        (
            page,
            502,
            "text/html; charset=UTF-8",
            "<html>bad gateway</html>",
        ),
        (
            FaultAction::Blocked { as_text: true },
            429,
            "text/plain; charset=UTF-8",
            "error code: 1015",
        ),
    ] {
        let (got, headers, text) = met(&emulator, action).await;
        assert_eq!(
            (
                got,
                headers["content-type"].to_str().unwrap(),
                text.as_str()
            ),
            (status, kind, body)
        );
        assert!(!headers.contains_key("via") && !headers.contains_key("retry-after"));
    }
    let (status, headers, text) = met(&emulator, FaultAction::Blocked { as_text: false }).await;
    assert!(status == 429 && !headers.contains_key("via") && text.contains("blocked"));
    emulator.close().await;
}

#[tokio::test]
async fn an_answer_can_be_cut_short_or_say_the_wrong_thing_of_itself() {
    let emulator = emulator().await;
    let (status, _, half) = met(&emulator, FaultAction::Truncate).await;
    assert_eq!(status, 200);
    assert!(half.starts_with('{') && serde_json::from_str::<serde_json::Value>(&half).is_err());
    let headers = [
        ("content-type", "text/plain"),
        ("via", ""),
        ("x-ratelimit-remaining", "99"),
    ];
    let headers: BTreeMap<String, String> = headers
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let (status, got, text) = met(&emulator, FaultAction::Headers(headers)).await;
    assert_eq!(
        (
            status,
            got["content-type"].to_str().unwrap(),
            got["x-ratelimit-remaining"].to_str().unwrap()
        ),
        (200, "text/plain", "99")
    );
    assert!(!got.contains_key("via") && serde_json::from_str::<serde_json::Value>(&text).is_ok());
    emulator.close().await;
}

/// Waits until something is so.
async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_request_can_hang_until_its_fault_is_taken_back() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let hangs = emulator
        .fault(Fault::new("GET", ME, 2, FaultAction::Hang))
        .unwrap();
    tokio::select! {
        answered = rest.get(ME) => panic!("{answered:?}"),
        () = until(|| emulator.faults()[0].met == 1) => {}
    }
    // Its client has left without an answer.
    until(|| emulator.requests().len() == 1).await;
    let released = async {
        until(|| emulator.faults()[0].met == 2).await;
        assert!(emulator.remove_fault(hangs));
    };
    let (answered, ()) = tokio::join!(rest.get(ME), released);
    assert_eq!(answered.status, 200);
    let logged: Vec<_> = emulator
        .requests()
        .iter()
        .map(|one| (one.status, one.fault))
        .collect();
    assert_eq!(logged, [(0, Some(hangs)), (200, Some(hangs))]);
    emulator.close().await;
}

#[tokio::test]
async fn a_slow_body_takes_the_emulators_time() {
    let emulator = emulator().await;
    emulator.run_time(Speed::FROZEN);
    emulator
        .fault(Fault::new(
            "GET",
            ME,
            1,
            FaultAction::SlowBody(Duration::from_secs(800)),
        ))
        .unwrap();
    let rest = Rest::new(&emulator);
    let response = rest.request("GET", ME).send().await.unwrap();
    assert_eq!(
        response.status(),
        200,
        "the head does not wait for the body"
    );
    let body = response.text();
    tokio::pin!(body);
    assert!(
        tokio::time::timeout(Duration::from_millis(50), &mut body)
            .await
            .is_err()
    );
    emulator.run_time(Speed::times(1_000.0).unwrap());
    let text = tokio::time::timeout(SOON, body).await.unwrap().unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
    emulator.close().await;
}

#[tokio::test]
async fn the_same_seed_meets_the_same_requests() {
    let mut runs = Vec::new();
    for seed in [7, 7, 8] {
        let settings = Settings {
            seed,
            ..Settings::default()
        };
        let emulator = Emulator::start(settings).await.unwrap();
        let rest = Rest::new(&emulator);
        let mut sometimes = Fault::always(FaultAction::Answer {
            status: 500,
            body: json!({}),
        });
        sometimes.turns.chance = 0.5;
        emulator.fault(sometimes).unwrap();
        let mut statuses = Vec::new();
        for _ in 0..40 {
            statuses.push(rest.get(ME).await.status);
        }
        assert!(statuses.contains(&200) && statuses.contains(&500));
        runs.push(statuses);
        emulator.close().await;
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

#[tokio::test]
async fn a_rule_can_mean_the_nth_request_of_one_place() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let (general, lounge) = (
        emulator.channel("general").id(),
        emulator.channel("lounge").id(),
    );
    let mut third = Fault::new(
        "GET",
        "/channels/{channel}",
        1,
        FaultAction::Answer {
            status: 503,
            body: json!({}),
        },
    );
    third.turns.skip = 2;
    third.channel = Some(general);
    let id = emulator.fault(third).unwrap();
    let mut statuses = Vec::new();
    for _ in 0..4 {
        assert_eq!(rest.get(&format!("/channels/{lounge}")).await.status, 200);
        assert_eq!(
            rest.get(&format!("/channels/{general}/messages"))
                .await
                .status,
            200
        );
        statuses.push(rest.get(&format!("/channels/{general}")).await.status);
    }
    assert_eq!(statuses, [200, 200, 503, 200]);
    let ordered = emulator.faults();
    assert_eq!(
        (ordered[0].id, ordered[0].met, ordered[0].left),
        (id, 1, Some(0))
    );
    emulator.clear_faults();
    assert_eq!(emulator.faults(), []);
    emulator.close().await;
}

#[tokio::test]
async fn a_delay_can_vary_within_bounds() {
    let emulator = emulator().await;
    emulator.run_time(Speed::times(1_000.0).unwrap());
    let rest = Rest::new(&emulator);
    let (least, most) = (Duration::from_secs(20), Duration::from_secs(40));
    emulator
        .fault(Fault::new(
            "GET",
            ME,
            1,
            FaultAction::Jitter { least, most },
        ))
        .unwrap();
    assert_eq!(rest.get(ME).await.status, 200);
    let took = emulator.requests()[0].ms;
    assert!(
        took >= 20.0,
        "twenty seconds a thousand times as fast are 20 ms, not {took} ms"
    );
    emulator.close().await;
}

#[tokio::test]
async fn a_connection_can_fail_in_its_handshake() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    assert_eq!(rest.get(ME).await.status, 200);
    let mut failing = Fault::always(FaultAction::TlsFailure);
    failing.turns.times = Some(2);
    let id = emulator.fault(failing).unwrap();
    let still_failing = || emulator.faults()[0].left != Some(0);
    // The connection of the request above is cut, so that none gets through before the fault is used up.
    while still_failing() {
        let failed = rest.request("GET", ME).send().await;
        assert!(failed.is_err());
    }
    assert_eq!((emulator.faults()[0].id, emulator.faults()[0].met), (id, 2));
    assert_eq!(rest.get(ME).await.status, 200);
    assert_eq!(emulator.requests().len(), 2, "what failed never came");
    emulator.close().await;
}

#[tokio::test]
async fn handshakes_fail_by_chance_with_a_seed() {
    let emulator = emulator().await;
    let mut sometimes = Fault::always(FaultAction::TlsFailure);
    (sometimes.turns.chance, sometimes.turns.seed) = (0.5, Some(7));
    let mut runs = Vec::new();
    for _ in 0..2 {
        let id = emulator.fault(sometimes.clone()).unwrap();
        let mut failed = Vec::new();
        for _ in 0..12 {
            // A client of its own for each request, so that each needs a handshake.
            let sent = Rest::new(&emulator).request("GET", ME).send().await;
            failed.push(sent.is_err());
        }
        assert!(emulator.remove_fault(id));
        runs.push(failed);
    }
    assert_eq!(runs[0], runs[1]);
    assert!(runs[0].contains(&true) && runs[0].contains(&false));
    emulator.close().await;
}

#[tokio::test]
async fn a_token_that_is_reset_is_void_at_once() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let (mut gateway, ready) = Gateway::identified(&emulator, 0).await;
    let old = emulator.bot_token();
    let new = emulator.reset_token();
    assert!(new != old && new == emulator.bot_token());
    assert_eq!(gateway.hear().await, Heard::Closed(4004));
    assert_eq!(emulator.sessions(), []);
    assert_eq!(rest.get(ME).await.code(), (401, 0));
    let resume = json!({"op": 6, "d": {"token": new, "session_id": ready["session_id"], "seq": 1}});
    for (sent, heard) in [
        (identify(&old, 0), Heard::Closed(4004)),
        (
            resume,
            Heard::Payload(json!({"op": 9, "s": null, "t": null, "d": false})),
        ),
    ] {
        let mut gateway = Gateway::connect(&emulator).await;
        gateway.send(&sent).await;
        assert_eq!(gateway.hear().await, heard);
    }
    assert_eq!(Rest::new(&emulator).get(ME).await.status, 200);
    Gateway::identified(&emulator, 0).await;
    emulator.reset();
    assert_eq!(emulator.bot_token(), old);
    emulator.close().await;
}

#[tokio::test]
async fn a_rule_that_could_never_be_met_is_not_taken() {
    let emulator = emulator().await;
    let mut rule = Fault::new("POST", "/channels/{id}/message", 1, FaultAction::Hang);
    let refused = emulator.fault(rule.clone()).unwrap_err();
    assert!(
        matches!(&refused, FaultError::UnknownRoute { near: Some(near), .. } if *near == "/channels/{channel}/messages")
    );
    rule.path = "/channels/{id}/messages".to_owned();
    emulator.fault(rule).unwrap();
    let lost = EventFault::new("MESSAGES_CREATE", 1, EventAction::Lose);
    let refused = emulator.event_fault(lost).unwrap_err();
    assert!(
        matches!(&refused, FaultError::UnknownEvent { near: Some(near), .. } if *near == "MESSAGE_CREATE")
    );
    assert_eq!(
        (emulator.faults().len(), emulator.event_faults().len()),
        (1, 0)
    );
    emulator.close().await;
}
