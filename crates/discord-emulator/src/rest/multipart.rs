//! Multipart bodies: a message as JSON or as plain fields, and files beside it. Judges no message.

use axum::body::Bytes;
use futures_util::stream;
use serde_json::{Map, Value, json};

use crate::world::{refusal::Refusal, uploads::Upload};

/// A multipart body, taken apart.
pub(crate) struct Parts {
    pub(crate) body: Value,
    pub(crate) files: Vec<Upload>,
}

/// Whether a body of this type is taken apart here.
pub(crate) fn is_multipart(content_type: &str) -> bool {
    content_type.starts_with("multipart/form-data")
}

/// Takes a body apart: `payload_json` or plain fields, and files named `files[n]`.
///
/// # Errors
///
/// Refuses what is not multipart after all, a payload that is not JSON, and a field without a name.
pub(crate) async fn read(content_type: &str, body: Bytes) -> Result<Parts, Refusal> {
    let boundary = multer::parse_boundary(content_type).map_err(|_| malformed())?;
    let whole = stream::iter([Ok::<Bytes, std::convert::Infallible>(body)]);
    let mut multipart = multer::Multipart::new(whole, boundary);
    let mut payload = None;
    let mut fields = Map::new();
    let mut files = Vec::new();
    while let Some(field) = multipart.next_field().await.map_err(|_| malformed())? {
        let name = field.name().ok_or_else(malformed)?.to_owned();
        let filename = field.file_name().map(str::to_owned);
        let content_type = field.content_type().map(ToString::to_string);
        let bytes = field.bytes().await.map_err(|_| malformed())?;
        match filename {
            Some(filename) => files.push(Upload {
                index: index(&name),
                filename,
                content_type,
                bytes,
            }),
            None if name == "payload_json" => {
                payload = Some(serde_json::from_slice(&bytes).map_err(|_| Refusal::BrokenJson)?);
            }
            None => {
                fields.insert(name.clone(), plain(&name, &bytes));
            }
        }
    }
    Ok(Parts {
        body: payload.unwrap_or(Value::Object(fields)),
        files,
    })
}

/// The `n` of `files[n]`.
fn index(name: &str) -> Option<u64> {
    let inside = name.strip_prefix("files[")?.strip_suffix(']')?;
    inside.parse().ok()
}

/// A plain field is a text, but for the one switch among them.
fn plain(name: &str, bytes: &Bytes) -> Value {
    let text = String::from_utf8_lossy(bytes);
    match (name, text.as_ref()) {
        ("tts", "true" | "1") => json!(true),
        ("tts", "false" | "0") => json!(false),
        _ => json!(text),
    }
}

fn malformed() -> Refusal {
    Refusal::field(
        "",
        "CONTENT_TYPE_MULTIPART",
        "The body is not the multipart form that its Content-Type announces.",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=b";

    fn taken_apart(body: &str) -> Result<Parts, Refusal> {
        futures_util::FutureExt::now_or_never(read(TYPE, Bytes::copy_from_slice(body.as_bytes())))
            .expect("the whole body is there")
    }

    fn part(head: &str, body: &str) -> String {
        format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")
    }

    #[test]
    fn a_payload_comes_with_numbered_files() {
        let payload = part("name=\"payload_json\"", "{\"content\": \"see\"}");
        let file = part("name=\"files[3]\"; filename=\"a.txt\"", "inside");
        let parts = taken_apart(&format!("{payload}{file}--b--\r\n")).unwrap();
        assert_eq!(parts.body["content"], "see");
        assert_eq!(parts.files[0].index, Some(3));
        assert_eq!(
            (parts.files[0].filename.as_str(), &parts.files[0].bytes[..]),
            ("a.txt", &b"inside"[..])
        );
    }

    #[test]
    fn plain_fields_make_a_message_too() {
        let fields = part("name=\"content\"", "true") + &part("name=\"tts\"", "true");
        let parts = taken_apart(&format!("{fields}--b--\r\n")).unwrap();
        assert_eq!(parts.body, json!({"content": "true", "tts": true}));
    }

    #[test]
    fn what_is_no_form_is_refused() {
        assert_eq!(taken_apart("hello").err().unwrap().status(), 400);
        let payload = part("name=\"payload_json\"", "{");
        let broken = taken_apart(&format!("{payload}--b--\r\n")).err().unwrap();
        assert_eq!(broken, Refusal::BrokenJson);
    }

    proptest! {
        #[test]
        fn no_body_is_too_odd_to_take_apart(body in "(--b|\r\n|Content-Disposition: form-data; name=|\"|files\\[|[a-z0-9:;\\]]|--){0,30}") {
            let _ = taken_apart(&body);
        }
    }
}
