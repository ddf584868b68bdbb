//! Other words for what people ask: a newcomer says "vector" where the documents say "slice".
//! A table; ranks nothing.

use rustc_hash::FxHashMap;

use super::weights::WEIGHTS;
use crate::engines::corpus::index::tokens::Tokeniser;

/// A word and how programmers shorten it: nearly the same word, in both directions.
const SHORT_FORMS: &[(&str, &str)] = &[
    ("allocate", "alloc"),
    ("argument", "arg"),
    ("argument", "args"),
    ("asynchronous", "async"),
    ("boolean", "bool"),
    ("character", "char"),
    ("compare", "cmp"),
    ("concatenate", "concat"),
    ("configuration", "config"),
    ("constant", "const"),
    ("directories", "dirs"),
    ("directory", "dir"),
    ("docs", "doc"),
    ("documentation", "doc"),
    ("duplicate", "dedup"),
    ("environment", "env"),
    ("equal", "eq"),
    ("error", "err"),
    ("format", "fmt"),
    ("function", "fn"),
    ("initialize", "init"),
    ("integer", "int"),
    ("iterate", "iter"),
    ("iterator", "iter"),
    ("length", "len"),
    ("library", "lib"),
    ("maximum", "max"),
    ("minimum", "min"),
    ("module", "mod"),
    ("mutable", "mut"),
    ("order", "ord"),
    ("parameter", "param"),
    ("power", "pow"),
    ("process", "proc"),
    ("reference", "ref"),
    ("remainder", "rem"),
    ("reverse", "rev"),
    ("standard", "std"),
    ("string", "str"),
    ("structure", "struct"),
    ("substring", "substr"),
    ("synchronize", "sync"),
    ("variable", "var"),
    ("vector", "vec"),
];

