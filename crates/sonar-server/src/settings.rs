//! What a server can be told. Must be plain data: nothing here reads a file or the environment.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

use secrecy::SecretString;

use crate::{Dialect, JobSettings, Pretend};

/// The default of [`ServerSettings::requests_a_minute`]: a hundred a second, more than people or a bot ask.
const REQUESTS_A_MINUTE: NonZeroU32 = NonZeroU32::new(6000).unwrap();

/// Settings of a [`crate::Server`]. The default is open to this machine alone, on a free port.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// Where to listen. Port 0 takes a free one. Default `127.0.0.1:0`.
    pub bind: SocketAddr,
    /// Keys that are let in; with none, everybody who can connect is. Default none.
    pub keys: Vec<SecretString>,
    /// Further names, such as `answers.example`, that the server may be asked by when it has no keys. Without any, it answers to
    /// names and addresses of this machine and to those of [`DocumentLinks::At`]; when it listens for others, also to every
    /// address and to names of private networks. `*` is any name. Default none.
    pub hosts: Vec<String>,
    /// Words a second of a streamed answer, so that quoted text arrives as a model's would; `None` as fast as it comes.
    /// Default `None`.
    pub pace: Option<NonZeroU32>,
    /// Where links to documents lead that have no public address. Default here.
    pub document_links: DocumentLinks,
    /// Longest request body in bytes. Default 32 MiB.
    pub body_limit: usize,
    /// How long a stream may be silent before a comment keeps its connection alive. Default 10 s.
    pub keep_alive: Duration,
    /// How the protocol is spoken where it changed over the years. Default as in 2026.
    pub dialect: Dialect,
    /// Troubles to play instead of answering, for trying a client. Default none.
    pub pretend: Vec<Pretend>,
    /// How often a visitor (the holder of a key; without keys, an address) may ask; more is refused with 429. A full
    /// minute's worth may come at once. Default 6000 a minute.
    pub requests_a_minute: NonZeroU32,
    /// How long a client may take to send its request's head, and again its body. Default 30 s.
    pub request_time: Duration,
    /// How long a client may take nothing of what is sent to it before it is given up. Default 30 s.
    pub reading_time: Duration,
    /// How long an answer may take. Default 300 s.
    pub answer_time: Duration,
    /// How many connections may be open at once; more wait to be accepted. Default 2048.
    pub connections: usize,
    /// How many answers may be written at once; more are refused with 503. Default 1500.
    pub answers: usize,
    /// How asynchronous jobs are kept and run.
    pub jobs: JobSettings,
    /// How long answers may go on after [`crate::Server::close`]. Default 5 s.
    pub grace: Duration,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            keys: Vec::new(),
            hosts: Vec::new(),
            pace: None,
            document_links: DocumentLinks::Here,
            body_limit: 32 * 1024 * 1024,
            keep_alive: Duration::from_secs(10),
            dialect: Dialect::default(),
            pretend: Vec::new(),
            requests_a_minute: REQUESTS_A_MINUTE,
            request_time: Duration::from_secs(30),
            reading_time: Duration::from_secs(30),
            answer_time: Duration::from_secs(300),
            connections: 2048,
            answers: 1500,
            jobs: JobSettings::default(),
            grace: Duration::from_secs(5),
        }
    }
}

/// Where links to documents lead that have no public address, such as those of a plain folder. The server shows them
/// itself, unless it asks for keys, which a reader who follows a link does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DocumentLinks {
    /// To nothing: sources keep names that begin with `local:`.
    Nowhere,
    #[default]
    /// To the address that the server listens on: right when its readers are on the same machine.
    Here,
    /// To this address, under which readers reach the server.
    At(String),
}
