"""Walks Rasa's graph of components in the order they need each other.

Rasa hands the graph to dask, which plans anew, at every prediction, how to run in parallel what can only run one after
the other: a sixth of all work. The order of a trained model never changes, so it is found once.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Set, Text, Tuple
from weakref import WeakKeyDictionary

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner

# A component's output as Rasa passes it on: the name it goes by, and what it gave.
Output = Tuple[Text, Any]


def install() -> None:
    """Puts the plain walk in the place of dask's."""
    # By runner and not by number: another model may get the place in memory of one that was unloaded.
    orders: WeakKeyDictionary[DaskGraphRunner, Dict[Tuple[Text, ...], List[Text]]]
    orders = WeakKeyDictionary()

    def run(
        self: DaskGraphRunner,
        inputs: Optional[Dict[Text, Any]] = None,
        targets: Optional[List[Text]] = None,
    ) -> Dict[Text, Any]:
        schema = self._graph_schema
        wanted = targets or schema.target_names
        known = orders.setdefault(self, {})
        order = known.get(tuple(wanted))
        if order is None:
            order = known[tuple(wanted)] = in_order(schema, wanted)
        outputs: Dict[Text, Output] = {
            name: (name, value) for name, value in (inputs or {}).items()
        }
        try:
            for name in order:
                needs = schema.nodes[name].needs.values()
                # A name that nothing was given for is passed on as it is; the component then says what it lacks.
                outputs[name] = self._instantiated_nodes[name](
                    *(outputs.get(need, need) for need in needs)
                )
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return {name: outputs[name][1] for name in wanted}

    DaskGraphRunner.run = run


def in_order(schema: GraphSchema, targets: List[Text]) -> List[Text]:
    """The components that the targets need, each after those it needs itself."""
    found: List[Text] = []
    seen: Set[Text] = set()

    def visit(name: Text) -> None:
        if name in seen or name not in schema.nodes:
            return
        seen.add(name)
        for need in schema.nodes[name].needs.values():
            visit(need)
        found.append(name)

    for target in targets:
        visit(target)
    return found
