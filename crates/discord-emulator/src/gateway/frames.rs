//! What bots send to the gateway, read and judged. Knows no socket.

use serde::Deserialize;
use serde_json::Value;

use super::{close::Close, members::RequestMembers};
use crate::{
    settings::PrivilegedIntents, snowflake::Snowflake, world::presences::INTENT_GUILD_PRESENCES,
};

/// Longest payload a client may send, in bytes.
const MOST_BYTES: usize = 4096;
/// Every intent there is.
const KNOWN_INTENTS: u64 = 0x1_FFFF | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25;
pub(crate) const GUILD_MEMBERS: u64 = 1 << 1;
pub(crate) const MESSAGE_CONTENT: u64 = 1 << 15;

/// A payload of a client.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Incoming {
    Heartbeat,
    Identify(Identify),
    Resume(Resume),
    /// Presence, voice state and others that change nothing here.
    Ignored,
    RequestMembers(RequestMembers),
    /// An opcode that there is not, or one that lacks what belongs to it.
    Unsound,
}

/// The bounds of `large_threshold`, in members.
const LARGE: std::ops::RangeInclusive<u64> = 50..=250;

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Identify {
    token: String,
    pub(crate) intents: u64,
    #[serde(default)]
    pub(crate) shard: Option<(u64, u64)>,
    /// Whether single payloads may be compressed.
    #[serde(default)]
    pub(crate) compress: bool,
    #[serde(rename = "properties")]
    _properties: serde_json::Map<String, Value>,
    /// Above this many members a guild counts as large.
    #[serde(default)]
    large_threshold: Option<u64>,
    #[serde(default, rename = "presence")]
    _presence: Option<Presence>,
}

/// What a bot shows of itself. Nothing here shows it on, but it must be one.
///
/// `since` is not looked at: a number by the documents, and a struct from serenity.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Presence {
    #[serde(default, rename = "status")]
    _status: Option<Status>,
    #[serde(default, rename = "activities")]
    _activities: Option<Vec<serde_json::Map<String, Value>>>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Online,
    Dnd,
    Idle,
    Invisible,
    Offline,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Resume {
    token: String,
    pub(crate) session_id: String,
    pub(crate) seq: u64,
}

#[derive(Deserialize)]
struct Payload {
    op: u64,
    #[serde(default)]
    d: Value,
}

impl Incoming {
    /// Reads one frame.
    ///
    /// # Errors
    ///
    /// The close code its sender gets.
    pub(crate) fn read(frame: &[u8]) -> Result<Self, Close> {
        if frame.len() > MOST_BYTES {
            return Err(Close::DecodeError);
        }
        let payload: Payload = serde_json::from_slice(frame).map_err(|_| Close::DecodeError)?;
        match payload.op {
            1 => Ok(Self::Heartbeat),
            2 => serde_json::from_value(payload.d)
                .ok()
                .filter(Identify::is_sound)
                .map(Self::Identify)
                .ok_or(Close::UnknownOpcode),
            6 => serde_json::from_value(payload.d)
                .map(Self::Resume)
                .map_err(|_| Close::UnknownOpcode),
            8 => serde_json::from_value(payload.d)
                .ok()
                .filter(RequestMembers::is_sound)
                .map_or(Ok(Self::Unsound), |request| {
                    Ok(Self::RequestMembers(request))
                }),
            3 => Ok(serde_json::from_value::<Presence>(payload.d)
                .map_or(Self::Unsound, |_| Self::Ignored)),
            4 | 31 | 43 => Ok(Self::Ignored),
            _ => Ok(Self::Unsound),
        }
    }
}

/// The shard that a guild belongs to, of so many.
pub(super) fn shard_of(guild: Snowflake, count: u64) -> u64 {
    (guild.get() >> 22) % count.max(1)
}

impl Identify {
    fn is_sound(&self) -> bool {
        self.large_threshold
            .is_none_or(|threshold| LARGE.contains(&threshold))
    }

    /// Whether a guild belongs to the shard.
    pub(crate) fn serves(&self, guild: Snowflake) -> bool {
        let (shard, count) = self.shard.unwrap_or((0, 1));
        shard_of(guild, count) == shard
    }

    /// Judges token, intents and shard.
    pub(crate) fn check(&self, token: &str, switches: PrivilegedIntents) -> Result<(), Close> {
        check_token(&self.token, token)?;
        if self.intents & !KNOWN_INTENTS != 0 {
            Err(Close::InvalidIntents)
        } else if self.intents & switched_off(switches) != 0 {
            Err(Close::DisallowedIntents)
        } else if self.shard.is_some_and(|(shard, count)| shard >= count) {
            Err(Close::InvalidShard)
        } else {
            Ok(())
        }
    }
}

