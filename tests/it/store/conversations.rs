//! Conversations: what goes on from what, and where it lives.

use footnote_bot::conversation::ports::Posted;

use super::*;

pub(super) async fn questions_go_on_where_they_belong(store: &dyn Store) {
    let new = accepted(store, question(1)).await;
    let other = accepted(store, question(2)).await;
    assert_ne!(new.conversation, other.conversation, "each begins one");
    let began = store.conversation(new.conversation).await.unwrap().unwrap();
    assert_eq!(
        (began.home, began.began_in),
        (None, HERE),
        "it lives nowhere yet"
    );
    assert_eq!(
        (began.starter, began.guild),
        (PersonId(7), new.asked.place.guild)
    );
    assert!(!began.others_joined && !began.told);

    let after = accepted(store, asked(3, Belongs::After(new.id))).await;
    assert_eq!(after.conversation, new.conversation);
    let lost = accepted(store, asked(4, Belongs::After(ALL))).await;
    assert!(
        lost.conversation != new.conversation && lost.conversation != other.conversation,
        "after nothing it begins one"
    );

    assert!(store.living_in(HERE).await.unwrap().is_none());
    let here = accepted(store, asked(5, Belongs::Here)).await;
    let lives = store.living_in(HERE).await.unwrap().unwrap();
    assert_eq!((lives.id, lives.home), (here.conversation, Some(HERE)));
    let again = accepted(store, asked(6, Belongs::Here)).await;
    assert_eq!(again.conversation, here.conversation);
    let elsewhere = NewQuestion {
        seen: true,
        place: Place {
            guild: None,
            channel: ELSEWHERE,
            present: true,
        },
        ..asked(7, Belongs::Here)
    };
    let elsewhere = accepted(store, elsewhere).await;
    assert_ne!(elsewhere.conversation, here.conversation);
}

pub(super) async fn a_reply_to_an_older_answer_is_a_branch(store: &dyn Store) {
    let root = answered(store, asked(1, Belongs::Here)).await;
    let second = answered(store, asked(2, Belongs::Here)).await;
    let branch = answered(store, asked(3, Belongs::After(root.id))).await;
    assert_eq!(before(store, &second, 9).await, ["Because 1."]);
    assert_eq!(
        before(store, &branch, 9).await,
        ["Because 1."],
        "not the newest"
    );
    let on_branch = accepted(store, asked(4, Belongs::After(branch.id))).await;
    assert_eq!(
        before(store, &on_branch, 9).await,
        ["Because 3.", "Because 1."]
    );
    let newest = accepted(store, asked(5, Belongs::Here)).await;
    assert_eq!(
        before(store, &newest, 9).await,
        ["Because 3.", "Because 1."],
        "what is asked in the home goes on from its newest question"
    );
    assert_eq!(
        before(store, &root, 9).await,
        Vec::<String>::new(),
        "never from what came later"
    );
}

pub(super) async fn a_thread_goes_on_from_what_was_said_in_it(store: &dyn Store) {
    let root = answered(store, question(1)).await;
    let thread = Posted {
        part: 0,
        channel: HERE,
        message: MessageId(ELSEWHERE.0),
    };
    store.posted(root.id, thread).await.unwrap();
    store.settle(root.conversation, ELSEWHERE).await.unwrap();
    let in_thread = |event| NewQuestion {
        seen: true,
        place: Place {
            channel: ELSEWHERE,
            ..question(event).place
        },
        ..asked(event, Belongs::Here)
    };
    answered(store, asked(2, Belongs::After(root.id))).await;
    let first = answered(store, in_thread(3)).await;
    assert_eq!(
        before(store, &first, 9).await,
        ["Because 1."],
        "from what it was opened on, not from a reply outside"
    );
    answered(store, asked(4, Belongs::After(root.id))).await;
    let second = accepted(store, in_thread(5)).await;
    assert_eq!(
        before(store, &second, 9).await,
        ["Because 3.", "Because 1."]
    );
}

