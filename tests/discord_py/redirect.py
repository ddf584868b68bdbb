"""Points discord.py at an emulator. Nothing of the library is changed: only the addresses that it has as constants."""

import discord
import yarl


def to(page_url: str) -> None:
    """Lets every client that is made from now on talk to the emulator whose page is at `page_url`."""
    base = yarl.URL(page_url)
    http = discord.http
    original = http._set_api_version

    def keep_local(version: int) -> None:
        # The library puts the real address back when it is told a version.
        original(version)
        http.Route.BASE = str(base / f"api/v{version}")

    http._set_api_version = keep_local
    keep_local(10)
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base.with_scheme("ws")
    discord.asset.Asset.BASE = str(base / "cdn")
