//! The rules of domain lists: not too long, real domains, all allowed or all denied. Must not match any source.

use sonar::ChatRequest;

use super::clipped;
use crate::domains::Domain;
use crate::{Dialect, Failure};

/// Refuses a domain filter that breaks a rule.
pub(super) fn check(request: &ChatRequest, dialect: Dialect) -> Result<(), Failure> {
    let entries = request.search_domain_filter.as_deref().unwrap_or_default();
    let limit = dialect.domain_limit.count();
    if entries.len() > limit {
        return refuse(&format!("has a max length of {limit}"));
    }
    let mut denies = Vec::new();
    for entry in entries {
        match Domain::read(entry) {
            Some(domain) => denies.push(domain.denies),
            None => {
                return refuse(&format!(
                    "must be a valid domain name, but got {}",
                    clipped(entry)
                ));
            }
        }
    }
    if !dialect.mixed_domains && denies.contains(&true) && denies.contains(&false) {
        return refuse("must be all allowed or all denied entries");
    }
    Ok(())
}

fn refuse(why: &str) -> Result<(), Failure> {
    Err(Failure::bad_request(
        "invalid_search_domain_filter",
        format!("Validation error: search_domain_filters {why}"),
    ))
}
