//! What each parameter becomes over the bridge, one function a row of the handbook's table.

use serde_json::{Value, json};
use stand_ins::agent::{Run, result, search_results};

use super::world::{Bridge, WHY, request, stream};

/// The filters of the one search tool that was named.
fn filters(sent: &Value) -> &Value {
    assert_eq!(sent["tools"].as_array().unwrap().len(), 1, "{sent}");
    assert_eq!(sent["tools"][0]["type"], "web_search");
    &sent["tools"][0]["filters"]
}

fn content(content: &Value) -> Value {
    json!({ "messages": [{ "role": "user", "content": content }] })
}

pub(super) async fn a_model_is_a_level() {
    let bridge = Bridge::new().await;
    for (model, level) in [
        ("sonar", "fast"),
        ("sonar-pro", "fast"),
        ("sonar-reasoning", "low"),
        ("sonar-reasoning-pro", "low"),
        ("sonar-deep-research", "high"),
    ] {
        let sent = bridge.sends(json!({ "model": model })).await;
        assert_eq!(sent["preset"], level, "{model}");
        assert_eq!(
            (sent.get("model"), sent.get("effort")),
            (None, None),
            "{model}"
        );
    }
    let reply = bridge.asked(json!({ "model": "gpt-9" })).await;
    assert_eq!(
        (reply.status, &reply.body["error"]["type"]),
        (400, &json!("invalid_model"))
    );

    let bridge = Bridge::told(|settings| {
        settings.selector = sonar_server::engines::agent::Selector::Effort;
        settings.models.sonar_pro = "perplexity/sonar".parse().unwrap();
        settings.models.sonar_reasoning = "anthropic/claude-haiku-4-5".parse().unwrap();
    })
    .await;
    let sent = bridge.sends(json!({})).await;
    assert_eq!(
        (&sent["effort"], sent.get("preset")),
        (&json!("fast"), None)
    );
    let sent = bridge.sends(json!({ "model": "sonar-pro" })).await;
    assert_eq!(sent["model"], "perplexity/sonar");
    assert_eq!(
        sent["tools"],
        json!([{ "type": "web_search" }]),
        "a model by its name searches only when told to"
    );
    assert_eq!(
        sent["input"][0]["role"], "system",
        "and cites only when told to"
    );
    let asked = bridge.asked(json!({ "model": "sonar-reasoning" })).await;
    let sent = bridge.api.bodies().pop().unwrap();
    assert_eq!(
        sent["max_output_tokens"], 8192,
        "its provider insists on a limit: {}",
        asked.body
    );
}

pub(super) async fn the_whole_conversation_is_sent() {
    let bridge = Bridge::new().await;
    let messages = json!([
        { "role": "user", "content": "Why?" },
        { "role": "assistant", "content": "So." },
        { "role": "user", "content": WHY },
    ]);
    let sent = bridge.sends(json!({ "messages": messages })).await;
    assert_eq!(
        sent["input"],
        json!([
            { "type": "message", "role": "user", "content": "Why?" },
            { "type": "message", "role": "assistant", "content": "So." },
            { "type": "message", "role": "user", "content": WHY },
        ])
    );
    assert_eq!(sent["store"], false, "what nobody looks up is not kept");
}

pub(super) async fn what_a_tool_says_is_refused() {
    let bridge = Bridge::new().await;
    let tool = json!({ "messages": [{ "role": "tool", "content": "42", "tool_call_id": "1" }] });
    bridge.refuses(tool, "messages.role").await;
    let twice = json!({ "messages": [{ "role": "user", "content": "a" }, { "role": "user", "content": "b" }] });
    let reply = bridge.asked(twice).await;
    assert_eq!(
        (reply.status, &reply.body["error"]["type"]),
        (400, &json!("invalid_message"))
    );
}

