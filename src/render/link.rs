//! Makes addresses and labels safe for a masked link in Discord. Never fetches anything.

use url::{Position, Url};

use super::body::GAP;
use super::graphemes::beginning;
use super::markdown::escape;
use super::safe::{broken, clean, invites, misleads};
use crate::conversation::answer::LONGEST_ADDRESS;
use crate::ids::{ChannelId, GuildId, MessageId};

/// The longest label, in characters.
const LONGEST_LABEL: usize = 60;

/// An address that may be linked: http or https, with a host, without a user or password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    address: String,
    host: String,
}

impl Link {
    /// The link to an address, or none when it is not one a reader should follow.
    pub fn to(address: &str) -> Option<Self> {
        let url = Url::parse(address.trim()).ok()?;
        // What is encoded is longer still.
        if url.as_str().len() > LONGEST_ADDRESS {
            return None;
        }
        let plain = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none();
        let host = url.host_str()?.to_owned();
        let taken = plain && host.chars().all(may_be_in_host) && !invites(&host, url.path());
        let address = encoded(&url);
        (taken && address.len() <= LONGEST_ADDRESS).then_some(Self { address, host })
    }

    /// The address, in the form that Discord's Markdown takes between `<` and `>`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The true host, international names in their ASCII form, so that a look-alike shows itself.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The link in Markdown, without an unfurled preview.
    pub fn markdown(&self, label: &str) -> String {
        format!("[{label}](<{}>)", self.address)
    }
}

/// The signs of names in the web, of ports and of numbers. Others are valid too, but name nobody: they are there to format what is around.
fn may_be_in_host(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':' | '[' | ']')
}

/// An address without what would end a link early in Markdown, or read as formatting. Servers read these forms as the signs themselves, though
/// by RFC 3986 (section 2.2) they need not: a sign is encoded only where the link would break. The brackets around a machine's number stay,
/// as it is no address without them.
fn encoded(url: &Url) -> String {
    let mut out = url[..Position::BeforePath].to_owned();
    for c in url[Position::BeforePath..].chars() {
        match c {
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '[' => out.push_str("%5B"),
            ']' => out.push_str("%5D"),
            '*' => out.push_str("%2A"),
            '\\' => out.push_str("%5C"),
            '`' => out.push_str("%60"),
            '|' => out.push_str("%7C"),
            '~' if out.ends_with('~') => out.push_str("%7E"),
            // `&copy;` would be read as the character that it names.
            ';' if ends_with_name(&out) => out.push_str("%3B"),
            c => out.push(c),
        }
    }
    out
}

/// Whether a semicolon behind this makes it the name of a character.
fn ends_with_name(address: &str) -> bool {
    let name = address.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '#');
    name.ends_with('&') && name.len() < address.len()
}

/// The link to a message, whose server is none in a direct conversation.
pub(super) fn message_link(
    guild: Option<GuildId>,
    channel: ChannelId,
    message: MessageId,
) -> Option<Link> {
    let guild = guild.map_or_else(|| "@me".to_owned(), |guild| guild.to_string());
    Link::to(&format!(
        "https://discord.com/channels/{guild}/{channel}/{message}"
    ))
}

/// A title as the label of a link: without what Discord refuses in labels (addresses, brackets, emoji), and not long.
pub fn label(title: &str) -> String {
    plain(title, LONGEST_LABEL)
}

/// A text of others as one line for where nothing can be escaped, at most `longest` characters of it: what would format, link or mention is left
/// out, or replaced by what looks like it where it means something.
pub(super) fn plain(text: &str, longest: usize) -> String {
    let line = one_line(text, longest);
    let mut kept = String::with_capacity(line.len());
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let (before, next) = (kept.chars().next_back(), rest.peek().copied());
        let is_emoji = is_emoji(c) || (next == Some('\u{fe0f}') && !c.is_alphanumeric());
        if is_emoji || matches!(c, '\u{fe0f}' | '\u{200d}' | '\u{20e3}') {
            continue;
        }
        let beside = |signs: [char; 2]| {
            [before, next]
                .into_iter()
                .flatten()
                .any(|c| signs.contains(&c))
        };
        let within = before.is_some_and(|c| c.is_alphanumeric() && c != 'ˍ')
            && next.is_some_and(char::is_alphanumeric);
        let shown = match c {
            '[' => '(',
            ']' => ')',
            '`' => '\'',
            '*' => '∗',
            '<' => '‹',
            '>' => '›',
            '\\' => '⧵',
            // One of these is only itself; two strike out, or hide, what is between.
            '~' if beside(['~', '∼']) => '∼',
            '|' if beside(['|', '–']) => '–',
            '_' if !within => 'ˍ',
            c => c,
        };
        kept.push(shown);
    }
    let words: Vec<&str> = kept.split_whitespace().collect();
    let without_addresses = without_schemes(&words.join(" "));
    broken(&shortened(&without_addresses, longest)).into_owned()
}

