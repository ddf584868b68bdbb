//! Footnote.
