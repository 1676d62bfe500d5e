"""What the pages of the site carry beside their text: head, policy, notebook; the sitemap."""

import base64
import hashlib
import json
import re
import xml.etree.ElementTree as ET

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from losses_site import code, keyboard, notebooks, policy
from losses_site.address import site_address, sitemap
from myst_nb.sphinx_ import HideCodeCellNode
from PIL import Image
from pygments.style import Style
from pygments.token import Keyword, Name, Operator
from repository import Repository
from sphinx.errors import ConfigError

from .tiny_site import SVG, TOC, build, notebook

ADDRESS = "https://example.org/losses/"
FIRST = "The first sentence, of $x$ and `code`. The second one.\n\nAnother paragraph.\n"
FRONT = "myst: {html_meta: {description: Said in front.}}\nog:description: Said in front.\n"
DESCRIPTIONS = {
    "chapter.html": "What it is about. a straight line",
    "index.html": "Said in front.",
    "search.html": "What this site is about.",
    "404.html": "What this site is about.",
    "start.html": "What this site is about.",
}
ALT = {"mystnb": {"image": {"alt": "a straight line"}}}


@pytest.fixture(scope="module", params=["", ADDRESS], ids=["no address", "address"])
def tiny(request, tmp_path_factory):
    """A built site of a page and a chapter: its address and its folder."""
    folder = tmp_path_factory.mktemp("site")
    chapter = notebook("# A chapter\n\nWhat it is about.", (ALT, SVG))
    text = f"---\n{FRONT}---\n\n# Title & more\n\n{FIRST}{TOC}"
    done = build(folder, address=request.param, index__md=text, chapter__ipynb=chapter)
    assert done.returncode == 0, done.stderr
    return request.param, folder / "out"


def page(folder, name):
    """A page, parsed."""
    return BeautifulSoup((folder / name).read_text(encoding="utf-8"), "html.parser")


def meta(soup):
    """The `content` of a page's meta tags, by their name or property."""
    tags = soup.head.find_all("meta", content=True)
    return {tag.get("name") or tag.get("property"): tag["content"] for tag in tags}


# --- head -----------------------------------------------------------------------------------------


def test_every_page_has_one_description(tiny):
    """Of its own, as its front matter says, or the site's."""
    _, folder = tiny
    for name, words in DESCRIPTIONS.items():
        (tag,) = page(folder, name).head.find_all("meta", attrs={"name": "description"})
        assert tag["content"] == words, name


def test_a_document_has_a_card(tiny):
    _, folder = tiny
    chapter = page(folder, "chapter.html")
    assert chapter.title.string == "A chapter - A tiny site"
    assert meta(chapter)["og:title"] == "A chapter"
    assert meta(chapter)["og:site_name"] == "A tiny site"
    assert meta(chapter)["og:description"] == "What it is about. a straight line"
    assert meta(page(folder, "index.html"))["og:title"] == "Title & more"
    assert meta(page(folder, "index.html"))["og:description"] == "Said in front."


def test_pages_claim_an_address_only_if_they_have_one(tiny):
    address, folder = tiny
    tags = meta(page(folder, "chapter.html"))
    canonical = [tag["href"] for tag in page(folder, "chapter.html").find_all(rel="canonical")]
    assert canonical == ([f"{address}chapter.html"] if address else [])
    assert tags.get("og:url") == (f"{address}chapter.html" if address else None)
    assert ("og:image" in tags) == bool(address)


def test_the_preview_picture_is_there(tiny):
    address, folder = tiny
    if address:
        tags = meta(page(folder, "chapter.html"))
        with Image.open(folder / tags["og:image"].removeprefix(address)) as picture:
            size = (int(tags["og:image:width"]), int(tags["og:image:height"]))
            assert picture.size == size == (1146, 600)
    else:
        assert not (folder / "_images" / "social_previews").exists()


