//! A short instruction for how answers are to be written.

use serde::{Deserialize, Serialize};

/// How answers are to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Persona {
    /// As the service does by itself.
    #[default]
    Usual,
    /// As this says.
    Instruction(Instruction),
}

/// An instruction: not blank, without control characters but line breaks, and at most [`Instruction::LONGEST`] characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Instruction(String);

/// Why a text is no instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoInstruction {
    /// Nothing but white space.
    #[error("say how answers are to be written")]
    Blank,
    /// It has more than [`Instruction::LONGEST`] characters: so many.
    #[error("an instruction has at most {most} characters; this one has {0}", most = Instruction::LONGEST)]
    TooLong(usize),
}

impl Instruction {
    /// The most characters (Unicode code points) of an instruction.
    pub const LONGEST: usize = 500;

    /// Takes the text without the white space around it.
    ///
    /// # Errors
    ///
    /// [`NoInstruction`] says which rule it breaks.
    pub fn parse(text: &str) -> Result<Self, NoInstruction> {
        let kept = text.chars().filter(|c| *c == '\n' || !c.is_control());
        let text: String = kept.collect();
        let text = text.trim();
        match text.chars().count() {
            0 => Err(NoInstruction::Blank),
            count if count > Self::LONGEST => Err(NoInstruction::TooLong(count)),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Instruction {
    type Error = NoInstruction;

    fn try_from(text: String) -> Result<Self, NoInstruction> {
        Self::parse(&text)
    }
}

impl From<Instruction> for String {
    fn from(instruction: Instruction) -> Self {
        instruction.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instruction_says_something_and_not_too_much() {
        let text = "  Answer briefly.\nAddress\u{7} beginners. ";
        assert_eq!(
            Instruction::parse(text).unwrap().as_str(),
            "Answer briefly.\nAddress beginners."
        );
        assert_eq!(Instruction::parse(" \n\u{7}"), Err(NoInstruction::Blank));
        assert!(Instruction::parse(&"é".repeat(500)).is_ok());
        assert_eq!(
            Instruction::parse(&"é".repeat(501)),
            Err(NoInstruction::TooLong(501))
        );
    }
}
