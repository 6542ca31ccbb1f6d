"""Health figures as Prometheus metrics."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily

from services.health import Health


class _Collector:
    def __init__(self, found: Health) -> None:
        self.found = found

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield one family a figure; counts come from the database, so they survive restarts."""
        figures = self.found.figures
        yield _single("qungui_accounts_connected", "QQ accounts now connected", len(self.found.accounts))
        yield _single("qungui_filed_groups", "Groups with an approved filing", figures.filed_groups)
        yield _single("qungui_outbox_backlog", "Acts that could be sent now", figures.backlog)
        yield _single("qungui_paused", "1 while everything is paused", int(figures.paused))
        stamp = figures.last_audit.timestamp() if figures.last_audit else 0
        yield _single("qungui_last_complete_reading", "Unix time of the last complete reading", stamp)
        verdicts = GaugeMetricFamily("qungui_join_verdicts", "Join requests by verdict", labels=["verdict"])
        for verdict, n in figures.requests.items():
            verdicts.add_metric([verdict], n)
        yield verdicts
        cases = GaugeMetricFamily("qungui_open_cases", "Open cases by duty", labels=["code"])
        for code, n in figures.open_cases.items():
            cases.add_metric([code], n)
        yield cases
        sends = GaugeMetricFamily("qungui_outbox_rows", "Acts by kind and state", labels=["kind", "state"])
        for (kind, state), n in figures.sends.items():
            sends.add_metric([kind, state], n)
        yield sends


def _single(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)


def registry_of(found: Health) -> CollectorRegistry:
    """Return a registry that holds these figures only."""
    registry = CollectorRegistry()
    registry.register(_Collector(found))
    return registry
