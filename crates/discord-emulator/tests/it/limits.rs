//! The realistic profile, as a bot meets it.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::time::Duration;

use discord_emulator::{Emulator, LimitTable, Permissions, Rate, RateLimits, Settings, Speed};
use serde_json::{Value, json};

use crate::bot::{Answered, Rest, emulator, ready_bot, realistic};

/// An emulator whose time stands still, with limits of one's own.
async fn limited(table: LimitTable) -> Emulator {
    let settings = Settings {
        rate_limits: RateLimits::Table(table),
        ..Settings::default()
    };
    let emulator = Emulator::start(settings).await.unwrap();
    emulator.run_time(Speed::FROZEN);
    emulator
}

fn in_general(emulator: &Emulator, rest: &str) -> String {
    format!("/channels/{}{rest}", emulator.channel("general").id())
}

fn limit_headers(answer: &Answered) -> [&str; 6] {
    [
        "limit",
        "remaining",
        "reset",
        "reset-after",
        "bucket",
        "scope",
    ]
    .map(|name| answer.header(&format!("x-ratelimit-{name}")))
}

#[tokio::test]
async fn edits_of_one_reply_are_limited_and_the_headers_say_so() {
    let emulator = realistic().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    emulator
        .person("you")
        .uses(&emulator.channel("general"), "ask", &[("question", "?")])
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    rest.defers(&interaction).await;
    let first = rest.edits(&interaction, &json!({"content": "0"})).await;
    assert_eq!(
        (
            first.header("x-ratelimit-limit"),
            first.header("x-ratelimit-remaining")
        ),
        ("5", "4")
    );
    // Far more than the bucket holds, however slow the machine is.
    let edit = async |n: u32| {
        rest.edits(&interaction, &json!({"content": n.to_string()}))
            .await
    };
    let edits = (0..100).map(edit);
    let answers = futures_util::future::join_all(edits).await;
    let limited: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 429)
        .collect();
    let met = limited
        .first()
        .expect("a hundred edits at once meet the limit");
    assert_eq!(
        (
            met.header("x-ratelimit-scope"),
            met.header("x-ratelimit-remaining")
        ),
        ("user", "0")
    );
    assert_eq!(met.body["global"], false);
    assert!(met.body["retry_after"].as_f64().unwrap() <= 2.0);
    emulator.advance(Duration::from_secs(2));
    assert_eq!(
        rest.edits(&interaction, &json!({"content": "last"}))
            .await
            .status,
        200
    );
    let report = emulator.report();
    assert_eq!(
        (report.rate_limited, report.invalid_requests),
        (limited.len(), limited.len())
    );
    emulator.close().await;
}

#[tokio::test]
async fn the_whole_bot_has_fifty_requests_a_second() {
    let emulator = realistic().await;
    let (rest, _gateway) = ready_bot(&emulator).await;
    let requests = (0..200).map(|_| rest.get("/users/@me"));
    let answers = futures_util::future::join_all(requests).await;
    let limited: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 429)
        .collect();
    let first = limited
        .first()
        .expect("two hundred requests at once meet the limit");
    assert_eq!(
        (
            first.header("x-ratelimit-global"),
            first.header("x-ratelimit-scope")
        ),
        ("true", "global")
    );
    assert_eq!(
        (first.header("x-ratelimit-limit"), &first.body["global"]),
        ("", &json!(true))
    );
    emulator.close().await;
}

#[tokio::test]
async fn the_fifty_first_request_of_a_second_is_too_many_but_interactions_are_exempt() {
    let emulator = realistic().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    emulator
        .person("you")
        .uses(&emulator.channel("general"), "ask", &[("question", "?")])
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    emulator.run_time(Speed::FROZEN);
    emulator.advance(Duration::from_secs(1));
    for _ in 0..50 {
        assert_eq!(rest.get("/users/@me").await.status, 200);
    }
    let global = rest.get("/users/@me").await;
    assert_eq!((global.status, &global.body["global"]), (429, &json!(true)));
    assert_eq!(global.header("via"), "1.1 google");
    rest.defers(&interaction).await;
    emulator.advance(Duration::from_secs(1));
    assert_eq!(rest.get("/users/@me").await.status, 200);
    emulator.close().await;
}