pub(super) async fn a_system_message_stands_beside_the_rules() {
    let bridge = Bridge::new().await;
    let messages =
        json!([{ "role": "system", "content": "Be brief." }, { "role": "user", "content": WHY }]);
    let sent = bridge.sends(json!({ "messages": messages })).await;
    assert_eq!(
        sent["input"][0],
        json!({ "type": "message", "role": "system", "content": "Be brief." })
    );
    assert_eq!(
        sent.get("instructions"),
        None,
        "they would take the place of the rule to cite"
    );
}

pub(super) async fn thinking_is_left_out() {
    let bridge = Bridge::new().await;
    let messages = json!([
        { "role": "user", "content": null },
        { "role": "assistant", "content": "<think>Hm.</think>So." },
        { "role": "user", "content": WHY },
    ]);
    let sent = bridge.sends(json!({ "messages": messages })).await;
    assert_eq!(
        (&sent["input"][0]["content"], &sent["input"][1]["content"]),
        (&json!(""), &json!("So."))
    );
}

pub(super) async fn texts_are_sent() {
    let bridge = Bridge::new().await;
    let parts = json!([{ "type": "text", "text": "One" }, { "type": "text", "text": "two?" }]);
    let sent = bridge.sends(content(&parts)).await;
    let expected =
        json!([{ "type": "input_text", "text": "One" }, { "type": "input_text", "text": "two?" }]);
    assert_eq!(sent["input"][0]["content"], expected);
}

pub(super) async fn images_are_sent() {
    let bridge = Bridge::new().await;
    let image = |url: &str| {
        content(
            &json!([{ "type": "text", "text": "What is this?" }, { "type": "image_url", "image_url": { "url": url } }]),
        )
    };
    let address = "https://a.example/x.png";
    let sent = bridge.sends(image(address)).await;
    assert_eq!(
        sent["input"][0]["content"][1],
        json!({ "type": "input_image", "image_url": address })
    );
    let long = format!("https://a.example/{}.png", "x".repeat(2048));
    for address in [&long, "http://a.example/x.png", "ftp://a.example/x.png"] {
        bridge
            .refuses(image(address), "messages.content.image_url")
            .await;
    }
}

pub(super) async fn documents_are_sent() {
    let bridge = Bridge::new().await;
    let parts = json!([
        { "type": "text", "text": "What do these say?" },
        { "type": "file_url", "file_url": { "url": "https://a.example/x.pdf" } },
        { "type": "file_url", "file_url": { "url": "aGVsbG8=" }, "file_name": "hello.txt" },
        { "type": "pdf_url", "pdf_url": { "url": "aGVsbG8=" } },
    ]);
    let sent = bridge.sends(content(&parts)).await;
    assert_eq!(
        sent["input"][0]["content"].as_array().unwrap()[1..],
        [
            json!({ "type": "input_file", "file_url": "https://a.example/x.pdf" }),
            json!({ "type": "input_file", "file_data": "aGVsbG8=", "filename": "hello.txt" }),
            json!({ "type": "input_file", "file_data": "aGVsbG8=", "filename": "document.pdf" }),
        ]
    );
    for address in ["http://a.example/x.pdf", "ftp://a.example/x.pdf"] {
        for kind in ["file_url", "pdf_url"] {
            let part = json!([{ "type": kind, kind: { "url": address } }]);
            bridge
                .refuses(content(&part), &format!("messages.content.{kind}"))
                .await;
        }
    }
    let many = vec![json!({ "type": "pdf_url", "pdf_url": "aGVsbG8=" }); 31];
    bridge
        .refuses(content(&Value::from(many)), "messages.content.file_url")
        .await;
    let bridge = Bridge::told(|settings| settings.documents = false).await;
    bridge
        .refuses(content(&parts), "messages.content.file_url")
        .await;
}

pub(super) async fn videos_are_refused() {
    let video = json!([{ "type": "video_url", "video_url": { "url": "https://a.example/x.mp4" } }]);
    Bridge::new()
        .await
        .refuses(content(&video), "messages.content.video_url")
        .await;
}

