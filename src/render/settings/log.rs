//! `/settings log`: what was changed, the newest first, page by page. No change is cut: a page holds fewer of them instead.

use super::super::words::fill;
use super::super::{MESSAGE_LIMIT, Message};
use super::changed::{changed_by, of_log};
use super::deed::Does;
use super::told::{joined, one, place_text, told};
use crate::conversation::language::Language;
use crate::conversation::ports::SettingsChange;
use crate::ids::ChangeId;
use crate::search::scope::Scope;

/// The most changes on a page.
pub const PAGE: u32 = 10;

/// A page of the changes at a place that came before `before`: the first of `changes`, the newest first. There are more than these where
/// there are more than [`PAGE`].
pub fn page(
    place: &Scope,
    changes: &[SettingsChange],
    before: Option<ChangeId>,
    language: Language,
) -> Message {
    let told = told(language);
    let called = place_text(place, language);
    let head = fill(told.changes_of, &[("place", &called)]);
    let mut shown: Vec<String> = Vec::new();
    let mut last = None;
    for change in changes.iter().take(PAGE as usize) {
        let entry = entry(change, language);
        let length = joined(&head, &shown).chars().count() + 1 + entry.chars().count();
        if !shown.is_empty() && length > MESSAGE_LIMIT {
            break;
        }
        shown.push(entry);
        last = Some(change.id);
    }
    if shown.is_empty() {
        shown.push(told.no_changes.to_owned());
    }
    let newest = before.map(|_| Does::changes(place, None).labelled(told.newest));
    let older = last.filter(|_| shown.len() < changes.len());
    let older = older.map(|last| Does::changes(place, Some(last)).labelled(told.older));
    one(&head, &shown, language).with_deeds(newest.into_iter().chain(older).collect())
}

fn entry(change: &SettingsChange, language: Language) -> String {
    let at = change.at.0.div_euclid(1_000);
    let head = format!("<t:{at}:R> {}", changed_by(change, language));
    joined(&head, &of_log(change, language))
}
