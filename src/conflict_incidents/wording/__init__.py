"""What the words of an excerpt, a note or a title say in numbers: of whom, how bounded, and whether of all.

Six languages are read, each by a list of its words: to add a language, add its list, `en.txt` and so on. What isn't
understood is passed over: the rules that ask here judge what a text plainly says, and leave the rest to a reviewer.
Prevents: a record that says more than the words it quotes.
"""

from conflict_incidents.wording.counted import counted
from conflict_incidents.wording.items import Item
from conflict_incidents.wording.lexicon import language_of, written_in
from conflict_incidents.wording.mentions import Mention, Text, read

__all__ = ["Item", "Mention", "Text", "counted", "language_of", "read", "written_in"]
