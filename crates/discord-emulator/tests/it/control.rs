//! Control over HTTP, as a test in any language uses it.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use discord_emulator::{Emulator, Harness};
use serde_json::{Value, json};

use crate::bot::{Gateway, Heard, Rest, SOON, emulator, identify, ready_bot};

/// Whoever steers the emulator.
pub(crate) struct Control {
    http: reqwest::Client,
    base: String,
}

impl Control {
    pub(crate) fn new(emulator: &Emulator) -> Self {
        Self {
            http: reqwest::Client::builder()
                .no_proxy()
                .timeout(SOON)
                .build()
                .unwrap(),
            base: format!("{}_emu", emulator.page_url()),
        }
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method.parse().unwrap(), format!("{}{path}", self.base))
    }

    async fn send(request: reqwest::RequestBuilder) -> (u16, Value) {
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) = Self::send(self.request("GET", path)).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = Self::send(self.request("POST", path).json(body)).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// The status and the sentence of a call that is refused.
    pub(crate) async fn refused(&self, method: &str, path: &str, body: &Value) -> (u16, String) {
        let (status, answer) = Self::send(self.request(method, path).json(body)).await;
        (
            status,
            answer["error"]
                .as_str()
                .unwrap_or_else(|| panic!("{path}: {answer}"))
                .to_owned(),
        )
    }

    async fn deletes(&self, path: &str) {
        assert_eq!(Self::send(self.request("DELETE", path)).await.0, 200);
    }
}

pub(crate) async fn steered() -> (Harness, Control) {
    let emulator = emulator().await;
    let control = Control::new(&emulator);
    (emulator, control)
}

#[tokio::test]
async fn every_call_is_listed_there_and_in_the_readme() {
    let (emulator, control) = steered().await;
    let readme = include_str!("../../README.md");
    let calls = control.get("").await;
    for call in calls.as_array().unwrap() {
        let (method, path) = (
            call["method"].as_str().unwrap(),
            call["path"].as_str().unwrap(),
        );
        assert!(
            readme.contains(&format!("| `{method} {path}` |")),
            "{method} {path} is not in the README"
        );
        let (status, answer) = Control::send(
            control
                .request(method, path.trim_start_matches("/_emu"))
                .body("["),
        )
        .await;
        assert_ne!(status, 405, "{method} {path}");
        let is_unknown = answer["error"]
            .as_str()
            .is_some_and(|why| why.contains("no such call"));
        assert!(!is_unknown, "{method} {path}");
    }
    emulator.close().await;
}

