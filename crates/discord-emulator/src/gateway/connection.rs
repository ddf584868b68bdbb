//! One WebSocket, from hello to close. Decides nothing about events; sessions do.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::extract::ws::{Message, WebSocket};
use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{
    Manner,
    close::Close,
    cut::{GatewayCut, Order},
    encoder::{Encoder, corrupted},
    ending::{End, GONE},
    frames::{Identify, Incoming, Resume},
    members::RequestMembers,
    opening::{Identified, open},
    sessions::{ConnectionId, Held, Next},
    settings::GatewaySettings,
};
use crate::{
    clock::Moment,
    listener::Switch,
    rest::limit_table::Row,
    shared::{Shared, State},
};

/// Frames that cannot be sent within this time end the connection.
const SENDING: Duration = Duration::from_secs(10);
/// A client may send this many frames in [`FRAME_WINDOW`], which is real time as the client's own is.
const MOST_FRAMES: usize = 120;
const FRAME_WINDOW: Duration = Duration::from_secs(60);

/// Serves one connection until it ends.
pub(super) async fn serve(shared: &Shared, socket: WebSocket, manner: &Manner, switch: &Switch) {
    let (settings, (id, orders)) =
        shared.act(|state, _| (state.sessions.settings, state.sessions.connect()));
    let mut connection = Connection {
        shared,
        socket,
        encoder: Encoder::new(manner.compresses()),
        id,
        settings,
        held: None,
        last_beat: Instant::now(),
        frames: VecDeque::new(),
        corrupts_next: false,
    };
    let end = connection.run(orders, manner).await;
    let keeps_session = end.keeps_session();
    // First of all, lest a bot that leaves this connection open take the session up again meanwhile.
    shared.act(|state, _| state.sessions.disconnect(id, keeps_session));
    end.say_goodbye(&mut connection.socket, switch).await;
}

/// What wakes a connection.
enum Woken {
    Client(Option<Result<Message, axum::Error>>),
    Order(Order),
    Event,
    Heart,
    Stop,
}

struct Connection<'a> {
    shared: &'a Shared,
    socket: WebSocket,
    encoder: Encoder,
    id: ConnectionId,
    settings: GatewaySettings,
    held: Option<Held>,
    last_beat: Instant,
    /// When the client's latest frames came.
    frames: VecDeque<Instant>,
    /// A test wants the next payload to arrive broken.
    corrupts_next: bool,
}

