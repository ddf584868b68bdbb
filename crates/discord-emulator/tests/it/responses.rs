//! Which first response fits which interaction, and what `with_response` shows of it.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use discord_emulator::{Harness, Speed};
use serde_json::{Value, json};

use crate::bot::{Gateway, Rest, SOON, emulator, ready_bot};

/// What brings an interaction about.
#[derive(Clone, Copy, Debug, PartialEq)]
enum From {
    Command,
    Button,
    Typing,
    Form,
    FormOfButton,
}

struct World {
    emulator: Harness,
    rest: Rest,
    gateway: Gateway,
}

async fn world() -> World {
    let emulator = emulator().await;
    emulator.run_time(Speed::FROZEN);
    let (rest, gateway) = ready_bot(&emulator).await;
    let option = json!({"type": 3, "name": "question", "description": "d", "autocomplete": true});
    let commands = json!([{"name": "ask", "description": "Ask", "options": [option]}]);
    let path = format!("/applications/{}/commands", rest.application);
    assert_eq!(rest.call("PUT", &path, &commands).await.status, 200);
    World {
        emulator,
        rest,
        gateway,
    }
}

fn form() -> Value {
    let input = json!({"type": 4, "custom_id": "i", "label": "l", "style": 1, "required": false});
    json!({"title": "t", "custom_id": "f", "components": [{"type": 1, "components": [input]}]})
}

fn body(kind: u64) -> Value {
    let row = json!({"type": 1, "components": [{"type": 2, "style": 1, "label": "More", "custom_id": "more"}]});
    match kind {
        4 | 7 => json!({"type": kind, "data": {"content": "x", "components": [row]}}),
        8 => json!({"type": 8, "data": {"choices": []}}),
        9 => json!({"type": 9, "data": form()}),
        _ => json!({"type": kind}),
    }
}

impl World {
    /// A new interaction that is not answered yet.
    async fn interaction(&mut self, from: From) -> Value {
        let (alice, general) = (
            self.emulator.person("alice"),
            self.emulator.channel("general"),
        );
        match from {
            From::Command => {
                alice.uses(&general, "ask", &[]).await.unwrap();
            }
            From::Typing => {
                alice
                    .completes(&general, "ask", &[], "question")
                    .await
                    .unwrap();
            }
            From::Button => {
                let path = format!("/channels/{}/messages", general.id());
                let posted = self.rest.call("POST", &path, &body(4)["data"]).await;
                let message = general.message(posted.id().parse().unwrap()).unwrap();
                alice.presses(&message, "More").await.unwrap();
            }
            From::Form | From::FormOfButton => {
                let opener = if from == From::Form {
                    From::Command
                } else {
                    From::Button
                };
                let event = Box::pin(self.interaction(opener)).await;
                assert_eq!(self.rest.responds(&event, &body(9)).await.status, 204);
                alice.fills(&alice.modal().unwrap(), &[]).await.unwrap();
            }
        }
        self.gateway.event("INTERACTION_CREATE").await
    }
}

#[tokio::test]
async fn each_kind_of_interaction_takes_its_own_responses_and_no_others() {
    let mut world = world().await;
    let table: [(From, &[u64]); 5] = [
        (From::Command, &[4, 5, 9]),
        (From::Button, &[4, 5, 6, 7, 9]),
        (From::Typing, &[8]),
        (From::Form, &[4, 5]),
        (From::FormOfButton, &[4, 5, 6, 7]),
    ];
    for (from, fitting) in table {
        for kind in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13] {
            let event = world.interaction(from).await;
            let answered = world.rest.responds(&event, &body(kind)).await;
            if fitting.contains(&kind) {
                assert_eq!(answered.status, 204, "{kind} to {from:?}: {answered:?}");
            } else {
                assert_eq!(answered.code(), (400, 50035), "{kind} to {from:?}");
                assert!(answered.body["errors"]["type"].is_object());
            }
        }
    }
    world.emulator.close().await;
}

