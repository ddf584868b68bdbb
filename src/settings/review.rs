//! Says what is missing or wrong in settings that could be read, one sentence each, with the mend. Changes nothing.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::Settings;
use super::agent::AgentSettings;
use super::answers::AnswerSettings;
use super::conversations::ConversationSettings;
use super::discord::DiscordSettings;
use super::display::DisplaySettings;
use super::engine::{AnswersWith, EngineSettings};
use super::jobs::JobsSettings;
use super::search::{SearchSettings, domain};
use super::server::ServeSettings;
use super::storage::StorageSettings;
use super::web::WebSettings;
use super::writer::WriterSettings;

/// One thing that is wrong, as a sentence with its mend. Never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(String);

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Everything that would keep `footnote run` from working with these settings.
pub fn problems(settings: &Settings) -> Vec<Problem> {
    let mut found: Vec<Problem> = missing_token(&settings.discord).into_iter().collect();
    found.extend(storage(&settings.storage));
    found.extend(discord(&settings.discord));
    found.extend(answers(&settings.answers));
    found.extend(settings.research.faults().into_iter().map(Problem));
    found.extend(conversations(&settings.conversations));
    found.extend(display(&settings.display));
    found.extend(search(&settings.search));
    found.extend(data_dir(&settings.data_dir));
    found.extend(server(&settings.server));
    found.extend(agent(&settings.agent));
    if settings.answers.base_url.is_none() {
        found.extend(built_in(settings));
    }
    found
}

/// What is wrong with what the built-in server is to answer with.
fn built_in(settings: &Settings) -> Vec<Problem> {
    match settings.answers_with() {
        AnswersWith::Agent => missing_agent_key(&settings.agent).into_iter().collect(),
        AnswersWith::Auto | AnswersWith::Documents => {
            let mut found = sources(settings);
            found.extend(engine(&settings.engine));
            found.extend(writer(&settings.writer));
            found
        }
    }
}

/// What is wrong with which sources there are: none at all, or a web that cannot be searched.
pub fn sources(settings: &Settings) -> Vec<Problem> {
    let nothing = nothing_to_search(settings).into_iter();
    nothing.chain(web(&settings.web)).collect()
}

/// That there are neither documents nor a web, when that is so.
fn nothing_to_search(settings: &Settings) -> Option<Problem> {
    let documents = settings.engine.has_documents();
    (!documents && settings.web.searxng_url.is_none()).then(|| {
        Problem(
            "engine.corpus names no folder, engine.bundled is false and web.searxng_url (FOOTNOTE_SEARXNG_URL) names no SearXNG: there \
             is nothing to answer from, so set one of them"
                .to_owned(),
        )
    })
}

/// That the bridge is wanted and has no key, when that is so.
pub fn missing_agent_key(settings: &AgentSettings) -> Option<Problem> {
    settings.key().is_none().then(|| {
        Problem(
            "engine.answers_with is `agent` and PERPLEXITY_API_KEY is not set: put the key of the Agent API into the environment \
             or into .env, or set engine.answers_with to `documents`"
                .to_owned(),
        )
    })
}

/// What is wrong with how the Agent API is reached.
fn agent(settings: &AgentSettings) -> Vec<Problem> {
    let key = settings.api_key.as_ref().filter(|key| !is_key(key));
    let key = key.map(|_| "PERPLEXITY_API_KEY holds characters that a key cannot have, such as spaces or line ends: copy it again".to_owned());
    let base_url = base_url_fault(
        "PERPLEXITY_BASE_URL",
        &settings.base_url,
        "PERPLEXITY_API_KEY",
        "https://api.perplexity.ai",
    );
    let longest = AnswerSettings::LONGEST_WAIT.as_secs();
    let idle = outside("agent.idle_seconds", settings.idle_seconds, longest);
    [key, base_url, idle]
        .into_iter()
        .flatten()
        .map(Problem)
        .collect()
}

/// What is wrong with how the web is searched.
fn web(settings: &WebSettings) -> Vec<Problem> {
    let address = settings.searxng_url.as_deref().and_then(|address| {
        let variable = "web.searxng_url (FOOTNOTE_SEARXNG_URL)";
        base_url_fault(variable, address, "", "http://127.0.0.1:8080")
    });
    let results = settings.results as u64;
    let most = WebSettings::MOST_PAGES;
    let pages = (settings.fetch_pages > most).then(|| {
        let pages = settings.fetch_pages;
        format!("web.fetch_pages is {pages}: it must be from 0 to {most}")
    });
    let longest = WebSettings::LONGEST_MINUTES;
    let kept = (settings.cache_minutes > longest).then(|| {
        let minutes = settings.cache_minutes;
        format!("web.cache_minutes is {minutes}: it must be from 0 to {longest}")
    });
    [
        address,
        outside("web.results", results, WebSettings::MOST_RESULTS),
        pages,
        outside(
            "web.seconds",
            settings.seconds,
            WebSettings::LONGEST_SECONDS,
        ),
        kept,
    ]
    .into_iter()
    .flatten()
    .map(Problem)
    .collect()
}

