//! The subcommands about how answers are made and shown: how much is read, which model, what a research may cost, pictures, related questions, the instruction, how much
//! of the conversation is sent along, threads.

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::completing::Completion;
use super::leaf::{Deed, Given, Kind, Leaf, Of, Opt, Unfit};
use super::sources::{text, texts};
use crate::conversation::language::Language;
use crate::render::settings::choice_text;
use crate::search::change::{Invalid, Step};
use crate::search::fields::{Threads, Value};
use crate::search::persona::{Instruction, Persona};
use crate::search::service::{ContextSize, Depth, Dollars, HistoryBudget, Model};

/// The subcommands.
pub(super) const LEAVES: &[Leaf] = &[
    Leaf {
        path: "context",
        options: &[Opt::needed("size", Kind::OneOf(sizes))],
        of: Of::Place,
        deed: Deed::Set(|given| {
            let size = given.args.one_of("size", &ContextSize::ALL);
            Ok(vec![Step::Set(Value::ContextSize(
                size.ok_or(Unfit::Nothing)?,
            ))])
        }),
    },
    Leaf {
        path: "model",
        options: &[
            Opt::optional("model", Kind::Completed(Completion::Model)),
            // Discord takes no further subcommand: there are 25.
            Opt::optional("confirm_above", Kind::Plain(text::<30>)),
        ],
        of: Of::Place,
        deed: Deed::Set(models),
    },
    Leaf {
        path: "images",
        options: &[Opt::needed("shown", Kind::Plain(flag))],
        of: Of::Place,
        deed: Deed::Set(|given| {
            let shown = given.args.flag("shown").ok_or(Unfit::Nothing)?;
            Ok(vec![Step::Set(Value::Images(shown))])
        }),
    },
    Leaf {
        path: "related",
        options: &[Opt::needed("offered", Kind::Plain(flag))],
        of: Of::Place,
        deed: Deed::Set(|given| {
            let offered = given.args.flag("offered").ok_or(Unfit::Nothing)?;
            Ok(vec![Step::Set(Value::Related(offered))])
        }),
    },
    Leaf {
        path: "persona",
        options: &[
            Opt::optional("instruction", Kind::Plain(text::<2000>)),
            Opt::optional("usual", Kind::Plain(flag)),
        ],
        of: Of::Place,
        deed: Deed::Set(persona),
    },
    Leaf {
        path: "history",
        options: &[
            Opt::optional("turns", Kind::Plain(number)),
            Opt::optional("tokens", Kind::Plain(number)),
        ],
        of: Of::Place,
        deed: Deed::Adjust(history),
    },
    Leaf {
        path: "threads",
        options: &[Opt::needed("opened", Kind::OneOf(rules))],
        of: Of::Place,
        deed: Deed::Set(|given| {
            let rule = given
                .args
                .one_of("opened", &THREADS)
                .ok_or(Unfit::Nothing)?;
            Ok(vec![Step::Set(Value::Threads(rule))])
        }),
    },
];

/// The rules for threads, from the most.
const THREADS: [Threads; 3] = [Threads::Always, Threads::FollowedUp, Threads::Never];

fn sizes(language: Language) -> Vec<String> {
    texts(&ContextSize::ALL.map(Value::ContextSize), language)
}

fn rules(language: Language) -> Vec<String> {
    texts(&THREADS.map(Value::Threads), language)
}

/// Yes or no.
pub(super) fn flag(option: CreateCommandOption) -> CreateCommandOption {
    option.kind(CommandOptionType::Boolean)
}

/// A whole number from 0.
fn number(option: CreateCommandOption) -> CreateCommandOption {
    option
        .kind(CommandOptionType::Integer)
        .min_int_value(0)
        .max_int_value(u64::from(u32::MAX))
}

fn models(given: &Given<'_>) -> Result<Vec<Step>, Unfit> {
    let mut steps = Vec::new();
    if let Some(typed) = given.args.text("model") {
        let model = model(typed, given.language);
        steps.push(Step::Set(Value::Model(model)));
    }
    if let Some(typed) = given.args.text("confirm_above") {
        let amount = Dollars::parse(typed).ok_or_else(|| Invalid::NoAmount(typed.to_owned()))?;
        steps.push(Step::Set(Value::ConfirmAbove(amount)));
    }
    if steps.is_empty() {
        return Err(Unfit::Nothing);
    }
    Ok(steps)
}

/// The model that somebody typed: a depth as it is called, or a model's name.
fn model(typed: &str, language: Language) -> Model {
    let typed = typed.trim();
    let is_called = |depth: &Depth| {
        [language, Language::English].into_iter().any(|language| {
            let called = choice_text(&Value::Model(Model::Depth(*depth)), language);
            called.to_lowercase() == typed.to_lowercase()
        })
    };
    match Depth::ALL.into_iter().find(is_called) {
        Some(depth) => Model::Depth(depth),
        None => Model::Named(typed.to_owned()),
    }
}

fn persona(given: &Given<'_>) -> Result<Vec<Step>, Unfit> {
    let persona = match (given.args.text("instruction"), given.args.flag("usual")) {
        (Some(text), Some(false) | None) => {
            let instruction = Instruction::parse(text).map_err(Invalid::Instruction)?;
            Persona::Instruction(instruction)
        }
        (None, Some(true)) => Persona::Usual,
        _ => return Err(Unfit::Nothing),
    };
    Ok(vec![Step::Set(Value::Persona(persona))])
}

fn history(given: &Given<'_>) -> Result<Vec<Step>, Unfit> {
    let (turns, tokens) = (given.args.number("turns"), given.args.number("tokens"));
    if turns.is_none() && tokens.is_none() {
        return Err(Unfit::Nothing);
    }
    let now = given.values.history;
    let history = HistoryBudget {
        turns: turns.unwrap_or(now.turns),
        tokens: tokens.unwrap_or(now.tokens),
    };
    Ok(vec![Step::Set(Value::History(history))])
}
