//! Rows about what is asked: model and messages.

use serde_json::json;

use super::world::{HOW, a_dozen, tea};

pub(super) async fn a_model_is_a_number_of_sources() {
    let world = a_dozen().await;
    for (model, most) in [
        ("sonar", 3),
        ("sonar-pro", 5),
        ("sonar-reasoning", 5),
        ("sonar-reasoning-pro", 5),
        ("sonar-deep-research", 8),
    ] {
        let options = json!({ "search_context_size": "high" });
        let reply = world
            .answered(json!({ "model": model, "web_search_options": options }))
            .await;
        assert_eq!(reply.citations().len(), most, "{model}");
        assert_eq!(reply.body["model"], model);
    }
    world.refuses(json!({ "model": "gpt-4" }), "model").await;
}

pub(super) async fn the_last_user_message_is_the_question() {
    let world = tea().await;
    let turns = json!([
        { "role": "user", "content": HOW },
        { "role": "assistant", "content": "Eighty." },
        { "role": "user", "content": "And black tea?" },
    ]);
    let reply = world.answered(json!({ "messages": turns })).await;
    assert!(
        reply.citations()[0].starts_with("https://black.tea.example/"),
        "{}",
        reply.text()
    );

    let called = json!([
        { "role": "user", "content": HOW },
        { "role": "assistant", "content": "I ask the kettle." },
        { "role": "tool", "content": "How is coffee made?" },
    ]);
    let reply = world.answered(json!({ "messages": called })).await;
    assert_eq!(reply.text(), world.answered(json!({})).await.text());
}

pub(super) async fn messages_take_turns() {
    let world = tea().await;
    let (user, assistant) = (
        json!({ "role": "user", "content": HOW }),
        json!({ "role": "assistant", "content": "Eighty." }),
    );
    world
        .answered(json!({ "messages": [user, assistant, user] }))
        .await;
    for turns in [json!([user, user]), json!([user, assistant])] {
        world.refuses(json!({ "messages": turns }), "essage").await;
    }
}

pub(super) async fn a_system_message_is_named() {
    let messages = json!([
        { "role": "system", "content": "Answer in French." },
        { "role": "user", "content": HOW },
    ]);
    tea()
        .await
        .ignores(json!({ "messages": messages }), &["messages.system"])
        .await;
}

pub(super) async fn a_question_has_text() {
    let world = tea().await;
    for content in [json!(" "), json!(null), json!([])] {
        let messages = json!([{ "role": "user", "content": content }]);
        world
            .refuses(json!({ "messages": messages }), "messages")
            .await;
    }
}

pub(super) async fn the_texts_of_parts_are_joined() {
    let parts = json!([
        { "type": "text", "text": "At how many degrees is" },
        { "type": "text", "text": "green tea steeped?" },
    ]);
    let world = tea().await;
    let in_parts = world
        .answered(json!({ "messages": [{ "role": "user", "content": parts }] }))
        .await;
    assert_eq!(in_parts.text(), world.answered(json!({})).await.text());
}

pub(super) async fn other_parts_are_refused() {
    let world = tea().await;
    for part in [
        json!({ "type": "image_url", "image_url": { "url": "https://a.example/x.png" } }),
        json!({ "type": "file_url", "file_url": "aGVsbG8=", "file_name": "a.txt" }),
        json!({ "type": "pdf_url", "pdf_url": "https://a.example/x.pdf" }),
        json!({ "type": "video_url", "video_url": { "url": "https://a.example/v", "frame_interval": 25 } }),
    ] {
        let content = json!([{ "type": "text", "text": HOW }, part]);
        let messages = json!([{ "role": "user", "content": content }]);
        world
            .refuses(json!({ "messages": messages }), "messages")
            .await;
    }
}

pub(super) async fn what_tools_said_is_named() {
    let messages = json!([{
        "role": "user", "content": HOW, "tool_call_id": "1", "tool_calls": [{ "id": "1" }],
        "reasoning_steps": [{ "thought": "Hm." }],
    }]);
    let names = [
        "messages.reasoning_steps",
        "messages.tool_call_id",
        "messages.tool_calls",
    ];
    tea()
        .await
        .ignores(json!({ "messages": messages }), &names)
        .await;
}
