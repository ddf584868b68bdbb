//! Evaluations of a small world, from the file to what is printed.

use std::fs;

use tempfile::TempDir;

use super::super::{CorpusSettings, RustDocs, Silent};
use super::*;

const TEA: &str = "# Tea\n\n## How hot should the water be?\n\nGreen tea wants water of 70 degrees. Black tea wants it boiling.\n\n\
    ## Steeping\n\nSteep green tea for two minutes.\n";

fn world(plan: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("docs")).unwrap();
    fs::write(folder.path().join("docs/tea.md"), TEA).unwrap();
    fs::write(
        folder.path().join("docs/corpus.toml"),
        "base_url = \"https://tea.example\"",
    )
    .unwrap();
    fs::write(folder.path().join("plan.toml"), plan).unwrap();
    folder
}

fn run(plan: &str) -> Result<Evaluation, EvalError> {
    let folder = world(plan);
    let settings = CorpusSettings {
        folders: Vec::new(),
        handbook: false,
        rust_docs: RustDocs::Off,
        index_dir: None,
        language: "en".to_owned(),
    };
    evaluate(&folder.path().join("plan.toml"), &settings, &Silent)
}

const PLAN: &str = r#"
[corpora.docs]
folders = ["docs"]

[[sets]]
name = "tea"
corpora = ["docs"]
gates = { recall_at_1 = 0.9, refused_at_most = 0.0, citations_valid = 1.0, excerpts_verbatim = 1.0 }

[[sets.questions]]
question = "How hot should the water be?"
expect = ["tea.md#how-hot-should-the-water-be"]

[[sets.questions]]
question = "For how many minutes do I steep green tea?"
expect = ["docs/tea.md#elsewhere", "tea.md#steeping"]

[[sets]]
name = "football"
corpora = ["docs"]
outside = true
gates = { refused_at_least = 0.7 }

[[sets.questions]]
question = "Who won the football championship?"
"#;

#[test]
fn figures_are_counted_from_answers() {
    let evaluation = run(PLAN).unwrap();
    assert!(
        evaluation.missed_gates.is_empty(),
        "{:?}",
        evaluation.missed_gates
    );
    let tea = &evaluation.sets[0].figures;
    assert_eq!(
        (tea.questions, tea.recall_at_1, tea.mrr),
        (2, Some(1.0), Some(1.0))
    );
    assert_eq!(
        (tea.citations_valid, tea.excerpts_verbatim, tea.refused),
        (1.0, 1.0, 0.0)
    );
    let football = &evaluation.sets[1].figures;
    assert_eq!(
        (football.questions, football.refused, football.recall_at_1),
        (1, 1.0, None)
    );
    let printed = evaluation.to_string();
    assert!(
        printed.contains("right section: first 1.000, in the first ten 1.000, MRR 1.000"),
        "{printed}"
    );
}

#[test]
fn a_missed_gate_is_named() {
    let wrong = PLAN.replace(
        "tea.md#how-hot-should-the-water-be",
        "tea.md#no-such-section",
    );
    let evaluation = run(&wrong).unwrap();
    assert_eq!(
        evaluation.missed_gates,
        ["tea: recall_at_1 is 0.500, and must be at least 0.900"]
    );
    assert_eq!(
        evaluation.sets[0].nowhere,
        ["How hot should the water be? (tea.md#no-such-section)"]
    );
    assert_eq!(evaluation.sets[0].misses.len(), 1);
}

#[test]
fn questions_that_are_to_be_apart_may_not_say_what_the_heading_says() {
    let apart = PLAN.replacen(
        "corpora = [\"docs\"]",
        "corpora = [\"docs\"]\napart = true",
        1,
    );
    let evaluation = run(&apart).unwrap();
    assert_eq!(
        evaluation.sets[0].shared_words.len(),
        2,
        "{:?}",
        evaluation.sets[0].shared_words
    );
    assert!(
        evaluation.missed_gates[0].contains("2 questions share a word"),
        "{:?}",
        evaluation.missed_gates
    );
}

#[test]
fn a_question_is_from_outside_only_where_no_section_answers_it() {
    let both = PLAN.replace(
        "question = \"Who won the football championship?\"",
        "question = \"How hot?\"\nexpect = [\"tea.md#steeping\"]",
    );
    assert_eq!(run(&both).unwrap().sets[1].figures.questions, 0);
}

#[test]
fn mistakes_in_the_file_are_named() {
    let check = |from: &str, to: &str, expected: &str| {
        let error = run(&PLAN.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check("name = \"tea\"", "nome = \"tea\"", "unknown field `nome`");
    check(
        "corpora = [\"docs\"]",
        "corpora = [\"dogs\"]",
        "asks the corpus `dogs`, which is not there; there are: docs",
    );
    check(
        "folders = [\"docs\"]",
        "",
        "the corpus `docs` has no documents",
    );
    check(
        "folders = [\"docs\"]",
        "folders = [\"dogs\"]",
        "the corpus `docs`: the corpus folder",
    );
    check(
        "corpora = [\"docs\"]",
        "corpora = [\"docs\"]\nfiles = [\"more.toml\"]",
        "more.toml: ",
    );
    check(
        "recall_at_1 = 0.9",
        "recall_at_1 = 90",
        "must be a share from 0 to 1, not 90",
    );
    check(
        "recall_at_1 = 0.9",
        "recall_at_1 = nan",
        "must be a share from 0 to 1",
    );
    check(
        "refused_at_least = 0.7",
        "recall_at_1 = 0.7",
        "questions from outside have none",
    );
    check(
        "question = \"How hot should the water be?\"",
        "question = \" \"",
        "empty question",
    );
    check(
        "expect = [\"tea.md#how-hot-should-the-water-be\"]",
        "",
        "has no `expect`",
    );
    check(PLAN, "", "missing field `corpora`");
    let error = evaluate(
        std::path::Path::new("/nowhere/plan.toml"),
        &CorpusSettings::default(),
        &Silent,
    );
    assert!(
        error
            .unwrap_err()
            .to_string()
            .starts_with("cannot read /nowhere/plan.toml")
    );
}
