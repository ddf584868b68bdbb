//! `GET /healthz`: whether the server answers at all. Needs no key and tells nothing else.

pub(super) async fn health() -> &'static str {
    "ok\n"
}
