//! The gateway's manners: order of events, close codes, resume, limits, cuts.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::time::Duration;

use discord_emulator::{
    Emulator, GatewayCut, GatewayFaults, GatewaySettings, LimitTable, PayloadCompression,
    PrivilegedIntents, Rate, RateLimits, Settings, Speed,
};
use serde_json::{Value, json};

use crate::bot::{Gateway, Heard, emulator, identify, ready_bot};

const GUILDS: u64 = 1;
const GUILD_MEMBERS: u64 = 1 << 1;

async fn emulator_with(settings: Settings) -> Emulator {
    Emulator::start(settings).await.unwrap()
}

/// What a session hears that was told to identify anew.
fn is_invalid(payload: &Value) -> bool {
    payload["op"] == 9 && payload["d"] == false
}

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
    let fine = identify(&token, 0).to_string();
    let resume = json!({"op": 6, "d": {"token": "wrong", "session_id": "s", "seq": 1}}).to_string();
    let presence = json!({"op": 3, "d": {}}).to_string();
    let beat = json!({"op": 1, "d": null}).to_string();
    for (frames, code) in [
        (vec![identify("wrong", 0).to_string()], 4004),
        (vec![resume], 4004),
        (vec![presence], 4003),
        (vec![fine.clone(), fine.clone()], 4005),
        (vec![fine, json!({"op": 77}).to_string()], 4001),
        (vec!["{".to_owned()], 4002),
        (vec![" ".repeat(5000)], 4002),
        (vec![json!({"op": 77}).to_string()], 4003),
        (vec![" ".repeat(100_000)], 4002),
        (vec![identify(&token, 1 << 30).to_string()], 4013),
        (vec![identify(&token, 1 << 15).to_string()], 4014),
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
    gone.send(&identify(&emulator.bot_token(), 0)).await;
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
    gateway.send(&identify(&emulator.bot_token(), 0)).await;
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
    gateway.send(&identify(&emulator.bot_token(), GUILDS)).await;
    assert_eq!(read(&gateway.raw().await)["t"], "READY");
    assert_eq!(read(&gateway.raw().await)["t"], "GUILD_CREATE");
    emulator.close().await;
}

#[tokio::test]
async fn one_identify_in_five_seconds_unless_more_are_allowed() {
    for (concurrency, shards) in [(1, [(0, true), (1, false)]), (2, [(0, true), (1, true)])] {
        let table = LimitTable {
            identify: Some(Rate {
                limit: concurrency,
                per: Duration::from_secs(5),
            }),
            ..LimitTable::REALISTIC
        };
        let settings = Settings {
            rate_limits: RateLimits::Table(table),
            ..Settings::default()
        };
        let emulator = emulator_with(settings).await;
        emulator.run_time(Speed::FROZEN);
        for (shard, opens) in shards {
            let mut gateway = Gateway::connect(&emulator).await;
            let mut identify = identify(&emulator.bot_token(), 0);
            identify["d"]["shard"] = json!([shard, 2]);
            gateway.send(&identify).await;
            let heard = gateway.payload().await;
            assert_eq!((heard["t"] == "READY", is_invalid(&heard)), (opens, !opens));
            if !opens {
                emulator.advance(Duration::from_secs(5));
                gateway.send(&identify).await;
                gateway.event("READY").await;
            }
        }
        emulator.close().await;
    }
}

#[tokio::test]
async fn too_many_identifies_a_day_void_the_token() {
    let table = LimitTable {
        identifies: Some(Rate {
            limit: 2,
            per: Duration::from_secs(86_400),
        }),
        ..LimitTable::CALM
    };
    let settings = Settings {
        rate_limits: RateLimits::Table(table),
        ..Settings::default()
    };
    let emulator = emulator_with(settings).await;
    let rest = crate::bot::Rest::new(&emulator);
    let (mut first, _) = Gateway::identified(&emulator, 0).await;
    let start = &rest.get("/gateway/bot").await.body["session_start_limit"];
    assert_eq!(
        (&start["total"], &start["remaining"]),
        (&json!(2), &json!(1))
    );
    let (_second, _) = Gateway::identified(&emulator, 0).await;
    let identify = identify(&emulator.bot_token(), 0).to_string();
    assert_eq!(
        closed_after(&emulator, std::slice::from_ref(&identify)).await,
        Heard::Closed(4004)
    );
    assert_eq!(
        first.hear().await,
        Heard::Closed(4004),
        "every session ends"
    );
    assert_eq!(rest.get("/users/@me").await.code(), (401, 0));
    emulator.advance(Duration::from_secs(86_400));
    assert_eq!(rest.get("/users/@me").await.status, 200);
    Gateway::identified(&emulator, 0).await;
    emulator.close().await;
}

