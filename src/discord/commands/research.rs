//! `/research`: has one question researched in depth, for minutes, narrowed as `/ask` narrows one. Formats no text and touches no storage.

use std::borrow::Cow;
use std::sync::Arc;

use poise::ApplicationContext;

use super::ask::{Age, Typed, choices, take};
use super::{Error, localized};
use crate::conversation::language::Language;
use crate::discord::answering::Edge;
use crate::render::sentences::{CommandTexts, commands};
use crate::search::Recency;
use crate::search::fields::Value;
use crate::search::freshness::Freshness;
use crate::search::service::Depth;

/// The place of each wish in [`CommandTexts::wishes`]: the depth is what the command itself stands for.
const WISHES: [usize; 3] = [0, 1, 3];

/// The command as Discord shows it.
pub(super) fn command() -> poise::Command<Arc<Edge>, Error> {
    let mut command = research();
    let texts = commands(Language::English);
    command.description = Some(texts.research.into());
    command.description_localizations = localized(|texts| texts.research);
    let mut parameters = command.parameters.iter_mut();
    if let Some(question) = parameters.next() {
        question.name_localizations = localized(|texts| texts.option);
        question.description = Some(texts.question.into());
        question.description_localizations = localized(|texts| texts.question);
    }
    for (place, wish) in WISHES.into_iter().zip(parameters) {
        let told = |texts: CommandTexts| texts.wishes.get(place).copied().unwrap_or_default();
        wish.name_localizations = localized(|texts| told(texts).0);
        wish.description = Some(told(texts).1.into());
        wish.description_localizations = localized(|texts| told(texts).1);
        wish.choices = match wish.name.as_ref() {
            "recency" => choices(Recency::ALL.map(|age| Value::Freshness(Freshness::Recency(age)))),
            _ => Cow::default(),
        };
    }
    command
}

// The number is `QuestionText::LONGEST`, as in `/ask`.
#[poise::command(slash_command)]
async fn research(
    ctx: ApplicationContext<'_, Arc<Edge>, Error>,
    #[max_length = 2000] question: String,
    #[max_length = 2000] domains: Option<String>,
    recency: Option<Age>,
    private: Option<bool>,
) -> Result<(), Error> {
    let typed = Typed {
        question,
        domains,
        recency,
        depth: Some(Depth::Research),
        private,
    };
    take(ctx, typed).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discord_offers_the_wishes_of_ask_without_the_depth() {
        let command = serde_json::to_value(command().create_as_slash_command().unwrap()).unwrap();
        let options = command["options"].as_array().unwrap();
        let texts = commands(Language::English);
        assert_eq!(command["description"], texts.research);
        assert_eq!(options[0]["required"], true);
        let named: Vec<_> = options
            .iter()
            .skip(1)
            .map(|option| option["name"].as_str().unwrap())
            .collect();
        assert_eq!(named, ["domains", "recency", "private"]);
        for (option, place) in options.iter().skip(1).zip(WISHES) {
            assert_eq!(option["name"], texts.wishes[place].0);
            assert_eq!(option["description"], texts.wishes[place].1);
        }
        assert_eq!(
            options[2]["choices"].as_array().unwrap().len(),
            Recency::ALL.len()
        );
    }
}
