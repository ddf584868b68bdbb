//! The gateway: one task for each WebSocket, from hello to close. Decides nothing about events; sessions do.

mod close;
pub(crate) mod cut;
mod encoder;
mod frames;
pub(crate) mod sessions;

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use self::{
    close::Close,
    cut::GatewayCut,
    encoder::Encoder,
    frames::{Identify, Incoming, Resume},
    sessions::{ConnectionId, Held, Next},
};
use crate::{listener::Switch, shared::Shared, snowflake::Snowflake, world::World};

/// The real service asks for about this.
const HEARTBEAT: Duration = Duration::from_millis(41_250);
/// How long after the last heartbeat a connection counts as dead. In real time, since the bot's heart beats in it.
const OVERDUE: Duration = Duration::from_millis(41_250 * 5 / 4 + 1_000);
/// A frame that cannot be sent within this time ends the connection.
const SENDING: Duration = Duration::from_secs(10);
/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);
/// A client may send this many frames in [`FRAME_WINDOW`].
const MOST_FRAMES: usize = 120;
const FRAME_WINDOW: Duration = Duration::from_secs(60);

/// How a client wants to be spoken to, from the query of its address.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
pub(crate) struct Manner {
    v: Option<String>,
    encoding: Option<String>,
    compress: Option<String>,
}

impl Manner {
    /// What the emulator cannot speak, as a sentence.
    pub(crate) fn lacking(&self) -> Option<String> {
        let encoding = self
            .encoding
            .as_deref()
            .filter(|one| *one != "json")
            .map(|one| format!("encoding={one}"));
        let compress = self
            .compress
            .as_deref()
            .filter(|one| *one != "zlib-stream")
            .map(|one| format!("compress={one}"));
        let what = encoding.or(compress)?;
        Some(format!(
            "the gateway without {what}: this emulator speaks JSON, plain or as zlib-stream"
        ))
    }

    fn version_is_known(&self) -> bool {
        matches!(self.v.as_deref(), None | Some("9" | "10"))
    }
}

/// Serves one connection until it ends.
pub(crate) async fn serve(shared: Arc<Shared>, socket: WebSocket, manner: Manner, switch: Switch) {
    let (id, orders) = shared.act(|state, _| state.sessions.connect());
    let encoder = Encoder::new(manner.compress.is_some());
    let mut connection = Connection {
        shared: &shared,
        socket,
        encoder,
        id,
        held: None,
        last_beat: Instant::now(),
        frames: VecDeque::new(),
    };
    let end = connection.run(orders, &manner).await;
    let keeps_session = end.keeps_session();
    connection.say_goodbye(end, &switch).await;
    shared.act(|state, _| state.sessions.disconnect(id, keeps_session));
}

/// How a connection ended.
#[derive(Clone, Copy, Debug)]
enum End {
    /// We close it.
    Closed(Close),
    /// The client has closed it; with 1000 or 1001 it does not mean to come back.
    Left { may_return: bool },
    /// A test wants it reset.
    Reset,
}

impl End {
    fn keeps_session(self) -> bool {
        match self {
            Self::Closed(close) => close.keeps_session(),
            Self::Left { may_return } => may_return,
            Self::Reset => true,
        }
    }
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Closed(close)
    }
}

/// What wakes a connection.
enum Woken {
    Client(Option<Result<Message, axum::Error>>),
    Order(GatewayCut),
    Event,
    Heart,
    Stop,
}

struct Connection<'a> {
    shared: &'a Shared,
    socket: WebSocket,
    encoder: Encoder,
    id: ConnectionId,
    held: Option<Held>,
    last_beat: Instant,
    /// When the client's latest frames came.
    frames: VecDeque<Instant>,
}

