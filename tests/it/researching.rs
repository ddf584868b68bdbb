//! A research from its turn to its end: real store, real workers, a service and an edge that do as a test tells them.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use footnote_bot::clock::Clock;
use footnote_bot::conversation::answer::{Draft, Finish, Image, Source, Usage};
use footnote_bot::conversation::ask::Desk;
use footnote_bot::conversation::failure::Failure;
use footnote_bot::conversation::in_flight::{InFlight, Limits};
use footnote_bot::conversation::language::Language;
use footnote_bot::conversation::outcome::Outcome;
use footnote_bot::conversation::ports::{
    AnswerError, AnswerEvent, AnswerService, End, Inquiry, Looked, PostStore as _,
    QuestionStore as _, ResearchService, SubmitError,
};
use footnote_bot::conversation::question::{
    Belongs, NewQuestion, Origin, Person, Place, Question, QuestionText, Task,
};
use footnote_bot::ids::{ChannelId, GuildId, MessageId, PersonId, QuestionId};
use footnote_bot::jobs::job::{JobId, Kind, State, Turns, Worker, Written};
use footnote_bot::jobs::ports::JobStore as _;
use footnote_bot::jobs::workers::{LEASE, MOST_ATTEMPTS, Workers, later};
use footnote_bot::research::desk::{Full, ResearchDesk, Taken, TakenOn};
use footnote_bot::research::estimate::Estimate;
use footnote_bot::research::ports::{Report, Showing, Shown, Standing};
use footnote_bot::research::record::{Paid, Record, Stage};
use footnote_bot::research::running::Researching;
use footnote_bot::search::operator::Operator;
use footnote_bot::search::service::Depth;
use footnote_bot::search::wish::Wish;
use footnote_bot::settings::Settings;
use footnote_bot::storage::sqlite::SqliteStore;
use futures_util::stream::BoxStream;
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::harness::SOON;
use crate::harness::clock::MovedClock;
use crate::harness::store_file::{leave_readable, leave_unreadable};

/// A limit that nothing is above.
const ANY_COST: f64 = 1_000.0;
const DAY: Duration = Duration::from_secs(86_400);

/// What the service says to a submission.
enum Submission {
    Takes,
    Refuses(Failure),
    /// Takes it on, and nobody hears of it.
    TakesUnheard,
}

#[derive(Default)]
struct ServiceState {
    submissions: VecDeque<Submission>,
    /// Under which keys something was taken on, and how often it was asked for.
    taken: BTreeMap<JobId, u32>,
    looks: VecDeque<Looked>,
    looked: u32,
}

#[derive(Default)]
struct Service {
    state: Mutex<ServiceState>,
    changed: Notify,
}

#[async_trait]
impl ResearchService for Service {
    async fn submit(&self, _: &Inquiry, key: JobId) -> Result<String, SubmitError> {
        let submission = {
            let mut state = self.state.lock().unwrap();
            let submission = state.submissions.pop_front().unwrap_or(Submission::Takes);
            if !matches!(submission, Submission::Refuses(_)) {
                *state.taken.entry(key).or_default() += 1;
            }
            submission
        };
        self.changed.notify_one();
        let error = |failure, may_be_taken| SubmitError {
            failure,
            cause: "as the test wants it".to_owned(),
            may_be_taken,
        };
        match submission {
            Submission::Takes => Ok(format!("at-the-service-{key}")),
            Submission::Refuses(failure) => Err(error(failure, false)),
            Submission::TakesUnheard => Err(error(Failure::Unavailable, true)),
        }
    }

    async fn look(&self, id: &str) -> Result<Looked, AnswerError> {
        assert!(id.starts_with("at-the-service-"));
        let looked = {
            let mut state = self.state.lock().unwrap();
            state.looked += 1;
            // What is said last is said from then on.
            match state.looks.len() {
                0 | 1 => state.looks.front().cloned(),
                _ => state.looks.pop_front(),
            }
        };
        self.changed.notify_one();
        looked.ok_or_else(|| AnswerError {
            failure: Failure::Unavailable,
            cause: "as the test wants it".to_owned(),
        })
    }
}

impl AnswerService for Service {
    fn ask(&self, _: &Inquiry) -> BoxStream<'static, Result<AnswerEvent, AnswerError>> {
        panic!("nothing is answered at once here")
    }
}

