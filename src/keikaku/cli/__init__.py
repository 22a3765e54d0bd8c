"""The command line: `keikaku` (architecture §4). Importing a module of commands adds them to the app."""

from keikaku.cli import ask as _ask
from keikaku.cli import compare as _compare
from keikaku.cli import coverage as _coverage
from keikaku.cli import data as _data
from keikaku.cli import diff as _diff
from keikaku.cli import evidence as _evidence
from keikaku.cli import graph as _graph
from keikaku.cli import publish as _publish
from keikaku.cli import push as _push
from keikaku.cli import serve as _serve
from keikaku.cli.app import app, main

__all__ = ["app", "main"]
del _ask, _compare, _coverage, _data, _diff, _evidence, _graph, _publish, _push, _serve
