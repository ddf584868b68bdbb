//! The gateway's manners: order of events, close codes, resume, cuts.

use discord_emulator::{Emulator, GatewayCut};
use serde_json::{Value, json};

use crate::bot::{Gateway, Heard, emulator, identify, ready_bot};

const GUILDS: u64 = 1;

#[tokio::test]
async fn guilds_are_unavailable_first_and_come_as_events() {
    let emulator = emulator().await;
    let (mut gateway, ready) = Gateway::identified(&emulator, GUILDS).await;
    assert_eq!(ready["resume_gateway_url"], emulator.gateway_url());
    let guild = gateway.event("GUILD_CREATE").await;
    assert_eq!(guild["id"], ready["guilds"][0]["id"]);
    assert_eq!(guild["channels"][0]["name"], "general");
    assert_eq!(gateway.last_seq, 2);
    emulator.channel("lounge");
    assert_eq!(gateway.event("CHANNEL_CREATE").await["name"], "lounge");
    emulator.close().await;
    assert_eq!(gateway.hear().await, Heard::Closed(1001));
}

#[tokio::test]
async fn a_heartbeat_is_answered_even_before_identify() {
    let emulator = emulator().await;
    let mut gateway = Gateway::connect(&emulator).await;
    gateway.send(&json!({"op": 1, "d": null})).await;
    assert_eq!(gateway.payload().await["op"], 11);
    emulator.close().await;
}

/// The code a connection is closed with after these frames.
async fn closed_after(emulator: &Emulator, frames: &[String]) -> Heard {
    let mut gateway = Gateway::connect(emulator).await;
    for frame in frames {
        gateway.send_text(frame.clone()).await;
    }
    loop {
        match gateway.hear().await {
            Heard::Payload(_) => {}
            end => return end,
        }
    }
}

#[tokio::test]
async fn mistakes_have_their_close_codes() {
    let emulator = emulator().await;
    let token = emulator.bot_token();
    let fine = identify(token, 0).to_string();
    let resume = json!({"op": 6, "d": {"token": "wrong", "session_id": "s", "seq": 1}}).to_string();
    let presence = json!({"op": 3, "d": {}}).to_string();
    let beat = json!({"op": 1, "d": null}).to_string();
    for (frames, code) in [
        (vec![identify("wrong", 0).to_string()], 4004),
        (vec![resume], 4004),
        (vec![presence], 4003),
        (vec![fine.clone(), fine], 4005),
        (vec!["{".to_owned()], 4002),
        (vec![" ".repeat(5000)], 4002),
        (vec![json!({"op": 77}).to_string()], 4001),
        (vec![identify(token, 1 << 30).to_string()], 4013),
        (vec![identify(token, 1 << 15).to_string()], 4014),
        (vec![beat; 121], 4008),
    ] {
        assert_eq!(closed_after(&emulator, &frames).await, Heard::Closed(code));
    }
    let mut old = Gateway::dial(&format!("{}?v=6", emulator.gateway_url())).await;
    assert_eq!(old.hear().await, Heard::Closed(4012));
    emulator.close().await;
}

async fn resumed(emulator: &Emulator, ready: &Value, seq: u64) -> Gateway {
    let mut gateway = Gateway::connect(emulator).await;
    gateway.send(&json!({"op": 6, "d": {"token": emulator.bot_token(), "session_id": ready["session_id"], "seq": seq}})).await;
    gateway
}

#[tokio::test]
async fn what_was_missed_is_replayed_on_resume() {
    let emulator = emulator().await;
    let rest = crate::bot::Rest::new(&emulator);
    rest.registers_ask().await;
    let (gateway, ready) = Gateway::identified(&emulator, 0).await;
    let seq = gateway.last_seq;
    gateway.drops();
    let (you, general) = (emulator.person("you"), emulator.channel("general"));
    for question in ["one", "two"] {
        you.uses(&general, "ask", &[("question", question)])
            .await
            .unwrap();
    }
    let mut again = resumed(&emulator, &ready, seq).await;
    for question in ["one", "two"] {
        let interaction = again.event("INTERACTION_CREATE").await;
        assert_eq!(interaction["data"]["options"][0]["value"], question);
        rest.defers(&interaction).await;
    }
    again.event("RESUMED").await;
    assert_eq!(emulator.report().unanswered, []);
    emulator.close().await;
}

#[tokio::test]
async fn a_session_that_is_gone_must_identify_anew() {
    let emulator = emulator().await;
    let (_gateway, ready) = Gateway::identified(&emulator, 0).await;
    let mut ahead = resumed(&emulator, &ready, 99).await;
    assert_eq!(ahead.hear().await, Heard::Closed(4007));
    let mut gone = resumed(&emulator, &ready, 1).await;
    let refused = gone.payload().await;
    assert_eq!((&refused["op"], &refused["d"]), (&json!(9), &json!(false)));
    gone.send(&identify(emulator.bot_token(), 0)).await;
    gone.event("READY").await;
    emulator.close().await;
}

#[tokio::test]
async fn connections_can_be_cut_in_every_way() {
    let emulator = emulator().await;
    let (mut gateway, _) = Gateway::identified(&emulator, 0).await;
    emulator.drop_gateway(GatewayCut::Reconnect);
    assert_eq!(gateway.payload().await["op"], 7);
    emulator.drop_gateway(GatewayCut::Close(4000));
    assert_eq!(gateway.hear().await, Heard::Closed(4000));
    let (mut gateway, _) = Gateway::identified(&emulator, 0).await;
    emulator.drop_gateway(GatewayCut::InvalidSession(false));
    assert_eq!(gateway.payload().await["d"], false);
    gateway.send(&identify(emulator.bot_token(), 0)).await;
    gateway.event("READY").await;
    emulator.drop_gateway(GatewayCut::Reset);
    assert_eq!(gateway.hear().await, Heard::Broken);
    emulator.close().await;
}

#[tokio::test]
async fn the_last_event_can_come_twice() {
    let emulator = emulator().await;
    let (_rest, mut gateway) = ready_bot(&emulator).await;
    emulator
        .person("you")
        .uses(&emulator.channel("general"), "ask", &[("question", "?")])
        .await
        .unwrap();
    let first = gateway.event("INTERACTION_CREATE").await;
    emulator.repeat_last_dispatch();
    assert_eq!(gateway.event("INTERACTION_CREATE").await, first);
    emulator.close().await;
}

#[tokio::test]
async fn a_compressed_stream_holds_the_same_events() {
    let emulator = emulator().await;
    let mut gateway = Gateway::dial(&format!(
        "{}?v=10&encoding=json&compress=zlib-stream",
        emulator.gateway_url()
    ))
    .await;
    let mut stream = flate2::Decompress::new(true);
    let mut read = |frame: &[u8]| {
        let mut text = Vec::with_capacity(100_000);
        stream
            .decompress_vec(frame, &mut text, flate2::FlushDecompress::Sync)
            .unwrap();
        serde_json::from_slice::<Value>(&text).unwrap()
    };
    assert_eq!(read(&gateway.raw().await)["op"], 10);
    gateway.send(&identify(emulator.bot_token(), GUILDS)).await;
    assert_eq!(read(&gateway.raw().await)["t"], "READY");
    assert_eq!(read(&gateway.raw().await)["t"], "GUILD_CREATE");
    emulator.close().await;
}