#[tokio::test]
async fn a_wrong_call_is_answered_with_a_sentence() {
    let (emulator, control) = steered().await;
    for (method, path, body, status, names) in [
        ("GET", "/nothing", json!({}), 404, "no such call"),
        ("DELETE", "/seed", json!({}), 405, "another method"),
        (
            "POST",
            "/message",
            json!({"person": "you"}),
            400,
            "missing field `channel`",
        ),
        (
            "POST",
            "/message",
            json!({"person": "nobody", "channel": "general", "text": "x"}),
            404,
            "nobody",
        ),
        (
            "POST",
            "/message",
            json!({"person": "you", "channel": "nowhere", "text": "x"}),
            404,
            "nowhere",
        ),
        (
            "POST",
            "/message",
            json!({"person": "you", "channel": "general", "text": ""}),
            422,
            "Discord refuses",
        ),
        (
            "POST",
            "/edit",
            json!({"person": "you", "channel": "general", "message": "7", "text": "x"}),
            404,
            "no message 7",
        ),
        (
            "POST",
            "/command",
            json!({"person": "you", "channel": "general", "command": "ask"}),
            422,
            "ask",
        ),
        ("POST", "/modal", json!({"person": "you"}), 404, "No form"),
        (
            "POST",
            "/faults",
            json!({"action": "explode"}),
            400,
            "explode",
        ),
        (
            "POST",
            "/faults",
            json!({"action": "hang", "chance": 2}),
            400,
            "chance",
        ),
        (
            "POST",
            "/faults",
            json!({"action": "hang", "tims": 2}),
            400,
            "`tims`",
        ),
        (
            "POST",
            "/faults",
            json!({"action": "hang", "path": "/channel/{id}"}),
            400,
            "did you mean `/channels/{channel}`?",
        ),
        (
            "POST",
            "/faults",
            json!({"action": "hang", "method": "PTACH"}),
            400,
            "did you mean `PATCH`?",
        ),
        (
            "POST",
            "/event-faults",
            json!({"action": "lose", "kind": "INTERACTION_CREATED"}),
            400,
            "did you mean `INTERACTION_CREATE`?",
        ),
        ("DELETE", "/faults/7", json!({}), 404, "no fault 7"),
        (
            "POST",
            "/event-faults",
            json!({"action": "lose", "chance": -1}),
            400,
            "chance",
        ),
        ("POST", "/limits", json!({"profile": "mild"}), 400, "mild"),
        ("POST", "/limits", json!({"typo": null}), 400, "typo"),
        ("POST", "/clock", json!({"speed": -1}), 400, "speed"),
        ("POST", "/clock", json!({"advance": -1}), 400, "-1"),
        (
            "POST",
            "/gateway",
            json!({"cut": {"close": 5000}}),
            400,
            "4999",
        ),
        (
            "POST",
            "/seed",
            json!({"people": [{"name": ""}]}),
            400,
            "1 to 100",
        ),
        (
            "POST",
            "/state",
            json!({"install": {"person": "you"}}),
            400,
            "missing field `installed`",
        ),
        (
            "POST",
            "/load",
            json!({"channel": "general", "people": 0, "uses": 1, "rate": 1, "mix": []}),
            400,
            "people",
        ),
    ] {
        let (got, sentence) = control.refused(method, path, &body).await;
        assert_eq!(got, status, "{path} {body}: {sentence}");
        assert!(!sentence.ends_with("?."), "{sentence}");
        assert!(sentence.contains(names), "{path} {body}: {sentence}");
    }
    emulator.close().await;
}

#[tokio::test]
async fn a_page_from_elsewhere_steers_nothing() {
    let (emulator, control) = steered().await;
    for (header, value) in [("origin", "http://example.org"), ("host", "example.org")] {
        let request = control.request("POST", "/reset").header(header, value);
        assert_eq!(Control::send(request).await.0, 403, "{header}");
    }
    emulator.close().await;
}

