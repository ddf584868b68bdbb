//! Questions and how they ended.

use super::*;

pub(super) async fn the_same_event_twice_is_one_question(store: &dyn Store) {
    assert_eq!(store.newest().await.unwrap(), None);
    let first = accepted(store, question(1)).await;
    assert!(matches!(
        store.accept(question(1), None).await.unwrap(),
        Acceptance::Known
    ));
    let second = accepted(store, question(2)).await;
    let third = accepted(store, question(u64::MAX)).await;
    assert!(first.id < second.id && second.id < third.id, "ids rise");
    assert_eq!(store.newest().await.unwrap(), Some(third.id));
    assert_eq!(store.asked_by(u64::MAX).await.unwrap(), Some(third.id));
    assert_eq!(store.asked_by(99).await.unwrap(), None);
}

pub(super) async fn everything_about_a_question_is_kept(store: &dyn Store) {
    let by_command = accepted(store, question(1)).await;
    let by_message = NewQuestion {
        task: Task::Check,
        quote: Some(quote()),
        origin: Origin::Message(MessageId(2)),
        seen: true,
        place: Place {
            guild: None,
            channel: ELSEWHERE,
            present: false,
        },
        belongs: Belongs::After(by_command.id),
        ..question(2)
    };
    let by_message = accepted(store, by_message).await;
    for given in [&by_command, &by_message] {
        let kept = store.question(given.id).await.unwrap().unwrap();
        assert!(kept.outcome.is_none() && kept.edited.is_none() && !kept.withdrawn);
        // A token does not show itself, so this compares all but that.
        assert_eq!(format!("{:?}", kept.question), format!("{given:?}"));
    }
    assert!(store.question(NONE).await.unwrap().is_none());
}

pub(super) async fn what_some_databases_cannot_hold_is_kept_all_the_same(store: &dyn Store) {
    let odd = NewQuestion {
        quote: Some(Quote {
            text: "Nothing\0more.".to_owned(),
            ..quote()
        }),
        ..question(1)
    };
    let odd = accepted(store, odd).await;
    let told = answer("Half\0whole.");
    store.record(odd.id, &told, LATER).await.unwrap();
    let Some(Outcome::Answered(answer)) = outcome(store, 1).await else {
        panic!("it is answered")
    };
    assert!(answer.text.starts_with("Half") && answer.text.ends_with("whole."));
    assert_eq!(answer.sources.len(), 2);
}

pub(super) async fn outcomes_are_kept_and_no_failure_replaces_an_answer(store: &dyn Store) {
    let asked = accepted(store, question(1)).await;
    assert_eq!(outcome(store, 1).await, None, "an open one has none");
    let record = async |outcome: &Outcome| store.record(asked.id, outcome, LATER).await.unwrap();
    record(&failed("Half")).await;
    assert_eq!(outcome(store, 1).await, Some(failed("Half")));
    record(&answer("Whole")).await;
    assert_eq!(outcome(store, 1).await, Some(answer("Whole")));
    record(&failed("Late")).await;
    assert_eq!(outcome(store, 1).await, Some(answer("Whole")));
}

pub(super) async fn a_question_is_opened_once_more(store: &dyn Store) {
    let asked = accepted(store, question(1)).await;
    let reopen = async |reply: Option<&Reply>| {
        store
            .reopen(asked.id, reply, Moment(2_000), None)
            .await
            .unwrap()
    };
    assert!(reopen(None).await.is_none(), "it is open");
    store
        .record(asked.id, &answer("First"), LATER)
        .await
        .unwrap();
    store.shown(asked.id, LATER).await.unwrap();

    let again = reopen(Some(&reply(77))).await.unwrap();
    assert_eq!((again.id, again.attempt), (asked.id, 1));
    assert_eq!(again.asked.text, asked.asked.text);
    assert_eq!(
        again.asked.event, 1,
        "the event stays, so that it is never answered twice"
    );
    let Origin::Interaction(held_open) = &again.asked.origin else {
        panic!("{:?}", again.asked.origin)
    };
    assert_eq!(held_open.interaction, InteractionId(77));
    assert!(reopen(None).await.is_none(), "it is open again");
    assert_eq!(outcome(store, 1).await, None);
    store
        .record(asked.id, &failed("Second"), LATER)
        .await
        .unwrap();
    assert_eq!(
        store.unshown(NONE, ALL, 9).await.unwrap().len(),
        1,
        "its new outcome is to be seen"
    );
    assert_eq!(
        outcome(store, 1).await,
        Some(failed("Second")),
        "a failure ends another attempt than the one that was answered"
    );
    let without_reply = reopen(None).await.unwrap();
    assert_eq!(without_reply.attempt, 2);
    assert_eq!(without_reply.asked.text, asked.asked.text);
    assert!(matches!(without_reply.asked.origin, Origin::Past));

    let by_message = NewQuestion {
        origin: Origin::Message(MessageId(5)),
        ..question(5)
    };
    let by_message = answered(store, by_message).await;
    let again = store
        .reopen(by_message.id, None, Moment(2_000), None)
        .await
        .unwrap();
    let origin = again.unwrap().asked.origin;
    assert!(
        matches!(origin, Origin::Message(MessageId(5))),
        "{origin:?}"
    );
    assert!(
        store
            .reopen(ALL, None, Moment(2_000), None)
            .await
            .unwrap()
            .is_none()
    );
}