#[derive(Default)]
struct EdgeState {
    standings: Vec<Standing>,
    delivered: Vec<(QuestionId, Outcome, Report)>,
    settled: Vec<Report>,
    unread: Vec<(QuestionId, Option<Paid>)>,
    may_be_there: Vec<bool>,
    refuses: VecDeque<Shown>,
    is_gone: bool,
}

#[derive(Default)]
struct EdgeOfTest {
    state: Mutex<EdgeState>,
    changed: Notify,
}

#[async_trait]
impl Showing for EdgeOfTest {
    async fn stands(&self, _: &Question, _: &Estimate, standing: Standing) -> bool {
        let mut state = self.state.lock().unwrap();
        state.standings.push(standing);
        self.changed.notify_one();
        !state.is_gone
    }

    async fn deliver(
        &self,
        question: &Question,
        outcome: &Outcome,
        report: &Report,
        may_be_there: bool,
    ) -> Shown {
        let mut state = self.state.lock().unwrap();
        let delivery = (question.id, outcome.clone(), *report);
        state.delivered.push(delivery);
        state.may_be_there.push(may_be_there);
        self.changed.notify_one();
        state.refuses.pop_front().unwrap_or(Shown::Done)
    }

    async fn give_up_unread(&self, question: QuestionId, report: Option<&Report>) -> Shown {
        let mut state = self.state.lock().unwrap();
        state.unread.push((question, report.map(|told| told.paid)));
        self.changed.notify_one();
        state.refuses.pop_front().unwrap_or(Shown::Done)
    }

    async fn settle(&self, _: &Question, _: &Outcome, report: &Report) {
        self.state.lock().unwrap().settled.push(*report);
        self.changed.notify_one();
    }
}

/// Everything that a research needs, and what a restart leaves of it.
struct World {
    store: Arc<SqliteStore>,
    clock: MovedClock,
    service: Arc<Service>,
    edge: Arc<EdgeOfTest>,
    settings: Settings,
    research: Arc<ResearchDesk>,
    asked: u64,
    running: Option<(CancellationToken, JoinHandle<()>)>,
    folder: TempDir,
}

