//! Asks the corpus engine in a terminal: `ask [--folder DIR] "question"`. Serves nothing.
#![expect(clippy::print_stdout, reason = "this program speaks to a terminal")]

use std::path::PathBuf;

use sonar_server::engines::corpus::{
    Budget, Corpus, CorpusSettings, Extent, Filters, Query, Silent, write,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut settings = CorpusSettings {
        index_dir: Some(std::env::temp_dir().join("footnote-ask")),
        ..CorpusSettings::default()
    };
    let mut words = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--folder" => settings.folders.extend(arguments.next().map(PathBuf::from)),
            _ => words.push(argument),
        }
    }
    answer(&Corpus::open(&settings, &Silent)?, &words.join(" "));
    Ok(())
}

fn answer(corpus: &Corpus, question: &str) {
    let query = Query {
        text: question.to_owned(),
        ..Query::default()
    };
    let budget = Budget {
        sources: 3,
        words: 150,
        extent: Extent::Excerpt,
    };
    let found = corpus.find(&query, &Filters::default(), &budget);
    println!("{:?}, coverage {:.2}\n", found.level, found.coverage);
    for hit in corpus.hits(&query, &Filters::default(), 8) {
        println!(
            "{:.3} {:.2}  {}\n             {}",
            hit.score, hit.coverage, hit.name, hit.url
        );
    }
    println!("\n{}", write(&found).concat());
}
