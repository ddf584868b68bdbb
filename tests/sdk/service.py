"""Starts `footnote serve` on a free loopback port for one group of tests, and ends it. Knows nothing of the SDK."""

import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("FOOTNOTE", str(ROOT / "target/release/footnote"))
STAND_INS = os.environ.get("STAND_INS", str(ROOT / "target/debug/stand-ins"))
# Nothing of the shell that runs the tests may reach the programs under test.
ENVIRONMENT = {"PATH": os.environ.get("PATH", ""), "FOOTNOTE_LOG": "warn"}


class Program:
    """A program that says in its first line where it listens, and ends well when it is told to."""

    def __init__(self, command, greeting, folder=None, environment=()):
        self.process = subprocess.Popen(
            command, cwd=folder, env=ENVIRONMENT | dict(environment), stdout=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        if not line.startswith(greeting):
            self.close()
            raise RuntimeError(f"`{' '.join(command)}` did not start: it said {line!r}")
        self.url = line.removeprefix(greeting).strip()

    def close(self):
        """Ends it as an operator does, and fails when it does not end well."""
        self.process.terminate()
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        if code != 0:
            raise RuntimeError(f"`{self.process.args[0]}` ended with {code}")


def stand_in(*arguments):
    """The Agent API's stand-in, whose runs in the background take long enough to be looked at more than once."""
    command = [STAND_INS, "agent", "--port", "0", "--queued", "1", "--running", "1", *arguments]
    return Program(command, "The Agent API's stand-in listens at ")


class Service:
    """A server that answers from the handbook, or by the bridge from the Agent API's stand-in. `settings` is the text of its
    settings file."""

    def __init__(self, bridged, settings="", arguments=()):
        self.folder = tempfile.TemporaryDirectory(prefix="footnote-sdk-")
        folder = pathlib.Path(self.folder.name)
        (folder / "footnote.toml").write_text(settings, encoding="utf-8")
        self.programs = []
        serve = [PROGRAM, "serve", "--port", "0"]
        environment = {}
        if bridged:
            api = stand_in()
            self.programs.append(api)
            environment = {"PERPLEXITY_API_KEY": "test-key", "PERPLEXITY_BASE_URL": api.url}
        else:
            serve += ["--corpus", str(ROOT / "docs/handbook")]
        greeting = "Footnote answers the Sonar protocol at "
        try:
            server = Program([*serve, *arguments], greeting, folder, environment)
        except RuntimeError:
            self.close()
            raise
        self.programs.append(server)
        self.url = server.url

    def close(self):
        """Ends what was started, the last one first."""
        while self.programs:
            self.programs.pop().close()
        self.folder.cleanup()
