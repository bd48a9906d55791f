"""How does a decision table become one that can be evaluated? (DMN 1.5, 8.3: the parts of a decision table)"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.engine.dmn import model
from orchestration.engine.dmn.decision_table import CompiledTable, InputColumn, OutputColumn
from orchestration.engine.dmn.index import cell_sets, column_index
from orchestration.engine.dmn.literals import CompiledTest
from orchestration.engine.dmn.model import Fault
from orchestration.engine.dmn.model_evaluation import located

if TYPE_CHECKING:
    from orchestration.engine.dmn.compiler import Compiler, Names

AGGREGATES = {"SUM": "sum(values)", "MIN": "min(values)", "MAX": "max(values)", "COUNT": "count(values)"}


def compile_table(compiler: Compiler, table: model.DecisionTable, names: Names, owner: str) -> CompiledTable:
    """The table of the decision or knowledge model named `owner`; its faults go to the compiler's."""
    _check(compiler, table)
    aggregate = model.LiteralExpression(text=AGGREGATES[table.aggregation]) if table.aggregation else None
    return CompiledTable(
        table=table,
        decision=owner,
        inputs=tuple(_input(compiler, table, number, names, owner) for number in range(len(table.inputs))),
        outputs=tuple(_output(compiler, table, number, names, owner) for number in range(len(table.outputs))),
        aggregate=compiler.literals.expression(aggregate, frozenset({"values"})) if aggregate is not None else None,
    )


def _check(compiler: Compiler, table: model.DecisionTable) -> None:
    unnamed = len(table.outputs) > 1 and any(not output.name for output in table.outputs)
    if unnamed:
        compiler.faults.append(Fault(table.reference, table.line, "each of several outputs needs a name (8.3.2)"))
    if table.hit_policy in ("PRIORITY", "OUTPUT ORDER") and not any(output.values for output in table.outputs):
        message = f"the hit policy {table.hit_policy} needs output values, which give the order (8.2.10)"
        if compiler.vendor is not None:
            message += "; without them the order of the rules counts"
        compiler.faults.append(Fault(table.reference, table.line, message, severe=compiler.vendor is None))


def _input(compiler: Compiler, table: model.DecisionTable, number: int, names: Names, owner: str) -> InputColumn:
    clause = table.inputs[number]
    cells = [_cell(compiler, table, index, number, names) for index in range(len(table.rules))]
    allowed = compiler.literals.tests(_literal(clause.values, clause), names) if clause.values else None
    kind, sets = cell_sets(cells)
    return InputColumn(
        clause=clause,
        value=compiler.expression(clause.expression, names, owner),
        type=compiler.types.of(clause.expression.type_ref, clause),
        allowed=allowed,
        cells=tuple(cells),
        index=column_index(kind, sets),
        always=sum(1 << index for index, cell in enumerate(cells) if cell.always),
    )


def _cell(compiler: Compiler, table: model.DecisionTable, rule: int, number: int, names: Names) -> CompiledTest:
    entry = of_rule(table, rule, table.rules[rule].tests[number])
    test = compiler.literals.tests(entry, names)
    return CompiledTest(test.ast, located(entry, test.evaluate), test.names)


def of_rule(table: model.DecisionTable, rule: int, entry: model.LiteralExpression) -> model.LiteralExpression:
    """The entry, named by its rule: that is what people look for."""
    return model.LiteralExpression(
        id=f"rule {rule + 1} of {table.reference}",
        line=entry.line,
        name=entry.name,
        label=entry.label,
        type_ref=entry.type_ref,
        text=entry.text,
        expression_language=entry.expression_language,
    )


def _output(compiler: Compiler, table: model.DecisionTable, number: int, names: Names, owner: str) -> OutputColumn:
    clause = table.outputs[number]
    entries = [
        compiler.typed(compiler.expression(entry, names, owner), clause.type_ref, entry)
        for entry in (of_rule(table, index, rule.outputs[number]) for index, rule in enumerate(table.rules))
    ]
    default = None
    if clause.default is not None:
        default = compiler.typed(compiler.expression(clause.default, names, owner), clause.type_ref, clause.default)
    values = compiler.literals.alternatives(_literal(clause.values, clause), names) if clause.values else ()
    type_ = compiler.types.of(clause.type_ref, clause)
    return OutputColumn(clause=clause, type=type_, entries=tuple(entries), values=tuple(values), default=default)


def _literal(text: str | None, clause: model.InputClause | model.OutputClause) -> model.LiteralExpression:
    return model.LiteralExpression(text=text or "", id=clause.id, line=clause.line, label=clause.label)