/// What is wrong with how much of a conversation is sent along or caught up on.
fn conversations(settings: &ConversationSettings) -> Vec<Problem> {
    let numbers = [
        (
            "history_turns",
            u64::from(settings.history_turns),
            u64::from(ConversationSettings::MOST_TURNS),
        ),
        (
            "history_tokens",
            settings.history_tokens as u64,
            ConversationSettings::MOST_TOKENS,
        ),
        (
            "catch_up_minutes",
            settings.catch_up_minutes,
            ConversationSettings::LONGEST_MINUTES,
        ),
    ];
    numbers
        .into_iter()
        .filter(|(_, number, most)| number > most)
        .map(|(name, number, most)| {
            Problem(format!(
                "conversations.{name} is {number}: it must be from 0 to {most}"
            ))
        })
        .collect()
}

/// What is wrong with how answers are to look.
fn display(settings: &DisplaySettings) -> Vec<Problem> {
    let longest = AnswerSettings::LONGEST_WAIT.as_secs();
    let seconds = settings.announce_seconds;
    let announce = (seconds > longest)
        .then(|| format!("display.announce_seconds is {seconds}: it must be from 0 to {longest}"));
    let language = settings.language.as_str();
    let spoken = DisplaySettings::LANGUAGES;
    let language = (!spoken.contains(&language)).then(|| {
        format!(
            "display.language is `{language}`: it must be one of {}",
            spoken.join(", ")
        )
    });
    [announce, language]
        .into_iter()
        .flatten()
        .map(Problem)
        .collect()
}

/// What is wrong with what the search is limited to.
fn search(settings: &SearchSettings) -> Vec<Problem> {
    let (allowed, denied) = (&settings.allowed_domains, &settings.denied_domains);
    let both = (!allowed.is_empty() && !denied.is_empty()).then(|| {
        "search.allowed_domains and search.denied_domains are both set: keep one of them; where some domains are allowed, all others \
         are left out anyway"
            .to_owned()
    });
    let lists = [
        ("search.allowed_domains", allowed),
        ("search.denied_domains", denied),
    ];
    let faults = lists.into_iter().flat_map(|(key, entries)| {
        let most = SearchSettings::MOST_DOMAINS;
        let many = (entries.len() > most).then(|| {
            format!(
                "{key} lists {} domains: it may list {most} at most",
                entries.len()
            )
        });
        let wrong = entries.iter().filter_map(move |entry| {
            let mend = domain(entry).err()?;
            let shown: String = entry.chars().take(SHOWN_OF_AN_ENTRY).collect();
            Some(format!("{key} lists `{shown}`, which is no domain: {mend}"))
        });
        many.into_iter().chain(wrong)
    });
    both.into_iter().chain(faults).map(Problem).collect()
}

/// As much of a wrong entry as is shown, in characters.
const SHOWN_OF_AN_ENTRY: usize = 60;

/// What is wrong with the language model that is to write.
pub fn writer(settings: &WriterSettings) -> Vec<Problem> {
    let missing = match (&settings.url, &settings.model) {
        (Some(_), None) => Some(
            "writer.url (FOOTNOTE_WRITER_URL) names a chat endpoint and writer.model (FOOTNOTE_WRITER_MODEL) is not set: name the model that is to write, such as llama3.2, or take the address out",
        ),
        (None, Some(_)) => Some(
            "writer.model (FOOTNOTE_WRITER_MODEL) names a model and writer.url (FOOTNOTE_WRITER_URL) is not set: name the chat endpoint that has it, such as http://127.0.0.1:11434/v1, or take the model out",
        ),
        _ => None,
    };
    let model = settings.model.as_deref();
    let unreadable = model.filter(|model| !model.chars().all(|c| c.is_ascii_graphic()));
    let unreadable = unreadable.map(|_| "writer.model (FOOTNOTE_WRITER_MODEL) holds characters that the name of a model cannot have: give the name as the endpoint lists it, such as llama3.2".to_owned());
    let key = settings.api_key.as_ref().filter(|key| !is_key(key));
    let key = key.map(|_| "FOOTNOTE_WRITER_KEY holds characters that a key cannot have, such as spaces or line ends: copy it again".to_owned());
    let url = settings.url.as_deref();
    let fault = url.and_then(|url| {
        base_url_fault(
            "FOOTNOTE_WRITER_URL",
            url,
            "FOOTNOTE_WRITER_KEY",
            "http://127.0.0.1:11434/v1",
        )
    });
    let whole = url.filter(|url| url.trim_end_matches('/').ends_with("/chat/completions"));
    let whole = whole.map(|url| {
        format!("FOOTNOTE_WRITER_URL is `{url}`: leave out /chat/completions, which Footnote adds")
    });
    let longest = WriterSettings::LONGEST_WAIT_SECONDS;
    let first = outside(
        "writer.first_token_seconds",
        settings.first_token_seconds,
        longest,
    );
    let total = outside("writer.total_seconds", settings.total_seconds, longest);
    let at_once = outside("writer.at_once", settings.at_once as u64, 1_000);
    [
        missing.map(str::to_owned),
        unreadable,
        key,
        fault,
        whole,
        first,
        total,
        at_once,
    ]
    .into_iter()
    .flatten()
    .map(Problem)
    .collect()
}

