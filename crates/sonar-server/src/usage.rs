//! What an answer used, estimated where nobody counted. Must not price anything: what nobody paid costs nothing.

use sonar::{ChatRequest, Cost, SearchContextSize, Usage};

/// Characters taken for one token.
const CHARACTERS_A_TOKEN: usize = 4;

/// The usage of an answer that is still growing.
#[derive(Clone, Debug)]
pub(crate) struct Estimate {
    prompt_tokens: u64,
    characters: usize,
    search_context_size: Option<SearchContextSize>,
}

impl Estimate {
    pub(crate) fn new(request: &ChatRequest) -> Self {
        let asked = request.messages.iter();
        let characters = asked.map(|message| message.content.text().chars().count());
        Self {
            prompt_tokens: characters.map(tokens).sum(),
            characters: 0,
            search_context_size: context_size(request),
        }
    }

    /// Counts more text of the answer.
    pub(crate) fn add(&mut self, text: &str) {
        self.characters += text.chars().count();
    }

    /// The usage so far, at four characters a token and no cost.
    pub(crate) fn usage(&self) -> Usage {
        let completion_tokens = tokens(self.characters);
        Usage {
            prompt_tokens: self.prompt_tokens,
            completion_tokens,
            total_tokens: self.prompt_tokens + completion_tokens,
            search_context_size: self.search_context_size.clone(),
            cost: Some(Cost::default()),
            ..Usage::default()
        }
    }
}

/// Most characters that count as `tokens`.
pub(crate) fn characters(tokens: u32) -> usize {
    usize::try_from(tokens)
        .unwrap_or(usize::MAX)
        .saturating_mul(CHARACTERS_A_TOKEN)
}

/// Tokens of so many characters.
pub(crate) fn tokens(characters: usize) -> u64 {
    u64::try_from(characters.div_ceil(CHARACTERS_A_TOKEN)).unwrap_or(u64::MAX)
}

/// The size in force; deep research has none.
fn context_size(request: &ChatRequest) -> Option<SearchContextSize> {
    if request.model == "sonar-deep-research" {
        return None;
    }
    let options = request.web_search_options.as_ref();
    let set = options.and_then(|options| options.search_context_size.clone());
    Some(set.unwrap_or(SearchContextSize::Low))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sonar::Message;

    #[test]
    fn four_characters_are_a_token() {
        let request = ChatRequest::new("sonar", vec![Message::user("12345"), Message::user("ä")]);
        let mut estimate = Estimate::new(&request);
        estimate.add("12");
        estimate.add("34");
        let usage = estimate.usage();
        assert_eq!(
            (
                usage.prompt_tokens,
                usage.completion_tokens,
                usage.total_tokens
            ),
            (3, 1, 4)
        );
        assert_eq!(usage.search_context_size, Some(SearchContextSize::Low));
        assert_eq!(usage.cost, Some(Cost::default()));
    }
}
