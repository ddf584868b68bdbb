//! The controls of the panel in which settings are made: what each is for, and of which place. Plain values; what a control does is judged
//! anew whenever it is used.

use crate::ids::{ChangeId, ChannelId};
use crate::search::Recency;
use crate::search::domains::Domains;
use crate::search::fields::{Audit, Field, Settings, Threads, Value};
use crate::search::freshness::Freshness;
use crate::search::languages::{AnswerLanguage, Country, SourceLanguages};
use crate::search::operator::Operator;
use crate::search::people::{Access, Members, Wishable};
use crate::search::persona::Persona;
use crate::search::scope::Level;
use crate::search::service::{ContextSize, Mode, Model};

/// What a control of the panel does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Shows all that is in force in the place.
    Overview,
    /// Goes to the channel, category or thread that is picked.
    Elsewhere,
    /// Shows the field that is chosen.
    Choose,
    /// Sets the field to what is chosen or picked.
    Pick,
    /// Sets the domains to the list of the name that is chosen.
    Preset,
    /// Opens a form for domains that are to be allowed too.
    Allow,
    /// Opens a form for domains that are to be denied too.
    Deny,
    /// Opens a form for domains that are no longer to be in the list.
    Remove,
    /// Opens a form for the name under which the domains in force are kept.
    Keep,
    /// Drops the list of the name that is chosen.
    Drop,
    /// Opens a form in which the value of the field is written.
    Write,
    /// Sets the field to what limits nothing.
    Open,
    /// Lets the field be inherited.
    Inherit,
    /// Asks whether everything is to be inherited.
    AskReset,
    /// Lets everything be inherited.
    Reset,
}

/// Every act with the name that stands for it in Discord's messages.
const NAMES: [(Act, &str); 15] = [
    (Act::Overview, "overview"),
    (Act::Elsewhere, "elsewhere"),
    (Act::Choose, "choose"),
    (Act::Pick, "pick"),
    (Act::Preset, "preset"),
    (Act::Allow, "allow"),
    (Act::Deny, "deny"),
    (Act::Remove, "remove"),
    (Act::Keep, "keep"),
    (Act::Drop, "drop"),
    (Act::Write, "write"),
    (Act::Open, "open"),
    (Act::Inherit, "inherit"),
    (Act::AskReset, "ask-reset"),
    (Act::Reset, "reset"),
];

/// The name that tells a control of the panel from those of answers.
const PREFIX: &str = "settings";

/// What stands for a place or a field that is not there.
const NONE: &str = "-";

impl Act {
    /// Whether it opens a form, which has to be the first response.
    pub fn opens_form(self) -> bool {
        matches!(
            self,
            Self::Allow | Self::Deny | Self::Remove | Self::Keep | Self::Write
        )
    }

    fn name(self) -> &'static str {
        let mut known = NAMES.iter();
        let known = known.find(|(act, _)| *act == self);
        known.map_or("", |(_, name)| name)
    }

    fn named(name: &str) -> Option<Self> {
        let mut known = NAMES.iter();
        known.find(|(_, known)| *known == name).map(|(act, _)| *act)
    }
}

/// A control of the panel, or the form that one has opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Panel {
    /// What it does.
    pub act: Act,
    /// The channel, category or thread that the panel is about, with everything on the way to it; none for the server alone.
    pub place: Option<ChannelId>,
    /// Whose settings on that way it is about.
    pub level: Level,
    /// The category, where it is about one: a channel can be moved to another while the panel is open.
    pub category: Option<ChannelId>,
    /// Which field.
    pub field: Option<Field>,
    /// The last change of these settings that was seen: whatever is saved is saved on that, or not at all.
    pub seen: ChangeId,
}

impl Panel {
    /// The name under which Discord hands it back, at most 100 characters.
    pub fn name(self) -> String {
        let (act, seen) = (self.act.name(), self.seen);
        let level = self
            .category
            .map_or(level_name(self.level).to_owned(), |id| id.to_string());
        let place = self
            .place
            .map_or(NONE.to_owned(), |place| place.to_string());
        let field = self.field.map_or(NONE, Field::name);
        format!("{PREFIX}:{act}:{place}:{level}:{field}:{seen}")
    }

    /// The control that [`Panel::name`] names.
    pub fn named(name: &str) -> Option<Self> {
        let mut parts = name.split(':');
        let mut part = || parts.next();
        if part()? != PREFIX {
            return None;
        }
        let act = Act::named(part()?)?;
        let place = match part()? {
            NONE => None,
            place => Some(channel_named(place)?),
        };
        let level = part()?;
        let category = channel_named(level);
        let panel = Self {
            act,
            place,
            level: match category {
                Some(_) => Level::Category,
                None => level_named(level)?,
            },
            category,
            field: match part()? {
                NONE => None,
                field => Some(Field::named(field)?),
            },
            seen: ChangeId(part()?.parse().ok()?),
        };
        parts.next().is_none().then_some(panel)
    }
}

