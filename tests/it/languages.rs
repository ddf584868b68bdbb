//! In which language Footnote speaks: in a person's own to them alone, in the server's where all read along.

use discord_emulator::{Message, Permissions, RateLimits};
use footnote_bot::settings::Settings;
use footnote_bot::settings::conversations::Threads;
use insta::assert_snapshot;
use serde_json::Value;

use crate::harness::messages::buttons;
use crate::harness::pressing::{is_private, whispered};
use crate::harness::service::{Script, pieces};
use crate::harness::{Asked, Asker, TestBot, content};

const FRANCE: &str = "https://example.org/france";
const ENGLISH: [&str; 4] = ["Sources", "Follow up", "Regenerate", "Delete"];
const GERMAN: [&str; 4] = ["Quellen", "Nachfragen", "Neu beantworten", "Löschen"];
const FRENCH: [&str; 4] = ["Sources", "Question de suivi", "Régénérer", "Supprimer"];
const SPANISH: [&str; 4] = ["Fuentes", "Seguir preguntando", "Regenerar", "Eliminar"];
const PORTUGUESE: [&str; 4] = ["Fontes", "Perguntar mais", "Gerar novamente", "Excluir"];
const JAPANESE: [&str; 4] = ["出典", "続けて質問", "回答し直す", "削除"];

/// A bot in a server that has chosen its language.
async fn in_a_server_of(locale: &str, change: impl FnOnce(&mut Settings)) -> TestBot {
    let mut bot = TestBot::before_start(RateLimits::Calm, change).await;
    bot.discord.speaks(locale);
    bot.start().await;
    bot
}

/// Somebody whose client is in a language.
fn person_of(bot: &TestBot, name: &str, locale: &str) -> Asker {
    let person = bot.person(name);
    person.person.switches_to(locale);
    person
}

/// The answer to a message in which this person mentions the bot.
async fn mentioned(bot: &TestBot, person: &Asker) -> Value {
    bot.will_answer("Paris.[1]", &[FRANCE]);
    let question = person.mentions_bot("capital of France?");
    bot.answer_to(&question).await.json().unwrap()
}

/// The answer to what this person writes to the bot alone.
async fn asked_directly(bot: &TestBot, person: &Asker) -> Value {
    bot.will_answer("Paris.[1]", &[FRANCE]);
    let question = person.person.writes_directly("Capital of France?").unwrap();
    bot.answer_to(&question).await.json().unwrap()
}

async fn asked(bot: &TestBot, person: &Asker) -> Asked {
    bot.will_answer("Paris.[1]", &[FRANCE]);
    person.asks(bot, "Capital of France?").await
}

#[tokio::test]
async fn a_german_in_a_japanese_server_reads_german_alone_and_japanese_with_others() {
    let bot = in_a_server_of("ja", |_| {}).await;
    let anna = person_of(&bot, "anna", "de");
    let answer = asked(&bot, &anna).await;
    assert_eq!(answer.buttons(), JAPANESE);

    let sources = anna.presses(&answer.message(), "出典").await;
    let shown = sources.until(|text| text.contains("example.org")).await;
    assert!(is_private(&sources.interaction.reply().unwrap()));
    assert!(shown.starts_with("**In der Antwort zitiert**"), "{shown}");

    let form = anna.opens_form(&answer.message(), "続けて質問").await;
    assert_eq!(form.title, "Nachfragen");
    let blank = anna.writes(&form, "  ").await;
    assert_snapshot!(blank.shown(), @"Diese Frage ist leer. Bitte eine Frage eingeben.");

    let bernd = person_of(&bot, "bernd", "de");
    let refused = bernd.presses(&answer.message(), "削除").await;
    assert_snapshot!(whispered(&refused).await, @"Das kann nur, wer diese Frage gestellt hat oder hier Nachrichten verwalten darf.");
}

#[tokio::test]
async fn everyone_presses_the_same_answer_and_reads_its_sources_in_their_own_language() {
    let bot = TestBot::spawn().await;
    let answer = asked(&bot, &bot.person("alice")).await;
    assert_eq!(answer.buttons(), ENGLISH);
    for (locale, head) in [
        ("en-GB", "**Cited in the answer**"),
        ("de", "**In der Antwort zitiert**"),
        ("fr", "**Citées dans la réponse**"),
        ("es-419", "**Citadas en la respuesta**"),
        ("pt-BR", "**Citadas na resposta**"),
        ("ja", "**回答で引用された出典**"),
        ("ko", "**Cited in the answer**"),
    ] {
        let person = person_of(&bot, locale, locale);
        let sources = person.presses(&answer.message(), "Sources").await;
        let shown = sources.until(|text| text.contains("example.org")).await;
        assert!(shown.starts_with(head), "{locale}: {shown}");
    }
}

