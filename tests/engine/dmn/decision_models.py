"""What do tests of decision models build theirs from?"""

from orchestration.engine.dmn import compile_model, parse
from tests.engine.dmn.samples import decision, definitions, input_data


def model_of(*parts: str, imports=(), **options):
    return compile_model(parse(definitions(*parts, **options), imports))


def value_of(expression: str, *more: str, inputs=None, type_ref: str = "", **needs):
    inputs = inputs or {}
    data = [input_data(name) for name in inputs]
    model = model_of(*data, decision("result", expression, inputs, type_ref=type_ref, **needs), *more)
    assert model.faults == ()
    return model.evaluate("result", inputs)


def function(name: str, parameters: str, body: str, type_ref: str = "", inside: str = "") -> str:
    formal = "".join(f'<formalParameter name="{each}"/>' for each in parameters.split())
    typed = f' typeRef="{type_ref}"' if type_ref else ""
    return (
        f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"{typed}/>{inside}'
        f"<encapsulatedLogic>{formal}{body}</encapsulatedLogic></businessKnowledgeModel>"
    )


def entry(name: str, expression: str, type_ref: str = "") -> str:
    typed = f' typeRef="{type_ref}"' if type_ref else ""
    variable = f'<variable name="{name}"{typed}/>' if name else ""
    return f"<contextEntry>{variable}{expression}</contextEntry>"