impl World {
    async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    async fn open_with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("footnote.db")).await;
        let store = Arc::new(store.unwrap());
        let mut settings = Settings::defaults().unwrap();
        settings.research.submissions_per_minute = 10_000;
        change(&mut settings);
        let clock = MovedClock::default();
        let research = desk_of(&store, &clock, &settings);
        let mut world = Self {
            store,
            clock,
            service: Arc::default(),
            edge: Arc::default(),
            settings,
            research,
            asked: 0,
            running: None,
            folder,
        };
        world.start();
        world
    }

    /// Starts the workers, of a new process as it were.
    fn start(&mut self) {
        self.research = desk_of(&self.store, &self.clock, &self.settings);
        let in_flight = InFlight::new(Limits {
            open: 9,
            open_of_one: 9,
            at_once: 9,
        });
        let desk = Arc::new(Desk::new(
            Arc::clone(&self.store) as _,
            Arc::clone(&self.service) as _,
            Arc::new(self.clock.clone()),
            in_flight,
            Operator::of(&self.settings),
        ));
        let work = Arc::new(Researching::new(
            desk,
            Arc::clone(&self.research),
            Arc::clone(&self.service) as _,
            Arc::clone(&self.edge) as _,
            Arc::default(),
        ));
        let stop = CancellationToken::new();
        let (workers, stopped) = (Arc::clone(self.research.workers()), stop.clone());
        let task = TaskTracker::new().spawn(async move {
            workers.run(vec![work], stopped, SOON).await;
        });
        self.running = Some((stop, task));
    }

    /// Ends them in good order.
    async fn stop(&mut self) {
        let (stop, task) = self.running.take().unwrap();
        stop.cancel();
        tokio::time::timeout(SOON, task).await.unwrap().unwrap();
    }

    /// Ends them as if the process had been cut off: what it was doing goes on for a while, and no longer counts.
    async fn cut_off(&mut self) {
        let (_, task) = self.running.take().unwrap();
        task.abort();
        let _ended = task.await;
    }

    /// Has a question answered for 0.30 dollars, which Discord does not take at first, and cuts the workers off before they try again.
    async fn is_cut_off_before_discord_takes_it(&mut self) -> QuestionId {
        self.edge.state.lock().unwrap().refuses = [Shown::Later].into();
        self.looks([answer(Some(0.3))]);
        let question = self.asks(7).await.question.id;
        self.delivers(question).await;
        self.gives_back().await;
        self.cut_off().await;
        question
    }

    fn submissions(&self, submissions: impl IntoIterator<Item = Submission>) {
        let mut state = self.service.state.lock().unwrap();
        state.submissions.extend(submissions);
    }

    fn looks(&self, looks: impl IntoIterator<Item = Looked>) {
        self.service.state.lock().unwrap().looks.extend(looks);
    }

    /// What it says from now on, whatever it was to say.
    fn looks_now(&self, look: Looked) {
        self.service.state.lock().unwrap().looks = [look].into();
    }

    async fn asks(&mut self, person: u64) -> Taken {
        match self.tries_to_ask(person, ANY_COST).await {
            TakenOn::Taken(taken) => taken,
            other => panic!("{other:?}"),
        }
    }

    /// Asks, and waits until the service has taken it on.
    async fn submits(&mut self, person: u64) -> QuestionId {
        let question = self.asks(person).await.question.id;
        self.comes_to(question, |stage| matches!(stage, Stage::Submitted { .. }))
            .await;
        question
    }

    async fn tries_to_ask(&mut self, person: u64, limit: f64) -> TakenOn {
        self.asked += 1;
        let question = question(self.asked, person, self.clock.now());
        self.research.accept(question, None, limit).await.unwrap()
    }

    /// The same for an event of this number, however often.
    async fn tries_to_ask_as(&self, event: u64, person: u64) -> TakenOn {
        let question = question(event, person, self.clock.now());
        let taken = self.research.accept(question, None, ANY_COST).await;
        taken.unwrap()
    }

    /// Waits until something is so; what it is then.
    async fn until<T>(&self, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
        let waiting = async {
            loop {
                if let Some(found) = look().await {
                    return found;
                }
                tokio::task::yield_now().await;
            }
        };
        match tokio::time::timeout(SOON, waiting).await {
            Ok(found) => found,
            Err(_) => panic!("not within {SOON:?}: {what}"),
        }
    }

    /// Waits until a question's outcome was delivered.
    async fn delivers(&self, question: QuestionId) -> (Outcome, Report) {
        let delivered = async || {
            let state = self.edge.state.lock().unwrap();
            let mut delivered = state.delivered.iter();
            let found = delivered.find(|(of, _, _)| *of == question)?;
            Some((found.1.clone(), found.2))
        };
        self.until("a delivery", delivered).await
    }

    /// Waits until no job is worked on.
    async fn gives_back(&self) {
        let idle = async || (self.research.workers().busy() == 0).then_some(());
        self.until("every job given back", idle).await;
    }

    /// Waits until the job of a question has ended; how it stands then.
    async fn ends(&self, question: QuestionId) -> Record {
        let ended = async || {
            let found = self.research.found(question).await.unwrap()?;
            (found.job.state == State::Ended).then_some(found.record)
        };
        self.until("the end of a job", ended).await
    }

    /// Waits until the job of a question has come so far.
    async fn comes_to(&self, question: QuestionId, is_it: impl Fn(&Stage) -> bool) -> Record {
        let come = async || {
            let found = self.research.found(question).await.unwrap()?;
            is_it(&found.record.stage).then_some(found.record)
        };
        self.until("a stage", come).await
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("footnote.db")
    }

    /// What was given up since it could not be read, and what was said to be paid for it.
    fn unread(&self) -> Vec<(QuestionId, Option<Paid>)> {
        self.edge.state.lock().unwrap().unread.clone()
    }

    fn taken(&self) -> Vec<u32> {
        let state = self.service.state.lock().unwrap();
        state.taken.values().copied().collect()
    }

    fn deliveries(&self) -> usize {
        self.edge.state.lock().unwrap().delivered.len()
    }
}

fn desk_of(store: &Arc<SqliteStore>, clock: &MovedClock, settings: &Settings) -> Arc<ResearchDesk> {
    let workers = Workers::new(Arc::clone(store) as _, Arc::new(clock.clone()), 64);
    let settings = settings.research.clone();
    let store = Arc::clone(store) as _;
    Arc::new(ResearchDesk::new(store, Arc::new(workers), settings, false))
}

