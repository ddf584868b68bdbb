//! The engine from files to the written answer, on a small world of documents about tea.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

const BREWING: &str = "\
---
title: Brewing tea
url: https://tea.example/guide/brewing
date: 2024-03-01
updated: 2024-06-01
---
Tea is a drink made of leaves and hot water.

## How hot should the water be?

Green tea wants water of 70 to 80 degrees. Black tea wants boiling water. Water that is too hot makes
green tea bitter, because it draws out the tannins.

## Steeping times

Steep green tea for two minutes and black tea for four. Use `steep_for` to set the timer:

```sh
kettle --steep_for 120
```

| Tea | Minutes |
| --- | --- |
| green | 2 |
| black | 4 |
";

const POTS: &str = "\
---
title: Tea pots
url: https://pots.example/pots
date: 2020-01-15
---
## Cleaning a pot

Rinse the pot with hot water. Never use soap on clay: it keeps the taste.

## Cast iron

A cast iron pot rusts when it stays wet. *Dry* it with a [cloth](https://cloth.example) and # leave it open.
";

const GERMAN: &str = "---\ntitle: Tee\nurl: https://tee.example/de\nlang: de\n---\n## Grüner Tee\n\nGrüner Tee wird mit heißem Wasser aufgegossen.\n";

const SCRIPT: &str = "<html lang=\"en\"><head><title>Tasting</title></head><body><main><h1 id=\"tasting\">Tasting</h1>\
<p>Slurp the tea loudly so that air carries the aroma to your nose.</p><script>alert(1)</script></main></body></html>";

fn world() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("brewing.md", BREWING),
        ("pots.md", POTS),
        ("german.md", GERMAN),
        ("tasting.html", SCRIPT),
        ("notes.txt", "Shopping\n\nBuy oolong leaves on Monday."),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn settings(folder: &Path) -> CorpusSettings {
    CorpusSettings {
        folders: vec![folder.to_owned()],
        handbook: false,
        rust_docs: RustDocs::Off,
        index_dir: None,
        language: "en".to_owned(),
    }
}

fn open(folder: &Path) -> Corpus {
    Corpus::open(&settings(folder), &Silent).unwrap()
}

fn query(text: &str) -> Query {
    Query {
        text: text.to_owned(),
        ..Query::default()
    }
}

const BUDGET: Budget = Budget {
    sources: 3,
    words: 150,
    extent: Extent::Excerpt,
};

fn ask(corpus: &Corpus, text: &str) -> Found {
    corpus.find(&query(text), &Filters::default(), &BUDGET)
}

fn first_url(found: &Found) -> &str {
    found.excerpts.first().map_or("", |excerpt| &excerpt.url)
}

#[test]
fn an_answer_names_and_quotes_the_right_section() {
    let folder = world();
    let found = ask(&open(folder.path()), "How long do I steep green tea?");
    assert_eq!(found.level, Level::Answer);
    let excerpt = &found.excerpts[0];
    assert_eq!(
        excerpt.url,
        "https://tea.example/guide/brewing#steeping-times"
    );
    assert_eq!(excerpt.date.as_deref(), Some("2024-03-01"));
    assert_eq!(excerpt.last_updated.as_deref(), Some("2024-06-01"));
    let written = write(&found).concat();
    assert!(
        written.starts_with("**Brewing tea › Steeping times**\n> Steep green tea for two minutes"),
        "{written}"
    );
    assert!(
        written.contains("`steep_for`") && written.contains("[1]"),
        "{written}"
    );
}

#[test]
fn every_kind_of_file_is_found() {
    let folder = world();
    let corpus = open(folder.path());
    let name = folder
        .path()
        .file_name()
        .unwrap()
        .to_string_lossy()
        .into_owned();
    let check = |question: &str, url: &str| {
        assert_eq!(first_url(&ask(&corpus, question)), url, "{question}")
    };
    check(
        "Why should I slurp tea?",
        &format!("local:/{name}/tasting.html#tasting"),
    );
    check(
        "When do I buy oolong leaves?",
        &format!("local:/{name}/notes.txt"),
    );
    check(
        "How do I clean a pot?",
        "https://pots.example/pots#cleaning-a-pot",
    );
    check(
        "What does steep_for do?",
        "https://tea.example/guide/brewing#steeping-times",
    );
}

#[test]
fn what_the_documents_do_not_answer_is_refused_with_the_nearest_pages() {
    let folder = world();
    let found = ask(
        &open(folder.path()),
        "Who won the football championship with hot boots?",
    );
    assert_eq!(found.level, Level::Nothing);
    assert!(found.excerpts.is_empty() && !found.nearest.is_empty());
    let written = write(&found).concat();
    assert!(
        written.starts_with("Nothing found in the local sources.\n\nNearest pages: "),
        "{written}"
    );
}

#[test]
fn a_question_of_nothing_finds_nothing() {
    let folder = world();
    let corpus = open(folder.path());
    for text in ["", "   ", "?", "how do I", "🙂", "\u{0}"] {
        assert_eq!(ask(&corpus, text).level, Level::Nothing, "{text:?}");
    }
}

#[test]
fn a_long_question_about_something_else_is_not_answered_for_its_length() {
    let folder = world();
    let corpus = open(folder.path());
    let rambling = "My neighbour parked his lorry beside our garden fence yesterday evening, and since then the kitchen window \
                    rattles whenever trains pass, the cat refuses breakfast, and water drips from somewhere above the attic stairs";
    assert_eq!(ask(&corpus, rambling).level, Level::Nothing);
}

#[test]
fn a_follow_up_is_read_with_the_question_before() {
    let folder = world();
    let corpus = open(folder.path());
    let follow_up = Query {
        text: "And black?".to_owned(),
        before: Some("How long do I steep green tea?".to_owned()),
        language: None,
    };
    let found = corpus.find(&follow_up, &Filters::default(), &BUDGET);
    assert_eq!(
        first_url(&found),
        "https://tea.example/guide/brewing#steeping-times"
    );
    let new_subject = Query {
        text: "How do I clean a clay pot?".to_owned(),
        ..follow_up
    };
    let found = corpus.find(&new_subject, &Filters::default(), &BUDGET);
    assert_eq!(
        first_url(&found),
        "https://pots.example/pots#cleaning-a-pot"
    );
}

#[test]
fn filters_hold_for_every_excerpt() {
    let folder = world();
    let corpus = open(folder.path());
    let hot = |filters: Filters| corpus.find(&query("hot water"), &filters, &BUDGET);
    assert!(first_url(&hot(Filters::default())).starts_with("https://tea.example/"));

    let only_pots = hot(Filters {
        domains: vec![Domain::read("pots.example").unwrap()],
        ..Filters::default()
    });
    assert_eq!(
        first_url(&only_pots),
        "https://pots.example/pots#cleaning-a-pot"
    );
    assert_eq!(only_pots.excerpts.len(), 1);

    let recent = hot(Filters {
        published_after: documents::dates::parse_day("2023-01-01"),
        ..Filters::default()
    });
    assert!(
        recent
            .excerpts
            .iter()
            .all(|excerpt| excerpt.date.as_deref() > Some("2023-01-01"))
    );

    let german = corpus.find(
        &query("grüner Tee"),
        &Filters {
            languages: vec!["de".to_owned()],
            ..Filters::default()
        },
        &BUDGET,
    );
    assert_eq!(first_url(&german), "https://tee.example/de#grüner-tee");
    assert_eq!(
        ask(&corpus, "grüner Tee").level,
        Level::Nothing,
        "English is asked for"
    );
}

#[test]
fn a_language_with_a_region_is_the_language() {
    let folder = world();
    fs::write(
        folder.path().join("british.md"),
        "---\nlang: en-GB\n---\n# Biscuits\n\nBiscuits are dunked quickly.",
    )
    .unwrap();
    let settings = CorpusSettings {
        language: "en-US".to_owned(),
        ..settings(folder.path())
    };
    let corpus = Corpus::open(&settings, &Silent).unwrap();
    assert_eq!(ask(&corpus, "dunking a biscuit").level, Level::Answer);
    assert_eq!(ask(&corpus, "steeping times").level, Level::Answer);
}

#[test]
fn a_kept_index_is_loaded_until_a_document_changes() {
    let folder = world();
    let kept = tempfile::tempdir().unwrap();
    let settings = CorpusSettings {
        index_dir: Some(kept.path().join("index")),
        ..settings(folder.path())
    };
    let reopen = || Corpus::open(&settings, &Silent).unwrap();
    let built = reopen();
    assert!(!built.report().from_disk);
    let loaded = reopen();
    assert!(loaded.report().from_disk);
    assert_eq!(loaded.report().passages, built.report().passages);
    let question = "How hot should water for green tea be?";
    assert_eq!(
        write(&ask(&loaded, question)),
        write(&ask(&built, question))
    );
    assert_eq!(
        write(&ask(&loaded, question)),
        write(&ask(&open(folder.path()), question))
    );

    let file = settings.index_folder().unwrap().join("corpus.index");
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    assert!(!reopen().report().from_disk, "damaged");
    assert!(reopen().report().from_disk, "mended");

    fs::write(
        folder.path().join("new.md"),
        "# Matcha\n\nMatcha is powdered tea.",
    )
    .unwrap();
    let changed = reopen();
    assert!(!changed.report().from_disk);
    assert_eq!(ask(&changed, "What is matcha?").level, Level::Answer);
    assert!(
        fs::read_dir(settings.index_folder().unwrap())
            .unwrap()
            .count()
            == 1,
        "nothing is left aside"
    );
}

#[test]
fn two_choices_of_documents_keep_an_index_each() {
    let (folder, other) = (world(), world());
    let kept = tempfile::tempdir().unwrap();
    let open = |documents: &Path| {
        let index_dir = Some(kept.path().to_owned());
        let settings = CorpusSettings {
            index_dir,
            ..settings(documents)
        };
        Corpus::open(&settings, &Silent).unwrap().report().from_disk
    };
    assert!(!open(folder.path()) && !open(other.path()));
    assert!(open(folder.path()) && open(other.path()));
}

#[test]
fn documents_that_cannot_be_read_are_named() {
    let folder = world();
    fs::write(folder.path().join("latin1.md"), b"# Caf\xe9\n\nText.").unwrap();
    fs::write(
        folder.path().join("huge.txt"),
        vec![b'a'; 2 * 1024 * 1024 + 1],
    )
    .unwrap();
    let corpus = open(folder.path());
    let skipped: Vec<_> = corpus
        .report()
        .skipped
        .iter()
        .map(|skipped| skipped.why.as_str())
        .collect();
    assert_eq!(skipped, ["larger than 2 MB", "not UTF-8"]);
    assert!(corpus.report().skipped[1].path.ends_with("latin1.md"));
    assert_eq!(corpus.report().documents, 5);
    assert_eq!(corpus.report().without_address, 2);
}

#[cfg(unix)]
#[test]
fn a_broken_link_is_named_and_a_pipe_is_never_opened() {
    let folder = world();
    std::os::unix::fs::symlink("nowhere.md", folder.path().join("broken.md")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket.txt")).unwrap();
    let corpus = open(folder.path());
    let skipped = &corpus.report().skipped;
    assert_eq!(skipped.len(), 1);
    assert!(skipped[0].path.ends_with("broken.md") && skipped[0].why.starts_with("cannot be read"));
}

#[test]
fn an_index_that_cannot_be_kept_still_answers() {
    let folder = world();
    let occupied = folder.path().join("brewing.md");
    let settings = CorpusSettings {
        index_dir: Some(occupied),
        ..settings(folder.path())
    };
    let corpus = Corpus::open(&settings, &Silent).unwrap();
    assert!(
        corpus
            .report()
            .notes
            .iter()
            .any(|note| note.contains("cannot be kept"))
    );
    assert_eq!(
        ask(&corpus, "How hot should the water be?").level,
        Level::Answer
    );
}

#[test]
fn mistakes_in_the_settings_are_sentences() {
    let nothing = CorpusSettings {
        folders: Vec::new(),
        ..settings(Path::new(""))
    };
    let error = Corpus::open(&nothing, &Silent).unwrap_err();
    assert!(error.to_string().contains("name a folder"), "{error}");
    let unreadable = tempfile::tempdir().unwrap();
    fs::write(unreadable.path().join("only.md"), b"\xff\xfe").unwrap();
    let error = Corpus::open(&settings(unreadable.path()), &Silent).unwrap_err();
    assert!(error.to_string().contains("only.md: not UTF-8)"), "{error}");
}

/// The words of a document without the marks of its format.
fn words_of(text: &str) -> String {
    let marks = text
        .replace(['`', '*', '|'], " ")
        .replace("[cloth](https://cloth.example)", "cloth");
    marks.split_whitespace().collect::<Vec<_>>().join(" ")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is asked: word for word, within the budget, the same every time.
    #[test]
    fn excerpts_are_verbatim_and_repeatable(
        words in proptest::collection::vec(
            prop::sample::select(vec![
                "green", "tea", "water", "hot", "pot", "clean", "iron", "how", "why", "steep_for", "minutes", "dry",
                "bitter", "slurp", "pizza", "--steep_for", "\"", "`", "?",
            ]),
            0..7,
        ),
        sources in 1_usize..5,
        budget_words in 16_usize..200,
    ) {
        let folder = world();
        let corpus = open(folder.path());
        let all = words_of(&[BREWING, POTS, GERMAN].concat());
        let budget = Budget { sources, words: budget_words, extent: Extent::Excerpt };
        let text = words.join(" ");
        let found = corpus.find(&query(&text), &Filters::default(), &budget);
        prop_assert!(found.excerpts.len() <= sources);
        for excerpt in found.excerpts.iter().filter(|excerpt| excerpt.url.starts_with("https:")) {
            for line in excerpt.text.lines() {
                for sentence in index::sentences::split(line) {
                    let sentence = words_of(sentence);
                    prop_assert!(all.contains(&sentence), "{sentence:?} is not in the documents");
                }
            }
        }
        let again = corpus.find(&query(&text), &Filters::default(), &budget);
        prop_assert_eq!(write(&found), write(&again));
    }
}

/// Pages that were found by a word all have it, and it is what the question is about all the same.
#[test]
fn pages_beside_the_documents_are_searched_with_words_as_rare_as_in_both() {
    let folder = world();
    let corpus = open(folder.path());
    let page = |number: usize, text: &str| {
        let address = format!("https://pages.example/{number}");
        let html = format!("<title>Matcha</title><p>{text}</p>");
        documents::web_page::read(&html, true, &address.parse().unwrap()).map(|page| Document {
            language: Some("en".to_owned()),
            ..page
        })
    };
    let pages: Vec<Document> = [
        "Matcha is whisked with a bamboo brush until it foams.",
        "Matcha is stored in the dark, away from what smells.",
        "Matcha comes from shaded fields.",
    ]
    .iter()
    .enumerate()
    .filter_map(|(number, text)| page(number, text))
    .collect();
    let beside = corpus.beside(pages);
    let documents = corpus.index.head.passages.len();
    assert_eq!(beside.index.head.passages.len(), 3);
    let rarity =
        |all: usize, with_it: f32| (1.0 + (all as f32 - with_it + 0.5) / (with_it + 0.5)).ln();
    assert_eq!(beside.index.rarity("matcha"), rarity(documents + 3, 3.0));
    assert_eq!(beside.index.rarity("unheard"), rarity(documents + 3, 0.0));
    let found = ask(&beside, "How is matcha stored?");
    assert_eq!(found.level, Level::Answer);
    assert_eq!(first_url(&found), "https://pages.example/1");
}
