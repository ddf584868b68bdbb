//! Placeholder header, replaced by the crate's first real module.
