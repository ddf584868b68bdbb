//! The one list of routes. A route that is not here answers 404 and is counted as unimplemented.

use super::{
    answer::Answer,
    applications,
    call::Call,
    channels, commands, gateway, guilds, interactions,
    limits::{self, Bucket, Cost},
    messages, threads, users, webhooks,
};
use crate::world::{World, refusal::Refusal};

/// One route.
pub(crate) struct Route {
    method: &'static str,
    path: &'static str,
    pub(crate) answer: fn(&mut Call<'_>) -> Result<Answer, Refusal>,
    /// Interaction routes carry their own token, and `GET /gateway` needs none.
    pub(crate) needs_token: bool,
    bucket: Option<&'static Bucket>,
    is_followup: bool,
}

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "/gateway", gateway::address).open(),
    Route::new("GET", "/gateway/bot", gateway::address_for_bots),
    Route::new("GET", "/users/@me", users::me),
    Route::new("GET", "/users/{user}", users::one),
    Route::new("GET", "/applications/@me", applications::me),
    Route::new("GET", "/oauth2/applications/@me", applications::me),
    Route::new(
        "GET",
        "/applications/{application}/commands",
        commands::list,
    ),
    Route::new(
        "PUT",
        "/applications/{application}/commands",
        commands::replace,
    ),
    Route::new(
        "POST",
        "/applications/{application}/commands",
        commands::register,
    ),
    Route::new(
        "GET",
        "/applications/{application}/commands/{command}",
        commands::one,
    ),
    Route::new(
        "DELETE",
        "/applications/{application}/commands/{command}",
        commands::delete,
    ),
    Route::new(
        "GET",
        "/applications/{application}/guilds/{guild}/commands",
        commands::list,
    ),
    Route::new(
        "PUT",
        "/applications/{application}/guilds/{guild}/commands",
        commands::replace,
    ),
    Route::new(
        "POST",
        "/applications/{application}/guilds/{guild}/commands",
        commands::register,
    ),
    Route::new(
        "GET",
        "/applications/{application}/guilds/{guild}/commands/{command}",
        commands::one,
    ),
    Route::new(
        "DELETE",
        "/applications/{application}/guilds/{guild}/commands/{command}",
        commands::delete,
    ),
    Route::new(
        "POST",
        "/interactions/{interaction}/{token}/callback",
        interactions::callback,
    )
    .open()
    .limited(&limits::CALLBACK),
    Route::new("POST", "/webhooks/{application}/{token}", webhooks::post)
        .open()
        .limited(&limits::REPLY)
        .followup(),
    Route::new(
        "GET",
        "/webhooks/{application}/{token}/messages/{message}",
        webhooks::get,
    )
    .open()
    .limited(&limits::REPLY),
    Route::new(
        "PATCH",
        "/webhooks/{application}/{token}/messages/{message}",
        webhooks::edit,
    )
    .open()
    .limited(&limits::REPLY),
    Route::new(
        "DELETE",
        "/webhooks/{application}/{token}/messages/{message}",
        webhooks::delete,
    )
    .open()
    .limited(&limits::REPLY),
    Route::new("GET", "/channels/{channel}", channels::get),
    Route::new("POST", "/channels/{channel}/typing", channels::typing).limited(&limits::TYPING),
    Route::new("GET", "/channels/{channel}/messages", messages::list),
    Route::new("POST", "/channels/{channel}/messages", messages::post)
        .limited(&limits::POST_MESSAGE),
    Route::new(
        "GET",
        "/channels/{channel}/messages/{message}",
        messages::get,
    ),
    Route::new(
        "PATCH",
        "/channels/{channel}/messages/{message}",
        messages::edit,
    )
    .limited(&limits::EDIT_MESSAGE),
    Route::new(
        "DELETE",
        "/channels/{channel}/messages/{message}",
        messages::delete,
    )
    .limited(&limits::DELETE_MESSAGE),
    Route::new(
        "POST",
        "/channels/{channel}/messages/bulk-delete",
        messages::delete_many,
    ),
    Route::new(
        "POST",
        "/channels/{channel}/messages/{message}/threads",
        threads::start_from_message,
    ),
    Route::new("POST", "/channels/{channel}/threads", threads::start),
    Route::new(
        "GET",
        "/channels/{channel}/thread-members",
        threads::members,
    ),
    Route::new(
        "GET",
        "/channels/{channel}/thread-members/{user}",
        threads::member,
    ),
    Route::new(
        "PUT",
        "/channels/{channel}/thread-members/{user}",
        threads::join,
    ),
    Route::new(
        "DELETE",
        "/channels/{channel}/thread-members/{user}",
        threads::leave,
    ),
    Route::new(
        "GET",
        "/channels/{channel}/threads/archived/public",
        threads::archived_public,
    ),
    Route::new(
        "GET",
        "/channels/{channel}/threads/archived/private",
        threads::archived_private,
    ),
    Route::new(
        "GET",
        "/channels/{channel}/users/@me/threads/archived/private",
        threads::archived_joined,
    ),
    Route::new("GET", "/guilds/{guild}/threads/active", threads::active),
    Route::new("POST", "/users/@me/channels", users::open_direct),
    Route::new("GET", "/guilds/{guild}", guilds::get),
    Route::new("GET", "/guilds/{guild}/channels", guilds::channels),
];

