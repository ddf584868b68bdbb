//! What no text may bring along, whoever wrote it: characters that mislead, mentions, invites. Finds and removes; formats nothing.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

use super::body::GAP;

/// The most combining marks that one character may bear.
const MARKS_AT_MOST: usize = 8;

/// The most characters of the mention of a command: three names and a number.
const LONGEST_COMMAND: usize = 160;

/// Control characters, direction overrides and invisible ones, with which a text can pose as another. The joiners within emoji
/// and scripts are none of them.
pub(super) fn misleads(c: char) -> bool {
    c == GAP || is_harmful(c)
}

/// The most tags behind a black flag, with the one that ends them: they spell a region.
const TAGS_AT_MOST: usize = 7;

/// A text without what misleads, and with one sign for each kind of white space. Gaps stay: they keep apart what Markdown would read as one, and are taken out when it is read.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    let suspicious =
        |c: char| is_harmful(c) || is_joiner(c) || is_tag(c) || is_mark(c) || is_blank(c);
    if !text.chars().any(suspicious) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    let mut last = '\n';
    // Tags spell out the flag of a region behind a black flag, and nothing else that can be seen.
    let mut tags = 0;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let c = match c {
            '\r' if rest.peek() == Some(&'\n') => continue,
            '\r' => '\n',
            c if is_blank(c) => ' ',
            c => c,
        };
        if is_harmful(c) || (is_variant(c) && !has_variants(last)) {
            continue;
        }
        if is_joiner(c) {
            let joins = rest.peek().is_some_and(|next| may_be_joined(*next));
            if !(may_be_joined(last) && joins) {
                continue;
            }
        } else if is_tag(c) {
            if tags == 0 {
                continue;
            }
            tags = if c == '\u{e007f}' { 0 } else { tags - 1 };
        } else if is_mark(c) {
            marks += 1;
            if marks > MARKS_AT_MOST {
                continue;
            }
        } else {
            marks = 0;
            tags = if c == '\u{1f3f4}' { TAGS_AT_MOST } else { 0 };
        }
        out.push(c);
        last = c;
    }
    Cow::Owned(out)
}

/// Whether what follows a `<` makes it a mention, an emoji, a time or the like to Discord.
///
/// See <https://discord.com/developers/docs/reference#message-formatting>.
pub(super) fn is_mention(after: &str) -> bool {
    let is_command = || {
        // No name of a command is longer, nor has it such a bracket in it.
        let mut signs = after
            .chars()
            .take(LONGEST_COMMAND)
            .take_while(|c| *c != '<');
        signs.any(|c| c == ':') && signs.any(|c| c == '>')
    };
    ["@", "#", ":", "a:", "t:", "id:", "sound:"]
        .iter()
        .any(|start| after.starts_with(start))
        || (after.starts_with('/') && is_command())
}

/// Whether what follows an `@` makes it a mention of all.
pub(super) fn is_everyone(after: &str) -> bool {
    ["everyone", "here"].iter().any(|word| {
        let start = after.get(..word.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(word))
    })
}

/// Whether a text begins with an invite to a server: `discord.gg/…`, `discord.com/invite/…`, in any case.
pub(super) fn is_invite(text: &str) -> bool {
    INVITES.iter().any(|invite| {
        let start = text.get(..invite.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(invite))
    })
}

/// Whether an address leads to an invite or a gift, as Discord's own hosts do under whatever subdomain.
pub(super) fn invites(host: &str, path: &str) -> bool {
    let host = host.trim_end_matches('.');
    let starts = host.match_indices('.').map(|(dot, _)| dot + 1);
    std::iter::once(0)
        .chain(starts)
        .filter_map(|start| host.get(start..))
        .any(|host| is_invite(&format!("{host}{path}")))
}

/// Where invites and gifts lead, without a scheme.
const INVITES: [&str; 8] = [
    "discord.gg/",
    "discord.gift/",
    "discord.com/invite/",
    "discord.com/gifts/",
    "discordapp.com/invite/",
    "discordapp.com/gifts/",
    "discord.new/",
    "dis.gd/",
];

/// A text that a person or a service wrote, with what mentions or invites broken by a [`GAP`]. For texts outside of Markdown.
pub(super) fn broken(text: &str) -> Cow<'_, str> {
    if !text.contains(['@', '<']) && !has_invite(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut invited = 0;
    for (at, c) in text.char_indices() {
        let after = text.get(at + c.len_utf8()..).unwrap_or_default();
        if (c == 'd' || c == 'D') && text.get(at..).is_some_and(is_invite) {
            invited = at + 1;
        }
        out.push(c);
        let breaks = match c {
            '@' => is_everyone(after),
            '<' => is_mention(after),
            '.' => invited > 0,
            _ => false,
        };
        if breaks {
            invited = 0;
            out.push(GAP);
        }
    }
    Cow::Owned(out)
}

