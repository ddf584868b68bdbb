//! Cuts texts where what a person sees as one character ends. Knows no Markdown.

use unicode_segmentation::UnicodeSegmentation;

/// The longest beginning of a text of at most `room` characters (code points) that cuts nothing a person sees as one; may be empty.
pub(super) fn beginning(text: &str, room: usize) -> &str {
    let mut length = 0;
    let mut end = 0;
    for grapheme in text.graphemes(true) {
        length += grapheme.chars().take(room + 1).count();
        if length > room {
            break;
        }
        end += grapheme.len();
    }
    text.get(..end).unwrap_or_default()
}

/// A text in pieces of at most `room` characters, one at least; what a person sees as one character is cut only where it alone is longer.
pub(super) fn pieces(text: &str, room: usize) -> Vec<&str> {
    // No text has more characters than bytes.
    if text.len() <= room {
        return vec![text];
    }
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut end = beginning(rest, room).len();
        if end == 0 {
            let cut = rest.char_indices().nth(room.max(1));
            end = cut.map_or(rest.len(), |(at, _)| at);
        }
        let (piece, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_as_one_character_is_cut_only_where_it_is_too_long() {
        assert_eq!(beginning("añ\u{303}b", 2), "a");
        assert_eq!(pieces("añ\u{303}b", 2), ["a", "ñ\u{303}", "b"]);
        assert_eq!(
            pieces("x\u{301}\u{302}\u{303}y", 2),
            ["x\u{301}", "\u{302}\u{303}", "y"]
        );
        assert_eq!(pieces("", 2), [""]);
    }
}
