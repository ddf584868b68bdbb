//! Keeps the invariants of `ARCHITECTURE.md` true: who may name which library, what stays pure, that the map is no fiction.

use std::path::{Path, PathBuf};

/// Every Rust file below a folder of the project, as a path from its root, with its text.
fn rust_files(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                // A file that holds nothing but the tests of the one beside it is compiled for them alone.
                if path.file_name().is_some_and(|file| file == "tests.rs") {
                    continue;
                }
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty(), "no Rust files in {folder}");
    found.sort();
    found
}

/// The code of a file: without its tests, comments and texts, which may speak of anything.
fn code(text: &str) -> String {
    let production = text.split("#[cfg(test)]").next().unwrap_or_default();
    production
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .flat_map(|line| line.split('"').step_by(2))
        .collect::<Vec<_>>()
        .join("\n")
}

fn names(text: &str, word: &str) -> bool {
    code(text)
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .any(|found| found == word)
}

#[test]
fn each_library_has_one_door() {
    for (library, door) in [
        ("serenity", "src/discord/"),
        ("poise", "src/discord/"),
        ("sqlx", "src/storage/"),
        ("sonar", "src/answers/"),
    ] {
        for (path, text) in rust_files("src") {
            assert!(
                path.starts_with(door) || !names(&text, library),
                "{path} names {library}: move that to {door}"
            );
        }
    }
}

#[test]
fn the_pure_modules_neither_wait_nor_read_the_clock_nor_log() {
    // The ports and the use case of the domain wait for what is behind them.
    let waiting = [
        "src/conversation/ports.rs",
        "src/conversation/in_flight.rs",
        "src/conversation/line.rs",
        "src/conversation/ask.rs",
        "src/conversation/place_settings.rs",
        "src/conversation/administering.rs",
    ];
    for folder in ["src/search", "src/conversation", "src/render"] {
        for (path, text) in rust_files(folder) {
            if waiting.contains(&path.as_str()) {
                continue;
            }
            for word in ["await", "async", "SystemTime", "Instant", "tracing"] {
                assert!(
                    !names(&text, word),
                    "{path} names {word}: decide here, act at the edge"
                );
            }
        }
    }
}

#[test]
fn modules_import_only_downward() {
    let levels: &[(&str, &[&str])] = &[
        ("src/ids.rs", &[]),
        ("src/clock.rs", &[]),
        ("src/settings", &["settings"]),
        ("src/telemetry", &["settings", "telemetry"]),
        ("src/search", &["ids", "clock", "settings", "search"]),
        ("src/store_error.rs", &[]),
        ("src/failpoint.rs", &[]),
        (
            "src/jobs",
            &["ids", "clock", "store_error", "failpoint", "jobs"],
        ),
        (
            "src/conversation",
            &[
                "ids",
                "clock",
                "settings",
                "search",
                "store_error",
                "failpoint",
                "jobs",
                "conversation",
            ],
        ),
        (
            "src/research",
            &[
                "ids",
                "clock",
                "settings",
                "search",
                "failpoint",
                "jobs",
                "conversation",
                "research",
            ],
        ),
        (
            "src/render",
            &[
                "ids",
                "clock",
                "search",
                "conversation",
                "research",
                "render",
            ],
        ),
        (
            "src/answers",
            &["settings", "search", "jobs", "conversation", "answers"],
        ),
        (
            "src/storage",
            &[
                "ids",
                "clock",
                "search",
                "jobs",
                "conversation",
                "failpoint",
                "storage",
            ],
        ),
        (
            "src/discord",
            &[
                "ids",
                "clock",
                "settings",
                "search",
                "failpoint",
                "jobs",
                "conversation",
                "research",
                "render",
                "discord",
            ],
        ),
    ];
    for (module, allowed) in levels {
        let files = rust_files("src")
            .into_iter()
            .filter(|(path, _)| path == module || path.starts_with(&format!("{module}/")));
        for (path, text) in files {
            for import in code(&text).split("crate::").skip(1) {
                let imported: String = import
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                assert!(
                    allowed.contains(&imported.as_str()),
                    "{path} imports {imported}: {module} may know {allowed:?} only"
                );
            }
        }
    }
}

#[test]
fn engines_know_only_what_they_are_made_of() {
    let engines = "crates/sonar-server/src/engines";
    let parts: &[(&str, &[&str])] = &[
        ("agent", &[]),
        ("corpus", &[]),
        ("web", &["corpus"]),
        ("writer", &["corpus"]),
        ("local", &["corpus", "web", "writer"]),
    ];
    for (part, allowed) in parts {
        for (path, text) in rust_files(&format!("{engines}/{part}")) {
            for (other, _) in parts.iter().filter(|(other, _)| other != part) {
                assert!(
                    allowed.contains(other) || !code(&text).contains(&format!("engines::{other}")),
                    "{path} knows {other}: {part} may know {allowed:?} only"
                );
            }
        }
    }
}

#[test]
fn the_parts_of_the_corpus_engine_know_only_those_before_them() {
    let corpus = "crates/sonar-server/src/engines/corpus";
    let ground = ["disk", "error", "progress", "report", "settings"];
    let parts: &[(&str, &[&str])] = &[
        ("documents", &["documents"]),
        ("index", &["documents", "index"]),
        ("search", &["documents", "index", "search", "Corpus"]),
    ];
    for (part, allowed) in parts {
        for (path, text) in rust_files(&format!("{corpus}/{part}")) {
            let code = code(&text);
            for import in code.split("engines::corpus::").skip(1) {
                let imported: String = import
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                assert!(
                    ground.contains(&imported.as_str()) || allowed.contains(&imported.as_str()),
                    "{path} imports {imported:?}: {part} may know {ground:?} and {allowed:?}, each by its name"
                );
            }
            assert!(
                !code.contains("super::super"),
                "{path} climbs out of its folder: name the place from `crate::` on"
            );
        }
    }
}

#[test]
fn every_write_to_discord_goes_through_the_places_that_ping_nobody() {
    let doors = ["src/discord/interactions.rs", "src/discord/courier.rs"];
    for (path, text) in rust_files("src/discord") {
        let writes = [
            "CreateMessage::new",
            "send_message",
            ".say(",
            "create_response",
            "edit_response",
            "create_followup",
            ".defer(",
        ]
        .into_iter()
        .find(|call| code(&text).contains(call));
        assert!(
            doors.contains(&path.as_str()) || writes.is_none(),
            "{path} calls {writes:?}: send through {doors:?}, which ping nobody"
        );
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    for folder in ["src", "crates", "tests"] {
        for (path, text) in rust_files(folder) {
            let first = text.lines().next().unwrap_or_default();
            assert!(
                first.starts_with("//! "),
                "{path} begins without a `//!` line that says what it is for"
            );
        }
    }
}

#[test]
fn paths_named_in_the_documents_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for document in ["README.md", "ARCHITECTURE.md"] {
        let text = std::fs::read_to_string(root.join(document)).unwrap();
        for quoted in text.split('`').skip(1).step_by(2) {
            let is_path = [
                "src/", "crates/", "config/", "tests/", "docs/", "benches/", ".ci/",
            ]
            .iter()
            .any(|folder| quoted.starts_with(folder));
            if is_path && !quoted.contains(['*', ' ', '{']) {
                assert!(
                    root.join(quoted).exists(),
                    "{document} names {quoted}, which does not exist"
                );
            }
        }
    }
}