pub(super) async fn an_open_question_may_be_answered_by_another_reply(store: &dyn Store) {
    let asked = accepted(store, question(1)).await;
    let by = async |interaction| {
        let reply = reply(interaction);
        let replied = store.replies_by(asked.id, &reply, Moment(2_000));
        replied.await.unwrap();
        let kept = store.question(asked.id).await.unwrap().unwrap().question;
        let Origin::Interaction(reply) = kept.asked.origin else {
            panic!("{:?}", kept.asked.origin)
        };
        assert_eq!((kept.asked.event, kept.opened_at), (1, Moment(2_000)));
        reply.interaction
    };
    assert_eq!(by(77).await, InteractionId(77));
    store
        .record(asked.id, &answer("First"), LATER)
        .await
        .unwrap();
    assert_eq!(by(78).await, InteractionId(77), "it has ended");
}

pub(super) async fn an_edit_is_noted_until_it_is_answered(store: &dyn Store) {
    let asked = answered(store, question(1)).await;
    // Whoever opens it once more may have read it before the last edit came.
    let before = QuestionText::parse("Why so?").unwrap();
    store.edited(asked.id, &before).await.unwrap();
    let text = QuestionText::parse("Why, then?").unwrap();
    store.edited(asked.id, &text).await.unwrap();
    let kept = store.question(asked.id).await.unwrap().unwrap();
    assert_eq!(kept.edited, Some(text.clone()));
    assert_eq!(kept.question.asked.text, asked.asked.text);
    let again = store
        .reopen(asked.id, None, Moment(2_000), None)
        .await
        .unwrap();
    assert_eq!(again.unwrap().asked.text, text);
    let kept = store.question(asked.id).await.unwrap().unwrap();
    assert_eq!(kept.edited, None);
}

pub(super) async fn what_is_withdrawn_is_forgotten_and_never_asked_again(store: &dyn Store) {
    let first = NewQuestion {
        quote: Some(quote()),
        ..question(1)
    };
    let first = answered(store, first).await;
    let second = answered(store, asked(2, Belongs::After(first.id))).await;
    let third = accepted(store, asked(3, Belongs::After(second.id))).await;
    store.withdraw(first.id).await.unwrap();
    store.withdraw(third.id).await.unwrap();

    let kept = store.question(first.id).await.unwrap().unwrap();
    assert!(kept.withdrawn && kept.outcome.is_none());
    assert!(kept.question.asked.quote.is_none());
    assert_ne!(kept.question.asked.text, first.asked.text);
    let again = asked(4, Belongs::After(second.id));
    let again = accepted(store, again).await;
    assert_eq!(before(store, &again, 9).await, ["Because 2."]);
    assert_eq!(store.answers_in(first.conversation).await.unwrap(), 1);
    assert!(matches!(
        store.accept(question(1), None).await.unwrap(),
        Acceptance::Known
    ));
    assert!(
        store
            .reopen(first.id, None, Moment(2_000), None)
            .await
            .unwrap()
            .is_none()
    );

    // What was still being answered when it was withdrawn comes to nothing.
    let late = store.record(third.id, &answer("Late"), LATER).await;
    late.unwrap();
    let text = QuestionText::parse("Later").unwrap();
    store.edited(third.id, &text).await.unwrap();
    let kept = store.question(third.id).await.unwrap().unwrap();
    assert!(kept.outcome.is_none() && kept.edited.is_none());
    let unshown = store.unshown(NONE, ALL, 9).await.unwrap();
    let ids: Vec<_> = unshown.iter().map(|unshown| unshown.question.id).collect();
    assert_eq!(ids, [second.id]);
}
