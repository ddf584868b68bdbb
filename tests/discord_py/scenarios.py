"""An unmodified discord.py bot against the emulator: each scenario looks at what people see and at what the bot has been through.

Usage: EMULATOR=path/to/discord-emulator python scenarios.py
"""

import asyncio
import inspect
import logging
import pathlib
import sys
import tempfile
import time
import traceback

import discord

import redirect
from bot import Bot
from emulator import SOON, Emulator, Person


class World:
    """The emulator, the bot, and two people."""

    def __init__(self, emulator: Emulator, bot: Bot, people: dict[str, str]) -> None:
        self.emulator, self.bot = emulator, bot
        self.alice, self.bob = (Person(emulator, name, people[name]) for name in ("alice", "bob"))

    async def until_bot_saw(self, what: str, times: int = 1) -> None:
        async with asyncio.timeout(SOON):
            while self.bot.seen.count(what) < times:
                self.bot.changed.clear()
                await self.bot.changed.wait()


async def login_and_sync(world: World) -> None:
    names = sorted(command.name for command in world.bot.synced)
    assert names == ["Count letters", "Greet", "ask", "feedback", "paint", "panel"], names
    registered = await world.bot.tree.fetch_commands()
    assert {one.id for one in registered} == {one.id for one in world.bot.synced}
    assert [guild.name for guild in world.bot.guilds] == ["Footnote demo"]
    assert world.bot.guilds[0].me.guild_permissions.send_messages


async def defer_edit_and_followup(world: World) -> None:
    await world.alice.uses("ask", question="life")
    await world.alice.reads("The answer to life is 42")
    await world.alice.reads("Anything else?")
    assert "command ask life" in world.bot.seen


async def autocomplete(world: World) -> None:
    typed = {"command": "paint", "options": {"colour": "re"}, "focused": "colour"}
    offered = await world.alice.does("autocomplete", channel="general", **typed)
    assert offered["choices"] == [{"name": "Red", "value": "red"}, {"name": "Green", "value": "green"}], offered
    assert "autocomplete re" in world.bot.seen
    await world.alice.uses("paint", colour="green")
    await world.alice.reads("Painted green")


async def button_and_select(world: World) -> None:
    await world.alice.uses("panel")
    panel = await world.alice.reads("Pressed 0 times")
    here = {"channel": "general", "message": panel["id"]}
    for presses in (1, 2):
        await world.bob.does("component", **here, button="count")
        await world.alice.reads(f"Pressed {presses} times")
    await world.bob.does("component", **here, menu="colour", values=["blue"])
    await world.bob.reads("You like blue")
    assert all(one["content"] != "You like blue" for one in await world.alice.sees())


async def modal(world: World) -> None:
    await world.alice.uses("feedback")
    await world.alice.fills(subject="tests", details="More of them")
    await world.alice.reads("Thank you for tests: More of them")
    assert "feedback tests" in world.bot.seen


async def context_menus(world: World) -> None:
    said = await world.alice.says("seven!!")
    await world.bob.does("context", channel="general", command="Count letters", message=said)
    await world.bob.reads("7 letters")
    await world.bob.does("context", channel="general", command="Greet", target="alice")
    await world.bob.reads("Hello alice")


async def thread_from_a_message(world: World) -> None:
    said = await world.alice.says("!thread Tea or coffee")
    await world.alice.reads("Here we are", channel=said)
    await world.until_bot_saw("thread Tea or coffee")
    thread = world.bot.get_channel(int(said))
    assert isinstance(thread, discord.Thread) and thread.parent.name == "general", thread


async def direct_message(world: World) -> None:
    alice = await world.bot.fetch_user(world.alice.id)
    greeting = await alice.send("Hello, only you")
    here = str(greeting.channel.id)
    await world.alice.reads("Hello, only you", channel=here)
    await world.alice.says("Hello back", channel=here)
    await world.until_bot_saw("direct message Hello back")
    await world.alice.reads("You wrote: Hello back", channel=here)


async def attachments(world: World) -> None:
    await world.alice.says("!file")
    sent = await world.alice.reads("A file")
    assert [one["filename"] for one in sent["attachments"]] == ["table.csv"], sent
    assert sent["attachments"][0]["description"] == "A table"
    await world.until_bot_saw("file b'one,two\\n'")


