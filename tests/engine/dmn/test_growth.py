"""Does a decision table cost what it has rules?"""

from orchestration.engine.dmn import compile_model, parse
from tests.engine.work import calls


def table(rules: int, first: int = 0) -> bytes:
    """A table of three inputs and two outputs; each rule, numbered from `first`, has texts of its own."""
    inputs = ("amount", "kind", "other")
    data = "".join(f'<inputData id="{name}" name="{name}"/>' for name in inputs)
    needs = "".join(
        f'<informationRequirement><requiredInput href="#{name}"/></informationRequirement>' for name in inputs
    )
    clauses = "".join(f"<input><inputExpression><text>{name}</text></inputExpression></input>" for name in inputs)
    lines = "".join(
        f"<rule><inputEntry><text>[{10 * number}..{10 * number + 9}]</text></inputEntry>"
        f'<inputEntry><text>"k{number % 7}", "m{number}"</text></inputEntry><inputEntry><text>-</text></inputEntry>'
        f'<outputEntry><text>"out {number}"</text></outputEntry>'
        f"<outputEntry><text>amount + {number}</text></outputEntry>"
        "</rule>"
        for number in range(first, first + rules)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        f'{data}<decision id="fee" name="fee">{needs}<decisionTable hitPolicy="FIRST">{clauses}'
        f'<output name="a"/><output name="b"/>{lines}</decisionTable></decision></definitions>'
    ).encode()


def cost(rules: int) -> int:
    """Calls to read and compile a table whose texts no test has compiled before."""
    source = table(rules, first=1_000_000 * rules)
    return calls(lambda: compile_model(parse(source)))


def test_reading_and_compiling_a_table_is_linear_in_its_rules() -> None:
    cost(10)
    some, more, most = cost(300), cost(600), cost(1_200)
    assert most - more <= 1.02 * 2 * (more - some)
    assert (most - more) / 600 < 1_000, "calls for each rule"


def test_the_rules_are_found_by_their_constants_and_not_asked_one_by_one() -> None:
    few, many = (compile_model(parse(table(rules))) for rules in (50, 1_000))
    inputs = {"amount": 123, "kind": "k5", "other": None}
    assert few.evaluate("fee", inputs).value == many.evaluate("fee", inputs).value == {"a": "out 12", "b": 135}
    asked = [calls(lambda m=model: m.evaluate("fee", {**inputs, "amount": 124})) for model in (few, many)]
    assert asked[1] <= 1.1 * asked[0]
