"""The built wheel carries its themes and style sheets, and starts from where it is installed."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    words = ["pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(REPOSITORY)]
    subprocess.run([sys.executable, "-m", *words], check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_it_holds_the_package_its_themes_and_its_style_sheets_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    themes = {f"lparwiz/themes/{p.name}" for p in (REPOSITORY / "themes").glob("*.toml")}
    sheets = {str(p.relative_to(REPOSITORY)) for p in (REPOSITORY / "lparwiz").rglob("*.tcss")}
    assert themes
    assert sheets
    assert themes | sheets <= set(names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"lparwiz"}


def test_it_plays_a_demo_from_where_it_is_installed(wheel, tmp_path):
    """Installed beside the libraries of this environment, away from the checkout."""
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=False)
    (packages,) = environment.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "libraries.pth").write_text("\n".join(libraries))
    script = (
        "import lparwiz, sys\n"
        "from lparwiz.ui.themes import load_themes\n"
        "themes, failures = load_themes()\n"
        "assert themes and not failures, failures\n"
        "print(lparwiz.__file__)\n"
        "from lparwiz.cli import main\n"
        "main(['demo', '--unattended', '--speed', '100'])\n"
    )
    found = subprocess.run(
        [environment / "bin" / "python", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"XDG_STATE_HOME": str(tmp_path / "state"), "PATH": "/usr/bin:/bin"},
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert str(packages) in found.stdout
    assert "all clean: yes" in found.stdout
