//! Every step and every reason why one is not valid, with a bad and a good value; and that whatever is saved could be saved again.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::ids::{ChannelId, GuildId};
use crate::search::Recency;
use crate::search::codes::LanguageCode;
use crate::search::fields::Audit;
use crate::search::freshness::{Dates, Span};
use crate::search::generator;
use crate::search::languages::SourceLanguages;
use crate::search::people::Setters;
use crate::search::persona::Instruction;
use crate::search::service::{Depth, Mode};

const GUILD: GuildId = GuildId(1);
const EVERYONE: RoleId = RoleId(1);

fn server() -> Scope {
    Scope::server(GUILD)
}

fn channel() -> Scope {
    Scope {
        guild: GUILD,
        level: Level::Channel,
        id: 2,
    }
}

fn hosts(entries: &[&str]) -> Hosts {
    Hosts::of(entries).unwrap()
}

fn only(entries: &[&str]) -> Domains {
    Domains::Only(hosts(entries))
}

fn without(entries: &[&str]) -> Domains {
    Domains::Without(hosts(entries))
}

fn many(count: u8, of: &str) -> Vec<String> {
    (0..count).map(|n| format!("{of}{n}.example")).collect()
}

fn admitted(roles: &[u64], people: &[u64]) -> Admitted {
    Admitted {
        roles: roles.iter().copied().map(RoleId).collect(),
        people: people.iter().copied().map(PersonId).collect(),
    }
}

fn set(values: impl IntoIterator<Item = Value>) -> Settings {
    let mut settings = Settings::default();
    for value in values {
        settings.set(value);
    }
    settings
}

fn preset(name: &str) -> OwnPreset {
    OwnPreset {
        name: name.to_owned(),
        domains: only(&["docs.rs"]),
    }
}

fn dates(after: &str) -> Value {
    let after = Some(after.parse().unwrap());
    let updated = Span {
        after,
        before: None,
    };
    Value::Freshness(Freshness::Dates(
        Dates::of(Span::default(), updated).unwrap(),
    ))
}

/// What a step makes of what is set in a scope, in which this is inherited.
fn taken_in(
    scope: Scope,
    inherited: &Settings,
    own: &Settings,
    step: &Step,
) -> Result<Settings, Invalid> {
    let operator = generator::operator();
    let mut complete = operator.defaults.clone();
    complete.take(inherited);
    step.taken(&Ground {
        scope,
        own,
        inherited: &complete,
        operator: &operator,
        today: generator::today(),
    })
}

fn in_server(own: &Settings, step: &Step) -> Result<Settings, Invalid> {
    taken_in(server(), &Settings::default(), own, step)
}

fn in_channel(own: &Settings, step: &Step) -> Result<Settings, Invalid> {
    taken_in(channel(), &Settings::default(), own, step)
}

#[test]
fn domains_are_allowed_denied_and_removed_one_by_one() {
    let free = Settings::default();
    let allow = |entries: &[&str]| Step::Allow(hosts(entries));
    let deny = |entries: &[&str]| Step::Deny(hosts(entries));
    let remove = |entries: &[&str]| Step::Remove(hosts(entries));
    let listed = |domains: Domains| set([Value::Domains(domains)]);
    for (own, step, after) in [
        (free.clone(), allow(&["docs.rs"]), only(&["docs.rs"])),
        (
            listed(only(&["docs.rs"])),
            allow(&["docs.rs", ".gov"]),
            only(&["docs.rs", ".gov"]),
        ),
        (
            free.clone(),
            deny(&["spam.example"]),
            without(&["spam.example"]),
        ),
        (
            listed(without(&["spam.example"])),
            deny(&["x.example"]),
            without(&["spam.example", "x.example"]),
        ),
        (
            listed(only(&["docs.rs", ".gov"])),
            remove(&["docs.rs"]),
            only(&[".gov"]),
        ),
        (
            listed(without(&["spam.example"])),
            remove(&["spam.example"]),
            Domains::All,
        ),
    ] {
        assert_eq!(in_channel(&own, &step), Ok(listed(after)), "{step:?}");
    }
}

