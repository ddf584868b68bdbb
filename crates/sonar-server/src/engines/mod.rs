//! What can answer behind the server, one folder an engine. Must not speak HTTP.

pub mod corpus;