#[tokio::test]
async fn a_response_that_is_refused_leaves_the_interaction_open() {
    let mut world = world().await;
    let event = world.interaction(From::Command).await;
    let long = json!({"type": 4, "data": {"content": "x".repeat(2001)}});
    let refused = world.rest.responds(&event, &long).await;
    assert!(refused.body["errors"]["data"]["content"].is_object());
    assert_eq!(
        world.rest.responds(&event, &json!({})).await.code(),
        (400, 50035)
    );
    assert_eq!(world.rest.responds(&event, &body(4)).await.status, 204);
    world.emulator.close().await;
}

#[tokio::test]
async fn a_second_first_response_is_refused_whatever_the_first_was() {
    let mut world = world().await;
    for (from, first, second) in [
        (From::Command, 4, 5),
        (From::Command, 5, 4),
        (From::Command, 9, 4),
        (From::Button, 6, 7),
        (From::Typing, 8, 8),
    ] {
        let event = world.interaction(from).await;
        assert_eq!(world.rest.responds(&event, &body(first)).await.status, 204);
        let refused = world.rest.responds(&event, &body(second)).await;
        assert_eq!(refused.code(), (400, 40060), "{second} after {first}");
    }
    world.emulator.close().await;
}

#[tokio::test]
async fn with_response_shows_what_each_response_made() {
    let mut world = world().await;
    for (from, kind, value) in [
        (From::Command, 4, "1"),
        (From::Command, 5, "true"),
        (From::Command, 9, "True"),
        (From::Button, 6, "1"),
        (From::Button, 7, "true"),
        (From::Typing, 8, "True"),
    ] {
        let event = world.interaction(from).await;
        let path = format!(
            "/interactions/{}/{}/callback?with_response={value}",
            event["id"].as_str().unwrap(),
            event["token"].as_str().unwrap()
        );
        let made = world.rest.call("POST", &path, &body(kind)).await;
        assert_eq!(
            (made.status, &made.body["interaction"]["type"]),
            (200, &event["type"])
        );
        let has_message = made.body["resource"]["message"].is_object();
        assert_eq!(has_message, matches!(kind, 4 | 7), "{kind}");
        let loading = made.body["interaction"]["response_message_loading"] == true;
        assert_eq!(loading, kind == 5);
    }
    world.emulator.close().await;
}

#[tokio::test]
async fn a_wrong_token_or_id_is_an_unknown_interaction() {
    let mut world = world().await;
    let event = world.interaction(From::Command).await;
    let (id, token) = (
        event["id"].as_str().unwrap(),
        event["token"].as_str().unwrap(),
    );
    for path in [
        format!("/interactions/{id}/other/callback"),
        format!("/interactions/1/{token}/callback"),
        format!("/interactions/x/{token}/callback"),
    ] {
        let refused = world.rest.call("POST", &path, &body(4)).await;
        assert_eq!(refused.code(), (404, 10062), "{path}");
    }
    let unknown = format!("/webhooks/{}/other", world.rest.application);
    let refused = world
        .rest
        .call("POST", &unknown, &json!({"content": "x"}))
        .await;
    assert_eq!(refused.code(), (401, 50027));
    world.emulator.close().await;
}

#[tokio::test]
async fn the_reply_of_a_form_opened_by_a_button_can_be_the_buttons_message() {
    let mut world = world().await;
    let event = world.interaction(From::FormOfButton).await;
    assert_eq!(event["message"]["content"], "x");
    let update = json!({"type": 7, "data": {"content": "filled in"}});
    assert_eq!(world.rest.responds(&event, &update).await.status, 204);
    let original = world.rest.webhook(&event, "/messages/@original");
    let original = world.rest.get(&original).await;
    assert_eq!(
        (&original.body["id"], &original.body["content"]),
        (&event["message"]["id"], &json!("filled in"))
    );
    world.emulator.close().await;
}

