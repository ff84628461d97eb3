# What a Space says of itself.
at 0   Mira: StartSpace title="  Evening \u202e radio " topics=["a","b","c","d"]
    -> refused malformed "at most 3 topics, of 1 to 40 characters each"
at 0   Mira: StartSpace title="\u200b"
    -> refused malformed "a title needs something to read, of at most 100 characters"
at 0   Mira: StartSpace topics=[""]
    -> refused malformed "at most 3 topics, of 1 to 40 characters each"
at 0   Mira: StartSpace topics="radio"
    -> refused malformed "topics is a list"
at 0   Mira: StartSpace access="friends"
    -> refused malformed "access is one of open, pin, invite"
at 0   Mira: StartSpace colour="red"
    -> refused malformed "StartSpace has no field 'colour'"
at 0   Mira: StartSpace by="mira"
    -> refused malformed "StartSpace has no field 'by'"
at 0   Mira: StartSpace stamp={}
    -> refused malformed "StartSpace has no field 'stamp'"
at 0   Mira: StartSpace record=1
    -> refused malformed "record is true or false"
at 0   Mira: StartSpace title="  Evening \u202e radio " record=true
    -> SpaceStarted title="Evening radio" access="open" record=true
at 1   Ana: Join name="Ana"
    -> Joined Ana name="Ana" role="listener"
at 2   Ana: EditSpace title="Mine"
    -> refused forbidden "only the host and co-hosts may do that"
at 3   Mira: EditSpace rules="Be kind." topics=["radio"]
    -> SpaceEdited title="Evening radio" topics=["radio"] rules="Be kind."
at 4   Mira: EditSpace title=null rules="Be kind."
    -> nothing
at 5   Mira: EditSpace title=""
    -> refused malformed "a title needs something to read, of at most 100 characters"
# A box that was told nothing opens "A Space with" its host.
at 6   Mira: EndSpace now=true
    -> SpaceEnded grace_s=0.0
    -> SpaceClosed
at 7   Mira: EditSpace title="Too late"
    -> refused not_now "no Space is live"
at 8   Mira: StartSpace
    -> SpaceStarted title="A Space with Mira" access="open" record=false