#[tokio::test]
async fn a_bucket_tells_its_standing_and_is_whole_again_after_its_window() {
    let emulator = limited(LimitTable::REALISTIC).await;
    let rest = Rest::new(&emulator);
    let path = in_general(&emulator, "/typing");
    for left in (0..5).rev() {
        let typed = rest.call("POST", &path, &json!({})).await;
        let [limit, remaining, reset, after, bucket, scope] = limit_headers(&typed);
        assert_eq!((typed.status, limit, scope), (204, "5", ""));
        assert_eq!((remaining, after), (left.to_string().as_str(), "5.000"));
        assert!(reset.contains('.') && !bucket.contains(&path));
    }
    let full = rest.call("POST", &path, &json!({})).await;
    assert_eq!((full.status, full.header("retry-after")), (429, "5"));
    assert_eq!(
        (
            full.header("x-ratelimit-remaining"),
            full.header("x-ratelimit-scope")
        ),
        ("0", "user")
    );
    assert_eq!(
        full.body,
        json!({"message": "You are being rate limited.", "retry_after": 5.0, "global": false})
    );
    emulator.advance(Duration::from_millis(4_999));
    assert_eq!(rest.call("POST", &path, &json!({})).await.status, 429);
    emulator.advance(Duration::from_millis(1));
    assert_eq!(rest.call("POST", &path, &json!({})).await.status, 204);
    emulator.close().await;
}

#[tokio::test]
async fn the_fourth_edit_of_an_old_message_has_a_code_of_its_own() {
    let emulator = limited(LimitTable::REALISTIC).await;
    let rest = Rest::new(&emulator);
    let posted = rest
        .call(
            "POST",
            &in_general(&emulator, "/messages"),
            &json!({"content": "0"}),
        )
        .await;
    let path = in_general(&emulator, &format!("/messages/{}", posted.id()));
    let edit = async |n: u32| {
        rest.call("PATCH", &path, &json!({"content": n.to_string()}))
            .await
    };
    emulator.advance(Duration::from_secs(3600));
    for n in 1..=4 {
        assert_eq!(
            edit(n).await.status,
            200,
            "an hour old is not older than an hour"
        );
    }
    emulator.advance(Duration::from_secs(6));
    for n in 1..=3 {
        assert_eq!(edit(n).await.status, 200);
    }
    assert_eq!(edit(4).await.code(), (429, 30046));
    emulator.advance(Duration::from_secs(6));
    assert_eq!(edit(5).await.status, 200);
    emulator.close().await;
}

#[tokio::test]
async fn a_table_of_ones_own_can_be_put_in_force_at_any_time() {
    let emulator = emulator().await;
    emulator.run_time(Speed::FROZEN);
    assert_eq!(emulator.limits(), LimitTable::CALM);
    let rest = Rest::new(&emulator);
    let path = in_general(&emulator, "/messages");
    let once = Some(Rate {
        limit: 1,
        per: Duration::from_secs(60),
    });
    emulator.limit(RateLimits::Table(LimitTable {
        post_message: once,
        edits_share_the_bucket_of_posts: true,
        ..LimitTable::CALM
    }));
    let posted = rest.call("POST", &path, &json!({"content": "x"})).await;
    assert_eq!(posted.header("x-ratelimit-remaining"), "0");
    let edited = rest
        .call(
            "PATCH",
            &format!("{path}/{}", posted.id()),
            &json!({"content": "y"}),
        )
        .await;
    assert_eq!(
        (edited.status, edited.header("x-ratelimit-bucket")),
        (429, posted.header("x-ratelimit-bucket"))
    );
    assert_eq!(
        emulator.requests().last().unwrap().bucket.as_deref(),
        Some(posted.header("x-ratelimit-bucket"))
    );
    emulator.limit(RateLimits::Calm);
    let free = rest.call("POST", &path, &json!({"content": "x"})).await;
    assert_eq!((free.status, free.header("x-ratelimit-limit")), (200, ""));
    emulator.close().await;
}

