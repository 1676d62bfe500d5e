"""Loss calls that people reported, frozen: what the diagnosis of `explain` is measured by."""
