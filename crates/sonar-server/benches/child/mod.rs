//! A part of a measurement that runs as a process of its own, and the connections to it. Linux only: it reads `/proc`.

use std::io::{self, BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{self, ChildStdin, Command, Stdio};
use std::time::Duration;

use tokio::io::AsyncBufReadExt;
use tokio::net::TcpStream;

/// This program again, with other arguments. It prints a line that begins with the address it listens on, and serves until its
/// standard input ends.
pub(crate) struct Child {
    process: process::Child,
    /// The child ends when this is dropped.
    _word: ChildStdin,
    pub(crate) address: SocketAddr,
}

impl Child {
    /// Starts it, on one core alone or on any; also what its line says behind the address.
    pub(crate) fn start(arguments: &[&str], core: Option<&str>) -> (Self, String) {
        let program = std::env::current_exe().unwrap();
        let mut command = match core {
            Some(core) => {
                let mut command = Command::new("taskset");
                command.args(["-c", core]).arg(program);
                command
            }
            None => Command::new(program),
        };
        let mut process = command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let (address, said) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        let child = Self {
            _word: process.stdin.take().unwrap(),
            address: address.parse().unwrap(),
            process,
        };
        (child, said.to_owned())
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.process.id())).unwrap()
    }

    /// Memory in use, in kibibytes.
    pub(crate) fn memory(&self) -> i64 {
        let status = self.read("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.unwrap().trim_end_matches("kB").trim().parse().unwrap()
    }

    /// Time on the processor so far; `/proc` counts in hundredths of a second.
    pub(crate) fn worked(&self) -> Duration {
        let stat = self.read("stat");
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        Duration::from_millis(ticks * 10)
    }

    pub(crate) fn open_files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.process.id()))
            .unwrap()
            .count()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// The child's own part: waits until standard input ends.
pub(crate) async fn told_to_end() {
    tokio::task::spawn_blocking(|| io::stdin().read_line(&mut String::new()))
        .await
        .unwrap()
        .unwrap();
}

pub(crate) fn say(line: &str) {
    let mut out = io::stdout();
    writeln!(out, "{line}").unwrap();
}

pub(crate) type Connection = tokio::io::BufReader<TcpStream>;

pub(crate) async fn connect(address: SocketAddr) -> Connection {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    tokio::io::BufReader::new(stream)
}

/// Reads the head of a reply, which must be 200; the length of its body, when it has one.
pub(crate) async fn head(connection: &mut Connection) -> Option<usize> {
    let mut length = None;
    for number in 0.. {
        let mut line = String::new();
        connection.read_line(&mut line).await.unwrap();
        assert!(number > 0 || line.starts_with("HTTP/1.1 200"), "{line:?}");
        if line == "\r\n" {
            break;
        }
        length = length.or_else(|| line.strip_prefix("content-length: ")?.trim().parse().ok());
    }
    length
}
