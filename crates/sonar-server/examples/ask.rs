//! Asks the corpus engine in a terminal: `ask [--folder DIR] "question"`, or `ask --eval FILE [--misses SET]` for figures. Serves
//! nothing.
#![expect(clippy::print_stdout, reason = "this program speaks to a terminal")]

use std::path::{Path, PathBuf};

use sonar_server::engines::corpus::{
    Budget, Corpus, CorpusSettings, Filters, Query, Silent, eval, write,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut settings = CorpusSettings {
        index_dir: Some(std::env::temp_dir().join("footnote-ask")),
        ..CorpusSettings::default()
    };
    let (mut file, mut misses) = (None, None);
    let mut words = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--folder" => settings.folders.extend(arguments.next().map(PathBuf::from)),
            "--eval" => file = arguments.next(),
            "--misses" => misses = arguments.next(),
            _ => words.push(argument),
        }
    }
    if let Some(file) = file {
        let evaluation = eval::evaluate(Path::new(&file), &settings, &Silent)?;
        let named = |set: &&eval::SetFigures| Some(&set.name) == misses.as_ref();
        for set in evaluation.sets.iter().filter(named) {
            set.misses.iter().for_each(|miss| print!("{miss}"));
        }
        print!("{evaluation}");
        return Ok(());
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
