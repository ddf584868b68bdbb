//! The handle: starts an emulator, moves its clock, orders faults, ends it. Knows no rule of Discord's.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::Router;
use tokio::net::TcpListener;

use crate::{
    clock::{Moment, Speed},
    control,
    faults::{
        error::FaultError,
        request::Fault,
        rules::{Ordered, Rules},
    },
    gateway::sessions::Sessions,
    listener::{Peer, PlainListener, TlsListener},
    page,
    record::{Judge, Record},
    report::Report,
    rest::{
        self,
        limit_table::LimitTable,
        limits::Limits,
        log::{Log, LogFile, LoggedRequest},
    },
    settings::{PrivilegedIntents, RateLimits, Settings, StartError},
    shared::{Shared, State},
    tls::Identity,
    world::{APPLICATION, World},
};

/// How long open connections may take to end after [`Emulator::close`].
const WINDING_UP: Duration = Duration::from_secs(5);

/// A running emulator. Clones are handles to the same one.
///
/// It runs until [`Emulator::close`]; dropping every handle does not end it.
#[derive(Clone)]
pub struct Emulator {
    pub(crate) shared: Arc<Shared>,
    identity: Arc<Addresses>,
}

struct Addresses {
    discord: SocketAddr,
    page_url: String,
    ca_pem: String,
    /// What it was started with, which [`Emulator::reset`] goes back to.
    settings: Settings,
}

/// Why the bot is not ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotReady {
    /// No gateway session was opened.
    #[error(
        "no bot has identified itself within {0:?}: check that it runs, and that it uses the gateway address and the token of this emulator"
    )]
    NotConnected(Duration),
    /// The bot is there, but has no command.
    #[error(
        "the bot is connected but has registered no command within {0:?}: check that it registers its commands when it is ready"
    )]
    NoCommands(Duration),
}