impl Resume {
    pub(crate) fn check(&self, token: &str) -> Result<(), Close> {
        check_token(&self.token, token)
    }
}

/// The intents that the portal does not let the application have.
fn switched_off(switches: PrivilegedIntents) -> u64 {
    let off = |bit, is_on| if is_on { 0 } else { bit };
    off(GUILD_MEMBERS, switches.members)
        | off(INTENT_GUILD_PRESENCES, switches.presences)
        | off(MESSAGE_CONTENT, switches.message_content)
}

/// The token comes with or without "Bot ".
fn check_token(sent: &str, valid: &str) -> Result<(), Close> {
    if sent.strip_prefix("Bot ").unwrap_or(sent) == valid {
        Ok(())
    } else {
        Err(Close::AuthenticationFailed)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TOKEN: &str = "token";

    fn identify(token: &str, intents: u64, shard: &Value) -> Result<(), Close> {
        let frame = json!({"op": 2, "d": {"token": token, "intents": intents, "shard": shard,
            "properties": {}, "presence": {"since": {"secs": 1}}}});
        let Incoming::Identify(identify) = Incoming::read(frame.to_string().as_bytes())? else {
            panic!("not an identify")
        };
        identify.check(TOKEN, PrivilegedIntents::default())
    }

    #[test]
    fn identify_is_judged_as_the_real_service_does() {
        assert_eq!(identify(TOKEN, 4609, &json!([0, 1])), Ok(()));
        assert_eq!(identify(&format!("Bot {TOKEN}"), 0, &Value::Null), Ok(()));
        assert_eq!(
            identify("wrong", 0, &Value::Null),
            Err(Close::AuthenticationFailed)
        );
        assert_eq!(
            identify(TOKEN, 1 << 19, &Value::Null),
            Err(Close::InvalidIntents)
        );
        assert_eq!(
            identify(TOKEN, MESSAGE_CONTENT, &Value::Null),
            Err(Close::DisallowedIntents)
        );
        assert_eq!(identify(TOKEN, 0, &json!([1, 1])), Err(Close::InvalidShard));
    }

    #[test]
    fn each_privileged_intent_has_its_own_switch() {
        for (intent, switches) in [
            (GUILD_MEMBERS, (true, false, false)),
            (INTENT_GUILD_PRESENCES, (false, true, false)),
            (MESSAGE_CONTENT, (false, false, true)),
        ] {
            let (members, presences, message_content) = switches;
            let own = PrivilegedIntents {
                members,
                presences,
                message_content,
            };
            let all_others = PrivilegedIntents {
                members: !members,
                presences: !presences,
                message_content: !message_content,
            };
            let identify = Identify {
                token: TOKEN.to_owned(),
                intents: intent,
                shard: None,
                compress: false,
                _properties: serde_json::Map::new(),
                large_threshold: None,
                _presence: None,
            };
            assert_eq!(identify.check(TOKEN, own), Ok(()));
            assert_eq!(
                identify.check(TOKEN, all_others),
                Err(Close::DisallowedIntents)
            );
        }
    }

    #[test]
    fn a_frame_that_cannot_be_read_is_named() {
        assert_eq!(Incoming::read(b"{"), Err(Close::DecodeError));
        assert_eq!(Incoming::read(&vec![b' '; 4097]), Err(Close::DecodeError));
        assert_eq!(Incoming::read(br#"{"op":99}"#), Ok(Incoming::Unsound));
        assert_eq!(
            Incoming::read(br#"{"op":2,"d":{}}"#),
            Err(Close::UnknownOpcode)
        );
        let presence = |presence: Value| {
            Incoming::read(json!({"op": 3, "d": presence}).to_string().as_bytes())
        };
        let idle = json!({"status": "idle", "afk": false, "activities": [{"name": "x", "type": 0}], "since": {"secs": 1}});
        assert_eq!(presence(idle), Ok(Incoming::Ignored));
        assert_eq!(presence(json!({"since": null})), Ok(Incoming::Ignored));
        assert_eq!(presence(json!({"status": "away"})), Ok(Incoming::Unsound));
        assert_eq!(presence(json!({"activities": "x"})), Ok(Incoming::Unsound));
        assert_eq!(
            Incoming::read(br#"{"op":8,"d":{"guild_id":"1"}}"#),
            Ok(Incoming::Unsound)
        );
        assert_eq!(
            Incoming::read(br#"{"op":1,"d":null}"#),
            Ok(Incoming::Heartbeat)
        );
    }
}