def test_an_assistant_finds_every_page(tiny):
    """Chapters as Markdown, with what their cells printed; other pages as they are."""
    address, folder = tiny
    assert (folder / "llms.txt").read_text(encoding="utf-8") == (
        "# A tiny site\n\n> What this site is about.\n\n## Pages\n\n"
        f"- [A chapter]({address}chapter.md): What it is about.\n"
    )
    assert (folder / "chapter.md").read_text(encoding="utf-8") == (
        "# A chapter\n\nWhat it is about.\n\n```python\ndraw()\n```\n\n```text\na figure\n```\n"
    )


def test_the_sites_address_comes_from_the_environment_or_the_repository(monkeypatch):
    monkeypatch.setattr(
        "losses_site.address.read_repository", lambda: Repository("https://github.com/a/b", "1")
    )
    assert site_address({}) == "https://a.github.io/b/"
    assert site_address({"SITE_URL": "http://localhost:8000"}) == "http://localhost:8000/"
    monkeypatch.setattr(
        "losses_site.address.read_repository", lambda: Repository("https://gitlab.com/a/b", "1")
    )
    assert site_address({}) == ""
    monkeypatch.setattr("losses_site.address.read_repository", lambda: None)
    assert site_address({}) == ""


@pytest.mark.parametrize("given", ["example.org", "/losses/", "file:///x", "https://a.b/?c", "x:"])
def test_an_address_of_another_form_is_refused(given):
    with pytest.raises(ConfigError, match=re.escape(f"got {given!r}")):
        site_address({"SITE_URL": given})


# --- policy ---------------------------------------------------------------------------------------


def test_every_page_has_a_policy_that_allows_its_own_scripts_and_styles_only(tiny):
    _, folder = tiny
    for path in folder.glob("*.html"):
        soup = page(folder, path.name)
        tag = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
        rules = dict(rule.split(" ", 1) for rule in tag["content"].split("; "))
        assert rules["default-src"] == "'none'"
        assert not re.search(r"https?:|\*|unsafe-eval", tag["content"])
        assert "unsafe-inline" not in rules["script-src"] + rules["style-src-elem"]
        for kind, rule in (("script", "script-src"), ("style", "style-src-elem")):
            for inline in soup.find_all(kind, src=False):
                digest = hashlib.sha256(inline.string.encode()).digest()
                assert f"'sha256-{base64.b64encode(digest).decode()}'" in rules[rule]
        assert tag.find_previous("script") is None
        assert tag.find_previous("link") is None


def test_a_script_that_is_slipped_in_is_not_allowed():
    html = '<head><meta charset="utf-8"></head><script>theirs()</script>'
    assert policy.policy(html) != policy.policy(html.replace("theirs", "ours"))
    assert policy.with_policy(html).index("sha256-") < html.index("theirs") + 1000


def test_a_page_without_a_place_for_the_policy_is_refused():
    with pytest.raises(ValueError, match="charset"):
        policy.with_policy("<html><head></head></html>")


# --- notebooks ------------------------------------------------------------------------------------


def test_a_chapter_offers_its_notebook_below_the_title(tiny):
    _, folder = tiny
    chapter = page(folder, "chapter.html")
    link = chapter.h1.find_next_sibling("p").a
    assert link["download"] == "chapter.ipynb"
    assert json.loads((folder / link["href"]).read_text(encoding="utf-8"))["nbformat"] == 4
    assert page(folder, "index.html").find(class_="notebook-links") is None


class Page:
    """What Sphinx knows of a page when it calls a hook."""

    def context(self, suffix=".ipynb"):
        return {
            "page_source_suffix": suffix,
            "sourcename": "a/b.ipynb",
            "pathto": lambda path, resource: f"../{path}",
        }


@pytest.mark.parametrize(
    ("address", "colab"),
    [
        (
            "https://github.com/a/b",
            "https://colab.research.google.com/github/a/b/blob/v1/book/a/b.ipynb",
        ),
        ("https://gitlab.com/a/b", None),
        (None, None),
    ],
)
def test_colab_is_offered_where_it_can_read_the_repository(monkeypatch, address, colab):
    repository = Repository(address, "1") if address else None
    monkeypatch.setattr(notebooks, "read_repository", lambda: repository)
    context = Page().context()
    notebooks.add_links(None, "a/b", "page.html", context, nodes.document(None, None))
    assert context["notebook"] == {
        "name": "b.ipynb",
        "download": "../_sources/a/b.ipynb",
        "colab": colab,
    }


