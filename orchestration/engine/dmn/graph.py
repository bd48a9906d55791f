"""What does each element of a decision model need, and in which order? (DMN 1.5, chapter 6 and 10.4: requirements)

References are resolved across imports; a reference to nothing and a cycle are faults. An element sees what it requires
under a path: its own name, or the name of an import and the name there (10.3.2.11: qualified names).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from orchestration.engine.dmn import model
from orchestration.engine.dmn.model import Fault

Path = tuple[str, ...]


@dataclass(slots=True, eq=False)
class Node:
    """One element of the graph with the nodes that it requires, each under the path by which it is seen."""

    element: model.DrgElement
    definitions: model.Definitions
    number: int
    needs: list[tuple[Path, Node]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.element.variable.name


class Graph:
    """All elements of a model and of what it imports."""

    def __init__(self, definitions: model.Definitions) -> None:
        self.definitions = definitions
        self.faults: list[Fault] = []
        self.cycles: list[Fault] = []
        self.nodes: list[Node] = []
        self.by_reference: dict[tuple[str, str], Node] = {}
        for each in all_definitions(definitions):
            self._enter(each)
        for node in self.nodes:
            self._connect(node)
        self.order = self._ordered()

    def _enter(self, definitions: model.Definitions) -> None:
        for element in definitions.drg_elements:
            node = Node(element, definitions, len(self.nodes))
            self.nodes.append(node)
            if element.id:
                self.by_reference.setdefault((definitions.namespace, element.id), node)

    def _connect(self, node: Node) -> None:
        for requirement in requirements(node.element):
            needed = self.find(node.definitions, requirement)
            if needed is None:
                where = f" in {requirement.namespace}" if requirement.namespace else ""
                message = f"requires the element {requirement.target!r}{where}, which does not exist"
                self.faults.append(Fault(node.element.reference, requirement.line, message))
            else:
                node.needs.append((path_of(node.definitions, needed), needed))

    def find(self, definitions: model.Definitions, requirement: model.Requirement) -> Node | None:
        namespace = requirement.namespace or definitions.namespace
        return self.by_reference.get((namespace, requirement.target))

    def own(self, *kinds: type[model.DrgElement]) -> Iterator[Node]:
        """The nodes of the main file (not of its imports) of these kinds."""
        return (node for node in self.nodes if node.definitions is self.definitions and isinstance(node.element, kinds))

    def _ordered(self) -> list[Node]:
        """Each node after all that it requires; a node on a cycle is a fault, and left out of the order."""
        order: list[Node] = []
        state: dict[int, int] = {}
        for start in self.nodes:
            stack = [(start, iter(start.needs))] if start.number not in state else []
            state.setdefault(start.number, 1)
            while stack:
                node, rest = stack[-1]
                step = next(rest, None)
                if step is None:
                    stack.pop()
                    state[node.number] = 2
                    order.append(node)
                elif state.get(step[1].number) == 1:
                    self._refuse_cycle([each for each, _ in stack], step[1])
                elif step[1].number not in state:
                    state[step[1].number] = 1
                    stack.append((step[1], iter(step[1].needs)))
        return order

    def _refuse_cycle(self, stack: list[Node], back_to: Node) -> None:
        loop = [node.name for node in stack[stack.index(back_to) :]]
        message = f"requires itself: {' -> '.join([*loop, back_to.name])} (requirements have no cycles, 6.2.1)"
        self.cycles.append(Fault(back_to.element.reference, back_to.element.line, message))


def all_definitions(definitions: model.Definitions) -> list[model.Definitions]:
    """A file and all that it imports, each once."""
    found: dict[str, model.Definitions] = {}
    todo = [definitions]
    while todo:
        current = todo.pop()
        if current.namespace not in found:
            found[current.namespace] = current
            todo.extend(current.imported)
    return list(found.values())


def requirements(element: model.DrgElement) -> tuple[model.Requirement, ...]:
    if isinstance(element, model.Decision | model.BusinessKnowledgeModel | model.DecisionService):
        return element.requirements
    return ()


def path_of(definitions: model.Definitions, node: Node) -> Path:
    """How an element is named inside `definitions`: plainly, or through the import that it comes from."""
    if node.definitions.namespace == definitions.namespace:
        return (node.name,)
    imported = next((each for each in definitions.imports if each.namespace == node.definitions.namespace), None)
    return (imported.name, node.name) if imported is not None and imported.name else (node.name,)
