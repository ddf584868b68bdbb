//! Reads a reply while whoever takes it is slow, so that a turn at the endpoint lasts no longer than the model needs. Must hold no
//! more than the text of one answer.

use async_stream::stream;
use futures_util::stream::{BoxStream, Stream, StreamExt};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{self, Sender};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::client::Trouble;
use super::wire::Said;

/// Pieces that wait to be taken one by one; those that come while so many wait become one.
const WAITING: usize = 64;

type Piece = Result<Said, Trouble>;

/// The same pieces, read in a task of their own as they come. Dropping them drops the task, and the connection with it.
pub(super) fn ahead(
    pieces: BoxStream<'static, Piece>,
    tasks: &TaskTracker,
) -> impl Stream<Item = Piece> + use<> {
    let (sender, mut taken) = mpsc::channel(WAITING);
    let stopped = CancellationToken::new();
    let dropped = stopped.clone().drop_guard();
    tasks.spawn(async move { stopped.run_until_cancelled(read(pieces, sender)).await });
    stream! {
        let _dropped = dropped;
        while let Some(piece) = taken.recv().await {
            yield piece;
        }
    }
}

async fn read(mut pieces: BoxStream<'static, Piece>, sender: Sender<Piece>) {
    let (mut held, mut trouble) = (None::<Said>, None);
    while let Some(piece) = pieces.next().await {
        let said = match piece {
            Ok(said) => said,
            Err(met) => {
                trouble = Some(met);
                break;
            }
        };
        let said = match held.take() {
            Some(before) => before.and(said),
            None => said,
        };
        match sender.try_send(Ok(said)) {
            Ok(()) => {}
            Err(TrySendError::Full(piece)) => held = piece.ok(),
            Err(TrySendError::Closed(_)) => return,
        }
    }
    // The turn is over, however long the rest waits to be taken.
    drop(pieces);
    let rest = held.map(Ok).into_iter().chain(trouble.map(Err));
    for piece in rest {
        if sender.send(piece).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use futures_util::stream;

    use super::*;

    fn said(text: &str) -> Piece {
        Ok(Said {
            text: text.to_owned(),
            ..Said::default()
        })
    }

    #[tokio::test]
    async fn everything_is_read_though_nothing_is_taken() {
        let ended = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&ended);
        let pieces = stream::iter((0..1000).map(|number| said(&format!("{number} "))));
        let pieces = pieces.chain(stream::iter([Err(Trouble::BrokeOff)]));
        let pieces = pieces.chain(stream::once(async move {
            end.store(true, Ordering::SeqCst);
            said("never")
        }));
        let tasks = TaskTracker::new();
        let mut taken = Box::pin(ahead(pieces.boxed(), &tasks));
        let first = taken.next().await;
        assert_eq!(first, Some(said("0 ")));
        let (mut text, mut count) = ("0 ".to_owned(), 1);
        loop {
            match taken.next().await.unwrap() {
                Ok(said) => text.push_str(&said.text),
                Err(trouble) => {
                    assert_eq!(trouble, Trouble::BrokeOff);
                    break;
                }
            }
            count += 1;
        }
        let expected: String = (0..1000).map(|number| format!("{number} ")).collect();
        assert_eq!(text, expected);
        assert!(count < 1000, "what waited became one: {count}");
        assert!(
            !ended.load(Ordering::SeqCst),
            "nothing is read behind a trouble"
        );
        assert_eq!(taken.next().await, None);
    }

    #[tokio::test]
    async fn dropping_the_pieces_drops_the_task() {
        let tasks = TaskTracker::new();
        let pieces = stream::once(async { said("Hot.") }).chain(stream::pending());
        let mut taken = Box::pin(ahead(pieces.boxed(), &tasks));
        assert_eq!(taken.next().await, Some(said("Hot.")));
        drop(taken);
        tasks.close();
        tasks.wait().await;
    }
}
