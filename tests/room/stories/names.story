# Names are cleaned, no two alike, and never the host's.
at 0   Mira: StartSpace
    -> SpaceStarted title="A Space with Mira" access="open" record=false
at 1   A: Join name="Ana"
    -> Joined A name="Ana" role="listener"
at 1   B: Join name="  aNA "
    -> Joined B name="aNA 2" role="listener"
at 1   C: Join name="Ana\u200b\u202e"
    -> Joined C name="Ana 3" role="listener"
at 1   D: Join name="Mira"
    -> Joined D name="Mira 2" role="listener"
at 1   E: Join name="MIRA\u3164"
    -> Joined E name="MIRA 3" role="listener"
at 1   F: Join name="e\u0301va\nvan   Dam"
    -> Joined F name="éva van Dam" role="listener"
at 1   G: Join name="\u202e\u200b"
    -> refused malformed "a name needs something to read"
at 1   H: Join name="\u3164"
    -> refused malformed "a name needs something to read"
# An anonymous listener takes a name by joining again; to ask for the stage it takes one.
at 2   I: Join
    -> Joined I role="listener"
    = live | stage: Mira(host muted) | audience: A B C D E F +1
at 3   I: RequestToSpeak reason="hello"
    -> refused not_now "say your name first: the host wants to know who asks"
at 4   I: Join name="Ana"
    -> Named I name="Ana 4" role="listener"
at 5   I: RequestToSpeak reason="hello"
    -> SpeakRequested I name="Ana 4" reason="hello"
    = live | stage: Mira(host muted) | queue: I | audience: A B C D E F I
# The same name again is no news, another one is; the request goes on under it.
at 6   I: Join name="Ana 4"
    -> nothing
at 7   I: Join name="Ines"
    -> Named I name="Ines" role="listener"
at 8   I: Join name="Mira"
    -> Named I name="Mira 4" role="listener"
    = live | stage: Mira(host muted) | queue: I | audience: A B C D E F I
# The host keeps the name the box was given.
at 9   Mira: Join name="Somebody"
    -> nothing
