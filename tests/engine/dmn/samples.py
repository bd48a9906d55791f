"""Decision models for the tests, written small: a table from rows of text, a model from its parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def definitions(*parts: str, namespace: str = "urn:sample", model: str = NAMESPACE, extra: str = "") -> bytes:
    body = "\n".join(parts)
    head = f'<definitions xmlns="{model}" id="d" name="sample" namespace="{namespace}" {extra}>'
    return f"{head}\n{body}\n</definitions>".encode()


def literal(text: str, type_ref: str = "") -> str:
    return f"<literalExpression{_type(type_ref)}><text>{escape(text)}</text></literalExpression>"


def input_data(name: str, type_ref: str = "") -> str:
    variable = f"<variable name={quoteattr(name)}{_type(type_ref)}/>"
    return f'<inputData id="i_{_id(name)}" name={quoteattr(name)}>{variable}</inputData>'


def decision(
    name: str,
    expression: str,
    inputs: Iterable[str] = (),
    decisions: Iterable[str] = (),
    knowledge: Iterable[str] = (),
    type_ref: str = "",
) -> str:
    needs = [
        f'<informationRequirement><requiredInput href="#i_{_id(each)}"/></informationRequirement>' for each in inputs
    ]
    needs += [
        f'<informationRequirement><requiredDecision href="#d_{_id(each)}"/></informationRequirement>'
        for each in decisions
    ]
    needs += [
        f'<knowledgeRequirement><requiredKnowledge href="#{_id(each)}"/></knowledgeRequirement>' for each in knowledge
    ]
    variable = f"<variable name={quoteattr(name)}{_type(type_ref)}/>"
    return f'<decision id="d_{_id(name)}" name={quoteattr(name)}>{variable}{"".join(needs)}{expression}</decision>'


def table(
    inputs: Sequence[str | tuple[str, str]],
    outputs: Sequence[str],
    rows: Sequence[Sequence[str]],
    hit_policy: str = "UNIQUE",
    aggregation: str = "",
    values: Sequence[str] = (),
    defaults: Sequence[str] = (),
    input_values: Sequence[str] = (),
    annotations: Sequence[str] = (),
) -> str:
    """Rows are input cells, then output cells, then annotations; an input is a text or (text, type)."""
    lines = [
        f'<decisionTable id="t" hitPolicy="{hit_policy}"'
        + (f' aggregation="{aggregation}"' if aggregation else "")
        + ">"
    ]
    for number, each in enumerate(inputs):
        text, type_ref = each if isinstance(each, tuple) else (each, "")
        allowed = f"<inputValues><text>{escape(input_values[number])}</text></inputValues>" if input_values else ""
        lines.append(
            f"<input><inputExpression{_type(type_ref)}><text>{escape(text)}</text></inputExpression>{allowed}</input>"
        )
    for number, name in enumerate(outputs):
        allowed = f"<outputValues><text>{escape(values[number])}</text></outputValues>" if values else ""
        default = (
            f"<defaultOutputEntry><text>{escape(defaults[number])}</text></defaultOutputEntry>" if defaults else ""
        )
        named = f" name={quoteattr(name)}" if name else ""
        lines.append(f"<output{named}>{allowed}{default}</output>")
    lines += [f"<annotation name={quoteattr(each)}/>" for each in annotations]
    for number, row in enumerate(rows, 1):
        tests, results = row[: len(inputs)], row[len(inputs) : len(inputs) + len(outputs)]
        notes = row[len(inputs) + len(outputs) :]
        lines.append(f'<rule id="r{number}">')
        lines += [f"<inputEntry><text>{escape(each)}</text></inputEntry>" for each in tests]
        lines += [f"<outputEntry><text>{escape(each)}</text></outputEntry>" for each in results]
        lines += [f"<annotationEntry><text>{escape(each)}</text></annotationEntry>" for each in notes]
        lines.append("</rule>")
    return "\n".join([*lines, "</decisionTable>"])


def _type(type_ref: str) -> str:
    return f" typeRef={quoteattr(type_ref)}" if type_ref else ""


def _id(name: str) -> str:
    return name.replace(" ", "_")
