"""The deprecated pair of arguments that `reduction` has replaced."""

from helpers import checks


def legacy_reduction(size_average: bool | None = None, reduce: bool | None = None) -> str:
    r"""The `reduction` that the deprecated pair `size_average` and `reduce` stands for.

    ============== ============= =========
    `size_average` `reduce`      reduction
    ============== ============= =========
    True or None   True or None  'mean'
    False          True or None  'sum'
    any            False         'none'
    ============== ============= =========

    Args:
        size_average: bool or None; None means True.
        reduce: bool or None; None means True.

    Returns:
        'mean', 'sum' or 'none'.

    Raises:
        TypeError: for anything but True, False and None.

    Reference:
        The deprecation notes of https://docs.pytorch.org/docs/2.13/generated/torch.nn.L1Loss.html

    >>> legacy_reduction(size_average=False)
    'sum'
    >>> legacy_reduction(size_average=True, reduce=False)
    'none'
    """
    for name, value in (("size_average", size_average), ("reduce", reduce)):
        if value is not None and not isinstance(value, bool):
            checks.refuse(name, "True, False or None", checks.describe(value), TypeError)
    if reduce is False:
        return "none"
    return "sum" if size_average is False else "mean"
