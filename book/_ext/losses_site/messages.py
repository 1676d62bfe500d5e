"""What the search page knows of messages: the headings of *Find your mistake* and all wordings.

Sphinx's search wants all words of a query on one page, and does not know that a message of an older
release, or with other numbers in it, is the same one. So the search page gets the wordings of
`mistakes.yaml`, by heading; search.js shows the headings that a query fits before all else.
"""

import json
from pathlib import Path

import yaml

FILE = "mistakes.yaml"
# The pages that have a field for a message below the title.
ASKING = ("introduction", "overview/mistakes")


def read_messages(folder):
    """Return the wordings by heading; nothing if a source folder has no such file."""
    path = Path(folder, FILE)
    groups = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    entries = [entry for group in groups.values() for entry in group]
    return {entry["see"]: [entry["see"], *entry.get("wordings", ())] for entry in entries}


def hand_over(app, name, template, context, doctree):
    """Give the template of the search page the messages, as JSON that may stand in a page."""
    context["ask_for_message"] = ASKING
    if name == "search":
        text = json.dumps(read_messages(app.srcdir), ensure_ascii=False, separators=(",", ":"))
        context["messages"] = text.replace("<", "\\u003c")


def setup(app):
    """Register the hook with Sphinx."""
    app.connect("html-page-context", hand_over)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
