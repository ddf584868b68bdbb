//! Whether the endpoint can be reached is told at no cost, with what to mend.

use sonar_server::engines::writer::{Reach, WriterSettings, reach};
use stand_ins::chat::{ChatEndpoint, ChatSettings};

async fn endpoint(models: &[&str], key: Option<&str>) -> ChatEndpoint {
    let settings = ChatSettings {
        models: models.iter().map(|model| (*model).to_owned()).collect(),
        key: key.map(str::to_owned),
        ..ChatSettings::default()
    };
    ChatEndpoint::start_with(settings).await.unwrap()
}

#[tokio::test]
async fn an_endpoint_with_the_model_is_reached_for_nothing() {
    let chat = endpoint(&["llama3.2:latest", "qwen2.5:7b"], Some("right")).await;
    for model in ["llama3.2", "llama3.2:latest", "qwen2.5:7b"] {
        let mut settings = WriterSettings::new(chat.url(), model);
        settings.key = Some("right".into());
        assert_eq!(reach(&settings).await.unwrap(), Reach::HasModel);
    }
    assert_eq!((chat.looked(), chat.calls(), chat.tokens()), (3, 0, 0));
    let bare = endpoint(&[], None).await;
    let settings = WriterSettings::new(bare.url(), "llama3.2");
    assert_eq!(reach(&settings).await.unwrap(), Reach::ListsNothing);
}

#[tokio::test]
async fn what_is_wrong_with_an_endpoint_is_told_with_its_mend() {
    let chat = endpoint(&["llama3.2:latest", "qwen2.5:7b"], Some("right")).await;
    let told = async |url: String, model: &str, key: &'static str| {
        let mut settings = WriterSettings::new(url, model);
        settings.key = Some(key.into());
        reach(&settings).await.unwrap_err().to_string()
    };
    insta::assert_snapshot!(told(chat.url(), "llama3", "right").await, @"it has no model `llama3`: fetch it there, or mend writer.model (FOOTNOTE_WRITER_MODEL). It has: llama3.2:latest, qwen2.5:7b");
    insta::assert_snapshot!(told(chat.url(), "llama3.2", "wrong").await, @"it does not accept the key: mend writer.api_key (FOOTNOTE_WRITER_KEY)");
    insta::assert_snapshot!(told(chat.url().replace("/v1", ""), "llama3.2", "right").await, @"what answers there is no chat endpoint (status 404 Not Found): mend writer.url (FOOTNOTE_WRITER_URL), which often ends with /v1");
    insta::assert_snapshot!(told("http://127.0.0.1:9/v1".to_owned(), "llama3.2", "right").await, @"nothing answers there: start it, or mend writer.url (FOOTNOTE_WRITER_URL)");
    insta::assert_snapshot!(told(chat.url(), "llama3.2", "line\nend").await, @"the key of the chat endpoint holds characters that no header can carry: mend writer.api_key (FOOTNOTE_WRITER_KEY)");
}
