//! One field of the panel: what it is, what is set here, what would be in force without that, and the controls that change it.

use super::{Button, Choice, Notice, Options, Picked, PickedOf, Picker, Row, View, fitted};
use crate::conversation::language::Language;
use crate::conversation::panel::{Act, choices, key, open_value};
use crate::render::Message;
use crate::render::link::one_line;
use crate::render::settings::{choice_text, field_help, field_name, level_name, value_short};
use crate::search::domains::Domains;
use crate::search::fields::{Audit, Field, Value};
use crate::search::people::{Access, Admitted, Wishable};
use crate::search::presets::{OwnPreset, Preset};
use crate::search::service::Model;

/// One field, and what changes it, below what somebody is told.
pub fn field(view: &View<'_>, field: Field, notice: Option<&Notice>) -> Message {
    let text = fitted(view, notice, |at_most| body(view, field, at_most));
    Message::new(text).with_rows(rows(view, field))
}

/// What is said of a field, with values of so many characters at most.
fn body(view: &View<'_>, field: Field, at_most: usize) -> String {
    let words = view.words();
    let name = field_name(field, view.language);
    let help = field_help(field, view.language);
    let origin = view.levels.origin(view.operator, field);
    let is_here = origin.from == view.here().level;
    let line = |label: &str, value: &Value, from| {
        let value = value_short(value, view.language, at_most);
        let from = level_name(from, view.language);
        format!("**{label}** {value} · {from}")
    };
    let label = if is_here { words.here } else { words.inherited };
    let mut lines = vec![
        format!("{}\n**{name}**\n{help}\n", view.title()),
        line(label, &origin.value, origin.from),
    ];
    if let Some((value, from)) = &origin.without {
        lines.push(line(words.without, value, *from));
    }
    lines.join("\n")
}

/// The controls of a field.
fn rows(view: &View<'_>, field: Field) -> Vec<Row> {
    let words = view.words();
    let own = view.levels.own().get(field);
    let mut rows: Vec<Row> = menu(view, field).into_iter().collect();
    let button = |act, label: &str| view.button(act, Some(field), label);
    let mut buttons: Vec<Button> = match field {
        Field::Domains => vec![
            button(Act::Allow, words.allow),
            button(Act::Deny, words.deny),
            button(Act::Remove, words.remove),
        ],
        Field::Freshness => vec![button(Act::Write, words.dates)],
        Field::SourceLanguages
        | Field::AnswerLanguage
        | Field::Country
        | Field::ConfirmAbove
        | Field::Persona
        | Field::History => vec![button(Act::Write, words.write)],
        Field::Presets => vec![button(Act::Keep, words.keep)],
        _ => Vec::new(),
    };
    buttons.extend(open_value(field).map(|open| {
        let enabled = own.as_ref() != Some(&open);
        let label = label(&open, view.language);
        Button {
            enabled,
            ..button(Act::Open, &label)
        }
    }));
    let inherit = Button {
        enabled: own.is_some(),
        ..button(Act::Inherit, words.inherit)
    };
    let last = [inherit, view.button(Act::Overview, None, words.back)];
    if buttons.len() + last.len() > 5 {
        rows.push(Row::Buttons(std::mem::take(&mut buttons)));
    }
    buttons.extend(last);
    rows.push(Row::Buttons(buttons));
    rows
}

/// What a field is chosen or picked from; none where it is written alone.
fn menu(view: &View<'_>, field: Field) -> Option<Row> {
    let words = view.words();
    let in_force = view.levels.origin(view.operator, field).value;
    let picker = |placeholder: &str, of, picked, (least, most)| {
        Row::Picker(Picker {
            panel: view.control(Act::Pick, Some(field)),
            placeholder: placeholder.to_owned(),
            of,
            picked,
            least,
            most,
        })
    };
    Some(match in_force {
        Value::Domains(_) => Row::Options(presets(view)),
        Value::Presets(kept) if kept.is_empty() => return None,
        Value::Presets(kept) => {
            let options = kept.iter().map(|preset| own_preset(preset, view.language));
            let options = options.collect();
            Row::Options(one_of(view, Act::Drop, field, words.drop, options))
        }
        Value::Access(access) => {
            let picked = match access {
                Access::Everyone => Vec::new(),
                Access::Only(admitted) => people(&admitted),
            };
            let most = (0, Admitted::MOST);
            picker(words.who, PickedOf::RolesAndPeople, picked, most)
        }
        Value::Setters(setters) => {
            let roles = setters.0.into_iter().map(Picked::Role);
            let most = (0, Admitted::MOST);
            picker(words.roles, PickedOf::Roles, roles.collect(), most)
        }
        Value::Audit(audit) => {
            let picked = match audit {
                Audit::Off => Vec::new(),
                Audit::Channel(channel) => vec![Picked::Channel(channel)],
            };
            picker(words.channel, PickedOf::Channels, picked, (1, 1))
        }
        _ => Row::Options(values(view, field)?),
    })
}

