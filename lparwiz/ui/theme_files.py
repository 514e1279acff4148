"""Where theme files lie. Imports no Textual, so that settings can be checked without it."""

from pathlib import Path

from platformdirs import user_config_path

DEFAULT = "night"


def theme_folders() -> tuple[Path, Path]:
    """Where the shipped themes lie, and the operator's own, which win.

    In the wheel they lie inside the package; in a checkout beside it.
    """
    package = Path(__file__).parents[1]
    shipped = package / "themes"
    if not shipped.is_dir():
        shipped = package.parent / "themes"
    return shipped, user_config_path("lparwiz") / "themes"


def theme_names() -> tuple[str, ...]:
    """The name of every theme that there is a file for, sound or not: the file's stem."""
    stems = (path.stem for folder in theme_folders() for path in folder.glob("*.toml"))
    return tuple(sorted({DEFAULT, *stems}))
