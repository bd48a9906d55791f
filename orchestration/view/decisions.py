"""How are decision tables read, judged cell by cell, tried and edited? (DMN 1.5, 8)"""

from orchestration.engine.dmn import ModelRefused, compile_model
from orchestration.engine.dmn.cell_columns import CellColumn, columns_of
from orchestration.engine.dmn.cell_reading import CellReading, read_cell
from orchestration.engine.dmn.editing import Column, EditRefused, Row, Table, tables, with_rules
from orchestration.engine.dmn.model import decision_tables
from orchestration.engine.dmn.parser import parse
from orchestration.engine.feel import FeelSyntaxError, compile_expression, compile_unary_tests

__all__ = [
    "CellColumn",
    "CellReading",
    "Column",
    "EditRefused",
    "FeelSyntaxError",
    "ModelRefused",
    "Row",
    "Table",
    "columns_of",
    "compile_expression",
    "compile_model",
    "compile_unary_tests",
    "decision_tables",
    "parse",
    "read_cell",
    "tables",
    "with_rules",
]