impl Connection<'_> {
    async fn run(&mut self, mut orders: mpsc::Receiver<GatewayCut>, manner: &Manner) -> End {
        if !manner.version_is_known() {
            return Close::InvalidVersion.into();
        }
        let mut result = self.hello().await;
        while result.is_ok() {
            result = match self.woken(&mut orders).await {
                Woken::Client(frame) => self.take_frame(frame).await,
                Woken::Order(order) => self.obey(order).await,
                Woken::Event => self.send_events().await,
                Woken::Heart => Err(Close::UnknownError.into()),
                Woken::Stop => Err(Close::GoingAway.into()),
            };
        }
        result.err().unwrap_or(End::Reset)
    }

    async fn woken(&mut self, orders: &mut mpsc::Receiver<GatewayCut>) -> Woken {
        let wake = self.held.as_ref().map(|held| Arc::clone(&held.wake));
        let event = async {
            match &wake {
                Some(wake) => wake.notified().await,
                None => std::future::pending().await,
            }
        };
        let overdue = tokio::time::Instant::from_std(self.last_beat + OVERDUE);
        tokio::select! {
            () = self.shared.stopping.cancelled() => Woken::Stop,
            Some(order) = orders.recv() => Woken::Order(order),
            frame = self.socket.recv() => Woken::Client(frame),
            () = event => Woken::Event,
            () = tokio::time::sleep_until(overdue) => Woken::Heart,
        }
    }

    async fn hello(&mut self) -> Result<(), End> {
        let interval = u64::try_from(HEARTBEAT.as_millis()).unwrap_or(u64::MAX);
        self.send(&json!({"op": 10, "s": null, "t": null, "d": {"heartbeat_interval": interval}}))
            .await
    }

    async fn take_frame(&mut self, frame: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let frame = match frame {
            Some(Ok(Message::Text(text))) => Incoming::read(text.as_bytes())?,
            Some(Ok(Message::Binary(bytes))) => Incoming::read(&bytes)?,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Ok(()),
            Some(Ok(Message::Close(close))) => {
                let code = close.map_or(1005, |close| close.code);
                return Err(End::Left {
                    may_return: !matches!(code, 1000 | 1001),
                });
            }
            Some(Err(_)) | None => return Err(End::Left { may_return: true }),
        };
        self.count_frame()?;
        match frame {
            Incoming::Heartbeat => {
                self.last_beat = Instant::now();
                self.send(&json!({"op": 11, "s": null, "t": null, "d": null}))
                    .await
            }
            Incoming::Identify(identify) => self.identify(&identify).await,
            Incoming::Resume(resume) => self.resume(&resume).await,
            Incoming::Ignored | Incoming::RequestMembers if self.held.is_none() => {
                Err(Close::NotAuthenticated.into())
            }
            Incoming::Ignored => Ok(()),
            Incoming::RequestMembers => {
                self.shared.act(|state, _| {
                    state
                        .log
                        .note_lacking("gateway opcode 8, request guild members".to_owned())
                });
                Ok(())
            }
        }
    }

    fn count_frame(&mut self) -> Result<(), Close> {
        let now = Instant::now();
        self.frames.push_back(now);
        while self
            .frames
            .front()
            .is_some_and(|first| now.duration_since(*first) > FRAME_WINDOW)
        {
            self.frames.pop_front();
        }
        if self.frames.len() > MOST_FRAMES {
            Err(Close::RateLimited)
        } else {
            Ok(())
        }
    }

    async fn identify(&mut self, identify: &Identify) -> Result<(), End> {
        if self.held.is_some() {
            return Err(Close::AlreadyAuthenticated.into());
        }
        let id = self.id;
        let held = self.shared.act(|state, now| {
            identify.check(state.world.privileged)?;
            let ready = ready(&state.world, &self.shared.gateway_url);
            let guilds: Vec<(Snowflake, Value)> = state
                .world
                .guilds_of_bot()
                .map(|guild| (guild.id, state.world.full_guild_json(now, guild)))
                .collect();
            let held = state.sessions.identify(id, identify, &ready, &guilds);
            state.note_event("READY", &ready);
            for (_, guild) in &guilds {
                state.note_event("GUILD_CREATE", guild);
            }
            Ok::<Held, Close>(held)
        })?;
        self.held = Some(held);
        self.send_events().await
    }

    async fn resume(&mut self, resume: &Resume) -> Result<(), End> {
        if self.held.is_some() {
            return Err(Close::AlreadyAuthenticated.into());
        }
        resume.check()?;
        let id = self.id;
        match self
            .shared
            .act(|state, _| state.sessions.resume(id, resume))?
        {
            Some(held) => {
                self.held = Some(held);
                self.send_events().await
            }
            None => {
                self.send(&json!({"op": 9, "s": null, "t": null, "d": false}))
                    .await
            }
        }
    }

    /// Sends whatever the session has for us, in order.
    async fn send_events(&mut self) -> Result<(), End> {
        loop {
            let Some(held) = self.held.clone() else {
                return Ok(());
            };
            let id = self.id;
            let waiting = match self.shared.act(|state, _| state.sessions.next(id, &held)) {
                Next::Nothing => return Ok(()),
                Next::Lost => return Err(Close::UnknownError.into()),
                Next::Dispatches(waiting) => waiting,
            };
            for dispatch in waiting {
                // Before it is sent, since the bot may answer before this task goes on.
                if let Some(interaction) = dispatch.interaction {
                    self.shared
                        .act(|state, now| state.world.delivered(now, interaction));
                }
                self.send_text(dispatch.text).await?;
                if let Some(held) = &mut self.held {
                    held.sent = dispatch.seq;
                }
            }
        }
    }

    async fn obey(&mut self, order: GatewayCut) -> Result<(), End> {
        match order {
            GatewayCut::Close(code) => Err(Close::Ordered(code).into()),
            GatewayCut::Reset => Err(End::Reset),
            GatewayCut::Reconnect => {
                self.send(&json!({"op": 7, "s": null, "t": null, "d": null}))
                    .await
            }
            GatewayCut::InvalidSession(may_resume) => {
                if let Some(held) = self.held.take().filter(|_| !may_resume) {
                    self.shared.act(|state, _| state.sessions.end(&held.id));
                }
                self.send(&json!({"op": 9, "s": null, "t": null, "d": may_resume}))
                    .await
            }
        }
    }

    async fn send(&mut self, payload: &Value) -> Result<(), End> {
        self.send_text(payload.to_string()).await
    }

    async fn send_text(&mut self, text: String) -> Result<(), End> {
        let message = self.encoder.encode(text).map_err(|_| Close::UnknownError)?;
        tokio::select! {
            sent = tokio::time::timeout(SENDING, self.socket.send(message)) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) | Err(_) => Err(End::Left { may_return: true }),
            },
            () = self.shared.stopping.cancelled() => Err(Close::GoingAway.into()),
        }
    }

    async fn say_goodbye(&mut self, end: End, switch: &Switch) {
        match end {
            End::Reset => switch.cut(),
            End::Left { .. } => {
                // The answer to the client's close frame leaves when the socket is read from once more.
                let _ = tokio::time::timeout(GOODBYE, self.read_to_the_end()).await;
            }
            End::Closed(close) => {
                let frame = CloseFrame {
                    code: close.code(),
                    reason: close.reason().into(),
                };
                // If the client is gone already, or does not answer, there is nobody left to tell.
                let _ = tokio::time::timeout(GOODBYE, self.close_properly(frame)).await;
            }
        }
    }

    /// Sends the close frame and waits for the client's own, so that the frame is not lost in a reset.
    async fn close_properly(&mut self, frame: CloseFrame) {
        if self.socket.send(Message::Close(Some(frame))).await.is_ok() {
            self.read_to_the_end().await;
        }
    }

    async fn read_to_the_end(&mut self) {
        while let Some(Ok(_)) = self.socket.recv().await {}
    }
}

/// The first event of a session, without the guilds of its shard: they follow as events of their own.
fn ready(world: &World, gateway_url: &str) -> Value {
    let mut user = world.bot();
    user["verified"] = json!(true);
    user["mfa_enabled"] = json!(false);
    user["email"] = json!(null);
    user["flags"] = json!(0);
    json!({"v": 10, "user": user, "guilds": [],
        "resume_gateway_url": gateway_url, "application": {"id": world.application, "flags": 0},
        "private_channels": [], "relationships": [], "presences": [], "guild_join_requests": [], "_trace": []})
}
