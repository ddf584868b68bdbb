//! Lists of domains: not too long, real domains, all allowed or all denied. Must not match any source.

use super::{at_most, clipped};
use crate::{DomainEntry, Invalid};

/// Refuses a list that is too long, that holds something else than domains, or that both allows and denies.
pub(super) fn check(field: &str, entries: &[String], limit: usize) -> Result<(), Invalid> {
    at_most(field, entries.len(), limit)?;
    let mut denies = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        let Some(domain) = DomainEntry::read(entry) else {
            return Err(Invalid::new(
                format!("{field}.{place}"),
                format!(
                    "must be a domain such as `a.example`, `.gov` or `a.example/path`, not `{}`",
                    clipped(entry)
                ),
            ));
        };
        denies.push(domain.denies);
    }
    if denies.contains(&true) && denies.contains(&false) {
        return Err(Invalid::new(
            field,
            "must be all allowed or all denied (`-`) entries, not both",
        ));
    }
    Ok(())
}
