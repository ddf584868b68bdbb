//! `/_emu/load`: many people use a command at a steady rate, and percentiles tell how the bot bears it. Judges nothing.

use std::{collections::BTreeMap, time::Duration};

use axum::{Json, body::Bytes, extract::State};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    named,
    wrong::{Wrong, read},
};
use crate::{Emulator, Interaction, Person, chance::Chance};

const MOST_PEOPLE: u32 = 1_000;
const MOST_USES: u32 = 100_000;
/// Uses that are waited for at the same time.
const MOST_WAITING: usize = 1_000;
/// A rate as fast as anything can be.
const MOST_RATE: f64 = 100_000.0;

/// `POST /_emu/load`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Load {
    channel: String,
    /// How many people take turns.
    people: u32,
    /// How many uses there are in all.
    uses: u32,
    /// How many of them begin in a second.
    rate: f64,
    /// What they use; one of them is drawn each time.
    mix: Vec<Use>,
    /// What the draws begin with.
    #[serde(default)]
    seed: u64,
    /// How long each answer is waited for, in real seconds.
    #[serde(default = "patience", with = "crate::seconds")]
    within: Duration,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Use {
    command: String,
    #[serde(default)]
    options: BTreeMap<String, String>,
}

fn patience() -> Duration {
    Duration::from_secs(30)
}

/// How one use ended, in milliseconds by the emulator's clock.
struct Ended {
    acknowledged: Option<f64>,
    settled: Option<f64>,
}

pub(super) async fn load(
    State(emulator): State<Emulator>,
    body: Bytes,
) -> Result<Json<Value>, Wrong> {
    let load: Load = read(&body)?;
    check(&load)?;
    let channel = named::channel(&emulator, &load.channel)?;
    let crowd: Vec<Person> = (1..=load.people)
        .map(|number| emulator.person(&format!("Guest {number}")))
        .collect();
    let mut chance = Chance::new(load.seed);
    let started = Instant::now();
    let mut refused = BTreeMap::<String, u32>::new();
    let mut ended = Vec::new();
    let mut waiting = stream::FuturesUnordered::new();
    for (number, person) in (0..load.uses).zip(crowd.iter().cycle()) {
        let due = started + Duration::from_secs_f64(f64::from(number) / load.rate);
        loop {
            tokio::select! {
                Some(one) = waiting.next(), if !waiting.is_empty() => ended.push(one),
                () = tokio::time::sleep_until(due), if waiting.len() < MOST_WAITING => break,
                () = emulator.shared.stopping.cancelled() => return Err(Wrong::refused(&"The emulator is ending.")),
            }
        }
        let Some(drawn) = drawn(&load.mix, &mut chance) else {
            continue;
        };
        let options: Vec<(&str, &str)> = drawn
            .options
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        match person.uses(&channel, &drawn.command, &options).await {
            Ok(interaction) => waiting.push(followed(interaction, load.within)),
            Err(error) => *refused.entry(error.to_string()).or_default() += 1,
        }
    }
    while let Some(one) = waiting.next().await {
        ended.push(one);
    }
    Ok(Json(summary(&load, &ended, &refused, started.elapsed())))
}

fn check(load: &Load) -> Result<(), Wrong> {
    let wrong = |sentence: String| Err(Wrong::unreadable(sentence));
    if !(1..=MOST_PEOPLE).contains(&load.people) {
        return wrong(format!("`people` is a number from 1 to {MOST_PEOPLE}."));
    }
    if !(1..=MOST_USES).contains(&load.uses) {
        return wrong(format!("`uses` is a number from 1 to {MOST_USES}."));
    }
    if !(0.001..=MOST_RATE).contains(&load.rate) {
        return wrong(format!(
            "`rate` is a number of uses a second, from 0.001 to {MOST_RATE}."
        ));
    }
    if load.mix.is_empty() {
        return wrong("`mix` names at least one command.".to_owned());
    }
    Ok(())
}

fn drawn<'a>(mix: &'a [Use], chance: &mut Chance) -> Option<&'a Use> {
    let count = u64::try_from(mix.len()).ok().filter(|count| *count > 0)?;
    mix.get(usize::try_from(chance.draw() % count).ok()?)
}

/// Waits until the bot has answered, and until it is no longer thinking.
async fn followed(interaction: Interaction, within: Duration) -> Ended {
    let ms = |moment: Option<Duration>| moment.map(|moment| moment.as_secs_f64() * 1e3);
    let has_text = |reply: &Value| {
        reply["flags"]
            .as_u64()
            .is_some_and(|flags| flags & 1 << 7 == 0)
    };
    let settled = interaction.until(within, has_text).await.is_ok();
    let timeline = interaction.timeline();
    Ended {
        acknowledged: ms(timeline.acknowledged),
        settled: ms(timeline.first_text.or(timeline.acknowledged)).filter(|_| settled),
    }
}

fn summary(load: &Load, ended: &[Ended], refused: &BTreeMap<String, u32>, took: Duration) -> Value {
    let unanswered = ended.iter().filter(|one| one.settled.is_none()).count();
    json!({"uses": load.uses, "seconds": took.as_secs_f64(), "refused": refused, "unanswered": unanswered,
        "acknowledged_ms": percentiles(ended.iter().filter_map(|one| one.acknowledged)),
        "answered_ms": percentiles(ended.iter().filter_map(|one| one.settled))})
}

fn percentiles(values: impl Iterator<Item = f64>) -> Value {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let at = |percent: usize| {
        let place = (values.len() * percent).div_ceil(100).saturating_sub(1);
        values.get(place)
    };
    json!({"count": values.len(), "p50": at(50), "p90": at(90), "p99": at(99), "max": values.last()})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_occurred() {
        let told = percentiles((1..=100).rev().map(f64::from));
        assert_eq!(
            told,
            json!({"count": 100, "p50": 50.0, "p90": 90.0, "p99": 99.0, "max": 100.0})
        );
        assert_eq!(percentiles([7.0].into_iter())["p50"], 7.0);
        assert_eq!(percentiles(std::iter::empty())["p50"], Value::Null);
    }
}
