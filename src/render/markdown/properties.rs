//! What holds for every text: nothing is lost, nothing leads astray, and what is shown is read as itself.

use proptest::prelude::*;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::generator::{Generated, Wildness, texts};
use super::tests::source;
use super::*;
use crate::conversation::answer::Source;
use crate::conversation::language::Language;
use crate::render::body::{Atom, Block, Kind, Line};
use crate::render::words::words;

/// How many texts each property is tried on.
const CASES: u32 = 10_000;

fn sources() -> Vec<Source> {
    vec![
        source(1, "https://a.example/one"),
        source(2, "https://b.example/two"),
        source(3, "javascript:alert(1)"),
        source(4, "https://a.example/one"),
    ]
}

fn rendered(text: &str) -> Body {
    let sources = sources();
    let bibliography = Bibliography::of(&sources);
    read(text, &bibliography, words(Language::English))
}

fn lines(block: &Block) -> Vec<&Line> {
    match &block.kind {
        Kind::Text(lines) => lines.iter().collect(),
        Kind::Code(_) => Vec::new(),
        Kind::Table(table) => table.listed.iter().chain(&table.markers).collect(),
    }
}

fn atoms(body: &Body) -> Vec<&Atom> {
    let lines = body.blocks.iter().flat_map(lines);
    lines.flat_map(|line| &line.atoms).collect()
}

/// The words of a body in the order in which they are shown; the names of rows beside their markers aside.
fn words_of(body: &Body) -> Vec<String> {
    let mut shown = body.clone();
    for block in &mut shown.blocks {
        if let Kind::Table(table) = &mut block.kind {
            table.markers = None;
        }
    }
    let text = shown.markdown();
    let behind = text.split('w').skip(1);
    let digits = behind.map(|behind| {
        let end = behind.find(|c: char| !c.is_ascii_digit());
        behind
            .get(..end.unwrap_or(behind.len()))
            .unwrap_or_default()
    });
    let found = digits.filter(|digits| !digits.is_empty());
    found.map(|digits| format!("w{digits}")).collect()
}

/// Numbers in brackets that are never shown as mere text: sources bear them. The third source cannot be linked.
const LINKED: [&str; 3] = ["[1]", "[2]", "[4]"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn rendering_twice_changes_nothing(generated in texts(Wildness::Wild)) {
        let once = rendered(&generated.text).markdown();
        let twice = rendered(&once).markdown();
        prop_assert_eq!(&once, &twice, "{}", generated.text);
    }

    #[test]
    fn every_word_is_shown_once_and_in_order(generated in texts(Wildness::Tame)) {
        let Generated { text, words } = generated;
        let expected: Vec<String> = (1..=words).map(|number| format!("w{number}")).collect();
        prop_assert_eq!(words_of(&rendered(&text)), expected, "{}", text);
    }

    #[test]
    fn every_shown_number_leads_to_its_source_and_no_link_astray(generated in texts(Wildness::Wild)) {
        let shown = rendered(&generated.text).markdown();
        let mut prose = String::new();
        let mut link: Option<(String, String)> = None;
        let mut in_code = false;
        for event in Parser::new(&shown) {
            match event {
                Event::Start(Tag::CodeBlock(_)) => in_code = true,
                Event::End(TagEnd::CodeBlock) => in_code = false,
                Event::Start(Tag::Link { dest_url, .. }) => {
                    link = Some((dest_url.into_string(), String::new()));
                }
                Event::End(TagEnd::Link) => {
                    let (address, label) = link.take().unwrap();
                    let known = ["https://a.example/", "https://b.example/"]
                        .iter()
                        .any(|host| address.starts_with(host));
                    match label.as_str() {
                        "1" => prop_assert_eq!(address, "https://a.example/one"),
                        "2" => prop_assert_eq!(address, "https://b.example/two"),
                        _ => prop_assert!(known || label == address, "{}", &shown),
                    }
                    prose.push('\n');
                }
                Event::Start(Tag::Image { .. }) => prop_assert!(false, "a picture: {}", &shown),
                Event::Text(text) if !in_code => match &mut link {
                    Some((_, label)) => label.push_str(&text),
                    None => prose.push_str(&text),
                },
                _ => prose.push('\n'),
            }
        }
        for number in LINKED {
            prop_assert!(!prose.contains(number), "{} in {}", number, &shown);
        }
    }

    #[test]
    fn nothing_pings_and_every_atom_is_within_its_limit(generated in texts(Wildness::Wild)) {
        let body = rendered(&generated.text);
        for atom in atoms(&body) {
            let length = atom.text.chars().count();
            prop_assert!((1..=Atom::LONGEST).contains(&length));
            if atom.text.trim_start_matches(crate::render::body::GAP).starts_with('`') {
                continue;
            }
            for ping in ["@everyone", "@here", "<@", "<#", "<:", "<t:", "discord.gg/"] {
                prop_assert!(!atom.text.contains(ping), "{}", atom.text);
            }
        }
    }

    #[test]
    fn any_text_at_all_is_rendered_and_rendered_twice(text in "\\PC{0,200}|[\\PC\n]{0,80}") {
        let once = rendered(&text).markdown();
        prop_assert_eq!(&once, &rendered(&once).markdown(), "{:?}", text);
    }
}