async def reaction_and_reply(world: World) -> None:
    said = await world.alice.says("!react")
    reply = await world.alice.reads("Done")
    assert reply["message_reference"]["message_id"] == said, reply
    reacted = next(one for one in await world.alice.sees() if one["id"] == said)
    assert reacted["reactions"][0]["emoji"]["name"] == "👍", reacted


async def forced_rate_limit(world: World) -> None:
    """The library waits as long as it is told, and sends the message once."""
    fault = {"method": "POST", "path": "/messages", "times": 1, "action": {"rate_limited": {"retry_after": 0.7}}}
    await world.emulator.control("POST", "faults", fault)
    channel = discord.utils.get(world.bot.get_all_channels(), name="general")
    started = time.monotonic()
    await channel.send("Late, but once")
    assert time.monotonic() - started >= 0.7
    seen = await world.alice.sees()
    assert [one["content"] for one in seen].count("Late, but once") == 1


async def reconnect(world: World) -> None:
    """Opcode 7: the library resumes, and misses nothing."""
    resumed = world.bot.seen.count("resumed")
    await world.emulator.control("POST", "gateway", {"cut": "reconnect"})
    await world.alice.uses("ask", question="reconnecting")
    await world.until_bot_saw("resumed", resumed + 1)
    await world.until_bot_saw("command ask reconnecting")
    await world.alice.reads("The answer to reconnecting is 42")


async def invalid_session(world: World) -> None:
    """Opcode 9 with false: the library identifies anew."""
    ready = world.bot.seen.count("ready")
    await world.emulator.control("POST", "gateway", {"cut": {"invalid_session": False}})
    await world.until_bot_saw("ready", ready + 1)
    await world.alice.uses("ask", question="starting anew")
    await world.alice.reads("The answer to starting anew is 42")


async def nothing_was_amiss(world: World) -> None:
    report = await world.emulator.control("GET", "report")
    for name in ["unimplemented", "pings", "left_thinking", "unanswered", "rejected"]:
        assert report[name] == [], (name, report[name])


SCENARIOS = [
    login_and_sync,
    defer_edit_and_followup,
    autocomplete,
    button_and_select,
    modal,
    context_menus,
    thread_from_a_message,
    direct_message,
    attachments,
    reaction_and_reply,
    forced_rate_limit,
    reconnect,
    invalid_session,
    nothing_was_amiss,
]


async def play(world: World) -> list[str]:
    """Plays every scenario; gives the names of those that failed."""
    failed = []
    for scenario in SCENARIOS:
        name = scenario.__name__.replace("_", " ")
        started = time.monotonic()
        try:
            async with asyncio.timeout(3 * SOON):
                await scenario(world)
        except Exception:
            failed.append(name)
            print(f"FAILED  {name}\n{traceback.format_exc()}", flush=True)
        else:
            print(f"ok      {name} ({time.monotonic() - started:.1f} s)", flush=True)
    return failed


async def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder) / "emulator.log"
        async with Emulator(log) as emulator:
            redirect.to(emulator.page)
            async with Bot() as bot:
                running = asyncio.create_task(bot.start(emulator.token))
                seeded = await emulator.control("POST", "seed", {"people": [{"name": "alice"}, {"name": "bob"}]})
                world = World(emulator, bot, seeded["people"])
                ready = asyncio.create_task(world.until_bot_saw("ready"))
                await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
                if running.done():
                    running.result()
                failed = await play(world)
                await bot.close()
                await running
        if emulator.ended_with != 0:
            failed.append(f"the emulator ended with {emulator.ended_with}")
        if said := log.read_text():
            print(f"the emulator said:\n{said}")
    print(f"discord.py {discord.__version__}: {len(SCENARIOS) - len(failed)} of {len(SCENARIOS)} scenarios passed")
    return 1 if failed else 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    # It misses libraries for voice, which nobody here uses.
    logging.getLogger("discord.client").setLevel(logging.ERROR)
    assert all(inspect.iscoroutinefunction(scenario) for scenario in SCENARIOS)
    sys.exit(asyncio.run(main()))
