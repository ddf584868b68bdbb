//! Finds and quotes sections of documents. Must not speak HTTP.