#[tokio::test]
async fn a_shard_with_too_many_guilds_must_be_divided() {
    for (most_guilds, refused) in [(2, false), (1, true)] {
        let settings = Settings {
            more_guilds: 1,
            gateway: GatewaySettings {
                most_guilds,
                ..GatewaySettings::default()
            },
            ..Settings::default()
        };
        let emulator = emulator_with(settings).await;
        let mut gateway = Gateway::connect(&emulator).await;
        gateway.send(&identify(&emulator.bot_token(), GUILDS)).await;
        match gateway.hear().await {
            Heard::Payload(ready) if !refused => {
                assert_eq!(ready["d"]["guilds"].as_array().unwrap().len(), 2);
                for name in ["Footnote demo", "Guild 2"] {
                    assert_eq!(gateway.event("GUILD_CREATE").await["name"], name);
                }
            }
            heard => assert_eq!(heard, Heard::Closed(4011)),
        }
        emulator.close().await;
    }
}

#[tokio::test]
async fn a_silent_bot_is_cut_off_and_may_come_back() {
    let settings = Settings {
        gateway: GatewaySettings {
            heartbeat: Duration::from_millis(1),
            ..GatewaySettings::default()
        },
        ..Settings::default()
    };
    let emulator = emulator_with(settings).await;
    let mut gateway = Gateway::dial(&format!("{}?v=10", emulator.gateway_url())).await;
    assert_eq!(gateway.payload().await["d"]["heartbeat_interval"], 1);
    gateway.send(&identify(&emulator.bot_token(), 0)).await;
    let ready = gateway.event("READY").await;
    assert_eq!(gateway.hear().await, Heard::Closed(4000));
    emulator.set_gateway(GatewaySettings::default());
    let mut again = resumed(&emulator, &ready, 1).await;
    again.event("RESUMED").await;
    emulator.close().await;
}

#[tokio::test]
async fn a_session_ends_with_its_life_or_with_a_goodbye() {
    let emulator = emulator().await;
    let (gateway, ready) = Gateway::identified(&emulator, 0).await;
    gateway.leaves(1000).await;
    assert!(is_invalid(
        &resumed(&emulator, &ready, 1).await.payload().await
    ));
    let (gateway, ready) = Gateway::identified(&emulator, 0).await;
    gateway.leaves(4000).await;
    assert_eq!(
        resumed(&emulator, &ready, 1).await.payload().await["t"],
        "RESUMED"
    );
    emulator.set_gateway(GatewaySettings {
        session_life: Duration::ZERO,
        ..GatewaySettings::default()
    });
    let (gateway, ready) = Gateway::identified(&emulator, 0).await;
    gateway.leaves(4000).await;
    assert!(is_invalid(
        &resumed(&emulator, &ready, 1).await.payload().await
    ));
    emulator.close().await;
}

#[tokio::test]
async fn several_sessions_of_one_shard_all_hear_everything() {
    let emulator = emulator().await;
    let (mut one, _) = Gateway::identified(&emulator, GUILDS).await;
    let (mut other, _) = Gateway::identified(&emulator, GUILDS).await;
    assert_eq!(emulator.sessions().len(), 2);
    emulator.channel("lounge");
    for gateway in [&mut one, &mut other] {
        assert_eq!(gateway.event("CHANNEL_CREATE").await["name"], "lounge");
    }
    emulator.close().await;
}

fn asks_for_members(guild: &Value) -> Value {
    json!({"op": 8, "d": {"guild_id": guild, "query": "", "limit": 0, "nonce": "n"}})
}

#[tokio::test]
async fn members_come_in_chunks_and_not_twice_in_thirty_seconds() {
    let settings = Settings {
        privileged_intents: PrivilegedIntents {
            members: true,
            ..PrivilegedIntents::default()
        },
        rate_limits: RateLimits::Realistic,
        ..Settings::default()
    };
    let emulator = emulator_with(settings).await;
    emulator.run_time(Speed::FROZEN);
    let (mut gateway, ready) = Gateway::identified(&emulator, GUILD_MEMBERS).await;
    let request = asks_for_members(&ready["guilds"][0]["id"]);
    gateway.send(&request).await;
    let chunk = gateway.event("GUILD_MEMBERS_CHUNK").await;
    assert_eq!(
        (chunk["members"].as_array().unwrap().len(), &chunk["nonce"]),
        (2, &json!("n"))
    );
    gateway.send(&request).await;
    let limited = gateway.event("RATE_LIMITED").await;
    assert_eq!(
        limited,
        json!({"opcode": 8, "retry_after": 30.0, "meta": {"guild_id": ready["guilds"][0]["id"], "nonce": "n"}})
    );
    emulator.advance(Duration::from_secs(30));
    gateway.send(&request).await;
    gateway.event("GUILD_MEMBERS_CHUNK").await;
    emulator.close().await;
}

#[tokio::test]
async fn payloads_are_compressed_for_a_bot_that_asks_for_it() {
    let settings = Settings {
        gateway: GatewaySettings {
            payload_compression: PayloadCompression::Always,
            ..GatewaySettings::default()
        },
        ..Settings::default()
    };
    let emulator = emulator_with(settings).await;
    let mut gateway = Gateway::connect(&emulator).await;
    gateway.send(&identify(&emulator.bot_token(), 0)).await;
    let frame = gateway.raw().await;
    let mut text = Vec::with_capacity(100_000);
    flate2::Decompress::new(true)
        .decompress_vec(&frame, &mut text, flate2::FlushDecompress::Finish)
        .unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&text).unwrap()["t"],
        "READY"
    );
    emulator.close().await;
}

