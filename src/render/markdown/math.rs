//! Formulas in LaTeX as plain text that reads well: Greek, operators, small raised and lowered signs. What has no such form stays code.

mod signs;

use self::signs::{ACCENTS, DOUBLE, LOWERED, RAISED, SYMBOLS};

/// How deep groups may nest.
const DEEPEST: usize = 8;

/// Whether a text between the signs of a formula is one, and not money, a path or a word.
pub(super) fn looks_like(text: &str) -> bool {
    let text = text.trim();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let has_sign = text.contains(['\\', '^', '_', '=', '{', '<', '>', '+', '−']);
    let is_name = letters == text.chars().count() && letters <= 2;
    let is_call = letters <= 4
        && letters > 0
        && text.ends_with(')')
        && text.contains('(')
        && !text.contains(' ');
    let begins_with_digit = text.starts_with(|c: char| c.is_ascii_digit());
    let has_word = text
        .split(|c: char| !c.is_alphabetic())
        .any(|word| word.chars().count() > 3)
        && !text.contains('\\');
    if text.is_empty() || text.starts_with('[') {
        return false;
    }
    if begins_with_digit {
        return text.contains(['\\', '^', '_', '=', '{']) && !has_word
            || (letters <= 2 && has_sign);
    }
    (has_sign && !has_word) || is_name || is_call
}

/// A formula as plain text; none when there is no such form of it.
pub(super) fn unicode(formula: &str) -> Option<String> {
    let mut reader = Reader {
        rest: formula,
        depth: 0,
    };
    let text = reader.sequence(None)?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    (!text.is_empty()).then_some(text)
}

/// A text in small raised signs, or what says the same.
pub(super) fn raised(text: &str) -> String {
    let text = text.trim();
    match text {
        "∘" | "°" => "°".to_owned(),
        "′" | "″" => text.to_owned(),
        _ => small(text, &RAISED).unwrap_or_else(|| marked('^', text)),
    }
}

/// A text in small lowered signs, or what says the same.
pub(super) fn lowered(text: &str) -> String {
    small(text.trim(), &LOWERED).unwrap_or_else(|| marked('_', text.trim()))
}

fn small(text: &str, signs: &[(char, char)]) -> Option<String> {
    let bare = text.chars().filter(|c| !c.is_whitespace());
    let sign = |c: char| {
        signs
            .iter()
            .find(|(plain, _)| *plain == c)
            .map(|(_, small)| *small)
    };
    bare.map(sign).collect()
}

fn marked(mark: char, text: &str) -> String {
    if text.chars().all(char::is_alphanumeric) || text.chars().count() == 1 {
        format!("{mark}{text}")
    } else {
        format!("{mark}({text})")
    }
}

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

