"""A whole summary in one go, and sending reports to the group of admin staff."""

from dataclasses import dataclass, replace

from db.engine import Transaction
from regulation.summary import Figures, Period
from services import acts, outbox
from services.acts import Act, ActKind, Priority
from services.app import App
from services.naming import group_names
from services.people import roles
from services.reports import figures as load
from services.reports import text
from services.reports.filters import Filters


@dataclass(frozen=True, slots=True)
class Summary:
    """One summary. `public` holds counts only; `image` is PNG."""

    figures: Figures
    text: str
    public: str
    image: bytes


async def summary(app: App, period: Period, filters: Filters) -> Summary:
    """Return the summary of a period, all from the same figures."""
    found = await load.load(app, period, filters)
    async with app.database.reading() as tx:
        names = await group_names(tx, list(found.by_group)[: text.TOP])
    # Pillow is 8 MiB that an idle bot can do without.
    from services.reports import picture

    image = await picture.render(found, text.heading(found, filters), app.now())
    return Summary(found, text.summary_text(found, filters, names), text.counts(found), image)


async def to_admin_group(
    app: App,
    tx: Transaction,
    text: str,
    *,
    key: str,
    image: bytes | None = None,
    file: tuple[str, bytes] | None = None,
    heard_by: int | None = None,
    purpose: str = "report",
) -> None:
    """Queue a report for `ADMIN_GROUP`, in this order: text with picture, then file (name, bytes).

    Without an `ADMIN_GROUP` each of the admin staff gets it privately, but for the QQ number `heard_by`,
    who is answered with it anyway. `key`: it is sent once.
    """
    group_id = app.settings.admin_group
    if group_id is not None:
        said = acts.to_group(group_id, text, purpose=purpose, key=key, priority=Priority.REPORT, image=image)
        await _queue(app, tx, said, key, file)
        return
    for user_id in await roles.admin_staff(app, tx):
        if user_id == heard_by:
            continue
        own = f"{key}:{user_id}"
        said = acts.to_person(user_id, text, purpose=purpose, key=own, priority=Priority.REPORT)
        if image is not None:
            parts = [*said.payload["parts"], {"image": True}]
            said = replace(said, payload={**said.payload, "parts": parts}, attachment=image)
        await _queue(app, tx, said, own, file)


async def _queue(app: App, tx: Transaction, said: Act, key: str, file: tuple[str, bytes] | None) -> None:
    acts = [said]
    if file is not None:
        name, data = file
        acts.append(
            Act(
                ActKind.SEND_FILE,
                Priority.REPORT,
                {"name": name, "purpose": "report"},
                group_id=said.group_id,
                user_id=said.user_id,
                key=f"{key}:file",
                attachment=data,
            )
        )
    await outbox.queue(app, tx, *acts)
