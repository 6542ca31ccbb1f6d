"""What a use case answers whoever asked. Chat, pages and terminal each say it in their own way."""

from dataclasses import dataclass

from config.phrases import commands


@dataclass(frozen=True, slots=True)
class Answer:
    """`ok`: it was done, or there is such a thing. `text`: the Chinese for whoever asked.

    `public`: what a group hears instead (counts, nobody's name); None: `text` may be said there.
    What else a page or the terminal needs is a field of a subclass.
    """

    ok: bool
    text: str
    public: str | None = None


# What hears whoever isn't entitled, whether there is such a thing or not.
NEUTRAL = Answer(False, commands.NEUTRAL)
