//! Generated documents: hosts, paths, dates and languages of every kind, and text that would like to be markup.

use proptest::prelude::*;
use time::Date;

/// Documents, each with its number.
#[derive(Clone, Debug)]
pub(crate) struct Library(pub(crate) Vec<Document>);

/// A document as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) number: usize,
    /// The labels of its host, in ASCII; none for a document without an address.
    pub(crate) host: Vec<String>,
    pub(crate) path: Vec<String>,
    pub(crate) date: Option<Date>,
    pub(crate) updated: Option<Date>,
    pub(crate) language: String,
    sections: Vec<(String, Vec<String>)>,
}

const HOSTS: &[&str] = &[
    "a.example",
    "docs.a.example",
    "b.example.org",
    "deep.docs.a.example",
    "xn--mnchen-3ya.example",
    "notexample.org",
];

/// Words that questions ask for, too.
pub(crate) const WORDS: &[&str] = &[
    "green",
    "tea",
    "water",
    "kettle",
    "steep",
    "leaves",
    "bitter",
    "minute",
    "sort_by_key",
    "pot",
    "cup",
];

/// Text that means something to a reader of Markdown or to Discord.
const SIGNS: &[&str] = &[
    "[9]",
    "[1](https://evil.example)",
    "<@123456>",
    "<#1>",
    "@everyone",
    "<script>alert(1)</script>",
    "**bold**",
    "_x_",
    "`code [7]`",
    "`",
    "```",
    "~~",
    "||hidden||",
    "![x](https://evil.example/x.png)",
    "[x](javascript:alert(1))",
    "\\",
    "&amp;",
    "https://good.example/a_b_c",
    "é🙂",
    "\u{202e}",
    "e.g.",
    "3.5",
];

fn sentence() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => prop::sample::select(WORDS).prop_map(str::to_owned),
        1 => prop::sample::select(SIGNS).prop_map(str::to_owned),
    ];
    prop::collection::vec(word, 3..14).prop_map(|words| format!("The {}.", words.join(" ")))
}

fn section() -> impl Strategy<Value = (String, Vec<String>)> {
    let heading = (sentence(), any::<bool>()).prop_map(|(text, asks)| match asks {
        true => format!("{}?", text.trim_end_matches('.')),
        false => text.trim_end_matches('.').to_owned(),
    });
    (heading, prop::collection::vec(sentence(), 1..6))
}

fn day() -> impl Strategy<Value = Option<Date>> {
    prop::option::of(day_between(2024, 2026))
}

/// A day of these years; few enough that a filter often names the very day of a document.
pub(crate) fn day_between(first: i32, last: i32) -> impl Strategy<Value = Date> {
    let days = vec![1_u16, 2, 59, 60, 365];
    (first..=last, prop::sample::select(days))
        .prop_map(|(year, day)| Date::from_ordinal_date(year, day).unwrap())
}

prop_compose! {
    fn document()(
        host in prop::option::weighted(0.85, prop::sample::select(HOSTS)),
        path in prop::collection::vec(prop::sample::select(vec!["docs", "doc", "guide", "Guide", "a b", "v1.2"]), 0..3),
        date in day(),
        updated in day(),
        language in prop::sample::select(vec!["en", "en-GB", "de", "EN"]),
        sections in prop::collection::vec(section(), 1..4),
    ) -> Document {
        Document {
            number: 0,
            host: host.map(|host| host.split('.').map(str::to_owned).collect()).unwrap_or_default(),
            path: path.into_iter().map(str::to_owned).collect(),
            date,
            updated,
            language: language.to_owned(),
            sections,
        }
    }
}

pub(crate) fn library() -> impl Strategy<Value = Library> {
    prop::collection::vec(document(), 1..6).prop_map(|mut documents| {
        for (number, document) in documents.iter_mut().enumerate() {
            document.number = number;
        }
        Library(documents)
    })
}

impl Library {
    /// Name and text of each file.
    pub(crate) fn files(&self) -> Vec<(&'static str, &'static str)> {
        // The server's set-up borrows for as long as a test runs, which is as long as its process.
        let kept = |text: String| &*Box::leak(text.into_boxed_str());
        let file = |document: &Document| {
            (
                kept(format!("d{}.html", document.number)),
                kept(document.html()),
            )
        };
        self.0.iter().map(file).collect()
    }

    /// The document at an address.
    pub(crate) fn at(&self, url: &str) -> Option<&Document> {
        self.0
            .iter()
            .find(|document| url.contains(&document.address()))
    }
}

impl Document {
    /// A word that no other document has.
    pub(crate) fn own_word(&self) -> String {
        format!("70{}31", self.number)
    }

    /// What its address holds and no other's does.
    pub(crate) fn address(&self) -> String {
        format!("/d{}.html", self.number)
    }

    /// Everything it says, white space folded.
    pub(crate) fn text(&self) -> String {
        let said = self.sections.iter().flat_map(|(_, sentences)| sentences);
        let text = format!(
            "{} {}",
            said.cloned().collect::<Vec<_>>().join(" "),
            self.closing()
        );
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Whether a question that could follow comes from here: it is a heading, or asks for the page by its title.
    pub(crate) fn raises(&self, question: &str) -> bool {
        let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let headings = self.sections.iter().map(|(heading, _)| folded(heading));
        question == format!("What is {}?", self.title())
            || headings.into_iter().any(|heading| heading == question)
    }

    fn title(&self) -> String {
        format!("Page {}", self.number)
    }

    fn closing(&self) -> String {
        format!("It is called {}.", self.own_word())
    }

    pub(crate) fn html(&self) -> String {
        let address = match self.host.is_empty() {
            true => String::new(),
            false => format!(
                "<link rel=canonical href=\"https://{}/{}d{}.html\">",
                self.host.join("."),
                self.path
                    .iter()
                    .map(|segment| format!("{segment}/"))
                    .collect::<String>(),
                self.number
            ),
        };
        let day = |name: &str, day: Option<Date>| {
            day.map_or_else(String::new, |day| {
                format!("<meta property=\"article:{name}_time\" content=\"{day}\">")
            })
        };
        let mut html = format!(
            "<html lang=\"{}\"><head><title>{}</title>{address}{}{}</head><body><main>",
            self.language,
            self.title(),
            day("published", self.date),
            day("modified", self.updated),
        );
        for (at, (heading, sentences)) in self.sections.iter().enumerate() {
            html.push_str(&format!("<h2 id=s{at}>{}</h2>", escaped(heading)));
            for sentence in sentences {
                html.push_str(&format!("<p>{}</p>", escaped(sentence)));
            }
            html.push_str("<img src=\"https://pictures.example/x.png\" width=2 height=1>");
            html.push_str("<img src=\"https://pictures.example/x.gif\" width=2 height=1>");
        }
        html.push_str(&format!("<p>{}</p></main></body></html>", self.closing()));
        html
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
