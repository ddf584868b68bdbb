//! What must hold when all is quiet again, whatever was done to the bot.

use std::collections::BTreeMap;

use discord_emulator::Whom;

use crate::ledger::{Ledger, Seen};
use crate::rows::{Question, Rows};
use crate::service::{SENTENCES, mark, whole};
use crate::world::{Way, World};

/// What is below a message that is not final.
const UNFINISHED: [&str; 3] = ["stop", "cancel", "begin"];

/// Holds a world whose bot has stopped against what was promised; fails the test over whatever does not hold.
pub(crate) async fn judge(world: &World) {
    let (rows, seen) = (world.rows().await, world.seen());
    let mut wrong = Vec::new();
    for question in &rows.questions {
        wrong.extend(of_question(world, &rows, &seen, question));
    }
    wrong.extend(of_jobs(&rows));
    wrong.extend(of_messages(&seen));
    wrong.extend(of_discord(world, &rows));
    wrong.extend(of_service(world, &rows));
    wrong.extend(of_log(world));
    let rows = (&rows.questions, &rows.jobs);
    assert!(
        wrong.is_empty(),
        "{}\n\nstored: {rows:#?}\nseen: {:#?}\nlog:\n{}",
        wrong.join("\n"),
        seen.0,
        world.log()
    );
}

/// One visible answer or one visible failure, and no more paid for it than once.
fn of_question(world: &World, rows: &Rows, seen: &Ledger, question: &Question) -> Vec<String> {
    let Question { id, number, .. } = question;
    let mut wrong = Vec::new();
    let mut final_ones = seen.about(*id);
    final_ones.retain(|seen| !world.is_closed(seen.channel));
    let expected = usize::from(!question.is_undeliverable);
    if final_ones.len() != expected {
        wrong.push(format!(
            "{number} has {} final messages: {final_ones:#?}",
            final_ones.len()
        ));
    }
    if final_ones
        .iter()
        .any(|seen| UNFINISHED.iter().any(|deed| seen.offers(deed)))
    {
        wrong.push(format!("{number} is never finished: {final_ones:#?}"));
    }
    let answered = question.has_ended && question.failure.is_none();
    let answers = seen.with(&whole(number)).len();
    if answers != usize::from(answered && !question.is_undeliverable) {
        wrong.push(format!(
            "{number} has {answers} answers, and failed as {:?}",
            question.failure
        ));
    }
    if answered && let Err(told) = is_in_order(seen, number) {
        wrong.push(told);
    }
    let again = rows
        .jobs
        .iter()
        .filter(|job| job.question == Some(*id) && !world.service.honours_keys())
        .map(|job| job.submitted_again)
        .sum::<u64>();
    let paid = world.service.paid_for(number);
    if paid as u64 > 1 + again {
        wrong.push(format!("{number} was paid for {paid} times"));
    }
    if answered && paid == 0 {
        wrong.push(format!("{number} is answered, and nobody was asked"));
    }
    wrong
}

/// The sentences of a long answer stand there once each, in their order.
fn is_in_order(seen: &Ledger, number: &str) -> Result<(), String> {
    let parts = seen.with(&format!("{number}-s"));
    if parts.is_empty() {
        return Ok(());
    }
    let text: String = parts.iter().map(|seen| seen.text.as_str()).collect();
    let mut behind = text.as_str();
    for sentence in 0..SENTENCES {
        let mark = mark(number, sentence);
        if text.matches(&mark).count() != 1 {
            return Err(format!("{mark} does not stand there once: {parts:#?}"));
        }
        match behind.split_once(&mark) {
            Some((_, rest)) => behind = rest,
            None => return Err(format!("{mark} is out of its order: {parts:#?}")),
        }
    }
    Ok(())
}

fn of_jobs(rows: &Rows) -> Vec<String> {
    let left = rows.jobs.iter().filter(|job| !job.is_over() || job.is_held);
    left.map(|job| format!("a job is left: {job:?}")).collect()
}

/// Nothing was said twice.
fn of_messages(seen: &Ledger) -> Vec<String> {
    let mut said: BTreeMap<_, Vec<&Seen>> = BTreeMap::new();
    for message in &seen.0 {
        let what = (message.channel, message.answers, message.text.as_str());
        said.entry(what).or_default().push(message);
    }
    let twice = said.into_values().filter(|messages| messages.len() > 1);
    twice
        .map(|messages| format!("this was said twice: {messages:#?}"))
        .collect()
}

/// Nothing is left thinking, nobody was pinged but who asked for a research, and what was promised to be answered was recorded.
fn of_discord(world: &World, rows: &Rows) -> Vec<String> {
    let report = world.discord.report();
    let mut wrong = Vec::new();
    for open in &report.left_thinking {
        wrong.push(format!("a reply says \"thinking\" for ever: {open:?}"));
    }
    for request in &report.unimplemented {
        wrong.push(format!("the local Discord has no {request}"));
    }
    for ping in &report.pings {
        if !matches!(ping.whom, Whom::Person(_)) {
            wrong.push(format!("too many were pinged: {ping:?}"));
        }
    }
    for asked in world.asked() {
        let recorded = rows.of_event(asked.event).is_some();
        let promised = match &asked.way {
            Way::Command(interaction) => interaction.timeline().acknowledged.is_some(),
            // What was missed is heard later on.
            Way::Mention => true,
        };
        if promised && !recorded {
            wrong.push(format!("{} was promised and never recorded", asked.number));
        }
    }
    wrong
}

/// Nothing was asked that nobody recorded.
fn of_service(world: &World, rows: &Rows) -> Vec<String> {
    let book = world.service.book();
    let asked = book.asked.iter();
    let asked = asked.chain(book.taken.iter().map(|taken| &taken.question));
    let is_kept = |number: &str| rows.questions.iter().any(|kept| kept.number == number);
    asked
        .filter(|number| !is_kept(number))
        .map(|number| format!("{number} was paid for, and nobody recorded it"))
        .collect()
}

/// No secret and no text in the log, and no panic.
fn of_log(world: &World) -> Vec<String> {
    let log = world.log();
    let token = world.discord.bot_token();
    let secrets = ["canary", token.as_str(), "panicked"];
    secrets
        .iter()
        .filter(|secret| log.contains(**secret))
        .map(|secret| format!("the log says {secret}"))
        .collect()
}