pub(super) async fn what_stands_beside_messages_is_named() {
    let beside = json!({ "messages": [{ "role": "user", "content": WHY, "tool_call_id": "1", "tool_calls": [{}] }] });
    Bridge::new()
        .await
        .ignores(beside, "messages.tool_call_id, messages.tool_calls")
        .await;
}

pub(super) async fn domains_are_sent() {
    let bridge = Bridge::new().await;
    let domains = json!({ "search_domain_filter": ["https://docs.rs/", "python.org", ".gov"] });
    let sent = bridge.sends(domains).await;
    assert_eq!(
        filters(&sent)["search_domain_filter"],
        json!(["docs.rs", "python.org", ".gov"])
    );
    let sent = bridge
        .sends(json!({ "search_domain_filter": ["-https://docs.rs"] }))
        .await;
    assert_eq!(filters(&sent)["search_domain_filter"], json!(["-docs.rs"]));
    let sent = bridge.sends(json!({ "search_domain_filter": [] })).await;
    assert_eq!(
        sent.get("tools"),
        None,
        "a level keeps its own search when nothing of it is set"
    );

    let dialect = sonar_server::Dialect {
        mixed_domains: true,
        ..Default::default()
    };
    let settings = sonar_server::ServerSettings {
        dialect,
        ..Default::default()
    };
    let bridge = Bridge::between(Default::default(), |_| {}, settings).await;
    let mixed = json!({ "search_domain_filter": ["docs.rs", "-python.org"] });
    bridge.refuses(mixed, "search_domain_filter").await;
}

pub(super) async fn recency_is_sent() {
    let bridge = Bridge::new().await;
    for recency in ["hour", "day", "week", "month", "year"] {
        let sent = bridge
            .sends(json!({ "search_recency_filter": recency }))
            .await;
        assert_eq!(filters(&sent)["search_recency_filter"], recency);
    }
    let dialect = sonar_server::Dialect {
        recency_with_dates: true,
        ..Default::default()
    };
    let settings = sonar_server::ServerSettings {
        dialect,
        ..Default::default()
    };
    let bridge = Bridge::between(Default::default(), |_| {}, settings).await;
    let both = json!({ "search_recency_filter": "week", "search_after_date_filter": "1/1/2026" });
    bridge.refuses(both, "search_recency_filter").await;
}

pub(super) async fn days_are_sent_in_two_digits() {
    let bridge = Bridge::new().await;
    let sent = bridge
        .sends(json!({
            "search_after_date_filter": "3/1/2025", "search_before_date_filter": "12/31/2026",
            "last_updated_after_filter": "03/02/2025", "last_updated_before_filter": "4/10/2026",
        }))
        .await;
    assert_eq!(
        *filters(&sent),
        json!({
            "search_after_date_filter": "03/01/2025", "search_before_date_filter": "12/31/2026",
            "last_updated_after_filter": "03/02/2025", "last_updated_before_filter": "04/10/2026",
        })
    );
}

pub(super) async fn languages_are_refused() {
    let german = json!({ "search_language_filter": ["de"] });
    Bridge::new()
        .await
        .refuses(german.clone(), "search_language_filter")
        .await;
    let lenient = Bridge::told(|settings| settings.lenient = true).await;
    lenient.ignores(german, "search_language_filter").await;
}

pub(super) async fn only_the_web_is_searched() {
    let bridge = Bridge::new().await;
    bridge.sends(json!({ "search_mode": "web" })).await;
    let lenient = Bridge::told(|settings| settings.lenient = true).await;
    for mode in ["academic", "sec"] {
        bridge
            .refuses(json!({ "search_mode": mode }), "search_mode")
            .await;
        lenient
            .ignores(json!({ "search_mode": mode }), "search_mode")
            .await;
    }
}

pub(super) async fn a_number_of_results_is_sent() {
    let bridge = Bridge::new().await;
    for (wanted, sent) in [(3, 3), (50, 50), (500, 50)] {
        let body = bridge.sends(json!({ "num_search_results": wanted })).await;
        assert_eq!(
            body["tools"],
            json!([{ "type": "web_search", "max_results": sent }])
        );
    }
}