fn is_key(key: &SecretString) -> bool {
    key.expose_secret().chars().all(|c| c.is_ascii_graphic())
}

/// Everything that is wrong with the settings of somebody who serves and has no bot: the built-in server answers then, whatever
/// else the bot would ask.
pub fn problems_without_bot(settings: &Settings) -> Vec<Problem> {
    let mut found = discord(&settings.discord);
    found.extend(answers(&settings.answers));
    found.extend(data_dir(&settings.data_dir));
    found.extend(server(&settings.server));
    found.extend(agent(&settings.agent));
    found.extend(built_in(settings));
    found
}

/// Whether nothing says how Discord is reached, so that there is no bot to check.
pub fn has_no_bot(settings: &DiscordSettings) -> bool {
    settings.token.is_none()
        && settings.address.is_none()
        && settings.ca_file.is_none()
        && settings.gateway_url.is_none()
}

/// That the bot has no token, when it has none.
pub fn missing_token(settings: &DiscordSettings) -> Option<Problem> {
    settings.token.is_none().then(|| {
        Problem(
            "DISCORD_TOKEN is not set: put the bot's token into the environment or into .env (developer portal → your \
             application → Bot → Reset Token)"
                .to_owned(),
        )
    })
}

/// What is wrong with what is set on how to reach Discord.
fn discord(settings: &DiscordSettings) -> Vec<Problem> {
    let token = settings.token.as_ref();
    let token = token.and_then(|token| token_fault(token.expose_secret()));
    let address = settings
        .address
        .as_deref()
        .filter(|address| !is_host_and_port(address))
        .map(|address| {
            format!("DISCORD_ADDRESS is `{address}`: it must be host:port, such as 127.0.0.1:8443")
        });
    let ca_file = settings.ca_file.as_deref().and_then(ca_fault);
    let gateway = settings.gateway_url.as_deref().and_then(gateway_fault);
    let longest = AnswerSettings::LONGEST_WAIT.as_secs();
    let grace = (settings.grace_seconds > longest).then(|| {
        format!(
            "discord.grace_seconds is {}: it must be from 0 to {longest}",
            settings.grace_seconds
        )
    });
    [token, address, ca_file, gateway, grace]
        .into_iter()
        .flatten()
        .map(Problem)
        .collect()
}

fn token_fault(token: &str) -> Option<String> {
    if token.starts_with("Bot ") {
        return Some("DISCORD_TOKEN begins with \"Bot \": give the token alone".to_owned());
    }
    let readable = token.chars().all(|c| c.is_ascii_graphic()) && token.split('.').count() == 3;
    (!readable).then(|| {
        "DISCORD_TOKEN does not look like a bot's token (three parts joined by dots): copy it again from the developer portal"
            .to_owned()
    })
}

fn is_host_and_port(address: &str) -> bool {
    address.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty() && !host.contains('/') && port.parse::<u16>().is_ok_and(|port| port > 0)
    })
}

fn ca_fault(path: &Path) -> Option<String> {
    let mend = "name the PEM file of the certificate to trust";
    match std::fs::read(path) {
        Err(error) => Some(format!(
            "DISCORD_CA_FILE {} cannot be read ({error}): {mend}",
            path.display()
        )),
        Ok(bytes)
            if !bytes
                .windows(27)
                .any(|part| part == b"-----BEGIN CERTIFICATE-----") =>
        {
            Some(format!(
                "DISCORD_CA_FILE {} holds no certificate: {mend}",
                path.display()
            ))
        }
        Ok(_) => None,
    }
}

