//! What somebody chose, picked or typed in the panel, as the change that they want. Reads; whether the change is valid is judged where it is
//! made.

use serenity::all::{
    ActionRowComponent, ComponentInteraction, ComponentInteractionDataKind, ModalInteraction,
    PartialChannel, RoleId as DiscordRole,
};

use crate::conversation::language::Language;
use crate::conversation::panel::{Act, Panel, chosen, open_value};
use crate::discord::typed;
use crate::ids::{ChannelId, PersonId, RoleId};
use crate::render::settings::Refused;
use crate::render::settings::names::{country_named, language_named};
use crate::render::settings::panel::{INPUTS_AT_MOST, Notice};
use crate::search::change::{Invalid, Step};
use crate::search::domains::{Domains, Hosts};
use crate::search::fields::{Audit, Field, Value};
use crate::search::freshness::{Dates, Day, Freshness, Span};
use crate::search::languages::{AnswerLanguage, Country};
use crate::search::operator::Operator;
use crate::search::people::{Access, Admitted, Setters};
use crate::search::persona::{Instruction, Persona};
use crate::search::service::{Dollars, HistoryBudget};

/// What came along when a control was used.
#[derive(Debug)]
pub(super) enum Given {
    /// Nothing: it is a button.
    Nothing,
    /// The keys of the options that were chosen.
    Chosen(Vec<String>),
    /// A channel, with what Discord tells of it.
    Channel(ChannelId, Option<Box<PartialChannel>>),
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
                let told = |id| data.resolved.channels.get(id).cloned().map(Box::new);
                values.first().map_or(Self::Nothing, |id| {
                    Self::Channel(ChannelId(id.get()), told(id))
                })
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

    /// The channel that is picked, with what Discord tells of it.
    pub(super) fn channel(&self) -> Option<(ChannelId, Option<&PartialChannel>)> {
        match self {
            Self::Channel(channel, told) => Some((*channel, told.as_deref())),
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
        (Act::Pick, Given::Channel(channel, _)) => {
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

/// Domains.
fn hosts(texts: &[String]) -> Result<Hosts, Notice> {
    typed::hosts(&texts.join("\n")).map_err(Notice::Invalid)
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
            let languages = typed::source_languages(text(0), language).map_err(invalid)?;
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
        Field::ConfirmAbove => {
            let amount = Dollars::parse(text(0));
            let amount = amount.ok_or_else(|| invalid(Invalid::NoAmount(text(0).to_owned())))?;
            Value::ConfirmAbove(amount)
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
