//! What somebody changes in the settings of a scope, and whether it is valid. What is valid always makes a valid request.

use std::collections::BTreeSet;

use super::domains::{Domains, Hosts, NoHosts};
use super::fields::{Complete, Field, Settings, Value};
use super::freshness::{Day, Freshness, NoDates};
use super::languages::TooManyLanguages;
use super::operator::Operator;
use super::people::{Access, Admitted};
use super::persona::NoInstruction;
use super::presets::{self, OwnPreset, Preset};
use super::scope::{Level, Scope};
use super::service::{HistoryBudget, Model};
use crate::ids::{PersonId, RoleId};
use crate::settings::search::SearchSettings;

/// One thing that is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A field is set.
    Set(Value),
    /// A field is inherited from now on.
    Inherit(Field),
    /// These domains are allowed too, beside those that are; where all were, they alone.
    Allow(Hosts),
    /// These domains are denied too.
    Deny(Hosts),
    /// These domains are no longer in the list.
    Remove(Hosts),
    /// The domains are those of the preset of this name.
    UsePreset(String),
    /// These may ask too; where everyone could, they alone.
    Admit(Admitted),
    /// These are no longer among those who may ask.
    Expel(Admitted),
    /// Holders of this role may change settings.
    AddSetter(RoleId),
    /// They no longer may by this role.
    RemoveSetter(RoleId),
    /// The domains in force are kept as a preset of the server's under this name, which no other has.
    KeepPreset {
        /// The name.
        name: String,
        /// The domains.
        domains: Domains,
    },
    /// The server's preset of this name is dropped.
    DropPreset(String),
    /// Everything is set as it is here, and all else inherited. What is of the server alone stays as it is where it is not named, and is left
    /// out below the server.
    Replace(Box<Settings>),
    /// Everything is inherited but what is set for the server alone.
    Reset,
}

/// What a change is made on.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// Whose settings are changed.
    pub scope: Scope,
    /// What is set there.
    pub own: &'a Settings,
    /// What is in force there without that.
    pub inherited: &'a Complete,
    /// What the operator decides.
    pub operator: &'a Operator,
    /// The day that is today.
    pub today: Day,
}

