"""The emulator as a program, and people in it: what they do and see, by its control API."""

import asyncio
import os
import pathlib
import time
from typing import Any, Awaitable, Callable

import aiohttp

#: How long anything may take that ought to happen at once. Only a broken bot or emulator lets it run out.
SOON = 20.0
PROGRAM = os.environ["EMULATOR"]


class Refused(Exception):
    """The control API has refused something."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Emulator:
    """A running emulator; it ends with the `async with` block."""

    def __init__(self, log: pathlib.Path) -> None:
        self.log = log
        self.page = ""
        self.token = ""

    async def __aenter__(self) -> "Emulator":
        with self.log.open("wb") as errors:
            self.process = await asyncio.create_subprocess_exec(
                PROGRAM, "--port", "0", "--message-content", "--rate-limits", "realistic",
                stdout=asyncio.subprocess.PIPE, stderr=errors,
            )  # fmt: skip
        async with asyncio.timeout(SOON):
            while not self.token:
                line = (await self.process.stdout.readline()).decode()
                if not line:
                    raise RuntimeError(f"the emulator has ended: see {self.log}")
                if line.startswith("page "):
                    self.page = line.split()[1]
                if line.startswith("bot token "):
                    self.token = line.split()[2]
        self.session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()
        if self.process.returncode is None:
            self.process.terminate()
        async with asyncio.timeout(SOON):
            await self.process.stdout.read()
            self.ended_with = await self.process.wait()

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        async with self.session.request(method, f"{self.page}_emu/{path}", json=body) as response:
            answer = await response.json(content_type=None)
            if response.status >= 400:
                raise Refused(response.status, f"{method} {path} {body}: {response.status} {answer}")
            return answer



class Person:
    """Somebody in the guild."""

    def __init__(self, emulator: Emulator, name: str, id: str) -> None:
        self.emulator, self.name, self.id = emulator, name, int(id)

    async def does(self, what: str, **details: Any) -> dict:
        return await self.emulator.control("POST", what, {"person": self.name, **details})

    async def says(self, text: str, channel: str = "general") -> str:
        """Writes; gives the message's id."""
        return (await self.does("message", channel=channel, text=text))["message"]

    async def uses(self, command: str, **options: Any) -> None:
        await self.does("command", channel="general", command=command, options=options)

    async def fills(self, **values: str) -> None:
        """Fills in the form that the bot is about to open."""

        async def fill() -> bool:
            try:
                await self.does("modal", values=values)
            except Refused as error:
                if error.status != 404:
                    raise
                return False
            return True

        await until(fill, lambda: f"no form has opened for {self.name}")

    async def sees(self, channel: str = "general") -> list[dict]:
        """The messages that they see in a channel, oldest first, as the API shows them."""
        return (await self.emulator.control("GET", f"view?person={self.name}&channel={channel}"))["messages"]

    async def reads(self, text: str, channel: str = "general") -> dict:
        """Waits until a message of exactly this text is there."""
        seen: list[dict] = []

        async def look() -> dict | None:
            try:
                seen[:] = await self.sees(channel)
            except Refused as error:
                # A thread that somebody is about to open.
                if error.status != 404:
                    raise
            return next((one for one in seen if one["content"] == text), None)

        return await until(look, lambda: f"{self.name} sees {[one['content'] for one in seen]}")


async def until(look: Callable[[], Awaitable[Any]], otherwise: Callable[[], str]) -> Any:
    """Looks again and again until something is found; gives it."""
    end = time.monotonic() + SOON
    while not (found := await look()):
        if time.monotonic() > end:
            raise AssertionError(otherwise())
        await asyncio.sleep(0.02)
    return found