#[tokio::test]
async fn follow_ups_come_after_every_kind_of_response() {
    let mut world = world().await;
    for (from, kind) in [
        (From::Command, 4),
        (From::Command, 9),
        (From::Button, 6),
        (From::Button, 7),
    ] {
        let event = world.interaction(from).await;
        assert_eq!(world.rest.responds(&event, &body(kind)).await.status, 204);
        let before = world
            .rest
            .get(&world.rest.webhook(&event, "/messages/@original"))
            .await;
        let path = world.rest.webhook(&event, "");
        let more = world
            .rest
            .call("POST", &path, &json!({"content": "more", "flags": 64}))
            .await;
        assert_eq!((more.status, &more.body["flags"]), (200, &json!(64)));
        assert_ne!(more.body["id"], before.body["id"], "{kind}");
        assert_eq!(before.status == 404, kind == 9, "{kind}");
    }
    let alice = world.emulator.person("alice");
    let used = alice
        .uses(&world.emulator.channel("general"), "ask", &[])
        .await
        .unwrap();
    let event = world.gateway.event("INTERACTION_CREATE").await;
    world.rest.responds(&event, &body(4)).await;
    world
        .rest
        .call(
            "POST",
            &world.rest.webhook(&event, ""),
            &json!({"content": "more"}),
        )
        .await;
    assert_eq!(used.follow_ups()[0]["content"], "more");
    used.until(SOON, |reply| reply["content"] == "x")
        .await
        .unwrap();
    world.emulator.close().await;
}

#[tokio::test]
async fn whether_a_deferred_reply_is_ephemeral_is_settled_by_the_deferral() {
    let mut world = world().await;
    for (deferred, followed, flags) in [(64, 0, 64), (0, 64, 0)] {
        let event = world.interaction(From::Command).await;
        let defer = json!({"type": 5, "data": {"flags": deferred}});
        assert_eq!(world.rest.responds(&event, &defer).await.status, 204);
        let path = world.rest.webhook(&event, "");
        let body = json!({"content": "done", "flags": followed});
        let filled = world.rest.call("POST", &path, &body).await;
        assert_eq!(filled.status, 200, "{filled:?}");
        let original = world
            .rest
            .get(&world.rest.webhook(&event, "/messages/@original"))
            .await;
        assert_eq!(
            (&filled.body["id"], &original.body["flags"]),
            (&original.body["id"], &json!(flags))
        );
        // An edit sends the bits that are set already.
        let body = json!({"content": "more", "flags": flags});
        let edited = world.rest.edits(&event, &body).await;
        assert_eq!(edited.body["flags"], flags);
    }
    world.emulator.close().await;
}

#[tokio::test]
async fn a_deferral_takes_the_flag_ephemeral_and_no_other() {
    let mut world = world().await;
    for bit in [2, 12, 15] {
        let event = world.interaction(From::Command).await;
        let refused = world
            .rest
            .responds(&event, &json!({"type": 5, "data": {"flags": 1 << bit}}))
            .await;
        assert!(refused.body["errors"]["data"]["flags"].is_object(), "{bit}");
    }
    world.emulator.close().await;
}

#[tokio::test]
async fn each_request_takes_its_own_flags() {
    let mut world = world().await;
    let (hidden, quiet, secret, other) = (1 << 2, 1 << 12, 1 << 6, 1 << 4);
    let general = world.emulator.channel("general").id();
    let post = format!("/channels/{general}/messages");
    for (flags, in_channel, in_response) in [
        (hidden, true, true),
        (quiet, true, true),
        (secret, false, true),
        (other, false, false),
    ] {
        let body = json!({"content": "x", "flags": flags});
        let posted = world.rest.call("POST", &post, &body).await.status;
        assert_eq!(posted == 200, in_channel, "{flags}");
        let event = world.interaction(From::Command).await;
        let answered = world
            .rest
            .responds(&event, &json!({"type": 4, "data": body}))
            .await
            .status;
        assert_eq!(answered == 204, in_response, "{flags}");
        if in_response {
            let more = world
                .rest
                .call("POST", &world.rest.webhook(&event, ""), &body)
                .await;
            assert_eq!((more.status, &more.body["flags"]), (200, &json!(flags)));
        }
    }
    world.emulator.close().await;
}
