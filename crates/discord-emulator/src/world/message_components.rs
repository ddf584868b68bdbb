//! The rules of the components of a message, of both generations. Stores nothing.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    buttons,
    components::{
        self, BUTTON, CHANNEL_SELECT, CONTAINER, FILE, GALLERY, MENTIONABLE_SELECT, ROLE_SELECT,
        ROW, SECTION, SEPARATOR, STRING_SELECT, TEXT_DISPLAY, THUMBNAIL, USER_SELECT,
    },
    form::Form,
    modal_form::note_custom_id,
    refusal::{Problems, Refusal},
    selects,
};

// https://docs.discord.com/developers/components/reference
const MOST_ROWS: usize = 5;
const MOST_IN_ROW: usize = 5;
/// In a message of the second generation, with those inside of others.
const MOST_COMPONENTS: usize = 40;
const MOST_IN_SECTION: usize = 3;
const MOST_IN_GALLERY: usize = 10;
const DESCRIPTION: usize = 1024;
const MEDIA_URL: usize = 2048;
const HIGHEST_COLOUR: u64 = 0xFF_FF_FF;
/// Code points of all text displays of a message together.
const MOST_TEXT: usize = 4000;
/// The real service breaks above this: the bytes of all texts, and twelve for each of them.
const MOST_TEXT_BYTES: usize = 10_170;
const BYTES_OF_DISPLAY: usize = 12;
/// The real service breaks above this as well.
const MOST_MEDIA: usize = 64;

/// The two ways in which a message can hold components.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generation {
    /// Rows of buttons and menus below content and embeds.
    First,
    /// Everything is a component; the flag `IS_COMPONENTS_V2` says so.
    Second,
}

/// One walk through the components of a message.
struct Check<'p> {
    custom_ids: BTreeSet<String>,
    problems: &'p mut Problems,
}

/// Reads the components of a message, with an id for each and what Discord adds; `None` when the field was not sent.
pub(crate) fn read(
    form: &Form<'_>,
    generation: Generation,
    problems: &mut Problems,
) -> Option<Vec<Value>> {
    let sent = form.list("components", usize::MAX, problems)?;
    let most = match generation {
        Generation::First => MOST_ROWS,
        Generation::Second => MOST_COMPONENTS,
    };
    if sent.len() > most {
        problems.bad_length(&form.path("components"), 1, most);
        return None;
    }
    let mut check = Check {
        custom_ids: BTreeSet::new(),
        problems,
    };
    for (index, component) in sent.iter().enumerate() {
        check.top(
            component,
            &form.path(&format!("components.{index}")),
            generation,
        );
    }
    let mut components: Vec<Value> = sent.iter().map(components::completed).collect();
    if generation == Generation::Second {
        check_totals(&form.path("components"), &components, problems);
    }
    components::number(&mut components);
    Some(components)
}

fn check_totals(at: &str, components: &[Value], problems: &mut Problems) {
    if components::flattened(components).len() > MOST_COMPONENTS {
        problems.too_long(at, MOST_COMPONENTS);
    }
    let length: usize = components::texts(components)
        .map(|text| text.chars().count())
        .sum();
    if length > MOST_TEXT {
        let message = format!("Must be {MOST_TEXT} or fewer in length.");
        problems.add(at, "COMPONENT_MAX_TOTAL_TEXT_LENGTH", message);
    }
}

/// Refuses what the real service breaks at instead of refusing it.
///
/// # Errors
///
/// "Internal Server Error" when the texts have too many bytes or there are too many pictures.
pub(crate) fn refuse_what_breaks(components: &[Value]) -> Result<(), Refusal> {
    let bytes: usize = components::texts(components)
        .map(|text| text.len() + BYTES_OF_DISPLAY)
        .sum();
    let all = components::flattened(components);
    let media: usize = all
        .into_iter()
        .map(|component| match components::kind(component) {
            GALLERY => component["items"].as_array().map_or(0, Vec::len),
            THUMBNAIL | FILE => 1,
            _ => 0,
        })
        .sum();
    if bytes > MOST_TEXT_BYTES || media > MOST_MEDIA {
        Err(Refusal::Broken)
    } else {
        Ok(())
    }
}

