//! What a person does with commands, components and forms. Sends nothing that Discord's own client would not send.

use std::sync::Arc;

use super::Person;
use crate::{
    channel::Channel,
    clock::Moment,
    interaction::Interaction,
    message::Message,
    modal::Modal,
    shared::State,
    snowflake::Snowflake,
    world::{
        World,
        invocation::{Invocation, Typed},
        uploads::Upload,
        use_error::UseError,
    },
};

impl Person {
    /// Uses a command, with its options by name; a subcommand follows its command: `search set`.
    ///
    /// People, roles and channels go by name or id. The event is on its way when this returns, and the three seconds run.
    ///
    /// # Errors
    ///
    /// What a Discord client would not send is not sent: an unknown command or one that is not offered here, a missing or
    /// unfitting option. Nor is anything when no bot is there to receive it.
    pub async fn uses(
        &self,
        channel: &Channel,
        command: &str,
        options: &[(&str, &str)],
    ) -> Result<Interaction, UseError> {
        self.types(channel, command, options, None)
    }

    /// Types an option that the bot completes, with what has been filled in before; [`Interaction::offered`] waits for
    /// the choices.
    ///
    /// The option's text so far stands in `options` like the others; it may be missing, and required options too.
    ///
    /// # Errors
    ///
    /// As for [`Person::uses`], and when the option was not registered with autocomplete.
    pub async fn completes(
        &self,
        channel: &Channel,
        command: &str,
        options: &[(&str, &str)],
        focused: &str,
    ) -> Result<Interaction, UseError> {
        self.types(channel, command, options, Some(focused))
    }

    fn types(
        &self,
        channel: &Channel,
        command: &str,
        options: &[(&str, &str)],
        focused: Option<&str>,
    ) -> Result<Interaction, UseError> {
        let options = owned(options);
        self.sends(|world, now| {
            let typed = Typed {
                now,
                person: self.id,
                channel: channel.snowflake(),
                command,
                options: &options,
                focused,
            };
            Ok((channel.snowflake(), world.fill_in(&typed)?))
        })
    }

    /// Chooses a command in the menu of a message.
    ///
    /// # Errors
    ///
    /// The person does not see the message, or is not offered the command.
    pub async fn uses_on_message(
        &self,
        message: &Message,
        command: &str,
    ) -> Result<Interaction, UseError> {
        let message = message.snowflake();
        self.sends(|world, now| world.menu_of_message(now, self.id, message, command))
    }

    /// Chooses a command in the menu of a person, opened in a channel.
    ///
    /// # Errors
    ///
    /// The person is not offered the command there.
    pub async fn uses_on_person(
        &self,
        channel: &Channel,
        target: &Person,
        command: &str,
    ) -> Result<Interaction, UseError> {
        let place = channel.snowflake();
        self.sends(|world, now| {
            let invocation = world.menu_of_person(now, self.id, place, target.id, command)?;
            Ok((place, invocation))
        })
    }

    /// Presses the button of a message that has this label or custom id.
    ///
    /// # Errors
    ///
    /// The person does not see the message, or the button is not there, disabled, or opens a link.
    pub async fn presses(&self, message: &Message, button: &str) -> Result<Interaction, UseError> {
        let message = message.snowflake();
        self.sends(|world, now| world.press(now, self.id, message, button))
    }

    /// Chooses from the menu of a message that has this custom id or placeholder.
    ///
    /// Options go by label or value, people, roles and channels by name or id.
    ///
    /// # Errors
    ///
    /// As for [`Person::presses`], and when the choice does not fit the menu.
    pub async fn chooses(
        &self,
        message: &Message,
        menu: &str,
        values: &[&str],
    ) -> Result<Interaction, UseError> {
        let message = message.snowflake();
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        self.sends(|world, now| world.choose(now, self.id, message, menu, &values))
    }

    /// Fills in a form and sends it. Fields go by label or custom id; one that takes several values is named once for each.
    ///
    /// # Errors
    ///
    /// The form is no longer open, or a value does not fit its field.
    pub async fn fills(
        &self,
        modal: &Modal,
        values: &[(&str, &str)],
    ) -> Result<Interaction, UseError> {
        let (opened_by, values) = (modal.opened_by(), owned(values));
        self.sends(|world, now| world.fill_modal(now, self.id, opened_by, &values))
    }

    /// Puts a form away without sending it.
    ///
    /// # Errors
    ///
    /// The form is no longer open.
    pub fn dismisses(&self, modal: &Modal) -> Result<(), UseError> {
        self.shared
            .act(|state, _| state.world.dismiss_modal(self.id, modal.opened_by()))
    }

    /// The form that is open for this person.
    pub fn modal(&self) -> Option<Modal> {
        self.shared
            .act(|state, _| state.world.open_modal(self.id).map(Modal::new))
    }

    /// Hands in a file; the id stands for it as the value of an option or a field that takes files.
    ///
    /// # Errors
    ///
    /// It has more than 10 MiB.
    pub fn hands_in(&self, name: &str, bytes: &[u8]) -> Result<u64, UseError> {
        let file = Upload::named(name, bytes);
        let id = self
            .shared
            .act(|state, now| state.world.hand_in(now, &file))?;
        Ok(id.get())
    }

    /// The channel between this person and another, in which the bot is not.
    pub fn direct_messages_with(&self, other: &Self) -> Channel {
        let id = self
            .shared
            .act(|state, now| state.world.private_channel(now, self.id, other.id));
        Channel::new(Arc::clone(&self.shared), id)
    }

    /// Installs the application for themselves: commands registered for that can then be used everywhere.
    pub fn installs(&self) {
        self.shared
            .act(|state, _| state.world.install_for(self.id, true));
    }

    /// Removes the application that they have installed for themselves.
    pub fn uninstalls(&self) {
        self.shared
            .act(|state, _| state.world.install_for(self.id, false));
    }

    /// Lets the world make an interaction and sends it to the bot, if there is one.
    fn sends(
        &self,
        what: impl FnOnce(&World, Moment) -> Result<(Snowflake, Invocation), UseError>,
    ) -> Result<Interaction, UseError> {
        let id = self.shared.act(|state: &mut State, now| {
            let (channel, invocation) = what(&state.world, now)?;
            if !state.sessions.has_bot() {
                return Err(UseError::NoBot);
            }
            state.world.invoke(now, self.id, channel, invocation)
        })?;
        Ok(Interaction::new(Arc::clone(&self.shared), id))
    }
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}
