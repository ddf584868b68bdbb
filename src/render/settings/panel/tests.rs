//! What holds for every panel and form, whatever is set: Discord takes it.

use std::collections::{BTreeSet, HashSet};

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::clock::Moment;
use crate::conversation::ports::{KeptSettings, SettingsChange};
use crate::conversation::question::Person;
use crate::ids::{ChangeId, ChannelId, GuildId, PersonId, RoleId};
use crate::search::change::Invalid;
use crate::search::domains::{Domains, Hosts};
use crate::search::fields::{Audit, Value};
use crate::search::generator;
use crate::search::people::{Access, Admitted, Setters};
use crate::search::persona::{Instruction, Persona};
use crate::search::presets::OwnPreset;
use crate::settings::Settings as OperatorSettings;

/// Ids as long as they get.
const LONG: u64 = u64::MAX;

/// The way to a thread in a channel of a category.
fn way() -> Path {
    Path {
        guild: GuildId(LONG),
        category: Some(ChannelId(LONG - 1)),
        channel: Some(ChannelId(LONG - 2)),
        thread: Some(ChannelId(LONG - 3)),
    }
}

/// What is set at each level of the way to the place at a level, the server first.
fn levels(level: Level, set: &[Settings]) -> Levels {
    let path = way().up_to(level).unwrap();
    let kept = path
        .scopes()
        .zip(set)
        .map(|(scope, settings)| KeptSettings {
            scope,
            settings: settings.clone(),
            revision: ChangeId(i64::MAX),
        });
    Levels::of(path, kept.collect())
}

/// As much of everything as can be set.
fn most() -> Settings {
    let domain =
        |number: usize| format!("{}{number:02}.{}.example", "x".repeat(60), "y".repeat(60));
    let hosts = Hosts::of((0..20).map(domain)).unwrap();
    let roles = (0..25).map(|number| RoleId(LONG - number));
    let mut settings = Settings::default();
    settings.set(Value::Domains(Domains::Without(hosts.clone())));
    settings.set(Value::Persona(Persona::Instruction(
        Instruction::parse(&"*_~".repeat(166)).unwrap(),
    )));
    settings.set(Value::Access(Access::Only(Admitted {
        roles: roles.clone().collect(),
        people: BTreeSet::new(),
    })));
    settings.set(Value::Setters(Setters(roles.collect())));
    settings.set(Value::Audit(Audit::Channel(ChannelId(LONG))));
    let list = |number: usize| OwnPreset {
        name: format!("{number:02}{}", "*".repeat(38)),
        domains: Domains::Only(hosts.clone()),
    };
    settings.set(Value::Presets((0..20).map(list).collect()));
    settings
}

/// What an operator offers at most: more models than a menu has room for, one of them with a name too long for it.
fn generous() -> Operator {
    let mut settings = OperatorSettings::defaults().unwrap();
    settings.answers.quick_model = Some("small".to_owned());
    settings.answers.thorough_model = Some("deep".to_owned());
    settings.answers.offered_models = (0..40).map(|number| format!("model-{number}")).collect();
    settings.answers.offered_models.push("long".repeat(50));
    Operator::of(&settings)
}

