//! Brings a database's tables up to date, whatever version wrote them. Keeps everything that is in them.

use std::path::Path;

use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::SqlitePool;

use super::OpenError;

/// Every change of the tables, in order. One that was released never changes again.
const CHANGES: [(i64, &str, &str); 5] = [
    (
        1,
        "questions",
        include_str!("../migrations/sqlite/0001_questions.sql"),
    ),
    (
        2,
        "conversations",
        include_str!("../migrations/sqlite/0002_conversations.sql"),
    ),
    (
        3,
        "display",
        include_str!("../migrations/sqlite/0003_display.sql"),
    ),
    (
        4,
        "settings",
        include_str!("../migrations/sqlite/0004_settings.sql"),
    ),
    (
        5,
        "jobs",
        include_str!("../migrations/sqlite/0005_jobs.sql"),
    ),
];

/// Makes the changes that are still to be made.
pub(super) async fn run(path: &Path, writer: &SqlitePool) -> Result<(), OpenError> {
    migrator(&CHANGES)
        .run(writer)
        .await
        .map_err(|error| match error {
            MigrateError::VersionMissing(_) => OpenError::Newer {
                path: path.to_owned(),
            },
            other => OpenError::Damaged {
                path: path.to_owned(),
                reason: other.to_string(),
            },
        })
}

