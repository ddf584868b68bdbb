//! What is needed to hear everything once.

use footnote_bot::conversation::ports::HeldQuote;

use super::*;

pub(super) async fn quoted_messages_are_held_for_a_while(store: &dyn Store) {
    let first = store.hold(&quote(), false, Moment(1)).await.unwrap();
    let second = store.hold(&quote(), true, Moment(2)).await.unwrap();
    assert_ne!(first, second, "each form has its own");
    let held = |private| HeldQuote {
        quote: quote(),
        private,
    };
    assert_eq!(store.held(first).await.unwrap(), Some(held(false)));
    store.drop_held(Moment(2)).await.unwrap();
    assert_eq!(store.held(first).await.unwrap(), None);
    assert_eq!(store.held(second).await.unwrap(), Some(held(true)));
}

pub(super) async fn the_moment_up_to_which_all_was_heard_only_rises(store: &dyn Store) {
    assert_eq!(store.last_heard().await.unwrap(), None);
    for (at, heard) in [(5, 5), (3, 5), (9, 9)] {
        store.heard_until(Moment(at)).await.unwrap();
        assert_eq!(store.last_heard().await.unwrap(), Some(Moment(heard)));
    }
}

pub(super) async fn channels_are_those_where_something_was_asked_since(store: &dyn Store) {
    let channels = [
        (1, 10, 100),
        (2, 11, 200),
        (3, 10, 300),
        (4, 12, 50),
        (5, 13, 400),
    ];
    for (event, channel, at) in channels {
        let asked = NewQuestion {
            seen: true,
            place: Place {
                guild: None,
                channel: ChannelId(channel),
                present: channel != 13,
            },
            asked_at: Moment(at),
            ..question(event)
        };
        accepted(store, asked).await;
    }
    let since = async |at, limit| store.direct_since(Moment(at), limit).await.unwrap();
    assert_eq!(
        since(100, 9).await,
        [ChannelId(10), ChannelId(11)],
        "newest first, each once, and only where the bot is"
    );
    assert_eq!(since(201, 9).await, [ChannelId(10)]);
    assert_eq!(since(0, 1).await, [ChannelId(10)]);
}
