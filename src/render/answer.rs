//! An answer, whole or growing, as the messages a channel shows. Decides what is shown, never when or where.

use std::collections::BTreeSet;
use std::time::Duration;

use super::citations::{Cited, cite};
use super::controls;
use super::heading::heading;
use super::link::{Link, label, message_link, plain};
use super::sentences::{
    self, CUT_AT_LENGTH, CUT_AT_PARTS, EDITED_SINCE, EMPTY_ANSWER, FOUND_NOT_CITED, SOURCES,
    WRITING,
};
use super::split::split;
use super::words::{fill, words};
use super::{MESSAGE_LIMIT, Message};
use crate::conversation::answer::{Answer, Draft, Finish, Source};
use crate::conversation::outcome::Outcome;
use crate::conversation::question::Question;
use crate::conversation::rules::Display;
use crate::ids::{ChannelId, MessageId};

/// A part is cut here: some room below the limit, because Discord counts some characters in its own way.
pub(super) const PART_LIMIT: usize = 1_900;

/// The most messages one answer may take in a channel.
const PARTS_AT_MOST: usize = 5;

/// The most characters of one thing that is being searched for.
const LONGEST_QUERY: usize = 80;

/// The most things that are shown as being searched for.
const QUERIES_AT_MOST: usize = 5;

/// The most characters of a name.
const LONGEST_NAME: usize = 32;

/// As much of an answer as is rendered, in characters: what the parts can hold, and some more.
pub(super) const RENDERED: usize = PART_LIMIT * (PARTS_AT_MOST + 1);

/// As much of a growing answer as is rendered: only its first part is shown.
const GROWING: usize = PART_LIMIT * 2;

/// The most sources listed when the text cites none of them.
const UNCITED_AT_MOST: usize = 5;

/// A question's end, as the messages to show in order; what readers can do with it is below the last. Never empty.
pub fn outcome(question: &Question, outcome: &Outcome, display: Display) -> Vec<Message> {
    let mut messages = texts(question, outcome, display);
    if let Some(last) = messages.pop() {
        messages.push(
            last.with_buttons(controls::below(question, outcome))
                .with_menu(controls::related(question, outcome)),
        );
    }
    messages
}

/// The same once the question was edited: the last message says so, and offers to answer the question as it reads now.
pub fn edited(question: &Question, outcome: &Outcome, display: Display) -> Vec<Message> {
    let mut messages = texts(question, outcome, display);
    if let Some(mut last) = messages.pop() {
        let room = last.content.chars().count() + 1 + EDITED_SINCE.chars().count();
        if room <= MESSAGE_LIMIT {
            last.content.push('\n');
            last.content.push_str(EDITED_SINCE);
        }
        messages.push(
            last.with_buttons(controls::below_edited(question, outcome))
                .with_menu(controls::related(question, outcome)),
        );
    }
    messages
}

fn texts(question: &Question, outcome: &Outcome, _display: Display) -> Vec<Message> {
    match outcome {
        Outcome::Answered(answer) => whole(question, answer),
        Outcome::Failed { failure, draft } => {
            let sentence = sentences::failure(question.asked.language, failure);
            let text = complete_sentences(beginning(&draft.text, RENDERED));
            let Cited { text, cited, .. } = cite(text, &draft.sources);
            let list = source_list(&draft.sources, &cited);
            let list = if text.trim().is_empty() { None } else { list };
            messages(&headed(question, &text), list.into_iter().chain([sentence]))
        }
    }
}

/// A question that waits for those before it in its conversation.
pub fn waiting(question: &Question) -> Message {
    stage(question, words(question.asked.language).waiting.to_owned())
}

/// An answer that is being written anew, or whose turn has come, before its first text.
pub fn begun(question: &Question) -> Message {
    stage(question, words(question.asked.language).writing.to_owned())
}

/// An answer for which this is being searched; nothing where the service does not tell.
pub fn searching(question: &Question, queries: &[String]) -> Message {
    let words = words(question.asked.language);
    let queries: Vec<String> = queries
        .iter()
        .map(|query| plain(query, LONGEST_QUERY))
        .filter(|query| !query.is_empty())
        .take(QUERIES_AT_MOST)
        .collect();
    let text = if queries.is_empty() {
        words.searching.to_owned()
    } else {
        fill(words.searching_for, &[("queries", &queries.join(" · "))])
    };
    stage(question, text)
}

