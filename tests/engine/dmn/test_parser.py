"""A DMN file becomes a model, or is refused with the element, the line and a sentence."""

import pytest

from orchestration.engine.dmn import model
from orchestration.engine.dmn.graph import Graph
from orchestration.engine.dmn.parser import VERSIONS, parse
from tests.engine.dmn.samples import decision, definitions, input_data, literal, table


@pytest.mark.parametrize("namespace", VERSIONS)
def test_every_version_of_the_standard_is_read(namespace):
    read = parse(definitions(input_data("a", "number"), decision("b", literal("a + 1"), ["a"]), model=namespace))
    assert read.version == VERSIONS[namespace]
    assert [each.name for each in read.drg_elements] == ["a", "b"]


def refusal(source: bytes) -> model.ModelRefused:
    with pytest.raises(model.ModelRefused) as refused:
        parse(source)
    return refused.value


def test_all_faults_are_told_at_once_with_element_line_and_sentence():
    faults = refusal(
        definitions(
            decision("one", '<decisionTable id="t1" hitPolicy="BEST"><output/></decisionTable>'),
            decision("two", '<for id="f"><in/><return/></for>'),
        )
    ).faults
    assert [(each.element, each.line) for each in faults] == [("t1", 2), ("f", 3)]
    assert "hitPolicy is 'BEST'" in faults[0].message
    assert "no iterator variable" in faults[1].message


def test_what_is_wrong_with_a_part_is_noted_and_the_rest_can_be_used():
    empty = '<context id="c"><contextEntry id="e"><variable name="v"/></contextEntry></context>'
    read = parse(definitions(decision("a", literal("1")), decision("a", literal("2")), decision("b", empty)))
    assert [(each.element, each.line) for each in read.faults] == [("e", 4), ("d_a", 3)]
    assert "this context entry has no expression" in read.faults[0].message
    assert "the id is that of 'a' too" in read.faults[1].message


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"not xml", "syntax error"),
        (b"<!DOCTYPE d [<!ENTITY a 'b'>]><d/>", "document type"),
        (b'<definitions xmlns="urn:other"/>', "not the definitions of DMN"),
        (b'<decision xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/"/>', "not the definitions of DMN"),
        (
            definitions(decision("a", table(["x"], [""], [["1", "2", "3"]])).replace("annotationEntry", "outputEntry")),
            "2",
        ),
        (definitions(decision("a", table(["x", "y"], [""], [["1", "2"]]))), "this rule has 2 input"),
        (definitions(decision("a", table(["x"], ["p", "q"], [], "COLLECT", "SUM"))), "one output"),
        (definitions(decision("a", "<for><in/><return/></for>")), "no iterator variable"),
        (definitions('<decision id="x"/>'), "has no name"),
        (
            definitions(decision("a", "<relation><column name='c'/><row/></relation>")),
            "0 cells for 1 columns",
        ),
    ],
)
def test_what_is_no_model_is_refused_with_a_sentence(source, says):
    assert says in str(refusal(source))


def test_names_have_single_spaces():
    assert parse(definitions(input_data("  Full \n Name "))).input_data[0].variable.name == "Full Name"


def test_a_variable_without_a_name_has_its_elements():
    read = parse(definitions('<inputData id="i" name="Age"><variable typeRef="number"/></inputData>'))
    assert read.input_data[0].variable == model.InformationItem(name="Age", line=2, type_ref="number")


def test_prefixed_types_of_the_first_version_lose_their_prefix():
    source = definitions(
        '<inputData id="i" name="a"><variable name="a" typeRef="feel:number"/></inputData>',
        '<inputData id="j" name="b"><variable name="b" typeRef="my:tB"/></inputData>',
        '<inputData id="k" name="c"><variable name="c" typeRef="o:tC"/></inputData>',
        '<import namespace="urn:other" name="other" importType="x"/>',
        extra='xmlns:feel="http://www.omg.org/spec/FEEL/20140401" xmlns:my="urn:sample" xmlns:o="urn:other"',
    )
    assert [each.variable.type_ref for each in parse(source).input_data] == ["number", "tB", "other.tC"]


def test_imports_are_found_by_namespace():
    other = parse(definitions(input_data("x"), namespace="urn:other"))
    source = definitions('<import namespace="urn:other" name="o" importType="i"/>')
    assert parse(source, [other]).imported == (other,)


def test_a_reference_to_nothing_is_a_fault_of_the_graph():
    graph = Graph(parse(definitions(decision("a", literal("b"), ["b"]))))
    assert [(each.element, each.line) for each in graph.faults] == [("d_a", 2)]
    assert "'i_b'" in graph.faults[0].message


def test_a_cycle_of_requirements_is_a_fault_that_names_the_way_round():
    source = definitions(
        decision("a", literal("1"), decisions=["b"]),
        decision("b", literal("1"), decisions=["c"]),
        decision("c", literal("1"), decisions=["b"]),
    )
    assert "b -> c -> b" in Graph(parse(source)).cycles[0].message


def test_requirements_are_ordered_before_what_requires_them():
    source = definitions(
        decision("top", literal("1"), decisions=["left", "right"]),
        decision("left", literal("1"), decisions=["base"]),
        decision("right", literal("1"), decisions=["base"]),
        decision("base", literal("1")),
    )
    names = [node.name for node in Graph(parse(source)).order]
    assert names.index("base") < min(names.index("left"), names.index("right"))
    assert names[-1] == "top"


@pytest.mark.parametrize(
    ("namespace", "version"),
    [
        ("http://www.omg.org/spec/DMN/20151101/dmn.xsd", "1.1"),
        ("http://www.omg.org/spec/DMN/20151101/dmn11.xsd", "1.1"),
        ("http://www.omg.org/spec/DMN/20151130", "1.1"),
        ("http://www.omg.org/spec/DMN/20161014/MODEL/", "1.2"),
        ("https://www.omg.org/spec/DMN/20180521/MODEL/", "1.2"),
        ("https://www.omg.org/spec/DMN/20191111/MODEL", "1.3"),
        ("http://www.omg.org/spec/DMN/20200131/MODEL/", "1.3"),
        ("https://www.omg.org/spec/DMN/20211108/MODEL/", "1.4"),
        ("https://www.omg.org/spec/DMN/20240513/MODEL/", "1.5"),
    ],
)
def test_the_namespace_of_a_draft_counts_as_that_of_the_version_that_came_of_it(namespace, version):
    assert parse(definitions(decision("a", literal("1")), model=namespace)).version == version


@pytest.mark.parametrize("namespace", ["http://www.omg.org/spec/DMN/20130901", "http://www.omg.org/spec/BPMN/20100524"])
def test_what_came_before_dmn_1_1_is_another_language(namespace):
    with pytest.raises(model.ModelRefused, match="not the definitions of DMN"):
        parse(definitions(decision("a", literal("1")), model=namespace))
