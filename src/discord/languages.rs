//! In which language Footnote speaks to whom: remembers what Discord tells of servers and of people. Memory only; may be lost.

use std::hash::Hash;
use std::sync::Arc;

use dashmap::DashMap;
use serenity::all::{Context, EventHandler, Guild, PartialGuild};
use serenity::async_trait;

use super::whereabouts::Whereabouts;
use crate::conversation::language::Language;
use crate::ids::{GuildId, PersonId};

/// Beyond this many of each, one is forgotten for every new one, until Discord tells it again.
const KNOWN_AT_MOST: usize = 10_000;

/// What Discord says of a server whose people never chose its language: only those of a community can.
///
/// See <https://discord.com/developers/docs/resources/guild#guild-object>.
const NOT_CHOSEN: &str = "en-US";

/// The languages of servers and people, as Discord last told them.
pub(super) struct Languages {
    /// What is spoken where no language is known, or one that Footnote does not speak.
    fallback: Language,
    servers: DashMap<GuildId, Language>,
    /// What interactions told of the servers that they are from: nothing else tells of those where the bot is not.
    visited: DashMap<GuildId, Language>,
    people: DashMap<PersonId, Language>,
}

impl Languages {
    pub(super) fn new(fallback: Language) -> Self {
        Self {
            fallback,
            servers: DashMap::new(),
            visited: DashMap::new(),
            people: DashMap::new(),
        }
    }

    /// Discord tells of a server. `chosen` is whether its people can have chosen its locale.
    pub(super) fn server_is(&self, guild: GuildId, locale: &str, chosen: bool) {
        let language = if chosen || locale != NOT_CHOSEN {
            self.of(locale)
        } else {
            self.fallback
        };
        remember(&self.servers, guild, language);
    }

    /// Discord tells of a server that the bot is in.
    pub(super) fn server_came(&self, guild: &Guild) {
        let chosen = may_choose(&guild.features);
        self.server_is(GuildId(guild.id.get()), &guild.preferred_locale, chosen);
    }

    /// Discord tells what a server has become.
    pub(super) fn server_updated(&self, guild: &PartialGuild) {
        let chosen = may_choose(&guild.features);
        self.server_is(GuildId(guild.id.get()), &guild.preferred_locale, chosen);
    }

    /// An interaction tells of the server that it is from, but not whether anybody chose its locale. What the server itself told says
    /// more.
    pub(super) fn server_of_interaction(&self, guild: GuildId, locale: &str) {
        let language = if locale == NOT_CHOSEN {
            self.fallback
        } else {
            self.of(locale)
        };
        remember(&self.visited, guild, language);
    }

    /// An interaction tells of the person that it is from; the language that is theirs alone to read.
    pub(super) fn person_is(&self, person: PersonId, locale: &str) -> Language {
        let language = self.of(locale);
        remember(&self.people, person, language);
        language
    }

    /// What is spoken where others read along: the server's language. Where there is no server, that of the person who is spoken to.
    pub(super) fn around(&self, guild: Option<GuildId>, person: PersonId) -> Language {
        match guild {
            Some(guild) => {
                let told = self.servers.get(&guild).map(|language| *language);
                told.or_else(|| self.visited.get(&guild).map(|language| *language))
            }
            None => self.known_of(person),
        }
        .unwrap_or(self.fallback)
    }

    /// A person's own language, where it is known.
    pub(super) fn known_of(&self, person: PersonId) -> Option<Language> {
        self.people.get(&person).map(|language| *language)
    }

    fn of(&self, locale: &str) -> Language {
        Language::of_locale(locale).unwrap_or(self.fallback)
    }
}

/// Hears of servers by itself: the framework hands events on only some time after the commands are registered, and people may ask before.
/// Events come here in no order, so what was learned where they have one counts.
pub(super) struct HearsOfServers {
    pub(super) languages: Arc<Languages>,
    pub(super) whereabouts: Arc<Whereabouts>,
}

#[async_trait]
impl EventHandler for HearsOfServers {
    async fn guild_create(&self, _ctx: Context, guild: Guild, _is_new: Option<bool>) {
        if !self
            .languages
            .servers
            .contains_key(&GuildId(guild.id.get()))
        {
            self.languages.server_came(&guild);
        }
        self.whereabouts.server_came_before(&guild);
    }
}

/// Whether a server is one whose people can choose its language.
fn may_choose(features: &[String]) -> bool {
    features.iter().any(|feature| feature == "COMMUNITY")
}

fn remember<K: Copy + Eq + Hash>(known: &DashMap<K, Language>, of: K, language: Language) {
    if known.len() >= KNOWN_AT_MOST && !known.contains_key(&of) {
        // Taken out of the loop: what is being looked at cannot be removed.
        let any = known.iter().next().map(|known| *known.key());
        if let Some(any) = any {
            known.remove(&any);
        }
    }
    known.insert(of, language);
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: GuildId = GuildId(1);
    const PERSON: PersonId = PersonId(2);

    #[test]
    fn a_server_decides_where_all_read_and_a_person_where_they_alone_do() {
        let languages = Languages::new(Language::English);
        languages.server_is(SERVER, "ja", false);
        assert_eq!(languages.person_is(PERSON, "de"), Language::German);
        assert_eq!(languages.around(Some(SERVER), PERSON), Language::Japanese);
        assert_eq!(languages.around(None, PERSON), Language::German);
    }

    #[test]
    fn a_server_that_never_chose_speaks_what_the_operator_set() {
        let languages = Languages::new(Language::Spanish);
        let around = || languages.around(Some(SERVER), PERSON);
        assert_eq!(around(), Language::Spanish);
        languages.server_is(SERVER, "en-US", false);
        languages.server_of_interaction(SERVER, "en-US");
        assert_eq!(around(), Language::Spanish);
        languages.server_is(SERVER, "en-US", true);
        assert_eq!(around(), Language::English);
    }

    #[test]
    fn where_the_bot_is_not_the_newest_interaction_decides() {
        let languages = Languages::new(Language::German);
        let hears = |locale: &str| {
            languages.server_of_interaction(SERVER, locale);
            languages.around(Some(SERVER), PERSON)
        };
        assert_eq!(hears("en-US"), Language::German);
        assert_eq!(hears("ja"), Language::Japanese);
        assert_eq!(hears("en-GB"), Language::English);
        languages.server_is(SERVER, "fr", true);
        assert_eq!(hears("ja"), Language::French);
    }

    #[test]
    fn a_locale_that_footnote_does_not_speak_is_what_the_operator_set() {
        let languages = Languages::new(Language::French);
        languages.server_of_interaction(SERVER, "sv-SE");
        languages.person_is(PERSON, "pt-BR");
        assert_eq!(languages.person_is(PERSON, "ko"), Language::French);
        assert_eq!(languages.around(Some(SERVER), PERSON), Language::French);
        assert_eq!(languages.around(None, PERSON), Language::French);
        assert_eq!(languages.around(None, PersonId(3)), Language::French);
    }

    #[test]
    fn no_more_is_remembered_than_is_worth_it() {
        let languages = Languages::new(Language::English);
        for person in 0..=KNOWN_AT_MOST as u64 {
            languages.person_is(PersonId(person), "fr");
        }
        assert_eq!(languages.people.len(), KNOWN_AT_MOST);
        let newest = PersonId(KNOWN_AT_MOST as u64);
        assert_eq!(languages.known_of(newest), Some(Language::French));
    }
}