fn stage(question: &Question, text: String) -> Message {
    Message::new(text).with_buttons(controls::while_written(question))
}

/// Says in a message of its own that the answer in `message` is complete: the channel then shows as unread, which an edited message does not
/// bring about.
pub fn announcement(
    question: &Question,
    channel: ChannelId,
    message: MessageId,
    took: Duration,
) -> Message {
    let asked = &question.asked;
    let words = words(asked.language);
    let link = message_link(asked.place.guild, channel, message);
    let link = link.map_or_else(
        || words.the_answer.to_owned(),
        |link| link.markdown(words.the_answer),
    );
    let name = plain(&asked.asker.name, LONGEST_NAME);
    let time = fill(words.seconds, &[("seconds", &took.as_secs().to_string())]);
    let text = fill(
        words.announced,
        &[("name", &name), ("link", &link), ("time", &time)],
    );
    Message::new(text)
}

/// A message whose file Discord does not take, without it; the message says so.
pub fn without_file(question: &Question, message: &Message) -> Message {
    let words = words(question.asked.language);
    let mut message = message.clone();
    if message.file.take().is_none() {
        return message;
    }
    let embeds = message.embeds.iter_mut();
    let texts = embeds.map(|embed| &mut embed.description);
    let mut said = false;
    for text in [&mut message.content].into_iter().chain(texts) {
        if text.contains(words.rest_attached) {
            *text = text.replace(words.rest_attached, words.rest_not_attached);
            said = true;
        }
    }
    if !said {
        let room = message.content.chars().count() + 1 + words.rest_not_attached.chars().count();
        if !message.content.is_empty() && room <= MESSAGE_LIMIT {
            message.content.push('\n');
        }
        if room <= MESSAGE_LIMIT {
            message.content.push_str(words.rest_not_attached);
        }
    }
    message
}

/// A growing answer as one message: whole sentences only, no half link, no open code block. None before the first sentence.
pub fn growing(question: &Question, draft: &Draft, _display: Display) -> Option<Message> {
    let text = complete_sentences(beginning(&draft.text, GROWING));
    let text = cite(text, &draft.sources).text;
    if text.trim().is_empty() {
        return None;
    }
    let parts = split(&headed(question, &text), PART_LIMIT);
    parts.into_iter().next().map(|first| {
        Message::new(format!("{first}\n{WRITING}")).with_buttons(controls::while_written(question))
    })
}

/// A text with the line above it that says what it answers, where that is not to be seen.
fn headed(question: &Question, text: &str) -> String {
    match heading(&question.asked) {
        Some(heading) => format!("{heading}\n{text}"),
        None => text.to_owned(),
    }
}

fn whole(question: &Question, answer: &Answer) -> Vec<Message> {
    if answer.text.trim().is_empty() {
        return vec![Message::new(headed(question, EMPTY_ANSWER))];
    }
    let Cited { text, cited, .. } = cite(beginning(&answer.text, RENDERED), &answer.sources);
    let list = source_list(&answer.sources, &cited);
    let cut = (answer.finish == Finish::Length).then(|| CUT_AT_LENGTH.to_owned());
    messages(&headed(question, &text), list.into_iter().chain(cut))
}

/// The text in parts, and behind it the blocks that end the answer, each kept whole where one message can hold it.
fn messages(text: &str, endings: impl Iterator<Item = String>) -> Vec<Message> {
    let mut parts = split(text, PART_LIMIT);
    if parts.len() > PARTS_AT_MOST {
        parts.truncate(PARTS_AT_MOST);
        parts.push(CUT_AT_PARTS.to_owned());
    }
    for ending in endings {
        match parts.last_mut() {
            Some(last) if last.chars().count() + 2 + ending.chars().count() <= PART_LIMIT => {
                last.push_str("\n\n");
                last.push_str(&ending);
            }
            _ => parts.extend(split(&ending, PART_LIMIT)),
        }
    }
    parts.into_iter().map(Message::new).collect()
}

/// The sources that the text cites, by number; else the first that were found.
fn source_list(sources: &[Source], cited: &BTreeSet<u32>) -> Option<String> {
    let (head, listed): (_, Vec<&Source>) = if cited.is_empty() {
        (
            FOUND_NOT_CITED,
            sources.iter().take(UNCITED_AT_MOST).collect(),
        )
    } else {
        (
            SOURCES,
            sources
                .iter()
                .filter(|source| cited.contains(&source.number))
                .collect(),
        )
    };
    if listed.is_empty() {
        return None;
    }
    let lines = listed.into_iter().map(source_line);
    Some(
        [head.to_owned()]
            .into_iter()
            .chain(lines)
            .collect::<Vec<_>>()
            .join("\n"),
    )
}

