//! What must hold for every message, as Discord reads it. Panics over what does not.

use crate::conversation::answer::Source;
use crate::render::link::Link;
use crate::render::{DESCRIPTION_LIMIT, MESSAGE_LIMIT, Message};

/// The most characters of all embeds of a message together.
///
/// See <https://discord.com/developers/docs/resources/message#embed-object-embed-limits>.
const EMBEDS_LIMIT: usize = 6_000;

/// Within the limits, closed, without a ping, and with links of ours alone.
pub(crate) fn check(message: &Message, sources: &[Source]) {
    let length = |text: &str| text.chars().count();
    assert!(length(message.content()) <= MESSAGE_LIMIT);
    assert!(message.embeds().len() <= 10);
    let mut sum = 0;
    for embed in message.embeds() {
        assert!(length(&embed.description) <= DESCRIPTION_LIMIT);
        assert!(length(&embed.footer) <= 2_048);
        sum += length(&embed.description) + length(&embed.footer);
        if let Some(picture) = &embed.picture {
            assert!((1..=256).contains(&length(picture.title.trim())));
            assert!(Link::to(&picture.address).is_some());
            sum += length(&picture.title);
        }
        read(&embed.description, sources);
    }
    assert!(sum <= EMBEDS_LIMIT, "{sum} characters in the embeds");
    let is_empty = message.content().trim().is_empty() && message.embeds().is_empty();
    assert!(!is_empty, "a message without anything");
    read(message.content(), sources);
    assert!(message.buttons().len() <= 5);
    if let Some(menu) = message.menu() {
        assert!((1..=25).contains(&menu.options.len()));
        for option in &menu.options {
            assert!((1..=100).contains(&length(option.trim())));
        }
    }
}

/// Reads a text from the front as Discord does: an escape, a code block, code, or prose.
pub(crate) fn read(text: &str, sources: &[Source]) {
    let fences = text.lines().filter(|line| {
        let line = line.trim_start_matches([' ', '>']);
        line.starts_with("```")
    });
    assert!(fences.count() % 2 == 0, "an open code block:\n{text}");
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '`', '<', '@', ']', 'd', 'D']) {
        rest = rest.get(at..).unwrap_or_default();
        let escapes = rest
            .strip_prefix('\\')
            .and_then(|after| after.chars().next())
            .filter(char::is_ascii_punctuation);
        let step = if let Some(c) = escapes {
            1 + c.len_utf8()
        } else if rest.starts_with('`') {
            code(rest)
        } else {
            prose(rest, text, sources)
        };
        rest = rest.get(step..).unwrap_or_default();
    }
}

/// How long the code that begins here is; its backticks alone where it never ends.
fn code(rest: &str) -> usize {
    let run = |text: &str| text.bytes().take_while(|byte| *byte == b'`').count();
    let ticks = run(rest);
    let mut at = ticks;
    while let Some(next) = rest.get(at..).and_then(|rest| rest.find('`')) {
        let found = run(rest.get(at + next..).unwrap_or_default());
        at += next + found;
        if found == ticks || (ticks >= 3 && found >= 3) {
            return at;
        }
    }
    ticks
}

/// Judges what begins here in prose; how far to go on.
fn prose(rest: &str, text: &str, sources: &[Source]) -> usize {
    // Nothing within an address is a mention.
    if rest.starts_with("<http") {
        let end = rest.find(|c: char| c == '>' || c.is_whitespace());
        return end.unwrap_or(rest.len()).max(1);
    }
    for ping in [
        "@everyone",
        "@here",
        "<@",
        "<#",
        "<t:",
        "<:",
        "<a:",
        "</",
        "<id:",
    ] {
        assert!(!rest.starts_with(ping), "{ping:?} in\n{text}");
    }
    let lower: String = rest.chars().take(24).collect::<String>().to_lowercase();
    for invite in [
        "discord.gg/",
        "discord.com/invite/",
        "discordapp.com/invite/",
    ] {
        assert!(!lower.starts_with(invite), "an invite in\n{text}");
    }
    if let Some(address) = rest.strip_prefix("](") {
        let address = address
            .strip_prefix('<')
            .and_then(|rest| rest.split_once(">)"));
        let Some((address, _)) = address else {
            panic!("a link that is not ours in\n{text}");
        };
        let is_ours = address.starts_with("https://discord.com/channels/")
            || sources.iter().any(|source| {
                Link::to(&source.url).is_some_and(|link| {
                    let host = |address: &str| address.split('/').nth(2).map(str::to_owned);
                    link.address() == address || host(link.address()) == host(address)
                })
            });
        assert!(
            is_ours,
            "a link to {address}, which is no source, in\n{text}"
        );
    }
    rest.chars().next().map_or(1, char::len_utf8)
}
