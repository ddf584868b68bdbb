//! What a member may do in a channel, as Discord's own rules have it.

use serenity::all::{RoleId as DiscordRole, UserId};

use super::*;

const EVERYONE: u64 = 1;
const KEEPER: u64 = 2;
const GUEST: u64 = 3;
const ALICE: u64 = 10;

const VIEW: Permissions = Permissions::VIEW_CHANNEL;
const MANAGE: Permissions = Permissions::MANAGE_CHANNELS;
const NONE: Permissions = Permissions::empty();

fn of_role(role: u64, allow: Permissions, deny: Permissions) -> PermissionOverwrite {
    PermissionOverwrite {
        allow,
        deny,
        kind: PermissionOverwriteType::Role(DiscordRole::new(role)),
    }
}

fn of_member(person: u64, allow: Permissions, deny: Permissions) -> PermissionOverwrite {
    PermissionOverwrite {
        allow,
        deny,
        kind: PermissionOverwriteType::Member(UserId::new(person)),
    }
}

/// What alice may do with these roles where everyone sees every channel, keepers manage and guests may nothing beside.
fn permissions(roles: &[u64], overwrites: &[PermissionOverwrite]) -> Permissions {
    let role = |id, permissions| Role { id, permissions };
    let server = Server {
        id: EVERYONE,
        owner_id: 99,
        roles: vec![
            role(EVERYONE, VIEW),
            role(KEEPER, MANAGE),
            role(GUEST, NONE),
            role(4, Permissions::ADMINISTRATOR),
        ],
    };
    let roles: Vec<RoleId> = roles.iter().map(|role| RoleId(*role)).collect();
    permissions_in(&server, overwrites, PersonId(ALICE), &roles)
}

#[test]
fn permissions_are_those_of_the_roles_then_of_the_channel() {
    for (roles, overwrites, expected) in [
        (&[][..], vec![], VIEW),
        (&[KEEPER], vec![], VIEW | MANAGE),
        // The channel takes from everyone, and gives to a role and to a person.
        (&[KEEPER], vec![of_role(EVERYONE, NONE, MANAGE)], VIEW),
        (
            &[KEEPER],
            vec![
                of_role(EVERYONE, NONE, MANAGE),
                of_role(GUEST, MANAGE, NONE),
            ],
            VIEW,
        ),
        (
            &[KEEPER, GUEST],
            vec![
                of_role(GUEST, MANAGE, NONE),
                of_role(EVERYONE, NONE, MANAGE),
            ],
            VIEW | MANAGE,
        ),
        // Among roles what one allows counts more than what another denies.
        (
            &[KEEPER, GUEST],
            vec![of_role(KEEPER, NONE, MANAGE), of_role(GUEST, MANAGE, NONE)],
            VIEW | MANAGE,
        ),
        // What is said of the person counts most.
        (
            &[KEEPER],
            vec![
                of_role(KEEPER, MANAGE, NONE),
                of_member(ALICE, NONE, MANAGE),
            ],
            VIEW,
        ),
        (&[], vec![of_member(ALICE, MANAGE, NONE)], VIEW | MANAGE),
        (&[], vec![of_member(11, MANAGE, NONE)], VIEW),
        // Who does not see the channel may do nothing there.
        (&[KEEPER], vec![of_role(EVERYONE, NONE, VIEW)], NONE),
        (
            &[KEEPER],
            vec![of_role(EVERYONE, NONE, VIEW), of_role(KEEPER, VIEW, NONE)],
            VIEW | MANAGE,
        ),
        // A role of another server counts for nothing.
        (&[77], vec![of_role(78, MANAGE, NONE)], VIEW),
    ] {
        assert_eq!(
            permissions(roles, &overwrites),
            expected,
            "{roles:?} {overwrites:?}"
        );
    }
}

#[test]
fn nothing_is_taken_from_administrators_and_from_the_owner() {
    let hidden = [of_role(EVERYONE, NONE, VIEW | MANAGE)];
    assert_eq!(permissions(&[4], &hidden), Permissions::all());
    let server = Server {
        id: EVERYONE,
        owner_id: ALICE,
        roles: Vec::new(),
    };
    let of_owner = permissions_in(&server, &hidden, PersonId(ALICE), &[]);
    assert_eq!(of_owner, Permissions::all());
}