#[test]
fn what_is_inherited_goes_on_to_count() {
    let above = set([
        Value::Domains(only(&["docs.rs"])),
        Value::Access(Access::Only(admitted(&[10], &[]))),
        Value::Presets(vec![preset("ours")]),
    ]);
    let none = Settings::default();
    let taken = |step: Step| taken_in(channel(), &above, &none, &step);
    assert_eq!(
        taken(Step::Allow(hosts(&["go.dev"]))),
        Ok(set([Value::Domains(only(&["docs.rs", "go.dev"]))]))
    );
    assert_eq!(
        taken(Step::Deny(hosts(&["go.dev"]))),
        Err(Invalid::AllowsAlready(vec!["docs.rs".to_owned()]))
    );
    assert_eq!(
        taken(Step::Remove(hosts(&["docs.rs"]))),
        Err(Invalid::LastAllowed("docs.rs".to_owned()))
    );
    assert_eq!(
        taken(Step::Admit(admitted(&[], &[20]))),
        Ok(set([Value::Access(Access::Only(admitted(&[10], &[20])))]))
    );
    assert_eq!(
        taken(Step::Expel(admitted(&[10], &[]))),
        Err(Invalid::NobodyAdmitted)
    );
    assert_eq!(
        taken(Step::UsePreset("OURS".to_owned())),
        Ok(set([Value::Domains(only(&["docs.rs"]))]))
    );
}

#[test]
fn a_field_is_set_and_inherited_again() {
    let images = Value::Images(true);
    let own = set([images.clone(), Value::Related(false)]);
    assert_eq!(
        in_channel(&Settings::default(), &Step::Set(images)),
        Ok(set([Value::Images(true)]))
    );
    assert_eq!(
        in_channel(&own, &Step::Inherit(Field::Related)),
        Ok(set([Value::Images(true)]))
    );
    assert_eq!(in_channel(&own, &Step::Inherit(Field::Mode)), Ok(own));
}

#[test]
fn people_are_admitted_and_expelled() {
    let open = Settings::default();
    let to = |access: Access| set([Value::Access(access)]);
    let some = to(Access::Only(admitted(&[10], &[20])));
    assert_eq!(
        in_channel(&open, &Step::Admit(admitted(&[10], &[20]))),
        Ok(some.clone())
    );
    assert_eq!(
        in_channel(&some, &Step::Expel(admitted(&[10], &[21]))),
        Ok(to(Access::Only(admitted(&[], &[20]))))
    );
    // Who admits everyone admits whoever is named beside them, however many.
    let crowd: Vec<u64> = (1..=30).collect();
    assert!(crowd.contains(&EVERYONE.0));
    assert_eq!(
        in_channel(&some, &Step::Admit(admitted(&crowd, &[]))),
        Ok(to(Access::Everyone))
    );
}

#[test]
fn setters_and_presets_are_the_servers() {
    let with = |roles: &[u64]| {
        set([Value::Setters(Setters(
            roles.iter().copied().map(RoleId).collect(),
        ))])
    };
    let none = Settings::default();
    assert_eq!(
        in_server(&none, &Step::AddSetter(RoleId(10))),
        Ok(with(&[10]))
    );
    assert_eq!(
        in_server(&with(&[10, 11]), &Step::RemoveSetter(RoleId(10))),
        Ok(with(&[11]))
    );
    let keep = |name: &str, domains| Step::KeepPreset {
        name: name.to_owned(),
        domains,
    };
    let kept = |presets: Vec<OwnPreset>| set([Value::Presets(presets)]);
    let ours = in_server(&none, &keep(" Ours ", only(&["docs.rs"]))).unwrap();
    assert_eq!(ours, kept(vec![preset("Ours")]));
    assert_eq!(
        in_server(&ours, &keep("ours", without(&["go.dev"]))),
        Err(Invalid::PresetTaken("ours".to_owned())),
        "what is in the one of that name would be lost"
    );
    assert_eq!(
        in_server(&ours, &keep("ours", only(&["docs.rs"]))),
        Ok(ours.clone())
    );
    assert_eq!(
        in_server(&ours, &Step::DropPreset("OURS".to_owned())),
        Ok(kept(vec![]))
    );
    for (step, field) in [
        (Step::AddSetter(RoleId(10)), Field::Setters),
        (Step::RemoveSetter(RoleId(10)), Field::Setters),
        (keep("ours", only(&["docs.rs"])), Field::Presets),
        (Step::DropPreset("ours".to_owned()), Field::Presets),
        (
            Step::Set(Value::Audit(Audit::Channel(ChannelId(3)))),
            Field::Audit,
        ),
    ] {
        assert_eq!(
            in_channel(&none, &step),
            Err(Invalid::OfServer(field)),
            "{step:?}"
        );
    }
}