pub(super) fn source_line(source: &Source) -> String {
    let number = source.number;
    let title = label(&source.title);
    match Link::to(&source.url) {
        Some(link) if title.is_empty() => {
            format!("`{number}` {} · {}", link.markdown("source"), link.host())
        }
        Some(link) => format!("`{number}` {} · {}", link.markdown(&title), link.host()),
        None if title.is_empty() => {
            format!("`{number}` (a source without a title or an address that may be linked)")
        }
        None => format!("`{number}` {title}{}", local_name(&source.url)),
    }
}

/// Where a document without a web address is, as the built-in server names it.
fn local_name(url: &str) -> String {
    let name: String = url
        .strip_prefix("local:/")
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control() && *c != '`')
        .take(100)
        .collect();
    if name.is_empty() {
        name
    } else {
        format!(" · `{name}`")
    }
}

/// The first characters of a text. The work that rendering does is bounded by this, whatever a service sends.
pub(super) fn beginning(text: &str, characters: usize) -> &str {
    let end = text
        .char_indices()
        .nth(characters)
        .map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default()
}

/// The text up to the end of its last whole sentence or line; inside code, up to its last whole line, if it has one.
fn complete_sentences(text: &str) -> &str {
    let line_end = text.rfind('\n').map_or(0, |at| at + 1);
    let (lines, last_line) = text.split_at_checked(line_end).unwrap_or((text, ""));
    if lines.lines().filter(|line| is_fence(line)).count() % 2 == 0 {
        return text
            .get(..line_end + last_sentence_end(last_line))
            .unwrap_or_default()
            .trim_end();
    }
    let before_last = lines.trim_end().rfind('\n').map_or(0, |at| at + 1);
    let (before, newest) = lines.split_at_checked(before_last).unwrap_or((lines, ""));
    // A block that is only opened shows as an empty box.
    if is_fence(newest) {
        before.trim_end()
    } else {
        lines.trim_end()
    }
}

fn is_fence(line: &str) -> bool {
    line.trim_start_matches([' ', '>']).starts_with("```")
}

/// Where the last whole sentence of a line ends, with the markers behind it. A sentence is whole once something follows it,
/// so that neither `3.` of `3.14` nor a marker half sent is taken for its end. One pass, whatever the line holds.
fn last_sentence_end(line: &str) -> usize {
    let mut state = Sentence::default();
    let mut end = 0;
    for (at, c) in line.char_indices() {
        if state.may_end_before(c)
            && !line
                .get(at..)
                .unwrap_or_default()
                .trim_start()
                .starts_with('[')
        {
            end = at;
        }
        state.read(c);
    }
    end
}

/// What has been read of a line.
#[derive(Default)]
struct Sentence {
    /// The last thing read, markers, white space and closing signs aside, ends a sentence.
    ended: bool,
    /// Within the digits of a marker, after this state.
    in_marker: Option<bool>,
    in_code: bool,
}

impl Sentence {
    fn may_end_before(&self, c: char) -> bool {
        c.is_whitespace() && self.ended && !self.in_code && self.in_marker.is_none()
    }

    fn read(&mut self, c: char) {
        match (c, self.in_marker) {
            ('`', _) => {
                self.in_code = !self.in_code;
                self.in_marker = None;
                self.ended = false;
            }
            ('[', _) => self.in_marker = Some(self.ended),
            (']', Some(ended)) => {
                self.ended = ended;
                self.in_marker = None;
            }
            (c, Some(_)) if c.is_ascii_digit() => {}
            ('.' | '!' | '?' | '…' | '。' | '।' | '？' | '！', _) => {
                self.ended = true;
                self.in_marker = None;
            }
            ('*' | '_' | '"' | ')' | '”' | '’', _) => {}
            (c, _) if c.is_whitespace() => {}
            _ => {
                self.ended = false;
                self.in_marker = None;
            }
        }
    }
}

const _: () = assert!(
    PART_LIMIT + WRITING.len() < MESSAGE_LIMIT,
    "a growing part leaves room for its last line"
);