impl Connection<'_> {
    async fn run(&mut self, mut orders: mpsc::Receiver<Order>, manner: &Manner) -> End {
        if !manner.version_is_known() {
            return Close::InvalidVersion.into();
        }
        let mut result = self.hello().await;
        while result.is_ok() {
            let woken = self.woken(&mut orders).await;
            while_stalled(self.shared).await;
            result = match woken {
                Woken::Client(frame) => self.take_frame(frame).await,
                Woken::Order(order) => self.obey(order).await,
                Woken::Event => self.send_events().await,
                Woken::Heart => Err(Close::UnknownError.into()),
                Woken::Stop => Err(Close::GoingAway.into()),
            };
        }
        result.err().unwrap_or(End::Reset)
    }

    async fn woken(&mut self, orders: &mut mpsc::Receiver<Order>) -> Woken {
        let wake = self.held.as_ref().map(|held| Arc::clone(&held.wake));
        let event = async {
            match &wake {
                Some(wake) => wake.notified().await,
                None => std::future::pending().await,
            }
        };
        let overdue = self.last_beat.checked_add(self.settings.overdue());
        let heart = async {
            match overdue {
                Some(overdue) => tokio::time::sleep_until(overdue.into()).await,
                None => std::future::pending().await,
            }
        };
        // What the client has sent counts before its silence does.
        tokio::select! {
            biased;
            () = self.shared.stopping.cancelled() => Woken::Stop,
            Some(order) = orders.recv() => Woken::Order(order),
            frame = self.socket.recv() => Woken::Client(frame),
            () = event => Woken::Event,
            () = heart => Woken::Heart,
        }
    }

    async fn hello(&mut self) -> Result<(), End> {
        let interval = u64::try_from(self.settings.heartbeat.as_millis()).unwrap_or(u64::MAX);
        self.send(10, json!({"heartbeat_interval": interval})).await
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
            // Too large, or no frame at all; where the line is broken, nobody hears the code.
            Some(Err(_)) => return Err(Close::DecodeError.into()),
            None => return Err(End::Left { may_return: true }),
        };
        self.count_frame()?;
        match frame {
            Incoming::Heartbeat => {
                self.last_beat = Instant::now();
                if self
                    .shared
                    .act(|state, _| state.sessions.faults.without_acks)
                {
                    return Ok(());
                }
                self.send(11, Value::Null).await
            }
            Incoming::Identify(identify) => self.identify(&identify).await,
            Incoming::Resume(resume) => self.resume(&resume).await,
            Incoming::Ignored | Incoming::Unsound | Incoming::RequestMembers(_)
                if self.held.is_none() =>
            {
                Err(Close::NotAuthenticated.into())
            }
            Incoming::Ignored => Ok(()),
            Incoming::Unsound => Err(Close::UnknownOpcode.into()),
            Incoming::RequestMembers(request) => {
                self.tell_members(&request);
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
        take_its_time(self.shared).await;
        let id = self.id;
        let gateway_url = &self.shared.gateway_url;
        let identified = self
            .shared
            .act(|state, now| open(state, now, id, identify, gateway_url))?;
        match identified {
            Identified::TooSoon => self.send(9, json!(false)).await,
            Identified::Session(held) => {
                if identify.compress {
                    self.encoder
                        .compress_payloads(self.settings.payload_compression);
                }
                self.held = Some(held);
                self.send_events().await
            }
        }
    }

    async fn resume(&mut self, resume: &Resume) -> Result<(), End> {
        if self.held.is_some() {
            return Err(Close::AlreadyAuthenticated.into());
        }
        take_its_time(self.shared).await;
        let id = self.id;
        let held = self.shared.act(|state, now| {
            resume.check(state.world.bot_token())?;
            if state.limits.is_token_void(now) {
                return Err(Close::AuthenticationFailed);
            }
            if state.sessions.faults.refuse_resumes {
                return Ok(None);
            }
            state.sessions.resume(id, resume)
        })?;
        match held {
            Some(held) => {
                self.held = Some(held);
                self.send_events().await
            }
            None => self.send(9, json!(false)).await,
        }
    }

    /// Answers opcode 8 with events, which wake this connection like all others.
    fn tell_members(&self, request: &RequestMembers) {
        let Some(held) = &self.held else {
            return;
        };
        let told = self.shared.act(|state, now| {
            let guild = request.guild().map(|id| id.to_string()).unwrap_or_default();
            if let Err(wait) = state.limits.spend(now, Row::RequestMembers, &guild) {
                let limited =
                    json!({"opcode": 8, "retry_after": wait.as_secs_f64(), "meta": request.meta()});
                state.note_event("RATE_LIMITED", &limited);
                state.sessions.tell(&held.id, "RATE_LIMITED", &limited);
                return Ok(());
            }
            for chunk in request.chunks(&state.world, held.intents)? {
                state.note_event("GUILD_MEMBERS_CHUNK", &chunk);
                state.sessions.tell(&held.id, "GUILD_MEMBERS_CHUNK", &chunk);
            }
            Ok::<(), &'static str>(())
        });
        if let Err(why) = told {
            // The real service keeps silent as well; here the author of the bot can at least read why.
            tracing::warn!(why, "a request for members gets no answer");
        }
    }

    /// Sends whatever the session has for us, in order.
    async fn send_events(&mut self) -> Result<(), End> {
        loop {
            let Some(held) = self.held.clone() else {
                return Ok(());
            };
            let id = self.id;
            let next = self.shared.act(|state, now| {
                let next = state.sessions.next(id, &held);
                if let Next::Dispatches(waiting) = &next {
                    // Before they are sent, since the bot may answer before this task goes on.
                    for interaction in waiting.iter().filter_map(|one| one.told.interaction) {
                        state.world.delivered(now, interaction);
                    }
                }
                next
            });
            let waiting = match next {
                Next::Nothing => return Ok(()),
                Next::Lost => return Err(Close::UnknownError.into()),
                Next::Dispatches(waiting) => waiting,
            };
            let last = waiting.last().map_or(held.sent, |last| last.seq);
            self.send_all(waiting.iter().map(super::told::Dispatch::text))
                .await?;
            if let Some(held) = &mut self.held {
                held.sent = last;
            }
        }
    }

    async fn obey(&mut self, order: Order) -> Result<(), End> {
        match order {
            Order::Cut(cut) => self.cut(cut).await,
            Order::DemandHeartbeat => self.send(1, Value::Null).await,
            Order::Raw(text) => self.send_all([text]).await,
            Order::CorruptNext => {
                self.corrupts_next = true;
                Ok(())
            }
        }
    }

    async fn cut(&mut self, cut: GatewayCut) -> Result<(), End> {
        match cut {
            GatewayCut::Close(code) => Err(Close::Ordered(code).into()),
            GatewayCut::CloseWithoutCode => Err(End::ClosedWithoutCode),
            GatewayCut::Reset => Err(End::Reset),
            GatewayCut::Fin => Err(End::Fin),
            GatewayCut::Reconnect => self.send(7, Value::Null).await,
            GatewayCut::InvalidSession(may_resume) => {
                if let Some(held) = self.held.take().filter(|_| !may_resume) {
                    self.shared.act(|state, _| state.sessions.end(&held.id));
                }
                self.send(9, json!(may_resume)).await
            }
        }
    }

    /// Sends a payload that is no event.
    async fn send(&mut self, op: u8, data: Value) -> Result<(), End> {
        let payload = json!({"op": op, "s": null, "t": null, "d": data});
        self.send_all([payload.to_string()]).await
    }

    /// Sends payloads together: the system is asked once for all of them.
    async fn send_all(&mut self, texts: impl IntoIterator<Item = String>) -> Result<(), End> {
        let stopping = self.shared.stopping.clone();
        let sending = async {
            for text in texts {
                let mut message = self.encoder.encode(text).map_err(|_| Close::UnknownError)?;
                if std::mem::take(&mut self.corrupts_next) {
                    message = corrupted(message);
                }
                self.socket.feed(message).await.map_err(|_| GONE)?;
            }
            self.socket.flush().await.map_err(|_| GONE)
        };
        tokio::select! {
            sent = tokio::time::timeout(SENDING, sending) => sent.unwrap_or(Err(GONE)),
            () = stopping.cancelled() => Err(Close::GoingAway.into()),
        }
    }
}

/// A stalled socket neither reads nor sends, as if the line were dead.
async fn while_stalled(shared: &Shared) {
    let stalled = |state: &mut State, now: Moment| {
        let until = state.sessions.stalled_until?;
        Some(until.since(now)).filter(|left| !left.is_zero())
    };
    while let Some(left) = shared.act(stalled) {
        if shared.stopping.is_cancelled() {
            return;
        }
        shared.pause(left).await;
    }
}

/// READY and RESUMED are as slow as a test wants them.
async fn take_its_time(shared: &Shared) {
    let by = shared.act(|state, _| state.sessions.faults.slow_ready);
    if !by.is_zero() {
        shared.pause(by).await;
    }
}
