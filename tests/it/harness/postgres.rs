//! A Postgres of this process's own, from installed binaries. Listens on no network, and ends with the process however that ends.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use footnote_bot::storage::postgres::PostgresStore;
use secrecy::SecretString;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

/// How long a server may take to start. Only a broken one lets it run out.
const START: Duration = Duration::from_secs(60);

/// The user that runs the server where we are root, which Postgres refuses to be run by.
const USER: &str = "postgres";

/// Runs the server in the folder `$1` from the binaries in `$2`, until our end of the pipe is closed: the system does that however a process ends. Then
/// nothing is left of it.
const RUN: &str = r#"
"$2/postgres" -D "$1/data" -k "$1" -c listen_addresses= -c fsync="$3" -c synchronous_commit="$3" -c full_page_writes="$3" \
    -c shared_buffers=16MB -c max_connections=60 -c autovacuum=off -c log_min_messages=fatal >"$1/log" 2>&1 &
server=$!
echo started
read -r _
kill -QUIT "$server"
wait "$server"
rm -rf "$1"
"#;

/// A database with nothing in it, on a server that other tests of this process use too.
pub(crate) struct Database {
    name: String,
    server: &'static Server,
}

struct Server {
    folder: PathBuf,
    /// Its end ends the server.
    _pipe: ChildStdin,
}

impl Database {
    /// A new one. None where no Postgres is installed: then that is said, and fails the test where `CI` is set.
    pub(crate) async fn new() -> Option<Self> {
        static SERVER: OnceLock<Option<Server>> = OnceLock::new();
        static MADE: AtomicU32 = AtomicU32::new(0);
        let Some(server) = SERVER.get_or_init(Server::start) else {
            let skipped = "SKIPPED: no Postgres is installed (initdb and postgres in PATH or in /usr/lib/postgresql)";
            assert!(std::env::var_os("CI").is_none(), "{skipped}");
            say(skipped);
            return None;
        };
        let name = format!("test_{}", MADE.fetch_add(1, Ordering::Relaxed));
        let mut connection = server.connection().await;
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        Some(Self { name, server })
    }

    /// What names it.
    pub(crate) fn address(&self) -> SecretString {
        self.server.address(&self.name).into()
    }

    /// A store on it.
    pub(crate) async fn store(&self) -> PostgresStore {
        PostgresStore::open(&self.address()).await.unwrap()
    }

    /// A connection to it beside those of its stores.
    pub(crate) async fn connection(&self) -> PgConnection {
        let address = self.server.address(&self.name);
        PgConnection::connect(&address).await.unwrap()
    }
}

impl Server {
    #[expect(
        clippy::zombie_processes,
        reason = "it ends with this process, which therefore cannot wait for it"
    )]
    fn start() -> Option<Self> {
        let binaries = binaries()?;
        let folder = tempfile::Builder::new()
            .prefix("footnote-postgres-")
            .tempdir();
        // What ends the server removes it.
        let folder = folder.unwrap().keep();
        let data = folder.join("data");
        let copied = Command::new("cp")
            .arg("-a")
            .arg(template(&binaries))
            .arg(&data)
            .status();
        assert!(
            copied.unwrap().success(),
            "the server's files cannot be copied"
        );
        give(&folder);
        let mut command = as_its_user("sh");
        command
            .args(["-c", RUN, "sh"])
            .arg(&folder)
            .arg(&binaries)
            .arg("off");
        let mut child = command
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        Some(Self {
            folder,
            _pipe: child.stdin.take().unwrap(),
        })
    }

    fn address(&self, database: &str) -> String {
        let folder = self.folder.display();
        format!("postgres://footnote@localhost/{database}?host={folder}")
    }

    /// A connection to the database that every server has, as soon as it takes any.
    async fn connection(&self) -> PgConnection {
        let started = Instant::now();
        loop {
            match PgConnection::connect(&self.address("postgres")).await {
                Ok(connection) => return connection,
                Err(error) if started.elapsed() > START => {
                    let log = std::fs::read_to_string(self.folder.join("log"));
                    panic!(
                        "Postgres does not start: {error}\n{}",
                        log.unwrap_or_default()
                    )
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "whoever runs the tests must see that some were not run"
)]
fn say(skipped: &str) {
    eprintln!("{skipped}");
}

/// The folder of the newest installed binaries.
fn binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let mut versions: Vec<PathBuf> = versions.map(|version| version.unwrap().path()).collect();
    versions.sort();
    folders.extend(
        versions
            .into_iter()
            .rev()
            .map(|version| version.join("bin")),
    );
    folders
        .into_iter()
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

/// The files of a server that was never used, made once for each build.
fn template(binaries: &Path) -> PathBuf {
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let template = kept.join("postgres-template");
    // One process makes it, and the others wait for that.
    let lock = std::fs::File::create(kept.join("postgres-template.lock")).unwrap();
    lock.lock().unwrap();
    if template.exists() {
        return template;
    }
    // Its user may not be able to reach the folder of the build.
    let folder = tempfile::Builder::new()
        .prefix("footnote-initdb-")
        .tempdir()
        .unwrap();
    give(folder.path());
    let data = folder.path().join("data");
    let made = as_its_user(binaries.join("initdb"))
        .args([
            "--username=footnote",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
        ])
        .args(["--no-sync", "--wal-segsize=1", "-D"])
        .arg(&data)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "initdb: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    let unfinished = kept.join("postgres-template.unfinished");
    let _earlier = std::fs::remove_dir_all(&unfinished);
    let copied = Command::new("cp")
        .arg("-a")
        .arg(&data)
        .arg(&unfinished)
        .status();
    assert!(copied.unwrap().success());
    std::fs::rename(&unfinished, &template).unwrap();
    template
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// A program, run by the server's user.
fn as_its_user(program: impl AsRef<std::ffi::OsStr>) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args([
        &format!("--reuid={USER}"),
        &format!("--regid={USER}"),
        "--clear-groups",
    ]);
    command.arg("--").arg(program);
    command
}

/// Lets a folder with all that is in it be the server's user's.
fn give(folder: &Path) {
    if is_root() {
        let given = Command::new("chown")
            .args(["-R", USER])
            .arg(folder)
            .status();
        assert!(given.unwrap().success(), "there is no user {USER}");
    }
}