fn has_invite(text: &str) -> bool {
    let starts = text.char_indices().filter(|(_, c)| matches!(c, 'd' | 'D'));
    starts
        .map(|(at, _)| at)
        .any(|at| text.get(at..).is_some_and(is_invite))
}

/// Characters that show nothing, or change what others show. Those that Unicode will never use are among them: nobody means them.
fn is_harmful(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' => {
            true
        }
        '\u{180e}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' => true,
        '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' => true,
        '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e001f}' => true,
        c => c.is_control(),
    }
}

/// White space that is a control character, or that no reader of Markdown takes for white space.
fn is_blank(c: char) -> bool {
    matches!(c, '\u{b}' | '\u{c}' | '\u{85}' | '\u{2800}')
}

/// What chooses the form of the ideograph before it, and shows nothing anywhere else.
fn is_variant(c: char) -> bool {
    matches!(c, '\u{e0100}'..='\u{e01ef}')
}

fn has_variants(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Whether a joiner beside this one changes what is seen: emoji, and scripts whose letters join.
fn may_be_joined(c: char) -> bool {
    let joining_script = matches!(c, '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{e00}'..='\u{109f}' | '\u{1780}'..='\u{18af}' | '\u{fb50}'..='\u{fdcf}' | '\u{fe70}'..='\u{fefc}');
    let emoji = matches!(c, '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}');
    joining_script || emoji
}

fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0020}'..='\u{e007f}')
}

/// A mark that is drawn over the character before it.
fn is_mark(c: char) -> bool {
    !c.is_ascii() && c != GAP && !is_joiner(c) && c.width() == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_misleads_is_taken_out_and_what_joins_stays() {
        for (text, cleaned) in [
            ("a\u{202e}b\u{2066}c\u{ad}\u{feff}", "abc"),
            ("a\u{0}b\u{7f}\u{9b}", "ab"),
            ("a\u{200d}\u{200c}\u{200d}b", "ab"),
            (
                "👩\u{200d}💻 می\u{200c}خواهم",
                "👩\u{200d}💻 می\u{200c}خواهم",
            ),
            ("👩\u{200d}\u{200d}💻", "👩\u{200d}💻"),
            ("❤\u{fe0f}\u{200d}🔥", "❤\u{fe0f}\u{200d}🔥"),
            ("x\u{e0041}\u{e0042}", "x"),
            (
                "🏴\u{e0067}\u{e0062}\u{e007f}!",
                "🏴\u{e0067}\u{e0062}\u{e007f}!",
            ),
            ("e\u{301} ü", "e\u{301} ü"),
            ("Form\rFeed\r\nA\u{b}B\u{c}C\u{85}D", "Form\nFeed\nA B C D"),
            ("a\u{2800}b", "a b"),
            (
                "葛\u{e0100}城\u{e0101}\u{e0102}a\u{e0103}",
                "葛\u{e0100}城\u{e0101}a",
            ),
            ("🏴\u{e0067}\u{e007f}\u{e0062}!", "🏴\u{e0067}\u{e007f}!"),
        ] {
            assert_eq!(clean(text), cleaned);
        }
        let stacked = format!("a{}b", "\u{301}".repeat(30));
        assert_eq!(clean(&stacked).chars().count(), 2 + MARKS_AT_MOST);
        let flag = format!("🏴{}!", "\u{e0067}".repeat(2_000));
        assert!(clean(&flag).chars().count() <= 9);
    }

    #[test]
    fn mentions_and_invites_are_broken() {
        for (text, safe) in [
            (
                "@everyone @HERE a@b.c",
                "@\u{200b}everyone @\u{200b}HERE a@b.c",
            ),
            ("<@1> <@&2> <#3>", "<\u{200b}@1> <\u{200b}@&2> <\u{200b}#3>"),
            (
                "<t:1:R> <a:e:1> <:e:1> <id:guide>",
                "<\u{200b}t:1:R> <\u{200b}a:e:1> <\u{200b}:e:1> <\u{200b}id:guide>",
            ),
            ("</ask:1> </b> a < b", "<\u{200b}/ask:1> </b> a < b"),
            (
                "Join Discord.GG/x, discord.com/invite/y",
                "Join Discord.\u{200b}GG/x, discord.\u{200b}com/invite/y",
            ),
            (
                "discord.com/channels/1 is no invite.",
                "discord.com/channels/1 is no invite.",
            ),
        ] {
            assert_eq!(broken(text), safe);
        }
    }
}
