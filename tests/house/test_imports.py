"""Can each module be read before those that stand on it? None imports one that imports it, in a function neither."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import grimp


def test_no_module_imports_one_that_imports_it() -> None:
    graph = grimp.build_graph("casework", "orchestration", "audit", exclude_type_checking_imports=True, cache_dir=None)
    order = TopologicalSorter({one: graph.find_modules_directly_imported_by(one) for one in graph.modules})
    try:
        order.prepare()
    except CycleError as circle:
        raise AssertionError(" imports ".join(reversed(circle.args[1]))) from None
