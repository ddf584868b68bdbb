//! What every store must do, whatever it is made of. One suite; each engine that ships is run through it.

use footnote_bot::clock::Moment;
use footnote_bot::conversation::answer::{Answer, Draft, Finish, Source, Usage};
use footnote_bot::conversation::failure::Failure;
use footnote_bot::conversation::outcome::Outcome;
use footnote_bot::conversation::ports::{Acceptance, PostStore as _, QuestionStore as _, Store};
use footnote_bot::conversation::question::{
    Belongs, NewQuestion, Origin, Person, Place, Question, QuestionText, Reply, Task,
};
use footnote_bot::ids::{ApplicationId, ChannelId, GuildId, InteractionId, PersonId, QuestionId};
use footnote_bot::storage::sqlite::{OpenError, SqliteStore};

const LATER: Moment = Moment(2_000);
const NONE: QuestionId = QuestionId(0);
const ALL: QuestionId = QuestionId(i64::MAX);

fn question(event: u64) -> NewQuestion {
    NewQuestion {
        text: QuestionText::parse("Why? 🙂").unwrap(),
        task: Task::Answer,
        quote: None,
        asker: Person {
            id: PersonId(7),
            name: "Alice".to_owned(),
        },
        // Above the signed range: the bits have to survive.
        place: Place {
            guild: Some(GuildId(u64::MAX - 1)),
            channel: ChannelId(u64::MAX),
            present: true,
        },
        event,
        origin: Origin::Interaction(Reply {
            interaction: InteractionId(event),
            application: ApplicationId(3),
            token: "canary".into(),
        }),
        belongs: Belongs::New,
        asked_at: Moment(1_000),
    }
}

fn answer() -> Outcome {
    let source = |number| Source {
        number,
        title: "Title".to_owned(),
        url: "https://example.org/".to_owned(),
        date: Some("2026-01-02".to_owned()),
        last_updated: None,
        snippet: "…".to_owned(),
    };
    Outcome::Answered(Answer {
        text: "Because.[1]".to_owned(),
        sources: vec![source(1), source(2)],
        model: "sonar".to_owned(),
        finish: Finish::Other("paused".to_owned()),
        usage: Usage {
            prompt_tokens: 1,
            completion_tokens: 2,
            cost_usd: Some(0.25),
        },
        related: vec!["And then?".to_owned()],
    })
}

async fn accepted(store: &dyn Store, interaction: u64) -> Question {
    match store.accept(question(interaction)).await.unwrap() {
        Acceptance::Accepted(question) => question,
        Acceptance::Known => panic!("{interaction} is new"),
    }
}

/// How the question of an event ended.
async fn outcome(store: &dyn Store, event: u64) -> Option<Outcome> {
    let question = store.asked_by(event).await.unwrap()?;
    store.question(question).await.unwrap()?.outcome
}

/// The suite. Takes a store with nothing in it.
async fn conforms(store: &dyn Store) {
    assert_eq!(store.newest().await.unwrap(), None);
    let first = accepted(store, 1).await;
    assert!(
        matches!(store.accept(question(1)).await.unwrap(), Acceptance::Known),
        "the same event twice is one question"
    );
    let second = accepted(store, 2).await;
    let third = accepted(store, u64::MAX).await;
    assert!(first.id < second.id && second.id < third.id, "ids rise");
    assert_eq!(
        outcome(store, 1).await,
        None,
        "an open question has no outcome"
    );
    assert_eq!(
        outcome(store, 99).await,
        None,
        "and one that is not there has none either"
    );

    store.record(first.id, &answer(), LATER).await.unwrap();
    let failed = Outcome::Failed {
        failure: Failure::BrokeOff,
        draft: Draft {
            text: "Half".to_owned(),
            sources: Vec::new(),
        },
    };
    store.record(second.id, &failed, LATER).await.unwrap();
    assert_eq!(outcome(store, 1).await, Some(answer()));
    assert_eq!(outcome(store, 2).await, Some(failed.clone()));

    assert_eq!(store.newest().await.unwrap(), Some(third.id));
    assert_eq!(
        store.unshown(NONE, second.id, 10).await.unwrap().len(),
        2,
        "none that came after"
    );
    let unshown = store.unshown(NONE, ALL, 10).await.unwrap();
    let ids: Vec<_> = unshown.iter().map(|unshown| unshown.question.id).collect();
    assert_eq!(ids, [first.id, second.id, third.id], "oldest first");
    assert_eq!(unshown[0].outcome, Some(answer()));
    assert_eq!(unshown[2].outcome, None);
    let read = &unshown[0].question.asked;
    assert_eq!(
        (read.place, &read.asker, read.asked_at),
        (question(1).place, &question(1).asker, Moment(1_000))
    );
    assert_eq!(read.text.as_str(), "Why? 🙂");
    assert_eq!(
        store.unshown(NONE, ALL, 1).await.unwrap().len(),
        1,
        "at most the limit"
    );

    assert_eq!(
        store.unshown(first.id, ALL, 10).await.unwrap().len(),
        2,
        "none that came before"
    );
    store.parts_shown(third.id, 2).await.unwrap();
    assert_eq!(
        store.unshown(second.id, ALL, 1).await.unwrap()[0].parts_shown,
        2
    );

    store.shown(first.id, LATER).await.unwrap();
    store.undeliverable(second.id).await.unwrap();
    assert_eq!(
        store.unshown(NONE, ALL, 10).await.unwrap().len(),
        1,
        "shown and undeliverable ones are done"
    );

    store.record(second.id, &answer(), LATER).await.unwrap();
    assert_eq!(
        outcome(store, 2).await,
        Some(answer()),
        "a later outcome replaces an earlier one"
    );

    store.record(second.id, &failed, LATER).await.unwrap();
    assert_eq!(
        outcome(store, 2).await,
        Some(answer()),
        "but a failure never replaces an answer"
    );
}

#[tokio::test]
async fn sqlite_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("footnote.db"))
        .await
        .unwrap();
    conforms(&store).await;
}

#[tokio::test]
async fn sqlite_keeps_what_it_was_given_and_forgets_tokens_that_are_used_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("footnote.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let question = accepted(&store, 1).await;
    store.record(question.id, &answer(), LATER).await.unwrap();
    store.close().await;

    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(
        store.unshown(NONE, ALL, 10).await.unwrap()[0].outcome,
        Some(answer())
    );
    store.shown(question.id, LATER).await.unwrap();
    assert!(store.unshown(NONE, ALL, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("footnote.db");
    std::fs::write(
        &path,
        "no database at all, but long enough to be looked at as one; ".repeat(50),
    )
    .unwrap();
    let before = std::fs::read(&path).unwrap();
    let refused = SqliteStore::open(&path).await;
    assert!(matches!(refused, Err(OpenError::Damaged { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}