impl Route {
    const fn new(
        method: &'static str,
        path: &'static str,
        answer: fn(&mut Call<'_>) -> Result<Answer, Refusal>,
    ) -> Self {
        Self {
            method,
            path,
            answer,
            needs_token: true,
            bucket: None,
            is_followup: false,
        }
    }

    const fn open(self) -> Self {
        Self {
            needs_token: false,
            ..self
        }
    }

    const fn limited(self, bucket: &'static Bucket) -> Self {
        Self {
            bucket: Some(bucket),
            ..self
        }
    }

    const fn followup(self) -> Self {
        Self {
            is_followup: true,
            ..self
        }
    }

    /// The parameters, if the path is one of this route's.
    fn fits(&self, segments: &[String]) -> Option<Vec<(&'static str, String)>> {
        let mut parts = self.path.split('/').skip(1);
        let mut parameters = Vec::new();
        for segment in segments {
            let part = parts.next()?;
            match part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'))
            {
                Some(name) => parameters.push((name, segment.clone())),
                None if part == segment => {}
                None => return None,
            }
        }
        parts.next().is_none().then_some(parameters)
    }
}

/// A route with the parameters of one request.
pub(crate) struct Found {
    pub(crate) route: &'static Route,
    pub(crate) parameters: Vec<(&'static str, String)>,
}

impl Found {
    /// What the request uses up of which limits.
    pub(crate) fn cost(&self, world: &World) -> Cost {
        let bucket = self
            .route
            .bucket
            .map(|bucket| (bucket, bucket.key_of(&self.parameters)));
        let token = self
            .parameters
            .iter()
            .find(|(name, _)| *name == "token")
            .map(|(_, token)| token);
        let followup_in = token
            .filter(|_| self.route.is_followup)
            .and_then(|token| world.channel_of_token(token));
        Cost {
            bucket,
            followup_in: followup_in.map(|id| id.to_string()),
            is_global: self.route.needs_token,
        }
    }
}

/// Finds the route of a request; the one with the fewest parameters wins, such as `@me` before an id.
///
/// # Errors
///
/// No such route, or not with this method.
pub(crate) fn find(method: &str, segments: &[String]) -> Result<Found, Refusal> {
    let mut fitting: Vec<Found> = ROUTES
        .iter()
        .filter_map(|route| {
            route
                .fits(segments)
                .map(|parameters| Found { route, parameters })
        })
        .collect();
    if fitting.is_empty() {
        return Err(Refusal::NoSuchRoute);
    }
    fitting.sort_by_key(|found| found.parameters.len());
    fitting
        .into_iter()
        .find(|found| found.route.method == method)
        .ok_or(Refusal::WrongMethod)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: &str, path: &str) -> Result<&'static str, Refusal> {
        let segments: Vec<String> = path.split('/').skip(1).map(str::to_owned).collect();
        find(method, &segments).map(|found| found.route.path)
    }

    #[test]
    fn the_most_literal_route_wins() {
        assert_eq!(found("GET", "/users/@me"), Ok("/users/@me"));
        assert_eq!(found("GET", "/users/1"), Ok("/users/{user}"));
        assert_eq!(
            found("GET", "/channels/1/messages"),
            Ok("/channels/{channel}/messages")
        );
    }

    #[test]
    fn an_unknown_route_and_a_wrong_method_are_told_apart() {
        assert_eq!(found("GET", "/stickers"), Err(Refusal::NoSuchRoute));
        assert_eq!(found("DELETE", "/gateway"), Err(Refusal::WrongMethod));
    }

    #[test]
    fn no_route_is_listed_twice() {
        let mut names: Vec<(&str, &str)> = ROUTES
            .iter()
            .map(|route| (route.method, route.path))
            .collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ROUTES.len());
    }
}