/// A word as people ask, and the words that documents may use instead.
///
/// Rows are general to programming or to English; none is there for a single question.
const OTHER_WORDS: &[(&str, &[&str])] = &[
    ("abort", &["panic"]),
    ("access", &["visibility", "get"]),
    ("add", &["insert", "push", "append"]),
    ("allocate", &["box"]),
    ("anonymous", &["closure"]),
    ("answer", &["reply"]),
    ("app", &["program", "binary"]),
    ("append", &["push", "extend", "add"]),
    ("application", &["program", "binary"]),
    ("argument", &["parameter"]),
    ("array", &["slice", "vec"]),
    ("async", &["future"]),
    ("asynchronous", &["future"]),
    ("attribute", &["field"]),
    ("average", &["mean"]),
    ("begin", &["start"]),
    ("big", &["size", "large"]),
    ("biggest", &["max", "maximum"]),
    ("blank", &["whitespace", "empty"]),
    ("bug", &["error"]),
    ("build", &["compile"]),
    ("capital", &["uppercase"]),
    ("catch", &["recover", "result"]),
    ("cause", &["because", "reason"]),
    ("change", &["modify", "convert", "set", "mutate"]),
    ("check", &["test", "whether", "true", "verify"]),
    ("choose", &["select"]),
    ("class", &["struct"]),
    ("clear", &["empty"]),
    ("combine", &["join", "concat", "merge"]),
    ("command", &["process", "program"]),
    ("compare", &["eq", "ord", "comparison", "equality"]),
    ("compile", &["build"]),
    ("concatenate", &["append", "join", "push"]),
    ("concurrency", &["thread", "concurrent"]),
    ("configure", &["setting", "configuration"]),
    ("console", &["stdout", "terminal", "output"]),
    ("contain", &["include"]),
    (
        "convert",
        &["conversion", "parse", "cast", "turn", "transform"],
    ),
    ("copy", &["clone"]),
    ("cost", &["price", "free"]),
    ("count", &["len", "number"]),
    ("crash", &["panic", "abort"]),
    ("create", &["new", "define", "make"]),
    ("current", &["now"]),
    ("custom", &["own", "define"]),
    ("cycle", &["leak"]),
    ("date", &["time"]),
    ("decimal", &["precision", "float"]),
    ("decimals", &["precision"]),
    ("declare", &["define", "declaration"]),
    ("define", &["declare", "create", "definition"]),
    ("delete", &["remove"]),
    ("dependency", &["crate", "package"]),
    ("deploy", &["run", "install"]),
    ("dictionary", &["hashmap", "map"]),
    ("directory", &["folder"]),
    ("disable", &["off", "allow"]),
    ("display", &["print", "show"]),
    ("docs", &["documentation", "rustdoc"]),
    ("documentation", &["rustdoc"]),
    ("download", &["fetch"]),
    ("duplicate", &["clone", "repeated", "consecutive"]),
    ("elapsed", &["duration"]),
    ("element", &["item"]),
    ("empty", &["len", "clear"]),
    ("entry", &["item", "element"]),
    ("equal", &["equality"]),
    ("erase", &["remove"]),
    ("exact", &["precise"]),
    ("exception", &["panic", "error"]),
    ("execute", &["run"]),
    ("export", &["pub", "public"]),
    ("fail", &["error", "panic"]),
    ("failure", &["error"]),
    ("fast", &["speed", "performance"]),
    ("fetch", &["download"]),
    ("filter", &["retain"]),
    ("find", &["search", "position", "locate"]),
    ("finish", &["end", "complete", "exit"]),
    ("float", &["f64", "f32", "floating"]),
    ("folder", &["dir", "directory", "path"]),
    ("generic", &["type", "parameter"]),
    ("global", &["static"]),
    ("half", &["split"]),
    ("heap", &["box"]),
    ("host", &["run", "serve"]),
    ("hosting", &["run", "serve"]),
    ("ignore", &["skip"]),
    ("import", &["use", "path"]),
    ("include", &["contain"]),
    ("inherit", &["trait", "inheritance"]),
    ("inheritance", &["trait", "inherit"]),
    ("initialize", &["new"]),
    ("input", &["stdin"]),
    ("install", &["installation"]),
    ("int", &["i32"]),
    ("integer", &["i32"]),
    ("interface", &["trait"]),
    ("item", &["element"]),
    ("iterate", &["iterator", "loop"]),
    ("join", &["concat", "combine"]),
    ("keep", &["store", "save", "hold"]),
    ("key", &["token"]),
    ("keyboard", &["stdin", "input"]),
    ("kill", &["terminate", "exit"]),
    ("lambda", &["closure"]),
    ("largest", &["max", "maximum"]),
    ("library", &["crate"]),
    ("limit", &["restrict", "maximum"]),
    ("lint", &["clippy"]),
    ("list", &["vec", "slice", "vector"]),
    ("locate", &["find", "path"]),
    ("lock", &["mutex"]),
    ("loop", &["iterate", "iteration"]),
    ("lowercase", &["lower"]),
    ("lowest", &["min", "minimum"]),
    ("measure", &["elapsed", "instant"]),
    ("member", &["field", "method"]),
    ("merge", &["append", "extend", "combine"]),
    ("message", &["channel"]),
    ("method", &["function"]),
    ("missing", &["absent", "none"]),
    ("modify", &["change", "mutate", "mutable", "mut"]),
    ("money", &["cost"]),
    ("newline", &["line"]),
    ("nil", &["option", "none"]),
    ("null", &["option", "none"]),
    ("number", &["integer", "numeric"]),
    ("numeric", &["number"]),
    ("object", &["struct", "instance"]),
    ("offline", &["network"]),
    ("optimize", &["optimization", "opt"]),
    ("order", &["sort"]),
    ("output", &["stdout", "print"]),
    ("overload", &["operator", "trait"]),
    ("package", &["crate"]),
    ("pair", &["tuple", "zip"]),
    ("parallel", &["thread", "concurrent"]),
    ("parse", &["convert"]),
    ("pause", &["sleep"]),
    ("pick", &["choose", "select"]),
    ("pin", &["exact", "lock"]),
    ("precise", &["exact"]),
    ("price", &["cost"]),
    ("print", &["println", "display"]),
    ("privacy", &["private", "secret"]),
    ("private", &["privacy", "visibility"]),
    ("procedure", &["function"]),
    ("program", &["process", "executable"]),
    ("property", &["field"]),
    ("public", &["pub", "visibility", "visible"]),
    ("purpose", &["why", "goal"]),
    ("quit", &["exit"]),
    ("random", &["rand"]),
    ("read", &["input"]),
    ("receive", &["channel", "recv"]),
    ("reference", &["borrow"]),
    ("remove", &["delete", "drain", "pop"]),
    ("replace", &["substitute"]),
    ("reply", &["answer"]),
    ("restrict", &["limit"]),
    ("save", &["store", "write", "keep"]),
    ("screen", &["stdout", "terminal", "console", "output"]),
    ("search", &["find", "contain", "position"]),
    ("select", &["choose"]),
    ("send", &["channel", "transmit"]),
    ("setting", &["option", "configuration"]),
    ("setup", &["install", "configure"]),
    ("share", &["rc", "arc"]),
    ("show", &["display", "print"]),
    ("silence", &["allow", "ignore", "suppress"]),
    ("site", &["domain", "website"]),
    ("size", &["len", "length"]),
    ("skip", &["ignore"]),
    ("smallest", &["min", "minimum"]),
    ("sort", &["order"]),
    ("start", &["begin", "spawn", "create"]),
    ("stop", &["exit", "end"]),
    ("store", &["save", "keep"]),
    ("subclass", &["trait"]),
    ("subroutine", &["function"]),
    ("substring", &["slice"]),
    ("sum", &["total", "add"]),
    ("switch", &["match"]),
    ("tall", &["height"]),
    ("template", &["generic"]),
    ("terminal", &["stdin", "stdout", "command"]),
    ("test", &["check"]),
    ("text", &["string", "str"]),
    ("throw", &["panic"]),
    ("time", &["duration", "instant"]),
    ("token", &["key"]),
    ("total", &["sum"]),
    ("transform", &["convert", "map"]),
    ("tuple", &["pair"]),
    ("turn", &["convert", "transform"]),
    ("unique", &["dedup", "repeated", "distinct"]),
    ("unsafe", &["unchecked"]),
    ("update", &["upgrade"]),
    ("upgrade", &["update"]),
    ("uppercase", &["upper"]),
    ("value", &["element"]),
    ("variable", &["binding"]),
    ("vec", &["slice"]),
    ("vector", &["slice"]),
    ("visible", &["pub", "public"]),
    ("wait", &["sleep", "join"]),
    ("website", &["web", "http", "site", "domain"]),
    ("whitespace", &["space", "trim"]),
];

