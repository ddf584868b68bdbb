//! Reads the page of one item as rustdoc writes it: a section for each method, variant and field.
//! Leaves out what every page repeats.

use scraper::{ElementRef, Html};

use super::blocks::{self as html, Headings};
use super::tree::first;
use crate::engines::corpus::documents::document::Section;
use crate::engines::corpus::documents::outline::{Outline, fold, plain};

/// Classes of the elements that introduce a member of an item.
const MEMBERS: &[&str] = &[
    "associatedconstant",
    "associatedtype",
    "method",
    "structfield",
    "tymethod",
    "variant",
];

/// Standing of what stable compilers do not offer, or no longer want to.
const UNSTABLE_OR_DEPRECATED: f32 = 0.7;

/// Standing of the members of a trait's implementation: people look for the type's own first.
const OF_A_TRAIT: f32 = 0.55;

/// Standing of a type that only carries what a method returns: the method says more.
const ONLY_RETURNED: f32 = 0.6;

/// Nesting that rustdoc stays below.
const MAX_DEPTH: usize = 60;

/// The part of a page that is about an item, when rustdoc wrote the page.
pub(crate) fn item_page(page: &Html) -> Option<ElementRef<'_>> {
    first(page, "meta[name=generator][content=rustdoc]")?;
    first(page, "#main-content")
}

/// `std::vec::Vec`, `println!`, `primitive type slice`, `keyword for`.
pub(crate) fn title(main: ElementRef<'_>) -> String {
    let within = |wanted: fn(ElementRef<'_>) -> bool| {
        main.descendants()
            .filter_map(ElementRef::wrap)
            .find(|element| wanted(*element))
    };
    let path = within(|e| {
        e.value().has_class(
            "rustdoc-breadcrumbs",
            scraper::CaseSensitivity::CaseSensitive,
        )
    })
    .map(|crumbs| crumbs.text().collect::<String>())
    .unwrap_or_default();
    let heading = within(|e| e.value().name() == "h1")
        .map(html::inline_text)
        .unwrap_or_default();
    let heading = fold(&heading.replace('\u{a0}', " "));
    let (kind, name) = heading.rsplit_once(' ').unwrap_or(("", &heading));
    let qualified = if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}::{name}")
    };
    match kind {
        "Keyword" | "Attribute" | "Primitive Type" => format!("{} {name}", kind.to_lowercase()),
        "Macro" => format!("{qualified}!"),
        _ => qualified,
    }
}

/// The sections of an item page, in reading order.
pub(crate) fn sections(main: ElementRef<'_>, title: &str) -> Vec<Section> {
    let mut page = Page {
        outline: Outline::new(title),
        region: Region::Own,
        implementation: None,
        in_member: false,
        standing: 1.0,
    };
    page.walk(main, 0);
    let standing = page.standing;
    let mut sections = page.outline.finish();
    for section in &mut sections {
        section.standing *= standing;
    }
    sections
}

/// Which part of the page is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Region {
    /// The item itself and its own members.
    Own,
    /// Members that come from another type by dereferencing.
    Inherited,
    /// Implementations of traits by this item.
    Traits,
    /// Lists that say nothing about the item.
    Repeated,
}

impl Region {
    fn of(id: &str) -> Option<Self> {
        let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| id.starts_with(prefix));
        if starts(&["deref-methods"]) {
            Some(Self::Inherited)
        } else if starts(&["trait-implementations"]) {
            Some(Self::Traits)
        } else if starts(&[
            "synthetic-impl",
            "blanket-impl",
            "implementors",
            "foreign-impls",
        ]) {
            Some(Self::Repeated)
        } else if starts(&[
            "implementations",
            "required-",
            "provided-",
            "variants",
            "fields",
        ]) {
            Some(Self::Own)
        } else {
            None
        }
    }
}

struct Page {
    outline: Outline,
    region: Region,
    /// The implementation whose members are being read, when it is one of a trait.
    implementation: Option<String>,
    in_member: bool,
    /// Of the whole page.
    standing: f32,
}