#[tokio::test]
async fn people_act_by_call_as_by_library() {
    let (emulator, control) = steered().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    let seeded = control
        .post("/seed", &json!({"roles": [{"name": "reader", "permissions": "0"}], "people": [{"name": "alice", "roles": ["reader"], "locale": "de"}],
            "channels": [{"name": "hidden", "overwrites": [{"person": "alice", "deny": "1024"}]}], "guilds": ["Other"], "locale": "ja"}))
        .await;
    assert_eq!(
        seeded["people"]["alice"],
        emulator.person("alice").id().to_string()
    );
    let said = control
        .post(
            "/message",
            &json!({"person": "alice", "channel": "general", "text": "hello"}),
        )
        .await;
    let message = said["message"].as_str().unwrap();
    control
        .post(
            "/edit",
            &json!({"person": "alice", "channel": "general", "message": message, "text": "hello!"}),
        )
        .await;
    control
        .post("/typing", &json!({"person": "alice", "channel": "general"}))
        .await;
    assert_eq!(
        control.get("/view?person=you&channel=general").await["messages"][0]["content"],
        "hello!"
    );
    for remove in [false, true] {
        control
            .post("/react", &json!({"person": "alice", "channel": "general", "message": message, "emoji": "👍", "remove": remove}))
            .await;
        let view = control.get("/view?person=you&channel=general").await;
        let reacted = view["messages"][0]["reactions"]
            .as_array()
            .is_some_and(|all| !all.is_empty());
        assert_eq!(reacted, !remove);
    }
    let hidden = json!({"person": "alice", "channel": "hidden", "text": "x"});
    assert_eq!(control.refused("POST", "/message", &hidden).await.0, 422);
    let seen = async |person: &str| {
        let view = control
            .get(&format!("/view?person={person}&channel=hidden"))
            .await;
        view["messages"].as_array().unwrap().len()
    };
    emulator
        .person("you")
        .says(&emulator.channel("hidden"), "psst")
        .unwrap();
    assert_eq!((seen("you").await, seen("alice").await), (1, 0));
    let thread = control
        .post(
            "/thread",
            &json!({"person": "alice", "channel": "general", "message": message, "name": "more"}),
        )
        .await;
    assert_eq!(
        thread["channel"], message,
        "a thread has the id of its message"
    );
    control
        .post(
            "/delete",
            &json!({"person": "alice", "channel": "general", "message": message}),
        )
        .await;

    let used = control.post("/command", &json!({"person": "alice", "channel": "general", "command": "ask", "options": {"question": "why"}})).await;
    let interaction = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(
        (&interaction["id"], &interaction["locale"]),
        (&used["interaction"], &json!("de"))
    );
    assert_eq!(interaction["guild_locale"], "ja");
    rest.defers(&interaction).await;
    rest.edits(&interaction, &json!({"content": "because"}))
        .await;
    let listed = control.get("/interactions").await;
    assert_eq!(
        (&listed[0]["state"], &listed[0]["reply"]["content"]),
        (&json!("answered"), &json!("because"))
    );
    assert!(listed[0]["timeline"]["acknowledged_ms"].is_number());
    assert_eq!(control.get("/report").await["unanswered"], json!([]));
    let log = control.get("/log").await.to_string();
    let token = interaction["token"].as_str().unwrap();
    assert!(
        log.contains("@original") && !log.contains(token) && !log.contains(&emulator.bot_token())
    );
    emulator.close().await;
}

#[tokio::test]
async fn components_forms_menus_and_choices_are_there_by_call() {
    let (emulator, control) = steered().await;
    let rest = Rest::new(&emulator);
    let (mut gateway, _) = Gateway::identified(&emulator, 0).await;
    let path = format!("/applications/{}/commands", rest.application);
    let commands = json!([
        {"name": "find", "description": "Find", "options": [{"type": 3, "name": "what", "description": "What", "autocomplete": true}]},
        {"name": "Quote", "type": 3}, {"name": "Greet", "type": 2}]);
    assert_eq!(rest.call("PUT", &path, &commands).await.status, 200);

    let completing = json!({"person": "you", "channel": "general", "command": "find", "options": {"what": "a"}, "focused": "what", "within": 20});
    let offers = async {
        let interaction = gateway.event("INTERACTION_CREATE").await;
        rest.responds(
            &interaction,
            &json!({"type": 8, "data": {"choices": [{"name": "apple", "value": "a1"}]}}),
        )
        .await
    };
    let (offered, answered) = tokio::join!(control.post("/autocomplete", &completing), offers);
    assert_eq!(
        (answered.status, &offered["choices"]),
        (204, &json!([{"name": "apple", "value": "a1"}]))
    );

    control
        .post(
            "/context",
            &json!({"person": "you", "channel": "general", "command": "Greet", "target": "you"}),
        )
        .await;
    let interaction = gateway.event("INTERACTION_CREATE").await;
    let button = json!({"type": 2, "style": 1, "label": "Open", "custom_id": "open"});
    let row = json!([{"type": 1, "components": [button]}]);
    rest.responds(
        &interaction,
        &json!({"type": 4, "data": {"content": "hi", "components": row}}),
    )
    .await;
    let message =
        control.get("/view?person=you&channel=general").await["messages"][0]["id"].clone();

    control
        .post(
            "/component",
            &json!({"person": "you", "channel": "general", "message": message, "button": "Open"}),
        )
        .await;
    let pressed = gateway.event("INTERACTION_CREATE").await;
    let field = json!({"type": 4, "custom_id": "name", "label": "Name", "style": 1});
    let form = json!({"type": 9, "data": {"title": "Who?", "custom_id": "who", "components": [{"type": 1, "components": [field]}]}});
    assert_eq!(rest.responds(&pressed, &form).await.status, 204);
    control
        .post(
            "/modal",
            &json!({"person": "you", "values": {"Name": "Ada"}}),
        )
        .await;
    let filled = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(
        filled["data"]["components"][0]["components"][0]["value"],
        "Ada"
    );
    rest.responds(&filled, &json!({"type": 4, "data": {"content": "welcome"}}))
        .await;

    control
        .post(
            "/context",
            &json!({"person": "you", "channel": "general", "command": "Quote", "message": message}),
        )
        .await;
    let quoted = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(quoted["data"]["target_id"], message);
    rest.responds(&quoted, &json!({"type": 4, "data": {"content": "quoted"}}))
        .await;
    emulator.close().await;
}