fn question(event: u64, person: u64, asked_at: footnote_bot::clock::Moment) -> NewQuestion {
    NewQuestion {
        text: QuestionText::parse("What is known of tea?").unwrap(),
        task: Task::Answer,
        quote: None,
        asker: Person {
            id: PersonId(person),
            name: format!("Person {person}"),
        },
        seen: true,
        place: Place {
            guild: Some(GuildId(1)),
            channel: ChannelId(2),
            present: true,
        },
        event,
        origin: Origin::Message(MessageId(event)),
        belongs: Belongs::New,
        language: Language::English,
        wish: Wish {
            depth: Some(Depth::Research),
            ..Wish::default()
        },
        asked_at,
    }
}

fn answer(usd: Option<f64>) -> Looked {
    let source = Source {
        number: 1,
        title: "Tea".to_owned(),
        url: "https://example.org/tea".to_owned(),
        date: None,
        last_updated: None,
        snippet: String::new(),
    };
    let draft = Draft {
        text: "A drink.[1]".to_owned(),
        sources: vec![source],
        ..Draft::default()
    };
    let usage = Usage {
        prompt_tokens: 1,
        completion_tokens: 2,
        cost_usd: usd,
    };
    let end = End {
        model: "deep".to_owned(),
        finish: Finish::Complete,
        usage,
        related: Vec::new(),
        images: Vec::new(),
    };
    Looked::Answered(draft, end)
}

fn failure(outcome: &Outcome) -> &Failure {
    match outcome {
        Outcome::Failed { failure, .. } => failure,
        Outcome::Answered(_) => panic!("it is answered"),
    }
}

#[tokio::test]
async fn a_research_is_submitted_once_stored_and_shown() {
    let mut world = World::open().await;
    world.looks([Looked::Running { begun: true }, answer(Some(0.41))]);
    let taken = world.asks(7).await;
    let (outcome, report) = world.delivers(taken.question.id).await;
    let Outcome::Answered(answer) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(answer.text, "A drink.[1]");
    assert_eq!(answer.sources.len(), 1);
    assert_eq!(report.paid, Paid::Exactly(0.41));
    let record = world.ends(taken.question.id).await;
    assert_eq!(
        record.stage,
        Stage::Over {
            paid: Paid::Exactly(0.41)
        }
    );
    assert_eq!((world.taken(), record.submitted_again), (vec![1], 0));
    let standings = world.edge.state.lock().unwrap().standings.clone();
    assert_eq!(standings[0], Standing::Submitting);
    assert!(matches!(
        standings[1],
        Standing::Running { begun: true, .. }
    ));
    world.stop().await;
}

#[tokio::test]
async fn what_the_service_may_have_taken_is_submitted_again_under_the_same_key() {
    let mut world = World::open().await;
    world.submissions([Submission::TakesUnheard, Submission::Takes]);
    world.looks([answer(None)]);
    let taken = world.asks(7).await;
    let (outcome, report) = world.delivers(taken.question.id).await;
    assert!(matches!(outcome, Outcome::Answered(_)));
    assert_eq!(report.paid, Paid::Unsaid);
    let record = world.ends(taken.question.id).await;
    // One key, so that a service that honours it was paid once; and it is known that there were two.
    assert_eq!((world.taken(), record.submitted_again), (vec![2], 1));
    world.stop().await;
}

#[tokio::test]
async fn what_the_service_refuses_fails_and_costs_nothing() {
    for failure_of_service in [
        Failure::Rejected,
        Failure::Unauthorized,
        Failure::OutOfCredit,
        Failure::Retired,
    ] {
        let mut world = World::open().await;
        world.submissions([Submission::Refuses(failure_of_service.clone())]);
        let taken = world.asks(7).await;
        let (outcome, report) = world.delivers(taken.question.id).await;
        assert_eq!(failure(&outcome), &failure_of_service);
        assert_eq!(report.paid, Paid::Nothing);
        world.ends(taken.question.id).await;
        assert!(world.taken().is_empty());
        world.stop().await;
    }
}

#[tokio::test]
async fn a_service_that_is_away_for_a_while_is_tried_again_and_that_counts_as_nothing() {
    let mut world = World::open().await;
    world.submissions([Submission::Refuses(Failure::Unavailable), Submission::Takes]);
    world.looks([answer(Some(0.2))]);
    let taken = world.asks(7).await;
    let (outcome, _) = world.delivers(taken.question.id).await;
    assert!(matches!(outcome, Outcome::Answered(_)));
    let record = world.ends(taken.question.id).await;
    assert_eq!((world.taken(), record.submitted_again), (vec![1], 0));
    world.stop().await;
}

