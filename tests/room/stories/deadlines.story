# A minute to open a microphone; two and a half to come back.
at 0   Mira: StartSpace
    -> SpaceStarted title="A Space with Mira" access="open" record=false
at 1   Ana: Join name="Ana"
    -> Joined Ana name="Ana" role="listener"
at 1   Kofi: Join name="Kofi"
    -> Joined Kofi name="Kofi" role="listener"
at 2   Ana: RequestToSpeak
    -> SpeakRequested Ana name="Ana"
at 2   Kofi: RequestToSpeak
    -> SpeakRequested Kofi name="Kofi"
at 10  Mira: Approve Ana
    -> SteppedUp Ana role="speaker" by Mira
at 10  Mira: Approve Kofi
    -> SteppedUp Kofi role="speaker" by Mira
at 20  Kofi: ReportUplink
    -> UplinkOpened Kofi
at 69.9  box: CheckDeadlines
    -> nothing
at 70  box: CheckDeadlines
    -> SteppedDown Ana by box
    = live | stage: Mira(host muted) Kofi(speaker muted) | audience: Ana
at 70  box: CheckDeadlines
    -> nothing
# Without a word: the seat is kept, on stage or off.
at 100  Kofi: ReportConnected connected=false
    -> ConnectionChanged Kofi connected=false
at 101  Kofi: ReportConnected connected=false
    -> nothing
at 102  Ana: ReportConnected connected=false
    -> ConnectionChanged Ana connected=false
    = live | stage: Mira(host muted) Kofi(speaker muted away) | audience: Ana(away)
at 249.9  box: CheckDeadlines
    -> nothing
at 250  box: CheckDeadlines
    -> Left Kofi
at 251  Ana: Join name="Ana"
    -> ConnectionChanged Ana connected=true
    = live | stage: Mira(host muted) | audience: Ana
at 252  box: CheckDeadlines
    -> nothing
# The host sits at the box and is never away.
at 300  Mira: ReportConnected connected=false
    -> nothing
at 500  box: CheckDeadlines
    -> nothing
at 501  Mira: Leave
    -> refused forbidden "the host stays; end the Space instead"
    = live | stage: Mira(host muted) | audience: Ana
# A second wait begins anew.
at 510  Ana: RequestToSpeak
    -> SpeakRequested Ana name="Ana"
at 511  Mira: Approve Ana
    -> SteppedUp Ana role="speaker" by Mira
at 570  box: CheckDeadlines
    -> nothing
at 571  box: CheckDeadlines
    -> SteppedDown Ana by box
    = live | stage: Mira(host muted) | audience: Ana
# Who left comes back as somebody new.
at 580  Kofi: Join name="Kofi"
    -> Joined Kofi name="Kofi" role="listener"
at 581  Kofi: Leave
    -> Left Kofi
at 582  Kofi: Leave
    -> nothing
    = live | stage: Mira(host muted) | audience: Ana