#[tokio::test]
async fn faults_limits_clock_and_gateway_are_steered_by_call() {
    let (emulator, control) = steered().await;
    let (mut gateway, _) = Gateway::identified(&emulator, 0).await;
    let rest = Rest::new(&emulator);
    let ordered = control.post("/faults", &json!({"path": "/users/@me", "times": 1, "action": {"text": {"status": 503, "body": "<html>"}}})).await;
    assert_eq!(
        rest.request("GET", "/users/@me")
            .send()
            .await
            .unwrap()
            .status(),
        503
    );
    let listed = control.get("/faults").await;
    assert_eq!(
        (&listed[0]["id"], &listed[0]["met"], &listed[0]["left"]),
        (&ordered["id"], &json!(1), &json!(0))
    );
    assert_eq!(control.get("/log").await[0]["fault"], ordered["id"]);
    control.deletes(&format!("/faults/{}", ordered["id"])).await;
    control.deletes("/faults").await;
    let lost = control
        .post(
            "/event-faults",
            &json!({"kind": "CHANNEL_CREATE", "action": "lose"}),
        )
        .await;
    control
        .deletes(&format!("/event-faults/{}", lost["id"]))
        .await;
    control.deletes("/event-faults").await;
    assert_eq!(control.get("/event-faults").await, json!([]));

    control.post("/clock", &json!({"speed": 0})).await;
    let before = control.get("/clock").await;
    assert_eq!(
        (&before["speed"], control.get("/clock").await),
        (&json!(0.0), before.clone())
    );
    assert_ne!(
        control.post("/clock", &json!({"advance": 3.5})).await["now"],
        before["now"]
    );

    control
        .post("/limits", &json!({"global": {"limit": 1, "seconds": 60}}))
        .await;
    assert_eq!(rest.get("/users/@me").await.status, 200);
    assert_eq!(rest.get("/users/@me").await.status, 429);
    assert_eq!(
        control.post("/limits", &json!({"profile": "calm"})).await["global"],
        Value::Null
    );

    let state = control.get("/gateway").await;
    assert_eq!(
        (
            &state["sessions"][0]["connected"],
            &state["settings"]["heartbeat"]
        ),
        (&json!(true), &json!(41.25))
    );
    control
        .post(
            "/gateway",
            &json!({"demand_heartbeat": true, "raw": "{\"op\":7}"}),
        )
        .await;
    assert_eq!(gateway.payload().await["op"], 1);
    assert_eq!(gateway.payload().await["op"], 7);
    control
        .post("/gateway", &json!({"cut": {"close": 4000}}))
        .await;
    assert_eq!(gateway.hear().await, Heard::Closed(4000));
    emulator.close().await;
}

