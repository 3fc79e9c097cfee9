"""The table as a decision diagram, in which exactly the variables that can still matter remain.

A reduced, ordered diagram has one form per function: after the known classes are put in, a variable is left in it
if and only if some value of it can change the outcome. That is what makes the questions provably the right ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.rules.model import Condition, Route
from knowledge.rules.routing import Leaf, RuleGapError, Table
from knowledge.rules.variables import DOMAINS

ORDER = {variable: place for place, variable in enumerate(DOMAINS)}


@dataclass(frozen=True, slots=True)
class Diagram:
    """Nodes by number (a variable and one child for each of its classes), leaves by the numbers below zero."""

    root: int
    nodes: tuple[tuple[str, tuple[int, ...]], ...]
    leaves: tuple[Leaf, ...]

    def leaf(self, number: int) -> Leaf:
        """The leaf with a number below zero."""
        return self.leaves[-number - 1]

    def restrict(self, known: Mapping[str, str]) -> Rest:
        """What remains of the function when these classes are put in."""
        done: dict[int, int] = {}
        unique: dict[tuple[str, tuple[int, ...]], int] = {}
        kept: list[tuple[str, tuple[int, ...]]] = []

        def visit(number: int) -> int:
            if number < 0:
                return number
            if number in done:
                return done[number]
            variable, children = self.nodes[number]
            value = known.get(variable)
            if value is not None:
                result = visit(children[DOMAINS[variable].index(value)])
            else:
                kids = tuple(visit(child) for child in children)
                result = kids[0]
                if any(kid != result for kid in kids):
                    key = (variable, kids)
                    if key not in unique:
                        unique[key] = len(kept)
                        kept.append(key)
                    result = unique[key]
            done[number] = result
            return result

        return Rest(visit(self.root), tuple(kept), self)


@dataclass(frozen=True, slots=True)
class Rest:
    """What is still open: nodes stand after their children."""

    root: int
    nodes: tuple[tuple[str, tuple[int, ...]], ...]
    diagram: Diagram

    def variables(self) -> list[str]:
        """The variables of which some value can still change the outcome."""
        return sorted({variable for variable, _ in self.nodes}, key=ORDER.__getitem__)

    def leaves(self) -> list[Leaf]:
        """The outcomes that can still come out."""
        numbers = {child for _, children in self.nodes for child in children if child < 0}
        if self.root < 0:
            numbers.add(self.root)
        return [self.diagram.leaf(number) for number in sorted(numbers, reverse=True)]

    def routes(self) -> frozenset[Route]:
        """The routes that can still come out."""
        return frozenset(leaf.rule.route for leaf in self.leaves())


# On the way a condition is settled (true, false) or what of it is still open.
Open = Condition | bool


@dataclass(frozen=True, slots=True)
class _Row:
    """A row on the way down: its place in the table, its condition, and those of its deadlines."""

    place: int
    when: Open
    shown: tuple[tuple[str, Open], ...]

    def put(self, variable: str, value: str) -> _Row:
        return _Row(
            self.place,
            simplify(self.when, variable, value),
            tuple((name, simplify(open_, variable, value)) for name, open_ in self.shown),
        )

    def variables(self) -> set[str]:
        conditions = (self.when, *(open_ for _, open_ in self.shown))
        return {
            variable
            for condition in conditions
            if isinstance(condition, Condition)
            for variable in condition.variables()
        }


def simplify(condition: Open, variable: str, value: str) -> Open:
    """What is left of a condition when one variable has its class."""
    if isinstance(condition, bool):
        return condition
    if condition.op == "is":
        return value in condition.classes if condition.variable == variable else condition
    left = [simplify(branch, variable, value) for branch in condition.branches]
    if condition.op == "not":
        inner = left[0]
        return not inner if isinstance(inner, bool) else Condition("not", branches=(inner,))
    decides = condition.op == "any"
    if any(branch is decides for branch in left):
        return decides
    still = tuple(branch for branch in left if isinstance(branch, Condition))
    if not still:
        return not decides
    return still[0] if len(still) == 1 else Condition(condition.op, branches=still)


def build_diagram(table: Table) -> Diagram:
    """Compiles the table once; every later question is a walk through the result.

    Raises:
        RuleGapError: some combination of facts is answered by no row.
    """
    return _Builder(table).build()


class _Builder:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.leaves: list[Leaf] = []
        self.leaf_numbers: dict[tuple[int, tuple[str, ...]], int] = {}
        self.unique: dict[tuple[str, tuple[int, ...]], int] = {}
        self.nodes: list[tuple[str, tuple[int, ...]]] = []
        self.done: dict[tuple[_Row, ...], int] = {}

    def build(self) -> Diagram:
        rows = tuple(
            _Row(place, _opened(rule.when), tuple(
                (name, _opened(self.table.deadlines[name].when)) for name in rule.deadlines
            ))
            for place, rule in enumerate(self.table.rules)
        )  # fmt: skip
        root = self._visit(_settle(rows))
        return Diagram(root, tuple(self.nodes), tuple(self.leaves))

    def _visit(self, rows: tuple[_Row, ...]) -> int:
        if rows in self.done:
            return self.done[rows]
        variables: set[str] = set().union(*(row.variables() for row in rows))
        if not variables:
            return self._leaf(rows[0])
        variable = min(variables, key=ORDER.__getitem__)
        children = tuple(
            self._visit(_settle(tuple(row.put(variable, value) for row in rows)))
            for value in DOMAINS[variable]
        )
        number = children[0]
        if any(child != number for child in children):
            number = self._node(variable, children)
        self.done[rows] = number
        return number

    def _node(self, variable: str, children: tuple[int, ...]) -> int:
        key = (variable, children)
        if key not in self.unique:
            self.unique[key] = len(self.nodes)
            self.nodes.append(key)
        return self.unique[key]

    def _leaf(self, row: _Row) -> int:
        names = tuple(name for name, shown in row.shown if shown is True)
        key = (row.place, names)
        if key not in self.leaf_numbers:
            deadlines = tuple(self.table.deadlines[name] for name in names)
            self.leaves.append(Leaf(self.table.rules[row.place], deadlines))
            self.leaf_numbers[key] = -len(self.leaves)
        return self.leaf_numbers[key]


def _opened(condition: Condition) -> Open:
    """A condition without variables is settled from the start."""
    value = condition.evaluate({})
    return condition if value is None else value


def _settle(rows: tuple[_Row, ...]) -> tuple[_Row, ...]:
    """Drops rows that are ruled out, and everything after a row that holds."""
    left: list[_Row] = []
    for row in rows:
        if row.when is not False:
            left.append(row)
        if row.when is True:
            break
    if not left:
        raise RuleGapError("some combination of facts is answered by no row")
    return tuple(left)