#[tokio::test]
async fn a_busy_service_is_waited_for_as_long_as_it_says() {
    let mut world = World::open().await;
    let busy = Failure::RateLimited {
        retry_after: Some(Duration::from_millis(10)),
    };
    world.submissions([
        Submission::Refuses(busy.clone()),
        Submission::Refuses(busy),
        Submission::Takes,
    ]);
    world.looks([answer(Some(0.2))]);
    let taken = world.asks(7).await;
    let (outcome, report) = world.delivers(taken.question.id).await;
    assert!(matches!(outcome, Outcome::Answered(_)));
    assert_eq!(report.paid, Paid::Exactly(0.2));
    let record = world.ends(taken.question.id).await;
    // Refused is not taken.
    assert_eq!((world.taken(), record.submitted_again), (vec![1], 0));
    let busy = |standing: &&Standing| matches!(standing, Standing::Busy(_));
    let standings = world.edge.state.lock().unwrap().standings.clone();
    assert_eq!(standings.iter().filter(busy).count(), 2);
    world.stop().await;
}

#[tokio::test]
async fn whoever_was_cut_off_changes_nothing_and_the_next_one_goes_on() {
    let mut world = World::open().await;
    let taken = world.asks(7).await;
    let question = taken.question.id;
    for _ in 0..3 {
        // Nothing is heard of it: the looks fail, and it is cut off while it waits.
        world
            .comes_to(question, |stage| matches!(stage, Stage::Submitted { .. }))
            .await;
        world.cut_off().await;
        world.start();
    }
    world.looks([answer(Some(0.3))]);
    let (outcome, _) = world.delivers(question).await;
    assert!(matches!(outcome, Outcome::Answered(_)));
    world.ends(question).await;
    assert_eq!((world.taken(), world.deliveries()), (vec![1], 1));
    world.stop().await;
}

#[tokio::test]
async fn what_ends_the_process_each_time_it_is_submitted_is_given_up_visibly() {
    let mut world = World::open().await;
    world.stop().await;
    let taken = world.asks(7).await;
    let question = taken.question.id;
    let now = world.clock.now();
    let turns = Turns {
        at_once: 1,
        of_one_lane: 1,
    };
    world.store.admit(Kind::Research, turns, now).await.unwrap();
    for _ in 0..MOST_ATTEMPTS {
        let until = later(now, LEASE);
        let claims = world.store.claim(Worker::random(), 9, now, until).await;
        let claim = claims.unwrap().remove(0);
        let record = Record::read(&claim.job.checkpoint).unwrap();
        let mut record = record.at(Stage::Submitting { since: now });
        record.submitted_again += 1;
        let written = world.store.remember(&claim.lease, &record.text()).await;
        assert_eq!(written.unwrap(), Written::Done);
        // Here it is killed.
        world.store.reclaim().await.unwrap();
    }
    world.start();
    let (outcome, report) = world.delivers(question).await;
    assert_eq!(failure(&outcome), &Failure::Internal);
    assert_eq!(report.paid, Paid::Perhaps);
    world.ends(question).await;
    assert!(world.taken().is_empty());
    world.stop().await;
}

#[tokio::test]
async fn an_answer_is_found_again_as_long_as_the_service_keeps_it() {
    let mut world = World::open().await;
    let question = world.submits(7).await;
    world.stop().await;
    world.clock.advance(6 * DAY);
    world.looks([answer(Some(0.3))]);
    world.start();
    let (outcome, report) = world.delivers(question).await;
    assert!(matches!(outcome, Outcome::Answered(_)));
    assert_eq!(report.paid, Paid::Exactly(0.3));
    world.ends(question).await;
    world.stop().await;
}

#[tokio::test]
async fn what_the_service_keeps_no_more_fails_visibly() {
    let mut world = World::open().await;
    let question = world.submits(7).await;
    world.stop().await;
    world.clock.advance(8 * DAY);
    world.looks([Looked::Unknown]);
    world.start();
    let (outcome, report) = world.delivers(question).await;
    assert_eq!(failure(&outcome), &Failure::Lost);
    assert_eq!(report.paid, Paid::Unsaid);
    world.ends(question).await;
    world.stop().await;
}

