//! Stands in until researches are handed to the service: refuses every one.

use async_trait::async_trait;

use super::SonarAnswers;
use crate::conversation::failure::Failure;
use crate::conversation::ports::{AnswerError, Inquiry, Looked, ResearchService, SubmitError};
use crate::jobs::job::JobId;

#[async_trait]
impl ResearchService for SonarAnswers {
    async fn submit(&self, _inquiry: &Inquiry, _key: JobId) -> Result<String, SubmitError> {
        Err(SubmitError {
            failure: Failure::Unavailable,
            cause: "researches are not handed over yet".to_owned(),
            may_be_taken: false,
        })
    }

    async fn look(&self, _id: &str) -> Result<Looked, AnswerError> {
        Ok(Looked::Unknown)
    }
}
