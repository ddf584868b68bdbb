//! Reads bytes as text, in the character set that they are written in. Must be pure.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// How much of a page is looked through for what it says of its character set, as browsers do.
const HEAD_BYTES: usize = 1_024;

/// The text of a page. Its character set is what the bytes begin with (a byte order mark), else what the reply says, else what
/// the page says, else UTF-8 where that can be, else Windows-1252. What cannot be read becomes `�`.
pub(super) fn text(bytes: &[u8], content_type: &str) -> String {
    let named = of_content_type(content_type).or_else(|| of_page(bytes));
    let encoding = named.unwrap_or_else(|| match std::str::from_utf8(bytes) {
        Ok(_) => UTF_8,
        Err(_) => WINDOWS_1252,
    });
    let (text, _, _) = encoding.decode(bytes);
    text.into_owned()
}

/// What stands after `charset=`.
fn of_content_type(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let (_, after) = lower.split_once("charset=")?;
    let label = after.trim_start_matches(['"', '\'']);
    let label = label.split(['"', '\'', ';', ' ', '>', '/']).next()?;
    Encoding::for_label(label.as_bytes())
}

/// What a page says in a `<meta>` near its beginning. A page whose letters can be read so far is not in UTF-16, whatever it says.
fn of_page(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let meta = head.split("<meta").skip(1).find_map(|meta| {
        let (inside, _) = meta.split_once('>')?;
        of_content_type(inside)
    })?;
    Some(match meta.name().starts_with("UTF-16") {
        true => UTF_8,
        false => meta,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_character_set_is_the_one_that_is_said() {
        let check = |bytes: &[u8], content_type: &str, expected: &str| {
            assert_eq!(text(bytes, content_type), expected, "{content_type}");
        };
        check("Tee: heiß".as_bytes(), "text/html", "Tee: heiß");
        check(b"Tee: hei\xdf", "text/html", "Tee: heiß");
        check(b"hei\xdf", "text/plain; charset=iso-8859-1", "heiß");
        check(b"hei\xdf", "text/html; charset=\"ISO-8859-1\"; x=y", "heiß");
        check(b"\xa4", "text/html; charset=iso-8859-15", "€");
        check(b"\x82\xa8\x92\x83", "text/html; charset=Shift_JIS", "お茶");
        check(
            b"<meta charset='iso-8859-2'><p>\xe8aj",
            "text/html",
            "<meta charset='iso-8859-2'><p>čaj",
        );
        check(
            b"<meta http-equiv=content-type content=\"text/html; charset=iso-8859-2\">\xe8aj",
            "text/html",
            "<meta http-equiv=content-type content=\"text/html; charset=iso-8859-2\">čaj",
        );
        check(b"<meta charset=utf-16>tea", "", "<meta charset=utf-16>tea");
        check(b"\xef\xbb\xbftea", "text/html; charset=iso-8859-1", "tea");
        check(b"\xff\xfet\0e\0a\0", "text/plain", "tea");
        check(b"hei\xdf", "text/html; charset=nonsense", "heiß");
        check(b"tea \xff", "text/html; charset=utf-8", "tea \u{fffd}");
    }
}
