//! Rows about what comes beside the text: related questions, images, videos.

use serde_json::{Value, json};

use super::world::{Reply, World, strings, tea};

pub(super) async fn related_questions_are_headings() {
    let world = tea().await;
    let reply = world
        .answered(json!({ "return_related_questions": true }))
        .await;
    let questions = strings(&reply.body["related_questions"]);
    assert!(
        questions.contains(&"How long is green tea steeped?"),
        "{questions:?}"
    );
    assert!(
        questions.contains(&"Which water suits green tea leaves?"),
        "{questions:?}"
    );
    assert!(questions.contains(&"What is White tea?"), "{questions:?}");
    assert!(
        !questions.iter().any(|question| question.contains("Tee")),
        "{questions:?}"
    );

    let filtered = json!({ "return_related_questions": true, "search_domain_filter": ["-.org"] });
    let reply = world.answered(filtered).await;
    let questions = strings(&reply.body["related_questions"]);
    assert!(
        !questions.is_empty() && !questions.contains(&"What is White tea?"),
        "{questions:?}"
    );

    let nonsense = json!([{ "role": "user", "content": "Who won the football world cup?" }]);
    let reply = world
        .answered(json!({ "messages": nonsense, "return_related_questions": true }))
        .await;
    assert_eq!(reply.body["related_questions"], json!([]));
    let reply = world.answered(json!({})).await;
    assert!(
        reply
            .body
            .get("related_questions")
            .is_none_or(Value::is_null),
        "{}",
        reply.body
    );
}

/// The names of the images that came.
fn names(reply: &Reply) -> Vec<String> {
    let images = reply.body["images"].as_array().unwrap().iter();
    let name = |image: &Value| {
        image["image_url"]
            .as_str()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned()
    };
    images.map(name).collect()
}

async fn images(world: &World, mut fields: Value) -> Vec<String> {
    fields["return_images"] = json!(true);
    names(&world.answered(fields).await)
}

pub(super) async fn images_are_those_of_quoted_sections() {
    let world = tea().await;
    let reply = world.answered(json!({ "return_images": true })).await;
    let images = &reply.body["images"];
    assert_eq!(names(&reply), ["leaf.jpeg", "pot.gif"]);
    assert_eq!(
        images[0],
        json!({
            "image_url": "https://pictures.example/leaf.jpeg", "origin_url": reply.citations()[0],
            "title": "A leaf", "width": 64, "height": 48,
        })
    );
    let without = world.answered(json!({ "return_images": false })).await;
    assert!(
        without.body.get("images").is_none_or(Value::is_null),
        "{}",
        without.body
    );
}

pub(super) async fn images_keep_to_domains() {
    let world = tea().await;
    let only = |entry: &str| json!({ "image_domain_filter": [entry] });
    assert_eq!(
        images(&world, only("pictures.example")).await,
        ["leaf.jpeg"]
    );
    assert_eq!(images(&world, only("-pictures.example")).await, ["pot.gif"]);
    world
        .ignores(only("pictures.example"), &["image_domain_filter"])
        .await;
    world.refuses(only("cz"), "image_domain_filter").await;
    let mixed = json!({ "image_domain_filter": ["a.example", "-b.example"] });
    world.refuses(mixed, "image_domain_filter").await;
}

pub(super) async fn images_keep_to_formats() {
    let world = tea().await;
    let only = |format: &str| json!({ "image_format_filter": [format] });
    assert_eq!(images(&world, only("jpg")).await, ["leaf.jpeg"]);
    assert_eq!(images(&world, only("gif")).await, ["pot.gif"]);
    assert!(images(&world, only("webp")).await.is_empty());
    world.ignores(only("gif"), &["image_format_filter"]).await;
    world.refuses(only("bmp"), "image_format_filter").await;
}

pub(super) async fn images_are_counted() {
    let one =
        |number: usize| format!("<img src=https://pictures.example/{number}.png width=2 height=1>");
    let many: String = (0..40).map(one).collect();
    let text = format!(
        "<html><title>Tea</title><main><p>Green tea is steeped at eighty degrees.</p>{many}</main></html>"
    );
    let world = World::of(&[("tea.html", &text)]).await;
    assert_eq!(images(&world, json!({})).await.len(), 5);
    for (wanted, count) in [(0, 0), (1, 1), (30, 30), (100, 30)] {
        assert_eq!(
            images(&world, json!({ "num_images": wanted })).await.len(),
            count,
            "{wanted}"
        );
    }
    world
        .ignores(json!({ "num_images": 3 }), &["num_images"])
        .await;
}

pub(super) async fn an_override_goes_before() {
    let world = tea().await;
    let overrides = |wanted: bool| json!({ "overrides": { "return_images": wanted } });
    let reply = world
        .answered(json!({ "media_response": overrides(true) }))
        .await;
    assert_eq!(names(&reply).len(), 2);
    let fields = json!({ "media_response": overrides(false), "return_images": true });
    let reply = world.answered(fields).await;
    assert!(
        reply.body.get("images").is_none_or(Value::is_null),
        "{}",
        reply.body
    );
}

pub(super) async fn there_are_no_videos() {
    let world = tea().await;
    let overrides =
        |wanted: bool| json!({ "media_response": { "overrides": { "return_videos": wanted } } });
    world.ignores(overrides(false), &[]).await;
    world
        .ignores(overrides(true), &["media_response.overrides.return_videos"])
        .await;
}

pub(super) async fn enhanced_relevance_is_named() {
    let options = json!({ "image_results_enhanced_relevance": true });
    let name = "web_search_options.image_results_enhanced_relevance";
    tea()
        .await
        .ignores(json!({ "web_search_options": options }), &[name])
        .await;
}