fn people(admitted: &Admitted) -> Vec<Picked> {
    let roles = admitted.roles.iter().copied().map(Picked::Role);
    let people = admitted.people.iter().copied().map(Picked::Person);
    roles.chain(people).take(Admitted::MOST).collect()
}

/// The values that a field is chosen from. What is set here is shown as chosen; of members also what is inherited, since they choose several.
fn values(view: &View<'_>, field: Field) -> Option<Options> {
    let own = view.levels.own().get(field);
    let several = field == Field::Members;
    let members = view.levels.in_force(view.operator).values.members;
    let chosen = |value: &Value| match value {
        Value::Members(each) => each.0.iter().all(|wishable| members.may(*wishable)),
        value => own.as_ref() == Some(value),
    };
    let options: Vec<Choice> = choices(field, view.operator)
        .iter()
        .map(|value| Choice {
            label: label(value, view.language),
            key: key(value),
            description: String::new(),
            chosen: chosen(value),
        })
        .collect();
    if options.is_empty() {
        return None;
    }
    let one = one_of(view, Act::Pick, field, view.words().choose, options);
    let (least, most) = if several {
        (0, Wishable::ALL.len())
    } else {
        (1, 1)
    };
    Some(Options { least, most, ..one })
}

fn one_of(
    view: &View<'_>,
    act: Act,
    field: Field,
    placeholder: &str,
    options: Vec<Choice>,
) -> Options {
    Options {
        panel: view.control(act, Some(field)),
        placeholder: placeholder.to_owned(),
        options,
        least: 1,
        most: 1,
    }
}

/// The lists of domains that can be used: the server's own, and those that come along.
fn presets(view: &View<'_>) -> Options {
    let words = view.words();
    let kept = view.levels.in_force(view.operator).values.presets;
    let along = Preset::ALL.map(|preset| {
        let label = match preset {
            Preset::Documentation => words.documentation,
            Preset::Academic => words.academic,
            Preset::News => words.news,
            Preset::Official => words.official,
        };
        Choice {
            label: label.to_owned(),
            key: preset.name().to_owned(),
            description: listed(preset.domains(), view.language),
            chosen: false,
        }
    });
    let own = kept.iter().map(|preset| own_preset(preset, view.language));
    let options = own.chain(along).collect();
    one_of(view, Act::Preset, Field::Domains, words.preset, options)
}

/// A value as a label, which begins with a capital; the name of a model stays as the service writes it.
fn label(value: &Value, language: Language) -> String {
    let text = choice_text(value, language);
    let mut rest = text.chars();
    match rest.next() {
        Some(first) if !matches!(value, Value::Model(Model::Named(_))) => {
            first.to_uppercase().chain(rest).collect()
        }
        _ => text,
    }
}

fn own_preset(preset: &OwnPreset, language: Language) -> Choice {
    Choice {
        label: own_name(&preset.name),
        key: preset.name.clone(),
        description: listed(preset.domains.clone(), language),
        chosen: false,
    }
}

/// The name of a list as it can be shown; Discord takes no empty one.
fn own_name(name: &str) -> String {
    let line = one_line(name, OwnPreset::LONGEST_NAME);
    if line.is_empty() {
        "…".to_owned()
    } else {
        line
    }
}

fn listed(domains: Domains, language: Language) -> String {
    choice_text(&Value::Domains(domains), language)
}
