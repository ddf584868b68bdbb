//! Tells the operator how far indexing is: a bar on a terminal, log lines elsewhere. Indexes nothing.

use std::io::IsTerminal;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use sonar_server::engines::corpus::IndexProgress;

/// The form that suits standard error.
pub fn progress() -> Arc<dyn IndexProgress> {
    if std::io::stderr().is_terminal() {
        Arc::new(Bar(ProgressBar::hidden()))
    } else {
        Arc::new(Lines)
    }
}

struct Bar(ProgressBar);

impl IndexProgress for Bar {
    fn stage(&self, name: &str, files: u64) {
        let template = if files == 0 {
            "{msg} {spinner}"
        } else {
            "{msg} {bar:40} {pos}/{len}"
        };
        self.0
            .set_draw_target(indicatif::ProgressDrawTarget::stderr());
        self.0.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        self.0.set_length(files);
        self.0.set_position(0);
        self.0.set_message(name.to_owned());
    }

    fn advance(&self, files: u64) {
        self.0.inc(files);
    }

    fn done(&self) {
        self.0.finish_and_clear();
    }
}

struct Lines;

impl IndexProgress for Lines {
    fn stage(&self, name: &str, files: u64) {
        tracing::info!(files, "{name}");
    }

    fn advance(&self, _files: u64) {}

    fn done(&self) {}
}
