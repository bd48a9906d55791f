"""How are boxed expressions read from XML? (DMN 1.5, 7.3.1 and 10.2: boxed expressions; 8.3: decision tables)

One short function for each kind of expression, chosen by the element's name in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypedDict, cast, get_args

from orchestration.engine.dmn import dialect, model
from orchestration.engine.dmn.model import Fault
from orchestration.engine.feel.problems import quote
from orchestration.engine.xml import Element

FEEL_NAMESPACES = {
    "http://www.omg.org/spec/FEEL/20140401",
    "http://www.omg.org/spec/DMN/20180521/FEEL/",
    "https://www.omg.org/spec/DMN/20191111/FEEL/",
    "https://www.omg.org/spec/DMN/20211108/FEEL/",
    "https://www.omg.org/spec/DMN/20230324/FEEL/",
}
XML_SCHEMA = "http://www.w3.org/2001/XMLSchema"


def clean_name(name: str) -> str:
    """Names are compared with their white space made single (10.3.1.5)."""
    return " ".join(name.split())


class _Common(TypedDict):
    """What every expression element has."""

    id: str
    line: int
    label: str
    type_ref: str | None


class ExpressionReader:
    """Reads expressions below one `definitions` element and collects the faults it meets."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.namespace = root.get("namespace") or ""
        self.dialect = dialect.kind_of(root)
        self.import_names = {
            each.get("namespace") or "": clean_name(each.get("name") or "") for each in root.all("import")
        }
        self.refusals: list[Fault] = []
        self.faults: list[Fault] = []

    def refuse(self, element: Element, message: str) -> None:
        """This cannot be read as what it says it is: the whole file is refused."""
        self.refusals.append(Fault(element.get("id") or element.get("name") or element.name, element.line, message))

    def fault(self, element: Element, message: str) -> None:
        """This is wrong, but the rest can be used without it."""
        self.faults.append(Fault(element.get("id") or element.get("name") or element.name, element.line, message))

    def warn(self, element: Element, message: str) -> None:
        """This does no harm, but is hardly meant so."""
        self.faults.append(Fault(element.get("id") or element.name, element.line, message, severe=False))

    def choice(self, element: Element, attribute: str, allowed: object, default: str) -> str:
        """An attribute that has one of a few values, written in any case (tools differ)."""
        given = element.get(attribute)
        if given is None:
            return default
        for value in get_args(allowed):
            if given.upper().replace("_", " ") == value.upper():
                return cast(str, value)
        self.refuse(element, f"{attribute} is {quote(given)}; it may be one of {', '.join(get_args(allowed))}")
        return default

    # ---- types and variables

    def type_ref(self, element: Element, name: str = "typeRef") -> str | None:
        """The attribute (or, in item definitions, the child) `typeRef`, its prefix resolved as DMN 1.1 wrote it."""
        child = element.first(name)
        text = clean_name(child.text if child is not None else element.get(name) or "")
        if not text:
            return None
        prefix, colon, local = text.partition(":")
        namespace = element.prefixes.get(prefix) if colon else None
        if namespace in FEEL_NAMESPACES or (namespace is not None and namespace == self.namespace):
            return local
        if namespace == XML_SCHEMA:
            return f"xsd:{local}"
        if namespace in self.import_names:
            return f"{self.import_names[namespace]}.{local}"
        return text

    def information_item(self, element: Element) -> model.InformationItem:
        return model.InformationItem(
            id=element.get("id") or "",
            line=element.line,
            name=clean_name(element.get("name") or ""),
            label=element.get("label") or "",
            type_ref=self.type_ref(element),
        )

    def text(self, element: Element | None) -> str | None:
        """The text of the child `text`, or of a child that holds one."""
        child = element.first("text") if element is not None else None
        return child.text.strip() if child is not None else None

    # ---- expressions

    def child_expression(self, element: Element) -> model.Expression | None:
        """The first child that is an expression, read; None where there is none."""
        found = next((child for child in element.children if child.name in self.KINDS), None)
        return self.expression(found) if found is not None else None

    def required_expression(self, element: Element | None, parent: Element, what: str) -> model.Expression:
        found = self.child_expression(element) if element is not None else None
        if found is None:
            self.fault(parent, f"{what} has no expression")
            return model.LiteralExpression(text="null", line=parent.line)
        return found

    def expression(self, element: Element) -> model.Expression:
        return self.KINDS[element.name](self, element)

    def literal(self, element: Element) -> model.LiteralExpression:
        if element.first("importedValues") is not None:
            self.fault(element, "imported values are not supported")
        return model.LiteralExpression(
            **self.common(element),
            text=self.text(element) or "",
            expression_language=element.get("expressionLanguage"),
        )

    def common(self, element: Element) -> _Common:
        return {
            "id": element.get("id") or "",
            "line": element.line,
            "label": element.get("label") or "",
            "type_ref": self.type_ref(element) if "typeRef" in element.attributes else None,
        }

    def context(self, element: Element) -> model.Context:
        entries = tuple(self.context_entry(entry) for entry in element.all("contextEntry"))
        return model.Context(**self.common(element), entries=entries)

    def context_entry(self, element: Element) -> model.ContextEntry:
        variable = element.first("variable")
        return model.ContextEntry(
            id=element.get("id") or "",
            line=element.line,
            variable=self.information_item(variable) if variable is not None else None,
            value=self.required_expression(element, element, "this context entry"),
        )

    def invocation(self, element: Element) -> model.Invocation:
        return model.Invocation(
            **self.common(element),
            called=self.required_expression(element, element, "this invocation"),
            bindings=tuple(self.binding(binding) for binding in element.all("binding")),
        )

    def binding(self, element: Element) -> model.Binding:
        parameter = element.first("parameter")
        if parameter is None:
            self.fault(element, "this binding names no parameter")
        return model.Binding(
            line=element.line,
            parameter=self.information_item(parameter if parameter is not None else element),
            value=self.child_expression(element),
        )

    def boxed_list(self, element: Element) -> model.BoxedList:
        items = tuple(self.expression(child) for child in element.children if child.name in self.KINDS)
        return model.BoxedList(**self.common(element), items=items)

    def relation(self, element: Element) -> model.Relation:
        columns = tuple(self.information_item(column) for column in element.all("column"))
        rows = tuple(self.boxed_list(row).items for row in element.all("row", "list"))
        for row, cells in zip(element.all("row", "list"), rows, strict=True):
            if len(cells) != len(columns):
                self.refuse(row, f"this row has {len(cells)} cells for {len(columns)} columns")
        return model.Relation(**self.common(element), columns=columns, rows=rows)

    def function_definition(self, element: Element) -> model.FunctionDefinition:
        return model.FunctionDefinition(
            **self.common(element),
            parameters=tuple(self.information_item(parameter) for parameter in element.all("formalParameter")),
            body=self.child_expression(element),
            kind=element.get("kind") or "FEEL",
        )

    def conditional(self, element: Element) -> model.Conditional:
        return model.Conditional(
            **self.common(element),
            condition=self.required_expression(element.first("if"), element, "if"),
            then=self.required_expression(element.first("then"), element, "then"),
            otherwise=self.required_expression(element.first("else"), element, "else"),
        )

    def filter(self, element: Element) -> model.Filter:
        return model.Filter(
            **self.common(element),
            source=self.required_expression(element.first("in"), element, "in"),
            match=self.required_expression(element.first("match"), element, "match"),
        )

    def iteration(self, element: Element) -> model.Iteration:
        variable = clean_name(element.get("iteratorVariable") or "")
        if not variable:
            self.refuse(element, f"{element.name} names no iterator variable")
        source = element.first("in")
        result = element.first("return" if element.name == "for" else "satisfies")
        return model.Iteration(
            **self.common(element),
            kind=cast("model.IterationKind", element.name),
            variable=variable,
            source=self.required_expression(source, element, "in"),
            source_type_ref=self.type_ref(source) if source is not None else None,
            result=self.required_expression(result, element, "return" if element.name == "for" else "satisfies"),
        )

    # ---- decision tables

    def decision_table(self, element: Element) -> model.DecisionTable:
        default = "FIRST" if self.dialect == "flowable" else "UNIQUE"
        hit_policy = self.choice(element, "hitPolicy", model.HitPolicy, default)
        aggregation = self.choice(element, "aggregation", model.Aggregation, "")
        inputs = tuple(self.input_clause(clause) for clause in element.all("input"))
        outputs = tuple(self.output_clause(clause) for clause in element.all("output"))
        if not outputs:
            self.refuse(element, "this decision table has no output")
        if aggregation and hit_policy != "COLLECT" and self.dialect is not None:
            self.warn(element, f"the aggregation is passed over: the hit policy is {hit_policy}")
            aggregation = ""
        if aggregation and (hit_policy != "COLLECT" or len(outputs) > 1):
            self.refuse(element, "an aggregation needs the hit policy COLLECT and one output (8.2.11)")
        return model.DecisionTable(
            **self.common(element),
            inputs=inputs,
            outputs=outputs,
            rules=tuple(self.rule(rule, len(inputs), len(outputs)) for rule in element.all("rule")),
            annotation_names=tuple(each.get("name") or "" for each in element.all("annotation")),
            hit_policy=cast("model.HitPolicy", hit_policy),
            aggregation=cast("model.Aggregation", aggregation) if aggregation else None,
            orientation=cast(
                "model.Orientation", self.choice(element, "preferredOrientation", model.Orientation, "Rule-as-Row")
            ),
            output_label=element.get("outputLabel") or "",
        )

    def input_clause(self, element: Element) -> model.InputClause:
        expression = element.first("inputExpression")
        if expression is None:
            self.warn(element, "this input has no expression; it is null")
        return model.InputClause(
            id=element.get("id") or "",
            line=element.line,
            label=element.get("label") or "",
            expression=self.literal(expression if expression is not None else element),
            values=self.text(element.first("inputValues")) or None,
        )

    def output_clause(self, element: Element) -> model.OutputClause:
        default = element.first("defaultOutputEntry")
        return model.OutputClause(
            id=element.get("id") or "",
            line=element.line,
            name=clean_name(element.get("name") or ""),
            label=element.get("label") or "",
            type_ref=self.type_ref(element),
            values=self.text(element.first("outputValues")) or None,
            default=self.literal(default) if default is not None and self.text(default) else None,
        )

    def rule(self, element: Element, inputs: int, outputs: int) -> model.Rule:
        tests = tuple(self.literal(entry) for entry in element.all("inputEntry"))
        results = tuple(self.literal(entry) for entry in element.all("outputEntry"))
        if len(tests) != inputs or len(results) != outputs:
            self.refuse(
                element,
                f"this rule has {len(tests)} input and {len(results)} output entries"
                f" for {inputs} inputs and {outputs} outputs",
            )
        description = element.first("description")
        notes = tuple(self.text(entry) or "" for entry in element.all("annotationEntry"))
        return model.Rule(
            id=element.get("id") or "",
            line=element.line,
            label=element.get("label") or (description.text.strip() if description is not None else ""),
            tests=tests,
            outputs=results,
            annotations=notes,
        )

    KINDS: ClassVar[dict[str, Callable[[ExpressionReader, Element], model.Expression]]] = {
        "literalExpression": literal,
        "decisionTable": decision_table,
        "context": context,
        "invocation": invocation,
        "list": boxed_list,
        "relation": relation,
        "functionDefinition": function_definition,
        "conditional": conditional,
        "filter": filter,
        "for": iteration,
        "some": iteration,
        "every": iteration,
    }
