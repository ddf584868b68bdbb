//! Other words for what people ask: a newcomer says "vector" where the documents say "slice".
//! A table; ranks nothing.

use rustc_hash::FxHashMap;

use super::tokens::Tokeniser;

/// A word as people ask, and the words that documents may use instead.
///
/// Rows are general to programming or to English; none is there for a single question.
const TABLE: &[(&str, &[&str])] = &[
    ("add", &["insert", "push", "append"]),
    ("allocate", &["alloc", "box"]),
    ("anonymous", &["closure"]),
    ("append", &["push", "extend", "add"]),
    ("argument", &["arg", "args", "parameter"]),
    ("array", &["slice", "vec"]),
    ("async", &["asynchronous", "future"]),
    ("asynchronous", &["async", "future"]),
    ("big", &["size", "large"]),
    ("boolean", &["bool"]),
    ("build", &["compile"]),
    ("catch", &["recover", "result"]),
    ("cause", &["because", "reason"]),
    ("character", &["char"]),
    ("class", &["struct"]),
    ("combine", &["join", "concat", "merge"]),
    ("compare", &["cmp", "eq", "ord", "comparison", "equality"]),
    ("compile", &["build"]),
    ("concatenate", &["concat", "append", "join", "push"]),
    ("concurrency", &["thread", "concurrent"]),
    ("constant", &["const"]),
    ("convert", &["conversion", "parse", "cast", "turn"]),
    ("copy", &["clone"]),
    ("count", &["len", "number"]),
    ("create", &["new", "define", "make"]),
    ("current", &["now"]),
    ("custom", &["own", "define"]),
    ("declare", &["define", "declaration"]),
    ("define", &["declare", "create", "definition"]),
    ("delete", &["remove"]),
    ("dependency", &["crate", "package"]),
    ("dictionary", &["hashmap", "map"]),
    ("directory", &["dir", "folder"]),
    ("documentation", &["doc", "rustdoc"]),
    ("docs", &["documentation", "doc", "rustdoc"]),
    ("duplicate", &["dedup", "clone"]),
    ("environment", &["env"]),
    ("equal", &["eq", "equality"]),
    ("erase", &["remove"]),
    ("error", &["err"]),
    ("exception", &["panic", "error"]),
    ("execute", &["run"]),
    ("fast", &["speed", "performance"]),
    ("fetch", &["download"]),
    ("filter", &["retain"]),
    ("float", &["f64", "f32", "floating"]),
    ("folder", &["dir", "directory"]),
    ("format", &["fmt"]),
    ("function", &["fn"]),
    ("global", &["static"]),
    ("heap", &["box"]),
    ("inheritance", &["trait", "inherit"]),
    ("inherit", &["trait", "inheritance"]),
    ("initialize", &["new", "init"]),
    ("input", &["stdin"]),
    ("install", &["installation"]),
    ("int", &["integer", "i32"]),
    ("integer", &["i32", "int"]),
    ("interface", &["trait"]),
    ("iterate", &["iter", "iterator", "loop"]),
    ("join", &["concat", "combine"]),
    ("kill", &["terminate", "exit"]),
    ("lambda", &["closure"]),
    ("largest", &["max", "maximum"]),
    ("biggest", &["max", "maximum"]),
    ("length", &["len"]),
    ("library", &["crate", "lib"]),
    ("lint", &["clippy"]),
    ("list", &["vec", "slice", "vector"]),
    ("lock", &["mutex"]),
    ("loop", &["iterate", "iteration"]),
    ("lowest", &["min", "minimum"]),
    ("maximum", &["max"]),
    ("merge", &["append", "extend", "combine"]),
    ("minimum", &["min"]),
    ("modify", &["change", "mutate", "mutable", "mut"]),
    ("mutable", &["mut"]),
    ("null", &["option", "none"]),
    ("nil", &["option", "none"]),
    ("object", &["struct", "instance"]),
    ("optimize", &["optimization", "opt"]),
    ("order", &["ord", "sort"]),
    ("output", &["stdout", "print"]),
    ("package", &["crate"]),
    ("parallel", &["thread", "concurrent"]),
    ("parse", &["convert"]),
    ("pause", &["sleep"]),
    ("power", &["pow"]),
    ("print", &["println", "display"]),
    ("quit", &["exit"]),
    ("read", &["input"]),
    ("reference", &["borrow", "ref"]),
    ("remove", &["delete", "drain", "pop"]),
    ("replace", &["substitute"]),
    ("reverse", &["rev"]),
    ("search", &["find", "contain"]),
    ("setting", &["option", "configuration"]),
    ("share", &["rc", "arc"]),
    ("size", &["len", "length"]),
    ("smallest", &["min", "minimum"]),
    ("start", &["begin", "spawn", "create"]),
    ("stop", &["exit", "end"]),
    ("string", &["str"]),
    ("substring", &["slice"]),
    ("switch", &["match"]),
    ("tall", &["height"]),
    ("terminal", &["stdin", "stdout", "command"]),
    ("text", &["string", "str"]),
    ("throw", &["panic"]),
    ("unique", &["dedup"]),
    ("update", &["upgrade"]),
    ("upgrade", &["update"]),
    ("variable", &["var", "binding"]),
    ("vec", &["vector", "slice"]),
    ("vector", &["vec", "slice"]),
    ("wait", &["sleep", "join"]),
];

/// The table with stems on both sides.
#[derive(Debug)]
pub(crate) struct Aliases(FxHashMap<String, Vec<String>>);

impl Aliases {
    /// For questions in the language of `tokeniser`; the table is English.
    pub(crate) fn new(tokeniser: &mut Tokeniser) -> Self {
        let mut aliases: FxHashMap<String, Vec<String>> = FxHashMap::default();
        for (asked, written) in TABLE {
            let asked = tokeniser.stem(asked).to_owned();
            let written = written.iter().map(|word| tokeniser.stem(word).to_owned());
            let row = aliases.entry(asked.clone()).or_default();
            row.extend(written.filter(|word| *word != asked));
        }
        Self(aliases)
    }

    /// Stems of the other words for a stem.
    pub(crate) fn of(&self, stem: &str) -> &[String] {
        self.0.get(stem).map_or(&[], Vec::as_slice)
    }
}
