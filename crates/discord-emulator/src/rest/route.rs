//! One route: its method and path, what answers it, and what its requests are counted in. Counts nothing.

use super::{answer::Answer, call::Call, limits::Bucket};
use crate::world::refusal::Refusal;

/// One route.
pub(crate) struct Route {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(crate) answer: fn(&mut Call<'_>) -> Result<Answer, Refusal>,
    /// Interaction routes carry their own token, and `GET /gateway` needs none.
    pub(crate) needs_token: bool,
    pub(super) bucket: Option<Bucket>,
    pub(super) hidden: Option<Hidden>,
}

/// What a route's requests are counted in besides their bucket.
#[derive(Clone, Copy)]
pub(super) enum Hidden {
    /// A follow-up, towards all of its channel.
    Followup,
    /// An edit, towards those of old messages if its message is one.
    Edit,
    /// A change of a channel, towards its renames if it has a new name.
    Change,
}

impl Route {
    pub(super) const fn new(
        method: &'static str,
        path: &'static str,
        answer: fn(&mut Call<'_>) -> Result<Answer, Refusal>,
    ) -> Self {
        Self {
            method,
            path,
            answer,
            needs_token: true,
            bucket: None,
            hidden: None,
        }
    }

    pub(super) const fn open(self) -> Self {
        Self {
            needs_token: false,
            ..self
        }
    }

    pub(super) const fn limited(self, bucket: Bucket) -> Self {
        Self {
            bucket: Some(bucket),
            ..self
        }
    }

    pub(super) const fn followup(self) -> Self {
        self.counted_also(Hidden::Followup)
    }

    pub(super) const fn edits(self) -> Self {
        self.counted_also(Hidden::Edit)
    }

    pub(super) const fn renames(self) -> Self {
        self.counted_also(Hidden::Change)
    }

    const fn counted_also(self, hidden: Hidden) -> Self {
        Self {
            hidden: Some(hidden),
            ..self
        }
    }

    /// The method and the template, which nothing else has together.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The path as Discord documents it, with names for its parameters.
    pub(crate) fn method(&self) -> &'static str {
        self.method
    }

    pub(crate) fn template(&self) -> &'static str {
        self.path
    }

    /// Whether the path is one of this route's.
    pub(super) fn fits(&self, segments: &[String]) -> bool {
        let mut parts = self.path.split('/').skip(1);
        let fits = segments.iter().all(|segment| {
            parts
                .next()
                .is_some_and(|part| part == segment || is_parameter(part))
        });
        fits && parts.next().is_none()
    }

    /// The parameters of a path that fits.
    pub(super) fn parameters(&self, segments: &[String]) -> Vec<(&'static str, String)> {
        let parts = self.path.split('/').skip(1);
        let named = parts.zip(segments).filter(|(part, _)| is_parameter(part));
        named
            .map(|(part, segment)| (part.trim_matches(['{', '}']), segment.clone()))
            .collect()
    }

    pub(super) fn count_parameters(&self) -> usize {
        self.path.bytes().filter(|byte| *byte == b'{').count()
    }
}

fn is_parameter(part: &str) -> bool {
    part.starts_with('{')
}
