"""The verbs of `echoloop`, in the order of the loop."""

from cyclopts import App

from echoloop import __version__
from echoloop.cli.collect import collect
from echoloop.cli.curate import curate
from echoloop.cli.demo import demo
from echoloop.cli.diagnose import diagnose
from echoloop.cli.forget import forget
from echoloop.cli.generate import generate
from echoloop.cli.groups import AROUND, LOOP
from echoloop.cli.init import init
from echoloop.cli.judge import judge
from echoloop.cli.lab import lab
from echoloop.cli.ledger import ledger
from echoloop.cli.plan import plan
from echoloop.cli.release import release
from echoloop.cli.report import report
from echoloop.cli.status import status
from echoloop.cli.suite import suite
from echoloop.cli.train import train

app = App(
    name="echoloop",
    version=__version__,
    help="""Keep image-model benchmarks level with image models.

People post about a new image model (collect); their conversations become a benchmark (curate, release); models answer
it (generate); judges grade the answers (judge); complaints become metrics (diagnose); pages show it all (report). A model is fine-tuned on what it lacks (train).

Start with `echoloop demo`: the whole loop in a small world whose truth is known, offline, in about a minute.""",
)

for _group in (collect, curate, release, judge, diagnose):
    app.command(_group)
for _place, _verb in ((3, generate), (6, report)):
    app.command(_verb, group=LOOP, sort_key=_place)
for _place, _verb in enumerate((demo, init, plan, status, forget)):
    app.command(_verb, group=AROUND, sort_key=_place)
app.command(train)
app.command(suite)
app.command(ledger)
app.command(lab)
