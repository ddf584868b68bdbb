//! Makes addresses and labels safe for a masked link in Discord. Never fetches anything.

use url::Url;

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
        // Brackets would end the link early in Discord's Markdown; these forms mean the same address.
        let address = url
            .as_str()
            .replace('(', "%28")
            .replace(')', "%29")
            .replace('<', "%3C")
            .replace('>', "%3E");
        (plain && address.len() <= LONGEST_ADDRESS).then_some(Self { address, host })
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
    let text: String = text.chars().take(longest * 4).collect();
    let without_scheme = text.replace("https://", "").replace("http://", "");
    let kept: String = without_scheme
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| may_be_in_label(*c))
        .collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    let words = words.join(" ");
    if words.chars().count() <= longest {
        return words;
    }
    let cut: String = words.chars().take(longest.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

fn may_be_in_label(c: char) -> bool {
    let formatting = matches!(
        c,
        '[' | ']' | '`' | '\\' | '<' | '>' | '*' | '|' | '~' | '@' | '#'
    );
    let emoji =
        matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' | '\u{fe0f}' | '\u{200d}');
    !(formatting || emoji || misleads(c))
}

/// Control characters, direction overrides and invisible ones, with which a text can pose as another. The joiners within emoji
/// and scripts are none of them.
pub(super) fn misleads(c: char) -> bool {
    let invisible = matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    invisible || (c.is_control() && c != '\n' && c != '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

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