#[tokio::test]
async fn what_the_service_gives_up_fails_and_says_that_the_cost_is_not_told() {
    let mut world = World::open().await;
    let cause = "no sources".to_owned();
    world.looks([Looked::Unanswered, Looked::Failed { cause }]);
    let taken = world.asks(7).await;
    let (outcome, report) = world.delivers(taken.question.id).await;
    assert_eq!(failure(&outcome), &Failure::GivenUp);
    assert_eq!(report.paid, Paid::Unsaid);
    world.ends(taken.question.id).await;
    world.stop().await;
}

#[tokio::test]
async fn cancelled_in_the_line_it_costs_nothing() {
    let mut world = World::open_with(|settings| settings.research.at_once = 1).await;
    let first = world.asks(7).await;
    world
        .comes_to(first.question.id, |stage| {
            matches!(stage, Stage::Submitted { .. })
        })
        .await;
    let second = world.asks(8).await;
    assert_eq!(second.standing, Standing::InLine(1));
    let question = second.question.id;
    let record = world.research.cancel(question).await.unwrap().unwrap();
    assert_eq!(record.stage, Stage::InLine);
    let (outcome, report) = world.delivers(question).await;
    assert_eq!(failure(&outcome), &Failure::Cancelled);
    assert_eq!(report.paid, Paid::Nothing);
    world.ends(question).await;
    assert_eq!(world.taken(), [1]);
    // Nothing is left to cancel.
    assert!(world.research.cancel(question).await.unwrap().is_none());
    world.stop().await;
}

#[tokio::test]
async fn cancelled_at_the_service_it_is_told_at_once_and_later_what_it_cost() {
    let mut world = World::open().await;
    let question = world.submits(7).await;
    assert!(world.research.cancel(question).await.unwrap().is_some());
    let (outcome, report) = world.delivers(question).await;
    assert_eq!(failure(&outcome), &Failure::Cancelled);
    assert_eq!(report.paid, Paid::StillRunning);
    world
        .comes_to(question, |stage| matches!(stage, Stage::Settling { .. }))
        .await;
    // The next process knows of it too; to wait half a minute for its look is spared by beginning anew.
    world.stop().await;
    let kept = world.store.question(question).await.unwrap().unwrap();
    assert_eq!(failure(&kept.outcome.unwrap()), &Failure::Cancelled);
    world.looks([answer(Some(0.6))]);
    world.start();
    let record = world.ends(question).await;
    assert_eq!(
        record.stage,
        Stage::Over {
            paid: Paid::Exactly(0.6)
        }
    );
    let settled = world.edge.state.lock().unwrap().settled.clone();
    assert_eq!(settled.len(), 1);
    assert_eq!(settled[0].paid, Paid::Exactly(0.6));
    assert_eq!(world.deliveries(), 1);
    world.stop().await;
}

#[tokio::test]
async fn above_the_limit_nothing_is_asked_before_the_asker_says_so() {
    let mut world = World::open().await;
    let TakenOn::Taken(taken) = world.tries_to_ask(7, 0.1).await else {
        panic!("it is not taken on")
    };
    let question = taken.question.id;
    assert_eq!(taken.standing, Standing::Unconfirmed);
    assert!(world.taken().is_empty());
    world.looks([answer(Some(0.3))]);
    assert!(
        world
            .research
            .confirm(question, None)
            .await
            .unwrap()
            .is_some()
    );
    let (outcome, _) = world.delivers(question).await;
    assert!(matches!(outcome, Outcome::Answered(_)));
    world.ends(question).await;
    // Once is enough, and too late is too late.
    assert!(
        world
            .research
            .confirm(question, None)
            .await
            .unwrap()
            .is_none()
    );
    world.stop().await;
}

#[tokio::test]
async fn what_nobody_confirms_ends_by_itself_and_costs_nothing() {
    let mut world = World::open().await;
    let TakenOn::Taken(taken) = world.tries_to_ask(7, 0.1).await else {
        panic!("it is not taken on")
    };
    world.clock.advance(Duration::from_secs(16 * 60));
    world.research.workers().wake();
    let (outcome, report) = world.delivers(taken.question.id).await;
    assert_eq!(failure(&outcome), &Failure::Unconfirmed);
    assert_eq!(report.paid, Paid::Nothing);
    world.ends(taken.question.id).await;
    assert!(world.taken().is_empty());
    world.stop().await;
}