fn gateway_fault(address: &str) -> Option<String> {
    let usable =
        Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "ws" | "wss") && url.has_host());
    (!usable).then(|| {
        format!("DISCORD_GATEWAY_URL is `{address}`: it must be a ws:// or wss:// address")
    })
}

/// What is wrong with where answers come from.
pub fn answers(settings: &AnswerSettings) -> Vec<Problem> {
    let base_url = settings.base_url.as_deref().and_then(|address| {
        base_url_fault(
            "SONAR_BASE_URL",
            address,
            "SONAR_API_KEY",
            "http://127.0.0.1:8765",
        )
    });
    let key = settings.api_key.as_ref().filter(|key| !is_key(key));
    let key = key.map(|_| "SONAR_API_KEY holds characters that a key cannot have, such as spaces or line ends: copy it again".to_owned());
    let model =
        settings.model.trim().is_empty().then(|| {
            "answers.model (SONAR_MODEL) is empty: name a model, such as sonar".to_owned()
        });
    let depths = [
        ("answers.quick_model", settings.quick_model.as_ref()),
        ("answers.thorough_model", settings.thorough_model.as_ref()),
    ];
    let depths = depths
        .into_iter()
        .filter(|(_, model)| model.is_some_and(|model| model.trim().is_empty()));
    let depths = depths.map(|(key, _)| {
        format!("{key} is empty: name a model, such as sonar, or leave the key out")
    });
    let offered = models_offered(&settings.offered_models);
    let at_once = outside("answers.at_once", settings.at_once as u64, 1_000);
    let open = outside(
        "answers.open_at_most",
        settings.open_at_most as u64,
        100_000,
    );
    let of_one = outside(
        "answers.open_per_person",
        settings.open_per_person as u64,
        1_000,
    );
    let waits = settings
        .waits()
        .into_iter()
        .filter_map(|(key, seconds)| outside(key, seconds, AnswerSettings::LONGEST_WAIT.as_secs()));
    [base_url, key, model, at_once, open, of_one]
        .into_iter()
        .flatten()
        .chain(depths)
        .chain(offered)
        .chain(waits)
        .map(Problem)
        .collect()
}

/// What is wrong with the models that can be set in Discord: they stand in a menu there.
fn models_offered(models: &[String]) -> Vec<String> {
    let most = AnswerSettings::MOST_OFFERED;
    let count = (models.len() > most).then(|| {
        format!(
            "answers.offered_models lists {} models: it may list {most} at most",
            models.len()
        )
    });
    let longest = AnswerSettings::LONGEST_MODEL;
    let odd = models.iter().filter(|model| {
        let length = model.trim().chars().count();
        !(1..=longest).contains(&length)
    });
    let odd = odd.map(|model| {
        format!("answers.offered_models lists `{model}`: name models in 1 to {longest} characters each, such as sonar-pro")
    });
    count.into_iter().chain(odd).collect()
}

/// What is wrong with the address of a service, which `variable` sets beside the key that `key` sets.
fn base_url_fault(variable: &str, address: &str, key: &str, such_as: &str) -> Option<String> {
    let mend = format!("it must be an http:// or https:// address, such as {such_as}");
    let Ok(url) = Url::parse(address) else {
        return Some(format!("{variable} is not an address: {mend}"));
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Some(format!(
            "{variable} holds a user or a password: {}",
            match key {
                "" => "leave them out".to_owned(),
                key => format!("put the key into {key}"),
            }
        ));
    }
    let usable = matches!(url.scheme(), "http" | "https") && url.has_host();
    (!usable).then(|| format!("{variable} is `{address}`: {mend}"))
}

fn outside(key: &str, value: u64, most: u64) -> Option<String> {
    (!(1..=most).contains(&value)).then(|| format!("{key} is {value}: it must be from 1 to {most}"))
}

/// What is wrong with what the built-in server is to answer from.
pub fn engine(settings: &EngineSettings) -> Vec<Problem> {
    let language = settings.language.as_str();
    let language =
        (language.len() != 2 || !language.bytes().all(|b| b.is_ascii_lowercase())).then(|| {
            format!("engine.language is `{language}`: it must be a two-letter code, such as en")
        });
    let folders = settings
        .corpus
        .iter()
        .filter_map(|folder| folder_fault(folder));
    let seldomest = EngineSettings::SELDOMEST_RELOAD_SECONDS;
    let reload = (settings.reload_seconds > seldomest).then(|| {
        format!(
            "engine.reload_seconds is {}: it must be from 0 to {seldomest}",
            settings.reload_seconds
        )
    });
    language
        .into_iter()
        .chain(reload)
        .chain(folders)
        .map(Problem)
        .collect()
}

