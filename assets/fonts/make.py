#!/usr/bin/env python3
"""Makes the two shipped fonts from the collections of Debian's package fonts-noto-cjk: see README.md.

usage: make.py FOLDER_WITH_THE_COLLECTIONS
"""
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

SIMPLIFIED_CHINESE = 2  # the face's number in the collections: JP, KR, SC, TC, HK
# Beyond GB 2312: Latin-1, dashes and quotes, the euro, GB/T 38540's kin of symbols, and name characters that GB 2312 lacks.
EXTRA = "".join(map(chr, range(0xA0, 0x100))) + "–—‘’“”•…‰′″€™←↑→↓√∞≈≠≤≥■□▲△▼▽◆◇○◎●★☆〇①②③④⑤⑥⑦⑧⑨⑩㈠㈡㈢㎡" \
        "喆堃镕璟垚淼犇骉祎玥珺琰瑀珅玮晟昇昊旻翀翾禛祺祐祯赟赪頔颋骧鹍彧弢堉埕塬墉妤娣婳嫄嬅孖宓岍峣嵘嶙帼廙悫惇懋扆旸昉昕晔晞暄暐杺栩桢梽椿樾橞檠沄沚泓洺浛浠浥淏淦渌湉溦滢潇潆澍瀚炅烜烨焜煊煜熠熹燊珩珣珮琇琎瑄瑾璇璠璩甯皓皛盈睿瞳砚磊祜禹稷竑筠箐箴綦翊翕翥聃聿胤艺芃芊芩芮苡茜茹荀莘菁菡萱葳蒨蓁蓥蔺蕤薇藜蘅虓虢蜜衎裎褚觐諴谌豫贽赜跞轶辚迦逄逯遐邈郅郇郗鄞鄱酆釉鉴鋆錡钊钰铖铠铭铮锜锟锴镓镔镛闫闳阆陟隽雯霁霄霏靓鞠韫颀颐颢飏馥骁骅骏骐骞鸿鹄麒麟龑龢䶮㐂𠮷龘"


def gb2312() -> set[int]:
    """ASCII and every character of GB 2312."""
    found = set(range(0x20, 0x7F))
    for first in range(0xA1, 0xF8):
        for second in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes([first, second]).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    return found


def make(collection: Path, target: Path) -> None:
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.desubroutinize = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = ["*"]
    options.notdef_outline = True
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG"]
    font = TTFont(collection, fontNumber=SIMPLIFIED_CHINESE, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=gb2312() | {ord(character) for character in EXTRA})
    subsetter.subset(font)
    font.save(target)
    print(f"{target.name}: {target.stat().st_size:,} bytes, {font['maxp'].numGlyphs} glyphs")


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    make(Path(sys.argv[1]) / "NotoSerifCJK-Bold.ttc", here / "NotoSerifSC-Bold-GB2312.otf")
    make(Path(sys.argv[1]) / "NotoSansCJK-Regular.ttc", here / "NotoSansSC-Regular-GB2312.otf")
