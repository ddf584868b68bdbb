//! A wish never widens what is in force, whatever is set and whatever is wished; and what is not granted says why.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::search::codes::LanguageCode;
use crate::search::fields::Settings;
use crate::search::freshness::Dates;
use crate::search::generator;
use crate::search::languages::SourceLanguages;
use crate::search::people::Members;
use crate::search::service::Mode;
use crate::settings::engine::AnswersWith;

/// What is in force where these are set and nothing else.
fn values(set: impl IntoIterator<Item = Value>) -> Complete {
    let mut settings = Settings::default();
    for value in set {
        settings.set(value);
    }
    let mut values = generator::deep_operator().defaults;
    values.take(&settings);
    values
}

fn members(wishable: &[Wishable]) -> Value {
    Value::Members(Members(wishable.iter().copied().collect()))
}

fn hosts(entries: &[&str]) -> Hosts {
    Hosts::of(entries).unwrap()
}

fn only(entries: &[&str]) -> Value {
    Value::Domains(Domains::Only(hosts(entries)))
}

fn without(entries: &[&str]) -> Value {
    Value::Domains(Domains::Without(hosts(entries)))
}

fn from(entries: &[&str]) -> Wish {
    Wish {
        domains: Some(hosts(entries)),
        ..Wish::default()
    }
}

fn no_older_than(recency: Recency) -> Wish {
    Wish {
        recency: Some(recency),
        ..Wish::default()
    }
}

fn as_deep_as(depth: Depth) -> Wish {
    Wish {
        depth: Some(depth),
        ..Wish::default()
    }
}

fn within(wish: &Wish, set: impl IntoIterator<Item = Value>) -> Result<Limits, NotGranted> {
    let operator = generator::deep_operator();
    wish.within(&values(set), &operator, generator::today())
}

fn published(after: &str, before: &str) -> Value {
    let day = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
    let span = Span {
        after: day(after),
        before: day(before),
    };
    Value::Freshness(Freshness::Dates(Dates::of(span, Span::default()).unwrap()))
}