impl Page {
    fn walk(&mut self, parent: ElementRef<'_>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for element in parent.child_elements() {
            let value = element.value();
            let has = |class: &str| value.classes().any(|own| own == class);
            if has("section-header") {
                if let Some(region) = value.id().and_then(Region::of) {
                    self.region = region;
                }
                self.implementation = None;
            } else if self.region == Region::Repeated
                || has("item-decl")
                || has("item-table")
                || has("main-heading")
            {
                continue;
            } else if has("item-info") {
                self.notice(element);
            } else if has("docblock") {
                self.text(element);
            } else if has("impl") {
                self.implementation(element);
            } else if MEMBERS.iter().any(|member| has(member)) {
                self.member(element);
            } else {
                self.walk(element, depth + 1);
            }
        }
    }

    /// A notice that an item is unstable or deprecated.
    fn notice(&mut self, info: ElementRef<'_>) {
        let mut notices = info
            .child_elements()
            .flat_map(|notice| notice.value().classes());
        if !notices.any(|class| matches!(class, "unstable" | "deprecated")) {
            return;
        }
        if self.in_member {
            self.outline.weaken(UNSTABLE_OR_DEPRECATED);
        } else {
            self.standing = UNSTABLE_OR_DEPRECATED;
        }
    }

    fn text(&mut self, docblock: ElementRef<'_>) {
        let text: String = docblock.text().take(8).collect();
        if !self.in_member && text.contains("is created by") {
            self.standing = self.standing.min(ONLY_RETURNED);
        }
        let shortened = docblock.text().any(|text| text == "Read more");
        let repeats_the_trait = self.region == Region::Traits && shortened;
        if !repeats_the_trait {
            let headings = if self.in_member {
                Headings::Label
            } else {
                Headings::Open
            };
            html::blocks(docblock, &mut self.outline, headings, 0);
        }
    }

    /// An `impl … for …`: its own text is a section, and its members are named under it.
    fn implementation(&mut self, header: ElementRef<'_>) {
        if self.region != Region::Traits {
            self.implementation = None;
            return;
        }
        let code = header
            .descendants()
            .filter_map(ElementRef::wrap)
            .find(|e| e.value().name() == "h3");
        let text = code
            .map(|code| fold(&code.text().collect::<String>()))
            .unwrap_or_default();
        let text = text.split(" where").next().unwrap_or_default().to_owned();
        let anchor = header.value().id().unwrap_or_default();
        self.outline.entry(vec![text.clone()], anchor, false);
        self.outline.weaken(OF_A_TRAIT);
        self.in_member = true;
        self.implementation = Some(text);
    }

    fn member(&mut self, header: ElementRef<'_>) {
        let Some(id) = header.value().id() else {
            return;
        };
        let path: Vec<String> = self
            .implementation
            .iter()
            .cloned()
            .chain([name(id)])
            .collect();
        let inherited = self.region == Region::Inherited;
        self.outline.entry(path, id, inherited);
        if self.implementation.is_some() {
            self.outline.weaken(OF_A_TRAIT);
        }
        self.in_member = true;
    }
}

/// `sort_by_key` from `method.sort_by_key-1`.
fn name(id: &str) -> String {
    let name = id.rsplit('.').next().unwrap_or(id);
    let name = match name.rsplit_once('-') {
        Some((name, count)) if count.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => name,
    };
    plain(name)
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use crate::engines::corpus::documents::document::Block;

    const PAGE: &str = r##"<html lang="en"><head><meta name="generator" content="rustdoc"><title>Cup in tea - Rust</title></head>
      <body><main><section id="main-content"><div class="main-heading"><div class="rustdoc-breadcrumbs"><a>tea</a>::<wbr><a>cups</a></div>
      <h1>Struct <span class="struct">Cup</span>&nbsp;<button>Copy item path</button></h1></div>
      <pre class="item-decl">pub struct Cup;</pre>
      <details class="top-doc"><div class="docblock"><p>Holds tea.</p><h2 id="sizes">Sizes</h2><p>Many.</p></div></details>
      <h2 id="implementations" class="section-header">Implementations</h2>
      <details><summary><section id="impl-Cup" class="impl"><h3 class="code-header">impl Cup</h3></section></summary>
      <details class="toggle method-toggle"><summary><section id="method.fill_by" class="method"><h4>pub fn fill_by()</h4></section></summary>
      <div class="docblock"><p>Fills it.</p><h5>Panics</h5><p>When full.</p></div></details></details>
      <h2 id="deref-methods-Pot" class="section-header">Methods from Deref</h2>
      <section id="method.pour" class="method"></section><div class="docblock"><p>Pours.</p></div>
      <h2 id="trait-implementations" class="section-header">Trait Implementations</h2>
      <section id="impl-From-for-Cup" class="impl"><h3>impl From&lt;Pot&gt; for Cup where Pot: Hot</h3></section>
      <section id="method.from-1" class="method"></section><div class="docblock"><p>Pours a cup.</p></div>
      <section id="method.into" class="method"></section><div class="docblock">Converts. <a>Read more</a></div>
      <h2 id="blanket-implementations" class="section-header">Blanket</h2>
      <section id="method.any" class="method"></section><div class="docblock"><p>Says nothing.</p></div>
      </section></main></body></html>"##;

    #[test]
    fn each_member_is_a_section_and_repetition_is_left_out() {
        let (document, _) = read(PAGE).unwrap();
        assert_eq!(document.title, "tea::cups::Cup");
        let seen: Vec<_> = document
            .sections
            .iter()
            .map(|s| {
                (
                    s.path.join(" › "),
                    s.anchor.as_str(),
                    s.inherited,
                    s.blocks.len(),
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                (String::new(), "", false, 1),
                ("Sizes".to_owned(), "sizes", false, 1),
                ("fill_by".to_owned(), "method.fill_by", false, 3),
                ("pour".to_owned(), "method.pour", true, 1),
                (
                    "impl From<Pot> for Cup › from".to_owned(),
                    "method.from-1",
                    false,
                    1
                ),
            ]
        );
        let standings: Vec<f32> = document.sections.iter().map(|s| s.standing).collect();
        assert_eq!(standings, [1.0, 1.0, 1.0, 1.0, super::OF_A_TRAIT]);
        assert_eq!(
            document.sections[2].blocks[1],
            Block::Label("Panics".to_owned())
        );
    }
}
