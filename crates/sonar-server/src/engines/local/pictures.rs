//! The images that come with an answer: those of the sections it quotes. Must be pure.

use sonar::{ChatRequest, Image};
use url::Url;

use crate::domains::{Domain, let_in};
use crate::engines::corpus::Excerpt;
use crate::media::wants_images;

/// Images of an answer when the request names no number.
const USUAL: usize = 5;

/// The most images of an answer.
const MOST: usize = 30;

/// The images of quoted sections that pass the request's filters, in the order of the sources; none when none are wanted.
pub(super) fn pictures<'a>(
    request: &ChatRequest,
    quoted: impl Iterator<Item = &'a Excerpt>,
) -> Vec<Image> {
    if !wants_images(request) {
        return Vec::new();
    }
    let wanted = request.num_images.map(usize::try_from);
    let most = wanted.and_then(Result::ok).unwrap_or(USUAL).min(MOST);
    let filter = Filter::of(request);
    let mut images: Vec<Image> = Vec::new();
    for excerpt in quoted {
        for image in excerpt
            .images
            .iter()
            .filter(|image| filter.lets_in(&image.url))
        {
            let is_new = images.iter().all(|other| other.image_url != image.url);
            if is_new && images.len() < most {
                images.push(Image {
                    image_url: image.url.clone(),
                    origin_url: excerpt.url.clone(),
                    width: image.width,
                    height: image.height,
                    title: Some(image.title.clone().unwrap_or_else(|| excerpt.title.clone())),
                    ..Image::default()
                });
            }
        }
    }
    images
}

struct Filter {
    domains: Vec<Domain>,
    formats: Vec<String>,
}

impl Filter {
    fn of(request: &ChatRequest) -> Self {
        let domains = request.image_domain_filter.iter().flatten();
        Self {
            domains: domains.filter_map(|entry| Domain::read(entry)).collect(),
            formats: request.image_format_filter.clone().unwrap_or_default(),
        }
    }

    fn lets_in(&self, address: &str) -> bool {
        let format = Url::parse(address).ok().and_then(|url| format(&url));
        let known =
            self.formats.is_empty() || format.is_some_and(|own| self.formats.contains(&own));
        known && let_in(&self.domains, address)
    }
}

/// The format that the end of an address names: `jpg` for `photo.JPEG`.
fn format(address: &Url) -> Option<String> {
    let name = address.path_segments()?.next_back()?;
    let (_, ending) = name.rsplit_once('.')?;
    let ending = ending.to_ascii_lowercase();
    Some(match ending.as_str() {
        "jpeg" => "jpg".to_owned(),
        _ => ending,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::corpus::Image as Picture;

    fn excerpt(images: &[&str]) -> Excerpt {
        let picture = |url: &&str| Picture {
            url: (*url).to_owned(),
            title: None,
            width: 2,
            height: 1,
        };
        Excerpt {
            title: "Tea".to_owned(),
            section: None,
            url: "https://tea.example/#a".to_owned(),
            date: None,
            last_updated: None,
            language: None,
            text: String::new(),
            code: None,
            passage: String::new(),
            images: images.iter().map(picture).collect(),
        }
    }

    fn shown(change: impl FnOnce(&mut ChatRequest)) -> Vec<String> {
        let quoted = [
            excerpt(&["https://a.example/cup.JPEG", "https://b.example/pot.png"]),
            excerpt(&["https://b.example/pot.png", "https://a.example/leaf"]),
        ];
        let mut request = ChatRequest::new("sonar", Vec::new());
        request.return_images = Some(true);
        change(&mut request);
        let images = pictures(&request, quoted.iter());
        assert!(
            images
                .iter()
                .all(|image| image.origin_url == "https://tea.example/#a")
        );
        let name = |image: Image| image.image_url.rsplit('/').next().unwrap().to_owned();
        images.into_iter().map(name).collect()
    }

    #[test]
    fn each_image_comes_once_and_passes_every_filter() {
        assert_eq!(shown(|_| {}), ["cup.JPEG", "pot.png", "leaf"]);
        assert_eq!(shown(|request| request.num_images = Some(1)), ["cup.JPEG"]);
        assert!(shown(|request| request.num_images = Some(0)).is_empty());
        assert!(shown(|request| request.return_images = None).is_empty());
        let only =
            |formats: &[&str]| Some(formats.iter().map(|&format| format.to_owned()).collect());
        assert_eq!(
            shown(|request| request.image_format_filter = only(&["jpg"])),
            ["cup.JPEG"]
        );
        assert_eq!(
            shown(|request| request.image_domain_filter = only(&["-a.example"])),
            ["pot.png"]
        );
    }
}