impl Reader<'_> {
    /// What comes until `end`, or until nothing is left.
    fn sequence(&mut self, end: Option<char>) -> Option<String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut out = String::new();
        loop {
            let Some(c) = self.next() else {
                self.depth -= 1;
                return end.is_none().then_some(out);
            };
            if Some(c) == end {
                self.depth -= 1;
                return Some(out);
            }
            match c {
                '^' => {
                    let what = self.argument()?;
                    out.truncate(out.trim_end().len());
                    out.push_str(&raised(&what));
                }
                '_' => {
                    let what = self.argument()?;
                    out.truncate(out.trim_end().len());
                    out.push_str(&lowered(&what));
                }
                c => out.push_str(&self.item(c)?),
            }
        }
    }

    fn item(&mut self, c: char) -> Option<String> {
        Some(match c {
            '{' => self.sequence(Some('}'))?,
            '\\' => self.command()?,
            '\'' => "′".to_owned(),
            '-' => "−".to_owned(),
            '~' => " ".to_owned(),
            '}' | '&' | '%' | '#' | '$' => return None,
            c => c.to_string(),
        })
    }

    /// A group, a command or a single sign.
    fn argument(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        let c = self.next()?;
        self.item(c)
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = self.rest.get(c.len_utf8()..)?;
        Some(c)
    }

    fn command(&mut self) -> Option<String> {
        let behind = self
            .rest
            .trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let name = self.rest.get(..self.rest.len() - behind.len())?;
        if name.is_empty() {
            return match self.next()? {
                ',' | ';' | ':' | ' ' | '>' => Some(" ".to_owned()),
                '!' => Some(String::new()),
                '|' => Some("‖".to_owned()),
                c @ ('{' | '}' | '%' | '$' | '#' | '&' | '_') => Some(c.to_string()),
                _ => None,
            };
        }
        self.rest = behind;
        if let Some((_, symbol)) = SYMBOLS.iter().find(|(known, _)| *known == name) {
            // A word stands apart from what follows it.
            let is_word = symbol.chars().all(|c| c.is_ascii_alphabetic());
            let space = if is_word
                && self
                    .rest
                    .starts_with(|c: char| c.is_alphanumeric() || c.is_whitespace() || c == '\\')
            {
                " "
            } else {
                ""
            };
            // The space behind a command ends its name; where an operator follows, it belongs to the formula.
            let behind = self.rest.trim_start();
            let is_letter = !is_word && symbol.chars().all(char::is_alphabetic);
            if is_letter && behind.starts_with(char::is_alphanumeric) {
                self.rest = behind;
            }
            return Some(format!("{symbol}{space}"));
        }
        if let Some((_, accent)) = ACCENTS.iter().find(|(known, _)| *known == name) {
            let what = self.argument()?;
            let single = what.trim().chars().count() == 1;
            return single.then(|| format!("{}{accent}", what.trim()));
        }
        match name {
            "frac" | "dfrac" | "tfrac" | "cfrac" => {
                let (above, below) = (self.argument()?, self.argument()?);
                Some(format!("{}/{}", grouped(&above), divisor(&below)))
            }
            "binom" => {
                let (above, below) = (self.argument()?, self.argument()?);
                Some(format!("C({}, {})", above.trim(), below.trim()))
            }
            "sqrt" => self.root(),
            "text" | "textbf" | "textit" | "textrm" | "mbox" => self.words(),
            "mathrm" | "mathbf" | "mathit" | "mathsf" | "mathcal" | "operatorname"
            | "boldsymbol" | "bm" | "displaystyle" | "boxed" | "mathfrak" | "mathscr" => {
                if name == "displaystyle" {
                    return Some(String::new());
                }
                self.argument()
            }
            "mathbb" => {
                let what = self.argument()?;
                let double = |c: char| {
                    DOUBLE
                        .iter()
                        .find(|(plain, _)| *plain == c)
                        .map(|(_, double)| *double)
                };
                what.chars().map(double).collect()
            }
            "left" | "right" | "big" | "Big" | "bigg" | "Bigg" | "bigl" | "bigr" | "Bigl"
            | "Bigr" => {
                // A full stop stands for no bracket at all.
                if let Some(behind) = self.rest.strip_prefix('.') {
                    self.rest = behind;
                }
                Some(String::new())
            }
            "limits" | "nolimits" | "textstyle" => Some(String::new()),
            "pmod" => Some(format!("(mod {})", self.argument()?.trim())),
            _ => None,
        }
    }

    fn root(&mut self) -> Option<String> {
        let mut sign = "√".to_owned();
        if let Some(behind) = self.rest.strip_prefix('[') {
            let (degree, behind) = behind.split_once(']')?;
            self.rest = behind;
            sign = match degree.trim() {
                "2" => sign,
                "3" => "∛".to_owned(),
                "4" => "∜".to_owned(),
                other => format!("{}√", small(other, &RAISED)?),
            };
        }
        let what = self.argument()?;
        Some(format!("{sign}{}", grouped(&what)))
    }

    /// Words within a formula, as they stand.
    fn words(&mut self) -> Option<String> {
        let (words, behind) = self.rest.strip_prefix('{')?.split_once('}')?;
        self.rest = behind;
        (!words.contains(['\\', '$', '{'])).then(|| words.to_owned())
    }
}

/// What is below in a fraction: of a number and a name the fraction would seem to have the first alone.
fn divisor(text: &str) -> String {
    let text = text.trim();
    let behind = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_product = behind.len() < text.len() && behind.starts_with(char::is_alphabetic);
    if is_product && text.chars().all(char::is_alphanumeric) {
        format!("({text})")
    } else {
        grouped(text)
    }
}

/// A part of a fraction: in brackets unless it is one number or one name.
fn grouped(text: &str) -> String {
    let text = text.trim();
    let is_one = text
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '.' | ',' | '°' | '′'));
    let is_short = text.chars().filter(|c| c.is_alphanumeric()).count() <= 1;
    let is_negative = text.chars().count() <= 2 && is_short;
    if is_one || is_negative {
        text.to_owned()
    } else {
        format!("({text})")
    }
}