#[tokio::test]
async fn one_session_is_cut_and_the_others_are_not() {
    let (emulator, control) = steered().await;
    let mut shards = Vec::new();
    for shard in [0, 1] {
        let mut gateway = Gateway::connect(&emulator).await;
        let mut identify = identify(&emulator.bot_token(), 0);
        identify["d"]["shard"] = json!([shard, 2]);
        gateway.send(&identify).await;
        let ready = gateway.event("READY").await;
        shards.push((gateway, ready["session_id"].clone()));
    }
    let state = control.get("/state").await;
    for (number, (_, id)) in shards.iter().enumerate() {
        let sessions = state["sessions"].as_array().unwrap();
        let listed = sessions.iter().find(|one| one["id"] == *id).unwrap();
        assert_eq!(listed["shard"], json!([number, 2]));
        assert_eq!(listed["intents"], 0);
        assert!(listed["since"].as_str().unwrap().ends_with("+00:00"));
    }
    let beat = json!({"shard": 1, "demand_heartbeat": true});
    control.post("/gateway", &beat).await;
    assert_eq!(shards[1].0.payload().await["op"], 1);
    let cut = json!({"session": shards[0].1, "cut": {"close": 4000}});
    control.post("/gateway", &cut).await;
    // The first thing it hears is the end: the heartbeat was demanded of the other.
    assert_eq!(shards[0].0.hear().await, Heard::Closed(4000));
    let reconnect = json!({"session": shards[1].1, "cut": "reconnect"});
    control.post("/gateway", &reconnect).await;
    assert_eq!(shards[1].0.payload().await["op"], 7);
    for (order, status, names) in [
        (
            json!({"session": "nobody", "cut": "fin"}),
            404,
            "no such session",
        ),
        (json!({"shard": 2, "cut": "fin"}), 404, "no such session"),
        (json!({"shard": 1, "down": 3}), 400, "`down`"),
        (cut, 422, "not connected"),
    ] {
        let (got, sentence) = control.refused("POST", "/gateway", &order).await;
        assert_eq!(got, status, "{order}");
        assert!(sentence.contains(names), "{sentence}");
    }
    emulator.close().await;
}

#[tokio::test]
async fn a_reset_leaves_nothing_but_the_beginning() {
    let (emulator, control) = steered().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    control
        .post(
            "/message",
            &json!({"person": "you", "channel": "general", "text": "hello"}),
        )
        .await;
    control
        .post("/faults", &json!({"path": "/nowhere", "action": "hang"}))
        .await;
    control.post("/reset", &json!({})).await;
    assert_eq!(gateway.hear().await, Heard::Closed(4009));
    for path in ["/faults", "/log", "/interactions"] {
        assert_eq!(control.get(path).await, json!([]), "{path}");
    }
    assert_eq!(
        control.get("/view?person=you&channel=general").await["messages"],
        json!([])
    );
    assert_eq!(
        rest.get(&format!("/applications/{}/commands", rest.application))
            .await
            .body,
        json!([])
    );
    Gateway::identified(&emulator, 0).await;
    emulator.close().await;
}

#[tokio::test]
async fn a_crowd_is_made_by_call_and_its_waits_are_told() {
    let (emulator, control) = steered().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    let load = json!({"channel": "general", "people": 3, "uses": 12, "rate": 1000, "mix": [{"command": "ask", "options": {"question": "?"}}, {"command": "nothing"}], "seed": 1});
    let answering = async {
        loop {
            let interaction = gateway.event("INTERACTION_CREATE").await;
            rest.responds(
                &interaction,
                &json!({"type": 4, "data": {"content": "here"}}),
            )
            .await;
        }
    };
    let told = tokio::select! {
        told = control.post("/load", &load) => told,
        () = answering => unreachable!("the loop has no end"),
    };
    let refused: u64 = told["refused"]
        .as_object()
        .unwrap()
        .values()
        .map(|count| count.as_u64().unwrap())
        .sum();
    let answered = told["answered_ms"]["count"].as_u64().unwrap();
    assert!(
        refused > 0 && answered > 0,
        "the seed draws both of the mix: {told}"
    );
    assert_eq!((refused + answered, &told["unanswered"]), (12, &json!(0)));
    assert!(told["answered_ms"]["p50"].as_f64() <= told["answered_ms"]["max"].as_f64());
    emulator.close().await;
}

