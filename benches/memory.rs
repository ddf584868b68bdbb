//! What `footnote serve` holds in memory: after its first answer, and after the malformed and the very large requests that we
//! could think of, again and again. Prints figures; passes no verdict. Linux only: it reads `/proc`.
//!
//! `cargo bench --bench memory` measures the program of this build; `-- PROGRAM` measures another one.

use std::io::{self, BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::future::{join_all, try_join_all};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[path = "../crates/sonar-server/tests/it/malformed_requests.rs"]
mod malformed_requests;

use malformed_requests::Malformed;

/// How many requests are under way at once.
const AT_ONCE: usize = 16;
/// How many sets of malformed requests follow the first one.
const FURTHER_SETS: usize = 10;
/// How many questions of this many bytes are asked at once.
const LARGE: (usize, usize) = (8, 28 * 1024 * 1024);
/// How long nothing is asked before memory is looked at again.
const IDLE: Duration = Duration::from_secs(5);
/// The longest body that `footnote serve` takes, in bytes.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let other = std::env::args()
        .nth(1)
        .filter(|word| !word.starts_with('-'));
    let program = other.unwrap_or_else(|| env!("CARGO_BIN_EXE_footnote").to_owned());
    let folder = tempfile::tempdir()?;
    let served = Served::start(&program, folder.path())?;
    let outcome = tokio::runtime::Runtime::new()?.block_on(measure(&served));
    drop(served);
    outcome
}

async fn measure(served: &Served) -> Outcome<()> {
    served.tell("started")?;
    let short = question("How do I back up the database?");
    served.say(&short).await?;
    served.tell("after the first answer")?;
    let malformed = malformed_requests::all(BODY_LIMIT);
    for sets in [1, FURTHER_SETS] {
        let mut unlike = Vec::new();
        for _ in 0..sets {
            for some in malformed.chunks(AT_ONCE) {
                let said = join_all(some.iter().map(|request| served.say(&request.bytes))).await;
                let pairs = some.iter().zip(said);
                unlike.extend(pairs.filter(|(request, said)| !is_as_expected(request, said)));
            }
        }
        let refused = match unlike.first() {
            None => "each refused as it should be".to_owned(),
            Some((request, _)) => format!("{} not, first {}", unlike.len(), request.what),
        };
        served.tell(&format!(
            "after {} malformed requests, {sets} times ({refused})",
            malformed.len()
        ))?;
        served.tell_idle().await?;
    }
    let (number, bytes) = LARGE;
    let large = question(&"word ".repeat(bytes / 5));
    for _ in 0..2 {
        let began = Instant::now();
        let said = try_join_all((0..number).map(|_| served.say(&large))).await?;
        let answered = said.iter().filter(|said| said.contains(" 200 OK")).count();
        served.tell(&format!(
            "after {number} questions of {} MiB at once ({answered} answered, {:.1} s)",
            bytes >> 20,
            began.elapsed().as_secs_f64()
        ))?;
        served.tell_idle().await?;
    }
    served.say(&short).await?;
    Ok(served.tell("after another ordinary question")?)
}

/// Refused as the tests ask for; a reply may be lost when the server hangs up before it has read all.
fn is_as_expected(request: &Malformed, said: &io::Result<String>) -> bool {
    said.as_ref().is_ok_and(|said| {
        said.is_empty()
            || said.starts_with(&format!("HTTP/1.1 {}", request.status))
                && request.kind.is_none_or(|kind| said.contains(kind))
    })
}

fn question(text: &str) -> Vec<u8> {
    let messages = serde_json::json!([{ "role": "user", "content": text }]);
    let body = serde_json::json!({ "model": "sonar", "messages": messages }).to_string();
    let length = body.len();
    format!("POST /chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// `footnote serve` as an operator starts it, on the handbook alone.
struct Served {
    child: Child,
    address: SocketAddr,
}

impl Served {
    fn start(program: &str, folder: &Path) -> Outcome<Self> {
        let settings = "[server]\nrequests_per_minute = 1000000\n";
        std::fs::write(folder.join("footnote.toml"), settings)?;
        let handbook = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/handbook");
        let mut child = Command::new(program)
            .args(["serve", "--port", "0", "--corpus"])
            .arg(handbook)
            .env_clear()
            .env("FOOTNOTE_LOG", "error")
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let address = line.trim().rsplit('/').next().unwrap_or_default();
        Ok(Self {
            address: address.parse()?,
            child,
        })
    }

    /// What the server says to these bytes until it closes the connection.
    async fn say(&self, bytes: &[u8]) -> io::Result<String> {
        let mut stream = TcpStream::connect(self.address).await?;
        // It may refuse, and hang up, before all of it is written; then the reply may be lost.
        stream.write_all(bytes).await.ok();
        let mut said = Vec::new();
        stream.read_to_end(&mut said).await.ok();
        Ok(String::from_utf8_lossy(&said).into_owned())
    }

    async fn tell_idle(&self) -> io::Result<()> {
        tokio::time::sleep(IDLE).await;
        self.tell(&format!("{} s of nothing later", IDLE.as_secs()))
    }

    fn tell(&self, when: &str) -> io::Result<()> {
        let [now, most] = ["VmRSS:", "VmHWM:"].map(|line| self.mebibytes(line));
        writeln!(
            io::stdout(),
            "{when}: {:.1} MiB resident, {:.1} MiB at most so far",
            now?,
            most?
        )
    }

    fn mebibytes(&self, line: &str) -> io::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kib = status.lines().find_map(|told| {
            let told = told.strip_prefix(line)?.trim();
            told.strip_suffix(" kB")?.parse::<u32>().ok()
        });
        kib.map(|kib| f64::from(kib) / 1024.0)
            .ok_or(io::ErrorKind::InvalidData.into())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
