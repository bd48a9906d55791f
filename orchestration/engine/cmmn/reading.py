"""How are the small things in a CMMN file read: references, expressions, rules, sentries?

`Reader` gathers a fault, with the element's id and line, for each thing that is wrong, and reads on, so that an author
gets all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from orchestration.engine import juel
from orchestration.engine.cmmn.lifecycle import CASE_FILE_EVENTS, STANDARD_EVENTS
from orchestration.engine.cmmn.model import Criterion, OnPart, Repetition, Rule, Sentry
from orchestration.engine.compiled_models import Fault
from orchestration.engine.dialect import gathering, vendor
from orchestration.engine.expressions import BadExpression, Formula, formula, setting
from orchestration.engine.xml import Element

CMMN: Final = frozenset({"http://www.omg.org/spec/CMMN/20151109/MODEL", "http://www.omg.org/spec/CMMN/20131201/MODEL"})


def local(reference: str) -> str:
    """The id in a reference, which may be a qualified name."""
    return reference.strip().rpartition(":")[2]


def extension(element: Element, *names: str) -> str | None:
    """A vendor's attribute; Flowable reads some of its own without a prefix too."""
    plain = (element.get(name) for name in names)
    return vendor(element, *names) or next((value for value in plain if value is not None), None)


def references(element: Element, name: str) -> tuple[str, ...]:
    """An attribute that lists ids, separated by blanks."""
    return tuple(local(one) for one in (element.get(name) or "").split())


class Reader:
    """The faults found so far in one file, and what every part of the parser needs."""

    def __init__(self, file: str, flowable: bool = False) -> None:
        self.file = file
        self.flowable = flowable
        self.faults: list[Fault] = []
        self.names: tuple[str, ...] = ()

    def fault(self, element: Element, sentence: str, severe: bool = True) -> None:
        named = element.get("id") or element.get("name") or element.name
        self.faults.append(Fault(named, sentence.rstrip(".") + ".", element.line, self.file, severe))

    def formula(self, owner: Element, text: str | None, value: bool = False) -> Formula | None:
        """An expression; with `value`, an attribute that may also be a plain text. A fault where it is refused."""
        if text is None or not text.strip():
            return None
        try:
            return setting(text, self.names) if value else formula(text, self.names)
        except BadExpression as error:
            self.fault(owner, f"The expression cannot be used: {error}.")
            return None

    def expression(self, owner: Element, holder: Element | None) -> Formula | None:
        """The expression in an element's text, in FEEL or JUEL. (5.4.7)"""
        if holder is None:
            return None
        language = (holder.get("language") or "").lower()
        text = _written(holder)
        if "juel" in language and not juel.holds_juel(text):
            text = f"${{{text.strip()}}}"
        elif language and not any(known in language for known in ("feel", "juel", "uel")):
            self.fault(owner, f"Expressions in {holder.get('language')} do not run here; FEEL and JUEL do.")
            return None
        if not text.strip():
            self.fault(owner, "The expression is empty.")
        return self.formula(owner, text)

    def condition(self, owner: Element, rule: Element) -> Formula | None:
        holder = rule.first("condition")
        if holder is not None and not _written(holder).strip():
            return None
        return self.expression(owner, holder)

    def rule(self, owner: Element, control: Iterable[Element], name: str) -> Rule | None:
        """A rule of the item control, or of the definition's default control."""
        found = next((each for holder in control if (each := below(holder, name)) is not None), None)
        return None if found is None else self.a_rule(owner, found)

    def a_rule(self, owner: Element, rule: Element) -> Rule:
        context = rule.get("contextRef")
        return Rule(self.condition(owner, rule), context and local(context), rule.get("name") or "")

    def repetition(self, owner: Element, control: Iterable[Element]) -> Repetition | None:
        rule = next((each for holder in control if (each := holder.first("repetitionRule")) is not None), None)
        if rule is None:
            return None
        limit = vendor(rule, "maxInstanceCount")
        collection = vendor(rule, "collectionVariable", "collection")
        gathers, faults = gathering(rule)
        for fault in faults:
            self.fault(owner, fault.sentence, fault.severe)
        return Repetition(
            self.a_rule(owner, rule),
            vendor(rule, "counterVariable") or "repetitionCounter",
            int(limit) if limit and limit.isdigit() else None,
            self.formula(owner, collection),
            vendor(rule, "elementVariable"),
            vendor(rule, "elementIndexVariable"),
            self.flowable or limit is not None,
            gathers,
        )

    def sentry(self, element: Element) -> Sentry:
        if_part = element.first("ifPart")
        parts = tuple(
            self.on_part(element, part, number)
            for number, part in enumerate(element.all("planItemOnPart", "caseFileItemOnPart"), 1)
        )
        context = if_part.get("contextRef") if if_part is not None else None
        condition = None if if_part is None else self.expression(element, if_part.first("condition"))
        if not parts and (if_part is None or if_part.first("condition") is None):
            self.fault(element, "The sentry has neither an on-part nor a condition, so it can never hold.", False)
        mode = extension(element, "triggerMode") or "default"
        remembers = self.flowable and mode == "default"
        return Sentry(element.get("id") or "", parts, condition, mode, context and local(context), remembers)

    def on_part(self, sentry: Element, part: Element, number: int) -> OnPart:
        on_file = part.name == "caseFileItemOnPart"
        event_element = part.first("standardEvent")
        event = event_element.text.strip() if event_element is not None else ""
        known = CASE_FILE_EVENTS if on_file else STANDARD_EVENTS
        if event not in known:
            self.fault(sentry, f"The on-part waits for {event or 'nothing'!r}, which is no transition of its source.")
        criterion = part.get("exitCriterionRef") or part.get("sentryRef")
        return OnPart(
            part.get("id") or f"{sentry.get('id')}.{number}",
            local(part.get("sourceRef") or ""),
            event,
            on_file,
            criterion and local(criterion),
        )

    def criteria(self, element: Element, sentries: dict[str, Sentry], entry: bool) -> tuple[Criterion, ...]:
        """The entry or exit criteria of a plan item; CMMN 1.0 lists sentries in an attribute."""
        name = "entryCriterion" if entry else "exitCriterion"
        old = references(element, "entryCriteriaRefs" if entry else "exitCriteriaRefs")
        named = [(each, each.get("sentryRef") or vendor(each, "sentryRef") or "") for each in element.all(name)]
        found = []
        for number, (holder, reference) in enumerate(named + [(element, one) for one in old], 1):
            sentry = sentries.get(local(reference))
            if sentry is None:
                self.fault(holder, f"There is no sentry {reference!r}.")
                continue
            own = holder.get("id") if holder is not element else None
            found.append(
                Criterion(
                    own or f"{element.get('id')}.{name}.{number}",
                    sentry,
                    entry,
                    extension(holder, "exitType") or "default",
                    extension(holder, "exitEventType") or "exit",
                )
            )
        return tuple(found)


def _written(expression: Element) -> str:
    """The text of an expression; CMMN 1.0 has it in an element of its own."""
    body = expression.first("body")
    return expression.text if body is None else body.text


def below(holder: Element, name: str) -> Element | None:
    """A child, or a child of the extension elements."""
    found = holder.first(name)
    extra = holder.first("extensionElements")
    return found if found is not None or extra is None else extra.first(name)
