"""Characters of which one is another written differently: traditional forms, variants, a PDF's radicals.

A text is folded character by character. OpenCC's own conversion goes by phrases and knows famous people:
it makes 沈思 a 沉思, and 張昇 another than 张昇. So only its table of characters is kept here.
"""

from regulation.cards.simplified import SIMPLIFIED, TRADITIONAL

# Unicode's EquivalentUnifiedIdeograph: NFKC leaves the CJK radicals supplement (U+2E80..2EF3) as it is.
_SUPPLEMENT = (
    "⺀厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵⺚旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂"
    "肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
RADICALS = {0x2E80 + at: ord(character) for at, character in enumerate(_SUPPLEMENT)}

# A word of its own in both ways of writing (乾坤 is no 干坤), though OpenCC simplifies it.
_KEPT = "乾"
# Variants that OpenCC leaves: forms of Taiwan, Hong Kong, Japan, of old fonts, and second simplifications.
_VARIANTS = (
    "馀余锺钟髙高淸清靑青戸户愼慎呉吴毎每兪俞郞郎衞卫徳德昻昂冨富豊丰寗宁煕熙熈熙"
    "囯国羙美黒黑頋顾葢盖菓果穉稚瑠琉璢琉鼇鳌縂总咊和秊年竝并郷乡"
)


class _Folds(dict[int, int]):
    """What each character is folded to, found at its first sight; for `str.translate`."""

    def __missing__(self, code: int) -> int:
        """Fold one character, alone, so that no phrase is seen in it: a radical to its character first."""
        character = chr(RADICALS.get(code, code))
        if character not in _KEPT:
            at = TRADITIONAL.find(character)
            if at >= 0:
                character = chr(self[ord(SIMPLIFIED[at])])
        self[code] = ord(character)
        return self[code]


_FOLDS = _Folds(zip(map(ord, _VARIANTS[::2]), map(ord, _VARIANTS[1::2]), strict=True))


def folded(text: str) -> str:
    """Return `text` with every character in the form in which two ways of writing it are equal."""
    return text.translate(_FOLDS)
