"""How are contexts read and made? (DMN 1.5, 10.3.4.10, Table 82: context functions.)"""

from __future__ import annotations

from ..evaluation import Evaluation
from ..problems import FeelError, quote
from ..values import Value
from .registry import built_in

Context = dict[str, Value]


@built_in("get value(m: context, key: string)")
def get_value(run: Evaluation, context: Context, key: str) -> Value:
    if key not in context:
        raise FeelError(f"the context has no entry {quote(key)}")
    return context[key]


@built_in("get value(m: context, keys: list)")
def get_nested_value(run: Evaluation, context: Context, keys: list[Value]) -> Value:
    value: Value = context
    for key in _keys(keys):
        if not isinstance(value, dict) or key not in value:
            raise FeelError(f"there is no entry {quote(key)}")
        value = value[key]
    return value


def _keys(keys: list[Value]) -> list[str]:
    if not keys or not all(isinstance(key, str) for key in keys):
        raise FeelError("the keys must be a list of strings, and not empty")
    return keys


@built_in("get entries(m: context)")
def get_entries(run: Evaluation, context: Context) -> list[Value]:
    run.items(len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@built_in("context(entries: list)")
def context_of(run: Evaluation, entries: list[Value]) -> Context:
    run.items(len(entries))
    result: Context = {}
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("key"), str) or "value" not in entry:
            raise FeelError("each entry must be a context with a key, a string, and a value")
        if entry["key"] in result:
            raise FeelError(f"the key {quote(entry['key'])} occurs twice")
        result[entry["key"]] = entry["value"]
    return result


@built_in("context put(context: context, key: string, value: any?)")
def context_put(run: Evaluation, context: Context, key: str, value: Value) -> Context:
    run.items(len(context))
    return {**context, key: value}


@built_in("context put(context: context, keys: list, value: any?)")
def context_put_nested(run: Evaluation, context: Context, keys: list[Value], value: Value) -> Context:
    """A copy in which the entry at the end of the keys has the value; all entries before it must be contexts."""
    first, *rest = _keys(keys)
    if not rest:
        return context_put(run, context, first, value)
    inner = context.get(first)
    if not isinstance(inner, dict):
        raise FeelError(f"the entry {quote(first)} is not a context")
    run.enter()
    changed = context_put_nested(run, inner, rest, value)
    run.leave()
    return context_put(run, context, first, changed)


@built_in("context merge(contexts: list)")
def context_merge(run: Evaluation, contexts: list[Value]) -> Context:
    """All entries; of entries with one key, the last."""
    result: Context = {}
    for context in contexts:
        if not isinstance(context, dict):
            raise FeelError("each item must be a context")
        result.update(context)
        run.items(len(result))
    return result
