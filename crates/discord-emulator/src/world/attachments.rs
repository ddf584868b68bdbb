//! Files in messages: their limits, their names, their bytes, and what the API says of them. Serves none.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Bytes;
use serde_json::{Value, json};

use super::{
    World,
    form::Form,
    messages::Message,
    refusal::{Problems, Refusal},
    uploads::{Sent, Upload},
};
use crate::{clock::Moment, snowflake::Snowflake};

const MOST_FILES: usize = 10;
pub(super) const LARGEST: usize = 10 * 1024 * 1024;
const DESCRIPTION: usize = 1024;
const NOT_FOUND: (&str, &str) = ("ATTACHMENT_NOT_FOUND", "Unknown attachment");
/// Bytes of files that are kept in memory; beyond it the oldest are forgotten and answer "not found".
const MOST_KEPT: usize = 256 * 1024 * 1024;

/// What a message does with files: those that it keeps, and those that come new.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Files {
    /// The dotted path of the list, for what is wrong with it.
    at: String,
    /// Of the files that are there: these stay, with a new description where there is one. `None` keeps all.
    kept: Option<Vec<(Snowflake, Option<String>)>>,
    new: Vec<NewFile>,
}

#[derive(Clone, Debug, PartialEq)]
struct NewFile {
    filename: String,
    content_type: Option<String>,
    description: Option<String>,
    bytes: Bytes,
}

/// One file of a message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Attachment {
    pub(crate) id: Snowflake,
    pub(crate) filename: String,
    pub(crate) description: Option<String>,
    pub(crate) content_type: String,
    size: usize,
    /// Width and height of an image.
    extent: Option<(u32, u32)>,
}

/// The bytes of files, by the ids of their attachments.
#[derive(Default)]
pub(crate) struct Storage {
    files: BTreeMap<Snowflake, (String, Bytes)>,
    size: usize,
}

impl Storage {
    fn keep(&mut self, id: Snowflake, content_type: String, bytes: Bytes) {
        self.size += bytes.len();
        self.files.insert(id, (content_type, bytes));
        while self.size > MOST_KEPT {
            let Some((_, (_, oldest))) = self.files.pop_first() else {
                return;
            };
            self.size -= oldest.len();
        }
    }
}

impl Files {
    /// Reads the field `attachments` beside the files of the request.
    ///
    /// # Errors
    ///
    /// A file of more than 10 MiB; other problems are noted.
    pub(super) fn read(
        form: &Form<'_>,
        sent: Sent<'_>,
        is_edit: bool,
        problems: &mut Problems,
    ) -> Result<Self, Refusal> {
        if sent.files.iter().any(|file| file.bytes.len() > LARGEST) {
            return Err(Refusal::TooLarge);
        }
        let mut files = Self {
            at: form.path("attachments"),
            ..Self::default()
        };
        let mut listed = BTreeSet::new();
        if let Some(list) = form.list("attachments", MOST_FILES, problems) {
            let mut kept = Vec::new();
            for (index, value) in list.iter().enumerate() {
                let at = form.path(&format!("attachments.{index}"));
                let Some(entry) = Form::read(value, &at, problems) else {
                    continue;
                };
                let Some(id) = entry.id("id", problems) else {
                    problems.required(&entry.path("id"));
                    continue;
                };
                let description = entry.text("description", DESCRIPTION, problems);
                match sent.files.iter().find(|file| file.index == Some(id.get())) {
                    Some(file) => {
                        listed.insert(id.get());
                        files.new.push(NewFile::of(
                            file,
                            entry.text("filename", 1024, problems),
                            description,
                        ));
                    }
                    None if is_edit => kept.push((id, description)),
                    None => problems.add(&entry.path("id"), NOT_FOUND.0, NOT_FOUND.1),
                }
            }
            files.kept = Some(kept);
        } else if form.has("attachments") && form.value("attachments").is_none() {
            files.kept = Some(Vec::new());
        }
        let unlisted = |file: &&Upload| file.index.is_none_or(|index| !listed.contains(&index));
        let rest = sent.files.iter().filter(unlisted);
        files
            .new
            .extend(rest.map(|file| NewFile::of(file, None, None)));
        if files.new.len() > MOST_FILES {
            problems.too_long(&form.path("attachments"), MOST_FILES);
        }
        Ok(files)
    }

    /// Whether a new message would have a file by it.
    pub(crate) fn adds(&self) -> bool {
        !self.new.is_empty()
    }
}

impl NewFile {
    fn of(file: &Upload, filename: Option<String>, description: Option<String>) -> Self {
        Self {
            filename: legal_name(&filename.unwrap_or_else(|| file.filename.clone())),
            content_type: file.content_type.clone(),
            description,
            bytes: file.bytes.clone(),
        }
    }
}

impl Attachment {
    /// The same file with another description, where there is one.
    fn described(self, description: Option<String>) -> Self {
        Self {
            description: description.or(self.description),
            ..self
        }
    }
}

impl World {
    /// What becomes of a message's files: those that stay and the new ones, whose bytes are stored.
    ///
    /// # Errors
    ///
    /// A file is to stay that is not there, or there are more than ten.
    pub(super) fn attach(
        &mut self,
        now: Moment,
        present: Vec<Attachment>,
        files: Files,
    ) -> Result<Vec<Attachment>, Refusal> {
        let mut attachments = match files.kept {
            None => present,
            Some(kept) => stay(&present, kept, &files.at)?,
        };
        if attachments.len() + files.new.len() > MOST_FILES {
            let mut problems = Problems::default();
            problems.too_long(&files.at, MOST_FILES);
            return Err(Refusal::Form(problems));
        }
        for file in files.new {
            attachments.push(self.store(now, file));
        }
        Ok(attachments)
    }

