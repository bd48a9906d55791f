"""How do the rules of an outline read as DMN? Each rule is one decision with one table, in which the first row that
fits holds."""

from __future__ import annotations

from typing import Final

from orchestration.modelling.conditions import Field, cell, input_expression, literal
from orchestration.modelling.markup import Element, document, element
from orchestration.modelling.outline import Outline, Row, Step

FILE: Final = "rules.dmn"
SPACES: Final = {"xmlns": "https://www.omg.org/spec/DMN/20230324/MODEL/"}


def rules_of(outline: Outline) -> list[Step]:
    return [step for step in outline.steps if step.kind == "rule"]


def decisions_file(outline: Outline) -> str:
    """All rules in one file."""
    asked = [field for field in outline.fields if any(field in inputs_of(step, outline) for step in rules_of(outline))]
    inputs = [
        element("inputData", [element("variable", id=f"{one.name}_variable", name=one.name)], id=f"{one.name}_input",
                name=one.name)
        for one in asked
    ]  # fmt: skip
    found = [_decision(step, outline) for step in rules_of(outline)]
    root = element(
        "definitions", [*inputs, *found], **SPACES, id=f"{outline.key.replace('-', '_')}_rules",
        name=f"Rules of {outline.name}", namespace=f"urn:casewright:{outline.key}:rules",
    )  # fmt: skip
    return document(root)


def inputs_of(step: Step, outline: Outline) -> list[Field]:
    """The fields that its rows ask for, in the order in which they do."""
    names = dict.fromkeys(one.field for row in step.rows for one in row.when)
    return [outline.by_name[name] for name in names]


def _decision(step: Step, outline: Outline) -> Element:
    asked = inputs_of(step, outline)
    needs = [
        element("informationRequirement", [element("requiredInput", href=f"#{one.name}_input")],
                id=f"{step.id}_needs_{one.name}")
        for one in asked
    ]  # fmt: skip
    given = outline.by_name[step.gives[0]]
    columns = [_input(step, one) for one in asked]
    rows = [_row(step, number, row, asked, given) for number, row in enumerate(step.rows, 1)]
    table = element("decisionTable", [*columns, _output(step, given), *rows], id=f"{step.id}_table", hitPolicy="FIRST")
    variable = element("variable", id=f"{step.id}_variable", name=step.name)
    return element("decision", [variable, *needs, table], id=step.id, name=step.name)


def _input(step: Step, field: Field) -> Element:
    kind = "number" if field.is_number else "date" if field.kind == "date" else "string"
    read = element("inputExpression", [element("text", input_expression(field))],
                   id=f"{step.id}_x_{field.name}", typeRef=kind)  # fmt: skip
    return element("input", [read], id=f"{step.id}_in_{field.name}", label=field.label)


def _output(step: Step, field: Field) -> Element:
    values = [element("outputValues", [element("text", ",".join(literal(field, one) for one in field.options))],
                      id=f"{step.id}_values")] if field.options else []  # fmt: skip
    kind = "number" if field.is_number else "string"
    return element("output", values, id=f"{step.id}_out", name=field.name, label=field.label, typeRef=kind)


def _row(step: Step, number: int, row: Row, asked: list[Field], given: Field) -> Element:
    id = f"{step.id}_row_{number}"
    entries = [
        element("inputEntry", [element("text", cell(row.when, field))], id=f"{id}_i{at}")
        for at, field in enumerate(asked, 1)
    ]
    value = f'"{row.gives}"' if given.kind == "date" else literal(given, row.gives)
    result = element("outputEntry", [element("text", value)], id=f"{id}_o1")
    return element("rule", [*entries, result], id=id)
