//! The pictures of a document: where they are and how large they are. Reads the head of a picture's file at most; fetches
//! nothing.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use url::Url;

use super::document::{Document, Image, MAX_ADDRESS_BYTES};
use super::outline::clipped;

/// How much of a picture's file is read: its size stands near the start, but after what a camera writes.
const HEAD_BYTES: u64 = 512 * 1024;

/// Where the files of a folder are published, and where they lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// The folder; no file outside of it is opened.
    pub(crate) root: &'a Path,
    /// The folder's public address, ending in `/`.
    pub(crate) base: Option<&'a str>,
    /// The document's file.
    pub(crate) file: &'a Path,
}

/// Makes addresses absolute and fills in sizes. A picture without a public address or without a known size is let go:
/// the protocol wants both. A page from elsewhere has no `place`: its pictures have the sizes that it gives them.
pub(crate) fn complete(document: &mut Document, place: Option<Place<'_>>) {
    let address = Url::parse(&document.url).ok();
    let complete = |image: &mut Image| {
        if image.url.len() > MAX_ADDRESS_BYTES {
            return false;
        }
        image.title = image.title.as_deref().map(clipped);
        let absolute = match &address {
            Some(address) => address.join(&image.url),
            None => Url::parse(&image.url),
        };
        let absolute = absolute.ok().filter(is_public);
        let Some(absolute) = absolute else {
            return false;
        };
        if image.width == 0 || image.height == 0 {
            let file = place.and_then(|place| place.local_file(&image.url, &absolute));
            let size = file.and_then(size);
            (image.width, image.height) = size.unwrap_or_default();
        }
        image.url = absolute.into();
        image.width > 0 && image.height > 0
    };
    document.image.take_if(|image| !complete(image));
    for section in &mut document.sections {
        section.images.retain_mut(complete);
    }
}

fn is_public(address: &Url) -> bool {
    matches!(address.scheme(), "http" | "https")
}

impl Place<'_> {
    /// The picture's file: beside the document when the document names it so, else where its address leads inside the
    /// folder.
    fn local_file(&self, written: &str, absolute: &Url) -> Option<PathBuf> {
        let relative = Url::parse(written).is_err() && !written.starts_with('/');
        let path = if relative {
            let written = written.split(['?', '#']).next()?;
            self.file.parent()?.join(decoded(written)?)
        } else {
            let inside = absolute.as_str().strip_prefix(self.base?)?;
            self.root.join(decoded(inside.split(['?', '#']).next()?)?)
        };
        let path = path.canonicalize().ok()?;
        let root = self.root.canonicalize().ok()?;
        path.starts_with(root).then_some(path)
    }
}

/// Without its percent-encoding.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = path.bytes();
    let mut decoded = Vec::with_capacity(path.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digits =
                    [bytes.next()?, bytes.next()?].map(|digit| char::from(digit).to_digit(16));
                let [Some(high), Some(low)] = digits else {
                    return None;
                };
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

/// Width and height of a PNG, JPEG, GIF or WebP file.
fn size(path: PathBuf) -> Option<(u32, u32)> {
    let file = File::open(path).ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut head = Vec::new();
    file.take(HEAD_BYTES).read_to_end(&mut head).ok()?;
    let size = imagesize::blob_size(&head).ok()?;
    Some((size.width.try_into().ok()?, size.height.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::super::document::Section;
    use super::*;

    /// The first bytes of a picture of 3 by 2 points.
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0";
    const GIF: &[u8] = b"GIF89a\x03\0\x02\0\0\0\0";

    fn image(url: &str, width: u32, height: u32) -> Image {
        Image {
            url: url.to_owned(),
            title: None,
            width,
            height,
        }
    }

    /// The picture as a document at `address` in a folder with `pot.png` and `deep/cup.gif` gets it.
    fn completed(address: &str, picture: Image) -> Option<Image> {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("deep")).unwrap();
        fs::write(root.path().join("pot one.png"), PNG).unwrap();
        fs::write(root.path().join("deep/cup.gif"), GIF).unwrap();
        let mut document = Document {
            url: address.to_owned(),
            sections: vec![Section {
                images: vec![picture],
                ..Section::default()
            }],
            ..Document::default()
        };
        let place = Place {
            root: root.path(),
            base: Some("https://tea.example/docs/"),
            file: &root.path().join("deep/tea.md"),
        };
        complete(&mut document, Some(place));
        document.sections[0].images.pop()
    }

    #[test]
    fn a_picture_is_kept_when_its_address_and_its_size_are_known() {
        let check = |written: Image, expected: Option<Image>| {
            let name = written.url.clone();
            assert_eq!(
                completed("https://tea.example/docs/deep/tea.md", written),
                expected,
                "{name}"
            );
        };
        check(
            image("cup.gif?v=1", 0, 0),
            Some(image("https://tea.example/docs/deep/cup.gif?v=1", 3, 2)),
        );
        check(
            image("../pot%20one.png", 0, 0),
            Some(image("https://tea.example/docs/pot%20one.png", 3, 2)),
        );
        check(
            image("/docs/pot%20one.png", 0, 0),
            Some(image("https://tea.example/docs/pot%20one.png", 3, 2)),
        );
        check(
            image("https://elsewhere.example/a.png", 30, 20),
            Some(image("https://elsewhere.example/a.png", 30, 20)),
        );
        check(image("https://elsewhere.example/a.png", 30, 0), None);
        check(image("absent.png", 0, 0), None);
        check(image("tea.md", 0, 0), None);
        check(image("../../../../../../etc/hostname", 0, 0), None);
        check(image("data:image/png;base64,AAAA", 3, 2), None);
        check(image("%zz", 0, 0), None);
    }

    #[test]
    fn a_document_without_a_public_address_keeps_pictures_that_have_one() {
        let public = image("https://elsewhere.example/a.png", 30, 20);
        assert_eq!(completed("local:/tea/tea.md", public.clone()), Some(public));
        assert_eq!(completed("local:/tea/tea.md", image("cup.gif", 0, 0)), None);
    }

    proptest! {
        /// A damaged picture has no size, or some size; it is never a fault.
        #[test]
        fn any_bytes_may_stand_in_a_picture(tail in proptest::collection::vec(any::<u8>(), 0..200), kind in 0..4_usize) {
            let heads: [&[u8]; 4] = [PNG, GIF, b"\xff\xd8\xff\xe0", b"RIFF\xff\xff\xff\xffWEBPVP8 "];
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("picture");
            fs::write(&path, [heads[kind], &tail].concat()).unwrap();
            let _any = size(path);
        }
    }
}
