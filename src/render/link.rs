//! Makes addresses and labels safe for a masked link in Discord. Never fetches anything.

use unicode_segmentation::UnicodeSegmentation;
use url::Url;

use super::safe::{broken, clean, is_invite, misleads};
use crate::ids::{ChannelId, GuildId, MessageId};

/// The longest address that becomes a link; longer ones are shown without.
const LONGEST_ADDRESS: usize = 512;

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
        let plain = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none();
        let host = url.host_str()?.to_owned();
        let (_, behind_scheme) = url.as_str().split_once("://")?;
        let invites = is_invite(behind_scheme.trim_start_matches("www."));
        let address = encoded(url.as_str());
        (plain && !invites && address.len() <= LONGEST_ADDRESS).then_some(Self { address, host })
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

/// An address without what would end a link early in Markdown, or read as formatting: these forms mean the same address.
fn encoded(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for c in address.chars() {
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
            ';' if out.contains('&') => out.push_str("%3B"),
            c => out.push(c),
        }
    }
    out
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

/// A title as the label of a link: without what Discord refuses in labels (addresses, brackets, backticks, emoji), and not long.
pub fn label(title: &str) -> String {
    plain(title, LONGEST_LABEL)
}

/// A text of others as one line without formatting, links or mentions, at most `longest` characters of it.
pub(super) fn plain(text: &str, longest: usize) -> String {
    // What is dropped and what is cut off need not be looked at: the work is bounded, however long the text.
    let text: String = text.chars().take(longest.saturating_mul(4)).collect();
    let without_scheme = text.replace("https://", "").replace("http://", "");
    // One bar is only a bar, and many titles have one between a page and its site; two would hide what is between.
    let bars = without_scheme.matches('|').count();
    let without_scheme = if bars > 1 {
        without_scheme.replace('|', "–")
    } else {
        without_scheme
    };
    let kept: String = clean(&without_scheme)
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| may_be_in_label(*c))
        .collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    shortened(&broken(&words.join(" ")), longest)
}

/// At most `longest` characters of a line; that something is missing shows.
pub(super) fn shortened(line: &str, longest: usize) -> String {
    if line.chars().count() <= longest {
        return line.to_owned();
    }
    let mut cut = String::with_capacity(longest * 2);
    let mut room = longest.saturating_sub(1);
    // What a person sees as one character is not cut.
    for grapheme in line.graphemes(true) {
        let length = grapheme.chars().count();
        if length > room {
            break;
        }
        room -= length;
        cut.push_str(grapheme);
    }
    format!("{}…", cut.trim_end())
}

fn may_be_in_label(c: char) -> bool {
    let formatting = matches!(
        c,
        '[' | ']' | '`' | '\\' | '<' | '>' | '*' | '~' | '@' | '#'
    );
    let emoji =
        matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' | '\u{fe0f}' | '\u{200d}');
    !(formatting || emoji || misleads(c))
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
    fn a_look_alike_host_shows_itself() {
        assert_eq!(
            Link::to("https://аpple.com/").unwrap().host(),
            "xn--pple-43d.com"
        );
    }

    #[test]
    fn a_label_holds_nothing_that_discord_shows_raw() {
        assert_eq!(
            label("See [https://evil.example] `now` 🙂\n\\@everyone"),
            "See evil.example now everyone"
        );
        assert_eq!(label(&"é".repeat(80)).chars().count(), 60);
    }
}
