"""Does a case model cost what it has items?"""

import pytest

from orchestration.engine.compile_models import build
from orchestration.engine.compiled_models import CompiledModels
from tests.engine.work import calls

ON = '<planItemOnPart id="o{0}" sourceRef="{1}"><standardEvent>complete</standardEvent></planItemOnPart>'
IF = "<ifPart><condition>x = 1</condition></ifPart>"


def plan(inner: str) -> bytes:
    return (
        '<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL" targetNamespace="n"><case id="c">'
        f'<casePlanModel id="plan">{inner}</casePlanModel></case></definitions>'
    ).encode()


def task(number: int, sentry: str = "") -> str:
    criterion = f'<entryCriterion id="e{number}" sentryRef="s{number}"/>' if sentry else ""
    guard = f'<sentry id="s{number}">{sentry}</sentry>' if sentry else ""
    item = f'<planItem id="p{number}" definitionRef="t{number}">{criterion}</planItem>'
    return f'{item}{guard}<humanTask id="t{number}" name="T{number}"/>'


def chain(items: int) -> bytes:
    """Each task waits for the one before."""
    return plan("".join(task(n, ON.format(n, f"p{n - 1}") if n else "") for n in range(items)))


def conditions(items: int) -> bytes:
    return plan("".join(task(n, IF) for n in range(items)))


def stages(items: int) -> bytes:
    """Stages of ten tasks, each of which waits for one outside of its stage."""
    inner = [
        f'<planItem id="ps{stage}" definitionRef="st{stage}"/><stage id="st{stage}">'
        + "".join(task(n, ON.format(n, "p0")) for n in range(10 * stage + 1, 10 * stage + 11))
        + "</stage>"
        for stage in range(items // 10)
    ]
    return plan(task(0) + "".join(inner))


@pytest.mark.parametrize("model", [chain, conditions, stages])
def test_compiling_a_case_is_linear_in_its_items(model) -> None:
    assert isinstance(build({"warm.cmmn": model(20)}), CompiledModels)
    some, more, most = (calls(lambda n=items: build({"c.cmmn": model(n)})) for items in (200, 400, 800))
    assert most - more <= 1.05 * 2 * (more - some)


def test_tasks_that_wait_for_one_another_are_told_however_many_they_are() -> None:
    circle = plan("".join(task(n, ON.format(n, f"p{(n - 1) % 300}")) for n in range(300)))
    built = build({"c.cmmn": circle})
    assert isinstance(built, CompiledModels)
    assert [fault.element for fault in built.warnings] == [f"p{n}" for n in range(300)]
