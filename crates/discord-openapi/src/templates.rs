//! Finds the path template and the operation that a request belongs to. Looks at no body.

use serde_json::Value;

/// The path templates of the document.
pub(crate) struct Templates(Vec<Template>);

struct Template {
    path: String,
    parts: Vec<Part>,
    methods: Vec<String>,
}

enum Part {
    Literal(String),
    Parameter,
}

impl Templates {
    pub(crate) fn of(root: &Value) -> Option<Self> {
        let paths = root.get("paths")?.as_object()?;
        Some(Self(
            paths
                .iter()
                .map(|(path, item)| Template::of(path, item))
                .collect(),
        ))
    }

    /// The JSON pointer of the operation that this request is; of several, the one with the fewest parameters.
    pub(crate) fn operation(&self, method: &str, path: &str) -> Option<String> {
        let method = method.to_ascii_lowercase();
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let fitting = self
            .0
            .iter()
            .filter(|template| template.fits(&segments) && template.methods.contains(&method));
        let best = fitting.min_by_key(|template| template.parameters())?;
        let escaped = best.path.replace('~', "~0").replace('/', "~1");
        Some(format!("/paths/{escaped}/{method}"))
    }
}

impl Template {
    fn of(path: &str, item: &Value) -> Self {
        let parts = path.split('/').skip(1).map(|part| {
            if part.starts_with('{') {
                Part::Parameter
            } else {
                Part::Literal(part.to_owned())
            }
        });
        Self {
            path: path.to_owned(),
            parts: parts.collect(),
            methods: item
                .as_object()
                .into_iter()
                .flat_map(|item| item.keys().cloned())
                .collect(),
        }
    }

    fn fits(&self, segments: &[&str]) -> bool {
        self.parts.len() == segments.len()
            && self
                .parts
                .iter()
                .zip(segments)
                .all(|(part, segment)| match part {
                    Part::Literal(literal) => literal == segment,
                    Part::Parameter => true,
                })
    }

    fn parameters(&self) -> usize {
        let parameters = self
            .parts
            .iter()
            .filter(|part| matches!(part, Part::Parameter));
        parameters.count()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_most_literal_template_with_the_method_wins() {
        let templates = Templates::of(&json!({"paths": {
            "/webhooks/{w}/{t}/messages/{m}": {"get": {}, "patch": {}},
            "/webhooks/{w}/{t}/messages/@original": {"get": {}},
        }}))
        .unwrap();
        let operation = |method, path| templates.operation(method, path);
        assert_eq!(
            operation("GET", "/webhooks/1/t/messages/@original").as_deref(),
            Some("/paths/~1webhooks~1{w}~1{t}~1messages~1@original/get")
        );
        assert_eq!(
            operation("PATCH", "/webhooks/1/t/messages/@original").as_deref(),
            Some("/paths/~1webhooks~1{w}~1{t}~1messages~1{m}/patch")
        );
        assert_eq!(operation("GET", "/webhooks/1/t/messages"), None);
    }
}