#[tokio::test]
async fn the_same_event_twice_is_one_research_and_there_is_room_for_so_many() {
    let mut world = World::open_with(|settings| {
        settings.research.open_per_person = 2;
        settings.research.open_per_server = 3;
    })
    .await;
    world.asks(7).await;
    world.asked = 0;
    let again = world.tries_to_ask(7, ANY_COST).await;
    assert!(matches!(again, TakenOn::Known), "{again:?}");
    world.asks(7).await;
    let full = world.tries_to_ask(7, ANY_COST).await;
    assert!(matches!(full, TakenOn::Full(Full::Person(2))), "{full:?}");
    world.asks(8).await;
    let full = world.tries_to_ask(9, ANY_COST).await;
    assert!(matches!(full, TakenOn::Full(Full::Server(3))), "{full:?}");
    world.stop().await;
}

#[tokio::test]
async fn a_place_that_is_gone_cancels_it_and_what_it_costs_is_still_learnt() {
    let mut world = World::open().await;
    let question = world.submits(7).await;
    world.edge.state.lock().unwrap().is_gone = true;
    world.edge.state.lock().unwrap().refuses = [Shown::Nobody].into();
    world.looks([Looked::Running { begun: true }]);
    let (outcome, report) = world.delivers(question).await;
    assert_eq!(failure(&outcome), &Failure::Cancelled);
    assert_eq!(report.paid, Paid::StillRunning);
    world
        .comes_to(question, |stage| matches!(stage, Stage::Settling { .. }))
        .await;
    world.stop().await;
    world.looks_now(answer(Some(0.5)));
    world.start();
    let record = world.ends(question).await;
    let paid = Paid::Exactly(0.5);
    assert_eq!(record.stage, Stage::Over { paid });
    world.stop().await;
}

#[tokio::test]
async fn for_a_place_that_is_gone_nothing_is_handed_over() {
    let mut world = World::open().await;
    world.edge.state.lock().unwrap().is_gone = true;
    let taken = world.asks(7).await;
    let (outcome, report) = world.delivers(taken.question.id).await;
    assert_eq!(failure(&outcome), &Failure::Cancelled);
    assert_eq!(report.paid, Paid::Nothing);
    world.ends(taken.question.id).await;
    assert!(world.taken().is_empty());
    world.stop().await;
}

#[tokio::test]
async fn what_was_not_asked_for_is_left_out_of_an_answer() {
    for wanted in [false, true] {
        let mut world = World::open_with(|settings| {
            settings.display.images = wanted;
            settings.answers.related_questions = wanted;
        })
        .await;
        let Looked::Answered(draft, mut end) = answer(None) else {
            unreachable!()
        };
        end.related = vec!["And coffee?".to_owned()];
        end.images = vec![Image {
            url: "https://example.org/tea.png".to_owned(),
            origin: "https://example.org/tea".to_owned(),
            title: None,
        }];
        world.looks([Looked::Answered(draft, end)]);
        let taken = world.asks(7).await;
        let (outcome, _) = world.delivers(taken.question.id).await;
        let Outcome::Answered(answer) = outcome else {
            panic!("{outcome:?}")
        };
        let beside = (answer.images.len(), answer.related.len());
        assert_eq!(beside, (usize::from(wanted), usize::from(wanted)));
        world.ends(taken.question.id).await;
        world.stop().await;
    }
}

