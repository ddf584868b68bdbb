//! Mentions and replies: what is a question, what it is about, and what is not for the bot at all.

use discord_emulator::Message;
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{TestBot, content};

/// What a person writes last is answered, so that all that was written before it in the channel has been heard.
async fn heard_all(bot: &TestBot) {
    let last = bot.person("zoe").mentions_bot("have you heard all?");
    bot.answer_to(&last).await;
}

#[tokio::test]
async fn a_mention_with_a_question_is_answered() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    bot.will_answer("Paris.[1]", &["https://example.org/france"]);

    let question = alice.mentions_bot("what is the capital of France?");
    let answer = bot.answer_to(&question).await;

    assert_snapshot!(content(&answer.json().unwrap()), @r"
    Paris. [1](<https://example.org/france>)

    **Sources**
    `1` [Page at example.org/france](<https://example.org/france>) · example.org
    -# 1 source · sonar · ? s · $0.0051
    ");
    assert_eq!(bot.replies_to(&question).len(), 1);
    assert_eq!(bot.last_question(), "what is the capital of France?");
}

#[tokio::test]
async fn a_mention_at_the_end_or_in_the_middle_is_a_question_too() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    for (text, question) in [
        ("what is rain, MENTION?", "what is rain, ?"),
        ("hey MENTION what is rain?", "hey what is rain?"),
        ("MENTION: what is rain?", "what is rain?"),
    ] {
        let asked = alice.says(&text.replace("MENTION", &bot.mention()));
        bot.answer_to(&asked).await;
        assert_eq!(bot.last_question(), question);
    }
}

#[tokio::test]
async fn people_who_are_mentioned_in_a_question_are_sent_by_their_names() {
    let bot = TestBot::spawn().await;
    let bob = bot.person("bob");
    let question = bot
        .person("alice")
        .mentions_bot(&format!("is {} right about rain?", bob.mention()));
    bot.answer_to(&question).await;
    assert_eq!(bot.last_question(), "is @bob right about rain?");
}

#[tokio::test]
async fn a_reply_to_an_answer_follows_it_up() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    bot.will_answer("Paris.", &[]);
    let question = alice.mentions_bot("what is the capital of France?");
    let answer = bot.answer_to(&question).await;

    let further = bot.person("bob").replies(&answer, "how many live there?");
    bot.answer_to(&further).await;

    assert_eq!(bot.turns_of_last_question(), 3);
    let store = bot.store();
    let question = bot.question_of(&question).await;
    let further = bot.question_of(&further).await;
    let kept = async |id| store.question(id).await.unwrap().unwrap().question;
    assert_eq!(
        kept(question).await.conversation,
        kept(further).await.conversation
    );
}

#[tokio::test]
async fn a_reply_to_the_answer_of_a_command_follows_it_up() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let asked = alice.asks(&bot, "Capital of France?").await;
    let answer = bot
        .channel()
        .message(
            asked.interaction.reply().unwrap()["id"]
                .as_str()
                .unwrap()
                .parse()
                .unwrap(),
        )
        .unwrap();
    let further = alice.replies(&answer, "how many live there?");
    bot.answer_to(&further).await;
    assert_eq!(bot.turns_of_last_question(), 3);
}

#[tokio::test]
async fn a_mention_in_a_reply_to_a_question_goes_on_from_its_answer() {
    let bot = TestBot::spawn().await;
    let question = bot.person("alice").mentions_bot("what is rain?");
    bot.answer_to(&question).await;
    let further = bot
        .person("bob")
        .replies_with_a_mention(&bot, &question, "and snow?");
    bot.answer_to(&further).await;
    assert_eq!(bot.turns_of_last_question(), 3);
    assert_eq!(bot.last_question().matches("what is rain?").count(), 0);
}

#[tokio::test]
async fn a_mention_in_a_reply_to_somebody_takes_their_message_along() {
    let bot = TestBot::that_reads(|_| {}).await;
    let claim = bot.person("bob").says("Rain is dry.");
    let question = bot
        .person("alice")
        .replies_with_a_mention(&bot, &claim, "is that true?");
    bot.answer_to(&question).await;

    let kept = bot
        .store()
        .question(bot.question_of(&question).await)
        .await
        .unwrap()
        .unwrap();
    let quote = kept.question.asked.quote.unwrap();
    assert_eq!(
        (quote.author.as_str(), quote.text.as_str()),
        ("bob", "Rain is dry.")
    );
    let sent = bot.last_question();
    assert!(
        sent.contains("Rain is dry.") && sent.contains("is that true?"),
        "{sent}"
    );
}

