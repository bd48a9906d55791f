"""What does each element of a decision model need, and in which order? (DMN 1.5, chapter 6 and 10.4: requirements)

References are resolved across imports; a reference to nothing and a cycle are faults. An element sees what it requires
under a path: its own name, or the name of an import and the name there (10.3.2.11: qualified names).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from orchestration.engine.dmn import model
from orchestration.engine.dmn.model import Fault, ModelRefused
from orchestration.engine.feel.problems import quote

Path = tuple[str, ...]


MOST_NODES = 20_000


@dataclass(slots=True, eq=False)
class Node:
    """One element of the graph with the nodes that it requires, each under the path by which it is seen.

    `path` are the names of the imports that lead to it: an element that is reached through two imports is two nodes,
    because the input data behind each may differ.
    """

    element: model.DrgElement
    definitions: model.Definitions
    path: Path
    number: int
    needs: list[tuple[Path, Node]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.element.variable.name


class Graph:
    """All elements of a model, and those that they require of what it imports."""

    def __init__(self, definitions: model.Definitions) -> None:
        self.definitions = definitions
        self.faults: list[Fault] = []
        self.cycles: list[Fault] = []
        self.nodes: list[Node] = []
        self.known: dict[tuple[Path, int], Node] = {}
        self.by_id: dict[str, dict[str, model.DrgElement]] = {}
        for each in all_definitions(definitions):
            self.by_id[each.namespace] = {element.id: element for element in reversed(each.drg_elements) if element.id}
        for element in definitions.drg_elements:
            self._node(element, definitions, ())
        for node in self.nodes:  # grows while it is gone through
            self._connect(node)
        self.order = self._ordered()

    def _node(self, element: model.DrgElement, definitions: model.Definitions, path: Path) -> Node:
        key = (path, id(element))
        if key not in self.known:
            if len(self.nodes) >= MOST_NODES:
                raise ModelRefused(Fault(element.reference, element.line, f"more than {MOST_NODES} required elements"))
            self.known[key] = Node(element, definitions, path, len(self.nodes))
            self.nodes.append(self.known[key])
        return self.known[key]

    def _connect(self, node: Node) -> None:
        for requirement in requirements(node.element):
            needed = self.find(node, requirement)
            if needed is None:
                where = f" in {requirement.namespace}" if requirement.namespace else ""
                message = f"requires the element {quote(requirement.target)}{where}, which does not exist"
                self.faults.append(Fault(node.element.reference, requirement.line, message))
            else:
                seen = needed.path[len(node.path) :]
                node.needs.append(((*(each for each in seen if each), needed.name), needed))

    def find(self, node: Node, requirement: model.Requirement) -> Node | None:
        """The node that an element refers to: in its own file, or in one that its file imports."""
        namespace = requirement.namespace or node.definitions.namespace
        element = self.by_id.get(namespace, {}).get(requirement.target)
        if element is None:
            return None
        if namespace == node.definitions.namespace:
            return self._node(element, node.definitions, node.path)
        imports = (each for each in node.definitions.imports if each.namespace == namespace)
        imported = (each for each in node.definitions.imported if each.namespace == namespace)
        through, source = next(imports, None), next(imported, None)
        if through is None or source is None:
            return None
        return self._node(element, source, (*node.path, through.name))

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
    """What an element refers to; a service also to its inputs, so that they are nodes."""
    if isinstance(element, model.Decision | model.BusinessKnowledgeModel | model.DecisionService):
        return element.requirements
    return ()
