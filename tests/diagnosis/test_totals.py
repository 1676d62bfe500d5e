"""Where a source adds up what a call returns."""

import ast

import pytest

from helpers.diagnosis.totals import line_of_total


def total(source):
    """The line where the source adds up what `criterion(…)`, its first such call, returns."""
    tree = ast.parse(source)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    call = next(node for node in calls if getattr(node.func, "id", "") == "criterion")
    return line_of_total(tree, call)


LOOP = "for x, y in data:\n    loss = criterion(x, y)\n"
STEP = "def step(x, y):\n    loss = criterion(x, y)\n    return loss.item()\n"


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (LOOP + "    total += loss.item()", 3),
        (LOOP + "    loss.backward()\n    total = total + float(loss)", 4),
        (LOOP + "    with torch.no_grad():\n        total += loss.detach().cpu()", 4),
        (LOOP + "    value = loss.item()\n    total += value", 4),
        (LOOP + "    values.append(loss.item())\nprint(sum(values) / len(values))", 4),
        ("for x, y in data:\n    total += criterion(x, y).item()", 2),
        (STEP + "for x, y in data:\n    total += step(x, y)", 5),
    ],
)
def test_a_sum_of_numbers(source, line):
    assert total(source) == line


@pytest.mark.parametrize(
    "source",
    [
        LOOP + "    loss.backward()",
        LOOP + "    total += loss.item() * len(x)",
        LOOP + "    loss += penalty(x)",
        LOOP + "    total += loss",  # a term of a larger loss, as of several heads
        LOOP + "    values.append(loss.item())\nplot(values)",
        LOOP + "    count += 1\n    print(loss.item())",
        # The variable of the second loop is another one.
        LOOP + "    loss.backward()\nfor x in other:\n    loss = f(x)\n    total += loss.item()",
    ],
)
def test_something_else(source):
    assert total(source) == 0
