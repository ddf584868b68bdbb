//! Fetches pages that somebody else chose the address of. Must reach nothing but the public internet, whatever names, numbers
//! and redirects say, and must take in no more than its bounds.

mod body;
mod charset;
mod public;
mod reach;
#[cfg(test)]
mod tests;

use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use url::Url;

use crate::engines::corpus::Filters;
use crate::engines::corpus::documents::MAX_ADDRESS_BYTES;

pub use reach::Reach;

use super::{USER_AGENT, WebError};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(3);

/// How long a page may take, with all its redirects.
const TOTAL: Duration = Duration::from_secs(8);

/// The most bytes of a page, on the wire and unpacked.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// The most redirects that are followed.
const MOST_REDIRECTS: usize = 3;

/// The most pages that are fetched at once.
const AT_ONCE: usize = 8;

/// Why a page was not fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// It is no web address.
    #[error("no web address")]
    Scheme,
    /// The address names a user.
    #[error("its address names a user")]
    User,
    /// Neither 80 nor 443.
    #[error("its port is not one of the web")]
    Port,
    /// Its host is not on the public internet, or one of its addresses is not.
    #[error("its host is not on the public internet")]
    NotPublic,
    /// The filters of the request do not let its address in, or one that it redirects to.
    #[error("the filters do not let it in, or where it redirects to")]
    Filtered,
    /// More redirects than are followed, or one to nowhere.
    #[error("it redirects too often, or to nowhere")]
    Redirects,
    /// Another status than 200.
    #[error("it is not there: status {0}")]
    Status(u16),
    /// Neither HTML nor plain text.
    #[error("it is neither HTML nor plain text")]
    Kind,
    /// More than 2 MiB.
    #[error("it is larger than 2 MiB")]
    TooLarge,
    /// Packed as was not asked for, or not as it says.
    #[error("it is packed in a way that cannot be unpacked")]
    Packing,
    /// It broke off.
    #[error("it broke off")]
    BrokenOff,
    /// It took too long.
    #[error("it took too long")]
    TooSlow,
    /// No connection.
    #[error("it cannot be reached")]
    Unreachable,
}

impl Refused {
    /// Whether it will be so in some minutes, too, whoever asks.
    pub(crate) fn lasts(&self) -> bool {
        match self {
            Self::Scheme | Self::User | Self::Port | Self::NotPublic | Self::Redirects => true,
            Self::Kind | Self::TooLarge | Self::Packing => true,
            Self::Status(status) => matches!(status, 401 | 403 | 404 | 410),
            Self::Filtered | Self::BrokenOff | Self::TooSlow | Self::Unreachable => false,
        }
    }
}

/// A page as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// Where it was found, after all redirects; without what stands after `#`.
    pub(crate) address: Url,
    /// Whether it is HTML; else it is plain text.
    pub(crate) is_html: bool,
    pub(crate) text: String,
}

/// Fetches pages, at most eight at once.
#[derive(Debug)]
pub(crate) struct Fetcher {
    http: Client,
    reach: Reach,
    room: Semaphore,
}

impl Fetcher {
    /// A fetcher that gets as far as `reach`. Its client keeps no cookies, names no page it comes from, follows no redirect and
    /// asks no proxy. How long a page may take in all is kept to in [`Fetcher::page`].
    ///
    /// # Errors
    ///
    /// When the client cannot be set up.
    pub(crate) fn new(reach: Reach) -> Result<Self, WebError> {
        let mut headers = HeaderMap::new();
        let kinds = "text/html, application/xhtml+xml, text/plain;q=0.8";
        headers.insert(ACCEPT, HeaderValue::from_static(kinds));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        let http = Client::builder()
            .user_agent(USER_AGENT)
            .default_headers(headers)
            .dns_resolver(std::sync::Arc::new(reach.clone()))
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(CONNECT)
            .pool_max_idle_per_host(0)
            .build()?;
        Ok(Self {
            http,
            reach,
            room: Semaphore::new(AT_ONCE),
        })
    }

    /// Whether an address is not one that names a machine of a private network by its number: nobody is sent there.
    pub(crate) fn names_no_private_host(&self, address: &Url) -> bool {
        self.reach.check_host(address) != Err(Refused::NotPublic)
    }

    /// The page at an address, once there is room. Nothing on the way to it is asked for that the domains of `filters` do not let in.
    ///
    /// # Errors
    ///
    /// [`Refused`], with the rule or the fault.
    pub(crate) async fn page(&self, address: &Url, filters: &Filters) -> Result<Page, Refused> {
        // The semaphore is never closed.
        let _room = self.room.acquire().await.map_err(|_| Refused::TooSlow)?;
        timeout(TOTAL, self.hops(address.clone(), filters))
            .await
            .unwrap_or(Err(Refused::TooSlow))
    }

    async fn hops(&self, mut address: Url, filters: &Filters) -> Result<Page, Refused> {
        for _ in 0..=MOST_REDIRECTS {
            address.set_fragment(None);
            self.reach.check(&address)?;
            if !filters.allow_address(address.as_str()) {
                return Err(Refused::Filtered);
            }
            let response = self.http.get(address.clone()).send().await;
            let response = response.map_err(|error| refusal(&error))?;
            match redirect(&response, &address)? {
                Some(next) => address = next,
                None => return read(response, address).await,
            }
        }
        Err(Refused::Redirects)
    }
}

/// Where a reply leads, when it leads elsewhere.
fn redirect(response: &Response, from: &Url) -> Result<Option<Url>, Refused> {
    match response.status() {
        StatusCode::OK => Ok(None),
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::SEE_OTHER
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => {
            let location = response.headers().get(LOCATION);
            let location = location.and_then(|location| location.to_str().ok());
            let next = location.and_then(|location| from.join(location).ok());
            let next = next.filter(|next| next.as_str().len() <= MAX_ADDRESS_BYTES);
            next.map(Some).ok_or(Refused::Redirects)
        }
        status => Err(Refused::Status(status.as_u16())),
    }
}

async fn read(response: Response, address: Url) -> Result<Page, Refused> {
    let content_type = response.headers().get(CONTENT_TYPE);
    let content_type = content_type.and_then(|kind| kind.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    let is_html = match kind.to_ascii_lowercase().as_str() {
        "text/html" | "application/xhtml+xml" => true,
        "text/plain" => false,
        _ => return Err(Refused::Kind),
    };
    let bytes = body::whole(response).await?;
    Ok(Page {
        address,
        is_html,
        text: charset::text(&bytes, &content_type),
    })
}

/// What a failed request says, found at the bottom of its causes where the resolver refused.
fn refusal(error: &reqwest::Error) -> Refused {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<Refused>() {
            return *refused;
        }
        cause = error.source();
    }
    match error.is_timeout() {
        true => Refused::TooSlow,
        false => Refused::Unreachable,
    }
}