    /// Stores a file that stands in no message.
    pub(super) fn store_upload(&mut self, now: Moment, file: &Upload) -> Attachment {
        self.store(now, NewFile::of(file, None, None))
    }

    fn store(&mut self, now: Moment, file: NewFile) -> Attachment {
        let id = self.ids.next(now);
        let content_type = file
            .content_type
            .unwrap_or_else(|| usual_type(&file.filename).to_owned());
        let attachment = Attachment {
            id,
            size: file.bytes.len(),
            extent: extent(&file.bytes),
            filename: file.filename,
            description: file.description,
            content_type: content_type.clone(),
        };
        // A copy, lest a small file keep the whole request in memory.
        self.files
            .keep(id, content_type, Bytes::copy_from_slice(&file.bytes));
        attachment
    }

    /// The bytes of a file with their type.
    pub(crate) fn file(&self, id: Snowflake) -> Option<(String, Bytes)> {
        self.files.files.get(&id).cloned()
    }

    /// The attachment as the API shows it.
    pub(crate) fn attachment_json(&self, channel: Snowflake, file: &Attachment) -> Value {
        let url = self.file_url(channel, file);
        let mut json = json!({"id": file.id, "filename": file.filename, "size": file.size, "url": url, "proxy_url": url,
            "content_type": file.content_type});
        if let Some(description) = &file.description {
            json["description"] = json!(description);
        }
        if let Some((width, height)) = file.extent {
            json["width"] = json!(width);
            json["height"] = json!(height);
        }
        json
    }

    fn file_url(&self, channel: Snowflake, file: &Attachment) -> String {
        format!(
            "{}files/{channel}/{}/{}",
            self.page_url, file.id, file.filename
        )
    }

    /// What shows one of the message's own files as `attachment://name` gets the file's address.
    pub(super) fn show_own_files(&self, message: &mut Message) {
        let (channel, files) = (message.channel, &message.attachments);
        for part in message.embeds.iter_mut().chain(&mut message.components) {
            self.show_files_in(channel, files, part);
        }
    }

    fn show_files_in(&self, channel: Snowflake, files: &[Attachment], value: &mut Value) {
        match value {
            Value::String(text) => {
                let named = text.strip_prefix("attachment://");
                let file = named.and_then(|name| files.iter().find(|file| file.filename == name));
                if let Some(file) = file {
                    *text = self.file_url(channel, file);
                }
            }
            Value::Array(list) => {
                for one in list {
                    self.show_files_in(channel, files, one);
                }
            }
            Value::Object(fields) => {
                for (_, one) in fields {
                    self.show_files_in(channel, files, one);
                }
            }
            _ => {}
        }
    }
}

fn stay(
    present: &[Attachment],
    kept: Vec<(Snowflake, Option<String>)>,
    list: &str,
) -> Result<Vec<Attachment>, Refusal> {
    let mut staying = Vec::new();
    for (index, (id, description)) in kept.into_iter().enumerate() {
        let Some(file) = present.iter().find(|file| file.id == id) else {
            let at = format!("{list}.{index}.id");
            return Err(Refusal::field(&at, NOT_FOUND.0, NOT_FOUND.1));
        };
        staying.push(file.clone().described(description));
    }
    Ok(staying)
}

/// File names know Latin letters, digits, `_`, `-` and `.`; everything else becomes `_`.
fn legal_name(name: &str) -> String {
    let legal = |c: char| {
        if c.is_ascii_alphanumeric() || "._-".contains(c) {
            c
        } else {
            '_'
        }
    };
    let name: String = name.chars().map(legal).take(260).collect();
    if name.trim_matches('.').is_empty() {
        "unknown".to_owned()
    } else {
        name
    }
}

fn usual_type(filename: &str) -> &'static str {
    let extension = filename
        .rsplit_once('.')
        .map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "txt" => "text/plain; charset=utf-8",
        "md" => "text/markdown; charset=utf-8",
        "json" => "application/json",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}

/// Width and height of a PNG or a GIF; other images are shown without.
fn extent(bytes: &Bytes) -> Option<(u32, u32)> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let side = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        return Some((side(16)?, side(20)?));
    }
    if bytes.starts_with(b"GIF8") {
        let side = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
        return Some((side(6)?.into(), side(8)?.into()));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_legal() {
        for (sent, kept) in [
            ("a b.txt", "a_b.txt"),
            ("../é/x", "..___x"),
            ("...", "unknown"),
            ("", "unknown"),
        ] {
            assert_eq!(legal_name(sent), kept, "{sent}");
        }
    }

    #[test]
    fn images_tell_their_extent() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x03".to_vec();
        assert_eq!(extent(&Bytes::from(png)), Some((2, 3)));
        assert_eq!(
            extent(&Bytes::from_static(b"GIF89a\x05\0\x06\0")),
            Some((5, 6))
        );
        assert_eq!(extent(&Bytes::from_static(b"\x89PNG\r\n\x1a\n")), None);
    }
}