# --- old addresses --------------------------------------------------------------------------------

TREE = {
    "index__md": "# Title\n\n```{toctree}\none\ntwo\n```\n",
    "one__md": "# One\n\n## A place\n",
    "two__md": "# Two\n",
}


def test_old_addresses_lead_on(tmp_path):
    table = "deep/old: one#a-place\nbefore/: ''\n"
    done = build(tmp_path, address=ADDRESS, redirects=table, **TREE)
    assert done.returncode == 0, done.stderr
    stub = page(tmp_path / "out", "deep/old.html")
    assert stub.a["href"] == "../one.html#a-place"
    assert stub.find("meta", {"http-equiv": "refresh"})["content"] == f"0; url={stub.a['href']}"
    assert stub.find("link", rel="canonical")["href"] == f"{ADDRESS}one.html"
    assert page(tmp_path / "out", "before/two.html").a["href"] == "../two.html"


def test_a_page_says_where_its_old_sections_stand(tmp_path):
    """From where it stands itself: the links are relative."""
    table = (
        "one#before: one#a-place\none#top: one\none#left: deep/two\ndeep/two#left: one#a-place\n"
    )
    tree = {"index__md": "# Title\n\n```{toctree}\none\ndeep/two\n```\n"}
    tree |= {"one__md": TREE["one__md"], "deep/two__md": TREE["two__md"]}
    (tmp_path / "deep").mkdir()
    done = build(tmp_path, redirects=table, **tree)
    assert done.returncode == 0, done.stderr

    def moved(name):
        return json.loads(page(tmp_path / "out", name).find(id="moved").string)

    assert moved("one.html") == {"before": "#a-place", "top": "#", "left": "deep/two.html#"}
    assert moved("deep/two.html") == {"left": "../one.html#a-place"}
    assert page(tmp_path / "out", "index.html").find(id="moved") is None


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("old: gone#place", "old leads to gone#place, which is no page"),
        ("one: two", "one leads to two, but a page stands there"),
        ("a/: ''\na/one: three", "a/one leads to three, which is no page"),
        ("old: one#gone", "old leads to one#gone, where no section stands"),
        ("one#old: two#gone", "one#old leads to two#gone, where no section stands"),
        ("one#a-place: two", "one#a-place leads to two, but a section stands there"),
        ("gone#old: two", "gone#old leads to two, but there is no page to carry it"),
    ],
)
def test_a_wrong_table_fails_the_build(tmp_path, table, said):
    done = build(tmp_path, redirects=table, **TREE)
    assert done.returncode == 1
    assert said in done.stderr


# --- the sitemap ----------------------------------------------------------------------------------


def test_the_sitemap_lists_all_documents(tiny):
    where, folder = tiny
    if where:
        urls = ET.parse(folder / "sitemap.xml").getroot()
        assert [url[0].text for url in urls] == [f"{where}chapter.html", f"{where}index.html"]
    else:
        assert not (folder / "sitemap.xml").exists()


def test_the_sitemap_stays_whole_when_one_page_is_written_again(tmp_path):
    pages = {"index__md": f"# Title\n{TOC}", "chapter__md": "# A chapter\n", "more__md": "# More\n"}
    pages["index__md"] += "\n```{toctree}\nmore\n```\n"
    assert build(tmp_path, address=ADDRESS, **pages).returncode == 0
    first = (tmp_path / "out" / "sitemap.xml").read_text(encoding="utf-8")
    pages["more__md"] += "\nChanged.\n"
    assert build(tmp_path, address=ADDRESS, **pages).returncode == 0
    assert (tmp_path / "out" / "sitemap.xml").read_text(encoding="utf-8") == first
    assert build(tmp_path, **pages).returncode == 0
    assert not (tmp_path / "out" / "sitemap.xml").exists()


