//! What a schema has against a value, told so that one can mend it. Excuses nothing.

use std::{cmp::Reverse, fmt};

use jsonschema::{ValidationError, error::ValidationErrorKind};

/// The longest message of the library that is told, in characters; it quotes whole values.
const LONGEST: usize = 240;

/// One thing that is not as the document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Whose it is: the request, the answer or the event.
    pub(crate) subject: String,
    /// The single faults; of alternatives, those of the alternative that comes closest.
    pub(crate) faults: Vec<Fault>,
}

/// One fault in a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where in the value, as a JSON pointer.
    pub(crate) at: String,
    /// Where in the document, such as `/components/schemas/UserResponse/required`.
    pub(crate) rule: String,
    pub(crate) message: String,
}

impl Violation {
    pub(crate) fn of(error: &ValidationError<'_>) -> Self {
        Self {
            subject: String::new(),
            faults: faults(error),
        }
    }

    /// Something that no schema says.
    pub(crate) fn plain(message: String) -> Self {
        Self {
            subject: String::new(),
            faults: vec![Fault {
                at: String::new(),
                rule: String::new(),
                message,
            }],
        }
    }

    pub(crate) fn by(mut self, subject: &str) -> Self {
        subject.clone_into(&mut self.subject);
        self
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.subject)?;
        for fault in &self.faults {
            let message: String = fault.message.chars().take(LONGEST).collect();
            write!(f, "\n      at \"{}\": {message}", fault.at)?;
            if !fault.rule.is_empty() {
                write!(f, " ({})", fault.rule)?;
            }
        }
        Ok(())
    }
}

fn faults(error: &ValidationError<'_>) -> Vec<Fault> {
    let alternatives = match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            context
        }
        _ => return vec![fault(error)],
    };
    let own = error.instance_path().as_str();
    let closest = alternatives.iter().min_by_key(|errors| {
        let is_another = errors.iter().any(|one| is_of_another_kind(one, own));
        (is_another, Reverse(depth(errors)), errors.len())
    });
    match closest {
        Some(errors) if !errors.is_empty() => errors.iter().flat_map(faults).collect(),
        _ => vec![fault(error)],
    }
}

/// Whether the error says that the value at `own` is meant for another alternative: by its JSON type or its field `type`.
fn is_of_another_kind(error: &ValidationError<'_>, own: &str) -> bool {
    let at = error.instance_path().as_str();
    match error.kind() {
        ValidationErrorKind::Type { .. } => at == own,
        ValidationErrorKind::Constant { .. } | ValidationErrorKind::Enum { .. } => {
            at.strip_prefix(own) == Some("/type")
        }
        _ => false,
    }
}

/// How far into the value an alternative got before it failed.
fn depth(errors: &[ValidationError<'static>]) -> usize {
    let faults = errors.iter().flat_map(faults);
    let depths = faults.map(|fault| fault.at.matches('/').count());
    depths.max().unwrap_or_default()
}

fn fault(error: &ValidationError<'_>) -> Fault {
    let rule = error.absolute_keyword_location().map_or_else(
        || error.schema_path().to_string(),
        |location| location.as_str().to_owned(),
    );
    Fault {
        at: error.instance_path().to_string(),
        rule: rule.split('#').next_back().unwrap_or_default().to_owned(),
        message: error.to_string(),
    }
}
