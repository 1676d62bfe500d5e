"""What a person reads when outputs differ, word by word."""

import nbformat.v4 as v4
import pytest
from nbformat import NotebookNode

from .compare import differences
from .report import in_words


def printed(text: str, name: str = "stdout") -> list[NotebookNode]:
    """A cell that prints."""
    return [v4.new_output("stream", name=name, text=text)]


def shown(**data: str) -> list[NotebookNode]:
    """A cell with a result; `text_html` stands for text/html."""
    types = {name.replace("_", "/").replace("svg", "svg+xml"): text for name, text in data.items()}
    return [v4.new_output("execute_result", data=types, execution_count=1)]


def raised(name: str, message: str) -> list[NotebookNode]:
    """A cell that raises."""
    return [v4.new_output("error", ename=name, evalue=message, traceback=[])]


def table(*rows: tuple[str, ...], note: str = "") -> str:
    """A table as pandas writes it, with a heading for its columns."""
    head, *body = (
        "".join(f"\n<t{kind}>{text}</t{kind}>" for text in row)
        for kind, row in zip("hdddd", (("element", "loss"), *rows), strict=False)
    )
    lines = "".join(f"\n<tr>{row}\n</tr>" for row in (head, *body))
    return f'<table border="1">{lines}\n</table>\n<p>{note}</p>'


MESSAGES = {
    "a number": (
        printed("loss\ntensor([0.1, 1.0598])\n"),
        printed("loss\ntensor([0.1, 1.0599])\n"),
        """\
output 1, stdout:
line 2:
- tensor([0.1, 1.0598])
+ tensor([0.1, 1.0599])
  number 2: stored 1.0598, came 1.0599: a difference of 0.0001 (relative 9.4e-05), \
in the 5th significant digit""",
    ),
    "signs, magnitudes, forms": (
        printed("-0.5 2. 0 3e-05\n"),
        printed("0.5 2.0000 0.1 3e+05\n"),
        """\
output 1, stdout:
line 1:
- -0.5 2. 0 3e-05
+ 0.5 2.0000 0.1 3e+05
  number 1: stored -0.5, came 0.5: the opposite sign
  number 2: stored 2., came 2.0000: the same number, written another way
  number 3: stored 0, came 0.1: a difference of 0.1
  number 4: stored 3e-05, came 3e+05: a difference of 3e+05 (relative 1e+10)""",
    ),
    "dtype and shape": (
        printed("torch.Size([3, 5]) (3,) dtype=torch.float32\n"),
        printed("torch.Size([3, 4]) (3, 1) dtype=torch.float64\n"),
        """\
output 1, stdout:
line 1:
- torch.Size([3, 5]) (3,) dtype=torch.float32
+ torch.Size([3, 4]) (3, 1) dtype=torch.float64
  shape: stored torch.Size([3, 5]), came torch.Size([3, 4])
  shape: stored (3,), came (3, 1)
  dtype: stored torch.float32, came torch.float64""",
    ),
    "a cell of a table": (
        shown(text_html=table(("0", "5.638986"), ("1", "4.959324"))),
        shown(text_html=table(("0", "5.638987"), ("1", "4.959324"))),
        """\
output 1, text/html:
row 1, column 2 (loss): stored 5.638986, came 5.638987: a difference of 1e-06 \
(relative 1.8e-07), in the 7th significant digit""",
    ),
    "a row of a table": (
        shown(text_html=table(("0", "5.638986"), ("1", "4.959324"))),
        shown(text_html=table(("0", "5.638986"))),
        """\
output 1, text/html:
table of 3 × 2 rows and columns stored, 2 × 2 came""",
    ),
    "what stands beside a table": (
        shown(text_html=table(("0", "5"), note="right")),
        shown(text_html=table(("0", "5"), note="wrong")),
        """\
output 1, text/html:
line 11:
- <p>right</p>
+ <p>wrong</p>
  name: stored right, came wrong""",
    ),
    "a picture": (
        shown(image_svg="<svg>\nM 0 0\n</svg>", text_plain="Picture: 1 line, most 4"),
        shown(image_svg="<svg>\nM 0 1\n</svg>", text_plain="Picture: 1 line, most 5"),
        """\
output 1, image/svg+xml:
1 of its 3 lines differ: it is drawn another way

output 1, text/plain:
line 1:
- Picture: 1 line, most 4
+ Picture: 1 line, most 5
  number 2: stored 4, came 5: a difference of 1 (relative 0.25), in the 1st significant digit""",
    ),
    "an error's message": (
        raised("ValueError", "expected 4 classes"),
        raised("ValueError", "expected 3 classes"),
        """\
output 1, error message:
line 1:
- expected 4 classes
+ expected 3 classes
  number 1: stored 4, came 3: a difference of 1 (relative 0.25), in the 1st significant digit""",
    ),
    "a warning that is new": (
        printed("1\n"),
        printed("1\n") + printed("UserWarning: new\n", "stderr"),
        """\
output 2 came, but is not stored:
+ (stream)
+ stderr: UserWarning: new""",
    ),
    "an output that is gone": (
        [*printed("1\n"), *shown(text_plain="2", image_svg="<svg></svg>")],
        printed("1\n"),
        """\
output 2 is stored, but did not come:
- (execute_result)
- text/plain: 2
- image/svg+xml: 11 characters""",
    ),
    "lines that are gone and new": (
        printed("one\ntwo\n\nthree\n"),
        printed("one\nthree\n"),
        """\
output 1, stdout:
line 2: stored, but did not come
- two
line 3: stored, but did not come
- ''""",
    ),
    "spaces": (
        printed("a b\n"),
        printed("a  b\n"),
        "output 1, stdout:\nline 1:\n- 'a b'\n+ 'a  b'",
    ),
    "the last line's end": (
        printed("a"),
        printed("a\n"),
        "output 1, stdout:\nthe same, but for the newlines at the end: 0 stored, 1 came",
    ),
    "characters that look the same": (
        printed("-1.5\n"),
        printed("\u22121.5\n"),
        """\
output 1, stdout:
line 1:
- -1.5
+ \u22121.5
  character 1: stored - (HYPHEN-MINUS), came \u2212 (MINUS SIGN)""",
    ),
    "metadata": (
        [v4.new_output("display_data", data={"text/plain": "1"})],
        [v4.new_output("display_data", data={"text/plain": "1"}, metadata={"isolated": True})],
        "output 1, metadata:\n- {}\n+ {'isolated': True}",
    ),
    "a long line": (
        printed("x" * 200 + " 1\n"),
        printed("x" * 200 + " nan\n"),
        f"""\
output 1, stdout:
line 1:
- {"x" * 98} …
+ {"x" * 98} …
  number 1: stored 1, came nan""",
    ),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_a_message(case: str) -> None:
    """The whole text."""
    stored, came, message = MESSAGES[case]
    assert in_words(differences(stored, came)) == message


def test_a_long_message_is_cut() -> None:
    """Many lines, numbers, lines of an output: the first, and how many more."""
    columns = [" ".join(map(str, range(n, n + 20))) for n in range(40)]
    (lines,) = differences(printed("\n".join(columns[:20])), printed("\n".join(columns[20:])))
    said = in_words([lines]).splitlines()
    assert len(said) < 80
    assert said[10] == "  … and 14 more differences"
    assert said[-1] == "… and 14 more lines"
    (gone,) = differences(printed("1\n" * 50), [])
    assert in_words([gone]).splitlines()[-1] == "… and 39 more lines"
