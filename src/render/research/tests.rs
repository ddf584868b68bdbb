//! Researches, as their readers see them.