impl Emulator {
    /// Starts an emulator on loopback; it answers as soon as this returns.
    ///
    /// # Errors
    ///
    /// A port is in use, the request log cannot be written, or loopback cannot be listened on.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let identity = Identity::make()?;
        let file = settings
            .request_log
            .as_deref()
            .map(LogFile::open)
            .transpose()?;
        let (file, lines) = file.unzip();
        let discord = listen(settings.rest_port).await?;
        let page = listen(settings.page_port).await?;
        let (discord_address, page_address) = (discord.local_addr()?, page.local_addr()?);
        let state = State {
            world: World::new(),
            sessions: Sessions::new(settings.gateway, settings.seed),
            faults: Rules::new(settings.seed),
            limits: Limits::new(settings.rate_limits),
            log: Log::new(lines),
            record: settings.record.then(Record::default),
            judges: Vec::new(),
        };
        let mut state = state;
        state.world.page_url = format!("http://{page_address}/");
        let shared = Arc::new(Shared::new(state, format!("ws://{page_address}/")));
        shared.act(|state, now| begin(state, now, &settings));
        if let Some(file) = file {
            shared.tasks.spawn_blocking(|| file.write());
        }
        let keeper = Arc::clone(&shared);
        shared.tasks.spawn(async move { keeper.keep_time().await });
        serve(
            &shared,
            TlsListener::new(discord, identity.acceptor, Arc::clone(&shared)),
            rest::router(Arc::clone(&shared)),
        );
        let addresses = Addresses {
            discord: discord_address,
            page_url: format!("http://{page_address}/"),
            ca_pem: identity.ca_pem,
            settings,
        };
        let emulator = Self {
            shared: Arc::clone(&shared),
            identity: Arc::new(addresses),
        };
        let plain = page::router(Arc::clone(&shared)).merge(control::router(emulator.clone()));
        serve(&shared, PlainListener(page), plain);
        Ok(emulator)
    }

    /// Goes back to what it was at its start: no messages, no commands, no faults, nothing reported. Bots must identify
    /// anew (their connections are closed with 4009); the clock runs on.
    pub fn reset(&self) {
        let settings = &self.identity.settings;
        self.shared.act(|state, now| {
            state.world.start_afresh();
            state.sessions.reset(settings.gateway);
            state.faults.clear();
            state.limits.replace(settings.rate_limits.table());
            state.log.clear();
            state.record = settings.record.then(Record::default);
            begin(state, now, settings);
        });
    }

    /// Where it answers as `discord.com`, over TLS.
    pub fn discord_address(&self) -> SocketAddr {
        self.identity.discord
    }

    /// The certificate of the authority to trust, as PEM. It is made anew at every start.
    pub fn ca_pem(&self) -> &str {
        &self.identity.ca_pem
    }

    /// The gateway's address: `ws://127.0.0.1:P/`.
    pub fn gateway_url(&self) -> String {
        self.shared.gateway_url.clone()
    }

    /// The page's address: `http://127.0.0.1:P/`.
    pub fn page_url(&self) -> String {
        self.identity.page_url.clone()
    }

    /// The token the bot has to use. It is valid nowhere else, and the same at every start.
    pub fn bot_token(&self) -> String {
        self.shared
            .act(|state, _| state.world.bot_token().to_owned())
    }

    /// Resets the bot's token as the portal does, and gives the new one: with the old one, requests are answered with 401
    /// and connections to the gateway, those that are open too, are closed with 4004.
    pub fn reset_token(&self) -> String {
        self.shared.act(|state, _| {
            state.limits.has_new_token();
            state.sessions.void_token();
            state.world.reset_bot_token()
        })
    }

    /// The id of the bot's application, and of its user.
    pub fn application_id(&self) -> u64 {
        APPLICATION
    }

    /// Waits until a bot is connected and has registered commands.
    ///
    /// # Errors
    ///
    /// Tells which of the two has not happened `within` that real time.
    pub async fn bot_is_ready(&self, within: Duration) -> Result<(), NotReady> {
        let is_ready = |state: &State| {
            (state.sessions.is_connected() && state.world.has_commands()).then_some(())
        };
        match self.shared.wait_for(within, is_ready).await {
            Some(()) => Ok(()),
            None if self.shared.act(|state, _| state.sessions.is_connected()) => {
                Err(NotReady::NoCommands(within))
            }
            None => Err(NotReady::NotConnected(within)),
        }
    }

    /// Moves the clock forward: what is due by then happens before this returns.
    ///
    /// It moves the deadlines of interactions, nonces, rate limits and ordered delays. The heartbeat of the gateway and
    /// the life of a session left behind stay with real time, since the bot's own clock does not move.
    pub fn advance(&self, by: Duration) {
        self.shared.clock.advance(by);
        self.shared.act(|_, _| ());
    }

    /// Lets time run so many times as fast, or stand still; what depends on the emulator's time follows.
    pub fn run_time(&self, speed: Speed) {
        self.shared.clock.run_at(speed);
        self.shared.act(|_, _| ());
    }

    /// How fast time runs.
    pub fn speed(&self) -> Speed {
        self.shared.clock.speed()
    }

    /// Orders a fault for requests; gives its id. It is tried behind those that were ordered before.
    ///
    /// # Errors
    ///
    /// Names what no request could meet.
    pub fn fault(&self, fault: Fault) -> Result<u64, FaultError> {
        fault.check()?;
        let is_for_handshakes = fault.is_for_handshakes();
        let turns = fault.turns.clone();
        let id = self.shared.act(|state, _| state.faults.add(fault, &turns));
        if is_for_handshakes {
            self.shared.connections.cut_idle();
        }
        Ok(id)
    }

    /// The faults for requests, those used up included, and how often each was met. At most 1 000 are kept.
    pub fn faults(&self) -> Vec<Ordered<Fault>> {
        self.shared.act(|state, _| state.faults.list())
    }

    /// Takes a fault back; tells whether it was there.
    pub fn remove_fault(&self, id: u64) -> bool {
        self.shared.act(|state, _| state.faults.remove(id))
    }

    /// Takes all faults for requests back.
    pub fn clear_faults(&self) {
        self.shared.act(|state, _| state.faults.clear());
    }

    /// Puts another table of rate limits in force; what has been used up is forgotten.
    pub fn limit(&self, limits: RateLimits) {
        self.shared
            .act(|state, _| state.limits.replace(limits.table()));
    }

    /// The table of rate limits that is in force.
    pub fn limits(&self) -> LimitTable {
        self.shared.act(|state, _| state.limits.table)
    }

    /// The latest requests, oldest first; at most 5 000 are kept.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.shared.act(|state, _| state.log.requests())
    }

    /// Turns the portal's switch for message content on or off; it is off at the start.
    pub fn allow_message_content(&self, on: bool) {
        self.shared
            .act(|state, _| state.world.privileged.message_content = on);
    }

    /// Sets all of the portal's switches for privileged intents. Sessions that are open keep what they have.
    pub fn allow_intents(&self, switches: PrivilegedIntents) {
        self.shared
            .act(|state, _| state.world.privileged = switches);
    }

    /// What has gone wrong, or is not finished, since the start.
    pub fn report(&self) -> Report {
        self.shared.act(|state, _| state.report())
    }

    /// All that went over the wire so far; empty unless [`Settings::record`] is on.
    pub fn record(&self) -> Record {
        self.shared
            .act(|state, _| state.record.clone().unwrap_or_default())
    }

    /// Whether what goes over the wire is kept.
    pub(crate) fn records(&self) -> bool {
        self.shared.act(|state, _| state.record.is_some())
    }

    pub(crate) fn let_judge(&self, judge: Judge) {
        self.shared.act(|state, _| state.judges.push(judge));
    }

    /// What the judges find in the record so far; `None` without a judge.
    pub(crate) fn violations(&self) -> Option<Vec<String>> {
        let judges = self.shared.act(|state, _| state.judges.clone());
        if judges.is_empty() {
            return None;
        }
        let record = self.record();
        Some(judges.iter().flat_map(|judge| judge(&record)).collect())
    }

    /// Begins to end it, without waiting until it has.
    pub(crate) fn stop(&self) {
        self.shared.stopping.cancel();
        self.shared.act(|state, _| state.log.close());
        self.shared.tasks.close();
    }

    /// Ends it: says goodbye to every session (1001), stops listening, and waits until its tasks are done.
    ///
    /// Connections that do not end by themselves are dropped after 5 s.
    pub async fn close(&self) {
        self.stop();
        self.shared.tasks.wait().await;
    }
}