#[tokio::test]
async fn a_message_in_a_french_server_is_answered_and_refused_in_french() {
    let bot = in_a_server_of("fr", |_| {}).await;
    let maria = person_of(&bot, "maria", "es-ES");
    assert_eq!(buttons(&mentioned(&bot, &maria).await), FRENCH);

    let nothing = maria.mentions_bot("");
    let told: Message = bot.reply_to(&nothing).await;
    let told = told.json().unwrap();
    assert_eq!(
        content(&told),
        "Que souhaitez-vous savoir\u{a0}? Répondez à ce message avec votre question."
    );
}

#[tokio::test]
async fn a_bare_mention_about_a_message_asks_in_the_language_of_the_server() {
    let mut bot = TestBot::before_start(RateLimits::Calm, |_| {}).await;
    bot.discord.allow_message_content(true);
    bot.discord.speaks("de");
    bot.start().await;
    let claim = bot.person("bob").says("Grüner Tee kommt aus Peru.");
    let question = bot.person("alice").replies_with_a_mention(&bot, &claim, "");
    let answer = bot.answer_to(&question).await.json().unwrap();
    assert_eq!(buttons(&answer), GERMAN);
    assert!(bot.last_question().contains("Was hat es damit auf sich?"));
}

#[tokio::test]
async fn a_direct_conversation_is_in_the_language_that_the_person_last_came_with() {
    let bot = TestBot::spawn().await;
    let maria = person_of(&bot, "maria", "es-ES");
    assert_eq!(buttons(&asked_directly(&bot, &maria).await), ENGLISH);

    assert_eq!(
        asked(&bot, &maria).await.buttons(),
        ENGLISH,
        "in the server"
    );
    assert_eq!(buttons(&asked_directly(&bot, &maria).await), SPANISH);
    let alone = maria.is_alone_with_the_bot();
    assert_eq!(asked(&bot, &alone).await.buttons(), SPANISH);

    maria.person.switches_to("fr");
    assert_eq!(asked(&bot, &alone).await.buttons(), FRENCH);
    assert_eq!(buttons(&asked_directly(&bot, &maria).await), FRENCH);
}

#[tokio::test]
async fn where_the_bot_is_not_an_interaction_tells_the_language_of_the_place() {
    let mut bot = TestBot::before_start(RateLimits::Calm, |_| {}).await;
    bot.discord.speaks("ja");
    bot.discord.removes_bot();
    bot.start().await;
    let anna = person_of(&bot, "anna", "de");
    anna.person.installs();
    assert_eq!(asked(&bot, &anna).await.buttons(), JAPANESE);

    // Between people there is no server; what she brought along speaks as she does.
    let bob = bot.person("bob");
    let between = anna.at(&anna.person.direct_messages_with(&bob.person));
    assert_eq!(asked(&bot, &between).await.buttons(), GERMAN);
}

#[tokio::test]
async fn where_a_language_is_not_spoken_the_operators_is() {
    let portuguese = |settings: &mut Settings| "pt".clone_into(&mut settings.display.language);
    let bot = in_a_server_of("sv-SE", portuguese).await;
    let jisoo = person_of(&bot, "jisoo", "ko");
    let answer = asked(&bot, &jisoo).await;
    assert_eq!(answer.buttons(), PORTUGUESE);
    assert_eq!(buttons(&mentioned(&bot, &jisoo).await), PORTUGUESE);
    assert_eq!(buttons(&asked_directly(&bot, &jisoo).await), PORTUGUESE);
    jisoo
        .puts("   ")
        .await
        .until(|text| text.starts_with("Essa pergunta está vazia."))
        .await;
}

#[tokio::test]
async fn a_server_that_chose_no_language_has_the_operators() {
    let german = |settings: &mut Settings| "de".clone_into(&mut settings.display.language);
    let bot = TestBot::spawn_with(german).await;
    // What Discord says of a server that is no community: `en-US`.
    let alice = bot.person("alice");
    assert_eq!(buttons(&mentioned(&bot, &alice).await), GERMAN);
    assert_eq!(asked(&bot, &alice).await.buttons(), GERMAN);

    bot.discord.speaks("en-US");
    assert_eq!(buttons(&mentioned(&bot, &alice).await), ENGLISH);
}

