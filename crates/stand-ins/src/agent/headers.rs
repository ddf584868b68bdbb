//! The headers that every reply of the service bears. Must not count requests.

use uuid::Uuid;

use crate::Reply;

/// How many requests a key has left in this second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    pub(super) limit: u32,
    pub(super) used: u32,
    /// When it is full again, in seconds since 1970.
    pub(super) reset: i64,
}

impl Allowance {
    pub(super) fn on(self, reply: Reply) -> Reply {
        let left = self.limit.saturating_sub(self.used);
        reply
            .header("x-ratelimit-limit", self.limit.to_string())
            .header("x-ratelimit-remaining", left.to_string())
            .header("x-ratelimit-used", self.used.min(self.limit).to_string())
            .header("x-ratelimit-reset", self.reset.to_string())
    }
}

/// The headers of the network before the service; `request` is the UUID of the run where there is one.
pub(super) fn of_the_edge(reply: Reply, request: &str) -> Reply {
    let ray = Uuid::new_v4().simple().to_string();
    let ray: String = ray.chars().take(16).collect();
    reply
        .header("x-request-id", request)
        .header("server", "cloudflare")
        .header("cf-ray", format!("{ray}-FRA"))
        .header(
            "set-cookie",
            format!("__cf_bm={ray}; path=/; HttpOnly; Secure"),
        )
        .header(
            "set-cookie",
            format!("_cfuvid={ray}; path=/; HttpOnly; Secure"),
        )
}