/// Words that mean the same, a line for each meaning; a dash inside stands for a space.
const THESAURUS: &str = include_str!("thesaurus.txt");

/// The tables with stems on both sides.
#[derive(Debug)]
pub(crate) struct Aliases {
    words: FxHashMap<String, Vec<Alias>>,
    phrases: FxHashMap<String, Vec<Alias>>,
    /// The most words of a phrase.
    longest: usize,
}

/// Another word for a word.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Alias {
    pub(crate) stem: String,
    /// How well it stands for the word: 0 to 1.
    pub(crate) weight: f32,
}

impl Aliases {
    /// For questions in the language of `tokeniser`; the tables are English.
    pub(crate) fn new(tokeniser: &Tokeniser) -> Self {
        let mut aliases = Self {
            words: FxHashMap::default(),
            phrases: FxHashMap::default(),
            longest: 0,
        };
        for (long, short) in SHORT_FORMS {
            aliases.add(long, short, WEIGHTS.short_form, tokeniser);
            aliases.add(short, long, WEIGHTS.short_form, tokeniser);
        }
        for (asked, others) in OTHER_WORDS {
            for other in *others {
                aliases.add(asked, other, WEIGHTS.other_word, tokeniser);
            }
        }
        for line in THESAURUS.lines().filter(|line| !line.starts_with('#')) {
            aliases.meaning(line, tokeniser);
        }
        aliases
    }

    /// Every word of a line stands for every other one; a phrase is only asked for, never looked for.
    fn meaning(&mut self, line: &str, tokeniser: &Tokeniser) {
        let words: Vec<&str> = line.split_whitespace().collect();
        for asked in &words {
            for other in words.iter().filter(|other| !other.contains('-')) {
                self.add(asked, other, WEIGHTS.same_meaning, tokeniser);
            }
        }
    }

    fn add(&mut self, asked: &str, other: &str, weight: f32, tokeniser: &Tokeniser) {
        let stem = tokeniser.stem(other);
        let (asked, row) = if asked.contains('-') {
            let phrase = asked.replace('-', " ");
            self.longest = self.longest.max(phrase.split(' ').count());
            (String::new(), self.phrases.entry(phrase).or_default())
        } else {
            let asked = tokeniser.stem(asked);
            (asked.clone(), self.words.entry(asked).or_default())
        };
        if stem != asked && row.iter().all(|alias| alias.stem != stem) {
            row.push(Alias { stem, weight });
        }
    }

    /// The other words for a stem.
    pub(crate) fn of(&self, stem: &str) -> &[Alias] {
        self.words.get(stem).map_or(&[], Vec::as_slice)
    }

    /// What the longest phrase that `words`, in lower case, begin with stands for, and how many words it has.
    pub(crate) fn of_phrase(&self, words: &[&str]) -> Option<(usize, &[Alias])> {
        let longest = self.longest.min(words.len());
        (2..=longest).rev().find_map(|count| {
            let phrase = words.get(..count)?.join(" ");
            Some((count, self.phrases.get(&phrase)?.as_slice()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_phrases_lead_to_what_documents_say() {
        let aliases = Aliases::new(&Tokeniser::new("en"));
        let stems = |aliases: &[Alias]| -> Vec<String> {
            aliases.iter().map(|alias| alias.stem.clone()).collect()
        };
        assert!(stems(aliases.of("delet")).contains(&"remov".to_owned()));
        let words = ["get", "rid", "of", "it"];
        let (count, meant) = aliases.of_phrase(&words).unwrap();
        assert_eq!(count, 3);
        assert!(stems(meant).contains(&"delet".to_owned()));
        assert!(aliases.of_phrase(&["get", "it"]).is_none());
        assert!(aliases.of_phrase(&[]).is_none());
    }

    #[test]
    fn no_line_of_the_thesaurus_is_there_twice() {
        let mut lines: Vec<&str> = THESAURUS
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .collect();
        let all = lines.len();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), all);
    }
}
