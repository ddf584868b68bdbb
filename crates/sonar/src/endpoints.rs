//! The addresses of a service, from its base URL. Must never show the base URL, which may hold a secret.

use url::Url;

use crate::Invalid;

/// Which of the protocol's two sets of path names a service is asked under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paths {
    /// `/chat/completions` and `/async/chat/completions`: the protocol's first names, served by most.
    #[default]
    ChatCompletions,
    /// `/v1/sonar` and `/v1/async/sonar`: the names of 2026. A base URL that ends in `/v1` does not get a second one.
    Sonar,
}

impl Paths {
    const fn chat(self) -> &'static str {
        match self {
            Self::ChatCompletions => "chat/completions",
            Self::Sonar => "v1/sonar",
        }
    }

    const fn jobs(self) -> &'static str {
        match self {
            Self::ChatCompletions => "async/chat/completions",
            Self::Sonar => "v1/async/sonar",
        }
    }
}

/// The addresses of one service.
#[derive(Clone, Debug)]
pub(crate) struct Endpoints {
    pub(crate) chat: Url,
    pub(crate) jobs: Url,
}

impl Endpoints {
    /// The addresses below a base URL, or what is wrong with it.
    pub(crate) fn new(base_url: &str, paths: Paths) -> Result<Self, String> {
        let base = base(base_url)?;
        Ok(Self {
            chat: below(&base, paths.chat()),
            jobs: below(&base, paths.jobs()),
        })
    }

    /// The address of one job, its id percent-encoded.
    pub(crate) fn job(&self, id: &str) -> Result<Url, Invalid> {
        // As a step of a path, dots would lead elsewhere.
        if id.trim().is_empty() || matches!(id, "." | "..") {
            return Err(Invalid::new(
                "id",
                "must be the id of a job, as the service gave it",
            ));
        }
        let mut url = self.jobs.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(id);
        }
        Ok(url)
    }

    /// The address of a page of the list of jobs.
    pub(crate) fn page(&self, limit: Option<u32>, next_token: Option<&str>) -> Url {
        let mut url = self.jobs.clone();
        let limit = limit.map(|limit| limit.to_string());
        let asked = [("limit", limit.as_deref()), ("next_token", next_token)];
        for (name, value) in asked {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        url
    }
}

fn base(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim()).map_err(|error| format!("is not an address ({error})"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("must begin with http:// or https://".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user name or password; give the key by itself".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must end before `?` and `#`".to_owned());
    }
    Ok(url)
}

fn below(base: &Url, path: &str) -> Url {
    let stem = base.path().trim_end_matches('/');
    let stem = match stem.strip_suffix("/v1") {
        Some(shorter) if path.starts_with("v1/") => shorter,
        _ => stem,
    };
    let path = format!("{stem}/{path}");
    let mut url = base.clone();
    url.set_path(&path);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(base: &str, paths: Paths, chat: &str, jobs: &str) {
        let endpoints = Endpoints::new(base, paths).unwrap();
        assert_eq!(
            (endpoints.chat.as_str(), endpoints.jobs.as_str()),
            (chat, jobs)
        );
    }

    #[test]
    fn the_addresses_follow_the_base() {
        for base in [
            "http://127.0.0.1:8765",
            "http://127.0.0.1:8765/",
            " http://127.0.0.1:8765 ",
        ] {
            check(
                base,
                Paths::ChatCompletions,
                "http://127.0.0.1:8765/chat/completions",
                "http://127.0.0.1:8765/async/chat/completions",
            );
        }
        check(
            "https://a.example/v1/",
            Paths::ChatCompletions,
            "https://a.example/v1/chat/completions",
            "https://a.example/v1/async/chat/completions",
        );
        for base in ["https://a.example", "https://a.example/v1"] {
            check(
                base,
                Paths::Sonar,
                "https://a.example/v1/sonar",
                "https://a.example/v1/async/sonar",
            );
        }
    }

    #[test]
    fn ids_and_tokens_cannot_change_the_address() {
        let endpoints = Endpoints::new("https://a.example", Paths::default()).unwrap();
        let job = |id| endpoints.job(id).map(|url| url.path().to_owned());
        assert_eq!(job("a1"), Ok("/async/chat/completions/a1".to_owned()));
        assert_eq!(
            job("../a/b?c#d"),
            Ok("/async/chat/completions/..%2Fa%2Fb%3Fc%23d".to_owned())
        );
        assert_eq!(
            job("100% ä"),
            Ok("/async/chat/completions/100%25%20%C3%A4".to_owned())
        );
        for id in ["", " ", ".", ".."] {
            assert_eq!(job(id).unwrap_err().field, "id", "{id:?}");
        }
        assert_eq!(
            endpoints.page(Some(5), Some("a&b=c")).query(),
            Some("limit=5&next_token=a%26b%3Dc")
        );
        assert_eq!(endpoints.page(None, None).query(), None);
    }
}
