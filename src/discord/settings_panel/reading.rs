//! What somebody chose, picked or typed in the panel, as the change that they want. Reads; whether the change is valid is judged where it is
//! made.

use serenity::all::{
    ActionRowComponent, ComponentInteraction, ComponentInteractionDataKind, ModalInteraction,
    RoleId as DiscordRole,
};

use crate::conversation::language::Language;
use crate::conversation::panel::{Act, Panel, chosen, open_value};
use crate::ids::{ChannelId, PersonId, RoleId};
use crate::render::settings::Refused;
use crate::render::settings::names::{country_named, language_named};
use crate::render::settings::panel::{INPUTS_AT_MOST, Notice};
use crate::search::change::{Invalid, Step};
use crate::search::domains::{Domains, Hosts};
use crate::search::fields::{Audit, Field, Value};
use crate::search::freshness::{Dates, Day, Freshness, Span};
use crate::search::languages::{AnswerLanguage, Country, SourceLanguages};
use crate::search::operator::Operator;
use crate::search::people::{Access, Admitted, Setters};
use crate::search::persona::{Instruction, Persona};
use crate::search::service::HistoryBudget;

/// What separates entries of a list that somebody types, besides the end of a line.
const SEPARATORS: [char; 6] = [',', ';', '、', '，', '；', '\n'];

/// What came along when a control was used.
#[derive(Debug)]
pub(super) enum Given {
    /// Nothing: it is a button.
    Nothing,
    /// The keys of the options that were chosen.
    Chosen(Vec<String>),
    /// Channels.
    Channels(Vec<ChannelId>),
    /// Roles.
    Roles(Vec<RoleId>),
    /// Roles and people.
    Both(Admitted),
    /// What was typed into the fields of a form, in their order.
    Typed(Vec<String>),
}

impl Given {
    /// What came along with a press or a choice.
    pub(super) fn of_component(interaction: &ComponentInteraction) -> Self {
        let data = &interaction.data;
        match &data.kind {
            ComponentInteractionDataKind::StringSelect { values } => Self::Chosen(values.clone()),
            ComponentInteractionDataKind::ChannelSelect { values } => {
                let channels = values.iter().map(|id| ChannelId(id.get()));
                Self::Channels(channels.collect())
            }
            ComponentInteractionDataKind::RoleSelect { values } => {
                let roles = values.iter().map(|id| RoleId(id.get()));
                Self::Roles(roles.collect())
            }
            ComponentInteractionDataKind::MentionableSelect { values } => {
                let mut admitted = Admitted::default();
                for id in values.iter().map(|id| id.get()) {
                    // Beside the ids it is told which of them are roles.
                    if data.resolved.roles.contains_key(&DiscordRole::new(id)) {
                        admitted.roles.insert(RoleId(id));
                    } else {
                        admitted.people.insert(PersonId(id));
                    }
                }
                Self::Both(admitted)
            }
            _ => Self::Nothing,
        }
    }

    /// What was typed into a form.
    pub(super) fn of_form(interaction: &ModalInteraction) -> Self {
        let rows = interaction.data.components.iter();
        let fields = rows.flat_map(|row| &row.components);
        let typed = fields.filter_map(|field| match field {
            ActionRowComponent::InputText(input) => Some(input.value.clone().unwrap_or_default()),
            _ => None,
        });
        Self::Typed(typed.take(INPUTS_AT_MOST).collect())
    }

    /// The field that is chosen.
    pub(super) fn field(&self) -> Option<Field> {
        match self {
            Self::Chosen(keys) => Field::named(keys.first()?),
            _ => None,
        }
    }

    /// The channel that is picked.
    pub(super) fn channel(&self) -> Option<ChannelId> {
        match self {
            Self::Channels(channels) => channels.first().copied(),
            _ => None,
        }
    }
}

