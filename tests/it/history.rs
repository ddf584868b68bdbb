//! What is sent of what was said: budgets, quotations, checks; and what the built-in server finds with it.

use std::sync::Arc;

use footnote_bot::clock::Moment;
use footnote_bot::conversation::answer::Draft;
use footnote_bot::conversation::language::Language;
use footnote_bot::conversation::outcome::Outcome;
use footnote_bot::conversation::ports::Progress;
use footnote_bot::conversation::question::{
    Belongs, NewQuestion, Origin, Person, Place, QuestionText, Quote, Task,
};
use footnote_bot::demo::{Demo, DemoOptions};
use footnote_bot::ids::{ChannelId, MessageId, PersonId};
use footnote_bot::settings::Settings;
use sonar_server::engines::corpus::Silent;
use tempfile::TempDir;

/// The documents of these tests.
fn documents() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let pages = [
        (
            "bees.md",
            "# Keeping bees\n\n## Calming a hive\n\nBlow cool smoke into the entrance of the hive and wait two minutes before opening it. The bees fill themselves with honey and become calm.\n\n## Feeding in winter\n\nGive sugar dough instead of syrup once the nights are cold.\n",
        ),
        (
            "boats.md",
            "# Boats\n\n## Mooring\n\nTie the bow line first when the wind comes from ahead.\n\n## Painting the hull\n\nPaint the hull in spring with two coats of antifouling paint.\n",
        ),
    ];
    for (name, text) in pages {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Nobody looks on.
struct Unseen;

impl Progress for Unseen {
    fn waits(&self) {}

    fn begins(&self) {}

    fn searches(&self, _: &[String]) {}

    fn grew(&self, _: &Draft) {}
}

/// A desk at the built-in server, which answers from documents.
struct AtDocuments {
    demo: Demo,
    asked: u64,
    _folder: TempDir,
}

impl AtDocuments {
    async fn open() -> Self {
        let folder = documents();
        let mut settings = Settings::defaults().unwrap();
        settings.data_dir = folder.path().join("data-of-the-test");
        settings.engine.corpus = vec![folder.path().to_owned()];
        settings.engine.bundled = false;
        let demo = Demo::start(settings, &DemoOptions::default(), Arc::new(Silent))
            .await
            .unwrap();
        Self {
            demo,
            asked: 0,
            _folder: folder,
        }
    }

    /// What a question of this person's is answered with.
    async fn answers(
        &mut self,
        person: &str,
        text: &str,
        task: Task,
        quote: Option<&str>,
    ) -> String {
        self.asked += 1;
        let quote = quote.map(|text| Quote {
            author: "Zebulon".to_owned(),
            text: text.to_owned(),
            channel: ChannelId(5),
            message: MessageId(6),
        });
        let question = NewQuestion {
            text: QuestionText::parse(text).unwrap(),
            task,
            quote,
            asker: Person {
                id: PersonId(person.len() as u64),
                name: person.to_owned(),
            },
            seen: true,
            place: Place {
                guild: None,
                channel: ChannelId(5),
                present: true,
            },
            event: self.asked,
            origin: Origin::Past,
            belongs: Belongs::Here,
            wish: footnote_bot::search::wish::Wish::default(),
            language: Language::English,
            asked_at: Moment(0),
        };
        let desk = &self.demo.desk;
        let accepted = desk.accept(question).await.unwrap();
        let (question, in_line) = accepted.expect("it is new");
        match desk.answer(&question, None, &in_line, &Unseen).await {
            Outcome::Answered(answer) => answer.text,
            Outcome::Failed { failure, .. } => panic!("{}", failure.name()),
        }
    }
}

const SMOKE: &str = "Blow cool smoke into the entrance of the hive";
const HULL: &str = "Paint the hull in spring with two coats";

#[tokio::test]
async fn asking_about_a_message_finds_what_it_is_about() {
    let mut desk = AtDocuments::open().await;
    for (text, quote) in [
        (
            "How do I do that?",
            "I have to calm a hive before I open it",
        ),
        (
            "What would you do?",
            "my bees are so angry when I open the hive 😡\nhow can I calm them?",
        ),
        ("What does he mean by smoke?", "blow smoke into the hive"),
        ("How do I calm a hive?", "lol, why don't you ask Footnote"),
        (
            "Is it so?",
            "> you blow cool smoke into the hive to calm bees",
        ),
    ] {
        let answer = desk.answers("Alice", text, Task::Answer, Some(quote)).await;
        assert!(answer.contains(SMOKE), "{text} {quote}: {answer}");
    }
}

#[tokio::test]
async fn checking_a_message_finds_what_speaks_of_its_claim() {
    let mut desk = AtDocuments::open().await;
    for (claim, found) in [
        (
            "Bees become calm when you blow cool smoke into the entrance of their hive.",
            SMOKE,
        ),
        (
            "you paint the hull with two coats of antifouling paint 🙂",
            HULL,
        ),
    ] {
        let answer = desk.answers("Alice", claim, Task::Check, Some(claim)).await;
        assert!(answer.contains(found), "{claim}: {answer}");
    }
}

#[tokio::test]
async fn who_speaks_does_not_stand_in_the_way_of_the_search() {
    let mut desk = AtDocuments::open().await;
    for (person, text, found) in [
        ("Alice", "How do I calm a hive?", SMOKE),
        ("Zebulon", "And where do I blow the smoke?", SMOKE),
        ("Zebulon", "How do I paint the hull?", HULL),
    ] {
        let answer = desk.answers(person, text, Task::Answer, None).await;
        assert!(answer.contains(found), "{text}: {answer}");
    }
}
