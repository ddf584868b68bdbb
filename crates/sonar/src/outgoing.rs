//! What leaves the machine: a request that keeps the rules, with nothing in it that the protocol does not have. Must be pure.

use crate::{ChatRequest, DomainEntry, DomainLimit, Invalid};

/// The request as it is sent. Fields the protocol does not name stay here: services ignore them, and the names that official
/// schemas have shown by accident are not for clients.
pub(crate) fn outgoing(
    request: &ChatRequest,
    stream: Option<bool>,
    limit: DomainLimit,
) -> Result<ChatRequest, Invalid> {
    request.check(limit)?;
    let mut sent = ChatRequest {
        stream,
        ..request.clone()
    };
    sent.extra.clear();
    for message in &mut sent.messages {
        message.extra.clear();
    }
    if let Some(options) = &mut sent.web_search_options {
        options.extra.clear();
    }
    for filter in [
        &mut sent.search_domain_filter,
        &mut sent.image_domain_filter,
    ] {
        for entry in filter.iter_mut().flatten() {
            if let Some(domain) = DomainEntry::read(entry) {
                *entry = domain.to_string();
            }
        }
    }
    Ok(sent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_the_protocol_does_not_have_is_not_sent() {
        let request: ChatRequest = serde_json::from_value(json!({
            "model": "sonar", "messages": [{ "role": "user", "content": "Why?", "id": 7 }],
            "stream": true, "_force_new_agent": true, "best_of": 2, "return_citations": true,
            "search_domain_filter": ["-https://a.example/", "-b.example"],
            "web_search_options": { "search_context_size": "low", "depth": 9 },
        }))
        .unwrap();
        let sent = outgoing(&request, None, DomainLimit::default()).unwrap();
        insta::assert_snapshot!(
            serde_json::to_string(&sent).unwrap(),
            @r#"{"model":"sonar","messages":[{"role":"user","content":"Why?"}],"search_domain_filter":["-a.example","-b.example"],"web_search_options":{"search_context_size":"low"}}"#
        );
    }

    #[test]
    fn what_breaks_a_rule_is_not_sent() {
        let request = ChatRequest::new("sonar", Vec::new());
        assert_eq!(
            outgoing(&request, None, DomainLimit::default())
                .unwrap_err()
                .field,
            "messages"
        );
    }
}
