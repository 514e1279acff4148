"""Plays the scenes, takes the pictures, writes them with their guide."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from lparwiz.errors import Trouble
from lparwiz.screenshots.guide import guide
from lparwiz.screenshots.png import png
from lparwiz.screenshots.script import SCENES
from lparwiz.screenshots.walk import Album, Look

GUIDE = "README.md"


def take(look: Look, scenes: Iterable[str] = SCENES) -> Album:
    """Play these scenes, one after another, each in a site of its own."""
    album = Album(look)
    for scene in scenes:
        asyncio.run(SCENES[scene](album))
    return album


def files(album: Album, *, with_png: bool = False) -> dict[str, bytes]:
    """What is written, by name within the folder.

    Raises:
        Trouble: PNG is wanted, and can't be drawn here.
    """
    made = {f"{shot.name}.svg": shot.svg.encode() for shot in album.shots.values()}
    if with_png:
        made |= {f"{shot.name}.png": png(shot.svg) for shot in album.shots.values()}
    return {**made, GUIDE: guide(album).encode()}


def write(made: dict[str, bytes], out: Path) -> None:
    """Write the files, and remove pictures that are not made any more.

    Raises:
        Trouble: they can't be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path in (*out.glob("*.svg"), *out.glob("*.png")):
            if path.name not in made:
                path.unlink()
        for name, content in made.items():
            (out / name).write_bytes(content)
    except OSError as error:
        raise Trouble(
            f"The pictures can't be written to {out}.",
            error.strerror or str(error),
            "Name another folder with --out.",
        ) from error
