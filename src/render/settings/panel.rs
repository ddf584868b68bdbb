//! The panel in which settings are made: one message, which shows what is in force in a place, or one field of it, and the forms that it
//! opens. Draws; what a control does is decided where it is used.

mod field_view;

mod form;

mod notice;

mod rows;

mod words;

pub use field_view::field;
pub use form::{INPUTS_AT_MOST, form};
pub use notice::{Notice, saved_unshown};
pub use rows::{Button, Choice, Form, Input, Options, Picked, PickedOf, Picker, Row};

use super::{field_help, field_name, level_name, value_short};
use crate::conversation::administering::Change;
use crate::conversation::language::Language;
use crate::conversation::panel::{Act, Panel};
use crate::conversation::place_settings::Levels;
use crate::render::words::fill;
use crate::render::{MESSAGE_LIMIT, Message};
use crate::search::fields::{Field, Settings};
use crate::search::in_force::Origin;
use crate::search::operator::Operator;
use crate::search::scope::{Level, Path, Scope};
use words::{Words, words};

/// The most characters of a value that a panel shows, tried one after another until all of it fits into a message.
const LENGTHS: [usize; 9] = [700, 400, 200, 120, 80, 60, 45, 32, 0];

/// What a panel is about.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// What is set on the way to the place whose settings are shown.
    pub levels: &'a Levels,
    /// The whole way, along which the panel leads: that of the place that it was opened in, or of one that was picked.
    pub way: Path,
    /// What the operator decides.
    pub operator: &'a Operator,
    /// The language of whoever reads it.
    pub language: Language,
}

impl View<'_> {
    fn words(&self) -> &'static Words {
        words(self.language)
    }

    fn here(&self) -> Scope {
        self.levels.path.here()
    }

    /// A control of this panel.
    fn control(&self, act: Act, field: Option<Field>) -> Panel {
        Panel {
            field,
            seen: self.levels.revision(),
            ..self.control_at(act, self.here())
        }
    }

    /// A control that leads to a place on the way.
    fn control_at(&self, act: Act, place: Scope) -> Panel {
        let category = place.channel().filter(|_| place.level == Level::Category);
        Panel {
            act,
            place: self.way.here().channel(),
            level: place.level,
            category,
            field: None,
            seen: self.levels.revision(),
        }
    }

    fn button(&self, act: Act, field: Option<Field>, label: &str) -> Button {
        Button {
            label: label.to_owned(),
            panel: self.control(act, field),
            enabled: true,
            warns: false,
        }
    }

    /// The heading: whose settings these are.
    fn title(&self) -> String {
        let words = self.words();
        let title = self.here().channel().map(|place| {
            let place = format!("<#{place}>");
            fill(words.title, &[("place", &place)])
        });
        format!("### {}", title.as_deref().unwrap_or(words.title_server))
    }

    /// What is set there that a reset takes away.
    fn resettable(&self) -> Vec<Field> {
        let own = self.levels.own();
        let fields = own.fields().filter(|field| !field.is_of_server());
        fields.collect()
    }
}

/// All that is in force in the place, with the fields to choose from, the other places, and what somebody is told above it.
pub fn overview(view: &View<'_>, notice: Option<&Notice>) -> Message {
    let origins = Field::ALL.map(|field| (field, view.levels.origin(view.operator, field)));
    let line = |(field, origin): &(Field, Origin), at_most: usize| {
        let name = field_name(*field, view.language);
        let from = level_name(origin.from, view.language);
        if at_most == 0 {
            return format!("**{name}** · {from}");
        }
        let value = value_short(&origin.value, view.language, at_most);
        format!("**{name}** {value} · {from}")
    };
    let text = fitted(view, notice, |at_most| {
        let lines = origins.iter().map(|origin| line(origin, at_most));
        let lines: Vec<String> = lines.collect();
        format!("{}\n{}", view.title(), lines.join("\n"))
    });
    Message::new(text).with_rows(vec![
        Row::Options(fields_menu(view)),
        Row::Picker(Picker {
            panel: view.control(Act::Elsewhere, None),
            placeholder: view.words().elsewhere.to_owned(),
            of: PickedOf::Places,
            picked: Vec::new(),
            least: 1,
            most: 1,
        }),
        Row::Buttons(ways(view)),
    ])
}

/// The fields that can be set in the place.
fn fields_menu(view: &View<'_>) -> Options {
    let of_server = view.here().level == Level::Server;
    let fields = Field::ALL.into_iter();
    let fields = fields.filter(|field| of_server || !field.is_of_server());
    let options = fields.map(|field| Choice {
        label: field_name(field, view.language).to_owned(),
        key: field.name().to_owned(),
        description: field_help(field, view.language).to_owned(),
        chosen: false,
    });
    Options {
        panel: view.control(Act::Choose, None),
        placeholder: view.words().fields.to_owned(),
        options: options.collect(),
        least: 1,
        most: 1,
    }
}

/// The places on the way, the present one disabled, and what takes all away that is set here.
fn ways(view: &View<'_>) -> Vec<Button> {
    let here = view.here().level;
    let way = view.way.scopes().map(|scope| Button {
        label: level_name(scope.level, view.language).to_owned(),
        panel: view.control_at(Act::Overview, scope),
        enabled: scope.level != here,
        warns: false,
    });
    let reset = Button {
        enabled: !view.resettable().is_empty(),
        warns: true,
        ..view.button(Act::AskReset, None, view.words().reset)
    };
    way.chain([reset]).collect()
}

/// What a reset would take away, and whether to do it.
pub fn reset(view: &View<'_>, change: &Change) -> Message {
    let words = view.words();
    let back = view.button(Act::Overview, None, words.back);
    let mut buttons = vec![back];
    let text = if change.is_nothing() {
        words.nothing_set.to_owned()
    } else {
        let reset = view.button(Act::Reset, None, words.reset);
        buttons.insert(
            0,
            Button {
                warns: true,
                ..reset
            },
        );
        let fields = names(&change.before, view.language);
        match view.here().channel() {
            None => fill(words.would_reset_server, &[("fields", &fields)]),
            Some(place) => {
                let place = format!("<#{place}>");
                fill(words.would_reset, &[("place", &place), ("fields", &fields)])
            }
        }
    };
    Message::new(text).with_rows(vec![Row::Buttons(buttons)])
}

/// The names of the fields that are set, in one line.
fn names(settings: &Settings, language: Language) -> String {
    let names = settings.fields().map(|field| field_name(field, language));
    names.collect::<Vec<_>>().join(", ")
}

/// A text that fits into a message, below what somebody is told: with values as long as there is room for.
fn fitted(view: &View<'_>, notice: Option<&Notice>, text: impl Fn(usize) -> String) -> String {
    let told = notice.map(|notice| notice.text(view.language).replace('\n', "\n> "));
    let notice = told.map(|told| format!("> {told}\n")).unwrap_or_default();
    let whole = |at_most: &usize| format!("{notice}{}", text(*at_most));
    let fits = |text: &String| text.chars().count() <= MESSAGE_LIMIT;
    let mut each = LENGTHS.iter().map(whole);
    each.find(fits).unwrap_or(notice)
}

#[cfg(test)]
mod tests;