#[test]
fn replacing_and_resetting_keep_what_is_of_the_server() {
    let of_server = [
        Value::Setters(Setters([RoleId(10)].into())),
        Value::Audit(Audit::Channel(ChannelId(3))),
        Value::Presets(vec![preset("ours")]),
    ];
    let own = set(of_server.clone().into_iter().chain([Value::Images(true)]));
    assert_eq!(
        in_server(&own, &Step::Reset),
        Ok(set(of_server.clone().into_iter()))
    );
    let replace = |settings: Settings| Step::Replace(Box::new(settings));
    assert_eq!(
        in_server(&own, &replace(set([Value::Related(true)]))),
        Ok(set(of_server
            .clone()
            .into_iter()
            .chain([Value::Related(true)])))
    );
    let silent = set([Value::Audit(Audit::Off)]);
    assert_eq!(
        in_server(&own, &replace(silent)).unwrap().audit,
        Some(Audit::Off),
        "what is named counts"
    );
    // As when a channel is set as its server is.
    let there = set([Value::Related(true)]);
    assert_eq!(
        in_channel(&there, &replace(own)),
        Ok(set([Value::Images(true)]))
    );
    assert_eq!(in_channel(&there, &Step::Reset), Ok(Settings::default()));
    // Nothing of it counts where one value is not valid.
    let bad = set([
        Value::Images(true),
        Value::Model(Model::Depth(Depth::Thorough)),
    ]);
    assert_eq!(
        in_channel(&there, &replace(bad)),
        Err(Invalid::NoModel(Model::Depth(Depth::Thorough)))
    );
}

#[test]
fn what_the_built_in_server_does_not_do_is_not_set() {
    let operator = generator::built_in_operator();
    let inherited = operator.defaults.clone();
    let taken = |mode: Mode| {
        Step::Set(Value::Mode(mode)).taken(&Ground {
            scope: channel(),
            own: &Settings::default(),
            inherited: &inherited,
            operator: &operator,
            today: generator::today(),
        })
    };
    assert_eq!(taken(Mode::Sec), Err(Invalid::NotServed(Field::Mode)));
    assert_eq!(taken(Mode::Web), Ok(set([Value::Mode(Mode::Web)])));
}

/// The place of a reason in the table below. A new one finds no place, and this does not compile.
fn place(reason: &Invalid) -> usize {
    match reason {
        Invalid::Hosts(_) => 0,
        Invalid::DeniesAlready(_) => 1,
        Invalid::AllowsAlready(_) => 2,
        Invalid::NotListed(_) => 3,
        Invalid::LastAllowed(_) => 4,
        Invalid::NoPreset(_) => 5,
        Invalid::PresetName(_) => 6,
        Invalid::TooManyPresets => 7,
        Invalid::NothingToKeep => 8,
        Invalid::NotADay(_) => 9,
        Invalid::Dates(_) => 10,
        Invalid::Future(_) => 11,
        Invalid::NoLanguage(_) => 12,
        Invalid::TooManyLanguages(_) => 13,
        Invalid::NoCountry(_) => 14,
        Invalid::NoModel(_) => 15,
        Invalid::Instruction(_) => 16,
        Invalid::History(_) => 17,
        Invalid::TooManyAdmitted(_) => 18,
        Invalid::NobodyAdmitted => 19,
        Invalid::NotAdmitted => 20,
        Invalid::EveryoneSets => 21,
        Invalid::TooManySetters => 22,
        Invalid::NoSetter(_) => 23,
        Invalid::OfServer(_) => 24,
        Invalid::NotServed(_) => 25,
        Invalid::PresetTaken(_) => 26,
        Invalid::NoAmount(_) => 27,
    }
}

/// Days, languages, countries and amounts are read where they are typed, and cannot be had otherwise.
const READ_WHERE_TYPED: [usize; 4] = [9, 12, 14, 27];

