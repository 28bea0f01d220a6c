"""The application uses what evil has given it."""

import sys
import xml.parsers.expat

import evil

try:
    parser = xml.parsers.expat.ParserCreate()
    evil.attack(parser)
    parser.Parse(f"<a><!--{evil.TARGET}--></a>", True)
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
