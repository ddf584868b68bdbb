//! How a connection ends, and what is said then. Decides not why.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};

use super::close::Close;
use crate::listener::Switch;

/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// The client cannot be reached any more, and may come back.
pub(super) const GONE: End = End::Left { may_return: true };

/// How a connection ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    /// We close it.
    Closed(Close),
    /// The client has closed it; with 1000 or 1001 it does not mean to come back.
    Left { may_return: bool },
    /// A test wants it closed without a code.
    ClosedWithoutCode,
    /// A test wants it reset.
    Reset,
    /// A test wants it to end without a word.
    Fin,
}

impl End {
    /// Whether the bot may come back to its session.
    pub(super) fn keeps_session(self) -> bool {
        match self {
            Self::Closed(close) => close.keeps_session(),
            Self::Left { may_return } => may_return,
            Self::ClosedWithoutCode | Self::Reset | Self::Fin => true,
        }
    }

    /// Ends the connection below as the end has it.
    pub(super) async fn say_goodbye(self, socket: &mut WebSocket, switch: &Switch) {
        match self {
            Self::Reset => {
                switch.cut();
                // The socket resets when it is touched the next time.
                let _ = tokio::time::timeout(GOODBYE, read_to_the_end(socket)).await;
            }
            // The connection ends with the task that served it.
            Self::Fin => {}
            Self::Left { .. } => {
                // The answer to the client's close frame leaves when the socket is read from once more.
                let _ = tokio::time::timeout(GOODBYE, read_to_the_end(socket)).await;
            }
            Self::ClosedWithoutCode => send_close(socket, None).await,
            Self::Closed(close) => {
                let frame = CloseFrame {
                    code: close.code(),
                    reason: close.reason().into(),
                };
                send_close(socket, Some(frame)).await;
            }
        }
    }
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Closed(close)
    }
}

/// Sends the close frame and waits for the client's own, so that the frame is not lost in a reset.
async fn send_close(socket: &mut WebSocket, frame: Option<CloseFrame>) {
    let closing = async {
        if socket.send(Message::Close(frame)).await.is_ok() {
            read_to_the_end(socket).await;
        }
    };
    // If the client is gone already, or does not answer, there is nobody left to tell.
    let _ = tokio::time::timeout(GOODBYE, closing).await;
}

async fn read_to_the_end(socket: &mut WebSocket) {
    while let Some(Ok(_)) = socket.recv().await {}
}