/// The change that a control makes with what came along.
pub(super) fn step(
    panel: Panel,
    given: &Given,
    domains: &Domains,
    operator: &Operator,
    language: Language,
) -> Result<Step, Notice> {
    let not_understood = || Notice::Refused(Refused::NotUnderstood);
    if panel.act == Act::Reset {
        return Ok(Step::Reset);
    }
    let field = panel.field.ok_or_else(not_understood)?;
    Ok(match (panel.act, given) {
        (Act::Open, _) => Step::Set(open_value(field).ok_or_else(not_understood)?),
        (Act::Inherit, _) => Step::Inherit(field),
        (Act::Preset, Given::Chosen(names)) => Step::UsePreset(names.concat()),
        (Act::Drop, Given::Chosen(names)) => Step::DropPreset(names.concat()),
        (Act::Pick, Given::Chosen(keys)) => {
            Step::Set(chosen(field, operator, keys).ok_or_else(not_understood)?)
        }
        (Act::Pick, Given::Both(admitted)) => {
            Step::Set(Value::Access(Access::Only(admitted.clone())))
        }
        (Act::Pick, Given::Roles(roles)) => {
            let roles = roles.iter().copied().collect();
            Step::Set(Value::Setters(Setters(roles)))
        }
        (Act::Pick, Given::Channels(channels)) => {
            let channel = channels.first().ok_or_else(not_understood)?;
            Step::Set(Value::Audit(Audit::Channel(*channel)))
        }
        (Act::Allow, Given::Typed(texts)) => Step::Allow(hosts(texts)?),
        (Act::Deny, Given::Typed(texts)) => Step::Deny(hosts(texts)?),
        (Act::Remove, Given::Typed(texts)) => Step::Remove(hosts(texts)?),
        (Act::Keep, Given::Typed(texts)) => Step::KeepPreset {
            name: texts.concat(),
            domains: domains.clone(),
        },
        (Act::Write, Given::Typed(texts)) => Step::Set(written(field, texts, language)?),
        _ => return Err(not_understood()),
    })
}

/// The entries of a list that somebody typed.
fn entries(texts: &[String]) -> impl Iterator<Item = &str> {
    let entries = texts.iter().flat_map(|text| text.split(SEPARATORS));
    entries.map(str::trim).filter(|entry| !entry.is_empty())
}

/// Domains, apart by commas, lines or spaces.
fn hosts(texts: &[String]) -> Result<Hosts, Notice> {
    let entries = entries(texts).flat_map(str::split_whitespace);
    Hosts::of(entries).map_err(|error| Notice::Invalid(Invalid::Hosts(error)))
}

/// A value that somebody typed.
fn written(field: Field, texts: &[String], language: Language) -> Result<Value, Notice> {
    let text = |place: usize| texts.get(place).map_or("", |text| text.trim());
    let invalid = Notice::Invalid;
    Ok(match field {
        Field::Freshness => {
            let [after, before] = [day(text(0))?, day(text(1))?];
            let published = Span { after, before };
            let [after, before] = [day(text(2))?, day(text(3))?];
            let updated = Span { after, before };
            let dates = Dates::of(published, updated);
            let dates = dates.map_err(|error| invalid(Invalid::Dates(error)))?;
            Value::Freshness(Freshness::Dates(dates))
        }
        Field::SourceLanguages => {
            let named = |text: &str| {
                let code = language_named(text, language);
                code.ok_or_else(|| invalid(Invalid::NoLanguage(text.to_owned())))
            };
            let codes = entries(texts).map(named).collect::<Result<Vec<_>, _>>()?;
            let languages = SourceLanguages::of(codes);
            let languages = languages.map_err(|error| invalid(Invalid::TooManyLanguages(error)))?;
            Value::SourceLanguages(languages)
        }
        Field::AnswerLanguage => {
            let code = language_named(text(0), language);
            let code = code.ok_or_else(|| invalid(Invalid::NoLanguage(text(0).to_owned())))?;
            Value::AnswerLanguage(AnswerLanguage::Always(code))
        }
        Field::Country => {
            let code = country_named(text(0), language);
            let code = code.ok_or_else(|| invalid(Invalid::NoCountry(text(0).to_owned())))?;
            Value::Country(Country::From(code))
        }
        Field::Persona => {
            let instruction = Instruction::parse(text(0));
            let instruction = instruction.map_err(|error| invalid(Invalid::Instruction(error)))?;
            Value::Persona(Persona::Instruction(instruction))
        }
        Field::History => Value::History(HistoryBudget {
            turns: number(text(0))?,
            tokens: number(text(1))?,
        }),
        _ => return Err(Notice::Refused(Refused::NotUnderstood)),
    })
}

/// A day that may be left out.
fn day(text: &str) -> Result<Option<Day>, Notice> {
    if text.is_empty() {
        return Ok(None);
    }
    let day = text.parse().map(Some);
    day.map_err(|_| Notice::Invalid(Invalid::NotADay(text.to_owned())))
}

fn number(text: &str) -> Result<u32, Notice> {
    let number = text.parse();
    number.map_err(|_| Notice::NoNumber(text.to_owned()))
}