#[tokio::test]
async fn a_bare_mention_in_a_reply_asks_about_that_message() {
    let bot = TestBot::that_reads(|_| {}).await;
    let carol = bot.person("carol").mention();
    let claim = bot
        .person("bob")
        .says(&format!("{carol} says rain is dry."));
    let question = bot.person("alice").replies_with_a_mention(&bot, &claim, "");
    bot.answer_to(&question).await;
    let sent = bot.last_question();
    assert!(sent.contains("@carol says rain is dry."), "{sent}");
}

#[tokio::test]
async fn what_a_quoted_message_shows_besides_its_text_is_taken_along() {
    let bot = TestBot::that_reads(|_| {}).await;
    let news = bot.discord.other_bot("news").says_with(
        &bot.channel(),
        &json!({"embeds": [{"title": "Weather", "description": "It rains upwards.", "fields": [{"name": "Where", "value": "Here"}]}]}),
    );
    let question = bot
        .person("alice")
        .replies_with_a_mention(&bot, &news.unwrap(), "really?");
    bot.answer_to(&question).await;
    let sent = bot.last_question();
    for said in ["Weather", "It rains upwards.", "Where: Here"] {
        assert!(sent.contains(said), "{sent}");
    }
}

#[tokio::test]
async fn a_mention_without_a_question_is_asked_what_it_wants() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let bare = alice.mentions_bot("");
    let told = bot.reply_to(&bare).await;
    assert_snapshot!(told.reads(), @"What would you like to know? Reply to this message with your question.");
    assert!(!bot.took(&bare).await);

    let question = alice.replies(&told, "what is rain?");
    bot.answer_to(&question).await;
    assert_eq!(bot.last_question(), "what is rain?");
    assert_eq!(bot.turns_of_last_question(), 1);
}

#[tokio::test]
async fn the_same_message_twice_is_one_question() {
    let bot = TestBot::spawn().await;
    let question = bot.person("alice").mentions_bot("what is rain?");
    bot.discord.repeat_last_dispatch();
    bot.answer_to(&question).await;
    heard_all(&bot).await;
    assert_eq!(bot.replies_to(&question).len(), 1);
    assert_eq!(bot.service.asked().len(), 2);
}

#[tokio::test]
async fn what_is_not_said_to_the_bot_is_not_answered() {
    let bot = TestBot::that_reads(|_| {}).await;
    let (alice, bob) = (bot.person("alice"), bot.person("bob"));
    let question = alice.mentions_bot("what is rain?");
    let answer = bot.answer_to(&question).await;
    let others = [
        alice.says("what is rain?"),
        bob.replies(&question, "water"),
        bob.replies(
            &answer,
            &format!("{} do you believe this?", alice.mention()),
        ),
        alice.says("@everyone what is rain?"),
    ];
    heard_all(&bot).await;
    for other in &others {
        assert!(!bot.took(other).await, "{}", other.reads());
    }
    assert_eq!(bot.service.asked().len(), 2);
}

#[tokio::test]
async fn bots_and_webhooks_are_ignored_unless_allowed() {
    let bot = TestBot::spawn().await;
    let other = bot.discord.other_bot("chatty");
    let channel = bot.channel();
    let asked = other.mentions_bot(&channel, "what is rain?").unwrap();
    let text = format!("{} what is rain?", bot.mention());
    let hooked = bot
        .discord
        .webhook_writes("Hook", &channel, &json!({ "content": text }));
    heard_all(&bot).await;
    assert!(!bot.took(&asked).await);
    assert!(!bot.took(&hooked.unwrap()).await);
}