#[test]
fn everything_that_is_not_valid_is_refused_and_its_neighbour_is_not() {
    let own = set([
        Value::Access(Access::Only(admitted(&[10], &[20]))),
        Value::Setters(Setters([RoleId(10)].into())),
        Value::Presets(vec![preset("ours")]),
    ]);
    let allowing = set([Value::Domains(only(&["docs.rs", "go.dev"]))]);
    let denying = set([Value::Domains(without(&["docs.rs", "go.dev"]))]);
    let full = set([Value::Domains(Domains::Only(
        Hosts::of(many(20, "d")).unwrap(),
    ))]);
    let presets = |count: usize| {
        let each = (0..count).map(|n| preset(&format!("p{n}")));
        Step::Set(Value::Presets(each.collect()))
    };
    let named = |name: &str| Step::Set(Value::Presets(vec![preset(name)]));
    let keep = |domains| Step::KeepPreset {
        name: "new".to_owned(),
        domains,
    };
    let people = |count: u64| {
        let people: Vec<u64> = (1..=count).collect();
        Step::Set(Value::Access(Access::Only(admitted(&[], &people))))
    };
    let setters = |roles: std::ops::RangeInclusive<u64>| {
        Step::Set(Value::Setters(Setters(roles.map(RoleId).collect())))
    };
    let model = |name: &str| Model::Named(name.to_owned());
    let most = generator::operator().defaults.history;
    let more = HistoryBudget {
        tokens: most.tokens + 1,
        ..most
    };
    let longer = HistoryBudget {
        turns: most.turns + 1,
        ..most
    };
    let history = |history| Step::Set(Value::History(history));
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let table: Vec<(&Settings, Step, Invalid, Step)> = vec![
        (
            &full,
            Step::Allow(hosts(&["one.more.example"])),
            Invalid::Hosts(NoHosts::TooMany(21)),
            Step::Allow(hosts(&["d7.example"])),
        ),
        (
            &denying,
            Step::Allow(hosts(&["x.example"])),
            Invalid::DeniesAlready(texts(&["docs.rs", "go.dev"])),
            Step::Deny(hosts(&["x.example"])),
        ),
        (
            &allowing,
            Step::Deny(hosts(&["x.example"])),
            Invalid::AllowsAlready(texts(&["docs.rs", "go.dev"])),
            Step::Allow(hosts(&["x.example"])),
        ),
        (
            &allowing,
            Step::Remove(hosts(&["go.dev", "x.example"])),
            Invalid::NotListed(texts(&["x.example"])),
            Step::Remove(hosts(&["go.dev"])),
        ),
        (
            &own,
            Step::Remove(hosts(&["x.example"])),
            Invalid::NotListed(texts(&["x.example"])),
            Step::Allow(hosts(&["x.example"])),
        ),
        (
            &allowing,
            Step::Remove(hosts(&["go.dev", "docs.rs"])),
            Invalid::LastAllowed("go.dev, docs.rs".to_owned()),
            Step::Set(Value::Domains(Domains::All)),
        ),
        (
            &own,
            Step::UsePreset("theirs".to_owned()),
            Invalid::NoPreset("theirs".to_owned()),
            Step::UsePreset("News".to_owned()),
        ),
        (
            &own,
            Step::DropPreset("news".to_owned()),
            Invalid::NoPreset("news".to_owned()),
            Step::DropPreset("ours".to_owned()),
        ),
        (
            &own,
            named(" News "),
            Invalid::PresetName(" News ".to_owned()),
            named("Our news"),
        ),
        (
            &own,
            named(" "),
            Invalid::PresetName(" ".to_owned()),
            named("n"),
        ),
        (
            &own,
            named(&"é".repeat(41)),
            Invalid::PresetName("é".repeat(41)),
            named(&"é".repeat(40)),
        ),
        (
            &own,
            named("a\nb"),
            Invalid::PresetName("a\nb".to_owned()),
            named("a b"),
        ),
        (
            &own,
            Step::Set(Value::Presets(vec![preset("a"), preset("A")])),
            Invalid::PresetName("A".to_owned()),
            Step::Set(Value::Presets(vec![preset("a"), preset("b")])),
        ),
        (&own, presets(21), Invalid::TooManyPresets, presets(20)),
        (
            &own,
            Step::KeepPreset {
                name: "OURS".to_owned(),
                domains: without(&["docs.rs"]),
            },
            Invalid::PresetTaken("OURS".to_owned()),
            keep(without(&["docs.rs"])),
        ),
        (
            &own,
            keep(Domains::All),
            Invalid::NothingToKeep,
            keep(without(&["docs.rs"])),
        ),
        (
            &own,
            Step::Set(dates("2026-11-23")),
            Invalid::Future("2026-11-23".parse().unwrap()),
            Step::Set(dates("2026-11-22")),
        ),
        (
            &own,
            Step::Set(Value::Model(model("sonar-huge"))),
            Invalid::NoModel(model("sonar-huge")),
            Step::Set(Value::Model(model("sonar-pro"))),
        ),
        (
            &own,
            Step::Set(Value::Model(Model::Depth(Depth::Thorough))),
            Invalid::NoModel(Model::Depth(Depth::Thorough)),
            Step::Set(Value::Model(Model::Depth(Depth::Quick))),
        ),
        (&own, history(more), Invalid::History(most), history(most)),
        (&own, history(longer), Invalid::History(most), history(most)),
        (&own, people(26), Invalid::TooManyAdmitted(26), people(25)),
        (&own, people(0), Invalid::NobodyAdmitted, people(1)),
        (
            &own,
            Step::Expel(admitted(&[10], &[20])),
            Invalid::NobodyAdmitted,
            Step::Expel(admitted(&[10], &[])),
        ),
        (
            &own,
            Step::Expel(admitted(&[20], &[10])),
            Invalid::NotAdmitted,
            Step::Expel(admitted(&[20], &[20])),
        ),
        (
            &allowing,
            Step::Expel(admitted(&[10], &[])),
            Invalid::NotAdmitted,
            Step::Admit(admitted(&[10], &[])),
        ),
        (
            &own,
            Step::AddSetter(EVERYONE),
            Invalid::EveryoneSets,
            Step::AddSetter(RoleId(2)),
        ),
        (
            &own,
            setters(2..=27),
            Invalid::TooManySetters,
            setters(2..=26),
        ),
        (
            &own,
            Step::RemoveSetter(RoleId(11)),
            Invalid::NoSetter(RoleId(11)),
            Step::RemoveSetter(RoleId(10)),
        ),
    ];
    let mut found: BTreeSet<usize> = READ_WHERE_TYPED.into();
    for (own, bad, reason, good) in table {
        found.insert(place(&reason));
        assert_eq!(in_server(own, &bad), Err(reason), "{bad:?}");
        assert!(in_server(own, &good).is_ok(), "{good:?}");
    }
    // What is read from what somebody typed says why by itself.
    let languages = |count| SourceLanguages::of(LanguageCode::all().take(count)).map(drop);
    let text = |text: &str| Instruction::parse(text).map(drop);
    let span = |before: &str| Span {
        after: Some("2026-01-01".parse().unwrap()),
        before: Some(before.parse().unwrap()),
    };
    let read = |before: &str| Dates::of(span(before), Span::default()).map(drop);
    let of_type: [(Result<(), Invalid>, Result<(), Invalid>); 3] = [
        (
            languages(11).map_err(Into::into),
            languages(10).map_err(Into::into),
        ),
        (
            text(" ").map_err(Into::into),
            text("Briefly.").map_err(Into::into),
        ),
        (
            read("2026-01-02").map_err(Into::into),
            read("2026-01-03").map_err(Into::into),
        ),
    ];
    for (bad, good) in of_type {
        found.insert(place(&bad.unwrap_err()));
        assert_eq!(good, Ok(()));
    }
    // Each has a test of its own above.
    for reason in [
        Invalid::OfServer(Field::Audit),
        Invalid::NotServed(Field::Mode),
    ] {
        found.insert(place(&reason));
    }
    assert_eq!(found, (0..28).collect(), "a reason without a case");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// So that what is exported can be imported, and what is copied can be set.
    #[test]
    fn what_any_steps_leave_could_be_set_as_it_is(
        inherited in generator::settings(),
        steps in vec(generator::step(), 1..12),
        is_server in any::<bool>(),
    ) {
        let scope = if is_server { server() } else { channel() };
        let mut own = Settings::default();
        for step in &steps {
            // One that is not valid changes nothing.
            own = taken_in(scope, &inherited, &own, step).unwrap_or(own);
        }
        if !is_server {
            prop_assert!(!own.fields().any(Field::is_of_server));
        }
        let again = taken_in(scope, &inherited, &Settings::default(), &Step::Replace(Box::new(own.clone())));
        prop_assert_eq!(again, Ok(own));
    }

    /// Adding to a list never takes something from it, and what is in a list once can be taken out.
    #[test]
    fn a_list_grows_and_shrinks_by_what_is_named(now in generator::domains(), named in generator::hosts()) {
        let own = set([Value::Domains(now.clone())]);
        let listed = |settings: Settings| {
            let domains = settings.domains.unwrap();
            [domains.allowed(), domains.denied()].concat()
        };
        let before = listed(own.clone());
        for step in [Step::Allow(named.clone()), Step::Deny(named.clone())] {
            if let Ok(after) = in_channel(&own, &step) {
                let after = listed(after);
                prop_assert!(before.iter().chain(named.as_slice()).all(|host| after.contains(host)));
                prop_assert!(after.len() <= MOST_DOMAINS);
            }
        }
        if let Ok(after) = in_channel(&own, &Step::Remove(named.clone())) {
            let kept = before.into_iter().filter(|host| !named.as_slice().contains(host));
            prop_assert_eq!(listed(after), kept.collect::<Vec<_>>());
        }
    }
}

#[test]
fn an_age_takes_the_place_of_dates() {
    let own = set([dates("2026-01-01")]);
    let week = Value::Freshness(Freshness::Recency(Recency::Week));
    assert_eq!(in_channel(&own, &Step::Set(week.clone())), Ok(set([week])));
}
