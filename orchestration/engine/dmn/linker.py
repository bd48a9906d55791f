"""How do the elements of a model come together? (DMN 1.5, chapter 6, and 10.4: functions)

Inputs and decisions become parts with a plan of what to evaluate before them. Business knowledge models and decision
services become functions: a knowledge model sees the functions that it requires, a service evaluates its decisions anew
from its arguments, apart from the rest of the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from orchestration.engine import collector
from orchestration.engine.dmn import model
from orchestration.engine.dmn.compiler import Compiler, converted, fitting, result_type
from orchestration.engine.dmn.decision_model import (
    DecisionModel,
    Part,
    Reading,
    Service,
    Values,
    fill,
    plan_for,
    variables,
)
from orchestration.engine.dmn.graph import Graph, Node, all_definitions
from orchestration.engine.dmn.item_types import member_names
from orchestration.engine.dmn.model import Fault, ModelRefused
from orchestration.engine.dmn.parser import version_of
from orchestration.engine.dmn.shortcut import shortcut
from orchestration.engine.feel.problems import quote
from orchestration.engine.feel.types import ANY, Type
from orchestration.engine.feel.values import Function, Value


def compile_model(definitions: model.Definitions) -> DecisionModel:
    """The model, ready to be evaluated. Raises ModelRefused for requirements that go round in a circle."""
    with collector.paused():
        graph = Graph(definitions)
        if graph.cycles:
            raise ModelRefused(*graph.cycles)
        return _Linker(graph).linked()


P = TypeVar("P")


class _Linker:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.faults: list[Fault] = [*graph.definitions.faults, *graph.faults]
        self.functions: Values = {}
        self.parts: dict[int, Part] = {}
        self.readings: list[Reading] = []
        self.services: dict[int, Service] = {}
        names = {path[-1] for node in graph.nodes for path, _ in node.needs if len(path) > 1}
        files = all_definitions(graph.definitions)
        names.update(*map(member_names, files))
        self.compilers = {each.namespace: Compiler(each, names) for each in files}

    def linked(self) -> DecisionModel:
        self.check_imports()
        for node in self.graph.order:
            self.link(node)
        own = [node for node in self.graph.nodes if not node.path]
        for compiler in self.compilers.values():
            self.faults += compiler.faults
        found = sorted(set(self.faults), key=lambda fault: fault.line)
        return DecisionModel(
            definitions=self.graph.definitions,
            faults=tuple(fault for fault in found if fault.severe),
            warnings=tuple(fault for fault in found if not fault.severe),
            unknown_names=tuple({each: None for one in self.compilers.values() for each in one.literals.unknown}),
            readings=tuple(self.readings),
            functions=self.functions,
            decisions=_by_name([(n, self.parts[n.number]) for n in own if isinstance(n.element, model.Decision)]),
            services=_by_name([(n, self.services[n.number]) for n in own if n.number in self.services]),
            members=frozenset().union(*(each.members for each in self.compilers.values())),
        )

    def check_imports(self) -> None:
        """Imported models have to be at hand; what else may be imported (types, predictive models) is not read."""
        for definitions in all_definitions(self.graph.definitions):
            at_hand = {each.namespace for each in definitions.imported}
            for each in definitions.imports:
                if (not each.import_type or version_of(each.import_type)) and each.namespace not in at_hand:
                    message = f"the imported model {quote(each.namespace)} is not at hand"
                    self.faults.append(Fault(each.name or each.reference, each.line, message))

    def link(self, node: Node) -> None:
        """Compile one node; all that it requires has been."""
        compiler = self.compilers[node.definitions.namespace]
        compiler.literals.read, known = set(), len(compiler.tables)
        self.link_element(compiler, node)
        read, tables = frozenset(compiler.literals.read), compiler.tables[known:]
        part = self.parts.get(node.number)
        self.readings.append(Reading(node, read, tables, self.types_of(node), ANY if part is None else part.type))

    def types_of(self, node: Node) -> dict[str, Type]:
        """The types of the inputs and decisions that an element requires, by the names it knows them by."""
        return {path[-1]: self.parts[each.number].type for path, each in node.needs if each.number in self.parts}

    def link_element(self, compiler: Compiler, node: Node) -> None:
        match node.element:
            case model.Decision() as decision:
                self.parts[node.number] = self.decision(compiler, node, decision)
            case model.BusinessKnowledgeModel() as knowledge:
                self.functions[node.number] = self.knowledge(compiler, node, knowledge)
            case model.DecisionService() as service:
                self.service(compiler, node, service)
            case element:
                self.parts[node.number] = Part(node, compiler.variable_type(element.variable), len(self.parts))

    def decision(self, compiler: Compiler, node: Node, decision: model.Decision) -> Part:
        requires = [self.parts[each.number] for _, each in node.needs if each.number in self.parts]
        part = Part(node, compiler.variable_type(decision.variable), len(self.parts), requires)
        if decision.expression is None:
            message = "this decision has no logic, which it may leave out (6.3.7); it gives null"
            self.faults.append(Fault(decision.reference, decision.line, message, severe=False))
            part.expression = lambda frame: None
        else:
            evaluate = compiler.expression(decision.expression, names_of(node), decision.name)
            part.expression = converted(evaluate, part.type, decision)
            if isinstance(decision.expression, model.DecisionTable):
                part.shortcut = shortcut(node, compiler.tables[-1], self.types_of(node))
        return part

    # ---- functions

    def knowledge(self, compiler: Compiler, node: Node, knowledge: model.BusinessKnowledgeModel) -> Value:
        if knowledge.logic is None:
            message = "this knowledge model has no logic, which it may leave out (6.3.9); calling it gives null"
            self.faults.append(Fault(knowledge.reference, knowledge.line, message, severe=False))
            return None
        result = result_type(compiler.variable_type(knowledge.variable))
        make = compiler.function_maker(knowledge.logic, names_of(node), knowledge.name, result)
        return make(variables(node, self.functions))

    def service(self, compiler: Compiler, node: Node, service: model.DecisionService) -> None:
        given = self.found(node, (*service.input_data, *service.input_decisions))
        outputs = self.found(node, service.output_decisions)
        plan = plan_for(outputs, given)
        result = result_type(compiler.variable_type(service.variable))
        self.services[node.number] = Service(node, given, plan, outputs, result)
        self.functions[node.number] = _function(self.services[node.number], self.functions)

    def found(self, node: Node, references: Iterable[model.Requirement]) -> list[Part]:
        """The inputs and decisions that a service refers to."""
        nodes = (self.graph.find(node, reference) for reference in references)
        return [self.parts[each.number] for each in nodes if each is not None and each.number in self.parts]


def _function(service: Service, functions: Values) -> Function:
    """The service as a function of its input data, then its input decisions (10.4)."""
    parameters = tuple(part.node.name for part in service.given)
    types = tuple(part.type for part in service.given)

    def invoke(run: Any, arguments: Sequence[Value]) -> Value:
        fitted = fitting(run, parameters, types, arguments)
        values = dict(functions)
        values.update((part.node.number, fitted[part.node.name]) for part in service.given)
        return service.result_of(run, fill(run, service.plan, values))

    return Function(service.node.name, parameters, invoke, types, service.result)


def names_of(node: Node) -> frozenset[str]:
    """The names that an element's expression sees: of what it requires, or of the imports that it comes through."""
    return frozenset(path[0] for path, _ in node.needs)


def _by_name(pairs: Iterable[tuple[Node, P]]) -> dict[str, P]:
    """By name and by id; where the name of one is the id of another, the id counts."""
    found = list(pairs)
    names = {node.element.name: part for node, part in reversed(found)}
    variables = {node.name: part for node, part in reversed(found)}
    return {**variables, **names, **{node.element.id: part for node, part in found if node.element.id}}
