"""What an older torch does otherwise: tests that cannot hold there, with the reason for each.

`make range` loads it as a plugin of pytest. A test of a behaviour that the release does not have
yet is expected to fail, and must: an entry that is no longer needed is an error. Tests of random
calls meet all of these at once, and are left out.
"""

import re

import pytest
import torch

HERE = tuple(int(part) for part in torch.__version__.split(".")[:2])

# The first torch that has it, the reason, and the tests, by expressions that find their names.
DIFFERS = (
    (
        (2, 13),
        "LinearCrossEntropyLoss",
        (
            r"test_cases\.py::test_an_entry_leads.*\[linear_cross_entropy\]",
            r"test_cases\.py::test_a_case_is_of_its_loss\[linear_cross_entropy\]",
            r"test_cases\.py::test_a_module_of_losses.*\[linear_cross_entropy\]",
            "test_contract.py::test_torch_has_one_loss_as_a_module_alone",
            "test_explanation.py::test_titles_columns_and_steps",
            "test_remarks.py::test_a_linear_layer_ignores",
        ),
    ),
    (
        (2, 1),
        "a number as the variance, and one for each column",
        (
            r"test_contract\.py::test_what_the_helper_alone_refuses\[torch takes an array",
            r"test_likelihoods\.py::test_like_torch\[gauss, (var for each|a number|a var of n)",
            r"test_likelihoods\.py::test_like_torch\[gauss of nothing, a var",
            r"test_magnitudes\.py.*gauss, (var for each|a number)",
            "test_explanation.py::test_a_variance_may_be_a_number",
            r"test_repairs\.py.*\[a whole variance\]",
        ),
    ),
    (
        (2, 6),
        "a weight of l1_loss, mse_loss and huber_loss",
        (
            r"test_contract\.py::test_arguments_are_those_of_torch\[(l1|mse|huber)_loss\]",
            r"test_regression\.py.*\[((l1|mse|huber) weighted|weighted and b|weights? of )",
            "test_watching.py::test_a_weight_of_another_shape",
        ),
    ),
    ((2, 3), "uint16, uint32, uint64", (r"test_ctc\.py.*\[uint(16|32|64)\]",)),
)
# As above, left out: tests of many calls, some of which meet the above, and what ends a collection.
LEFT_OUT = (
    (
        (2, 13),
        "all that is listed above, and float16 on a CPU",
        ("::test_both_refuse_or_agree", "test_(agreement|healthy|broken).py"),
    ),
    ((2, 13), "the messages that the reports hold", ("test_(judge|reports).py",)),
)
IGNORED = (((2, 13), "test_linear_cross_entropy.py"), ((2, 1), "test_calls.py"))


def pytest_ignore_collect(collection_path):
    """Leave out files that need a newer torch to be read: they would use what is not there."""
    return True if any(f > HERE and collection_path.name == n for f, n in IGNORED) else None


def pytest_collection_modifyitems(items):
    """Mark the tests of the lists."""
    for table, mark in ((DIFFERS, pytest.mark.xfail), (LEFT_OUT, pytest.mark.skip)):
        for first, reason, patterns in table:
            if first > HERE:
                pattern = re.compile("|".join(patterns))
                for item in items:
                    if pattern.search(item.nodeid):
                        item.add_marker(mark(reason=f"since torch {first[0]}.{first[1]}: {reason}"))
