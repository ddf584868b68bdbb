//! Which media a request wants beside the text. Must be pure.

use sonar::{ChatRequest, MediaOverrides};

/// Whether images come with the answer: `media_response.overrides` goes before `return_images`.
pub(crate) fn wants_images(request: &ChatRequest) -> bool {
    let overridden = overrides(request).and_then(|overrides| overrides.return_images);
    overridden.or(request.return_images) == Some(true)
}

/// Whether videos come with the answer.
pub(crate) fn wants_videos(request: &ChatRequest) -> bool {
    overrides(request).and_then(|overrides| overrides.return_videos) == Some(true)
}

fn overrides(request: &ChatRequest) -> Option<&MediaOverrides> {
    request.media_response.as_ref()?.overrides.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sonar::MediaResponse;

    #[test]
    fn an_override_goes_before_the_plain_field() {
        for (plain, overriding, expected) in [
            (None, None, false),
            (Some(true), None, true),
            (Some(true), Some(false), false),
            (None, Some(true), true),
        ] {
            let overrides = MediaOverrides {
                return_images: overriding,
                ..MediaOverrides::default()
            };
            let request = ChatRequest {
                return_images: plain,
                media_response: Some(MediaResponse {
                    overrides: Some(overrides),
                }),
                ..ChatRequest::new("sonar", Vec::new())
            };
            assert_eq!(wants_images(&request), expected);
            assert!(!wants_videos(&request));
        }
    }
}
