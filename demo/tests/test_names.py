from pathlib import Path

import delivery
import demo

COMMON = {"__init__", "__main__"}


def modules(package):
    return {path.stem for path in Path(package.__file__).parent.rglob("*.py")} - COMMON


def test_no_module_shares_a_name_with_one_of_delivery():
    assert modules(demo) & modules(delivery) == set()
