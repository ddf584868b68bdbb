//! `/ask`: answers one question with its sources, narrowed by what its asker wishes for it alone. Formats no text and touches no storage.

use std::borrow::Cow;
use std::sync::Arc;

use poise::{ApplicationContext, ChoiceParameter, CommandParameterChoice};

use super::{Error, Localized, localized};
use crate::conversation::language::Language;
use crate::conversation::question::Task;
use crate::discord::answering::Edge;
use crate::discord::arrival::Arrival;
use crate::discord::taking::Asked;
use crate::render::sentences::{CommandTexts, Refusal, commands};
use crate::render::settings::choice_text;
use crate::search::Recency;
use crate::search::change::Invalid;
use crate::search::domains::Hosts;
use crate::search::fields::Value;
use crate::search::freshness::Freshness;
use crate::search::service::{Depth, Model};
use crate::search::wish::Wish;

/// How old sources may be, as Discord offers it: by its place in [`Recency::ALL`].
#[derive(Clone, Copy, Debug, ChoiceParameter)]
pub(super) enum Age {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

impl From<Age> for Recency {
    fn from(age: Age) -> Self {
        match age {
            Age::Hour => Self::Hour,
            Age::Day => Self::Day,
            Age::Week => Self::Week,
            Age::Month => Self::Month,
            Age::Year => Self::Year,
        }
    }
}

/// How deep an answer goes, as Discord offers it: by its place in [`Depth::ALL`].
#[derive(Clone, Copy, Debug, ChoiceParameter)]
enum Effort {
    Quick,
    Standard,
    Thorough,
    Research,
}

impl From<Effort> for Depth {
    fn from(effort: Effort) -> Self {
        match effort {
            Effort::Quick => Self::Quick,
            Effort::Standard => Self::Standard,
            Effort::Thorough => Self::Thorough,
            Effort::Research => Self::Research,
        }
    }
}

/// The command as Discord shows it.
pub(super) fn command() -> poise::Command<Arc<Edge>, Error> {
    let mut command = ask();
    let texts = commands(Language::English);
    command.description = Some(texts.ask.into());
    command.description_localizations = localized(|texts| texts.ask);
    let mut parameters = command.parameters.iter_mut();
    if let Some(question) = parameters.next() {
        question.name_localizations = localized(|texts| texts.option);
        question.description = Some(texts.question.into());
        question.description_localizations = localized(|texts| texts.question);
    }
    for (place, wish) in parameters.enumerate() {
        let told = |texts: CommandTexts| texts.wishes.get(place).copied().unwrap_or_default();
        wish.name_localizations = localized(|texts| told(texts).0);
        wish.description = Some(told(texts).1.into());
        wish.description_localizations = localized(|texts| told(texts).1);
        wish.choices = match wish.name.as_ref() {
            "recency" => choices(Recency::ALL.map(|age| Value::Freshness(Freshness::Recency(age)))),
            "depth" => choices(Depth::ALL.map(|depth| Value::Model(Model::Depth(depth)))),
            _ => Cow::default(),
        };
    }
    command
}

/// Values that can be chosen, as the settings call them.
pub(super) fn choices<const COUNT: usize>(
    values: [Value; COUNT],
) -> Cow<'static, [CommandParameterChoice]> {
    let choice = |value: Value| CommandParameterChoice {
        name: choice_text(&value, Language::English).into(),
        localizations: in_each_locale(&value),
        __non_exhaustive: (),
    };
    values.into_iter().map(choice).collect()
}

fn in_each_locale(value: &Value) -> Localized {
    let others = Language::ALL
        .into_iter()
        .filter(|language| *language != Language::English);
    let named = others.flat_map(|language| {
        let text = choice_text(value, language);
        let locales = language.locales().iter();
        locales.map(move |locale| (Cow::from(*locale), Cow::from(text.clone())))
    });
    named.collect()
}

// Discord checks the length before it sends the command; the number is `QuestionText::LONGEST`, and a test compares them.
#[poise::command(slash_command)]
async fn ask(
    ctx: ApplicationContext<'_, Arc<Edge>, Error>,
    #[max_length = 2000] question: String,
    #[max_length = 2000] domains: Option<String>,
    recency: Option<Age>,
    depth: Option<Effort>,
    private: Option<bool>,
) -> Result<(), Error> {
    let typed = Typed {
        question,
        domains,
        recency,
        depth: depth.map(Depth::from),
        private,
    };
    take(ctx, typed).await;
    Ok(())
}

