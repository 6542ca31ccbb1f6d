"""Health figures and this process's tally as Prometheus metrics.

Imported when somebody first asks: prometheus-client takes a tenth of a second that no start should wait for.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from services.metrics import Histogram, Tally
from services.running.health import Health

CONTENT_TYPE = CONTENT_TYPE_LATEST
Labelled = Mapping[tuple[str, ...], float]


class _Collector:
    def __init__(self, found: Health, tally: Tally, now: datetime) -> None:
        self.found, self.tally, self.now = found, tally, now

    def collect(self) -> Iterator[Metric]:
        """Yield one family a figure."""
        yield from self._process()
        yield from self._accounts()
        yield from self._stored()

    def _process(self) -> Iterator[Metric]:
        """Yield what is counted since the process started."""
        tally = self.tally
        yield _counter("events", "Events received", ("post_type", "kind"), tally.events)
        dropped = {(reason,): n for reason, n in tally.dropped.items()}
        yield _counter("dropped", "Events and commands nothing is done about", ("reason",), dropped)
        yield _counter("api_calls", "Calls to the implementations", ("action", "result"), tally.calls)
        yield _histogram(
            "api_call_seconds",
            "How long calls took",
            [({"action": action}, seconds) for action, seconds in sorted(tally.call_seconds.items())],
        )
        yield _gauge("events_under_way", "Events being handled now", {(): tally.under_way})
        answers = "From a join request's event to the bot's own answer being taken"
        yield _histogram("join_answer_seconds", answers, [({}, tally.answer_seconds)])
        yield _histogram("message_look_seconds", "Our look at one message", [({}, tally.look_seconds)])

    def _accounts(self) -> Iterator[Metric]:
        accounts = self.found.accounts
        yield _gauge("accounts_connected", "QQ accounts now connected", {(): len(accounts)})
        ages = {(one.label,): one.connected_for for one in accounts}
        yield _gauge("connection_age_seconds", "How long connected", ages, ("account",))
        online = {(one.label,): float(one.online) for one in accounts}
        yield _gauge("account_online", "1 while QQ has the account logged in", online, ("account",))
        skews = {(one.label,): one.skew for one in accounts if one.skew is not None}
        yield _gauge("clock_skew_seconds", "QQ's event times ahead of ours", skews, ("account",))

    def _stored(self) -> Iterator[Metric]:
        """Yield what the database says, and so survives a restart."""
        seen = self.found.figures
        yield _gauge("filed_groups", "Groups with an approved filing", {(): seen.filed_groups})
        yield _gauge("outbox_backlog", "Acts that could be sent now", {(): seen.backlog})
        waited = (self.now - seen.oldest_waiting).total_seconds() if seen.oldest_waiting else 0.0
        yield _gauge(
            "outbox_oldest_seconds", "How long the oldest of them has waited", {(): max(0.0, waited)}
        )
        yield _gauge("paused", "1 while everything is paused", {(): float(seen.paused)})
        yield _gauge("last_audit", "Unix time of the last judged reading", _moment(seen.last_audit))
        newest = "Unix time of the last complete reading"
        yield _gauge("last_complete_reading", newest, _moment(seen.newest_reading))
        oldest = "Unix time of the last complete reading of the filed group that waits longest"
        yield _gauge("oldest_reading", oldest, _moment(seen.oldest_reading))
        verdicts = {(verdict,): n for verdict, n in seen.requests.items()}
        yield _gauge("join_verdicts", "Join requests by verdict", verdicts, ("verdict",))
        yield _gauge("open_cases", "Open cases by duty", seen.open_cases, ("code", "status"))
        closed = {(how,): n for how, n in seen.closed_cases.items()}
        yield _gauge("closed_cases", "Closed cases by how they ended", closed, ("closed_as",))
        yield _gauge("outbox_rows", "Acts by kind and state", seen.sends, ("kind", "state"))
        yield from self._sources()
        effects = {(*who, effect): n for who, told in seen.effects.items() for effect, n in told.items()}
        labels = ("implementation", "action", "effect")
        yield _gauge("effects", "What became of acts that were read back", effects, labels)

    def _sources(self) -> Iterator[Metric]:
        """Yield how what the registry comes from stands."""
        rows = self.found.figures.sources
        good = {(row.source,): row.good_at.timestamp() for row in rows if row.good_at}
        yield _gauge("source_last_good", "Unix time of the last whole reading", good, ("source",))
        ended = {(row.source,): row.ended_at.timestamp() for row in rows if row.ended_at}
        yield _gauge("source_last_run", "Unix time of the last reading, good or not", ended, ("source",))
        failed = {(row.source,): float(row.outcome == "failed") for row in rows}
        yield _gauge("source_failed", "1 while the last reading had failed", failed, ("source",))
        people = {(row.source,): row.people for row in rows if row.people is not None}
        yield _gauge("source_people", "People in the last reading", people, ("source",))


def _moment(moment: datetime | None) -> dict[tuple[str, ...], float]:
    return {(): moment.timestamp() if moment is not None else 0.0}


def _gauge(name: str, text: str, values: Labelled, labels: tuple[str, ...] = ()) -> Metric:
    family = GaugeMetricFamily(f"qungui_{name}", text, labels=labels)
    for label, value in sorted(values.items()):
        family.add_metric(label, value)
    return family


def _counter(name: str, text: str, labels: tuple[str, ...], values: Labelled) -> Metric:
    family = CounterMetricFamily(f"qungui_{name}", text, labels=labels)
    for label, value in sorted(values.items()):
        family.add_metric(label, value)
    return family


def _histogram(name: str, text: str, values: Iterable[tuple[dict[str, str], Histogram]]) -> Metric:
    told = list(values)
    labels = tuple(told[0][0]) if told else ()
    family = HistogramMetricFamily(f"qungui_{name}", text, labels=labels)
    for label, seconds in told:
        family.add_metric(tuple(label.values()), _buckets(seconds), sum_value=seconds.total)
    return family


def _buckets(seconds: Histogram) -> list[tuple[str, float]]:
    """Return (upper bound, how many were no longer), as Prometheus counts."""
    found: list[tuple[str, float]] = []
    so_far = 0
    for bound, count in zip((*seconds.bounds, float("inf")), seconds.counts, strict=True):
        so_far += count
        found.append(("+Inf" if bound == float("inf") else repr(bound), so_far))
    return found


def render(found: Health, tally: Tally, now: datetime) -> bytes:
    """Return the page that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(_Collector(found, tally, now))  # pyright: ignore[reportArgumentType]
    return generate_latest(registry)
