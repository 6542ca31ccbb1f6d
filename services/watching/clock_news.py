"""The clock's skew is stored for `doctor`, and that it is wrong is told to admin staff once."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from config.phrases import gateway as say
from db.engine import Transaction
from db.queries.cases import timelines
from db.queries.work import switches, unsaid
from services import followup
from services.app import App
from services.people import roles
from services.watching import clock

NEWS_SECONDS = 5.0
KEEP = timedelta(minutes=10)


@dataclass
class _Stored:
    """What this process stored last, and under which key: the key changes as other processes come and go."""

    key: str = ""
    skew: clock.SeenSkew | None = None


async def note_skew(app: App) -> None:
    """Store the skew seen now, for `doctor`, which runs in another process; only when it is news."""
    seconds, now = clock.skew_now(app), app.now()
    if seconds is None:
        return
    key, last = clock.key_for(app), app.memory(_Stored)
    known = last.skew or await app.database.run(partial(clock.stored_skew, key=key), writes=False)
    moved = known is None or abs(known.seconds - seconds) > NEWS_SECONDS or abs(now - known.at) > KEEP
    if moved or key != last.key:
        seen = clock.SeenSkew(seconds, now)
        async with app.database.transaction() as tx:
            await switches.put(tx, key, round(seconds, 1), by="bot", at=now)
            await _tell_change(app, tx, known, seen)
        last.key, last.skew = key, seen


async def _tell_change(
    app: App, tx: Transaction, before: clock.SeenSkew | None, after: clock.SeenSkew
) -> None:
    """Tell admin staff once that the clock is wrong; when it is right again, what waited is looked at."""
    if after.is_wrong == (before is not None and before.is_wrong):
        return
    if after.is_wrong:
        text = say.CLOCK["wrong"].format(apart=_apart(abs(after.seconds)))
    else:
        text = say.CLOCK["right"]
        await followup.groups_changed(app, tx, sorted(await timelines.groups_with_open(tx)))
    # Those whose earlier message still waits need neither that one nor this one.
    begins = f"clock:{clock.key_for(app)}:"
    unheard = await unsaid.call_off(tx, begins, app.now())
    public = None if None in unheard else text
    key = f"{begins}{after.at:%Y%m%d%H%M}:{after.is_wrong}"
    await roles.tell_admin_staff(app, tx, text, public=public, key=key, but=unheard)


def _apart(seconds: float) -> str:
    """Say how far apart two clocks are, in the largest unit that there are two of."""
    for unit, words in ((86400, say.DAYS), (3600, say.HOURS)):
        if seconds >= 2 * unit:
            return words.format(n=round(seconds / unit))
    return say.MINUTES.format(n=round(seconds / 60))
