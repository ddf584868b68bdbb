//! The web as a source, through the real server: a SearXNG, pages and names of the test's own.

mod answers;
mod failures;
mod filters;
mod world;