#[tokio::test]
async fn a_bot_that_is_allowed_is_answered() {
    let mut bot = TestBot::before_start(discord_emulator::RateLimits::Calm, |_| {}).await;
    let other = bot.discord.other_bot("chatty");
    bot.changes(|settings| settings.conversations.bots = vec![other.id()]);
    bot.start().await;
    let asked = other.mentions_bot(&bot.channel(), "what is rain?").unwrap();
    bot.answer_to(&asked).await;
    assert_eq!(bot.last_question(), "what is rain?");
}

#[tokio::test]
async fn a_question_that_is_too_long_is_refused_in_a_reply() {
    let bot = TestBot::spawn().await;
    let mention = bot.mention();
    // The names of those who are mentioned may be longer than Discord writes them.
    let long = bot.discord.person(&"n".repeat(32));
    let names = format!("<@{}>", long.id()).repeat(70);
    let asked = bot.person("alice").says(&format!("{mention} {names}"));
    let told = bot.reply_to(&asked).await;
    assert_snapshot!(told.reads(), @"That question is too long. Please use at most 2000 characters.");
    assert!(!bot.took(&asked).await);
}

#[tokio::test]
async fn a_message_to_the_bot_alone_is_a_question() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice").is_alone_with_the_bot();
    let first = alice.says("what is rain?");
    bot.answer_to(&first).await;
    let second = alice.says("and snow?");
    bot.answer_to(&second).await;
    assert_eq!(bot.turns_of_last_question(), 3);
}

#[tokio::test]
async fn a_forum_post_that_mentions_the_bot_is_answered_in_the_post() {
    let bot = TestBot::spawn().await;
    let forum = bot.discord.forum("help");
    let alice = bot.person("alice");
    let post = alice.posts(&forum, "Rain", &format!("{} what is rain?", bot.mention()));
    let first = post.message(post.id()).unwrap();
    bot.answer_to(&first).await;
    let further = alice.is_in(&post).mentions_bot("and snow?");
    bot.answer_to(&further).await;
    assert_eq!(bot.turns_of_last_question(), 3);
}

#[tokio::test]
async fn a_later_mention_in_a_forum_post_is_answered_in_the_post() {
    let bot = TestBot::spawn().await;
    let forum = bot.discord.forum("help");
    let post = bot
        .person("alice")
        .posts(&forum, "Rain", "What do you think of rain?");
    let bob = bot.person("bob").is_in(&post);
    let asked = bob.mentions_bot("what is rain?");
    bot.answer_to(&asked).await;
    let further = bot.person("alice").is_in(&post).mentions_bot("and snow?");
    bot.answer_to(&further).await;
    assert_eq!(bot.turns_of_last_question(), 3);
}

#[tokio::test]
async fn without_the_message_content_intent_mentions_replies_and_direct_messages_work() {
    let bot = TestBot::spawn().await;
    let (alice, bob) = (bot.person("alice"), bot.person("bob"));
    let question = alice.mentions_bot("what is rain?");
    let answer = bot.answer_to(&question).await;
    let reply = bob.replies(&answer, "and snow?");
    bot.answer_to(&reply).await;
    assert_eq!(bot.turns_of_last_question(), 3);
    let direct = alice.is_alone_with_the_bot().says("and hail?");
    bot.answer_to(&direct).await;
    assert_eq!(bot.turns_of_last_question(), 1);
}

#[tokio::test]
async fn with_reading_switched_off_in_the_settings_mentions_and_replies_work_too() {
    let bot = TestBot::that_reads(|settings| settings.discord.message_content = false).await;
    let question = bot.person("alice").mentions_bot("what is rain?");
    let answer = bot.answer_to(&question).await;
    let reply = bot.person("bob").replies(&answer, "and snow?");
    bot.answer_to(&reply).await;
    assert_eq!(bot.turns_of_last_question(), 3);
}

#[tokio::test]
async fn a_message_that_may_not_be_read_is_told_how_to_ask_about_it() {
    let bot = TestBot::spawn().await;
    let claim = bot.person("bob").says("Rain is dry.");
    let asked = bot
        .person("alice")
        .replies_with_a_mention(&bot, &claim, "is that true?");
    let told: Message = bot.reply_to(&asked).await;
    assert_snapshot!(told.reads(), @"Footnote cannot read the message that you reply to. Please open that message’s menu instead: **Apps**, then **Ask about this**.");
    assert!(!bot.took(&asked).await);
}