const _: () = assert!(
    PART_LIMIT + CUT_AT_PARTS.len() < MESSAGE_LIMIT,
    "a part leaves room for the line that says that it goes on"
);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::File;
    use super::*;
    use crate::clock::Moment;
    use crate::conversation::answer::Usage;
    use crate::conversation::failure::Failure;
    use crate::conversation::language::Language;
    use crate::conversation::question::{
        Belongs, NewQuestion, Origin, Person, Place, QuestionText, Quote, Task,
    };
    use crate::ids::{ConversationId, GuildId, PersonId, QuestionId};
    use crate::search::Filters;

    /// A question that others see by themselves, or one that they do not.
    fn question(seen: bool) -> Question {
        Question {
            id: QuestionId(7),
            conversation: ConversationId(1),
            attempt: 0,
            asked: NewQuestion {
                text: QuestionText::parse("What is the *capital*,\n@everyone?").unwrap(),
                task: Task::Answer,
                quote: None,
                asker: Person {
                    id: PersonId(1),
                    name: "Alice".to_owned(),
                },
                seen,
                place: Place {
                    guild: Some(GuildId(2)),
                    channel: ChannelId(3),
                    present: true,
                },
                event: 4,
                origin: Origin::Past,
                belongs: Belongs::New,
                language: Language::English,
                asked_at: Moment(0),
            },
        }
    }

    fn source(number: u32, title: &str, url: &str) -> Source {
        Source {
            number,
            title: title.to_owned(),
            url: url.to_owned(),
            date: None,
            last_updated: None,
            snippet: String::new(),
        }
    }

    fn answer(text: &str) -> Answer {
        let sources = vec![
            source(1, "France [official]", "https://france.example/capital"),
            source(2, "Seine", "https://river.example/"),
        ];
        Answer {
            text: text.to_owned(),
            sources,
            model: "sonar".to_owned(),
            finish: Finish::Complete,
            usage: Usage::default(),
            related: Vec::new(),
            images: Vec::new(),
            filters: Filters::default(),
            took: Duration::ZERO,
        }
    }

    fn shown(outcome_: &Outcome) -> String {
        outcome(&question(true), outcome_, Display::default())
            .iter()
            .map(Message::content)
            .collect::<Vec<_>>()
            .join("\n=====\n")
    }

    fn drafted(text: &str) -> Draft {
        Draft {
            text: text.to_owned(),
            sources: answer("").sources,
        }
    }

    #[test]
    fn an_answer_is_its_text_with_links_and_the_list_of_what_it_cites() {
        insta::assert_snapshot!(shown(&Outcome::Answered(answer("Paris is the capital.[1]"))), @r"
        Paris is the capital. [1](<https://france.example/capital>)

        **Sources**
        `1` [France official](<https://france.example/capital>) · france.example
        ");
    }

    #[test]
    fn a_question_that_others_do_not_see_stands_above_its_answer() {
        let told = |asked: &Question| {
            outcome(
                asked,
                &Outcome::Answered(answer("Paris.")),
                Display::default(),
            )[0]
            .content()
            .lines()
            .take(2)
            .collect::<Vec<_>>()
            .join("\n")
        };
        let mut asked = question(false);
        insta::assert_snapshot!(told(&asked), @r"
        -# **Alice** asked: What is the capital, everyone?
        Paris.
        ");
        asked.asked.quote = Some(Quote {
            author: "Bob".to_owned(),
            text: "Lyon is the capital.".to_owned(),
            channel: ChannelId(3),
            message: MessageId(9),
        });
        insta::assert_snapshot!(told(&asked), @r"
        -# **Alice** asked about [a message](<https://discord.com/channels/2/3/9>): What is the capital, everyone?
        Paris.
        ");
        asked.asked.task = Task::Check;
        insta::assert_snapshot!(told(&asked), @r"
        -# **Alice** asked to check [a message](<https://discord.com/channels/2/3/9>)
        Paris.
        ");
        assert_eq!(told(&question(true)), "Paris.\n");
        let growing = growing(
            &question(false),
            &drafted("Paris it is. And"),
            Display::default(),
        )
        .unwrap();
        assert!(growing.content().contains("asked: "));
        assert_eq!(growing.content().lines().count(), 3);
    }

    #[test]
    fn an_answer_that_cites_nothing_says_so() {
        insta::assert_snapshot!(shown(&Outcome::Answered(answer("Paris."))), @r"
        Paris.

        **Found, but not cited in the text**
        `1` [France official](<https://france.example/capital>) · france.example
        `2` [Seine](<https://river.example/>) · river.example
        ");
    }

    #[test]
    fn an_empty_answer_is_a_sentence() {
        insta::assert_snapshot!(shown(&Outcome::Answered(answer(" \n"))), @"The answer service sent an empty answer. Please ask again, perhaps in other words.");
    }

    #[test]
    fn an_answer_cut_by_the_service_says_so() {
        let cut = Answer {
            finish: Finish::Length,
            ..answer("Paris is the[1]")
        };
        insta::assert_snapshot!(shown(&Outcome::Answered(cut)), @r"
        Paris is the [1](<https://france.example/capital>)

        **Sources**
        `1` [France official](<https://france.example/capital>) · france.example

        -# The service ended the answer at its length limit.
        ");
    }

    #[test]
    fn what_had_come_before_a_failure_stays_with_the_reason() {
        let failed = Outcome::Failed {
            failure: Failure::BrokeOff,
            draft: drafted("Paris is the capital.[1] It lies on the Sei"),
        };
        insta::assert_snapshot!(shown(&failed), @r"
        Paris is the capital. [1](<https://france.example/capital>)

        **Sources**
        `1` [France official](<https://france.example/capital>) · france.example

        The answer broke off before it was complete. Please ask again.
        ");
        insta::assert_snapshot!(shown(&Outcome::failed(Failure::Unavailable)), @"The answer service cannot be reached right now. Please ask again in a few minutes.");
    }

    #[test]
    fn a_growing_answer_shows_whole_sentences_only() {
        let check = |text: &str, expected: Option<&str>| {
            let shown = growing(&question(true), &drafted(text), Display::default());
            let expected = expected.map(|text| format!("{text}\n-# Writing…"));
            assert_eq!(
                shown.as_ref().map(Message::content),
                expected.as_deref(),
                "{text}"
            );
        };
        check("Pari", None);
        check("Pi is 3.", None);
        check("Pi is 3.14. And", Some("Pi is 3.14."));
        check("Paris. [", None);
        check(
            "Paris. [1] It",
            Some("Paris. [1](<https://france.example/capital>)"),
        );
        check(
            "One.\n```rust\nlet a = 1;\nlet b",
            Some("One.\n```rust\nlet a = 1;\n```"),
        );
        check("One.\n```rust\n", Some("One."));
        check("See `a. b", None);
        check("यह एक वाक्य है। और", Some("यह एक वाक्य है।"));
    }

    #[test]
    fn a_long_answer_is_parted_and_keeps_every_link() {
        let text = "A sentence that says something of note.[1] ".repeat(150);
        let parts = outcome(
            &question(true),
            &Outcome::Answered(answer(&text)),
            Display::default(),
        );
        assert!(parts.len() > 1);
        let links: usize = parts
            .iter()
            .map(|part| {
                part.content()
                    .matches("[1](<https://france.example/capital>)")
                    .count()
            })
            .sum();
        assert_eq!(links, 150);
        assert!(
            parts
                .iter()
                .all(|part| part.content().chars().count() <= MESSAGE_LIMIT)
        );
    }

    #[test]
    fn a_message_that_loses_its_file_says_so() {
        let words = words(Language::English);
        let with_file = |text: String| Message {
            file: Some(Box::new(File {
                name: "rest.md".to_owned(),
                text: "More.".to_owned(),
            })),
            ..Message::new(text)
        };
        let announced = with_file(format!("Tea.\n{}", words.rest_attached));
        let told = without_file(&question(true), &announced);
        assert_eq!(told.file(), None);
        assert_eq!(told.content(), format!("Tea.\n{}", words.rest_not_attached));
        let told = without_file(&question(true), &with_file("Tea.".to_owned()));
        assert_eq!(told.content(), format!("Tea.\n{}", words.rest_not_attached));
        let plain = Message::new("Tea.".to_owned());
        assert_eq!(without_file(&question(true), &plain), plain);
    }

    #[test]
    fn an_endless_answer_is_bounded_and_says_that_it_goes_on() {
        let parts = outcome(
            &question(true),
            &Outcome::Answered(answer(&"word ".repeat(20_000))),
            Display::default(),
        );
        assert!(parts.len() <= PARTS_AT_MOST + 2);
        assert!(
            parts
                .iter()
                .any(|part| part.content().contains("too long to be posted whole"))
        );
    }
}
