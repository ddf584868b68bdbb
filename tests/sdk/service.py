"""Starts `footnote serve` on a free loopback port for one group of tests, and ends it. Knows nothing of the SDK."""

import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("FOOTNOTE", str(ROOT / "target/release/footnote"))
GREETING = "Footnote answers the Sonar protocol at "


class Service:
    """A server that answers from the handbook. `settings` is the text of its settings file."""

    def __init__(self, settings="", arguments=()):
        self.folder = tempfile.TemporaryDirectory(prefix="footnote-sdk-")
        folder = pathlib.Path(self.folder.name)
        (folder / "footnote.toml").write_text(settings, encoding="utf-8")
        command = [PROGRAM, "serve", "--port", "0", "--corpus", str(ROOT / "docs/handbook"), *arguments]
        # Nothing of the shell that runs the tests may reach the program under test.
        environment = {"PATH": os.environ.get("PATH", ""), "FOOTNOTE_LOG": "warn"}
        self.process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith(GREETING):
            self.close()
            raise RuntimeError(f"`{' '.join(command)}` did not start: it said {line!r}")
        self.url = line.removeprefix(GREETING).strip()

    def close(self):
        """Ends the server as an operator does, and fails when it does not end well."""
        self.process.terminate()
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        self.folder.cleanup()
        if code != 0:
            raise RuntimeError(f"the server ended with {code}")
