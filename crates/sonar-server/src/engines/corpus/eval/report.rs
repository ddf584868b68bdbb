//! The figures as people read them. Counts nothing.

use std::fmt;

use super::figures::{CorpusFigures, Evaluation, Figures, Miss, SetFigures, Times};

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for corpus in &self.corpora {
            write!(f, "{corpus}")?;
        }
        for set in &self.sets {
            write!(f, "\n{set}")?;
        }
        writeln!(f, "\nall answers: {}", self.times)?;
        for missed in &self.missed_gates {
            writeln!(f, "GATE MISSED: {missed}")?;
        }
        Ok(())
    }
}

impl fmt::Display for CorpusFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let came = if self.from_disk { "loaded" } else { "built" };
        writeln!(
            f,
            "{}: {} documents, {} sections, {} passages; {came} in {:.2} s; {} MB in use, {} MB at most",
            self.name,
            self.documents,
            self.sections,
            self.passages,
            self.open_seconds,
            self.memory_mb.map_or("?".to_owned(), |mb| mb.to_string()),
            self.peak_memory_mb
                .map_or("?".to_owned(), |mb| mb.to_string()),
        )
    }
}

impl fmt::Display for SetFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} questions", self.name, self.figures.questions)?;
        write!(f, "{}", self.figures)?;
        list(f, "expect a section that is nowhere", &self.nowhere)?;
        list(
            f,
            "share a word with a heading they expect",
            &self.shared_words,
        )
    }
}

fn list(f: &mut fmt::Formatter<'_>, what: &str, questions: &[String]) -> fmt::Result {
    if !questions.is_empty() {
        writeln!(f, "  {} {what}:", questions.len())?;
    }
    questions
        .iter()
        .try_for_each(|question| writeln!(f, "    {question}"))
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(first), Some(tenth), Some(mrr)) =
            (self.recall_at_1, self.recall_at_10, self.mrr)
        {
            writeln!(
                f,
                "  right section: first {first:.3}, in the first ten {tenth:.3}, MRR {mrr:.3}"
            )?;
        }
        if let (Some(cited), Some(first), Some(sentences)) = (
            self.answer_hits,
            self.first_excerpt_right,
            self.sentences_right,
        ) {
            writeln!(
                f,
                "  answer cites it {cited:.3}, first excerpt is from it {first:.3}, sentences from it {sentences:.3}"
            )?;
        }
        writeln!(
            f,
            "  refused {:.3}, closest matches {:.3}, {:.0} words an answer",
            self.refused, self.closest, self.words_per_answer
        )?;
        writeln!(
            f,
            "  citations valid {:.3}, excerpts verbatim {:.3}",
            self.citations_valid, self.excerpts_verbatim
        )?;
        writeln!(f, "  {}", self.times)
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
            self.p50_ms, self.p99_ms, self.longest_ms
        )
    }
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self
            .place
            .map_or("not in ten".to_owned(), |place| format!("at {}", place + 1));
        writeln!(
            f,
            "- {} [{:?} {:.2}, {place}]",
            self.question, self.level, self.coverage
        )?;
        for hit in self.hits.iter().take(3) {
            writeln!(
                f,
                "    score {:.3}, sure {:.2}, covers {:.2}: {} {}",
                hit.score, hit.sure, hit.coverage, hit.name, hit.url
            )?;
        }
        Ok(())
    }
}