pub(super) async fn a_context_size_is_sent() {
    let bridge = Bridge::new().await;
    let size = json!({ "web_search_options": { "search_context_size": "high" } });
    let sent = bridge.sends(size.clone()).await;
    assert_eq!(
        sent["tools"],
        json!([{ "type": "web_search", "search_context_size": "high" }])
    );
    assert_eq!(
        bridge.asked(size).await.body["usage"]["search_context_size"],
        "high"
    );
}

pub(super) async fn a_search_in_steps_is_a_higher_level() {
    let bridge = Bridge::new().await;
    let search = |kind: &str, model: &str| json!({ "model": model, "web_search_options": { "search_type": kind } });
    for (model, kind, level) in [
        ("sonar-pro", "fast", "fast"),
        ("sonar-pro", "pro", "low"),
        ("sonar-deep-research", "pro", "high"),
    ] {
        let sent = bridge.sends(search(kind, model)).await;
        assert_eq!(sent["preset"], level, "{model} {kind}");
        assert_eq!(
            sent.get("tools"),
            None,
            "the tool's own search_type means something else"
        );
    }
    bridge
        .ignores(search("auto", "sonar"), "web_search_options.search_type")
        .await;
}

pub(super) async fn a_place_is_sent() {
    let place = json!({ "latitude": 48.1, "longitude": 11.6, "country": "DE", "city": "München", "region": "Bayern" });
    let sent = Bridge::new()
        .await
        .sends(json!({ "web_search_options": { "user_location": place } }))
        .await;
    assert_eq!(
        sent["tools"],
        json!([{ "type": "web_search", "user_location": place }])
    );
}

pub(super) async fn safe_search_is_for_images() {
    Bridge::new()
        .await
        .ignores(json!({ "safe_search": true }), "safe_search")
        .await;
    let bridge = Bridge::told(|settings| settings.images = true).await;
    let sent = bridge
        .sends(json!({ "safe_search": false, "return_images": true }))
        .await;
    assert_eq!(
        sent["tools"],
        json!([{ "type": "image_search", "filters": { "safe_search": false } }])
    );
}

pub(super) async fn without_a_search_no_tool_is_named() {
    let bridge = Bridge::new().await;
    let sent = bridge.sends(json!({ "disable_search": true })).await;
    let filtered = json!({ "disable_search": true, "search_domain_filter": ["docs.rs"], "num_search_results": 3 });
    let named = bridge.asked(filtered).await;
    assert_eq!(
        named.header("x-sonar-ignored"),
        Some("num_search_results, search_domain_filter")
    );
    assert_eq!(sent["model"], "perplexity/sonar");
    assert_eq!((sent.get("preset"), sent.get("tools")), (None, None));
    let reply = bridge.asked(json!({ "disable_search": true })).await;
    assert_eq!(reply.citations(), Vec::<&str>::new());
    bridge.sends(json!({ "disable_search": false })).await;
}

pub(super) async fn the_model_decides_whether_to_search() {
    let bridge = Bridge::new().await;
    let usual = bridge.sends(json!({})).await;
    for classifies in [true, false] {
        assert_eq!(
            bridge
                .sends(json!({ "enable_search_classifier": classifies }))
                .await,
            usual
        );
    }
}

pub(super) async fn a_limit_is_sent() {
    let bridge = Bridge::new().await;
    assert_eq!(
        bridge.sends(json!({ "max_tokens": 500 })).await["max_output_tokens"],
        500
    );
    let few = bridge.asked(json!({ "max_tokens": 8 })).await;
    assert_eq!(
        (few.status, &few.body["error"]["type"]),
        (400, &json!("invalid_parameter"))
    );
    let ended = Run::new()
        .text("Because")
        .ends(stand_ins::agent::End::Incomplete(
            "max_output_tokens".to_owned(),
        ));
    bridge.api.next_run(ended);
    let reply = bridge.asked(json!({ "max_tokens": 16 })).await;
    assert_eq!(
        (reply.text(), &reply.body["choices"][0]["finish_reason"]),
        ("Because", &json!("length"))
    );
}