/// Everything that somebody can be told above a panel that is long.
fn notices() -> Vec<Option<Notice>> {
    let change = SettingsChange {
        id: ChangeId(i64::MAX),
        scope: way().here(),
        by: Person {
            id: PersonId(LONG),
            name: "somebody".to_owned(),
        },
        at: Moment(0),
        before: Settings::default(),
        after: most(),
    };
    let hosts = vec![format!("{}.example", "*".repeat(60)); 20];
    vec![
        None,
        Some(Notice::Saved),
        Some(Notice::NoNumber("@everyone *".repeat(400))),
        Some(Notice::Invalid(Invalid::NotListed(hosts))),
        Some(Notice::Invalid(Invalid::NoLanguage("[x](y)".repeat(600)))),
        Some(Notice::Overtaken(Some(Box::new(change)))),
        Some(Notice::Overtaken(None)),
    ]
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn within(text: &str, most: usize) {
    assert!((1..=most).contains(&length(text)), "{text:?}");
}

/// Holds a message against Discord's limits.
fn taken(message: &Message) {
    within(message.content(), MESSAGE_LIMIT);
    assert!(message.buttons().is_empty() && message.menu().is_none());
    assert!((1..=5).contains(&message.rows().len()));
    let mut names = HashSet::new();
    let mut named = |panel: Panel| {
        assert_eq!(Panel::named(&panel.name()), Some(panel));
        within(&panel.name(), 100);
        assert!(
            names.insert(panel.name()),
            "{} is there twice",
            panel.name()
        );
    };
    for row in message.rows() {
        match row {
            Row::Buttons(buttons) => {
                assert!((1..=5).contains(&buttons.len()));
                for button in buttons {
                    within(&button.label, 80);
                    named(button.panel);
                }
            }
            Row::Options(menu) => {
                within(&menu.placeholder, 150);
                named(menu.panel);
                assert!((1..=25).contains(&menu.options.len()));
                assert!(menu.least <= menu.most && (1..=25).contains(&menu.most));
                let chosen = menu.options.iter().filter(|option| option.chosen);
                assert!(chosen.count() <= menu.most);
                let keys: HashSet<&str> = menu
                    .options
                    .iter()
                    .map(|option| option.key.as_str())
                    .collect();
                assert_eq!(keys.len(), menu.options.len());
                for option in &menu.options {
                    within(&option.label, 100);
                    within(&option.key, 100);
                    assert!(
                        length(&option.description) <= 100,
                        "{:?}",
                        option.description
                    );
                }
            }
            Row::Picker(menu) => {
                within(&menu.placeholder, 150);
                named(menu.panel);
                assert!(menu.least <= menu.most && (1..=25).contains(&menu.most));
                assert!(menu.picked.len() <= menu.most);
            }
        }
    }
}

/// Holds the forms that a message can open against Discord's limits.
fn forms(view: &View<'_>, message: &Message) {
    let rows = message.rows().iter();
    let buttons = rows.flat_map(|row| match row {
        Row::Buttons(buttons) => buttons.as_slice(),
        _ => &[],
    });
    for button in buttons.filter(|button| button.panel.act.opens_form()) {
        let typed = vec!["x".repeat(5_000); INPUTS_AT_MOST];
        for typed in [None, Some(typed.as_slice())] {
            let form = form(view, button.panel, typed).unwrap();
            within(&form.title, 45);
            assert_eq!(form.panel, button.panel);
            assert!((1..=INPUTS_AT_MOST).contains(&form.inputs.len()));
            let names: HashSet<&str> = form.inputs.iter().map(|input| input.name).collect();
            assert_eq!(names.len(), form.inputs.len());
            for input in &form.inputs {
                within(input.label, 45);
                assert!((1..=4_000).contains(&input.longest));
                assert!(length(&input.value) <= input.longest.into());
                assert!(length(input.placeholder) <= 100);
            }
        }
    }
}

/// Holds every view of a place against Discord's limits.
fn all_views(view: &View<'_>, notice: Option<&Notice>) {
    taken(&overview(view, notice));
    let fields = Field::ALL.into_iter();
    for shown in fields {
        let message = field(view, shown, notice);
        taken(&message);
        forms(view, &message);
    }
    let change = Change {
        fields: Vec::new(),
        before: view.levels.own(),
        after: Settings::default(),
        inherited: view.levels.inherited(view.operator),
        revision: view.levels.revision(),
    };
    taken(&reset(view, &change));
    let change = Change {
        fields: view.levels.own().fields().collect(),
        ..change
    };
    taken(&reset(view, &change));
}

/// Settings without lists that cannot be kept: those without a name, or with that of another one.
fn settable(mut settings: Settings) -> Settings {
    let mut names: HashSet<String> = HashSet::new();
    if let Some(kept) = &mut settings.presets {
        kept.retain(|list| {
            let name = list.name.trim().to_lowercase();
            !name.is_empty() && names.insert(name)
        });
    }
    settings
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn discord_takes_every_panel(
        set in proptest::collection::vec(generator::settings(), 4),
        level in select(&Level::IN_DISCORD),
        language in select(&Language::ALL),
        notice in option::of(0..notices().len()),
    ) {
        let set: Vec<Settings> = set.into_iter().map(settable).collect();
        let (levels, operator) = (levels(level, &set), generator::operator());
        let view = View { levels: &levels, way: way(), operator: &operator, language };
        let notices = notices();
        all_views(&view, notice.and_then(|number| notices.get(number)?.as_ref()));
    }
}

#[test]
fn discord_takes_the_longest_panels() {
    let operator = generous();
    let mut notices = notices();
    for language in Language::ALL {
        for level in Level::IN_DISCORD {
            let levels = levels(level, &[most(), most(), most(), most()]);
            let view = View {
                levels: &levels,
                way: way(),
                operator: &operator,
                language,
            };
            // Each of them above some of the panels.
            notices.rotate_left(1);
            all_views(&view, notices[0].as_ref());
        }
    }
}

#[test]
fn whatever_is_told_above_a_panel_the_fields_are_named_below_it() {
    let operator = generous();
    for language in Language::ALL {
        let levels = levels(Level::Thread, &[most(), most(), most(), most()]);
        let view = View {
            levels: &levels,
            way: way(),
            operator: &operator,
            language,
        };
        for notice in notices() {
            let message = overview(&view, notice.as_ref());
            for field in Field::ALL {
                let name = format!("**{}**", field_name(field, language));
                assert!(message.content().contains(&name), "{}", message.content());
            }
        }
    }
}

#[test]
fn what_is_of_the_server_is_offered_for_the_server_alone() {
    let operator = generator::operator();
    for level in Level::IN_DISCORD {
        let levels = levels(level, &[]);
        let view = View {
            levels: &levels,
            way: way(),
            operator: &operator,
            language: Language::English,
        };
        let offered = fields_menu(&view).options;
        let offered: Vec<&str> = offered.iter().map(|option| option.key.as_str()).collect();
        for field in Field::ALL {
            let is_offered = offered.contains(&field.name());
            let wanted = level == Level::Server || !field.is_of_server();
            assert_eq!(is_offered, wanted, "{field:?} in {level:?}");
        }
    }
}

#[test]
fn nothing_that_somebody_typed_formats_or_mentions() {
    let notice = Notice::NoNumber("@everyone **loud** <@1>".to_owned());
    let text = notice.text(Language::English);
    assert!(
        !text.contains("@everyone") && !text.contains("<@1>"),
        "{text}"
    );
    assert!(!text.contains("**loud**"), "{text}");
}