/// A text of others as one line of Markdown that shows it as it is, at most `longest` characters of it before they are escaped; `?` where
/// nothing of it can be seen.
pub(super) fn escaped(text: &str, longest: usize) -> String {
    let line = shortened(&one_line(text, longest), longest);
    if line.is_empty() {
        return "?".to_owned();
    }
    broken(&escape::line(&line)).into_owned()
}

/// A text of others as one line of plain text, to be escaped where it is written: without the schemes of addresses, and in round brackets what was
/// in those of markers and links. Of a text that is much longer than `longest` characters the end is missing.
pub(super) fn unlinked(text: &str, longest: usize) -> String {
    let line = one_line(text, longest).replace('[', "(").replace(']', ")");
    without_schemes(&line)
}

/// A text of others as one line, without what misleads. Of a text that is much longer than `longest` characters the end is missing.
pub(super) fn one_line(text: &str, longest: usize) -> String {
    // What is cut off later need not be looked at: the work is bounded, however long the text.
    let text: String = text.chars().take(longest.saturating_mul(4)).collect();
    let seen: String = clean(&text).chars().filter(|c| !misleads(*c)).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A line without the schemes of addresses, whatever is put together by leaving one out; other schemes are broken.
fn without_schemes(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        out.push(c);
        if !out.ends_with("://") {
            continue;
        }
        let scheme = out.trim_end_matches("://").len();
        let web = ["https", "http"].into_iter().find(|web| {
            let from = scheme.checked_sub(web.len());
            let end = from.and_then(|from| out.get(from..scheme));
            end.is_some_and(|end| end.eq_ignore_ascii_case(web))
        });
        match web {
            Some(web) => out.truncate(scheme - web.len()),
            None => {
                out.truncate(scheme + 1);
                out.push(GAP);
                out.push_str("//");
            }
        }
    }
    out
}

/// At most `longest` characters of a line; that something is missing shows.
pub(super) fn shortened(line: &str, longest: usize) -> String {
    if line.chars().count() <= longest {
        return line.to_owned();
    }
    let cut = beginning(line, longest.saturating_sub(1));
    format!("{}…", cut.trim_end())
}