#[tokio::test]
async fn a_question_that_cannot_be_read_is_given_up_once_and_said_what_was_paid() {
    let mut world = World::open().await;
    let question = world.submits(7).await;
    world.cut_off().await;
    leave_unreadable(&world.file()).await;
    world.start();
    let record = world.ends(question).await;
    let paid = Paid::Unsaid;
    assert_eq!(record.stage, Stage::Over { paid });
    assert_eq!(world.unread(), [(question, Some(paid))]);
    assert_eq!(world.deliveries(), 0);
    // A later process finds nothing to tell once more, also one that can read it.
    let now = world.clock.now();
    world.store.interrupt(question, now).await.unwrap();
    leave_readable(&world.file()).await;
    let unshown = world.store.unshown(QuestionId(0), question, 9).await;
    assert!(unshown.unwrap().is_empty());
    let kept = world.store.question(question).await.unwrap().unwrap();
    assert_eq!(failure(&kept.outcome.unwrap()), &Failure::Internal);
    world.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_any_more_and_is_stored_stays_as_it_is() {
    let mut world = World::open().await;
    let question = world.is_cut_off_before_discord_takes_it().await;
    leave_unreadable(&world.file()).await;
    world.clock.advance(Duration::from_secs(61));
    world.start();
    let record = world.ends(question).await;
    let paid = Paid::Exactly(0.3);
    assert_eq!(record.stage, Stage::Over { paid });
    assert_eq!(world.unread(), [(question, Some(paid))]);
    leave_readable(&world.file()).await;
    let kept = world.store.question(question).await.unwrap().unwrap();
    assert!(matches!(kept.outcome, Some(Outcome::Answered(_))));
    world.stop().await;
}

#[tokio::test]
async fn what_was_shown_as_cancelled_and_cannot_be_read_any_more_is_not_told_again() {
    let mut world = World::open().await;
    let question = world.submits(7).await;
    world.looks([Looked::Running { begun: true }]);
    world.research.cancel(question).await.unwrap();
    world
        .comes_to(question, |stage| matches!(stage, Stage::Settling { .. }))
        .await;
    world.cut_off().await;
    leave_unreadable(&world.file()).await;
    world.start();
    world.ends(question).await;
    assert_eq!((world.unread(), world.deliveries()), (Vec::new(), 1));
    world.stop().await;
}

#[tokio::test]
async fn what_is_cancelled_and_still_costs_at_the_service_keeps_its_turn() {
    let mut world = World::open_with(|settings| settings.research.at_once = 1).await;
    let first = world.submits(7).await;
    world.looks([Looked::Running { begun: true }]);
    world.edge.state.lock().unwrap().refuses = [Shown::Later].into();
    world.research.cancel(first).await.unwrap();
    world.delivers(first).await;
    world.gives_back().await;
    let second = world.asks(8).await;
    assert_eq!(second.standing, Standing::InLine(1));
    let turns = Turns {
        at_once: 1,
        of_one_lane: 1,
    };
    let now = world.clock.now();
    let admitted = world.store.admit(Kind::Research, turns, now).await;
    assert!(admitted.unwrap().is_empty());
    world.stop().await;
}

#[tokio::test]
async fn an_outcome_is_looked_for_only_where_an_earlier_try_may_have_shown_it() {
    let mut world = World::open().await;
    let question = world.is_cut_off_before_discord_takes_it().await;
    world.clock.advance(Duration::from_secs(61));
    world.start();
    world.ends(question).await;
    assert_eq!(world.edge.state.lock().unwrap().may_be_there, [false, true]);
    world.stop().await;
}

#[tokio::test]
async fn nobody_waits_for_what_discord_does_not_take() {
    let mut world = World::open_with(|settings| {
        settings.research.at_once = 1;
        settings.research.open_per_person = 1;
    })
    .await;
    world.edge.state.lock().unwrap().refuses = [Shown::Later].into();
    world.looks([answer(Some(0.3))]);
    let first = world.asks(7).await.question.id;
    world.delivers(first).await;
    // The same person may ask once more, and is answered, while the first one waits for Discord.
    let asked = async || match world.tries_to_ask_as(2, 7).await {
        TakenOn::Taken(taken) => Some(taken.question.id),
        TakenOn::Full(_) => None,
        TakenOn::Known => panic!("it was asked before"),
    };
    let second = world.until("a place", asked).await;
    world.delivers(second).await;
    world.ends(second).await;
    let waits = world.research.found(first).await.unwrap().unwrap();
    assert_eq!(waits.job.state, State::Ready);
    assert!(matches!(waits.record.stage, Stage::Told { .. }));
    world.stop().await;
}

#[tokio::test]
async fn what_was_withdrawn_is_not_shown() {
    let mut world = World::open().await;
    let question = world.submits(7).await;
    world.store.withdraw(question).await.unwrap();
    world.looks([answer(Some(0.3))]);
    let record = world.ends(question).await;
    assert_eq!(
        record.stage,
        Stage::Over {
            paid: Paid::Exactly(0.3)
        }
    );
    assert_eq!(world.deliveries(), 0);
    world.stop().await;
}

#[tokio::test]
async fn a_job_is_neither_interrupted_nor_shown_by_the_start_of_a_process() {
    let mut world = World::open().await;
    let question = world.submits(7).await;
    world.cut_off().await;
    world
        .store
        .interrupt(question, world.clock.now())
        .await
        .unwrap();
    let kept = world.store.question(question).await.unwrap().unwrap();
    assert_eq!(kept.outcome, None);
    let unshown = world.store.unshown(QuestionId(0), question, 9).await;
    assert!(unshown.unwrap().is_empty());
    assert!(world.folder.path().exists());
}