impl Check<'_> {
    fn top(&mut self, value: &Value, at: &str, generation: Generation) {
        let Some(form) = Form::read(value, at, self.problems) else {
            return;
        };
        match (generation, components::kind(value)) {
            (_, ROW) => self.row(&form),
            (Generation::Second, CONTAINER) => self.container(&form),
            (Generation::Second, kind) => self.block(&form, kind, "1, 9, 10, 12, 13, 14, 17"),
            (Generation::First, _) => self.problems.not_one_of(&form.path("type"), "1"),
        }
    }

    /// What may stand in a container as well as at the top.
    fn block(&mut self, form: &Form<'_>, kind: u64, kinds: &str) {
        self.id(form);
        match kind {
            ROW => self.row(form),
            SECTION => self.section(form),
            TEXT_DISPLAY => self.text(form),
            GALLERY => self.gallery(form),
            FILE => self.file(form),
            SEPARATOR => self.separator(form),
            _ => self.problems.not_one_of(&form.path("type"), kinds),
        }
    }

    fn row(&mut self, row: &Form<'_>) {
        self.id(row);
        let inner = self.inner(row, (1, MOST_IN_ROW));
        let menus = inner
            .iter()
            .filter(|one| components::kind(one) != BUTTON)
            .count();
        if menus > 0 && inner.len() > 1 {
            let message = "The specified component exceeds the maximum width";
            self.problems.add(
                &row.path("components"),
                "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
                message,
            );
        }
        for (index, value) in inner.iter().enumerate() {
            let at = row.path(&format!("components.{index}"));
            let Some(component) = Form::read(value, &at, self.problems) else {
                continue;
            };
            match components::kind(value) {
                BUTTON => self.button(&component),
                kind @ (STRING_SELECT | USER_SELECT | ROLE_SELECT | MENTIONABLE_SELECT
                | CHANNEL_SELECT) => {
                    self.id(&component);
                    selects::check(&component, kind, self.problems);
                    note_custom_id(&component, &mut self.custom_ids, self.problems);
                }
                _ => self
                    .problems
                    .not_one_of(&component.path("type"), "2, 3, 5, 6, 7, 8"),
            }
        }
    }

    fn button(&mut self, button: &Form<'_>) {
        self.id(button);
        buttons::check(button, self.problems);
        note_custom_id(button, &mut self.custom_ids, self.problems);
    }

    fn container(&mut self, container: &Form<'_>) {
        self.id(container);
        container.flag("spoiler", self.problems);
        let colour = container.number("accent_color", self.problems);
        if colour.is_some_and(|colour| colour > HIGHEST_COLOUR) {
            let at = container.path("accent_color");
            self.problems.too_large(&at, HIGHEST_COLOUR);
        }
        let inner = self.inner(container, (1, MOST_COMPONENTS));
        for (index, value) in inner.iter().enumerate() {
            let at = container.path(&format!("components.{index}"));
            if let Some(form) = Form::read(value, &at, self.problems) {
                self.block(&form, components::kind(value), "1, 9, 10, 12, 13, 14");
            }
        }
    }

    fn section(&mut self, section: &Form<'_>) {
        let inner = self.inner(section, (1, MOST_IN_SECTION));
        for (index, value) in inner.iter().enumerate() {
            let at = section.path(&format!("components.{index}"));
            let Some(form) = Form::read(value, &at, self.problems) else {
                continue;
            };
            match components::kind(value) {
                TEXT_DISPLAY => self.text(&form),
                _ => self.problems.not_one_of(&form.path("type"), "10"),
            }
        }
        let at = section.path("accessory");
        let Some(value) = section.value("accessory") else {
            return self.problems.required(&at);
        };
        let Some(accessory) = Form::read(value, &at, self.problems) else {
            return;
        };
        match components::kind(value) {
            BUTTON => self.button(&accessory),
            THUMBNAIL => {
                self.id(&accessory);
                self.media(&accessory, "media", &["http", "https", "attachment"]);
                self.described(&accessory);
            }
            _ => self.problems.not_one_of(&accessory.path("type"), "2, 11"),
        }
    }

    fn text(&mut self, text: &Form<'_>) {
        text.needed_text("content", (1, MOST_TEXT), self.problems);
    }

    fn gallery(&mut self, gallery: &Form<'_>) {
        let items = gallery.list_of("items", (1, MOST_IN_GALLERY), self.problems);
        if items.is_none() {
            self.problems.required(&gallery.path("items"));
        }
        let items = items.unwrap_or_default();
        for (index, value) in items.iter().enumerate() {
            let at = gallery.path(&format!("items.{index}"));
            if let Some(item) = Form::read(value, &at, self.problems) {
                self.media(&item, "media", &["http", "https", "attachment"]);
                self.described(&item);
            }
        }
    }

    fn file(&mut self, file: &Form<'_>) {
        self.media(file, "file", &["attachment"]);
        file.flag("spoiler", self.problems);
    }

    fn separator(&mut self, separator: &Form<'_>) {
        separator.flag("divider", self.problems);
        if !matches!(
            separator.number("spacing", self.problems),
            None | Some(1 | 2)
        ) {
            self.problems.not_one_of(&separator.path("spacing"), "1, 2");
        }
    }

    fn described(&mut self, form: &Form<'_>) {
        form.flag("spoiler", self.problems);
        form.text("description", DESCRIPTION, self.problems);
    }

    fn media(&mut self, form: &Form<'_>, name: &str, schemes: &[&str]) {
        let at = form.path(name);
        let Some(value) = form.value(name) else {
            return self.problems.required(&at);
        };
        if let Some(media) = Form::read(value, &at, self.problems) {
            media.needed_text("url", (1, MEDIA_URL), self.problems);
            media.check_link("url", MEDIA_URL, schemes, self.problems);
        }
    }

    fn inner<'a>(&mut self, form: &Form<'a>, (least, most): (usize, usize)) -> &'a [Value] {
        let inner = form.list_of("components", (least, most), self.problems);
        if inner.is_none() && form.value("components").is_none() {
            self.problems.required(&form.path("components"));
        }
        inner.unwrap_or_default()
    }

    fn id(&mut self, form: &Form<'_>) {
        form.number("id", self.problems);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The errors found in these components, as one text; empty when there are none.
    fn errors(generation: Generation, components: &Value) -> String {
        let mut problems = Problems::default();
        let body = json!({"components": components});
        let form = Form::read(&body, "", &mut problems).unwrap();
        read(&form, generation, &mut problems);
        problems.unless_any(()).map_or_else(
            |refusal| refusal.body()["errors"].to_string(),
            |()| String::new(),
        )
    }

    fn first(components: &Value) -> String {
        errors(Generation::First, components)
    }

    fn second(components: &Value) -> String {
        errors(Generation::Second, components)
    }

    fn text(length: usize) -> String {
        "ü".repeat(length)
    }

    fn row(inner: &Value) -> Value {
        json!([{"type": 1, "components": inner}])
    }

    fn with(mut component: Value, more: &Value) -> Value {
        let fields = more.as_object().unwrap().clone();
        component.as_object_mut().unwrap().extend(fields);
        component
    }

    fn button(more: &Value) -> Value {
        let usual = json!({"type": 2, "style": 1, "label": "l", "custom_id": "c"});
        row(&json!([with(usual, more)]))
    }

    fn link(more: &Value) -> Value {
        let usual = json!({"type": 2, "style": 5, "label": "l", "url": "https://example.org"});
        row(&json!([with(usual, more)]))
    }

    fn buttons(count: usize) -> Value {
        let button = |n| json!({"type": 2, "style": 1, "label": "l", "custom_id": format!("c{n}")});
        row(&(0..count).map(button).collect())
    }

    fn options(count: usize) -> Value {
        (0..count)
            .map(|n| json!({"label": "l", "value": n.to_string()}))
            .collect()
    }

    fn menu(more: &Value) -> Value {
        let usual = json!({"type": 3, "custom_id": "c", "options": options(1)});
        row(&json!([with(usual, more)]))
    }

    fn option(more: &Value) -> Value {
        menu(&json!({"options": [with(json!({"label": "l", "value": "v"}), more)]}))
    }

    fn rows(count: usize) -> Value {
        let row = |n| json!({"type": 1, "components": [{"type": 2, "style": 1, "label": "l", "custom_id": format!("c{n}")}]});
        (0..count).map(row).collect()
    }

    #[test]
    fn each_limit_of_the_first_generation_is_accepted_and_one_beyond_refused() {
        let url = |length: usize| format!("https://example.org/{}", "x".repeat(length - 20));
        let table = [
            ("rows", rows(5), rows(6)),
            ("buttons in a row", buttons(5), buttons(6)),
            ("none in a row", buttons(1), buttons(0)),
            (
                "label",
                button(&json!({"label": text(80)})),
                button(&json!({"label": text(81)})),
            ),
            (
                "custom id",
                button(&json!({"custom_id": text(100)})),
                button(&json!({"custom_id": text(101)})),
            ),
            (
                "no custom id",
                button(&json!({"custom_id": "c"})),
                button(&json!({"custom_id": ""})),
            ),
            (
                "style",
                button(&json!({"style": 4})),
                button(&json!({"style": 7})),
            ),
            (
                "link",
                link(&json!({"url": url(512)})),
                link(&json!({"url": url(513)})),
            ),
            (
                "scheme",
                link(&json!({"url": "http://example.org"})),
                link(&json!({"url": "ftp://example.org"})),
            ),
            (
                "emoji alone",
                button(&json!({"label": null, "emoji": {"name": "🔥"}})),
                button(&json!({"label": null})),
            ),
            (
                "options",
                menu(&json!({"options": options(25)})),
                menu(&json!({"options": options(26)})),
            ),
            (
                "no options",
                menu(&json!({"options": options(1)})),
                menu(&json!({"options": []})),
            ),
            (
                "option's label",
                option(&json!({"label": text(100)})),
                option(&json!({"label": text(101)})),
            ),
            (
                "option's value",
                option(&json!({"value": text(100)})),
                option(&json!({"value": text(101)})),
            ),
            (
                "option's description",
                option(&json!({"description": text(100)})),
                option(&json!({"description": text(101)})),
            ),
            (
                "placeholder",
                menu(&json!({"placeholder": text(150)})),
                menu(&json!({"placeholder": text(151)})),
            ),
            (
                "fewest",
                menu(&json!({"min_values": 25, "max_values": 25})),
                menu(&json!({"min_values": 26, "max_values": 25})),
            ),
            (
                "most",
                menu(&json!({"max_values": 25})),
                menu(&json!({"max_values": 26})),
            ),
            (
                "at least one",
                menu(&json!({"min_values": 0, "max_values": 1})),
                menu(&json!({"min_values": 0, "max_values": 0})),
            ),
            (
                "order",
                menu(&json!({"min_values": 2, "max_values": 2})),
                menu(&json!({"min_values": 3, "max_values": 2})),
            ),
        ];
        for (limit, at_it, beyond) in table {
            assert_eq!(first(&at_it), "", "{limit}");
            assert_ne!(first(&beyond), "", "{limit}");
        }
    }

    #[test]
    fn what_does_not_belong_together_is_refused() {
        assert!(first(&link(&json!({"custom_id": "c"}))).contains("NOT_ALLOWED"));
        assert!(first(&button(&json!({"url": "https://example.org"}))).contains("NOT_ALLOWED"));
        assert!(first(&button(&json!({"custom_id": null}))).contains("CUSTOM_ID_REQUIRED"));
        let twice = json!({"type": 2, "style": 1, "label": "l", "custom_id": "c"});
        assert!(first(&row(&json!([twice, twice]))).contains("COMPONENT_CUSTOM_ID_DUPLICATED"));
        let menu = json!({"type": 5, "custom_id": "m"});
        assert_eq!(first(&row(&json!([menu]))), "");
        assert!(first(&row(&json!([menu, twice]))).contains("WIDTH_EXCEEDED"));
        assert!(first(&option(&json!({"value": null}))).contains("BASE_TYPE_REQUIRED"));
        assert!(
            first(&row(&json!([{"type": 4, "custom_id": "t", "style": 1}])))
                .contains("BASE_TYPE_CHOICES")
        );
        assert!(first(&json!([{"type": 10, "content": "x"}])).contains("BASE_TYPE_CHOICES"));
    }

    fn displays(count: usize, length: usize) -> Value {
        vec![json!({"type": 10, "content": "x".repeat(length)}); count].into()
    }

    fn gallery(count: usize) -> Value {
        let item = json!({"media": {"url": "https://example.org/a.png"}});
        json!([{"type": 12, "items": vec![item; count]}])
    }

    fn container(inner: &Value, more: &Value) -> Value {
        json!([with(json!({"type": 17, "components": inner}), more)])
    }

    fn section(texts: usize, accessory: &Value) -> Value {
        json!([{"type": 9, "components": displays(texts, 1), "accessory": accessory}])
    }

    fn thumbnail(more: &Value) -> Value {
        with(
            json!({"type": 11, "media": {"url": "attachment://a.png"}}),
            more,
        )
    }

    #[test]
    fn each_limit_of_the_second_generation_is_accepted_and_one_beyond_refused() {
        let accessory = thumbnail(&json!({}));
        let spaced = |n: u64| json!([{"type": 14, "spacing": n}]);
        let file = |url: &str| json!([{"type": 13, "file": {"url": url}}]);
        let colour = |n: u64| container(&displays(1, 1), &json!({"accent_color": n}));
        let described = |n: usize| section(1, &thumbnail(&json!({"description": text(n)})));
        let table = [
            ("components", displays(40, 1), displays(41, 1)),
            (
                "nested ones",
                container(&displays(39, 1), &json!({})),
                container(&displays(40, 1), &json!({})),
            ),
            ("one text", displays(1, 4000), displays(1, 4001)),
            ("an empty text", displays(1, 1), displays(1, 0)),
            ("all texts", displays(2, 2000), displays(2, 2001)),
            ("gallery", gallery(10), gallery(11)),
            ("an empty gallery", gallery(1), gallery(0)),
            (
                "texts of a section",
                section(3, &accessory),
                section(4, &accessory),
            ),
            (
                "no text in a section",
                section(1, &accessory),
                section(0, &accessory),
            ),
            ("description", described(1024), described(1025)),
            ("spacing", spaced(2), spaced(3)),
            (
                "file",
                file("attachment://a.md"),
                file("https://example.org/a.md"),
            ),
            ("colour", colour(0xFF_FF_FF), colour(0x1_00_00_00)),
            (
                "an empty container",
                container(&displays(1, 1), &json!({})),
                container(&json!([]), &json!({})),
            ),
        ];
        for (limit, at_it, beyond) in table {
            assert_eq!(second(&at_it), "", "{limit}");
            assert_ne!(second(&beyond), "", "{limit}");
        }
        assert!(second(&section(1, &Value::Null)).contains("BASE_TYPE_REQUIRED"));
        let in_itself = container(&container(&displays(1, 1), &json!({})), &json!({}));
        assert!(second(&in_itself).contains("BASE_TYPE_CHOICES"));
        assert_eq!(second(&buttons(5)), "");
    }

    #[test]
    fn what_the_real_service_breaks_at_is_told_apart_from_what_it_refuses() {
        let euros = |count: usize| vec![json!({"type": 10, "content": "€".repeat(count)})];
        assert_eq!(refuse_what_breaks(&euros(3386)), Ok(()));
        assert_eq!(refuse_what_breaks(&euros(3387)), Err(Refusal::Broken));
        let galleries = |count: usize| {
            let mut all = vec![gallery(10)[0].clone(); 6];
            all.push(gallery(count)[0].clone());
            all
        };
        assert_eq!(refuse_what_breaks(&galleries(4)), Ok(()));
        assert_eq!(refuse_what_breaks(&galleries(5)), Err(Refusal::Broken));
    }

    #[test]
    fn unknown_fields_are_passed_over_and_defaults_added() {
        let mut problems = Problems::default();
        let body = json!({"components": [{"type": 14, "sparkle": true}, {"type": 10, "content": "x", "id": 7}]});
        let form = Form::read(&body, "", &mut problems).unwrap();
        let read = read(&form, Generation::Second, &mut problems).unwrap();
        assert_eq!(
            Value::from(read),
            json!([{"type": 14, "id": 1, "divider": true, "spacing": 1}, {"type": 10, "id": 7, "content": "x"}])
        );
    }
}
