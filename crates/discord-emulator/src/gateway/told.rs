//! An event as it goes over the wire: its data written once, however many sessions get it. Decides nothing.

use std::{borrow::Cow, sync::Arc};

use serde_json::Value;

use crate::snowflake::Snowflake;

/// What is told, without the number that each session gives it.
#[derive(Debug)]
pub(crate) struct Told {
    /// 0, unless a fault has it otherwise.
    pub(crate) op: u8,
    pub(crate) kind: Cow<'static, str>,
    /// The data as JSON.
    pub(super) data: String,
    /// The interaction that it brings to the bot.
    pub(crate) interaction: Option<Snowflake>,
}

impl Told {
    pub(crate) fn new(kind: impl Into<Cow<'static, str>>, data: &Value) -> Self {
        Self {
            op: 0,
            kind: kind.into(),
            data: data.to_string(),
            interaction: None,
        }
    }
}

/// An event with the number it has in its session.
#[derive(Clone, Debug)]
pub(crate) struct Dispatch {
    pub(crate) seq: u64,
    pub(crate) told: Arc<Told>,
}

impl Dispatch {
    /// The payload as it is sent. Kinds are names, so that nothing in them needs to be escaped.
    pub(crate) fn text(&self) -> String {
        let Told { op, kind, data, .. } = &*self.told;
        let seq = self.seq;
        let mut text = String::with_capacity(data.len() + kind.len() + 48);
        // Writing to a string cannot fail.
        let _ = std::fmt::Write::write_fmt(
            &mut text,
            format_args!(r#"{{"op":{op},"t":"{kind}","s":{seq},"d":{data}}}"#),
        );
        text
    }
}