pub(super) async fn sampling_is_sent() {
    let sent = Bridge::new()
        .await
        .sends(json!({ "temperature": 0.5, "top_p": 0.25 }))
        .await;
    assert_eq!(
        (&sent["temperature"], &sent["top_p"]),
        (&json!(0.5), &json!(0.25))
    );
}

pub(super) async fn top_k_is_named() {
    let bridge = Bridge::new().await;
    let usual = bridge.sends(json!({})).await;
    assert_eq!(bridge.sends(json!({ "top_k": 0 })).await, usual);
    bridge.ignores(json!({ "top_k": 5 }), "top_k").await;
}

pub(super) async fn penalties_are_named() {
    let bridge = Bridge::new().await;
    let usual = bridge.sends(json!({})).await;
    for fields in [
        json!({ "presence_penalty": 0, "frequency_penalty": 0 }),
        json!({ "frequency_penalty": 1 }),
    ] {
        assert_eq!(bridge.sends(fields).await, usual);
    }
    let penalties = json!({ "presence_penalty": 1, "frequency_penalty": 0.5 });
    bridge
        .ignores(penalties, "frequency_penalty, presence_penalty")
        .await;
}

pub(super) async fn a_stop_ends_the_text() {
    let bridge = Bridge::new().await;
    for streams in [false, true] {
        for bytes in 1..6 {
            let found = search_results(&["sky"], &[result(4, "Sky", "https://a.example/")]);
            let run = Run::new()
                .found(found)
                .text_in_pieces("It scatters.[4] STOP More.", bytes);
            bridge.api.next_run(run);
            let fields = json!({ "stop": ["STOP", "More"], "stream": streams });
            let (text, usage) = if streams {
                let pieces = stream(&bridge.server, &request(fields)).await;
                let last = pieces.last().unwrap();
                (
                    last.text().into_owned(),
                    last.usage.clone().unwrap().completion_tokens,
                )
            } else {
                let reply = bridge.asked(fields).await;
                (
                    reply.text().to_owned(),
                    reply.body["usage"]["completion_tokens"].as_u64().unwrap(),
                )
            };
            assert_eq!(text, "It scatters.[1] ");
            assert!(
                usage > 0,
                "what was written behind it is paid for, and told"
            );
        }
    }
}

pub(super) async fn there_is_one_answer() {
    let bridge = Bridge::new().await;
    bridge.sends(json!({ "n": 1 })).await;
    bridge.refuses(json!({ "n": 2 }), "n").await;
}

pub(super) async fn text_is_the_usual_form() {
    let sent = Bridge::new()
        .await
        .sends(json!({ "response_format": { "type": "text" } }))
        .await;
    assert_eq!(sent.get("response_format"), None);
}

pub(super) async fn a_schema_is_sent() {
    let bridge = Bridge::new().await;
    let schema = json!({ "type": "object", "properties": { "why": { "type": "string" } } });
    let format = |json_schema: Value| json!({ "response_format": { "type": "json_schema", "json_schema": json_schema } });
    let sent = bridge.sends(format(json!({ "schema": schema }))).await;
    let expected =
        json!({ "type": "json_schema", "json_schema": { "name": "schema", "schema": schema } });
    assert_eq!(sent["response_format"], expected);
    let full = json!({ "schema": schema, "name": "why", "description": "Why", "strict": true });
    assert_eq!(
        bridge.sends(format(full.clone())).await["response_format"]["json_schema"],
        full
    );
    let list = format(json!({ "schema": { "type": "array" } }));
    bridge
        .refuses(list, "response_format.json_schema.schema")
        .await;
}