#[tokio::test]
async fn too_many_invalid_requests_are_met_by_a_block_that_explains_nothing() {
    let table = LimitTable {
        invalid_requests: Some(Rate {
            limit: 3,
            per: Duration::from_secs(600),
        }),
        ..LimitTable::CALM
    };
    let emulator = limited(table).await;
    let rest = Rest::new(&emulator);
    for _ in 0..3 {
        assert_eq!(rest.get("/users/@me").await.status, 200);
        assert_eq!(
            rest.get("/channels/1").await.status,
            404,
            "a 404 is not invalid"
        );
        assert_eq!(unauthorized(&emulator).await, 401);
    }
    let blocked = rest.get("/users/@me").await;
    assert_eq!(
        (
            blocked.status,
            &blocked.body["code"],
            &blocked.body["retry_after"]
        ),
        (429, &json!(0), &Value::Null)
    );
    for header in [
        "via",
        "retry-after",
        "x-ratelimit-scope",
        "x-ratelimit-limit",
    ] {
        assert_eq!(blocked.header(header), "", "{header}");
    }
    emulator.advance(table.block);
    assert_eq!(rest.get("/users/@me").await.status, 200);
    emulator.close().await;
}

/// A request with a token that is none.
async fn unauthorized(emulator: &Emulator) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.get(format!("{}api/v10/users/@me", emulator.page_url()));
    request
        .header("authorization", "Bot wrong")
        .send()
        .await
        .unwrap()
        .status()
        .as_u16()
}

#[tokio::test]
async fn a_channel_gets_two_new_names_in_ten_minutes() {
    let emulator = limited(LimitTable {
        global: None,
        ..LimitTable::REALISTIC
    })
    .await;
    let allowed = emulator.role("keeper", Permissions::MANAGE_CHANNELS);
    emulator.bot().gets(allowed);
    let rest = Rest::new(&emulator);
    let path = in_general(&emulator, "");
    let change = async |body: Value| rest.call("PATCH", &path, &body).await;
    for name in ["one", "two"] {
        assert_eq!(change(json!({"name": name})).await.status, 200);
    }
    let third = change(json!({"name": "three"})).await;
    assert_eq!(
        (
            third.status,
            third.header("retry-after"),
            third.header("x-ratelimit-scope")
        ),
        (429, "600", "user")
    );
    assert_eq!(change(json!({"topic": "not a name"})).await.status, 200);
    emulator.advance(Duration::from_secs(600));
    assert_eq!(change(json!({"name": "three"})).await.status, 200);
    emulator.close().await;
}

#[tokio::test]
async fn every_answer_with_the_bots_token_tells_of_a_bucket() {
    let emulator = limited(LimitTable::REALISTIC).await;
    let rest = Rest::new(&emulator);
    let lounge = format!("/channels/{}", emulator.channel("lounge").id());
    let (general, mut buckets) = (in_general(&emulator, ""), Vec::new());
    for (path, remaining) in [
        ("/users/@me", "49"),
        (&general, "49"),
        (&lounge, "49"),
        (&general, "48"),
    ] {
        let answered = rest.get(path).await;
        let [limit, left, _, after, bucket, _] = limit_headers(&answered);
        assert_eq!((limit, left, after), ("50", remaining, "1.000"), "{path}");
        buckets.push(bucket.to_owned());
    }
    assert_ne!(buckets[0], buckets[1]);
    assert_eq!(
        buckets[1], buckets[2],
        "a bucket's name tells nothing of the channel"
    );
    emulator.close().await;
}
