//! Files that people hand in with commands and forms. They stand in no message.

use serde_json::{Value, json};

use super::{
    World,
    attachments::{Attachment, LARGEST},
    resolved::Resolved,
    uploads::Upload,
    use_error::UseError,
};
use crate::{clock::Moment, snowflake::Snowflake};

/// The oldest are forgotten beyond this many.
const MOST: usize = 1_000;

impl World {
    /// Keeps a file that a person is about to send; its id stands for it in options and fields.
    pub(crate) fn hand_in(&mut self, now: Moment, file: &Upload) -> Result<Snowflake, UseError> {
        if file.bytes.len() > LARGEST {
            return Err(UseError::FileTooLarge);
        }
        let attachment = self.store_upload(now, file);
        let id = attachment.id;
        self.handed_in.insert(id, attachment);
        while self.handed_in.len() > MOST {
            self.handed_in.pop_first();
        }
        Ok(id)
    }

    /// A file by the id it was handed in under, or what to say when there is none.
    pub(super) fn resolve_file(
        &self,
        channel: Snowflake,
        id: &str,
        resolved: &mut Resolved,
    ) -> Result<Value, String> {
        let file: Option<&Attachment> = id.parse().ok().and_then(|id| self.handed_in.get(&id));
        let file = file.ok_or_else(|| format!("no file was handed in as {id}"))?;
        let mut json = self.attachment_json(channel, file);
        json["ephemeral"] = json!(true);
        resolved.add("attachments", file.id, json);
        Ok(json!(file.id))
    }
}
