//! The pictures below an answer, each in an embed of its own. Shows only what a reader may be sent to, and fetches nothing.

use super::bibliography::poses;
use super::link::{Link, plain};
use super::{Embed, Picture};
use crate::conversation::answer::Image;

/// The most pictures below an answer.
const AT_MOST: usize = 4;

/// The most characters of a title. Those of all, with a whole part and its footer, stay below the 6,000 that Discord takes in one message.
const LONGEST_TITLE: usize = 100;

/// The pictures that can be shown, each address once, in their order.
pub(super) fn pictures(images: &[Image]) -> Vec<Embed> {
    let mut shown: Vec<Picture> = Vec::new();
    for image in images {
        if shown.len() == AT_MOST {
            break;
        }
        let picture = picture(image);
        shown.extend(picture.filter(|new| shown.iter().all(|known| known.address != new.address)));
    }
    for place in 1..shown.len() {
        let (before, rest) = shown.split_at_mut(place);
        // Of embeds that lead to the same page Discord shows the first only.
        if let Some(picture) = rest.first_mut()
            && before.iter().any(|known| known.origin == picture.origin)
        {
            picture.origin = None;
        }
    }
    let embed = |picture| Embed {
        picture: Some(picture),
        ..Embed::default()
    };
    shown.into_iter().map(embed).collect()
}

fn picture(image: &Image) -> Option<Picture> {
    let shown = |address: &str| Link::to(address).filter(|link| is_public_name(link.host()));
    let link = shown(&image.url)?;
    let origin = shown(&image.origin);
    let title = plain(image.title.as_deref().unwrap_or_default(), LONGEST_TITLE);
    let leads_to = origin.as_ref().unwrap_or(&link);
    let title = if title.is_empty() || poses(&title, leads_to) {
        plain(leads_to.host(), LONGEST_TITLE)
    } else {
        title
    };
    Some(Picture {
        title,
        address: link.address().to_owned(),
        origin: origin.map(|origin| origin.address().to_owned()),
    })
}

/// Whether a host is a name of at least two labels of letters, digits and dashes. In an embed Discord takes no address of another host, and
/// with it refuses the whole message.
fn is_public_name(host: &str) -> bool {
    let label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let is_dashed = label.starts_with('-') || label.ends_with('-');
        (1..=63).contains(&label.len()) && label.bytes().all(plain) && !is_dashed
    };
    host.contains('.') && host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(url: &str, origin: &str, title: Option<&str>) -> Image {
        Image {
            url: url.to_owned(),
            origin: origin.to_owned(),
            title: title.map(str::to_owned),
        }
    }

    fn shown(images: &[Image]) -> Vec<(String, String, Option<String>)> {
        let pictures = pictures(images)
            .into_iter()
            .filter_map(|embed| embed.picture);
        pictures
            .map(|picture| (picture.title, picture.address, picture.origin))
            .collect()
    }

    #[test]
    fn a_picture_has_its_title_or_the_host_that_it_is_from() {
        let images = [
            image(
                "https://a.example/1.png",
                "https://page.example/a",
                Some("A [cup] of **tea**"),
            ),
            image("https://a.example/2.png", "https://page.example/b", None),
            image("https://a.example/3.png", "", Some("")),
            image(
                "https://a.example/4.png",
                "https://evil.example/",
                Some("Log in: paypal.com"),
            ),
        ];
        let titles: Vec<String> = shown(&images)
            .into_iter()
            .map(|(title, ..)| title)
            .collect();
        assert_eq!(
            titles,
            [
                "A (cup) of ∗∗tea∗∗",
                "page.example",
                "a.example",
                "evil.example"
            ]
        );
    }

    #[test]
    fn four_pictures_at_most_are_shown_and_none_twice_or_from_elsewhere_than_the_web() {
        let mut images = vec![
            image("data:image/png;base64,AAAA", "https://page.example/", None),
            image("https://user:pass@a.example/x.png", "", None),
        ];
        images.extend((0..9).map(|n| image(&format!("https://a.example/{}.png", n / 2), "", None)));
        assert_eq!(shown(&images).len(), 4);
    }

    #[test]
    fn a_picture_whose_host_discord_does_not_take_is_left_out() {
        let bad = [
            "[::1]",
            "localhost",
            "my_host.example",
            "-a.example",
            "a..example",
        ];
        for host in bad {
            let address = format!("http://{host}/x.png");
            assert_eq!(shown(&[image(&address, "", None)]), [], "{host}");
            let good = "https://a.example/x.png";
            let shown = shown(&[image(good, &address, None)]);
            assert_eq!(shown, [("a.example".to_owned(), good.to_owned(), None)]);
        }
    }

    #[test]
    fn pictures_of_one_page_are_all_shown() {
        let images = [1, 2, 3].map(|n| {
            image(
                &format!("https://a.example/{n}.png"),
                "https://page.example/",
                None,
            )
        });
        let origins: Vec<_> = shown(&images)
            .into_iter()
            .map(|(.., origin)| origin)
            .collect();
        assert_eq!(
            origins,
            [Some("https://page.example/".to_owned()), None, None]
        );
    }
}