fn channel_named(id: &str) -> Option<ChannelId> {
    id.parse().ok().filter(|id| *id > 0).map(ChannelId)
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::Operator => "operator",
        Level::Server => "server",
        Level::Category => "category",
        Level::Channel => "channel",
        Level::Thread => "thread",
    }
}

fn level_named(name: &str) -> Option<Level> {
    let mut levels = Level::IN_DISCORD.into_iter();
    levels.find(|level| level_name(*level) == name)
}

/// The longest text that Discord hands back of what is chosen from a menu, in characters.
const LONGEST_KEY: usize = 100;

/// The most options that a menu has.
const MOST_CHOICES: usize = 25;

/// The values that can be chosen for a field; none for one that is written or picked. Of members, each thing that they may set by itself.
pub fn choices(field: Field, operator: &Operator) -> Vec<Value> {
    let mut choices: Vec<Value> = match field {
        Field::Freshness => std::iter::once(Freshness::Any)
            .chain(Recency::ALL.map(Freshness::Recency))
            .map(Value::Freshness)
            .collect(),
        Field::Mode => Mode::ALL.map(Value::Mode).to_vec(),
        Field::ContextSize => ContextSize::ALL.map(Value::ContextSize).to_vec(),
        Field::Model => operator
            .depths()
            .map(Model::Depth)
            .chain(operator.offered().map(|name| Model::Named(name.to_owned())))
            .map(Value::Model)
            .collect(),
        Field::Images => [true, false].map(Value::Images).to_vec(),
        Field::Related => [true, false].map(Value::Related).to_vec(),
        Field::Threads => [Threads::Always, Threads::FollowedUp, Threads::Never]
            .map(Value::Threads)
            .to_vec(),
        Field::Members => Wishable::ALL
            .map(|wishable| Value::Members(Members([wishable].into())))
            .to_vec(),
        _ => Vec::new(),
    };
    choices.retain(|value| key(value).chars().count() <= LONGEST_KEY);
    choices.truncate(MOST_CHOICES);
    choices
}

/// What stands for a value in a menu.
pub fn key(value: &Value) -> String {
    let mut alone = Settings::default();
    alone.set(value.clone());
    serde_json::to_string(&alone).unwrap_or_default()
}

/// The value that the chosen keys stand for; none where one of them stands for nothing that can be chosen.
pub fn chosen(field: Field, operator: &Operator, keys: &[String]) -> Option<Value> {
    let choices = choices(field, operator);
    let of_key = |wanted: &String| choices.iter().find(|value| key(value) == *wanted);
    let values = keys.iter().map(of_key).collect::<Option<Vec<&Value>>>()?;
    if field != Field::Members {
        return values.first().map(|value| (*value).clone());
    }
    let each = values.into_iter().flat_map(|value| match value {
        Value::Members(members) => members.0.iter().copied().collect(),
        _ => Vec::new(),
    });
    Some(Value::Members(Members(each.collect())))
}

/// The value of a field that limits nothing, where that is one press; none where it is among the choices, or there is none.
pub fn open_value(field: Field) -> Option<Value> {
    Some(match field {
        Field::Domains => Value::Domains(Domains::All),
        Field::SourceLanguages => Value::SourceLanguages(SourceLanguages::default()),
        Field::AnswerLanguage => Value::AnswerLanguage(AnswerLanguage::AsAsked),
        Field::Country => Value::Country(Country::Anywhere),
        Field::Persona => Value::Persona(Persona::Usual),
        Field::Access => Value::Access(Access::Everyone),
        Field::Audit => Value::Audit(Audit::Off),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_control_is_known_by_its_name() {
        let fields = Field::ALL.into_iter().map(Some).chain([None]);
        let (most, seen) = (ChannelId(u64::MAX), ChangeId(i64::MAX));
        for field in fields {
            for (act, _) in NAMES {
                for level in Level::IN_DISCORD {
                    for place in [None, Some(most)] {
                        let panel = Panel {
                            act,
                            place,
                            level,
                            category: (level == Level::Category).then_some(most),
                            field,
                            seen,
                        };
                        assert_eq!(Panel::named(&panel.name()), Some(panel));
                        assert!(panel.name().len() <= 100, "{}", panel.name());
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_no_control_has_no_name() {
        assert!(Panel::named("settings:pick:1:channel:mode:0").is_some());
        for name in [
            "",
            "settings",
            "stop:1",
            "settings:pick:1:channel:mode",
            "settings:pick:1:channel:mode:x",
            "settings:pick:1:channel:mode:0:1",
            "settings:pick:1:channel:moods:0",
            "settings:pick:1:operator:mode:0",
            "settings:pick:0:channel:mode:0",
            "settings:pick:x:channel:mode:0",
            "settings:go:1:channel:mode:0",
            "other:pick:1:channel:mode:0",
        ] {
            assert_eq!(Panel::named(name), None, "{name}");
        }
    }
}