def test_addresses_in_a_sitemap_are_escaped():
    ET.fromstring(sitemap(["https://example.org/a&b.html"]).encode())


def test_the_page_for_wrong_addresses_works_at_any_depth(tiny):
    address, folder = tiny
    soup = page(folder, "404.html")
    base = "/losses/" if address else "/"
    links = [tag["href"] for tag in soup.find_all(["a", "link"], href=True)]
    links += [tag["src"] for tag in soup.find_all(src=True)]
    relative = [link for link in links if not link.startswith((base, "#", "https://"))]
    assert relative == []
    assert f"{base}chapter.html" in links
    assert soup.h1.string == "Page not found"


def test_no_page_hides_from_search_engines(tiny):
    """The host answers wrong addresses with status 404, which says enough."""
    _, folder = tiny
    for name in ("chapter.html", "index.html", "search.html", "404.html"):
        assert "robots" not in meta(page(folder, name))


# --- keyboards and screen readers -----------------------------------------------------------------


def test_part_names_in_the_contents_have_a_level():
    context = {"furo_navigation_tree": '<p class="caption" role="heading">Part</p>'}
    keyboard.level_captions(None, "a", "page.html", context, None)
    assert 'role="heading" aria-level="2"' in context["furo_navigation_tree"]


def test_the_papers_of_a_bibliography_are_items_of_a_list():
    context = {"body": '<div role="list"><div id="paper" role="doc-biblioentry">Paper</div></div>'}
    keyboard.name_citations(None, "a", "page.html", context, None)
    assert context["body"] == '<div role="list"><div id="paper" role="listitem">Paper</div></div>'


def test_the_columns_beside_the_text_have_names(tiny):
    names = [aside["aria-label"] for aside in page(tiny[1], "chapter.html").find_all("aside")]
    assert names == ["Contents of the book", "Contents of the page"]


def test_a_fold_is_named_by_what_it_shows():
    class Translator:
        body: list[str] = []  # noqa: RUF012

    fold = HideCodeCellNode(classes=["above"], prompt_show="Show <it>", prompt_hide="Hide it")
    keyboard.visit_fold(Translator, fold)
    keyboard.depart_fold(Translator, fold)
    details = BeautifulSoup("".join(Translator.body), "html.parser").details
    assert details["class"] == ["admonition", "hide", "above"]
    assert [p.string for p in details.summary.find_all("p")] == ["Show <it>", "Hide it"]
    assert not details.find(attrs={"aria-label": True})


def test_the_search_page_has_a_heading_and_a_field(tiny):
    _, folder = tiny
    soup = page(folder, "search.html")
    assert [h1.string for h1 in soup.find_all("h1")] == ["Search"]
    assert soup.article.find("input", attrs={"name": "q"})["aria-label"] == "Search A tiny site"
    scripts = [tag["src"].split("/")[-1].split("?")[0] for tag in soup.find_all("script", src=True)]
    assert scripts.index("search.js") > scripts.index("searchtools.js")


# --- code -----------------------------------------------------------------------------------------


def test_words_in_the_colour_of_the_text_are_no_elements(tmp_path):
    done = build(tmp_path, index__md="# Title\n\n```python\nreturn f(x, 1) + name\n```\n")
    assert done.returncode == 0, done.stderr
    block = page(tmp_path / "out", "index.html").pre
    assert block.text == "return f(x, 1) + name\n"
    assert [span.text for span in block.find_all("span") if span.text] == ["return", "1", "+"]


def test_a_kind_of_word_is_plain_only_if_it_is_in_every_style():
    class Light(Style):
        styles = {Name: "", Operator: "", Keyword: "#f00"}  # noqa: RUF012

    class Dark(Style):
        styles = {Name: "", Operator: "#0f0", Keyword: "#f00"}  # noqa: RUF012

    assert {Name, Operator} <= code.plain_types([Light])
    assert Name in code.plain_types([Light, Dark])
    assert not {Operator, Keyword} & code.plain_types([Light, Dark])
