//! What an interaction tells besides what it is about: who, where, and how to reply. Reads; decides nothing.

use secrecy::SecretString;
use serenity::all::{
    AuthorizingIntegrationOwner, AuthorizingIntegrationOwners, ChannelType, CommandInteraction,
    ComponentInteraction, InteractionContext, Member, ModalInteraction, PartialChannel,
    Permissions, User,
};

use super::languages::Languages;
use crate::conversation::controls::Reader;
use crate::conversation::language::Language;
use crate::conversation::question::{Belongs, Person, Place, Reply};
use crate::ids::{ApplicationId, ChannelId, GuildId, InteractionId, PersonId, RoleId};

/// An interaction, whatever its kind.
pub(super) struct Arrival {
    /// What it holds open.
    pub(super) reply: Reply,
    /// Who it is from.
    pub(super) person: Person,
    /// The same person as somebody who does something with an answer.
    pub(super) reader: Reader,
    /// Where it is from.
    pub(super) place: Place,
    /// Which conversation a question asked there by itself belongs to.
    pub(super) belongs: Belongs,
    /// Whether the bot may show embeds there, when Discord says.
    pub(super) embeds: Option<bool>,
    /// Whether the bot may attach files there, when Discord says.
    pub(super) files: Option<bool>,
    /// What Discord tells of the channel that it is from.
    pub(super) channel: Option<PartialChannel>,
    /// The person's roles in the server, without that of everyone; none outside of servers.
    pub(super) roles: Vec<RoleId>,
    /// What the person may do in the channel that it is from; nothing outside of servers.
    pub(super) permissions: Permissions,
    /// The person's own language, for what they alone read.
    pub(super) language: Language,
    /// The language of the place, for what everyone there reads.
    pub(super) around: Language,
}

/// Builds an [`Arrival`] from the fields that all kinds share.
macro_rules! arrival {
    ($interaction:expr, $member:expr, $present:expr, $languages:expr) => {{
        let (interaction, languages) = ($interaction, $languages);
        let moderates = interaction
            .member
            .as_ref()
            .and_then(|member| member.permissions)
            .is_some_and(Permissions::manage_messages);
        let person = person(&interaction.user, $member);
        let guild = interaction.guild_id.map(|guild| GuildId(guild.get()));
        if let (Some(guild), Some(locale)) = (guild, &interaction.guild_locale) {
            languages.server_of_interaction(guild, locale);
        }
        let language = languages.person_is(person.id, &interaction.locale);
        let around = languages.around(guild, person.id);
        Arrival {
            reply: Reply {
                interaction: InteractionId(interaction.id.get()),
                application: ApplicationId(interaction.application_id.get()),
                token: SecretString::from(interaction.token.clone()),
            },
            reader: Reader {
                id: person.id,
                moderates,
            },
            person,
            place: Place {
                guild,
                channel: ChannelId(interaction.channel_id.get()),
                present: $present,
            },
            belongs: belongs(interaction.channel.as_ref(), $present),
            embeds: interaction.app_permissions.map(Permissions::embed_links),
            files: interaction.app_permissions.map(Permissions::attach_files),
            channel: interaction.channel.clone(),
            roles: roles($member),
            permissions: $member
                .and_then(|member| member.permissions)
                .unwrap_or_default(),
            language,
            around,
        }
    }};
}

impl Arrival {
    pub(super) fn of_command(interaction: &CommandInteraction, languages: &Languages) -> Self {
        let present = present(
            &interaction.authorizing_integration_owners,
            interaction.context,
        );
        arrival!(
            interaction,
            interaction.member.as_deref(),
            present,
            languages
        )
    }

    pub(super) fn of_component(interaction: &ComponentInteraction, languages: &Languages) -> Self {
        let present = present(
            &interaction.authorizing_integration_owners,
            interaction.context,
        );
        arrival!(interaction, interaction.member.as_ref(), present, languages)
    }

    /// A form does not say whether the bot is in the place; what opened it does.
    pub(super) fn of_modal(
        interaction: &ModalInteraction,
        present: bool,
        languages: &Languages,
    ) -> Self {
        arrival!(interaction, interaction.member.as_ref(), present, languages)
    }
}

/// A person as others in the place see them.
pub(super) fn person(user: &User, member: Option<&Member>) -> Person {
    let nick = member.and_then(|member| member.nick.as_deref());
    let name = nick.or(user.global_name.as_deref()).unwrap_or(&user.name);
    Person {
        id: PersonId(user.id.get()),
        name: name.to_owned(),
    }
}

fn roles(member: Option<&Member>) -> Vec<RoleId> {
    let roles = member.into_iter().flat_map(|member| &member.roles);
    roles.map(|role| RoleId(role.get())).collect()
}

/// Whether the bot itself is where an interaction is from: in a server that it was added to, or in a direct conversation with it.
fn present(owners: &AuthorizingIntegrationOwners, context: Option<InteractionContext>) -> bool {
    match context {
        Some(InteractionContext::BotDm) => true,
        Some(InteractionContext::PrivateChannel) => false,
        // What is told of neither is a server of before there were other ways.
        _ => {
            owners.0.is_empty()
                || owners
                    .0
                    .iter()
                    .any(|owner| matches!(owner, AuthorizingIntegrationOwner::GuildInstall(_)))
        }
    }
}

fn belongs(channel: Option<&PartialChannel>, present: bool) -> Belongs {
    let lives_here = channel.is_some_and(|channel| is_home(channel.kind));
    if lives_here && present {
        Belongs::Here
    } else {
        Belongs::New
    }
}

/// Whether a channel of this kind is one conversation's alone.
pub(super) fn is_home(kind: ChannelType) -> bool {
    matches!(
        kind,
        ChannelType::PublicThread
            | ChannelType::PrivateThread
            | ChannelType::NewsThread
            | ChannelType::Private
    )
}
