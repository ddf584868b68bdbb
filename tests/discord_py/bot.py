"""An ordinary discord.py bot: it knows nothing of the emulator."""

import asyncio
import io

import discord
from discord import app_commands

COLOURS = ["red", "green", "blue"]


class Panel(discord.ui.View):
    """A button that counts and a select that answers."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.presses = 0

    @discord.ui.button(label="Count", custom_id="count", style=discord.ButtonStyle.primary)
    async def count(self, interaction: discord.Interaction, button: discord.ui.Button) -> None:
        self.presses += 1
        await interaction.response.edit_message(content=f"Pressed {self.presses} times", view=self)

    @discord.ui.select(
        custom_id="colour",
        placeholder="A colour",
        options=[discord.SelectOption(label=colour.title(), value=colour) for colour in COLOURS],
    )
    async def colour(self, interaction: discord.Interaction, select: discord.ui.Select) -> None:
        await interaction.response.send_message(f"You like {select.values[0]}", ephemeral=True)


class Feedback(discord.ui.Modal, title="Feedback"):
    """A form with a short and an optional long text."""

    subject = discord.ui.TextInput(label="Subject", custom_id="subject", max_length=50)
    details = discord.ui.TextInput(
        label="Details", custom_id="details", style=discord.TextStyle.paragraph, required=False
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        interaction.client.saw(f"feedback {self.subject.value}")
        await interaction.response.send_message(f"Thank you for {self.subject.value}: {self.details.value}")


class Bot(discord.Client):
    def __init__(self) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        super().__init__(intents=intents, allowed_mentions=discord.AllowedMentions.none())
        self.tree = app_commands.CommandTree(self)
        #: What it has been through, for whoever tests it: `ready`, `resumed`, `command ask`, …
        self.seen: list[str] = []
        self.synced: list[app_commands.AppCommand] = []
        self.changed = asyncio.Event()
        self.add_commands()

    def saw(self, what: str) -> None:
        self.seen.append(what)
        self.changed.set()

    async def setup_hook(self) -> None:
        self.synced = await self.tree.sync()

    async def on_ready(self) -> None:
        self.saw("ready")

    async def on_resumed(self) -> None:
        self.saw("resumed")

    async def on_disconnect(self) -> None:
        self.saw("disconnected")

    async def on_thread_create(self, thread: discord.Thread) -> None:
        self.saw(f"thread {thread.name}")

    async def on_message(self, message: discord.Message) -> None:
        if message.author == self.user:
            return
        if message.guild is None:
            self.saw(f"direct message {message.content}")
            await message.channel.send(f"You wrote: {message.content}")
        elif message.content.startswith("!thread "):
            thread = await message.create_thread(name=message.content.removeprefix("!thread "))
            await thread.send("Here we are")
        elif message.content == "!file":
            file = discord.File(io.BytesIO(b"one,two\n"), filename="table.csv", description="A table")
            sent = await message.channel.send("A file", file=file)
            self.saw(f"file {await sent.attachments[0].read()!r}")
        elif message.content == "!react":
            await message.add_reaction("👍")
            await message.reply("Done", mention_author=False)

    def add_commands(self) -> None:
        tree = self.tree

        @tree.command(description="Ask a question")
        @app_commands.describe(question="What do you want to know?")
        async def ask(interaction: discord.Interaction, question: str) -> None:
            self.saw(f"command ask {question}")
            await interaction.response.defer(thinking=True)
            await interaction.edit_original_response(content=f"Thinking about {question}")
            await interaction.edit_original_response(content=f"The answer to {question} is 42")
            await interaction.followup.send("Anything else?")

        @tree.command(description="Pick a colour")
        async def paint(interaction: discord.Interaction, colour: str) -> None:
            await interaction.response.send_message(f"Painted {colour}")

        @paint.autocomplete("colour")
        async def colours(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
            self.saw(f"autocomplete {current}")
            return [app_commands.Choice(name=one.title(), value=one) for one in COLOURS if current in one]

        @tree.command(description="Show a panel")
        async def panel(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("Pressed 0 times", view=Panel())

        @tree.command(description="Give feedback")
        async def feedback(interaction: discord.Interaction) -> None:
            await interaction.response.send_modal(Feedback())

        @tree.context_menu(name="Count letters")
        async def letters(interaction: discord.Interaction, message: discord.Message) -> None:
            await interaction.response.send_message(f"{len(message.content)} letters", ephemeral=True)

        @tree.context_menu(name="Greet")
        async def greet(interaction: discord.Interaction, member: discord.Member) -> None:
            await interaction.response.send_message(f"Hello {member.display_name}")