/// Whether Discord shows a character as a picture, and a link whose label has it as it is written.
///
/// See <https://www.unicode.org/Public/UCD/latest/ucd/emoji/emoji-data.txt>: the characters from U+2300 on that are one. Those before
/// are letters, arrows and signs until a selector behind them says otherwise.
fn is_emoji(c: char) -> bool {
    matches!(
        c,
        '\u{231a}'..='\u{231b}' | '\u{2328}' | '\u{23cf}' | '\u{23e9}'..='\u{23f3}' | '\u{23f8}'..='\u{23fa}'
            | '\u{25aa}'..='\u{25ab}' | '\u{25b6}' | '\u{25c0}' | '\u{25fb}'..='\u{25fe}' | '\u{2600}'..='\u{2604}' | '\u{260e}'
            | '\u{2611}' | '\u{2614}'..='\u{2615}' | '\u{2618}' | '\u{261d}' | '\u{2620}' | '\u{2622}'..='\u{2623}' | '\u{2626}'
            | '\u{262a}' | '\u{262e}'..='\u{262f}' | '\u{2638}'..='\u{263a}' | '\u{2640}' | '\u{2642}' | '\u{2648}'..='\u{2653}'
            | '\u{265f}'..='\u{2660}' | '\u{2663}' | '\u{2665}'..='\u{2666}' | '\u{2668}' | '\u{267b}' | '\u{267e}'..='\u{267f}'
            | '\u{2692}'..='\u{2697}' | '\u{2699}' | '\u{269b}'..='\u{269c}' | '\u{26a0}'..='\u{26a1}' | '\u{26a7}'
            | '\u{26aa}'..='\u{26ab}' | '\u{26b0}'..='\u{26b1}' | '\u{26bd}'..='\u{26be}' | '\u{26c4}'..='\u{26c5}' | '\u{26c8}'
            | '\u{26ce}'..='\u{26cf}' | '\u{26d1}' | '\u{26d3}'..='\u{26d4}' | '\u{26e9}'..='\u{26ea}' | '\u{26f0}'..='\u{26f5}'
            | '\u{26f7}'..='\u{26fa}' | '\u{26fd}' | '\u{2702}' | '\u{2705}' | '\u{2708}'..='\u{270d}' | '\u{270f}' | '\u{2712}'
            | '\u{2714}' | '\u{2716}' | '\u{271d}' | '\u{2721}' | '\u{2728}' | '\u{2733}'..='\u{2734}' | '\u{2744}' | '\u{2747}'
            | '\u{274c}' | '\u{274e}' | '\u{2753}'..='\u{2755}' | '\u{2757}' | '\u{2763}'..='\u{2764}' | '\u{2795}'..='\u{2797}'
            | '\u{27a1}' | '\u{27b0}' | '\u{27bf}' | '\u{2934}'..='\u{2935}' | '\u{2b05}'..='\u{2b07}' | '\u{2b1b}'..='\u{2b1c}'
            | '\u{2b50}' | '\u{2b55}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_keeps_what_stands_between_a_page_and_its_site() {
        assert_eq!(label("Paris | Definition"), "Paris | Definition");
        assert_eq!(label("||Paris||"), "––Paris––");
    }

    #[test]
    fn only_plain_web_addresses_become_links() {
        for refused in [
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://user@host/",
            "not an address",
            "ftp://host/",
        ] {
            assert_eq!(Link::to(refused), None, "{refused}");
        }
        assert_eq!(Link::to(&format!("https://host/{}", "x".repeat(600))), None);
    }

    #[test]
    fn brackets_and_spaces_in_an_address_cannot_end_the_link() {
        let link = Link::to("https://en.wikipedia.org/wiki/Rust_(a b)>\n").unwrap();
        assert_eq!(
            link.markdown("1"),
            "[1](<https://en.wikipedia.org/wiki/Rust_%28a%20b%29%3E>)"
        );
    }

    #[test]
    fn a_machine_without_a_name_keeps_its_brackets() {
        let link = Link::to("http://[::1]:8080/a[b]").unwrap();
        assert_eq!(link.markdown("1"), "[1](<http://[::1]:8080/a%5Bb%5D>)");
    }

    #[test]
    fn a_look_alike_host_shows_itself() {
        assert_eq!(
            Link::to("https://аpple.com/").unwrap().host(),
            "xn--pple-43d.com"
        );
    }

    #[test]
    fn a_label_holds_nothing_that_discord_shows_raw() {
        assert_eq!(
            label("See [https://evil.example] `now` 🙂\n@everyone"),
            "See (evil.example) 'now' @\u{200b}everyone"
        );
        assert_eq!(label(&"é".repeat(80)).chars().count(), 60);
    }

    #[test]
    fn no_address_is_put_together_by_what_is_left_out_of_a_label() {
        for title in [
            "https:*//evil.example x",
            "hthttps://tps://evil.example x",
            "HTTPS://evil.example x",
            "https:🙂//evil.example x",
            "https:\u{200b}//evil.example x",
            ":http:////evil.example x",
        ] {
            let label = label(title);
            assert!(!label.contains("://"), "{label}");
            assert!(label.ends_with("evil.example x"), "{label}");
        }
    }

    #[test]
    fn a_label_means_what_the_title_means() {
        for (title, expected) in [
            ("p < 0.05 > q", "p ‹ 0.05 › q"),
            ("C# basics", "C# basics"),
            ("2*3 of ~5 km", "2∗3 of ~5 km"),
            ("@nasa at a@b.c", "@nasa at a@b.c"),
            ("a[1] = `x`", "a(1) = 'x'"),
            ("__main__.py of my_file", "ˍˍmainˍˍ.py of my_file"),
            ("~~gone~~ C:\\temp", "∼∼gone∼∼ C:⧵temp"),
        ] {
            assert_eq!(label(title), expected);
        }
    }

    #[test]
    fn emoji_leave_labels_and_other_signs_stay() {
        assert_eq!(
            label("⭐ Best ⌚ ⬛ ㊗ laptops 1\u{fe0f}\u{20e3} ‼\u{fe0f} ✨"),
            "Best laptops 1"
        );
        assert_eq!(label("✓ ➜ ① Tea™ 東京"), "✓ ➜ ① Tea™ 東京");
    }

    #[test]
    fn what_leads_to_an_invite_or_a_gift_or_has_a_strange_host_is_no_link() {
        for refused in [
            "https://discord.gg/x",
            "https://www.discord.gg/x",
            "https://discord.gg./x",
            "https://ptb.discord.com/invite/x",
            "https://canary.discord.com/invite/x",
            "https://discord.gift/x",
            "https://discord.com/gifts/x",
            "https://a`b*c__d__.example/",
            "https://a$b.example/",
        ] {
            assert_eq!(Link::to(refused), None, "{refused}");
        }
        for taken in [
            "https://discord.com/channels/1/2/3",
            "https://notdiscord.gg/x",
            "https://my_site.example:8080/",
            "https://[::1]/",
        ] {
            assert!(Link::to(taken).is_some(), "{taken}");
        }
    }

    #[test]
    fn an_address_loses_a_semicolon_only_where_the_name_of_a_character_ends() {
        let address = |address| Link::to(address).unwrap().address().to_owned();
        assert_eq!(
            address("https://e.example/?a=1&b=2;c=3"),
            "https://e.example/?a=1&b=2;c=3"
        );
        assert_eq!(
            address("https://e.example/?a=1&copy;=3"),
            "https://e.example/?a=1&copy%3B=3"
        );
    }
}