#[tokio::test]
async fn a_connection_can_end_without_a_code_or_without_a_word() {
    let emulator = emulator().await;
    for (cut, heard) in [
        (GatewayCut::CloseWithoutCode, Heard::Closed(1005)),
        (GatewayCut::Fin, Heard::Broken),
    ] {
        let (mut gateway, ready) = Gateway::identified(&emulator, 0).await;
        emulator.drop_gateway(cut);
        assert_eq!(gateway.hear().await, heard);
        assert_eq!(
            resumed(&emulator, &ready, 1).await.payload().await["t"],
            "RESUMED"
        );
    }
    emulator.close().await;
}

#[tokio::test]
async fn every_close_code_can_be_ordered_and_keeps_the_session_or_not() {
    let emulator = emulator().await;
    let resumable = [4000, 4001, 4002, 4003, 4005, 4008];
    let final_ones = [4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014];
    for (code, keeps) in resumable
        .map(|code| (code, true))
        .into_iter()
        .chain(final_ones.map(|code| (code, false)))
    {
        let (mut gateway, ready) = Gateway::identified(&emulator, 0).await;
        emulator.drop_gateway(GatewayCut::Close(code));
        assert_eq!(gateway.hear().await, Heard::Closed(code));
        drop(gateway);
        let heard = resumed(&emulator, &ready, 1).await.payload().await;
        assert_eq!(
            (heard["t"] == "RESUMED", is_invalid(&heard)),
            (keeps, !keeps),
            "{code}"
        );
    }
    emulator.close().await;
}

#[tokio::test]
async fn the_gateway_can_misbehave_in_its_protocol() {
    let emulator = emulator().await;
    let (mut gateway, ready) = Gateway::identified(&emulator, 0).await;
    emulator.demand_heartbeat();
    assert_eq!(gateway.payload().await["op"], 1);
    emulator.send_raw(r#"{"op":42,"d":"?"}"#);
    assert_eq!(gateway.payload().await["op"], 42);
    emulator.gateway_faults(GatewayFaults {
        without_acks: true,
        refuse_resumes: true,
        ..GatewayFaults::default()
    });
    gateway.send(&json!({"op": 1, "d": 1})).await;
    emulator.demand_heartbeat();
    assert_eq!(
        gateway.payload().await["op"],
        1,
        "no acknowledgement comes before it"
    );
    gateway.drops();
    assert!(is_invalid(
        &resumed(&emulator, &ready, 1).await.payload().await
    ));
    emulator.gateway_faults(GatewayFaults::default());
    let mut again = resumed(&emulator, &ready, 1).await;
    again.event("RESUMED").await;
    emulator.corrupt_next_payload();
    again.send(&json!({"op": 1, "d": 1})).await;
    assert!(serde_json::from_slice::<Value>(&again.raw().await).is_err());
    again.send(&json!({"op": 1, "d": 1})).await;
    assert_eq!(
        again.payload().await["op"],
        11,
        "only one payload is broken"
    );
    emulator.close().await;
}

#[tokio::test]
async fn ready_can_be_slow_by_the_emulators_clock() {
    let emulator = emulator().await;
    emulator.run_time(Speed::FROZEN);
    emulator.gateway_faults(GatewayFaults {
        slow_ready: Duration::from_secs(60),
        ..GatewayFaults::default()
    });
    let mut gateway = Gateway::connect(&emulator).await;
    gateway.send(&identify(&emulator.bot_token(), 0)).await;
    // Another connection comes and goes meanwhile, so the server had its turn.
    Gateway::connect(&emulator).await.leaves(1000).await;
    assert_eq!(emulator.sessions(), []);
    emulator.run_time(Speed::times(1_000.0).unwrap());
    gateway.event("READY").await;
    emulator.close().await;
}

#[tokio::test]
async fn the_gateway_can_be_down_for_a_while() {
    let emulator = emulator().await;
    emulator.run_time(Speed::FROZEN);
    emulator.gateway_is_down(Duration::from_secs(8));
    assert!(
        tokio_tungstenite::connect_async(emulator.gateway_url())
            .await
            .is_err()
    );
    emulator.advance(Duration::from_secs(8));
    Gateway::identified(&emulator, 0).await;
    emulator.close().await;
}

#[tokio::test]
async fn a_stalled_socket_delivers_when_it_goes_on() {
    let emulator = emulator().await;
    let (_rest, mut gateway) = ready_bot(&emulator).await;
    emulator.run_time(Speed::FROZEN);
    emulator.stall_gateway(Duration::from_secs(1));
    let asked = emulator
        .person("you")
        .uses(&emulator.channel("general"), "ask", &[("question", "?")])
        .await
        .unwrap();
    gateway.send(&json!({"op": 1, "d": null})).await;
    assert_eq!(asked.timeline().received, None);
    emulator.advance(Duration::from_secs(1));
    gateway.event("INTERACTION_CREATE").await;
    assert_eq!(asked.timeline().received, Some(Duration::from_secs(1)));
    emulator.close().await;
}