pub(super) async fn an_expression_is_refused() {
    let regex =
        json!({ "response_format": { "type": "regex", "regex": { "regex": "a+", "name": "a" } } });
    Bridge::new()
        .await
        .refuses(regex, "response_format.regex")
        .await;
}

pub(super) async fn effort_is_sent() {
    let bridge = Bridge::new().await;
    for effort in ["minimal", "low", "medium", "high"] {
        assert_eq!(
            bridge.sends(json!({ "reasoning_effort": effort })).await["reasoning"],
            json!({ "effort": effort })
        );
    }
}

pub(super) async fn a_language_is_sent_by_its_code() {
    let bridge = Bridge::new().await;
    for (language, code) in [("de", "de"), ("German", "de"), ("pt", "pt")] {
        assert_eq!(
            bridge
                .sends(json!({ "language_preference": language }))
                .await["language_preference"],
            code
        );
    }
    bridge
        .ignores(
            json!({ "language_preference": "Klingon" }),
            "language_preference",
        )
        .await;
}

pub(super) async fn a_locale_is_named() {
    let locale = json!({ "response_formatting_locale": "en-GB" });
    Bridge::new()
        .await
        .ignores(locale, "response_formatting_locale")
        .await;
}

pub(super) async fn tools_are_named() {
    let tools = json!({ "tools": [{ "type": "function", "function": { "name": "add", "description": "Adds.", "parameters": { "type": "object", "properties": {} } } }], "tool_choice": "auto", "parallel_tool_calls": true });
    Bridge::new()
        .await
        .ignores(tools, "parallel_tool_calls, tool_choice, tools")
        .await;
}

pub(super) async fn related_questions_are_asked_for_if_so_set() {
    let related = json!({ "return_related_questions": true });
    Bridge::new()
        .await
        .ignores(related.clone(), "return_related_questions")
        .await;
    let bridge = Bridge::told(|settings| settings.related_questions = true).await;
    let run = || {
        Run::new().text_in_pieces(
            "It scatters.\n\nRelated questions:\n- Why red?\n- Why not?\n",
            5,
        )
    };
    bridge.api.next_run(run());
    let reply = bridge.asked(related.clone()).await;
    assert_eq!(
        reply.body["related_questions"],
        json!(["Why red?", "Why not?"])
    );
    assert_eq!(reply.text(), "It scatters.\n\n");
    let sent = bridge.api.bodies().pop().unwrap();
    assert!(
        sent["input"][0]["content"]
            .as_str()
            .unwrap()
            .contains("Related questions:"),
        "{sent}"
    );
    bridge.api.next_run(run());
    let mut streams = related;
    streams["stream"] = json!(true);
    let pieces = stream(&bridge.server, &request(streams)).await;
    let last = pieces.last().unwrap();
    assert_eq!(last.related_questions.as_ref().unwrap().len(), 2);
    assert_eq!(last.text(), "It scatters.\n\n");
}

pub(super) async fn images_are_searched_for_if_so_set() {
    let plain = json!({ "return_images": true });
    let overriding = json!({ "media_response": { "overrides": { "return_images": true } } });
    let bridge = Bridge::new().await;
    bridge.ignores(plain.clone(), "return_images").await;
    bridge
        .ignores(overriding.clone(), "media_response.overrides.return_images")
        .await;
    let bridge = Bridge::told(|settings| settings.images = true).await;
    for fields in [plain, overriding] {
        assert_eq!(
            bridge.sends(fields).await["tools"],
            json!([{ "type": "image_search" }])
        );
    }
    let image = json!({ "image_url": "https://a.example/x.png", "origin_url": "https://a.example/", "width": 64, "height": 48 });
    let found = json!({ "type": "image_search_results", "queries": ["sky"], "results": [image] });
    bridge.api.next_run(Run::new().found(found).text("So."));
    let reply = bridge.asked(json!({ "return_images": true })).await;
    let mut expected = image;
    expected["title"] = json!("");
    assert_eq!(reply.body["images"], json!([expected]));
}

