//! Why what a person wanted to do with a command, a component or a form was not sent, each with its mend. Decides nothing.

/// Why a command, a component or a form could not be used: Discord's client would not have sent it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UseError {
    /// The bot has not registered it.
    #[error("there is no command {command}; registered: {registered}")]
    NoSuchCommand {
        /// What was asked for, with a slash where it is typed.
        command: String,
        /// The names there are.
        registered: String,
    },
    /// The command is there, but not for this person in this place.
    #[error("{command} is not offered here: {reason}")]
    NotOffered {
        /// What was asked for, with a slash where it is typed.
        command: String,
        /// What stands against it.
        reason: String,
    },
    /// The command does not take this option.
    #[error("/{command} has no option `{option}`: leave it out, or correct its name")]
    NoSuchOption {
        /// The command.
        command: String,
        /// The option that was given.
        option: String,
    },
    /// A required option was left out.
    #[error("/{command} needs the option `{option}`: give it a value")]
    MissingOption {
        /// The command.
        command: String,
        /// The option that is missing.
        option: String,
    },
    /// The value does not fit the option.
    #[error("`{option}` of /{command} does not take this value: {reason}")]
    BadValue {
        /// The command.
        command: String,
        /// The option.
        option: String,
        /// What is wrong, and what would fit.
        reason: String,
    },
    /// The option has no autocomplete.
    #[error("`{option}` of /{command} is not completed by the bot: register it with autocomplete")]
    NotCompleted {
        /// The command.
        command: String,
        /// The option.
        option: String,
    },
    /// Nobody would receive it.
    #[error("no bot is connected: start the bot and wait until it is ready")]
    NoBot,
    /// The channel does not exist in this emulator, or the person does not see it.
    #[error("there is no such channel: take one from `Emulator::channel` that this person sees")]
    NoSuchChannel,
    /// The message is gone, or the person does not see it.
    #[error("this person sees no such message: it is gone, or it is for somebody else alone")]
    NoSuchMessage,
    /// The person meant is not there.
    #[error("there is no such person here")]
    NoSuchPerson,
    /// Nothing in the message is called that.
    #[error("there is no {what} called `{wanted}` in this message; there is: {there}")]
    NoSuchComponent {
        /// Button or menu.
        what: &'static str,
        /// The label or custom id that was named.
        wanted: String,
        /// What is there instead.
        there: String,
    },
    /// It is there, but cannot be used.
    #[error("`{component}` cannot be used: {reason}")]
    Unusable {
        /// The label or custom id that was named.
        component: String,
        /// What stands against it.
        reason: String,
    },
    /// The file is larger than Discord takes.
    #[error("a file has at most 10 MiB")]
    FileTooLarge,
    /// No form is open for this person, or another one.
    #[error("this form is not open: wait for it with `Interaction::modal`")]
    NoForm,
    /// The form has no such field.
    #[error("the form has no field `{field}`; it has: {there}")]
    NoSuchField {
        /// The label or custom id that was named.
        field: String,
        /// What is there instead.
        there: String,
    },
    /// What was filled in does not fit the field.
    #[error("the field `{field}` does not take this: {reason}")]
    BadField {
        /// The label or custom id.
        field: String,
        /// What is wrong, and what would fit.
        reason: String,
    },
}
