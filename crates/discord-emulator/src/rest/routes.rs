//! The one list of routes. A route that is not here answers 404 and is counted as unimplemented.

use super::{
    applications, channels, commands, found::Found, gateway, guilds, interactions, limits,
    member_roles, members, messages, pins, reactions, route::Route, threads, users, webhooks,
};
use crate::world::refusal::Refusal;

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "/gateway", gateway::address).open(),
    Route::new("GET", "/gateway/bot", gateway::address_for_bots),
    Route::new("GET", "/users/@me", users::me),
    Route::new("PATCH", "/users/@me", users::change_me),
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
        "PATCH",
        "/applications/{application}/commands/{command}",
        commands::change,
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
        "PATCH",
        "/applications/{application}/guilds/{guild}/commands/{command}",
        commands::change,
    ),
    Route::new(
        "DELETE",
        "/applications/{application}/guilds/{guild}/commands/{command}",
        commands::delete,
    ),
    Route::new(
        "GET",
        "/applications/{application}/guilds/{guild}/commands/permissions",
        commands::all_permissions,
    ),
    Route::new(
        "GET",
        "/applications/{application}/guilds/{guild}/commands/{command}/permissions",
        commands::permissions,
    ),
    Route::new(
        "PUT",
        "/applications/{application}/guilds/{guild}/commands/{command}/permissions",
        commands::change_permissions,
    ),
    Route::new(
        "POST",
        "/interactions/{interaction}/{token}/callback",
        interactions::callback,
    )
    .open()
    .limited(limits::CALLBACK),
    Route::new("POST", "/webhooks/{application}/{token}", webhooks::post)
        .open()
        .limited(limits::REPLY)
        .followup(),
    Route::new(
        "GET",
        "/webhooks/{application}/{token}/messages/{message}",
        webhooks::get,
    )
    .open()
    .limited(limits::REPLY),
    Route::new(
        "PATCH",
        "/webhooks/{application}/{token}/messages/{message}",
        webhooks::edit,
    )
    .open()
    .limited(limits::REPLY),
    Route::new(
        "DELETE",
        "/webhooks/{application}/{token}/messages/{message}",
        webhooks::delete,
    )
    .open()
    .limited(limits::REPLY),
    Route::new("GET", "/channels/{channel}", channels::get),
    Route::new("PATCH", "/channels/{channel}", channels::change).renames(),
    Route::new("DELETE", "/channels/{channel}", channels::delete),
    Route::new(
        "PUT",
        "/channels/{channel}/permissions/{overwrite}",
        channels::overwrite,
    ),
    Route::new(
        "DELETE",
        "/channels/{channel}/permissions/{overwrite}",
        channels::remove_overwrite,
    ),
    Route::new("POST", "/channels/{channel}/typing", channels::typing).limited(limits::TYPING),
    Route::new("GET", "/channels/{channel}/messages", messages::list),
    Route::new("POST", "/channels/{channel}/messages", messages::post)
        .limited(limits::POST_MESSAGE),
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
    .limited(limits::EDIT_MESSAGE)
    .edits(),
    Route::new(
        "DELETE",
        "/channels/{channel}/messages/{message}",
        messages::delete,
    )
    .limited(limits::DELETE_MESSAGE),
    Route::new(
        "PUT",
        "/channels/{channel}/messages/{message}/reactions/{emoji}/@me",
        reactions::add,
    )
    .limited(limits::REACTIONS),
    Route::new(
        "DELETE",
        "/channels/{channel}/messages/{message}/reactions/{emoji}/@me",
        reactions::remove_own,
    )
    .limited(limits::REACTIONS),
    Route::new(
        "DELETE",
        "/channels/{channel}/messages/{message}/reactions/{emoji}/{user}",
        reactions::remove,
    )
    .limited(limits::REACTIONS),
    Route::new(
        "GET",
        "/channels/{channel}/messages/{message}/reactions/{emoji}",
        reactions::list,
    ),
    Route::new(
        "DELETE",
        "/channels/{channel}/messages/{message}/reactions/{emoji}",
        reactions::clear_emoji,
    )
    .limited(limits::REACTIONS),
    Route::new(
        "DELETE",
        "/channels/{channel}/messages/{message}/reactions",
        reactions::clear,
    )
    .limited(limits::REACTIONS),
    Route::new("GET", "/channels/{channel}/messages/pins", pins::list),
    Route::new(
        "PUT",
        "/channels/{channel}/messages/pins/{message}",
        pins::pin,
    ),
    Route::new(
        "DELETE",
        "/channels/{channel}/messages/pins/{message}",
        pins::unpin,
    ),
    Route::new("GET", "/channels/{channel}/pins", pins::list_as_before),
    Route::new("PUT", "/channels/{channel}/pins/{message}", pins::pin),
    Route::new("DELETE", "/channels/{channel}/pins/{message}", pins::unpin),
    Route::new(
        "POST",
        "/channels/{channel}/messages/bulk-delete",
        messages::delete_many,
    ),
    Route::new(
        "POST",
        "/channels/{channel}/messages/{message}/threads",
        threads::start_from_message,
    )
    .limited(limits::CREATE_THREAD),
    Route::new("POST", "/channels/{channel}/threads", threads::start)
        .limited(limits::CREATE_THREAD),
    Route::new(
        "GET",
        "/channels/{channel}/thread-members",
        threads::members,
    )
    .limited(limits::THREADS),
    Route::new(
        "GET",
        "/channels/{channel}/thread-members/{user}",
        threads::member,
    )
    .limited(limits::THREADS),
    Route::new(
        "PUT",
        "/channels/{channel}/thread-members/{user}",
        threads::join,
    )
    .limited(limits::THREADS),
    Route::new(
        "DELETE",
        "/channels/{channel}/thread-members/{user}",
        threads::leave,
    )
    .limited(limits::THREADS),
    Route::new(
        "GET",
        "/channels/{channel}/threads/archived/public",
        threads::archived_public,
    )
    .limited(limits::THREADS),
    Route::new(
        "GET",
        "/channels/{channel}/threads/archived/private",
        threads::archived_private,
    )
    .limited(limits::THREADS),
    Route::new(
        "GET",
        "/channels/{channel}/users/@me/threads/archived/private",
        threads::archived_joined,
    )
    .limited(limits::THREADS),
    Route::new("GET", "/guilds/{guild}/threads/active", threads::active).limited(limits::THREADS),
    Route::new("POST", "/users/@me/channels", users::open_direct),
    Route::new("GET", "/users/@me/guilds", users::guilds),
    Route::new("DELETE", "/users/@me/guilds/{guild}", users::leave_guild),
    Route::new("GET", "/guilds/{guild}", guilds::get),
    Route::new("GET", "/guilds/{guild}/roles", guilds::roles),
    Route::new("GET", "/guilds/{guild}/roles/{role}", guilds::role),
    Route::new("GET", "/guilds/{guild}/members", members::list),
    Route::new("GET", "/guilds/{guild}/members/search", members::search),
    Route::new("GET", "/guilds/{guild}/members/{user}", members::one),
    Route::new(
        "PUT",
        "/guilds/{guild}/members/{user}/roles/{role}",
        member_roles::give,
    ),
    Route::new(
        "DELETE",
        "/guilds/{guild}/members/{user}/roles/{role}",
        member_roles::take,
    ),
    Route::new("GET", "/guilds/{guild}/channels", guilds::channels),
];

/// Finds the route of a request; the one with the fewest parameters wins, such as `@me` before an id.
///
/// # Errors
///
/// No such route, or not with this method.
pub(crate) fn find(method: &str, segments: &[String]) -> Result<Found, Refusal> {
    let mut is_known = false;
    let mut best: Option<&'static Route> = None;
    for route in ROUTES.iter().filter(|route| route.fits(segments)) {
        is_known = true;
        let is_better = best.is_none_or(|best| route.count_parameters() < best.count_parameters());
        if route.method == method && is_better {
            best = Some(route);
        }
    }
    match best {
        Some(route) => Ok(Found {
            route,
            parameters: route.parameters(segments),
        }),
        None if is_known => Err(Refusal::WrongMethod),
        None => Err(Refusal::NoSuchRoute),
    }
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
