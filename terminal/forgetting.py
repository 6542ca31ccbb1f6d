"""`cli.py forget 工号`: erase a departed person's personal data; cases stay under a pseudonym."""

import sys

from rich.console import Console

from services.app import App
from services.people import privacy


async def forget(app: App, employee_no: str, *, yes: bool, out: Console) -> int:
    """Erase, or say what would be erased. 0 when done or asked for `--yes`, 1 when refused."""
    result = await privacy.forget(app, employee_no.strip(), confirmed=yes, by="terminal")
    if result.ok or result.asks:
        out.print(result.text, markup=False)
        return 0
    sys.stderr.write(result.text + "\n")
    return 1
