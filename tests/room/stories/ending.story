# Wrapping up, the end, and ten seconds in which the host may think again.
at 0   Ana: Join name="Ana"
    -> refused not_now "no Space is live"
at 0   Mira: WrapUp
    -> refused not_now "no Space is live"
at 0   Mira: EndSpace
    -> refused not_now "no Space is live"
at 0   Mira: StartSpace title="Evening radio" topics=["radio","night"] access="pin"
    -> SpaceStarted title="Evening radio" topics=["radio", "night"] access="pin" record=false pin="0417"
at 1   Mira: StartSpace title="Again"
    -> refused not_now "a Space is live already"
at 2   Ana: Join name="Ana"
    -> Joined Ana name="Ana" role="listener"
at 2   Ana: RequestToSpeak
    -> SpeakRequested Ana name="Ana"
at 3   Mira: Approve Ana
    -> SteppedUp Ana role="speaker" by Mira
at 3   Ana: ReportUplink
    -> UplinkOpened Ana
at 4   Ana: SetMuted muted=false
    -> MuteChanged Ana muted=false by Ana
at 4   Mira: SetMuted muted=false
    -> MuteChanged Mira muted=false by Mira
at 60  Mira: WrapUp
    -> WrappingUp
at 61  Mira: WrapUp
    -> nothing
at 61  Mira: StartSpace
    -> refused not_now "a Space is live already"
    = wrapping | stage: Mira(host open) Ana(speaker open)
at 70  Mira: EndSpace
    -> MuteChanged Mira muted=true by Mira
    -> SpaceEnded grace_s=10.0
    = ended | stage: Mira(host muted) Ana(speaker open)
# In the grace nothing can be done but to go on, to go, or to end at once.
at 71  Mira: EndSpace
    -> refused not_now "no Space is live"
at 71  Ana: React emoji="👏"
    -> refused not_now "no Space is live"
at 71  Mira: SetMuted muted=false
    -> refused not_now "no Space is live"
at 71  Kofi: Join name="Kofi"
    -> refused not_now "no Space is live"
at 79.9  box: CheckDeadlines
    -> nothing
# The same Space goes on: same people, same places, only the host muted.
at 79.9  Mira: StartSpace title="Another"
    -> SpaceResumed
    = live | stage: Mira(host muted) Ana(speaker open)
at 80  box: CheckDeadlines
    -> nothing
at 90  Mira: EndSpace
    -> SpaceEnded grace_s=10.0
at 100  box: CheckDeadlines
    -> SpaceClosed
    = idle | stage: Mira(host muted)
at 101  Mira: EndSpace
    -> refused not_now "no Space is live"
at 102  Mira: StartSpace
    -> SpaceStarted title="A Space with Mira" access="open" record=false
    = live | stage: Mira(host muted)
# Too late by a moment is another Space, even if nobody looked at the clock.
at 110 Ana: Join name="Ana"
    -> Joined Ana name="Ana" role="listener"
at 110 Mira: EndSpace
    -> SpaceEnded grace_s=10.0
at 120 Mira: StartSpace title="Night radio"
    -> SpaceClosed
    -> SpaceStarted title="Night radio" access="open" record=false
    = live | stage: Mira(host muted)
