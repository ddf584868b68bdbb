//! Where outcomes can be seen, and which nobody has seen yet.

use footnote_bot::conversation::ports::Posted;

use super::*;

pub(super) async fn what_nobody_has_seen_is_found_again(store: &dyn Store) {
    let first = answered(store, question(1)).await;
    let second = accepted(store, question(2)).await;
    let third = accepted(store, question(3)).await;
    store
        .record(second.id, &failed("Half"), LATER)
        .await
        .unwrap();
    store.parts_shown(third.id, 2).await.unwrap();
    let open = store.unshown(NONE, ALL, 10).await.unwrap();
    assert_eq!(
        open.len(),
        2,
        "one that is still answered is nobody's to show"
    );
    let fourth = accepted(store, question(4)).await;
    store.interrupt(third.id, LATER).await.unwrap();
    assert_eq!(outcome(store, 4).await, None, "it came later");
    assert_eq!(outcome(store, 1).await, Some(answer("Because 1.")));
    store.withdraw(fourth.id).await.unwrap();
    let interrupted = Outcome::failed(Failure::Interrupted);

    let unshown = store.unshown(NONE, ALL, 10).await.unwrap();
    let ids: Vec<_> = unshown.iter().map(|unshown| unshown.question.id).collect();
    assert_eq!(ids, [first.id, second.id, third.id], "oldest first");
    let outcomes: Vec<_> = unshown
        .iter()
        .map(|unshown| unshown.outcome.clone())
        .collect();
    assert_eq!(
        outcomes,
        [answer("Because 1."), failed("Half"), interrupted]
    );
    let parts: Vec<_> = unshown.iter().map(|unshown| unshown.parts_shown).collect();
    assert_eq!(parts, [0, 0, 2]);

    let count = async |after, newest, limit| {
        let unshown = store.unshown(after, newest, limit).await;
        unshown.unwrap().len()
    };
    assert_eq!(count(NONE, second.id, 10).await, 2, "none that came after");
    assert_eq!(count(first.id, ALL, 10).await, 2, "none that came before");
    assert_eq!(count(NONE, ALL, 1).await, 1, "at most the limit");
    store.shown(first.id, LATER).await.unwrap();
    store.undeliverable(second.id).await.unwrap();
    assert_eq!(count(NONE, ALL, 10).await, 1, "the others are done");
}

pub(super) async fn what_is_left_of_an_answer_that_was_taken_away_is_found(store: &dyn Store) {
    let first = answered(store, question(1)).await;
    let second = answered(store, question(2)).await;
    for (question, message) in [(&first, 11), (&second, 12)] {
        let posted = Posted {
            part: 0,
            channel: HERE,
            message: MessageId(message),
        };
        store.posted(question.id, posted).await.unwrap();
    }
    store.withdraw(second.id).await.unwrap();
    assert_eq!(store.left_behind(9).await.unwrap(), [second.id]);
    store.unposted(MessageId(12)).await.unwrap();
    assert_eq!(store.left_behind(9).await.unwrap(), []);
}

pub(super) async fn the_messages_of_an_answer_lead_to_its_question(store: &dyn Store) {
    let first = answered(store, question(1)).await;
    let second = answered(store, question(2)).await;
    let posted = |part, message| Posted {
        part,
        channel: HERE,
        message: MessageId(message),
    };
    let post = async |question: &Question, posted| store.posted(question.id, posted).await.unwrap();
    let messages = async |question: &Question| store.messages(question.id).await.unwrap();
    let answers = async |message| store.answered_by(MessageId(message)).await.unwrap();

    post(&first, posted(1, 11)).await;
    post(&first, posted(0, u64::MAX)).await;
    post(&first, posted(0, u64::MAX)).await;
    post(&second, posted(0, 20)).await;
    assert_eq!(messages(&first).await, [posted(0, u64::MAX), posted(1, 11)]);
    assert_eq!(answers(u64::MAX).await, Some(first.id));
    assert_eq!(answers(20).await, Some(second.id));
    assert_eq!(answers(99).await, None);

    post(&first, posted(0, 12)).await;
    assert_eq!(messages(&first).await, [posted(0, 12), posted(1, 11)]);
    assert_eq!(answers(u64::MAX).await, None, "posted anew, elsewhere");
    store.unposted(MessageId(11)).await.unwrap();
    store.unposted(MessageId(99)).await.unwrap();
    assert_eq!(messages(&first).await, [posted(0, 12)]);
    assert_eq!(answers(11).await, None);

    store.withdraw(first.id).await.unwrap();
    assert_eq!(
        messages(&first).await,
        [posted(0, 12)],
        "they are still to be taken away"
    );
}
