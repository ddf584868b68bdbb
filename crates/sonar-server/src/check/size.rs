//! How much a body holds, counted before it is read: as values it takes many times the memory of its bytes. Must not
//! allocate, and need not know whether the body is JSON.

/// Most values a request may hold. A conversation of ten thousand turns with tools holds fewer.
pub(super) const MOST_VALUES: usize = 200_000;

/// Whether the body holds more values than a request may.
pub(super) fn too_many_values(body: &[u8]) -> bool {
    let mut in_text = false;
    let mut escaped = false;
    let mut values = 0_usize;
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            // What precedes every value but the first.
            b',' | b':' | b'[' | b'{' if !in_text => values += 1,
            _ => {}
        }
    }
    values > MOST_VALUES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_count_and_text_does_not() {
        let list = |values: usize| format!("[{}]", vec!["0"; values].join(","));
        assert!(!too_many_values(list(MOST_VALUES).as_bytes()));
        assert!(too_many_values(list(MOST_VALUES + 1).as_bytes()));
        assert!(too_many_values("[".repeat(MOST_VALUES + 1).as_bytes()));
        let text = format!(r#"["a\"{}"]"#, ",".repeat(2 * MOST_VALUES));
        assert!(!too_many_values(text.as_bytes()));
    }
}