pub(super) async fn image_filters_are_sent_with_the_search() {
    let filters = json!({ "image_domain_filter": ["https://a.example"], "image_format_filter": ["jpg", "png"], "num_images": 40 });
    let ignored = "image_domain_filter, image_format_filter, num_images";
    Bridge::new().await.ignores(filters.clone(), ignored).await;
    let bridge = Bridge::told(|settings| settings.images = true).await;
    let mut wanted = filters;
    wanted["return_images"] = json!(true);
    let expected = json!([{ "type": "image_search", "max_results": 30,
        "filters": { "domain_filter": ["a.example"], "format_filter": ["jpeg", "png"] } }]);
    assert_eq!(bridge.sends(wanted).await["tools"], expected);
}

pub(super) async fn there_are_no_videos() {
    let bridge = Bridge::new().await;
    let videos =
        |wanted: bool| json!({ "media_response": { "overrides": { "return_videos": wanted } } });
    bridge.sends(videos(false)).await;
    bridge
        .ignores(videos(true), "media_response.overrides.return_videos")
        .await;
}

pub(super) async fn enhanced_relevance_is_named() {
    let relevance = json!({ "web_search_options": { "image_results_enhanced_relevance": true } });
    let named = "web_search_options.image_results_enhanced_relevance";
    Bridge::new().await.ignores(relevance, named).await;
}

pub(super) async fn a_stream_says_the_same() {
    let bridge = Bridge::new().await;
    let run = || {
        let found = search_results(
            &["sky"],
            &[
                result(4, "Sky", "https://a.example/"),
                result(7, "Air", "https://b.example/"),
            ],
        );
        Run::new()
            .found(found)
            .text_in_pieces("Air[web:7] scatters light.[web:4]", 4)
    };
    bridge.api.next_run(run());
    let whole = bridge.asked(json!({})).await;
    bridge.api.next_run(run());
    let pieces = stream(&bridge.server, &request(json!({ "stream": true }))).await;
    let added: String = pieces
        .iter()
        .map(|piece| piece.added_text().into_owned())
        .collect();
    assert_eq!(added, whole.text());
    assert_eq!(added, "Air[2] scatters light.[1]");
    let last = pieces.last().unwrap();
    assert_eq!(last.citations.as_ref().unwrap(), &whole.citations());
    assert_eq!(
        pieces[0].citations.as_ref().unwrap(),
        &whole.citations(),
        "some clients read them from the first piece"
    );
    let usage = serde_json::to_value(last.usage.as_ref().unwrap()).unwrap();
    assert_eq!(usage, whole.body["usage"]);
}

pub(super) async fn a_concise_stream_tells_its_steps() {
    let bridge = Bridge::new().await;
    let asked = request(
        json!({ "stream": true, "stream_mode": "concise", "model": "sonar-reasoning-pro" }),
    );
    let pieces = stream(&bridge.server, &asked).await;
    let kinds: Vec<&str> = pieces.iter().map(|piece| piece.object.as_str()).collect();
    let searched = kinds
        .iter()
        .filter(|kind| **kind == "chat.reasoning")
        .count();
    assert!(searched > 1, "{kinds:?}");
    assert!(
        kinds[..searched]
            .iter()
            .all(|kind| *kind == "chat.reasoning"),
        "{kinds:?}"
    );
    assert_eq!(kinds[searched], "chat.reasoning.done");
    let told: Vec<_> = pieces[searched]
        .steps()
        .iter()
        .map(|step| step.kind.clone().unwrap())
        .collect();
    assert!(
        told.contains(&"web_search".to_owned()) && told.contains(&"fetch_url_content".to_owned()),
        "{told:?}"
    );
    bridge
        .ignores(json!({ "stream_mode": "concise" }), "stream_mode")
        .await;
}

pub(super) async fn internal_fields_are_named() {
    let internal = json!({ "thread_id": "x", "best_of": 2, "made_up": true });
    Bridge::new()
        .await
        .ignores(internal, "best_of, made_up, thread_id")
        .await;
}
