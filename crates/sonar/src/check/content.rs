//! The parts of messages: kinds that the protocol has, addresses it can follow, files not too many and not too large.
//! Must not fetch anything.

use crate::{Content, Invalid, MediaUrl, Message, Part};

/// Largest image or file, in bytes. Sent as base64 it takes a third more.
const LARGEST: usize = 50 * 1024 * 1024;
/// Most files of one request.
const FILES: usize = 30;
const IMAGE_TYPES: [&str; 4] = ["png", "jpeg", "webp", "gif"];

pub(super) fn check(messages: &[Message]) -> Result<(), Invalid> {
    let mut files = 0;
    for (place, message) in messages.iter().enumerate() {
        let Content::Parts(parts) = &message.content else {
            continue;
        };
        for (part_place, part) in parts.iter().enumerate() {
            let field = format!("messages.{place}.content.{part_place}");
            if let Some((key, why)) = fault(part) {
                return Err(Invalid::new(format!("{field}.{key}"), why));
            }
            files += usize::from(matches!(part, Part::FileUrl { .. } | Part::PdfUrl { .. }));
            if files > FILES {
                return Err(Invalid::new(
                    field,
                    format!("is one file too many: a request may have {FILES}"),
                ));
            }
        }
    }
    Ok(())
}

/// The key that is wrong and why.
fn fault(part: &Part) -> Option<(&'static str, String)> {
    let (key, wrong) = match part {
        Part::Text { .. } => return None,
        Part::ImageUrl { image_url } => ("image_url", image(address(image_url))),
        Part::FileUrl { file_url, .. } => ("file_url", file(address(file_url))),
        Part::PdfUrl { pdf_url } => ("pdf_url", file(address(pdf_url))),
        Part::VideoUrl { video_url } => ("video_url", file(address(video_url))),
        Part::Other(_) => (
            "type",
            Some("must be text, image_url, file_url, pdf_url or video_url".to_owned()),
        ),
    };
    wrong.map(|why| (key, why))
}

fn address(media: &MediaUrl) -> &str {
    match media {
        MediaUrl::Plain(url) | MediaUrl::Object { url, .. } => url,
    }
}

/// An image is an address or a `data:` URL of a few types.
fn image(url: &str) -> Option<String> {
    if is_web_address(url) {
        return None;
    }
    let data = IMAGE_TYPES.iter().find_map(|kind| {
        let rest = url.strip_prefix("data:image/")?.strip_prefix(kind)?;
        rest.strip_prefix(";base64,")
    });
    match data {
        Some(base64) => too_large(base64),
        None => Some(
            "must be an https address, or data:image/…;base64,… of a png, jpeg, webp or gif"
                .to_owned(),
        ),
    }
}

/// A file is an address or bare base64.
fn file(url: &str) -> Option<String> {
    if url.trim().is_empty() {
        return Some("must hold an address, or a file in base64".to_owned());
    }
    if url.starts_with("data:") {
        return Some("must be bare base64, without `data:…;base64,` before it".to_owned());
    }
    if is_web_address(url) {
        return None;
    }
    too_large(url)
}

fn is_web_address(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn too_large(base64: &str) -> Option<String> {
    (base64.len() / 4 * 3 > LARGEST).then(|| "must be at most 50 MB".to_owned())
}
