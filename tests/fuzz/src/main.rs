//! Any text from any sources is rendered within Discord's limits, without a ping and without a link that is not ours. Run by `.ci/fuzz`.

#![no_main]

mod case;
mod shown;

// The modules of the bot that rendering is made of, under the names that they have there.
#[path = "../../../src/clock.rs"]
mod clock;
#[path = "../../../src/failpoint.rs"]
mod failpoint;
#[path = "../../../src/ids.rs"]
mod ids;
#[path = "../../../src/jobs/mod.rs"]
mod jobs;
#[path = "../../../src/render/mod.rs"]
mod render;
#[path = "../../../src/search/mod.rs"]
mod search;
#[path = "../../../src/store_error.rs"]
mod store_error;

mod conversation;
mod research;
mod settings;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(case) = case::Case::read(data) else {
        return;
    };
    let once = render::unparted(&case.draft.text, &case.sources);
    shown::read(&once, &case.sources);
    // That this changes nothing is a property of Markdown as models write it; of torn Markdown it has to be harmless alone.
    let twice = render::unparted(&once, &case.sources);
    shown::read(&twice, &case.sources);
    let messages = render::answer::outcome(&case.question, &case.outcome, case.display);
    assert!(
        (1..=5).contains(&messages.len()),
        "{} messages",
        messages.len()
    );
    for message in &messages {
        shown::check(message, &case.sources);
    }
    if let Some(growing) = render::answer::growing(&case.question, &case.draft, case.display) {
        shown::check(&growing, &case.sources);
    }
});
