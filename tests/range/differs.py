"""What another torch does otherwise: tests that cannot hold there, with the reason for each.

`make range` loads it as a plugin of pytest. A test of a behaviour that the release does not have
yet is expected to fail, and must: an entry that is no longer needed is an error. Tests of random
calls meet all of these at once, and are left out.
"""

import re

import pytest
import torch

HERE = tuple(int(part) for part in torch.__version__.split(".")[:2])

# A torch that has it (the first one where that is known), the reason, and the tests, by expressions
# that find their names.
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
        (2, 13),
        "CTC without sequences, and with lengths below 0",
        (r"test_ctc\.py::test_what_torch_refuses\[(no sequences|a negative (in|targ))",),
    ),
    (
        (2, 10),
        "a variance for each column",
        (
            r"test_likelihoods\.py::test_like_torch\[gauss, var for each (column|channel)\]",
            r"test_magnitudes\.py.*gauss, var for each (column|channel)\]",
        ),
    ),
    (
        (2, 9),
        "a target of one class for a sample without a batch",
        (r"test_cross_entropy\.py::test_like_torch\[\w+ unbatched, target of one\]",),
    ),
    ((2, 8), "int32 for the adaptive softmax", (r"test_adaptive.*test_like_torch\[int32\]",)),
    (
        (2, 7),
        "the soft margin as a softplus",
        (r"test_binary\.py::test_like_torch\[soft, the largest exponential\]",),
    ),
    (
        (2, 6),
        "a number as the variance",
        (
            r"test_contract\.py::test_what_the_helper_alone_refuses\[torch takes an array",
            r"test_likelihoods\.py::test_like_torch\[gauss(, a number|, a var of n| of nothing, a)",
            r"test_magnitudes\.py.*gauss, a number",
            "test_explanation.py::test_a_variance_may_be_a_number",
            r"test_repairs\.py.*test_the_first_fix_is.*\[a whole variance\]",
        ),
    ),
    (
        (2, 6),
        "a weight of l1_loss, mse_loss and huber_loss",
        (
            r"test_contract\.py::test_arguments_are_those_of_torch\[(l1|mse|huber)_loss\]",
            r"test_regression\.py::test_like_torch\[((l1|mse|huber) weighted|weight)",
            "test_watching.py::test_a_weight_of_another_shape",
        ),
    ),
    (
        (2, 4),
        "a margin of 0 is refused, and CTC without frames is inf",
        (
            r"test_triplets\.py::test_refused\[(triplets|measured), margin of 0\]",
            r"test_ctc\.py::test_like_torch\[no frames-",
        ),
    ),
    ((2, 3), "uint16, uint32, uint64", (r"test_ctc\.py.*\[uint(16|32|64)\]",)),
    (
        (2, 4),
        "float16 in the cross-entropy",
        (r"test_repairs\.py.*test_half_precision_is_told_from.*\[dtype0\]",),
    ),
    ((2, 1), "the compiler on Python 3.11", ("test_watching.py::test_compiled_code_is_seen",)),
    (
        (2, 1),
        "targets beyond 1 and weights too short are refused, eps and beta=0 as today",
        (
            r"test_binary\.py::test_refused\[bce target\]",
            r"test_margins\.py::test_refused\[weight, too short\]",
            r"test_distances\.py::test_like_torch\[cosine(, both)? below eps\]",
            r"test_distances\.py::test_refused\[eps below 0\]",
            r"test_regression\.py::test_like_torch\[beta 0 at the kink\]",
        ),
    ),
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
# The first torch that no longer does it, the reason, and the tests.
ENDED = (
    (
        (2, 15),
        "nn.LogSoftmax takes a tensor in the place of its dim, as a report has it",
        (
            r"test_reports\.py::test_a_report_is_what_torch_does\[frozen-77-",
            r"test_reports\.py::test_(explain_names_the_cause_and_the_fix|the_page_states.*)\[frozen\]",
            r"test_judge\.py::test_the_ideal_explanation_is_right\[report226\]",
            r"test_judge\.py::test_reports_whose_own_cause_would_not_do_are_none",
        ),
    ),
)
IGNORED = (((2, 13), "test_linear_cross_entropy.py"), ((2, 1), "test_calls.py"))


def pytest_ignore_collect(collection_path):
    """Leave out files that need a newer torch to be read: they would use what is not there."""
    return True if any(f > HERE and collection_path.name == n for f, n in IGNORED) else None


def pytest_collection_modifyitems(items):
    """Mark the tests of the lists."""
    tables = [
        ("before", DIFFERS, pytest.mark.xfail),
        ("before", LEFT_OUT, pytest.mark.skip),
        ("since", ENDED, pytest.mark.xfail),
    ]
    for when, table, mark in tables:
        for first, reason, patterns in table:
            if (first > HERE) == (when == "before"):
                pattern = re.compile("|".join(patterns))
                words = f"{when} torch {first[0]}.{first[1]}: {reason}"
                for item in items:
                    if pattern.search(item.nodeid):
                        item.add_marker(mark(reason=words))