fn folder_fault(folder: &Path) -> Option<String> {
    let shown = folder.display();
    match std::fs::read_dir(folder) {
        Err(error) => Some(format!("the corpus folder {shown} cannot be read ({error}): mend the path in engine.corpus")),
        Ok(mut entries) => entries.next().is_none().then(|| {
            format!("the corpus folder {shown} is empty: put .md, .html or .txt files into it, or take it out of engine.corpus")
        }),
    }
}

/// What is wrong with how `footnote serve` listens.
pub fn server(settings: &ServeSettings) -> Vec<Problem> {
    let address = settings.public_url.as_deref();
    let usable = |address: &str| {
        Url::parse(address)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
    };
    let public_url = address.filter(|address| !usable(address)).map(|address| {
        format!("server.public_url is `{address}`: it must be an http:// or https:// address")
    });
    let readable = |key: &SecretString| {
        !key.expose_secret().is_empty() && key.expose_secret().chars().all(|c| c.is_ascii_graphic())
    };
    let keys = (!settings.keys.iter().all(readable)).then(|| "server.keys (FOOTNOTE_SERVER_KEYS) holds an empty key, or one with characters that a key cannot have".to_owned());
    let rate = outside(
        "server.requests_per_minute",
        settings.requests_per_minute.get().into(),
        1_000_000,
    );
    let answers = outside(
        "server.answers_at_once",
        settings.answers_at_once as u64,
        100_000,
    );
    let connections = outside("server.connections", settings.connections as u64, 100_000);
    let host = settings.hosts.iter().find(|host| !is_host(host));
    let host = host.map(|host| {
        format!(
            "server.hosts (FOOTNOTE_SERVER_HOSTS) holds `{host}`: name a host alone, such as answers.example, without https:// and \
             without a port"
        )
    });
    [public_url, keys, host, rate, answers, connections]
        .into_iter()
        .flatten()
        .chain(jobs(&settings.jobs))
        .map(Problem)
        .collect()
}

fn is_host(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let is_name = !bare.is_empty() && bare.bytes().all(in_name);
    host == "*" || is_name || bare.parse::<IpAddr>().is_ok()
}

/// What an operator should know of a server that others than this machine can reach; nothing where keys keep strangers out.
pub fn exposure(bind: SocketAddr, settings: &ServeSettings) -> Option<String> {
    (!bind.ip().is_loopback() && settings.keys.is_empty()).then(|| {
        format!(
            "{bind} can be reached from other machines and there are no keys: whoever reaches it reads the documents, asks, and sees \
             all jobs; set server.keys (FOOTNOTE_SERVER_KEYS), or let server.bind (FOOTNOTE_BIND) be an address of this machine alone, \
             such as 127.0.0.1:8765"
        )
    })
}

fn jobs(settings: &JobsSettings) -> Vec<String> {
    let delay = (settings.delay_seconds > 3600).then(|| {
        format!(
            "server.jobs.delay_seconds is {}: it must be from 0 to 3600",
            settings.delay_seconds
        )
    });
    let waiting = settings.waiting as u64;
    let of_one = settings.waiting_per_client as u64;
    [
        ("server.jobs.keep_days", settings.keep_days, 365),
        ("server.jobs.at_once", settings.at_once as u64, 1_000),
        ("server.jobs.waiting", waiting, 100_000),
        ("server.jobs.waiting_per_client", of_one, 100_000),
        ("server.jobs.space_mb", settings.space_mb, 1_000_000),
        (
            "server.jobs.answer_seconds",
            settings.answer_seconds,
            86_400,
        ),
        ("server.jobs.attempts", settings.attempts.into(), 100),
    ]
    .into_iter()
    .filter_map(|(key, value, most)| outside(key, value, most))
    .chain(delay)
    .collect()
}

/// What is wrong with what names the database. Its password is not shown.
fn storage(settings: &StorageSettings) -> Vec<Problem> {
    let name = "storage.database_url (FOOTNOTE_DATABASE_URL)";
    let form = "postgres://user:password@host/database";
    let fault = |address: &SecretString| {
        let Ok(address) = Url::parse(address.expose_secret().trim()) else {
            return Some(format!(
                "{name} is not an address: write {form}, with the special characters of the password percent-encoded, or take it out to keep everything in SQLite"
            ));
        };
        let is_postgres = matches!(address.scheme(), "postgres" | "postgresql");
        (!is_postgres).then(|| {
            format!(
                "{name} is the address of no Postgres database: write {form}, or take it out to keep everything in SQLite"
            )
        })
    };
    settings
        .postgres()
        .and_then(fault)
        .map(Problem)
        .into_iter()
        .collect()
}

