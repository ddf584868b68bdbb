//! What indexing found, for the operator's eyes. Counts and names; reads nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The most files that are named for one reason; the rest is counted.
const NAMED: usize = 500;

/// The most files of one kind, and the most hosts, in what is shown.
const SHOWN: usize = 10;

/// What a corpus holds and how it came about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Files that were read.
    pub files: usize,
    /// Documents among them that are searched.
    pub documents: usize,
    /// Sections, without those that are exact copies of another.
    pub sections: usize,
    /// Passages, the unit that is ranked.
    pub passages: usize,
    /// Documents that carry a publication date.
    pub dated: usize,
    /// Documents without a public address.
    pub without_address: usize,
    /// Documents of each host, most first.
    pub domains: Vec<(String, usize)>,
    /// The collections that documents come from, in the order of the settings.
    pub collections: Vec<Collection>,
    /// Files, and lines of files, that were not taken, and why. At most a few hundred are named.
    pub skipped: Vec<Skipped>,
    /// What documents say about themselves that is of no use, such as a date that is no day.
    pub remarks: Vec<Skipped>,
    /// How many more were skipped, or are worth a remark, than are named.
    pub unnamed: usize,
    /// Things an operator should know: a folder without `base_url`, no Rust documentation found, a limit that was reached.
    pub notes: Vec<String>,
    /// Whether the kept index was loaded; `false` when it was built.
    pub from_disk: bool,
    /// Seconds that opening took.
    pub seconds: f32,
}

/// A place that documents come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// A folder's path, `the handbook` or `the Rust documentation`.
    pub name: String,
    /// Files that were read.
    pub files: usize,
    /// Documents in them.
    pub documents: usize,
    /// Documents that say, or of which the rules say, when they were published.
    pub dated: usize,
    /// The same for when they were last changed.
    pub updated: usize,
    /// Documents without either.
    pub undated: usize,
    /// Documents without a title of their own; they go by their file's name.
    pub untitled: usize,
    /// Documents without a public address.
    pub without_address: usize,
    /// The licence that the folder's `corpus.toml` names.
    pub license: Option<String>,
}

/// A file, or a line of one, and what there is to say about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The file; with `, line 7` where it holds a document a line.
    pub path: String,
    /// Why, in words: `not UTF-8`, `larger than 2 MB`.
    pub why: String,
}

impl Report {
    /// What an operator should know, a few lines: what each place holds, what was left out, what else is worth a note.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.collections.iter().map(Collection::line).collect();
        if !self.domains.is_empty() {
            let named = self.domains.iter().take(SHOWN);
            let named: Vec<String> = named
                .map(|(host, count)| format!("{host} {count}"))
                .collect();
            let more = match self.domains.len().saturating_sub(SHOWN) {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            lines.push(format!(
                "documents of each host: {}{more}",
                named.join(", ")
            ));
        }
        let named = |Skipped { path, why }: &Skipped| format!("{path}: {why}");
        let left_out = self.skipped.iter().take(SHOWN);
        lines.extend(left_out.map(|skipped| format!("left out: {}", named(skipped))));
        lines.extend(self.remarks.iter().take(SHOWN).map(named));
        let beyond = |list: &[Skipped]| list.len().saturating_sub(SHOWN);
        let more = beyond(&self.skipped) + beyond(&self.remarks) + self.unnamed;
        if more > 0 {
            lines.push(format!(
                "{more} more were left out, or have something to mend"
            ));
        }
        lines.extend(self.notes.iter().cloned());
        lines
    }

    /// Takes in where documents are.
    pub(crate) fn count_hosts<'a>(&mut self, addresses: impl Iterator<Item = &'a str>) {
        let mut hosts: BTreeMap<String, usize> = BTreeMap::new();
        for address in addresses {
            match host(address) {
                Some(host) => *hosts.entry(host).or_default() += 1,
                None => self.without_address += 1,
            }
        }
        self.domains = hosts.into_iter().collect();
        self.domains
            .sort_by_key(|(_, documents)| std::cmp::Reverse(*documents));
    }

    /// Names a file, or a line of it, that was not taken.
    pub(crate) fn skip(&mut self, path: &str, line: Option<u64>, why: String) {
        let path = at(path, line);
        name(&mut self.skipped, &mut self.unnamed, Skipped { path, why });
    }

    /// Names what a file, or a line of it, says that is of no use.
    pub(crate) fn remark(&mut self, path: &str, line: Option<u64>, why: String) {
        let path = at(path, line);
        name(&mut self.remarks, &mut self.unnamed, Skipped { path, why });
    }

    pub(crate) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    pub(crate) fn add(&mut self, collection: Collection) {
        self.files += collection.files;
        self.collections.push(collection);
    }
}

fn name(named: &mut Vec<Skipped>, unnamed: &mut usize, one: Skipped) {
    if named.len() < NAMED {
        named.push(one);
    } else {
        *unnamed += 1;
    }
}

fn at(path: &str, line: Option<u64>) -> String {
    match line {
        Some(line) => format!("{path}, line {line}"),
        None => path.to_owned(),
    }
}

/// The host of a public address.
pub(crate) fn host(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    url.host_str().map(str::to_owned)
}

impl Collection {
    fn line(&self) -> String {
        let count = |count: usize, what: &str| (count > 0).then(|| format!("{count} {what}"));
        let said = [
            Some(format!(
                "{} files, {} documents",
                self.files, self.documents
            )),
            count(self.dated, "with a date of publication"),
            count(self.updated, "with a date of change"),
            count(self.undated, "without any date"),
            count(self.untitled, "without a title"),
            count(self.without_address, "without a public address"),
            self.license
                .as_ref()
                .map(|license| format!("licence: {license}")),
        ];
        let said: Vec<String> = said.into_iter().flatten().collect();
        format!("{}: {}", self.name, said.join(", "))
    }

    /// One of which nothing was read yet.
    pub(crate) fn new(name: &str, license: Option<&str>) -> Self {
        Self {
            name: name.to_owned(),
            license: license.map(str::to_owned),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_a_few_lines() {
        let skipped = |number: usize| Skipped {
            path: format!("docs/{number}.md"),
            why: "not UTF-8".to_owned(),
        };
        let report = Report {
            domains: vec![("tea.example".to_owned(), 40)],
            collections: vec![Collection {
                name: "docs".to_owned(),
                files: 52,
                documents: 40,
                dated: 30,
                undated: 10,
                license: Some("CC BY 4.0".to_owned()),
                ..Collection::default()
            }],
            skipped: (0..12).map(skipped).collect(),
            remarks: vec![Skipped {
                path: "docs/tea.md".to_owned(),
                why: "`date` is no day written YYYY-MM-DD: `soon`".to_owned(),
            }],
            unnamed: 3,
            ..Report::default()
        };
        let mut lines = report.lines();
        lines.drain(3..12);
        insta::assert_snapshot!(lines.join("\n"), @r"
        docs: 52 files, 40 documents, 30 with a date of publication, 10 without any date, licence: CC BY 4.0
        documents of each host: tea.example 40
        left out: docs/0.md: not UTF-8
        docs/tea.md: `date` is no day written YYYY-MM-DD: `soon`
        5 more were left out, or have something to mend
        ");
    }
}