/// A question that somebody typed with a command, and what they wish for it.
pub(super) struct Typed {
    pub(super) question: String,
    pub(super) domains: Option<String>,
    pub(super) recency: Option<Age>,
    pub(super) depth: Option<Depth>,
    pub(super) private: Option<bool>,
}

/// Takes on what was typed; whoever named what is no domain is told so.
pub(super) async fn take(ctx: ApplicationContext<'_, Arc<Edge>, Error>, typed: Typed) {
    let edge = ctx.data();
    let arrival = Arrival::of_command(ctx.interaction, &edge.ways.languages);
    let domains = match typed.domains.as_deref().and_then(hosts).transpose() {
        Ok(domains) => domains,
        Err(reason) => return edge.refuse(&arrival, Refusal::InvalidWish(reason)).await,
    };
    let asked = Asked {
        text: &typed.question,
        task: Task::Answer,
        quote: None,
        seen: true,
        belongs: arrival.belongs,
        wish: Wish {
            domains,
            recency: typed.recency.map(Recency::from),
            depth: typed.depth,
            private: typed.private.unwrap_or_default(),
        },
    };
    edge.take_interaction(&arrival, asked).await;
}

/// The domains in what somebody typed, between spaces and commas; none where there is nothing between them.
fn hosts(typed: &str) -> Option<Result<Hosts, Invalid>> {
    let mut entries = typed
        .split(|sign: char| sign.is_whitespace() || matches!(sign, ',' | '、' | '，'))
        .filter(|entry| !entry.is_empty())
        .peekable();
    entries.peek()?;
    Some(Hosts::of(entries).map_err(Invalid::Hosts))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::conversation::question::QuestionText;

    #[test]
    fn discord_is_told_the_length_that_the_domain_allows() {
        let command = serde_json::to_value(command().create_as_slash_command().unwrap()).unwrap();
        assert_eq!(command["options"][0]["max_length"], QuestionText::LONGEST);
        assert_eq!(command["options"][0]["required"], true);
        assert_eq!(command["description"], commands(Language::English).ask);
    }

    #[test]
    fn discord_offers_what_can_be_wished_for() {
        let command = serde_json::to_value(command().create_as_slash_command().unwrap()).unwrap();
        let options = command["options"].as_array().unwrap();
        let named = options.iter().skip(1);
        for (option, (name, description)) in named.zip(commands(Language::English).wishes) {
            assert_eq!(option["name"], name);
            assert_eq!(option["description"], description);
            assert_eq!(option["required"], json!(false));
        }
        assert_eq!(options.len(), 5);
        let labels = |option: usize| -> Vec<&str> {
            let choices = options[option]["choices"].as_array().unwrap();
            choices
                .iter()
                .map(|choice| choice["name"].as_str().unwrap())
                .collect()
        };
        assert_eq!(labels(2).len(), Recency::ALL.len());
        assert_eq!(labels(3), ["quick", "standard", "thorough", "research"]);
        assert_eq!(
            options[3]["choices"][2]["name_localizations"]["de"],
            "gründlich"
        );
        // Discord sends back the place in the list.
        for (place, age) in [Age::Hour, Age::Day, Age::Week, Age::Month, Age::Year]
            .into_iter()
            .enumerate()
        {
            assert_eq!(options[2]["choices"][place]["value"], place);
            assert_eq!(Recency::ALL[place], age.into());
        }
        let efforts = [
            Effort::Quick,
            Effort::Standard,
            Effort::Thorough,
            Effort::Research,
        ];
        for (place, effort) in efforts.into_iter().enumerate() {
            assert_eq!(Depth::ALL[place], effort.into());
        }
    }

    #[test]
    fn domains_are_typed_with_spaces_or_commas_between_them() {
        let typed = hosts(" https://docs.rs/tokio, python.org\n、example.org,, ");
        assert_eq!(
            typed.unwrap().unwrap().as_slice(),
            ["docs.rs", "python.org", "example.org"]
        );
        assert_eq!(hosts(" , "), None);
        assert!(hosts("docs.rs nonsense").unwrap().is_err());
    }
}