/// Whether the data directory, or the nearest folder above it that exists, is a folder that can be written.
fn data_dir(path: &Path) -> Vec<Problem> {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let nearest = absolute.ancestors().find(|folder| folder.exists());
    let writable = nearest
        .and_then(|folder| std::fs::metadata(folder).ok())
        .is_some_and(|data| data.is_dir() && !data.permissions().readonly());
    let fault = format!(
        "the data directory {} cannot be written: mend FOOTNOTE_DATA_DIR, or the permissions",
        path.display()
    );
    if writable {
        Vec::new()
    } else {
        vec![Problem(fault)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::environment::Environment;
    use super::*;

    fn review(file: &str, variables: &Environment) -> String {
        let settings =
            Settings::from_layers(Some((Path::new("footnote.toml"), file)), variables).unwrap();
        let lines: Vec<String> = problems(&settings)
            .iter()
            .map(ToString::to_string)
            .collect();
        lines.join("\n")
    }

    #[test]
    fn settings_with_a_token_are_fine() {
        assert_eq!(review("", &[("DISCORD_TOKEN", "a.b.c")].into()), "");
    }

    #[test]
    fn each_fault_is_one_line_with_its_mend() {
        let file = "[answers]\nat_once = 0\ntotal_seconds = 900\n[engine]\ncorpus = [\"/no/such/folder\"]\nlanguage = \"English\"";
        let variables = [
            ("DISCORD_ADDRESS", "localhost"),
            ("DISCORD_CA_FILE", "/no/such/file"),
            ("DISCORD_GATEWAY_URL", "http://x"),
        ];
        insta::assert_snapshot!(review(file, &variables.into()), @r"
        DISCORD_TOKEN is not set: put the bot's token into the environment or into .env (developer portal → your application → Bot → Reset Token)
        DISCORD_ADDRESS is `localhost`: it must be host:port, such as 127.0.0.1:8443
        DISCORD_CA_FILE /no/such/file cannot be read (No such file or directory (os error 2)): name the PEM file of the certificate to trust
        DISCORD_GATEWAY_URL is `http://x`: it must be a ws:// or wss:// address
        answers.at_once is 0: it must be from 1 to 1000
        answers.total_seconds is 900: it must be from 1 to 840
        engine.language is `English`: it must be a two-letter code, such as en
        the corpus folder /no/such/folder cannot be read (No such file or directory (os error 2)): mend the path in engine.corpus
        ");
    }

    #[test]
    fn what_names_no_postgres_is_told_without_its_password() {
        let told = |address: &str| {
            let variables = [
                ("DISCORD_TOKEN", "a.b.c"),
                ("FOOTNOTE_DATABASE_URL", address),
            ];
            review("", &variables.into())
        };
        insta::assert_snapshot!(told("user:canary@host"), @"storage.database_url (FOOTNOTE_DATABASE_URL) is the address of no Postgres database: write postgres://user:password@host/database, or take it out to keep everything in SQLite");
        insta::assert_snapshot!(told("postgres://user:can ary/#@host:x/"), @"storage.database_url (FOOTNOTE_DATABASE_URL) is not an address: write postgres://user:password@host/database, with the special characters of the password percent-encoded, or take it out to keep everything in SQLite");
        assert_eq!(told("postgres://user:password@host:5432/footnote"), "");
        assert_eq!(told("postgresql:///footnote?host=/run/postgresql"), "");
        assert_eq!(
            review(
                "[storage]\ndatabase_url = \"\"",
                &[("DISCORD_TOKEN", "a.b.c")].into()
            ),
            ""
        );
    }

    #[test]
    fn a_web_that_could_not_be_searched_is_named() {
        let token = [("DISCORD_TOKEN", "a.b.c")].into();
        let file = "[web]\nsearxng_url = \"search.example\"\nresults = 51\nfetch_pages = 11\nseconds = 0\ncache_minutes = 1441";
        insta::assert_snapshot!(review(file, &token), @r"
        web.searxng_url (FOOTNOTE_SEARXNG_URL) is not an address: it must be an http:// or https:// address, such as http://127.0.0.1:8080
        web.results is 51: it must be from 1 to 50
        web.fetch_pages is 11: it must be from 0 to 10
        web.seconds is 0: it must be from 1 to 60
        web.cache_minutes is 1441: it must be from 0 to 1440
        ");
        let file = "[web]\nsearxng_url = \"https://canary:canary@search.example\"";
        insta::assert_snapshot!(review(file, &token), @"web.searxng_url (FOOTNOTE_SEARXNG_URL) holds a user or a password: leave them out");
        let file = "[web]\nsearxng_url = \"http://10.0.0.1:8080/searx\"\nfetch_pages = 0\ncache_minutes = 0";
        assert_eq!(review(file, &token), "");
    }

    #[test]
    fn there_must_be_documents_or_a_web() {
        let told = |file: &str| review(file, &[("DISCORD_TOKEN", "a.b.c")].into());
        let none = "[engine]\nbundled = false\n";
        insta::assert_snapshot!(told(none), @"engine.corpus names no folder, engine.bundled is false and web.searxng_url (FOOTNOTE_SEARXNG_URL) names no SearXNG: there is nothing to answer from, so set one of them");
        let web = format!("{none}[web]\nsearxng_url = \"http://127.0.0.1:8080\"");
        assert_eq!(told(&web), "");
    }

    #[test]
    fn a_writer_that_cannot_write_is_named() {
        let told = |file: &str| review(file, &[("DISCORD_TOKEN", "a.b.c")].into());
        insta::assert_snapshot!(told("[writer]\nurl = \"http://127.0.0.1:11434/v1\""), @"writer.url (FOOTNOTE_WRITER_URL) names a chat endpoint and writer.model (FOOTNOTE_WRITER_MODEL) is not set: name the model that is to write, such as llama3.2, or take the address out");
        insta::assert_snapshot!(told("[writer]\nmodel = \"llama3.2\""), @"writer.model (FOOTNOTE_WRITER_MODEL) names a model and writer.url (FOOTNOTE_WRITER_URL) is not set: name the chat endpoint that has it, such as http://127.0.0.1:11434/v1, or take the model out");
        let file = "[writer]\nurl = \"ollama/chat/completions\"\nmodel = \"a b\"\napi_key = \"can ary\"\nfirst_token_seconds = 0\ntotal_seconds = 300\nat_once = 0";
        insta::assert_snapshot!(told(file), @r"
        writer.model (FOOTNOTE_WRITER_MODEL) holds characters that the name of a model cannot have: give the name as the endpoint lists it, such as llama3.2
        FOOTNOTE_WRITER_KEY holds characters that a key cannot have, such as spaces or line ends: copy it again
        FOOTNOTE_WRITER_URL is not an address: it must be an http:// or https:// address, such as http://127.0.0.1:11434/v1
        FOOTNOTE_WRITER_URL is `ollama/chat/completions`: leave out /chat/completions, which Footnote adds
        writer.first_token_seconds is 0: it must be from 1 to 280
        writer.total_seconds is 300: it must be from 1 to 280
        writer.at_once is 0: it must be from 1 to 1000
        ");
        assert_eq!(
            told("[writer]\nurl = \"http://nas:8080/v1/\"\nmodel = \"qwen2.5:7b\""),
            ""
        );
    }

    #[test]
    fn models_that_could_not_be_chosen_are_named() {
        let file = "[answers]\nquick_model = \" \"\nthorough_model = \"sonar-pro\"\noffered_models = [\"\", \"sonar-pro\"]";
        let told = review(file, &[("DISCORD_TOKEN", "a.b.c")].into());
        insta::assert_snapshot!(told, @r"
        answers.quick_model is empty: name a model, such as sonar, or leave the key out
        answers.offered_models lists ``: name models in 1 to 60 characters each, such as sonar-pro
        ");
        let many: Vec<String> = (0..21).map(|number| format!("\"m{number}\"")).collect();
        let file = format!("[answers]\noffered_models = [{}]", many.join(", "));
        let told = review(&file, &[("DISCORD_TOKEN", "a.b.c")].into());
        insta::assert_snapshot!(told, @"answers.offered_models lists 21 models: it may list 20 at most");
    }

    #[test]
    fn a_past_that_is_too_long_is_named() {
        let file = "[conversations]\nhistory_turns = 101\nhistory_tokens = 1000001\ncatch_up_minutes = 10081";
        let told = review(file, &[("DISCORD_TOKEN", "a.b.c")].into());
        insta::assert_snapshot!(told, @r"
        conversations.history_turns is 101: it must be from 0 to 100
        conversations.history_tokens is 1000001: it must be from 0 to 1000000
        conversations.catch_up_minutes is 10081: it must be from 0 to 10080
        ");
    }

    #[test]
    fn a_display_or_a_filter_that_there_is_not_is_named() {
        let told = |file: &str| review(file, &[("DISCORD_TOKEN", "a.b.c")].into());
        let file = "[display]\nannounce_seconds = 841\nlanguage = \"sv\"\n[search]\nallowed_domains = [\"docs.rs\", \"*.rust-lang.org\", \"10.0.0.1\"]\ndenied_domains = [\"-spam.example\"]";
        insta::assert_snapshot!(told(file), @r"
        display.announce_seconds is 841: it must be from 0 to 840
        display.language is `sv`: it must be one of en, de, fr, es, pt, ja
        search.allowed_domains and search.denied_domains are both set: keep one of them; where some domains are allowed, all others are left out anyway
        search.allowed_domains lists `*.rust-lang.org`, which is no domain: leave the * out: a domain stands for all below it too
        search.allowed_domains lists `10.0.0.1`, which is no domain: name a domain, such as example.org, not the address of a machine
        search.denied_domains lists `-spam.example`, which is no domain: take the - off, and put it into search.denied_domains if it is to be left out
        ");
        let many = vec!["\"docs.rs\""; 21].join(", ");
        insta::assert_snapshot!(told(&format!("[search]\nallowed_domains = [{many}]")), @"search.allowed_domains lists 21 domains: it may list 20 at most");
        assert_eq!(
            told(
                "[search]\nallowed_domains = [\"https://docs.rs/\", \".gov\"]\nrecency = \"month\""
            ),
            ""
        );
    }

    #[test]
    fn jobs_that_could_not_be_kept_or_run_are_named() {
        let file = "[server.jobs]\nkeep_days = 0\nat_once = 1001\nwaiting = 0\nattempts = 101\ndelay_seconds = 3601";
        let told = review(file, &[("DISCORD_TOKEN", "a.b.c")].into());
        insta::assert_snapshot!(told, @r"
        server.jobs.keep_days is 0: it must be from 1 to 365
        server.jobs.at_once is 1001: it must be from 1 to 1000
        server.jobs.waiting is 0: it must be from 1 to 100000
        server.jobs.attempts is 101: it must be from 1 to 100
        server.jobs.delay_seconds is 3601: it must be from 0 to 3600
        ");
    }

    #[test]
    fn hosts_are_names_or_addresses_alone() {
        let told = |hosts: &str| {
            let variables = [("DISCORD_TOKEN", "a.b.c"), ("FOOTNOTE_SERVER_HOSTS", hosts)];
            review("", &variables.into())
        };
        assert_eq!(
            told("answers.example, my_nas, 192.0.2.1, [fd00::1], fd00::1, *"),
            ""
        );
        insta::assert_snapshot!(told("https://answers.example/"), @"server.hosts (FOOTNOTE_SERVER_HOSTS) holds `https://answers.example/`: name a host alone, such as answers.example, without https:// and without a port");
        assert!(told("answers.example:443").contains("without a port"));
    }

    #[test]
    fn only_an_open_server_without_keys_is_warned_of() {
        let defaults = Settings::defaults().unwrap().server;
        let warned = |bind: &str, keys: Vec<SecretString>| {
            let keys = ServeSettings {
                keys,
                ..defaults.clone()
            };
            exposure(bind.parse().unwrap(), &keys)
        };
        let told = warned("0.0.0.0:8765", vec![]).unwrap();
        assert!(
            told.contains("FOOTNOTE_SERVER_KEYS") && told.contains("FOOTNOTE_BIND"),
            "{told}"
        );
        assert!(warned("[::]:8765", vec![]).is_some());
        assert!(warned("192.168.1.5:8765", vec![]).is_some());
        assert_eq!(warned("127.0.0.1:8765", vec![]), None);
        assert_eq!(warned("[::1]:8765", vec![]), None);
        assert_eq!(warned("0.0.0.0:8765", vec!["key".into()]), None);
    }

    #[test]
    fn a_token_that_cannot_be_one_is_told_without_being_shown() {
        let told = review(
            "",
            &[
                ("DISCORD_TOKEN", "canary"),
                ("SONAR_BASE_URL", "https://user:canary@host/"),
                ("SONAR_API_KEY", "canary\nkey"),
                ("FOOTNOTE_SERVER_KEYS", "canary key"),
            ]
            .into(),
        );
        insta::assert_snapshot!(told, @r"
        DISCORD_TOKEN does not look like a bot's token (three parts joined by dots): copy it again from the developer portal
        SONAR_BASE_URL holds a user or a password: put the key into SONAR_API_KEY
        SONAR_API_KEY holds characters that a key cannot have, such as spaces or line ends: copy it again
        server.keys (FOOTNOTE_SERVER_KEYS) holds an empty key, or one with characters that a key cannot have
        ");
    }
}
