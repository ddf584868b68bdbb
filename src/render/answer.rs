//! An answer, whole or growing, as the messages a channel shows. Decides what is shown, never when or where.

use std::time::Duration;

use super::attached;
use super::bibliography::Bibliography;
use super::controls;
use super::footer::{footer, removals, time};
use super::growing;
use super::heading::heading;
use super::link::{escaped, message_link};
use super::markdown::read;
use super::parts::{Cut, Part, Room, cut};
use super::pictures::pictures;
use super::sentences;
use super::source_list::SourceList;
use super::words::{Words, fill, words};
use super::{DESCRIPTION_LIMIT, Embed, MESSAGE_LIMIT, Message};
use crate::conversation::answer::{Draft, Finish, Source};
use crate::conversation::outcome::Outcome;
use crate::conversation::question::Question;
use crate::conversation::rules::{Density, Display, Format};
use crate::ids::{ChannelId, MessageId};

/// A part in the text of a message is cut here: some room below the limit, because Discord counts some characters in its own way.
const PART_LIMIT: usize = 1_900;

/// The same in an embed.
const EMBEDDED_PART_LIMIT: usize = 4_000;

/// The most messages one answer may take in a channel.
const PARTS_AT_MOST: usize = 5;

/// The most characters of one thing that is being searched for.
const LONGEST_QUERY: usize = 80;

/// The most things that are shown as being searched for.
const QUERIES_AT_MOST: usize = 5;

/// The most characters of a name.
const LONGEST_NAME: usize = 32;

/// As much of a growing answer as is read, in characters: its first part comes from there, whatever the service thinks aloud before it.
const GROWING: usize = 100_000;

/// A question's end, as the messages to show in order; what readers can do with it is below the last. Never empty.
pub fn outcome(question: &Question, outcome: &Outcome, display: Display) -> Vec<Message> {
    let mut messages = texts(question, outcome, display, None);
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
    let since = words(question.asked.language).edited_since;
    let mut messages = texts(question, outcome, display, Some(since));
    if let Some(last) = messages.pop() {
        messages.push(
            last.with_buttons(controls::below_edited(question, outcome))
                .with_menu(controls::related(question, outcome)),
        );
    }
    messages
}

/// The text of an outcome as far as it is shown, and its sources.
pub(super) fn shown(outcome: &Outcome) -> (&str, &[Source]) {
    match outcome {
        Outcome::Answered(answer) => (&answer.text, &answer.sources),
        Outcome::Failed { draft, .. } => (growing::whole(&draft.text), &draft.sources),
    }
}

/// The messages of an outcome. `note` is said at its end where there is room for it, and changes nothing else.
fn texts(
    question: &Question,
    outcome: &Outcome,
    display: Display,
    note: Option<&str>,
) -> Vec<Message> {
    let words = words(question.asked.language);
    let (text, sources) = shown(outcome);
    let bibliography = Bibliography::of(sources);
    let body = read(text, &bibliography, words);
    let is_empty = body.blocks.is_empty();
    let mut endings = Vec::new();
    let footer = match outcome {
        Outcome::Answered(answer) => {
            if is_empty {
                endings.push(words.empty_answer.to_owned());
            } else if answer.finish == Finish::Length {
                endings.push(words.cut_at_length.to_owned());
            }
            let cited = (!is_empty).then(|| body.cites().len());
            footer(answer, cited, body.removed, display.density, words)
        }
        Outcome::Failed { failure, .. } => {
            endings.push(sentences::failure(question.asked.language, failure));
            removals(body.removed, words)
        }
    };
    let sheet = Sheet::of(question, display, &bibliography, words);
    let mut end = String::new();
    sheet.end(&endings, &footer, &mut end);
    let room = Room {
        // The line that it is parted from the text by is counted in as well.
        tail: end.chars().count() + 2,
        unfinished: words.rest_attached.chars().count() + 1,
        parts: PARTS_AT_MOST,
        ..sheet.room()
    };
    let Cut { mut parts, rest } = cut(&body, &room);
    let last = parts.pop().unwrap_or_default();
    let mut messages: Vec<Message> = Vec::new();
    for part in &parts {
        messages.push(sheet.message(messages.is_empty(), sheet.listed(part), ""));
    }
    let mut text = sheet.listed(&last);
    if !rest.is_empty() {
        endings.insert(0, words.rest_attached.to_owned());
    }
    let mut noted = text.clone();
    let with_note: Vec<String> = endings
        .iter()
        .cloned()
        .chain(note.map(str::to_owned))
        .collect();
    sheet.end(&with_note, &footer, &mut noted);
    sheet.end(&endings, &footer, &mut text);
    let text = if sheet.holds(messages.is_empty(), &noted) {
        noted
    } else {
        text
    };
    let mut message = sheet.message(messages.is_empty(), text, &footer);
    message.file =
        (!rest.is_empty()).then(|| Box::new(attached::file(&rest, &bibliography, words)));
    if let Outcome::Answered(answer) = outcome {
        message.embeds.extend(pictures(&answer.images));
    }
    messages.push(message);
    messages
}

