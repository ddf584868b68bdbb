//! The emulated Discord as a plain state machine: values and the time go in, values and events come out. Does no I/O, reads no clock.

mod archive;
pub(crate) mod attachments;
mod autocomplete;
mod bot_account;
mod bot_token;
mod buttons;
mod channel_changes;
pub(crate) mod channels;
pub(crate) mod command_form;
mod command_options;
pub(crate) mod command_permissions;
pub(crate) mod commands;
mod component_lines;
mod components;
pub(crate) mod direct_messages;
mod embeds;
pub(crate) mod emoji;
pub(crate) mod form;
mod forums;
mod furniture;
pub(crate) mod guild;
mod handed_in;
pub(crate) mod history;
mod installs;
pub(crate) mod interactions;
pub(crate) mod invocation;
pub(crate) mod localizations;
mod membership;
mod mentions;
pub(crate) mod menus;
mod message_components;
pub(crate) mod message_form;
pub(crate) mod messages;
mod modal_form;
pub(crate) mod modals;
pub(crate) mod offers;
mod overwrites;
pub(crate) mod people;
pub(crate) mod permissions;
mod pings;
mod pins;
pub(crate) mod posting;
pub(crate) mod presences;
mod presses;
pub(crate) mod reactions;
pub(crate) mod refusal;
mod registration;
pub(crate) mod replies;
mod resolved;
mod responses;
mod revising;
mod role_order;
mod selects;
mod sight;
pub(crate) mod telling;
pub(crate) mod thread_lists;
pub(crate) mod thread_members;
pub(crate) mod threads;
mod transcript;
mod typing;
pub(crate) mod uploads;
pub(crate) mod use_error;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque, hash_map::RandomState},
    hash::BuildHasher,
};

use serde_json::Value;

use self::{
    bot_token::BotToken,
    channels::{Channel, ChannelKind},
    commands::Command,
    guild::Guild,
    interactions::Interaction,
    modals::OpenModal,
    people::User,
};
use crate::{
    clock::Moment,
    report::Ping,
    settings::PrivilegedIntents,
    snowflake::{Snowflake, Snowflakes},
};

/// Ids of what is there from the start. They never change, so that what a bot stored fits the next run.
pub(crate) const APPLICATION: u64 = 1_100_000_000_000_000_000;
pub(crate) const HOME: u64 = 1_100_000_000_000_000_001;
const GENERAL: u64 = 1_100_000_000_000_000_002;
const YOU: u64 = 1_100_000_000_000_000_003;
const BOT_ROLE: u64 = 1_100_000_000_000_000_004;

/// Pings are kept for the report; more than this many are not.
const MOST_PINGS: usize = 10_000;

/// Guilds with their channels, people, messages, commands and interactions.
pub(crate) struct World {
    ids: Snowflakes,
    /// Makes the tokens of interactions unguessable.
    secret: RandomState,
    /// The application; its bot user has the same id.
    pub(crate) application: Snowflake,
    /// The token that is valid now.
    bot_token: BotToken,
    /// The guild that is there from the start, and that people and channels are added to.
    pub(crate) home: Snowflake,
    guilds: BTreeMap<Snowflake, Guild>,
    people: BTreeMap<Snowflake, User>,
    channels: BTreeMap<Snowflake, Channel>,
    commands: Vec<Command>,
    /// When commands of a scope were new, in the last day.
    command_creates: BTreeMap<Option<Snowflake>, Vec<Moment>>,
    /// What administrators have decided: by guild, and by command or application.
    command_permissions: BTreeMap<(Snowflake, Snowflake), Vec<command_permissions::Decision>>,
    interactions: BTreeMap<Snowflake, Interaction>,
    tokens: HashMap<String, Snowflake>,
    /// Whoever has installed the application for themselves.
    installed_for: BTreeSet<Snowflake>,
    /// Files that people hand in with commands and forms.
    handed_in: BTreeMap<Snowflake, attachments::Attachment>,
    /// The form that is open for a person; each client shows one at a time.
    open_modals: BTreeMap<Snowflake, OpenModal>,
    /// When which interaction has to be looked at again.
    deadlines: BTreeSet<(Moment, Snowflake)>,
    /// When which thread may have been silent for long enough.
    archivals: BTreeSet<(Moment, Snowflake)>,
    typists: typing::Typists,
    /// Active threads that a guild may have.
    pub(crate) most_active_threads: usize,
    files: attachments::Storage,
    /// Guilds of which nothing is heard, as in an outage.
    failing: BTreeSet<Snowflake>,
    /// Where files can be fetched: the page's address, with a `/` at its end.
    pub(crate) page_url: String,
    pings: VecDeque<Ping>,
    /// The portal's switches for intents.
    pub(crate) privileged: PrivilegedIntents,
    revision: u64,
    outbox: Vec<Event>,
}