/// Why a change is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the change is not valid: {self:?}")]
pub enum Invalid {
    /// A list of domains that is none.
    Hosts(#[from] NoHosts),
    /// Domains are to be allowed where some are denied.
    DeniesAlready(Vec<String>),
    /// Domains are to be denied where only some are allowed.
    AllowsAlready(Vec<String>),
    /// Domains that are not in the list are to be removed from it.
    NotListed(Vec<String>),
    /// The last allowed domain is to be removed, which would open the place for all.
    LastAllowed(String),
    /// No preset has this name.
    NoPreset(String),
    /// A preset's name is blank, has more than [`OwnPreset::LONGEST_NAME`] characters or is that of one that comes along.
    PresetName(String),
    /// A preset of the server's has this name and holds other domains, which would be lost.
    PresetTaken(String),
    /// The server has [`OwnPreset::MOST`] presets.
    TooManyPresets,
    /// A preset is to be kept of domains that limit nothing.
    NothingToKeep,
    /// A text that is no day.
    NotADay(String),
    /// Dates that limit nothing or leave nothing.
    Dates(#[from] NoDates),
    /// Sources are to be from after a day that is still to come.
    Future(Day),
    /// A text that is no language.
    NoLanguage(String),
    /// More languages than the service takes.
    TooManyLanguages(#[from] TooManyLanguages),
    /// A text that is no country.
    NoCountry(String),
    /// A model or a depth that the operator does not offer.
    NoModel(Model),
    /// A text that is no amount of money that can be set.
    NoAmount(String),
    /// A text that is no instruction.
    Instruction(#[from] NoInstruction),
    /// More of the past than the operator lets be sent: so much may be.
    History(HistoryBudget),
    /// More roles and people than [`Admitted::MOST`]: so many.
    TooManyAdmitted(usize),
    /// Nobody could ask any more.
    NobodyAdmitted,
    /// None of these is among those who may ask.
    NotAdmitted,
    /// Everyone is to change settings.
    EveryoneSets,
    /// More roles than [`Admitted::MOST`].
    TooManySetters,
    /// No holder of this role could change settings by it.
    NoSetter(RoleId),
    /// A field that is set for the server alone.
    OfServer(Field),
    /// Something that the built-in server does not do, and would refuse questions over.
    NotServed(Field),
}

impl Step {
    /// What is set once this is done.
    ///
    /// # Errors
    ///
    /// [`Invalid`] names the first thing that is wrong; then nothing is to be changed.
    pub fn taken(&self, on: &Ground<'_>) -> Result<Settings, Invalid> {
        if let Some(field) = self.of_server()
            && on.scope.level != Level::Server
        {
            return Err(Invalid::OfServer(field));
        }
        let mut after = on.own.clone();
        match self {
            Self::Set(value) => after.set(on.valid(value.clone())?),
            Self::Inherit(field) => after.inherit(*field),
            Self::Reset => after = on.own.only(&of_server()),
            Self::Replace(settings) => after = on.replaced(settings)?,
            Self::Allow(_) | Self::Deny(_) | Self::Remove(_) => {
                after.domains = Some(self.listed(on.domains())?);
            }
            Self::UsePreset(name) => {
                let kept = on.presets();
                let preset = presets::named(name, kept);
                after.domains = Some(preset.ok_or_else(|| Invalid::NoPreset(name.clone()))?);
            }
            Self::Admit(more) => {
                let mut admitted = match on.access() {
                    Access::Everyone => Admitted::default(),
                    Access::Only(admitted) => admitted.clone(),
                };
                admitted.roles.extend(&more.roles);
                admitted.people.extend(&more.people);
                after.set(on.valid(Value::Access(Access::Only(admitted)))?);
            }
            Self::Expel(less) => {
                after.set(on.valid(Value::Access(expelled(on.access(), less)?))?);
            }
            Self::AddSetter(role) => {
                let mut setters = on.own.setters.clone().unwrap_or_default();
                setters.0.insert(*role);
                after.set(on.valid(Value::Setters(setters))?);
            }
            Self::RemoveSetter(role) => {
                let mut setters = on.own.setters.clone().unwrap_or_default();
                if !setters.0.remove(role) {
                    return Err(Invalid::NoSetter(*role));
                }
                after.set(on.valid(Value::Setters(setters))?);
            }
            Self::KeepPreset { name, domains } => {
                let mut kept = on.own.presets.clone().unwrap_or_default();
                match kept.iter().find(|preset| preset.is_called(name)) {
                    Some(same) if same.domains == *domains => {}
                    Some(_) => return Err(Invalid::PresetTaken(name.clone())),
                    None => kept.push(OwnPreset {
                        name: name.clone(),
                        domains: domains.clone(),
                    }),
                }
                after.set(on.valid(Value::Presets(kept))?);
            }
            Self::DropPreset(name) => {
                let mut kept = on.own.presets.clone().unwrap_or_default();
                let before = kept.len();
                kept.retain(|preset| !preset.is_called(name));
                if kept.len() == before {
                    return Err(Invalid::NoPreset(name.clone()));
                }
                after.set(on.valid(Value::Presets(kept))?);
            }
        }
        Ok(after)
    }

    /// The field of the server's that it changes entry by entry.
    fn of_server(&self) -> Option<Field> {
        match self {
            Self::AddSetter(_) | Self::RemoveSetter(_) => Some(Field::Setters),
            Self::KeepPreset { .. } | Self::DropPreset(_) => Some(Field::Presets),
            _ => None,
        }
    }

    /// The list with domains added to it or removed from it. What is inherited goes on to count, so that one more is really one more.
    fn listed(&self, now: &Domains) -> Result<Domains, Invalid> {
        let joined =
            |now: &Hosts, more: &Hosts| Hosts::of(now.as_slice().iter().chain(more.as_slice()));
        match (self, now) {
            (Self::Allow(more), Domains::All) => Ok(Domains::Only(more.clone())),
            (Self::Allow(more), Domains::Only(now)) => Ok(Domains::Only(joined(now, more)?)),
            (Self::Allow(_), Domains::Without(now)) => {
                Err(Invalid::DeniesAlready(now.as_slice().to_vec()))
            }
            (Self::Deny(more), Domains::All) => Ok(Domains::Without(more.clone())),
            (Self::Deny(more), Domains::Without(now)) => Ok(Domains::Without(joined(now, more)?)),
            (Self::Deny(_), Domains::Only(now)) => {
                Err(Invalid::AllowsAlready(now.as_slice().to_vec()))
            }
            (Self::Remove(less), now) => removed(now, less),
            _ => Ok(now.clone()),
        }
    }
}

/// The list without these.
fn removed(now: &Domains, less: &Hosts) -> Result<Domains, Invalid> {
    let listed = [now.allowed(), now.denied()].concat();
    let missing = less.as_slice().iter().filter(|host| !listed.contains(host));
    let missing: Vec<String> = missing.cloned().collect();
    if !missing.is_empty() {
        return Err(Invalid::NotListed(missing));
    }
    let left = listed.iter().filter(|host| !less.as_slice().contains(host));
    match (now, Hosts::of(left)) {
        (Domains::Only(_), Ok(left)) => Ok(Domains::Only(left)),
        (Domains::Without(_), Ok(left)) => Ok(Domains::Without(left)),
        (Domains::Only(_), Err(_)) => Err(Invalid::LastAllowed(less.as_slice().join(", "))),
        _ => Ok(Domains::All),
    }
}

/// Who may ask without these.
fn expelled(now: &Access, less: &Admitted) -> Result<Access, Invalid> {
    let Access::Only(admitted) = now else {
        return Err(Invalid::NotAdmitted);
    };
    let roles: BTreeSet<RoleId> = admitted.roles.difference(&less.roles).copied().collect();
    let people: BTreeSet<PersonId> = admitted.people.difference(&less.people).copied().collect();
    let left = Admitted { roles, people };
    if left == *admitted {
        return Err(Invalid::NotAdmitted);
    }
    Ok(Access::Only(left))
}

fn of_server() -> Vec<Field> {
    let all = Field::ALL.into_iter();
    all.filter(|field| field.is_of_server()).collect()
}

impl Ground<'_> {
    fn domains(&self) -> &Domains {
        self.own.domains.as_ref().unwrap_or(&self.inherited.domains)
    }

    fn access(&self) -> &Access {
        self.own.access.as_ref().unwrap_or(&self.inherited.access)
    }

    fn presets(&self) -> &[OwnPreset] {
        self.own
            .presets
            .as_deref()
            .unwrap_or(&self.inherited.presets)
    }

    /// Everything as it is there; what is of the server stays where it is not named, and has no place below the server.
    fn replaced(&self, settings: &Settings) -> Result<Settings, Invalid> {
        let mut after = self.own.only(&of_server());
        let has_place = |field: &Field| self.scope.level == Level::Server || !field.is_of_server();
        for field in settings.fields().filter(has_place) {
            if let Some(value) = settings.get(field) {
                after.set(self.valid(value)?);
            }
        }
        Ok(after)
    }

    /// A value as it can be set here.
    fn valid(&self, value: Value) -> Result<Value, Invalid> {
        if value.field().is_of_server() && self.scope.level != Level::Server {
            return Err(Invalid::OfServer(value.field()));
        }
        if !self.operator.serves(&value) {
            return Err(Invalid::NotServed(value.field()));
        }
        match &value {
            Value::Freshness(Freshness::Dates(dates)) => {
                let afters = [dates.published().after, dates.updated().after];
                match afters
                    .into_iter()
                    .flatten()
                    .find(|after| *after >= self.today)
                {
                    Some(after) => Err(Invalid::Future(after)),
                    None => Ok(value),
                }
            }
            Value::Model(model) if !self.operator.has(model) => {
                Err(Invalid::NoModel(model.clone()))
            }
            Value::History(history) => {
                let most = self.operator.defaults.history;
                if history.turns > most.turns || history.tokens > most.tokens {
                    return Err(Invalid::History(most));
                }
                Ok(value)
            }
            Value::Access(Access::Only(admitted)) => match admitted.count() {
                0 => Err(Invalid::NobodyAdmitted),
                // Everyone has that role, whoever is named beside it.
                _ if admitted.roles.contains(&RoleId(self.scope.guild.0)) => {
                    Ok(Value::Access(Access::Everyone))
                }
                count if count > Admitted::MOST => Err(Invalid::TooManyAdmitted(count)),
                _ => Ok(value),
            },
            Value::Setters(setters) => {
                if setters.0.contains(&RoleId(self.scope.guild.0)) {
                    return Err(Invalid::EveryoneSets);
                }
                if setters.0.len() > Admitted::MOST {
                    return Err(Invalid::TooManySetters);
                }
                Ok(value)
            }
            Value::Presets(kept) => valid_presets(kept).map(Value::Presets),
            _ => Ok(value),
        }
    }
}

/// The presets as they can be kept: their names without the white space around them.
fn valid_presets(kept: &[OwnPreset]) -> Result<Vec<OwnPreset>, Invalid> {
    if kept.len() > OwnPreset::MOST {
        return Err(Invalid::TooManyPresets);
    }
    for (place, preset) in kept.iter().enumerate() {
        let length = preset.name.trim().chars().count();
        let is_taken = Preset::ALL
            .into_iter()
            .any(|taken| preset.is_called(taken.name()))
            || kept
                .iter()
                .take(place)
                .any(|other| other.is_called(&preset.name));
        if !(1..=OwnPreset::LONGEST_NAME).contains(&length)
            || preset.name.chars().any(char::is_control)
            || is_taken
        {
            return Err(Invalid::PresetName(preset.name.clone()));
        }
        if preset.domains == Domains::All {
            return Err(Invalid::NothingToKeep);
        }
    }
    let trimmed = |preset: &OwnPreset| OwnPreset {
        name: preset.name.trim().to_owned(),
        domains: preset.domains.clone(),
    };
    Ok(kept.iter().map(trimmed).collect())
}

/// The most domains that a list takes.
pub const MOST_DOMAINS: usize = SearchSettings::MOST_DOMAINS;

#[cfg(test)]
mod tests;