/// What the parts of an answer are written on.
struct Sheet {
    format: Format,
    /// What stands above the first part, where it is not to be seen what it answers.
    heading: Option<String>,
    list: Option<SourceList>,
}

impl Sheet {
    fn of(
        question: &Question,
        display: Display,
        bibliography: &Bibliography<'_>,
        words: &'static Words,
    ) -> Self {
        let format = display.format;
        let list = || SourceList::of(bibliography, words, limit(format) / 3);
        Self {
            format,
            heading: heading(&question.asked),
            list: (display.density == Density::Full).then(list),
        }
    }

    /// The room of one part, with nothing at its end.
    fn room(&self) -> Room<'_> {
        let heading = self
            .heading
            .as_ref()
            .filter(|_| self.format == Format::Plain);
        Room {
            limit: limit(self.format),
            head: heading.map_or(0, |heading| heading.chars().count() + 1),
            tail: 0,
            unfinished: 0,
            columns: columns(self.format),
            parts: 1,
            list: self.list.as_ref(),
        }
    }

    fn listed(&self, part: &Part) -> String {
        let mut text = part.text.clone();
        if let Some(list) = &self.list {
            list.write(&part.cites, &mut text);
        }
        text
    }

    /// Writes what stands below the last part: each ending, and the footer where it is a line of text.
    fn end(&self, endings: &[String], footer: &str, out: &mut String) {
        for ending in endings {
            end(ending, out);
        }
        if self.format == Format::Plain && !footer.is_empty() {
            end(&format!("-# {footer}"), out);
        }
    }

    /// Whether a message can hold this text, even with a line above that says why it is elsewhere.
    fn holds(&self, is_first: bool, text: &str) -> bool {
        let limit = MESSAGE_LIMIT - sentences::LONGEST_LEAD;
        match (self.format, &self.heading) {
            (Format::Embed, _) => text.chars().count() <= DESCRIPTION_LIMIT,
            (Format::Plain, Some(heading)) if is_first => {
                heading.chars().count() + 1 + text.chars().count() <= limit
            }
            (Format::Plain, _) => text.chars().count() <= limit,
        }
    }

    fn message(&self, is_first: bool, text: String, footer: &str) -> Message {
        let heading = self.heading.as_deref().filter(|_| is_first);
        match (self.format, heading) {
            (Format::Plain, None) => Message::new(text),
            (Format::Plain, Some(heading)) => Message::new(format!("{heading}\n{text}")),
            (Format::Embed, heading) => {
                let embed = Embed {
                    description: text,
                    footer: footer.to_owned(),
                    picture: None,
                };
                Message::new(heading.unwrap_or_default().to_owned()).with_embeds(vec![embed])
            }
        }
    }
}

/// The widest code block that a phone of 390 pixels shows without breaking its lines, in columns: an embed has a frame around it. Measured in
/// the local Discord, by `tests/gallery/pictures.mjs`.
fn columns(format: Format) -> usize {
    match format {
        Format::Plain => 35,
        Format::Embed => 31,
    }
}

fn limit(format: Format) -> usize {
    match format {
        Format::Plain => PART_LIMIT,
        Format::Embed => EMBEDDED_PART_LIMIT,
    }
}