/// Something the gateway tells.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) kind: &'static str,
    pub(crate) payload: Value,
    /// The guild it happened in, which decides the shard; without one the first shard is told.
    pub(crate) guild: Option<Snowflake>,
    /// Intents, any of which lets a session see the event; 0 when it needs none.
    pub(crate) intents: u64,
    /// What a session without the intent for message content gets instead.
    pub(crate) without_content: Option<Value>,
    /// The interaction this event brings to the bot.
    pub(crate) interaction: Option<Snowflake>,
}

impl Event {
    /// Something that happened in a guild, for sessions with one of these intents.
    pub(crate) fn of_guild(
        kind: &'static str,
        guild: Snowflake,
        intents: u64,
        payload: Value,
    ) -> Self {
        Self {
            kind,
            payload,
            guild: Some(guild),
            intents,
            without_content: None,
            interaction: None,
        }
    }
}

impl World {
    /// A guild "Footnote demo" with the channel "general", the person "you" and the bot.
    pub(crate) fn new() -> Self {
        let mut world = Self {
            ids: Snowflakes::default(),
            secret: RandomState::new(),
            application: Snowflake::from(APPLICATION),
            bot_token: BotToken::default(),
            home: Snowflake::from(HOME),
            guilds: BTreeMap::new(),
            people: BTreeMap::new(),
            channels: BTreeMap::new(),
            commands: Vec::new(),
            command_creates: BTreeMap::new(),
            command_permissions: BTreeMap::new(),
            interactions: BTreeMap::new(),
            tokens: HashMap::new(),
            installed_for: BTreeSet::new(),
            handed_in: BTreeMap::new(),
            open_modals: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            archivals: BTreeSet::new(),
            typists: typing::Typists::new(),
            most_active_threads: threads::MOST_ACTIVE,
            files: attachments::Storage::default(),
            failing: BTreeSet::new(),
            page_url: "/".to_owned(),
            pings: VecDeque::new(),
            privileged: PrivilegedIntents::default(),
            revision: 0,
            outbox: Vec::new(),
        };
        world.seed();
        world
    }

    fn seed(&mut self) {
        let you = User::person(Snowflake::from(YOU), "you");
        let bot = User::bot(self.application, "Footnote");
        self.people.extend([(you.id, you), (bot.id, bot)]);
        self.found(
            self.home,
            Snowflake::from(BOT_ROLE),
            guild::HOME_NAME,
            Snowflake::from(YOU),
        );
        let general = Channel::new(
            Snowflake::from(GENERAL),
            ChannelKind::Text,
            Some(self.home),
            "general",
        );
        self.channels.insert(general.id, general);
    }

    /// Goes back to what [`World::new`] gives; ids go on rising, and so does the revision.
    pub(crate) fn start_afresh(&mut self) {
        let before = std::mem::replace(self, Self::new());
        self.ids = before.ids;
        self.page_url = before.page_url;
        self.revision = before.revision + 1;
    }

    /// Rises with every change that somebody could see.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    pub(crate) fn take_events(&mut self) -> Vec<Event> {
        let mut events = std::mem::take(&mut self.outbox);
        let is_heard = |event: &Event| {
            let fails = event.guild.is_some_and(|id| self.failing.contains(&id));
            !fails || event.kind == "GUILD_DELETE"
        };
        if !self.failing.is_empty() {
            events.retain(is_heard);
        }
        events
    }

    pub(crate) fn pings(&self) -> impl Iterator<Item = &Ping> {
        self.pings.iter()
    }

    pub(crate) fn reads_content(&self) -> bool {
        self.privileged.message_content
    }

    fn touch(&mut self) {
        self.revision += 1;
    }

    fn note_ping(&mut self, ping: Ping) {
        if self.pings.len() < MOST_PINGS {
            self.pings.push_back(ping);
        }
    }

    fn secret_for(&self, id: Snowflake) -> u64 {
        self.secret.hash_one(id)
    }
}
