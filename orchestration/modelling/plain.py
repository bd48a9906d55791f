"""How is a document of a draft written as YAML that people read? Every value where it stands, none by reference."""

from __future__ import annotations

from typing import Any

import yaml

Json = Any


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def yaml_text(document: Json) -> str:
    found: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return found