#[tokio::test]
async fn a_server_that_changes_its_language_is_spoken_to_in_the_new_one() {
    let bot = in_a_server_of("fr", |_| {}).await;
    let alice = bot.person("alice");
    assert_eq!(buttons(&mentioned(&bot, &alice).await), FRENCH);
    bot.discord.speaks("ja");
    assert_eq!(buttons(&mentioned(&bot, &alice).await), JAPANESE);
    assert_eq!(asked(&bot, &alice).await.buttons(), JAPANESE);
}

#[tokio::test]
async fn after_a_restart_an_answer_stays_in_its_language_and_new_ones_are_in_the_servers() {
    let mut bot = in_a_server_of("ja", |_| {}).await;
    let anna = person_of(&bot, "anna", "de");
    let answer = asked(&bot, &anna).await;
    bot.service
        .next(Script::Stalls(pieces("Paris is the capital. It ", &[])));
    let broken = anna.begins_to_ask("Capital of France?").await;
    broken.until(|text| text.contains("Paris")).await;

    bot.crash().await;
    bot.start().await;
    let told = broken.until(|text| text.contains("再起動")).await;
    assert!(told.ends_with("もう一度質問してください。"), "{told}");
    assert_eq!(broken.buttons(), ["再試行", "削除"]);
    assert_eq!(buttons(&mentioned(&bot, &anna).await), JAPANESE);

    // Nobody has told yet which language hers is; what she presses does.
    bot.discord.speaks("fr");
    assert_eq!(buttons(&mentioned(&bot, &anna).await), FRENCH);
    bot.will_answer("Paris, still.[1]", &[FRANCE]);
    anna.presses(&answer.message(), "回答し直す").await;
    answer.until(|text| text.starts_with("Paris, still.")).await;
    bot.settled().await;
    assert_eq!(answer.buttons(), JAPANESE, "the language it was asked in");
    assert_eq!(buttons(&asked_directly(&bot, &anna).await), GERMAN);
}

#[tokio::test]
async fn what_is_missing_is_told_the_asker_in_theirs_by_the_name_that_discord_gives_it() {
    let bot = in_a_server_of("fr", |settings| {
        settings.conversations.threads = Threads::Always;
    })
    .await;
    bot.discord.expects_rejections();
    let (channel, permission) = (bot.channel(), Permissions::CREATE_PUBLIC_THREADS);
    channel.denies(&bot.discord.bot(), permission);
    channel.denies(&bot.discord.everyone(), permission);
    let anna = person_of(&bot, "anna", "de");
    let answer = asked(&bot, &anna).await;
    assert_eq!(answer.buttons(), FRENCH);
    assert_snapshot!(whispered(&answer).await, @"Footnote würde hier für diese Unterhaltung einen Thread öffnen, aber die Berechtigung **Öffentliche Threads erstellen** fehlt. Wer den Server verwaltet, kann sie erteilen.");
}

#[tokio::test]
async fn an_answer_that_had_to_come_directly_says_why_in_its_readers_language() {
    let bot = in_a_server_of("fr", |_| {}).await;
    bot.discord.expects_rejections();
    let anna = person_of(&bot, "anna", "de");
    asked(&bot, &anna).await;
    let channel = bot.channel();
    channel.denies(&bot.discord.bot(), Permissions::SEND_MESSAGES);
    bot.will_answer("Paris.[1]", &[FRANCE]);
    anna.mentions_bot("capital of France?");
    bot.answered_in_all(2).await;
    let directly = anna.is_alone_with_the_bot().sees();
    let told = content(directly.last().unwrap());
    let lead = format!(
        "-# Ich darf in <#{}> nicht schreiben: **Nachrichten senden** fehlt.\n",
        channel.id()
    );
    assert!(told.starts_with(&lead), "{told}");
}

#[tokio::test]
async fn how_to_go_on_in_a_thread_is_said_in_the_servers_language() {
    let bot = in_a_server_of("es-ES", |settings| {
        settings.conversations.threads = Threads::Always;
        settings.discord.message_content = false;
    })
    .await;
    let anna = person_of(&bot, "anna", "de");
    let answer = asked(&bot, &anna).await;
    let thread = answer.thread().unwrap();
    let inside = anna.at(&thread).sees();
    let told = content(inside.last().unwrap());
    assert!(
        told.starts_with("-# Para seguir aquí, mencione a <@"),
        "{told}"
    );
}