/// Puts there what the settings ask for.
fn begin(state: &mut State, now: Moment, settings: &Settings) {
    state.world.privileged = settings.privileged_intents;
    for number in 1..=settings.more_guilds {
        let name = format!("Guild {}", u64::from(number) + 1);
        state.world.add_guild(now, &name);
    }
}

async fn listen(port: u16) -> Result<TcpListener, StartError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => StartError::PortInUse { port, source },
            _ => StartError::Io(source),
        })
}

/// Serves until the emulator stops, and then no longer than open connections are allowed to take.
fn serve<L>(shared: &Arc<Shared>, listener: L, router: Router)
where
    L: axum::serve::Listener<Addr = SocketAddr>,
    Peer: for<'a> axum::extract::connect_info::Connected<axum::serve::IncomingStream<'a, L>>,
{
    let stopping = shared.stopping.clone();
    let orderly = axum::serve(
        listener,
        router.into_make_service_with_connect_info::<Peer>(),
    )
    .with_graceful_shutdown(stopping.clone().cancelled_owned());
    shared.tasks.spawn(async move {
        let too_long = async {
            stopping.cancelled().await;
            tokio::time::sleep(WINDING_UP).await;
        };
        tokio::select! {
            served = orderly => if let Err(error) = served {
                tracing::error!(%error, "a listener of the emulator has failed");
            },
            () = too_long => tracing::warn!("some connections did not end in time and were dropped"),
        }
    });
}
