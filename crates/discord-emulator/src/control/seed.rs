//! `/_emu/seed` and `/_emu/reset`: what is there from the start of a test. Acts for nobody.

use axum::{Json, body::Bytes, extract::State};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::wrong::{Wrong, read};
use crate::{Channel, Emulator, Permissions, PrivilegedIntents};

/// The most of one kind that one call adds.
const MOST: usize = 10_000;
/// Longest name of a person, a channel, a role or a guild, in code points.
const LONGEST_NAME: usize = 100;

/// `POST /_emu/reset`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reset {
    /// Whether people, channels and roles for looking around are put there again.
    #[serde(default)]
    furnish: bool,
}

/// `POST /_emu/seed`: what is there already by name stays as it is.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
pub(super) struct Seed {
    /// Further guilds the bot is in.
    guilds: Vec<String>,
    roles: Vec<Role>,
    people: Vec<Person>,
    channels: Vec<Place>,
    privileged_intents: Option<PrivilegedIntents>,
    /// The language that the home guild chooses; it is a community from then on.
    locale: Option<String>,
    furnish: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Role {
    name: String,
    /// Bits as Discord writes them.
    #[serde(default)]
    permissions: Option<String>,
    /// From the bottom, where @everyone has 0.
    #[serde(default)]
    position: Option<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    name: String,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    locale: Option<String>,
    #[serde(default)]
    blocks_direct_messages: bool,
    /// Whether they have installed the application for themselves.
    #[serde(default)]
    installs: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    name: String,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    requires_tag: bool,
    #[serde(default)]
    slowmode: u32,
    #[serde(default)]
    overwrites: Vec<Overwrite>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    #[default]
    Text,
    Forum,
    Announcement,
    Category,
}

/// What a role or a person may and may not do in a channel.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Overwrite {
    #[serde(default)]
    role: Option<String>,
    #[serde(default)]
    person: Option<String>,
    #[serde(default)]
    allow: Option<String>,
    #[serde(default)]
    deny: Option<String>,
}

pub(super) async fn reset(
    State(emulator): State<Emulator>,
    body: Bytes,
) -> Result<Json<Value>, Wrong> {
    let sent: Reset = read(&body)?;
    emulator.reset();
    if sent.furnish {
        emulator.furnish();
    }
    Ok(Json(json!({})))
}

pub(super) async fn seed(
    State(emulator): State<Emulator>,
    body: Bytes,
) -> Result<Json<Value>, Wrong> {
    let seed: Seed = read(&body)?;
    check(&seed)?;
    if seed.furnish {
        emulator.furnish();
    }
    if let Some(switches) = seed.privileged_intents {
        emulator.allow_intents(switches);
    }
    if let Some(locale) = &seed.locale {
        emulator.speaks(locale);
    }
    let guilds: Map<String, Value> = seed
        .guilds
        .iter()
        .map(|name| (name.clone(), json!(emulator.add_guild(name).to_string())))
        .collect();
    let mut roles = Map::new();
    for role in &seed.roles {
        let permissions = bits(role.permissions.as_deref())?;
        let made = emulator.role(&role.name, permissions);
        if let Some(position) = role.position {
            emulator.places_role(&made, position);
        }
        roles.insert(role.name.clone(), json!(made.id().to_string()));
    }
    let mut people = Map::new();
    for person in &seed.people {
        people.insert(
            person.name.clone(),
            json!(add_person(&emulator, person)?.to_string()),
        );
    }
    let mut channels = Map::new();
    for place in &seed.channels {
        channels.insert(
            place.name.clone(),
            json!(add_channel(&emulator, place)?.to_string()),
        );
    }
    Ok(Json(
        json!({"guilds": guilds, "roles": roles, "people": people, "channels": channels}),
    ))
}

/// Nothing is added when something is wrong with a name or a number.
fn check(seed: &Seed) -> Result<(), Wrong> {
    let lengths = [
        seed.guilds.len(),
        seed.roles.len(),
        seed.people.len(),
        seed.channels.len(),
    ];
    if lengths.into_iter().any(|length| length > MOST) {
        return Err(Wrong::unreadable(format!(
            "One call adds at most {MOST} of a kind."
        )));
    }
    let names = seed.guilds.iter();
    let names = names.chain(seed.roles.iter().map(|role| &role.name));
    let names = names.chain(seed.people.iter().map(|person| &person.name));
    let mut names = names.chain(seed.channels.iter().map(|place| &place.name));
    if names.any(|name| !(1..=LONGEST_NAME).contains(&name.chars().count())) {
        return Err(Wrong::unreadable(format!(
            "A name has 1 to {LONGEST_NAME} characters."
        )));
    }
    for role in &seed.roles {
        bits(role.permissions.as_deref())?;
    }
    for overwrite in seed.channels.iter().flat_map(|place| &place.overwrites) {
        bits(overwrite.allow.as_deref())?;
        bits(overwrite.deny.as_deref())?;
        if overwrite.role.is_some() == overwrite.person.is_some() {
            return Err(Wrong::unreadable(
                "An overwrite is for a `role` or for a `person`.",
            ));
        }
    }
    Ok(())
}

fn add_person(emulator: &Emulator, wanted: &Person) -> Result<u64, Wrong> {
    let person = emulator.person(&wanted.name);
    for role in &wanted.roles {
        person.gets(super::named::role(emulator, role)?);
    }
    if let Some(locale) = &wanted.locale {
        person.switches_to(locale);
    }
    if wanted.blocks_direct_messages {
        person.blocks_direct_messages(true);
    }
    if wanted.installs {
        person.installs();
    }
    Ok(person.id())
}

fn add_channel(emulator: &Emulator, wanted: &Place) -> Result<u64, Wrong> {
    let channel: Channel = match wanted.kind {
        Kind::Text => emulator.channel(&wanted.name),
        Kind::Forum => emulator.forum(&wanted.name),
        Kind::Announcement => emulator.announcements(&wanted.name),
        Kind::Category => emulator.category(&wanted.name),
    };
    for tag in &wanted.tags {
        channel.has_tag(tag);
    }
    if wanted.requires_tag {
        channel.requires_tag(true);
    }
    if wanted.slowmode > 0 {
        channel.slows_down(wanted.slowmode);
    }
    for overwrite in &wanted.overwrites {
        let (allow, deny) = (
            bits(overwrite.allow.as_deref())?,
            bits(overwrite.deny.as_deref())?,
        );
        if let Some(name) = &overwrite.person {
            let person = super::named::person(emulator, name)?;
            channel.allows(&person, allow);
            channel.denies(&person, deny);
        }
        if let Some(name) = &overwrite.role {
            let role = super::named::role(emulator, name)?;
            channel.allows(&role, allow);
            channel.denies(&role, deny);
        }
    }
    Ok(channel.id())
}

/// Permissions as Discord writes them: a number in a string. None by default.
fn bits(text: Option<&str>) -> Result<Permissions, Wrong> {
    let bits = text.map_or(Ok(0), str::parse);
    bits.map(Permissions::from_bits)
        .map_err(|_| Wrong::unreadable("Permissions are a number in a string, such as \"2048\"."))
}