/// Ends a text with a line: right below it where it is a small one, else apart.
fn end(line: &str, out: &mut String) {
    if !out.is_empty() {
        out.push_str(if line.starts_with("-# ") {
            "\n"
        } else {
            "\n\n"
        });
    }
    out.push_str(line);
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
        .filter(|query| !query.trim().is_empty())
        .map(|query| escaped(query, LONGEST_QUERY))
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
    let name = escaped(&asked.asker.name, LONGEST_NAME);
    let time = time(took, words);
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

/// A growing answer as one message: the first part of what may be shown of it. None before the first sentence.
pub fn growing(question: &Question, draft: &Draft, display: Display) -> Option<Message> {
    let words = words(question.asked.language);
    let bibliography = Bibliography::of(&draft.sources);
    let text = growing::whole(beginning(&draft.text, GROWING));
    let body = read(text, &bibliography, words);
    let sheet = Sheet::of(question, display, &bibliography, words);
    // The list of sources is not shown yet, but has its room, so that the text stays where it is once the list comes.
    let first = cut(&body, &sheet.room()).parts.into_iter().next()?;
    let mut text = first.text;
    end(words.writing, &mut text);
    Some(
        sheet
            .message(true, text, "")
            .with_buttons(controls::while_written(question)),
    )
}

/// The first characters of a text.
fn beginning(text: &str, characters: usize) -> &str {
    let end = text.char_indices().nth(characters);
    let end = end.map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use super::super::File;
    use super::super::body::GAP;
    use super::*;
    use crate::clock::Moment;
    use crate::conversation::answer::{Answer, Image, Usage};
    use crate::conversation::failure::Failure;
    use crate::conversation::language::Language;
    use crate::conversation::question::{
        Belongs, NewQuestion, Origin, Person, Place, QuestionText, Quote, Task,
    };
    use crate::ids::{ConversationId, GuildId, PersonId, QuestionId};
    use crate::render::sentences::{Detour, Permission};
    use crate::search::Filters;

    /// A question that others see by themselves, or one that they do not.
    pub(in crate::render) fn question(seen: bool) -> Question {
        Question {
            id: QuestionId(7),
            conversation: ConversationId(1),
            attempt: 0,
            opened_at: Moment(0),
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
        `1` [France (official)](<https://france.example/capital>) · france.example
        -# 1 source · sonar
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
            .replace(GAP, "")
        };
        let mut asked = question(false);
        insta::assert_snapshot!(told(&asked), @r"
        -# **Alice** asked: What is the \*capital\*, @everyone?
        Paris.
        ");
        asked.asked.quote = Some(Quote {
            author: "Bob".to_owned(),
            text: "Lyon is the capital.".to_owned(),
            channel: ChannelId(3),
            message: MessageId(9),
        });
        insta::assert_snapshot!(told(&asked), @r"
        -# **Alice** asked about [a message](<https://discord.com/channels/2/3/9>): What is the \*capital\*, @everyone?
        Paris.
        ");
        asked.asked.task = Task::Check;
        insta::assert_snapshot!(told(&asked), @r"
        -# **Alice** asked to check [a message](<https://discord.com/channels/2/3/9>)
        Paris.
        ");
        assert_eq!(told(&question(true)), "Paris.\n-# No sources cited · sonar");
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
    fn who_asked_and_what_stands_there_as_it_was_written() {
        let shown = |name: &str, text: &str| {
            let mut asked = question(false);
            asked.asked.asker.name = name.to_owned();
            asked.asked.text = QuestionText::parse(text).unwrap();
            let outcome = Outcome::Answered(answer("Yes."));
            let messages = self::outcome(&asked, &outcome, Display::default());
            let heading = messages[0].content().lines().next().unwrap().to_owned();
            let searching = searching(&asked, &[text.to_owned()]).content().to_owned();
            let announced = announcement(&asked, ChannelId(1), MessageId(2), Duration::ZERO);
            (heading, searching, announced.content().to_owned())
        };
        let (heading, searching, _) = shown("A", "What is 2*3? Is 5<6 in C#?");
        assert_eq!(heading, r"-# **A** asked: What is 2\*3? Is 5<6 in C#?");
        assert_eq!(searching, r"-# Searching: What is 2\*3? Is 5<6 in C#?");
        let (heading, _, announced) = shown("_x_", "What does __init__ do?");
        assert_eq!(heading, r"-# **\_x\_** asked: What does \_\_init\_\_ do?");
        assert!(announced.starts_with(r"-# \_x\_: ["), "{announced}");
        let (heading, _, announced) = shown("🙂", "🙂");
        assert_eq!(heading, "-# **🙂** asked: 🙂");
        assert!(announced.starts_with("-# 🙂: ["), "{announced}");
        let (heading, _, announced) = shown("\u{200b}", "\u{200b}");
        assert_eq!(heading, "-# **?** asked: ?");
        assert!(announced.starts_with("-# ?: ["), "{announced}");
        let (heading, searching, announced) = shown(
            "https:*//evil.example",
            "See hhttps://ttps://evil.example/y",
        );
        for line in [heading, searching, announced.replace("(<https://", "")] {
            assert!(!line.contains("://"), "{line}");
        }
    }

    #[test]
    fn a_note_leaves_room_for_what_leads_a_message() {
        for length in 1_700..1_900 {
            let answered = Outcome::Answered(Answer {
                sources: Vec::new(),
                ..answer(&"a".repeat(length))
            });
            for language in Language::ALL {
                let mut asked = question(true);
                asked.asked.language = language;
                let edited = edited(&asked, &answered, Display::default());
                let channel = ChannelId(u64::MAX);
                let lacks = Detour::Lacks(channel, Permission::SendMessagesInThreads);
                for message in &edited {
                    let led = sentences::led(language, PersonId(u64::MAX), lacks, message);
                    assert!(led.content().chars().count() <= MESSAGE_LIMIT, "{length}");
                }
            }
        }
    }

    #[test]
    fn a_link_to_exactly_a_source_cites_it() {
        let text = "See [France](https://france.example/capital) and https://river.example/x.";
        insta::assert_snapshot!(shown(&Outcome::Answered(answer(text))), @r"
        See [France](<https://france.example/capital>) and <https://river.example/x>.

        **Sources**
        `1` [France (official)](<https://france.example/capital>) · france.example
        -# 1 source · sonar
        ");
    }

    #[test]
    fn an_answer_that_cites_nothing_says_so() {
        insta::assert_snapshot!(shown(&Outcome::Answered(answer("Paris."))), @r"
        Paris.
        -# No sources cited · sonar
        ");
    }

    #[test]
    fn an_empty_answer_is_a_sentence() {
        insta::assert_snapshot!(shown(&Outcome::Answered(answer(" \n"))), @r"
        The answer service sent an empty answer. Please ask again, perhaps in other words.
        -# sonar
        ");
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
        `1` [France (official)](<https://france.example/capital>) · france.example
        -# The service ended the answer at its length limit.
        -# 1 source · sonar
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
        `1` [France (official)](<https://france.example/capital>) · france.example

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
        check("Paris. [", None);
        check(
            "Paris. [1] It",
            Some("Paris. [1](<https://france.example/capital>)"),
        );
        check(
            "One.\n```rust\nlet a = 1;\nlet b",
            Some("One.\n```rust\nlet a = 1;\n```"),
        );
        check("[9] ", None);
        check("<think>\nSo. It is.\n\nParis. Hm", None);
    }

    #[test]
    fn a_growing_answer_shows_its_first_part_where_the_whole_one_will_have_it() {
        let text = "A sentence that says something of note.[1]\n\n".repeat(100);
        let asked = question(true);
        let growing = growing(&asked, &drafted(&text), Display::default()).unwrap();
        let whole = outcome(
            &asked,
            &Outcome::Answered(answer(&text)),
            Display::default(),
        );
        let text = growing.content().strip_suffix("\n-# Writing…").unwrap();
        assert!(whole[0].content().starts_with(text));
        assert!(text.chars().count() > 1_500);
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
    fn what_no_message_holds_is_attached_with_its_sources_as_footnotes() {
        let text: Vec<String> = (0..400)
            .map(|n| format!("Fact w{n} says something of note.[{}]", n % 2 + 1))
            .collect();
        let parts = outcome(
            &question(true),
            &Outcome::Answered(answer(&text.join("\n\n"))),
            Display::default(),
        );
        assert_eq!(parts.len(), PARTS_AT_MOST);
        let file = parts[4].file().unwrap();
        assert_eq!(file.name, "rest-of-the-answer.md");
        let said = parts[4]
            .content()
            .contains("-# The rest of the answer is in the attached file.");
        assert!(said, "{}", parts[4].content());
        assert!(parts[..4].iter().all(|part| part.file().is_none()));
        let all: String = parts
            .iter()
            .map(Message::content)
            .chain([file.text.as_str()])
            .collect();
        for n in 0..400 {
            assert_eq!(all.matches(&format!("w{n} ")).count(), 1, "{n}");
        }
        let last: Vec<&str> = file.text.lines().rev().take(4).collect();
        assert_eq!(
            last,
            [
                "[^2]: Seine, <https://river.example/>",
                "[^1]: France [official], <https://france.example/capital>",
                "",
                "Fact w399 says something of note. [^2]",
            ]
        );
    }

    #[test]
    fn in_embeds_a_part_holds_twice_as_much_and_the_footer_is_their_own() {
        let display = Display {
            format: Format::Embed,
            ..Display::default()
        };
        let text = "A sentence that says something of note.[1]\n\n".repeat(80);
        let long = Outcome::Answered(Answer {
            images: vec![Image {
                url: "https://france.example/map.png".to_owned(),
                origin: String::new(),
                title: Some("Map".to_owned()),
            }],
            ..answer(&text)
        });
        let parts = outcome(&question(false), &long, display);
        assert_eq!(parts.len(), 2);
        assert_eq!(
            parts[0].content(),
            "-# **Alice** asked: What is the \\*capital\\*, @\u{200b}everyone?"
        );
        assert_eq!(parts[1].content(), "");
        let embeds = parts[1].embeds();
        assert_eq!(
            (embeds[0].footer.as_str(), embeds.len()),
            ("1 source · sonar", 2)
        );
        assert!(embeds[0].description.ends_with("· france.example"));
        assert_eq!(embeds[1].picture.as_ref().unwrap().title, "Map");
        let growing = growing(&question(true), &drafted(&text), display).unwrap();
        assert!(growing.embeds()[0].description.ends_with("\n-# Writing…"));
    }

    #[test]
    fn compact_answers_leave_their_list_and_most_of_the_footer_to_the_button() {
        let display = Display {
            density: Density::Compact,
            ..Display::default()
        };
        let whole = outcome(
            &question(true),
            &Outcome::Answered(answer("Paris.[1][7]")),
            display,
        );
        insta::assert_snapshot!(whole[0].content(), @r"
        Paris. [1](<https://france.example/capital>)
        -# 1 source · 1 number without a source removed
        ");
    }

    #[test]
    fn an_edit_is_noted_before_the_footer_and_moves_nothing_else() {
        let answered = Outcome::Answered(answer("Paris.[1]"));
        let edited = edited(&question(true), &answered, Display::default());
        insta::assert_snapshot!(edited[0].content(), @r"
        Paris. [1](<https://france.example/capital>)

        **Sources**
        `1` [France (official)](<https://france.example/capital>) · france.example
        -# The question was edited after it was answered.
        -# 1 source · sonar
        ");
    }

    #[test]
    fn strange_answers_are_shown_too() {
        let check = |text: &str, expected: &str| {
            let shown = shown(&Outcome::Answered(answer(text)));
            let shown = shown.split("\n\n**Sources**").next().unwrap();
            assert_eq!(shown, expected, "{text}");
        };
        check("[1]", "[1](<https://france.example/capital>)");
        check(
            "[7][8]",
            "The answer service sent an empty answer. Please ask again, perhaps in other words.\n-# sonar · 2 numbers without a source removed",
        );
        check(
            "```rust\nlet a;",
            "```rust\nlet a;\n```\n-# No sources cited · sonar",
        );
        let table = shown(&Outcome::Answered(answer(
            "| a | b |\n|---|---|\n| 1 | 2[1] |",
        )));
        let below = "\n```\n1 [1](<https://france.example/capital>)\n\n**Sources**";
        assert!(
            table.starts_with("```\n") && table.contains(below),
            "{table}"
        );
    }
}
