"""`make front`: what the README shows that is not typed: the picture of `explain`, and its links.

The picture is the output of the README's own example, in light and dark. The links follow from the
repository's address in `pyproject.toml`; while that is empty, they stay within the checkout.

    python -m tests.front                  writes all of it
    python -m tests.front release v1.2.3   readies the README for PyPI, where links must be whole
"""

import contextlib
import io
import re
import sys
from pathlib import Path

from book._ext.repository import Repository, read_repository

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PICTURES = {
    theme: ROOT / "book" / "_assets" / f"explain-{theme}.svg" for theme in ("light", "dark")
}
NAME = "pytorch-losses-by-hand"
WIDTH = 88  # columns, those of an explanation

# --- the picture ----------------------------------------------------------------------------------

# Background, foreground, and the colours of what is wrong, of what is right and of code.
COLOURS = {
    "light": ("#f7f9fb", "#1f2933", "#b3261e", "#1a6b3c", "#0b5c87"),
    "dark": ("#16202a", "#e4e9ee", "#ff9d95", "#7fd6a1", "#7cc4ec"),
}
STYLES = (
    (r"(?ms)^MISTAKE\?.*?(?=^FIX)", 2),
    (r"(?ms)^FIX.*?(?=\n\n)", 3),
    (r"(?m)^(>>>|\.\.\.) .*$", 4),
)
# rich draws the lines; the fonts are those of the reader, so that nothing is fetched.
FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" \
viewBox="0 0 {width} {height}" role="img">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, \
"DejaVu Sans Mono", monospace; font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs>{lines}</defs>
<rect width="{width}" height="{height}" rx="8" fill="BACKGROUND"/>
<g transform="translate(16, 16)">{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""


def example() -> str:
    """The README's example: its one block of Python."""
    (code,) = re.findall(r"^```python\n(.*?)^```$", README.read_text("utf-8"), re.M | re.S)
    return code


def session() -> str:
    """The example as one sees it in a terminal: what is typed, and what that prints."""
    code, printed = example(), io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, str(README), "exec"), {})
    typed = "\n".join(f">>> {line}" for line in code.splitlines() if line)
    return f"{typed}\n{printed.getvalue()}"


def picture(text: str, theme: str) -> str:
    """A text in a terminal's letters, as SVG."""
    from rich.console import Console
    from rich.terminal_theme import TerminalTheme
    from rich.text import Text

    background, foreground, *_ = colours = COLOURS[theme]
    drawn = Text(text.rstrip("\n"))
    for pattern, colour in STYLES:
        drawn.highlight_regex(pattern, style=colours[colour])
    plain = tuple(bytes.fromhex(foreground[1:]))
    terminal = TerminalTheme(tuple(bytes.fromhex(background[1:])), plain, [plain] * 8)
    console = Console(record=True, width=WIDTH, file=io.StringIO(), color_system="truecolor")
    console.print(drawn, soft_wrap=True)
    frame = FRAME.replace("BACKGROUND", background)
    svg = console.export_svg(theme=terminal, code_format=frame, unique_id="explain")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


# --- the links ------------------------------------------------------------------------------------


def links(repository: Repository | None) -> str:
    """The line of links, below badges where the repository has an address."""
    if repository is None:
        return (
            "Read [Find your mistake](book/overview/mistakes.ipynb) and\n"
            "[Choosing a loss](book/overview/choosing.ipynb) here, or build the site: `make book`."
        )
    address, site = repository.address, repository.pages
    badges = [
        f"[![Tests]({address}/actions/workflows/publish.yml/badge.svg)]({address}/actions)",
        f"[![PyPI](https://img.shields.io/pypi/v/{NAME})](https://pypi.org/project/{NAME}/)",
    ]
    pages = {
        "The site": "",
        "Find your mistake": "overview/mistakes.html",
        "All losses": "overview/losses.html",
        "Choosing a loss": "overview/choosing.html",
    }
    shown = [f"[{name}]({site}{page})" for name, page in pages.items() if site]
    if colab := repository.colab("book/multiclass/cross_entropy.ipynb"):
        shown.append(f"[A chapter on Colab]({colab})")
    return "\n".join([*badges, "", *(f"{link} ·" for link in shown)]).removesuffix(" ·")


def install(repository: Repository | None) -> str:
    """How to install the package: from PyPI, or from the checkout while nothing is published."""
    if repository is None:
        return '```shell\npip install ".[explain]"   # in the folder of this README\n```'
    return f'```shell\npip install "{NAME}[explain]"\n```'


BLOCKS = {"links": links, "install": install}


def stamped(readme: str, repository: Repository | None) -> str:
    """The README with its blocks as the address has them."""
    for name, block in BLOCKS.items():
        start, end = f"<!-- {name}: by make front -->\n", f"\n<!-- /{name} -->"
        before, _, rest = readme.partition(start)
        _, _, after = rest.partition(end)
        if not after:
            raise ValueError(f"the README has no block {start.strip()} … {end.strip()}")
        readme = f"{before}{start}{block(repository)}{end}{after}"
    return readme


def whole(readme: str, repository: Repository) -> str:
    """The README with the repository's address before every path in it, for PyPI."""
    text, pictures = (f"{repository.address}/{kind}/{repository.tag}/" for kind in ("blob", "raw"))
    readme = re.sub(r"(src(?:set)?=\")(?!https?:)", rf"\1{pictures}", readme)
    return re.sub(r"(\]\()(?!https?:|#)", rf"\1{text}", readme)


def ready(tag: str) -> None:
    """Make the README that of a release. Fails if the tag or the address is not right."""
    repository = read_repository()
    if repository is None:
        raise SystemExit("pyproject.toml names no address of the repository")
    if tag != repository.tag:
        raise SystemExit(f"{tag} is not the tag of this version, {repository.tag}")
    README.write_text(whole(README.read_text("utf-8"), repository), encoding="utf-8")


def main() -> None:
    """Write the pictures and the README."""
    readme = stamped(README.read_text("utf-8"), read_repository())
    README.write_text(readme, encoding="utf-8")
    text = session()
    for theme, path in PICTURES.items():
        path.write_text(picture(text, theme), encoding="utf-8")


if __name__ == "__main__":
    ready(sys.argv[2]) if sys.argv[1:2] == ["release"] else main()
