"""The list of what the product is made of names exactly what is pinned, with its licences."""

from __future__ import annotations

from casework.runtime.sbom import with_licences

MIT = [{"license": {"id": "MIT"}}]


def test_what_is_pinned_gets_the_licence_of_what_is_installed_and_nothing_else_comes_in() -> None:
    pins = {"specVersion": "1.6", "components": [
        {"name": "typing_extensions", "version": "4.1"}, {"name": "celery", "version": "5.5"},
    ]}  # fmt: skip
    installed = {"components": [
        {"name": "Typing.Extensions", "version": "4.1", "licenses": MIT},
        {"name": "celery", "version": "5.4", "licenses": MIT}, {"name": "pytest", "version": "9", "licenses": MIT},
    ]}  # fmt: skip
    assert with_licences(pins, installed) == {"specVersion": "1.6", "components": [
        {"name": "typing_extensions", "version": "4.1", "licenses": MIT}, {"name": "celery", "version": "5.5"},
    ]}  # fmt: skip