fn migrator(changes: &[(i64, &'static str, &'static str)]) -> Migrator {
    let change = |(version, name, sql): &(i64, &'static str, &'static str)| {
        let sql = sql.into_sql_str();
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(changes.iter().map(change).collect())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use sqlx::Row;
    use sqlx::sqlite::SqliteConnectOptions;
    use tempfile::TempDir;

    use super::*;
    use crate::clock::Moment;
    use crate::conversation::answer::{Answer, Draft, Finish, Image, Source, Usage};
    use crate::conversation::failure::Failure;
    use crate::conversation::language::Language;
    use crate::conversation::outcome::Outcome;
    use crate::conversation::ports::{
        Acceptance, ConversationStore as _, HeardStore as _, Kept, NewChange, PostStore as _,
        QuestionStore as _, Saved, SettingsStore as _, Store as _,
    };
    use crate::conversation::question::{Belongs, NewQuestion, Origin, Reply, Task};
    use crate::ids::{ChangeId, ChannelId, GuildId, PersonId, QuestionId, QuoteId};
    use crate::jobs::job::{JobId, Kind, NewJob, Starts};
    use crate::jobs::ports::JobStore as _;
    use crate::search::Filters;
    use crate::search::scope::Scope;
    use crate::storage::sqlite::SqliteStore;

    /// Five questions as the first version kept them: answered and shown; failed and shown; answered and not shown; still open; and one
    /// whose reply ran out before its outcome could be shown.
    const ROWS: &str = "
        INSERT INTO question (interaction_id, application_id, reply_token, guild_id, channel_id, asker_id, text, asked_at, failure, ended_at, parts_shown, shown_at) VALUES
            (-2, 3, NULL,      -5,   11, 7, 'What is tea?',  1000, NULL,          1500, 0, 2000),
            (102, 3, NULL,     NULL, 12, 8, 'What is rain?', 1001, 'timed_out',   1501, 0, 2001),
            (103, 3, 'open-3', -5,   11, 7, 'And snow?',     1002, NULL,          1502, 1, NULL),
            (104, 3, 'open-4', -5,   11, 9, 'And ice?',      1003, NULL,          NULL, 0, NULL),
            (105, 3, NULL,     -5,   11, 9, 'And hail?',     1004, 'interrupted', 1504, 0, NULL);
        INSERT INTO answer VALUES
            (1, 'A drink.[1]', 'sonar', 'stop', 3, 5, 0.25),
            (2, 'Wat', '', 'stop', 0, 0, NULL),
            (3, 'Frozen.', 'sonar', 'length', 4, 6, NULL),
            (5, '', '', 'stop', 0, 0, NULL);
        INSERT INTO source VALUES
            (1, 1, 'Tea', 'https://example.org/tea', '2026-01-02', NULL, 'Leaves.'),
            (1, 2, 'More', 'https://example.org/more', NULL, '2026-01-03', '');";

    /// A conversation as the second version kept it: a question by a message, answered, shown and edited since; and one by a command behind
    /// it, still open.
    const ROWS_OF_THE_SECOND: &str = "
        INSERT INTO conversation (id, guild_id, began_in, home_id, starter_id, others_joined, told) VALUES (1, -5, 11, 55, 7, 1, 1);
        INSERT INTO question (id, conversation_id, parent_id, event_id, by_message, application_id, interaction_id, reply_token, guild_id, channel_id,
                present, asker_id, asker_name, seen, task, text, edited_text, asked_at, ended_at, shown_at) VALUES
            (1, 1, NULL, 201, 1, NULL, NULL, NULL,     -5, 11, 1, 7, 'Alice', 1, 'answer', 'What is tea?', 'What is green tea?', 1000, 1500, 2000),
            (2, 1, 1,    202, 0, 3,    902,  'open-2', -5, 55, 1, 8, 'Bob',   0, 'check',  'Is it hot?',   NULL,                 1001, NULL, NULL);
        INSERT INTO answer (question_id, text, model, finish, prompt_tokens, completion_tokens, cost_usd, related) VALUES
            (1, 'A drink.[1]', 'sonar', 'stop', 3, 5, 0.25, '[\"And coffee?\"]');
        INSERT INTO source VALUES (1, 1, 'Tea', 'https://example.org/tea', NULL, NULL, 'Leaves.');
        INSERT INTO posted VALUES (301, 1, 0, 11);";

    /// A conversation as the third version kept it: a question with a quoted message, answered anew in German; and one behind it, still open.
    const ROWS_OF_THE_THIRD: &str = "
        INSERT INTO conversation (id, guild_id, began_in, home_id, starter_id, others_joined, told) VALUES (1, -5, 11, 55, 7, 1, 1);
        INSERT INTO question (id, conversation_id, parent_id, event_id, by_message, application_id, interaction_id, reply_token, guild_id, channel_id,
                present, asker_id, asker_name, seen, task, text, quote_author, quote_text, quote_channel, quote_message, language, asked_at,
                opened_at, ended_at, shown_at) VALUES
            (1, 1, NULL, 201, 1, NULL, NULL, NULL,     -5, 11, 1, 7, 'Alice', 1, 'answer', 'What is tea?', 'Bob', 'Tea is blue.', 11, 199, 'de', 1000, 1200, 1500, 2000),
            (2, 1, 1,    202, 0, 3,    902,  'open-2', -5, 55, 1, 8, 'Bob',   0, 'check',  'Is it hot?',   NULL,  NULL,           NULL, NULL, 'en', 1001, NULL, NULL, NULL);
        INSERT INTO answer (question_id, text, model, finish, prompt_tokens, completion_tokens, cost_usd, related, images, filters, took_ms) VALUES
            (1, 'A drink.[1]', 'sonar', 'stop', 3, 5, 0.25, '[\"And coffee?\"]',
             '[{\"url\":\"https://example.org/tea.png\",\"origin\":\"\",\"title\":null}]',
             '{\"allowed\":[\"example.org\"],\"denied\":[],\"recency\":\"month\"}', 4200);
        INSERT INTO source VALUES (1, 1, 'Tea', 'https://example.org/tea', NULL, NULL, 'Leaves.');";

    /// A question as the fourth version kept it, with a wish and a message quoted that only its asker sees; and what was set in Discord, still to
    /// be told.
    const ROWS_OF_THE_FOURTH: &str = "
        INSERT INTO conversation (id, guild_id, began_in, home_id, starter_id, others_joined, told) VALUES (1, -5, 11, 55, 7, 1, 1);
        INSERT INTO question (id, conversation_id, parent_id, event_id, by_message, application_id, interaction_id, reply_token, guild_id, channel_id,
                present, asker_id, asker_name, seen, task, text, language, asked_at, ended_at, shown_at, wish) VALUES
            (1, 1, NULL, 201, 1, NULL, NULL, NULL,     -5, 11, 1, 7, 'Alice', 1, 'answer', 'What is tea?', 'de', 1000, 1500, 2000, '{\"private\":true}'),
            (2, 1, 1,    202, 0, 3,    902,  'open-2', -5, 55, 1, 8, 'Bob',   0, 'check',  'Is it hot?',   'en', 1001, NULL, NULL, NULL);
        INSERT INTO answer (question_id, text, model, finish, prompt_tokens, completion_tokens) VALUES (1, 'A drink.', 'sonar', 'stop', 3, 5);
        INSERT INTO held_quote VALUES (4, 'Bob', 'Tea is blue.', 11, 199, 900, 1);
        INSERT INTO setting_change VALUES (3, -5, 11, 'channel', 7, 'Alice', 1100, '{}', '{\"images\":true}');
        INSERT INTO setting VALUES (-5, 11, 'channel', '{\"images\":true}', 3);
        INSERT INTO setting_untold VALUES (3, 66);";

    async fn of_the_first_version() -> (TempDir, PathBuf) {
        of_version(1, ROWS).await
    }

    /// A database as this version left it.
    async fn of_version(version: usize, rows: &'static str) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("footnote.db");
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true);
        let pool = SqlitePool::connect_with(options).await.unwrap();
        migrator(&CHANGES[..version]).run(&pool).await.unwrap();
        sqlx::raw_sql(rows).execute(&pool).await.unwrap();
        pool.close().await;
        (folder, path)
    }

    async fn kept(store: &SqliteStore, id: i64) -> Kept {
        store.question(QuestionId(id)).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn a_database_of_the_first_version_keeps_everything() {
        let (_folder, path) = of_the_first_version().await;
        let store = SqliteStore::open(&path).await.unwrap();

        let first = kept(&store, 1).await;
        let asked = &first.question.asked;
        assert_eq!(
            (asked.text.as_str(), asked.asked_at, asked.event),
            ("What is tea?", Moment(1_000), u64::MAX - 1)
        );
        assert_eq!(
            (asked.asker.id, asked.asker.name.as_str()),
            (PersonId(7), "")
        );
        assert_eq!(asked.place.guild, Some(GuildId(u64::MAX - 4)));
        assert!(asked.place.present && asked.task == Task::Answer && asked.quote.is_none());
        let source = |number, title: &str, url: &str| Source {
            number,
            title: title.to_owned(),
            url: url.to_owned(),
            date: None,
            last_updated: None,
            snippet: String::new(),
        };
        let sources = vec![
            Source {
                date: Some("2026-01-02".to_owned()),
                snippet: "Leaves.".to_owned(),
                ..source(1, "Tea", "https://example.org/tea")
            },
            Source {
                last_updated: Some("2026-01-03".to_owned()),
                ..source(2, "More", "https://example.org/more")
            },
        ];
        let answer = Answer {
            text: "A drink.[1]".to_owned(),
            sources,
            model: "sonar".to_owned(),
            finish: Finish::Complete,
            usage: Usage {
                prompt_tokens: 3,
                completion_tokens: 5,
                cost_usd: Some(0.25),
            },
            related: Vec::new(),
            images: Vec::new(),
            filters: Filters::default(),
            took: Duration::ZERO,
        };
        assert_eq!(first.outcome, Some(Outcome::Answered(answer)));
        let half = Outcome::Failed {
            failure: Failure::named("timed_out"),
            draft: Draft {
                text: "Wat".to_owned(),
                sources: Vec::new(),
                filters: crate::search::Filters::default(),
            },
        };
        assert_eq!(kept(&store, 2).await.outcome, Some(half));
        assert_eq!(kept(&store, 4).await.outcome, None);

        // What was left to be shown still is, with the reply it can be shown in; what can be shown to nobody is not tried for ever.
        store
            .interrupt(QuestionId(i64::MAX), Moment(9))
            .await
            .unwrap();
        let left = store
            .unshown(QuestionId(0), QuestionId(i64::MAX), 9)
            .await
            .unwrap();
        let left: Vec<_> = left
            .iter()
            .map(|left| (left.question.id.0, left.outcome.clone(), left.parts_shown))
            .collect();
        let third = kept(&store, 3).await.outcome.unwrap();
        let fourth = Outcome::failed(Failure::Interrupted);
        assert_eq!(left, [(3, third, 1), (4, fourth, 0)]);
        let origin = kept(&store, 4).await.question.asked.origin;
        let Origin::Interaction(Reply { interaction, .. }) = origin else {
            panic!("{origin:?}")
        };
        assert_eq!(interaction.0, 104);
        store.close().await;
    }

    #[tokio::test]
    async fn questions_of_the_first_version_are_conversations_that_can_go_on() {
        let (_folder, path) = of_the_first_version().await;
        let store = SqliteStore::open(&path).await.unwrap();
        let first = kept(&store, 1).await.question;
        let began = store
            .conversation(first.conversation)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (began.starter, began.home, began.began_in),
            (PersonId(7), None, ChannelId(11))
        );
        assert_ne!(
            kept(&store, 3).await.question.conversation,
            first.conversation
        );

        let again = NewQuestion {
            event: 104,
            ..first.asked.clone()
        };
        assert!(matches!(
            store.accept(again, None).await.unwrap(),
            Acceptance::Known
        ));
        let next = NewQuestion {
            event: 900,
            belongs: Belongs::After(first.id),
            ..first.asked
        };
        let Acceptance::Accepted(next) = store.accept(next, None).await.unwrap() else {
            panic!("it is new")
        };
        assert_eq!(
            (next.id, next.conversation),
            (QuestionId(6), first.conversation)
        );
        let past = store.history(next.id, 9).await.unwrap();
        assert_eq!(past.len(), 1);
        assert_eq!(past[0].answer, "A drink.[1]");
        assert!(sound(&store).await, "every row refers to what is there");
        store.close().await;

        let store = SqliteStore::open(&path).await.unwrap();
        assert_eq!(
            store.newest().await.unwrap(),
            Some(QuestionId(6)),
            "a second start changes nothing"
        );
    }

    #[tokio::test]
    async fn an_answer_of_the_second_version_can_be_written_anew() {
        let (_folder, path) = of_version(2, ROWS_OF_THE_SECOND).await;
        let store = SqliteStore::open(&path).await.unwrap();
        let first = kept(&store, 1).await;
        let asked = &first.question.asked;
        assert_eq!(
            (asked.language, first.question.opened_at, first.shown),
            (Language::English, Moment(1_000), true)
        );
        assert_eq!(first.edited.unwrap().as_str(), "What is green tea?");
        let Some(Outcome::Answered(answer)) = first.outcome else {
            panic!("{:?}", first.outcome)
        };
        assert_eq!(
            (answer.text.as_str(), answer.sources.len(), answer.took),
            ("A drink.[1]", 1, Duration::ZERO)
        );
        assert_eq!(answer.related, ["And coffee?"]);
        assert_eq!(
            (&answer.images, &answer.filters),
            (&Vec::new(), &Filters::default())
        );
        let second = kept(&store, 2).await.question;
        assert_eq!(
            (second.opened_at, second.asked.belongs, second.asked.task),
            (Moment(1_001), Belongs::After(QuestionId(1)), Task::Check)
        );

        let anew = store.reopen(QuestionId(1), None, Moment(5_000), None).await;
        let anew = anew.unwrap().unwrap();
        assert_eq!(
            (anew.asked.text.as_str(), anew.attempt, anew.opened_at),
            ("What is green tea?", 1, Moment(5_000))
        );
        let next = Answer {
            text: "Leaves.[1]".to_owned(),
            images: vec![Image {
                url: "https://example.org/tea.png".to_owned(),
                origin: "https://example.org/tea".to_owned(),
                title: None,
            }],
            filters: Filters {
                allowed: vec!["example.org".to_owned()],
                ..Filters::default()
            },
            took: Duration::from_millis(1_500),
            ..answer
        };
        let next = Outcome::Answered(next);
        store
            .record(QuestionId(1), &next, Moment(6_500))
            .await
            .unwrap();
        assert_eq!(kept(&store, 1).await.outcome, Some(next));
        let posted = store.messages(QuestionId(1)).await.unwrap();
        assert_eq!((posted.len(), posted[0].message.0), (1, 301));
        assert!(sound(&store).await, "every row refers to what is there");
    }

    #[tokio::test]
    async fn a_question_of_the_third_version_is_one_for_which_nothing_was_wished() {
        let (_folder, path) = of_version(3, ROWS_OF_THE_THIRD).await;
        let store = SqliteStore::open(&path).await.unwrap();
        let first = kept(&store, 1).await;
        let asked = &first.question.asked;
        assert_eq!(
            (
                asked.text.as_str(),
                asked.language,
                asked.asker.name.as_str()
            ),
            ("What is tea?", Language::German, "Alice")
        );
        assert_eq!(asked.quote.as_ref().unwrap().text, "Tea is blue.");
        assert!(asked.wish.is_nothing() && first.shown);
        assert_eq!(
            (asked.asked_at, first.question.opened_at),
            (Moment(1_000), Moment(1_200))
        );
        let Some(Outcome::Answered(answer)) = first.outcome else {
            panic!("{:?}", first.outcome)
        };
        assert_eq!(
            (answer.text.as_str(), answer.sources.len(), answer.took),
            ("A drink.[1]", 1, Duration::from_millis(4_200))
        );
        let filters = Filters {
            allowed: vec!["example.org".to_owned()],
            recency: Some(crate::search::Recency::Month),
            ..Filters::default()
        };
        assert_eq!((answer.images.len(), answer.filters), (1, filters));
        let second = kept(&store, 2).await.question;
        assert_eq!(
            (second.asked.belongs, second.asked.task),
            (Belongs::After(QuestionId(1)), Task::Check)
        );
        assert!(second.asked.wish.is_nothing());
        // Nothing is set anywhere yet, and something can be.
        let guild = GuildId(u64::MAX - 4);
        assert!(
            store
                .settings_of(guild, &[11, 55])
                .await
                .unwrap()
                .is_empty()
        );
        let change = NewChange {
            scope: Scope::server(guild),
            by: asked.asker.clone(),
            at: Moment(3_000),
            on: ChangeId::NONE,
            after: serde_json::from_str(r#"{"images":true}"#).unwrap(),
            told_in: vec![ChannelId(11)],
        };
        let saved = store.save_settings(&change).await.unwrap();
        assert!(matches!(saved, Saved::Done(_)));
        assert!(sound(&store).await, "every row refers to what is there");
        store.close().await;
    }

    #[tokio::test]
    async fn a_question_of_the_fourth_version_can_be_researched() {
        let (_folder, path) = of_version(4, ROWS_OF_THE_FOURTH).await;
        let store = SqliteStore::open(&path).await.unwrap();
        let first = kept(&store, 1).await;
        assert!(first.question.asked.wish.private && first.shown);
        let Some(Outcome::Answered(answer)) = first.outcome else {
            panic!("{:?}", first.outcome)
        };
        assert_eq!(answer.text, "A drink.");
        assert!(store.held(QuoteId(4)).await.unwrap().unwrap().private);
        let guild = GuildId(u64::MAX - 4);
        let set = store.settings_of(guild, &[11]).await.unwrap();
        assert_eq!((set.len(), set[0].revision), (1, ChangeId(3)));
        let untold = store.untold(9, &[]).await.unwrap();
        assert_eq!(
            (untold[0].change.id, untold[0].channel),
            (ChangeId(3), ChannelId(66))
        );

        // None of what was asked before has a job, so that a start goes on as ever.
        assert_eq!(store.job_of(QuestionId(1)).await.unwrap(), None);
        let at = Moment(5_000);
        store.interrupt(QuestionId(2), at).await.unwrap();
        let unshown = store
            .unshown(QuestionId(0), QuestionId(9), 9)
            .await
            .unwrap();
        assert_eq!(unshown.len(), 1);
        let job = NewJob {
            id: JobId::random(),
            kind: Kind::Research,
            lane: None,
            starts: Starts::At(at),
            checkpoint: String::new(),
            at,
        };
        let again = store.reopen(QuestionId(1), None, at, Some(&job)).await;
        assert!(again.unwrap().is_some());
        let made = store.job_of(QuestionId(1)).await.unwrap().unwrap();
        assert_eq!(made.id, job.id);
        assert!(sound(&store).await, "every row refers to what is there");
        store.close().await;
    }

    #[tokio::test]
    async fn an_answer_is_there_even_where_what_is_kept_beside_it_cannot_be_read() {
        let (_folder, path) = of_version(2, ROWS_OF_THE_SECOND).await;
        let store = SqliteStore::open(&path).await.unwrap();
        sqlx::raw_sql("UPDATE answer SET images = '{', filters = '[1]', related = 'And coffee?'")
            .execute(&store.writer)
            .await
            .unwrap();
        let Some(Outcome::Answered(answer)) = kept(&store, 1).await.outcome else {
            panic!("it was answered")
        };
        assert_eq!(answer.text, "A drink.[1]");
        assert_eq!(
            (answer.images, answer.filters, answer.related),
            (Vec::new(), Filters::default(), Vec::new())
        );
    }

    async fn sound(store: &SqliteStore) -> bool {
        let check = sqlx::query("PRAGMA foreign_key_check").fetch_all(&store.readers);
        let refers = sqlx::query(
            "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list('answer') UNION SELECT DISTINCT \"table\" FROM pragma_foreign_key_list('source')",
        );
        let refers = refers.fetch_all(&store.readers).await.unwrap();
        let refers: Vec<String> = refers.iter().map(|row| row.get(0)).collect();
        check.await.unwrap().is_empty() && refers == ["question"]
    }
}