/// The depth that is asked for in effect; none for a model that is set by its name.
fn depth_of(limits: &Limits) -> Option<Depth> {
    let operator = generator::deep_operator();
    let mut depths = Depth::ALL.into_iter();
    depths.find(|depth| operator.model_of(*depth) == Some(limits.model.as_str()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_wish_never_widens_what_is_in_force(
        values in generator::complete(),
        wish in generator::wish(),
        pages in vec((generator::address(), option::of(generator::day()), option::of(generator::day())), 20),
    ) {
        let operator = generator::deep_operator();
        let today = generator::today();
        // Asked for without a wish, whatever is set is granted.
        let without = Wish::default().within(&values, &operator, today).unwrap();
        let Ok(with) = wish.within(&values, &operator, today) else {
            return Ok(());
        };
        for (address, published, updated) in pages {
            let [published, updated] = [published, updated].map(|day| day.map(|day| day.to_string()));
            let admit = |limits: &Limits| {
                limits.filters.admit(&address, published.as_deref(), updated.as_deref(), today)
            };
            prop_assert!(
                admit(&without) || !admit(&with),
                "{} {:?} {:?}: {:?} widens {:?}", address, published, updated, wish, values
            );
        }
        let researches = wish.depth == Some(Depth::Research);
        if researches {
            let is_open = [Wishable::Research, Wishable::Deeper].iter().any(|open| values.members.may(*open));
            prop_assert!(is_open || depth_of(&without) == Some(Depth::Research));
        }
        if researches || values.members.may(Wishable::Deeper) {
            prop_assert!(wish.depth.is_none() || depth_of(&with) == wish.depth);
        } else {
            prop_assert!(with.model == without.model || depth_of(&with) <= depth_of(&without));
            prop_assert!(depth_of(&without).is_some() || with.model == without.model);
        }
        // The rest is none of theirs.
        let rest = |limits: &Limits| Limits {
            filters: Filters {
                languages: limits.filters.languages.clone(),
                answer_language: limits.filters.answer_language,
                country: limits.filters.country,
                mode: limits.filters.mode,
                ..Filters::default()
            },
            model: String::new(),
            ..limits.clone()
        };
        prop_assert_eq!(rest(&with), rest(&without));
        for (is_wished, wishable) in [
            (wish.domains.is_some(), Wishable::Domains),
            (wish.recency.is_some(), Wishable::Recency),
            (wish.private, Wishable::Private),
        ] {
            prop_assert!(!is_wished || values.members.may(wishable));
        }
    }

    /// A list that admits less is told to the service as such, not only held against what comes back.
    #[test]
    fn the_service_is_told_of_what_is_wished(wish in generator::hosts(), domains in generator::domains()) {
        let wished = wish.as_slice().to_vec();
        let wish = Wish { domains: Some(wish), ..Wish::default() };
        if let Ok(limits) = within(&wish, [Value::Domains(domains.clone())]) {
            prop_assert_eq!(limits.filters.allowed, wished);
            prop_assert!(limits.filters.denied.iter().all(|denied| domains.denied().contains(denied)));
        }
    }
}

#[test]
fn what_is_not_granted_says_why() {
    let narrowing = |wishable: &[Wishable]| vec![members(wishable)];
    let all = || Wishable::ALL.to_vec();
    let all_but = |closed: Wishable| {
        let open: Vec<Wishable> = all().into_iter().filter(|one| *one != closed).collect();
        vec![members(&open)]
    };
    let private = Wish {
        private: true,
        ..Wish::default()
    };
    let named = |name: &str| Value::Model(Model::Named(name.to_owned()));
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let not_allowed = |domain: &str, allowed: &[&str]| NotGranted::NotAllowed {
        domain: domain.to_owned(),
        allowed: texts(allowed),
    };
    let quick = Value::Model(Model::Depth(Depth::Quick));
    for (wish, set, reason) in [
        (
            from(&["docs.rs"]),
            all_but(Wishable::Domains),
            NotGranted::Closed(Wishable::Domains),
        ),
        (
            no_older_than(Recency::Day),
            all_but(Wishable::Recency),
            NotGranted::Closed(Wishable::Recency),
        ),
        (
            as_deep_as(Depth::Quick),
            narrowing(&[Wishable::Domains, Wishable::Recency, Wishable::Private]),
            NotGranted::Closed(Wishable::Depth),
        ),
        (
            as_deep_as(Depth::Research),
            narrowing(&[Wishable::Depth]),
            NotGranted::Closed(Wishable::Research),
        ),
        // Research opens nothing else.
        (
            as_deep_as(Depth::Thorough),
            vec![],
            NotGranted::Deeper(Depth::Standard),
        ),
        (
            as_deep_as(Depth::Quick),
            narrowing(&[Wishable::Research]),
            NotGranted::Closed(Wishable::Depth),
        ),
        (
            private,
            all_but(Wishable::Private),
            NotGranted::Closed(Wishable::Private),
        ),
        (
            from(&["docs.rs", "go.dev"]),
            vec![only(&["docs.rs"])],
            not_allowed("go.dev", &["docs.rs"]),
        ),
        // What lies above or beside the allowed, and looks like it.
        (
            from(&[".gov"]),
            vec![only(&["nasa.gov"])],
            not_allowed(".gov", &["nasa.gov"]),
        ),
        (
            from(&["example.org"]),
            vec![only(&["docs.example.org"])],
            not_allowed("example.org", &["docs.example.org"]),
        ),
        (
            from(&["notexample.org"]),
            vec![only(&["example.org"])],
            not_allowed("notexample.org", &["example.org"]),
        ),
        (
            from(&["nasa.gov.example"]),
            vec![only(&[".gov"])],
            not_allowed("nasa.gov.example", &[".gov"]),
        ),
        (
            from(&["docs.rs", "more.spam.example"]),
            vec![without(&["spam.example"])],
            NotGranted::Denied("more.spam.example".to_owned()),
        ),
        (
            from(&[".gov"]),
            vec![without(&[".gov"])],
            NotGranted::Denied(".gov".to_owned()),
        ),
        (
            no_older_than(Recency::Month),
            vec![Value::Freshness(Freshness::Recency(Recency::Week))],
            NotGranted::Older(Recency::Week),
        ),
        (
            no_older_than(Recency::Week),
            vec![published("", "2026-11-16")],
            NotGranted::NoDay,
        ),
        (
            as_deep_as(Depth::Standard),
            vec![quick],
            NotGranted::Deeper(Depth::Quick),
        ),
        (
            as_deep_as(Depth::Quick),
            vec![named("sonar-pro")],
            NotGranted::NamedModel,
        ),
    ] {
        assert_eq!(within(&wish, set), Err(reason), "{wish:?}");
    }
    let thorough = as_deep_as(Depth::Thorough);
    let deeper = values([members(&Wishable::ALL)]);
    assert_eq!(
        thorough.within(&deeper, &generator::operator(), generator::today()),
        Err(NotGranted::NoModel(Depth::Thorough))
    );
    let mut settings = crate::settings::Settings::defaults().unwrap();
    settings.research.model.clear();
    let operator = Operator::of(&settings);
    assert_eq!(
        as_deep_as(Depth::Research).within(&values([]), &operator, generator::today()),
        Err(NotGranted::NoModel(Depth::Research))
    );
}

#[test]
fn members_may_research_unless_it_is_closed_to_them() {
    let research = as_deep_as(Depth::Research);
    let named = Value::Model(Model::Named("sonar-pro".to_owned()));
    let everything = Value::Model(Model::Depth(Depth::Research));
    for set in [
        vec![],
        vec![members(&[Wishable::Research])],
        vec![members(&[Wishable::Deeper])],
        vec![named],
        // Where everything is researched it is no wish.
        vec![members(&[]), everything],
    ] {
        let limits = within(&research, set).unwrap();
        assert!(limits.is_research());
        assert_eq!(limits.model, "sonar-deep-research");
    }
    let confirmed = Dollars::of_cents(1).unwrap();
    let limits = within(&research, [Value::ConfirmAbove(confirmed)]).unwrap();
    assert_eq!(limits.confirm_above, confirmed);
    assert!(!within(&Wish::default(), []).unwrap().is_research());
}

#[test]
fn what_was_set_under_another_service_and_is_not_done_by_this_one_is_named() {
    let french = SourceLanguages::of(LanguageCode::of("fr")).unwrap();
    for (set, field) in [
        (Value::Mode(Mode::Academic), Field::Mode),
        (Value::SourceLanguages(french), Field::SourceLanguages),
    ] {
        let values = values([set]);
        let wish = Wish::default();
        let within = |operator| wish.within(&values, &operator, generator::today());
        let mut settings = crate::settings::Settings::defaults().unwrap();
        settings.engine.answers_with = AnswersWith::Agent;
        assert_eq!(
            within(Operator::of(&settings)).err(),
            Some(NotGranted::NotServed(field))
        );
        assert!(within(generator::operator()).is_ok());
    }
}

#[test]
fn what_is_granted_is_what_was_wished() {
    // All that only narrows may be wished by itself.
    let everything = Wish {
        domains: Some(hosts(&["docs.rs"])),
        recency: Some(Recency::Week),
        depth: Some(Depth::Quick),
        private: true,
    };
    let limits = within(&everything, []).unwrap();
    assert_eq!(limits.model, "sonar-small");
    assert_eq!(
        limits.filters,
        Filters {
            allowed: vec!["docs.rs".to_owned()],
            recency: Some(Recency::Week),
            depth: Some(Depth::Quick),
            ..Filters::default()
        }
    );
    assert!(Wish::default().is_nothing() && !everything.is_nothing());
    // Below what is allowed; also a whole top-level domain that is.
    let below = from(&["nasa.gov", "docs.example.org", ".mil"]);
    let set = [only(&[".gov", "example.org", ".mil"])];
    let allowed = within(&below, set).unwrap().filters.allowed;
    assert_eq!(allowed, ["nasa.gov", "docs.example.org", ".mil"]);
    // The same age as is set is no older.
    let week = Value::Freshness(Freshness::Recency(Recency::Week));
    let filters = within(&no_older_than(Recency::Week), [week])
        .unwrap()
        .filters;
    assert_eq!(filters.recency, Some(Recency::Week));
    // Deeper, and by depth in place of a name, where members may.
    let deeper = || members(&[Wishable::Deeper]);
    let named = Value::Model(Model::Named("sonar-pro".to_owned()));
    for set in [vec![deeper()], vec![deeper(), named]] {
        let limits = within(&as_deep_as(Depth::Thorough), set).unwrap();
        assert_eq!(limits.model, "sonar-deep");
        assert_eq!(limits.filters.depth, Some(Depth::Thorough));
    }
}

#[test]
fn of_a_wished_domain_the_denied_parts_stay_denied() {
    let set = [without(&["spam.example.org", "x.example"])];
    let filters = within(&from(&["example.org"]), set).unwrap().filters;
    assert_eq!(filters.allowed, ["example.org"]);
    assert_eq!(
        filters.denied,
        ["spam.example.org"],
        "what lies beside it is left out anyway"
    );
    assert!(filters.admit_address("https://docs.example.org/"));
    assert!(!filters.admit_address("https://more.spam.example.org/"));
    assert!(!filters.admit_address("https://x.example/"));
    let set = [without(&["nasa.gov"])];
    let filters = within(&from(&[".gov"]), set).unwrap().filters;
    assert_eq!(filters.denied, ["nasa.gov"]);
}

#[test]
fn an_age_beside_dates_becomes_a_date() {
    for (recency, after) in [
        // Dates know no hours; a day is the least.
        (Recency::Hour, "2026-11-21"),
        (Recency::Day, "2026-11-21"),
        (Recency::Week, "2026-11-15"),
        (Recency::Year, "2025-12-31"),
    ] {
        let set = [published("2025-12-31", "2026-12-24")];
        let filters = within(&no_older_than(recency), set).unwrap().filters;
        assert_eq!(filters.recency, None, "the service takes one of the two");
        let day = |text: &str| Some(text.parse().unwrap());
        let (after, before) = (day(after), day("2026-12-24"));
        assert_eq!(filters.published, Span { after, before }, "{recency:?}");
    }
}

#[test]
fn what_the_operator_takes_back_is_the_usual_again() {
    let operator = generator::operator();
    let today = generator::today();
    let gone = [
        Model::Named("no-longer-offered".to_owned()),
        Model::Depth(Depth::Thorough),
    ];
    for model in gone {
        let values = values([Value::Model(model)]);
        let asked = |wish: &Wish| wish.within(&values, &operator, today);
        let limits = asked(&Wish::default()).unwrap();
        let usual = operator.model_of(Depth::Standard);
        assert_eq!(Some(limits.model.as_str()), usual);
        assert_eq!(limits.filters.depth, None, "the usual one is not told");
        let quick = asked(&as_deep_as(Depth::Quick)).unwrap();
        assert_eq!(quick.model, "sonar-small");
    }
    let most = operator.defaults.history;
    let more = HistoryBudget {
        turns: most.turns + 1,
        tokens: u32::MAX,
    };
    let values = values([Value::History(more)]);
    let limits = Wish::default().within(&values, &operator, today).unwrap();
    assert_eq!(limits.history, most);
}

#[test]
fn a_wish_is_kept_as_people_read_it() {
    let wish = Wish {
        recency: Some(Recency::Day),
        ..from(&["docs.rs"])
    };
    let written = serde_json::to_string(&wish).unwrap();
    assert_eq!(
        written,
        r#"{"domains":["docs.rs"],"recency":"day","private":false}"#
    );
    assert_eq!(serde_json::from_str::<Wish>(&written).unwrap(), wish);
}