#[tokio::test]
async fn the_world_changes_under_a_bot() {
    let (emulator, control) = steered().await;
    let (rest, mut gateway) = ready_with_guilds(&emulator).await;
    let thread = control
        .post(
            "/thread",
            &json!({"person": "you", "channel": "general", "name": "Tea"}),
        )
        .await["channel"]
        .clone();
    let lock = json!({"channel": {"person": "you", "channel": thread, "set": {"locked": true, "archived": true}}});
    control.post("/state", &lock).await;
    let messages = format!("/channels/{}/messages", thread.as_str().unwrap());
    let said = rest.call("POST", &messages, &json!({"content": "x"})).await;
    assert_eq!(said.code(), (400, 50083));
    let delete = json!({"delete_channel": {"person": "you", "channel": thread}});
    control.post("/state", &delete).await;
    assert_eq!(gateway.event("THREAD_DELETE").await["id"], thread);
    control.post("/state", &json!({"outage": true})).await;
    assert_eq!(gateway.event("GUILD_DELETE").await["unavailable"], true);
    control.post("/state", &json!({"outage": false})).await;
    gateway.event("GUILD_CREATE").await;
    control.post("/state", &json!({"bot": "removed"})).await;
    assert!(gateway.event("GUILD_DELETE").await["unavailable"].is_null());
    let away = json!({"presence": {"person": "you", "status": "away"}});
    let (status, sentence) = control.refused("POST", "/state", &away).await;
    assert!(status == 400 && sentence.contains("`idle`"), "{sentence}");
    let idle = json!({"presence": {"person": "you", "status": "idle"}});
    control.post("/state", &idle).await;
    let before = control.get("/state").await;
    let reset = control.post("/state", &json!({"token": "reset"})).await;
    assert_ne!(reset["token"], before["token"]);
    assert_eq!(control.get("/state").await["token"], reset["token"]);
    let nobody = json!({"time_out": {"person": "nobody", "period": 1}});
    assert_eq!(control.refused("POST", "/state", &nobody).await.0, 404);
    emulator.expects_rejections();
    emulator.close().await;
}

#[tokio::test]
async fn a_person_installs_the_application_and_removes_it() {
    let (emulator, control) = steered().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    let path = format!("/applications/{}/commands", rest.application);
    let mine = json!([{"name": "mine", "description": "d", "integration_types": [1], "contexts": [0, 1, 2]}]);
    assert_eq!(rest.call("PUT", &path, &mine).await.status, 200);
    let people = json!({"people": [{"name": "alice", "installs": true}, {"name": "bob"}]});
    let alice = control.post("/seed", &people).await["people"]["alice"].clone();
    let uses = |person: &str| json!({"person": person, "channel": "general", "command": "mine"});
    control.post("/command", &uses("alice")).await;
    let used = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(used["authorizing_integration_owners"], json!({"1": alice}));
    let install = |person: &str, installed: bool| json!({"install": {"person": person, "installed": installed}});
    control.post("/state", &install("alice", false)).await;
    control.post("/state", &install("bob", true)).await;
    let (status, sentence) = control.refused("POST", "/command", &uses("alice")).await;
    assert!(
        status == 422 && sentence.contains("not installed"),
        "{sentence}"
    );
    control.post("/command", &uses("bob")).await;
    emulator.close().await;
}

/// A bot that hears of guilds.
async fn ready_with_guilds(emulator: &Harness) -> (Rest, Gateway) {
    let (gateway, _) = Gateway::identified(emulator, 1).await;
    (Rest::new(emulator), gateway)
}
