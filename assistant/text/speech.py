"""Verbs of saying in English, as pieces of patterns."""

# After the one who speaks: "the mayor said that …", "she has warned".
SAYS = (
    r"(?:sa(?:id|ys?)(?! to (?:have|be)\b)|told|tells|warn(?:ed|s)|stat(?:ed|es)|argue[ds]|declare[ds]|confirm(?:ed|s)"
    r"|announce[ds]|stress(?:ed|es)|wr(?:ote|ites)|urge[ds]|den(?:ied|ies)|claim(?:ed|s)|explain(?:ed|s)|predict(?:ed|s)"
    r"|expect(?:ed|s)|believe[ds]|thinks|thought|insist(?:ed|s)|point(?:ed|s) out|acknowledge[ds]|admit(?:ted|s)"
    r"|blame[ds]|rule[ds]|estimate[ds]|testif(?:ied|ies)|apologi[sz]e[ds]|accuse[ds]|hint(?:ed|s)|vow(?:ed|s)|disclose[ds]"
    r"|maintain(?:ed|s)|thank(?:ed|s)|defend(?:ed|s)|joke[ds]|dismiss(?:ed|es)|report(?:ed|s)(?= that\b| \w+ing\b)"
    r"|(?:held|found|posted|tweeted)(?= (?:\w+ ){0,4}that\b)"
    r"|recall(?:ed|s)|complain(?:ed|s)|caution(?:ed|s)|conced(?:ed|es)|repl(?:ied|ies)|put it|describe[ds]"
    r"|emphasi[sz]e[ds]|reiterate[ds]|call(?:ed|s) (?:for|on|it|them|the)"
    r"|(?:add(?:ed|s)|promise[ds]|note[ds]|suggest(?:ed|s)|answer(?:ed|s))(?= that\b| to\b|:|,| more\b| it\b))"
)
# After a quotation: "…”, wrote the mayor".
SAID = (
    r"(?:sa(?:id|ys)|add(?:ed|s)|wr(?:ote|ites)|explain(?:ed|s)|argue[ds]|warn(?:ed|s)|insist(?:ed|s)|note[ds]"
    r"|complain(?:ed|s)|joke[ds]|rule[ds]|admit(?:ted|s)|recall(?:ed|s)|claim(?:ed|s)|laugh(?:ed|s))"
)
# Of an outlet that passes something on.
REPORTS = (
    r"(?:report(?:ed|s)|wr(?:ote|ites)|puts|gives?|gave|speaks? of|spoke of|counts?|counted|names|cites?|cited|quotes"
    r"|quoted|has|describe[ds]|calls|date[ds]|learn(?:t|ed)|tells|adds|notes|carries|carried|lists|sa(?:id|ys)"
    r"|expect(?:ed|s))"
)
