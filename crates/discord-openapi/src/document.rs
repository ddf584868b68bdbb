//! Finds the document, reads it once, and compiles each of its schemas once. Judges nothing.

use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use jsonschema::{PatternOptions, Registry, Validator};
use serde_json::{Value, json};

use crate::{events, templates::Templates, violation::Violation};

/// The variable that says where the document is.
const VARIABLE: &str = "DISCORD_OPENAPI";
/// Where it is looked for otherwise; the file is ignored by git.
const AT_ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../discord-openapi.json");

/// How the document is called within schemas.
const DISCORD: &str = "urn:discord";
/// How our own shapes of events are called, which the document does not have.
const EVENTS: &str = "urn:events";

/// The document, ready to judge.
pub struct Document {
    root: Value,
    templates: Templates,
    registry: Registry<'static>,
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

/// The document is there and cannot be used.
#[derive(Debug)]
pub struct Unusable(String);

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unusable {}

/// The document of this machine, read at the first call; `None` when there is none.
///
/// # Panics
///
/// When it is there and cannot be read: whoever names a document wants it to be used.
pub(crate) fn at_hand() -> Option<&'static Document> {
    static AT_HAND: OnceLock<Option<Document>> = OnceLock::new();
    AT_HAND
        .get_or_init(|| match path() {
            Some(path) => Some(Document::read(&path).unwrap_or_else(|error| panic!("{error}"))),
            None => {
                say_that_it_is_missing();
                None
            }
        })
        .as_ref()
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no settings loader; this variable is theirs alone"
)]
fn path() -> Option<PathBuf> {
    let named = env::var(VARIABLE)
        .ok()
        .filter(|path| !path.is_empty())
        .map(PathBuf::from);
    named.or_else(|| Some(PathBuf::from(AT_ROOT)).filter(|path| path.exists()))
}

#[expect(
    clippy::print_stderr,
    reason = "whoever runs the tests must know that they have judged less"
)]
fn say_that_it_is_missing() {
    eprintln!(
        "NOT JUDGED: Discord's OpenAPI document is not here. Name it with {VARIABLE}, or put it at the workspace's root as discord-openapi.json"
    );
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is not such a document.
    pub fn read(path: &Path) -> Result<Self, Unusable> {
        let unusable = |why: &dyn std::fmt::Display| {
            Unusable(format!(
                "{} cannot be used as Discord's OpenAPI document: {why}",
                path.display()
            ))
        };
        let text = fs::read(path).map_err(|error| unusable(&error))?;
        let root: Value = serde_json::from_slice(&text).map_err(|error| unusable(&error))?;
        Self::of(root).map_err(|why| unusable(&why))
    }

    pub(crate) fn of(root: Value) -> Result<Self, String> {
        let templates = Templates::of(&root).ok_or("it has no paths")?;
        let registry = Registry::new()
            .add(DISCORD, root.clone())
            .and_then(|registry| registry.add(EVENTS, events::shapes().clone()))
            .and_then(|registry| registry.prepare())
            .map_err(|error| error.to_string())?;
        Ok(Self {
            root,
            templates,
            registry,
            compiled: Mutex::default(),
        })
    }

    pub(crate) fn templates(&self) -> &Templates {
        &self.templates
    }

    /// What the document has at a JSON pointer, one reference followed.
    pub(crate) fn at(&self, pointer: &str) -> Option<&Value> {
        let found = self.root.pointer(pointer)?;
        match found.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.root.pointer(reference.strip_prefix('#')?),
            None => Some(found),
        }
    }

    /// What the schema at a JSON pointer of the document has against a value.
    pub(crate) fn against(&self, pointer: &str, value: &Value) -> Vec<Violation> {
        self.check(&format!("{DISCORD}#{}", in_fragment(pointer)), value)
    }

    /// What our own shape of an event has against its data; `None` when there is no shape of this kind.
    pub(crate) fn against_event(&self, kind: &str, data: &Value) -> Option<Vec<Violation>> {
        events::shapes().get(kind)?;
        Some(self.check(&format!("{EVENTS}#/{kind}"), data))
    }

    fn check(&self, reference: &str, value: &Value) -> Vec<Violation> {
        let validator = self.compiled(reference);
        validator
            .iter_errors(value)
            .map(|error| Violation::of(&error))
            .collect()
    }

    fn compiled(&self, reference: &str) -> Arc<Validator> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = compiled.get(reference) {
            return Arc::clone(validator);
        }
        let validator = jsonschema::options()
            .with_registry(&self.registry)
            .with_pattern_options(PatternOptions::regex())
            .should_validate_formats(true)
            .offline()
            .build(&json!({"$ref": reference}))
            .unwrap_or_else(|error| panic!("the schema {reference} cannot be compiled: {error}"));
        let validator = Arc::new(validator);
        compiled.insert(reference.to_owned(), Arc::clone(&validator));
        validator
    }
}

/// A JSON pointer as the fragment of a URI.
fn in_fragment(pointer: &str) -> String {
    pointer.replace('{', "%7B").replace('}', "%7D")
}
