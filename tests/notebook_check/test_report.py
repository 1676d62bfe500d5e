"""What a person reads when outputs differ: one whole text of each kind, and parts of others."""

import pytest
from nbformat import NotebookNode

from .compare import differences
from .making import printed, raised, shown
from .report import in_words


def table(*rows: tuple[str, ...], note: str = "") -> str:
    """A table as pandas writes it, with a heading for its columns."""
    head, *body = (
        "".join(f"\n<t{kind}>{text}</t{kind}>" for text in row)
        for kind, row in zip("hdddd", (("element", "loss"), *rows), strict=False)
    )
    lines = "".join(f"\n<tr>{row}\n</tr>" for row in (head, *body))
    return f'<table border="1">{lines}\n</table>\n<p>{note}</p>'


# One message of each kind: text, tables, pictures, whole outputs.
MESSAGES = {
    "text": (
        [printed("loss\ntensor([0.1, 1.0598])\n")],
        [printed("loss\ntensor([0.1, 1.0599])\n")],
        """\
output 1, stdout:
line 2:
- tensor([0.1, 1.0598])
+ tensor([0.1, 1.0599])
  number 2: expected 1.0598, actual 1.0599: a difference of 0.0001 (relative 9.4e-05), \
in the 5th significant digit""",
    ),
    "a cell of a table": (
        [shown(text_html=table(("0", "5.638986"), ("1", "4.959324")))],
        [shown(text_html=table(("0", "5.638987"), ("1", "4.959324")))],
        """\
output 1, text/html:
row 1, column 2 (loss): expected 5.638986, actual 5.638987: a difference of 1e-06 \
(relative 1.8e-07), in the 7th significant digit""",
    ),
    "a picture and its description": (
        [shown(image_svg="<svg>\nM 0 0\n</svg>", text_plain="Picture: 1 line, most 4")],
        [shown(image_svg="<svg>\nM 0 1\n</svg>", text_plain="Picture: 1 line, most 5")],
        """\
output 1, image/svg+xml:
1 of its 3 lines differ: it is drawn another way

output 1, text/plain:
line 1:
- Picture: 1 line, most 4
+ Picture: 1 line, most 5
  number 2: expected 4, actual 5: a difference of 1 (relative 0.25), \
in the 1st significant digit""",
    ),
    "an output that is missing": (
        [printed("1\n"), shown(text_plain="2", image_svg="<svg></svg>")],
        [printed("1\n")],
        """\
output 2 is missing:
- (display_data)
- text/plain: 2
- image/svg+xml: 11 characters""",
    ),
}

# What differs, and what its message says of it.
SAYS = {
    "the opposite sign": (printed("-0.5\n"), printed("0.5\n"), "actual 0.5: the opposite sign"),
    "another form": (printed("2. 1\n"), printed("2.0000 1\n"), "the same number, written another"),
    "from zero": (printed("0 1\n"), printed("0.1 1\n"), "actual 0.1: a difference of 0.1"),
    "another magnitude": (printed("3e-05\n"), printed("3e+05\n"), "of 3e+05 (relative 1e+10)"),
    "a shape": (
        printed("torch.Size([3, 5]) (3,)\n"),
        printed("torch.Size([3, 5]) (3, 1)\n"),
        "shape: expected (3,), actual (3, 1)",
    ),
    "a dtype": (
        printed("dtype=torch.float32\n"),
        printed("dtype=torch.float64\n"),
        "dtype: expected torch.float32, actual torch.float64",
    ),
    "a row of a table": (
        shown(text_html=table(("0", "5.638986"), ("1", "4.959324"))),
        shown(text_html=table(("0", "5.638986"))),
        "table of 3 × 2 rows and columns expected, 2 × 2 actual",
    ),
    "what stands beside a table": (
        shown(text_html=table(("0", "5"), note="right")),
        shown(text_html=table(("0", "5"), note="wrong")),
        "name: expected right, actual wrong",
    ),
    "an error's message": (
        raised("ValueError", "expected 4 classes"),
        raised("ValueError", "expected 3 classes"),
        "output 1, error message:\nline 1:\n- expected 4 classes\n+ expected 3 classes",
    ),
    "another kind": (printed("1"), shown(text_plain="1"), "is of another kind:\n- (stream)"),
    "missing lines": (
        printed("one\ntwo\n\nthree\n"),
        printed("one\nthree\n"),
        "line 2: missing\n- two\nline 3: missing\n- ''",
    ),
    "new lines": (printed("one\n"), printed("one\ntwo\n"), "line 2: new\n+ two"),
    "spaces": (printed("a b\n"), printed("a  b\n"), "- 'a b'\n+ 'a  b'"),
    "the last line's end": (printed("a"), printed("a\n"), "0 expected, 1 actual"),
    "characters that look the same": (
        printed("-1.5\n"),
        printed("\u22121.5\n"),
        "character 1: expected - (HYPHEN-MINUS), actual \u2212 (MINUS SIGN)",
    ),
    "metadata": (
        shown(text_plain="1"),
        NotebookNode(shown(text_plain="1"), metadata={"isolated": True}),
        "output 1, metadata:\n- {}\n+ {'isolated': True}",
    ),
    "the end of a long line": (
        printed("x" * 200 + " 1\n"),
        printed("x" * 200 + " nan\n"),
        f"+ {'x' * 98} …\n  number 1: expected 1, actual nan",
    ),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_a_message(case: str) -> None:
    """The whole text."""
    expected, actual, message = MESSAGES[case]
    assert in_words(differences(expected, actual)) == message


@pytest.mark.parametrize("case", SAYS)
def test_a_message_says(case: str) -> None:
    """What a person needs to see the difference stands in the message."""
    expected, actual, says = SAYS[case]
    assert says in in_words(differences([expected], [actual]))


def test_a_long_message_is_cut() -> None:
    """Many lines, numbers, lines of an output: the first, and how many more."""
    columns = [" ".join(map(str, range(n, n + 20))) for n in range(40)]
    old, new = (printed("\n".join(lines)) for lines in (columns[:20], columns[20:]))
    said = in_words(differences([old], [new])).splitlines()
    assert len(said) < 80
    assert said[10] == "  … and 14 more differences"
    assert said[-1] == "… and 14 more lines"
    missing = in_words(differences([printed("1\n" * 50)], []))
    assert missing.splitlines()[-1] == "… and 39 more lines"