pub(super) async fn a_thread_on_an_answer_is_known_before_it_is_noted(store: &dyn Store) {
    let first = answered(store, question(1)).await;
    let posted = Posted {
        part: 0,
        channel: HERE,
        message: MessageId(ELSEWHERE.0),
    };
    store.posted(first.id, posted).await.unwrap();
    let lives = store.living_in(ELSEWHERE).await.unwrap().unwrap();
    assert_eq!((lives.id, lives.home), (first.conversation, None));
    let in_thread = NewQuestion {
        seen: true,
        place: Place {
            channel: ELSEWHERE,
            ..question(2).place
        },
        ..asked(2, Belongs::Here)
    };
    let in_thread = accepted(store, in_thread).await;
    assert_eq!(in_thread.conversation, first.conversation);
    assert_eq!(before(store, &in_thread, 9).await, ["Because 1."]);
    let lives = store.living_in(ELSEWHERE).await.unwrap().unwrap();
    assert_eq!(lives.home, Some(ELSEWHERE), "now it is");

    let settled = Posted {
        message: MessageId(99),
        part: 1,
        ..posted
    };
    store.posted(first.id, settled).await.unwrap();
    assert!(
        store.living_in(ChannelId(99)).await.unwrap().is_none(),
        "it lives elsewhere by now"
    );
}

pub(super) async fn history_is_the_newest_first_and_bounded(store: &dyn Store) {
    let first = NewQuestion {
        quote: Some(quote()),
        task: Task::Check,
        ..asked(1, Belongs::Here)
    };
    answered(store, first).await;
    answered(store, asked(2, Belongs::Here)).await;
    let half = accepted(store, asked(3, Belongs::Here)).await;
    store.record(half.id, &failed("Half"), LATER).await.unwrap();
    for event in [4, 5] {
        let silent = accepted(store, asked(event, Belongs::Here)).await;
        store.record(silent.id, &failed(""), LATER).await.unwrap();
    }
    let open = accepted(store, asked(6, Belongs::Here)).await;
    let now = accepted(store, asked(7, Belongs::Here)).await;
    assert_eq!(
        before(store, &now, 9).await,
        ["Half", "Because 2.", "Because 1."],
        "what was said, not what failed without a word or is still open"
    );
    assert_eq!(
        before(store, &now, 2).await,
        ["Half"],
        "what is stepped over is bounded too"
    );
    assert_eq!(
        before(store, &now, 3).await,
        ["Half", "Because 2.", "Because 1."]
    );
    assert_eq!(before(store, &now, 0).await, Vec::<String>::new());
    assert_eq!(before(store, &open, 1).await, Vec::<String>::new());

    let oldest = store.history(now.id, 9).await.unwrap().pop().unwrap();
    assert_eq!(
        (oldest.text.as_str(), oldest.task),
        ("Why 1? 🙂", Task::Check)
    );
    assert_eq!(
        (oldest.quote, oldest.asker),
        (Some(quote()), question(1).asker)
    );
}

pub(super) async fn a_conversation_settles_once_and_never_two_in_one_home(store: &dyn Store) {
    let first = accepted(store, question(1)).await;
    let second = accepted(store, question(2)).await;
    let home = async |question: &Question| {
        let conversation = store.conversation(question.conversation).await.unwrap();
        conversation.unwrap().home
    };
    store.settle(first.conversation, ELSEWHERE).await.unwrap();
    store.settle(first.conversation, HERE).await.unwrap();
    assert_eq!(home(&first).await, Some(ELSEWHERE), "it stays where it is");
    store.settle(second.conversation, ELSEWHERE).await.unwrap();
    assert_eq!(home(&second).await, None, "another one lives there");
    let lives = store.living_in(ELSEWHERE).await.unwrap().unwrap();
    assert_eq!(lives.id, first.conversation);

    let there = NewQuestion {
        seen: true,
        place: Place {
            channel: ELSEWHERE,
            ..question(3).place
        },
        ..asked(3, Belongs::Here)
    };
    let there = accepted(store, there).await;
    assert_eq!(there.conversation, first.conversation);
}

pub(super) async fn what_is_known_of_a_conversation_is_kept(store: &dyn Store) {
    let first = answered(store, question(1)).await;
    let conversation = first.conversation;
    assert_eq!(store.answers_in(conversation).await.unwrap(), 1);
    let second = accepted(store, asked(2, Belongs::After(first.id))).await;
    store
        .record(second.id, &failed("Half"), LATER)
        .await
        .unwrap();
    accepted(store, asked(3, Belongs::After(first.id))).await;
    assert_eq!(store.answers_in(conversation).await.unwrap(), 1);

    assert!(
        store.tell(conversation).await.unwrap(),
        "for the first time"
    );
    assert!(!store.tell(conversation).await.unwrap(), "and never again");
    store.others_joined(conversation).await.unwrap();
    let known = store.conversation(conversation).await.unwrap().unwrap();
    assert!(known.told && known.others_joined);
}
