# The limit counts speakers; the host and co-hosts never.
at 0   Mira: StartSpace
    -> SpaceStarted title="A Space with Mira" access="open" record=false
at 0   Mira: SetStage limit=1
    -> StageChanged limit=1 queue_open=true
at 1   Ana: Join name="Ana"
    -> Joined Ana name="Ana" role="listener"
at 1   Kofi: Join name="Kofi"
    -> Joined Kofi name="Kofi" role="listener"
at 1   Lena: Join name="Lena"
    -> Joined Lena name="Lena" role="listener"
at 2   Mira: MakeCohost Ana
    -> CohostMade Ana
at 3   Kofi: RequestToSpeak
    -> SpeakRequested Kofi name="Kofi"
at 3   Mira: Approve Kofi
    -> SteppedUp Kofi role="speaker" by Mira
at 4   Lena: RequestToSpeak
    -> SpeakRequested Lena name="Lena"
at 5   Mira: Approve Lena
    -> refused not_now "the stage is full"
at 5   Omar: Join name="Omar" role="speaker"
    -> refused full "the stage is full"
    = live | stage: Mira(host muted) Ana(cohost muted) Kofi(speaker muted) | queue: Lena | audience: Lena
at 6   Mira: InviteToStage Lena
    -> InvitedToStage Lena by Mira
at 7   Lena: AcceptInvitation
    -> refused not_now "the stage is full"
# A co-host comes down to the audience where the stage is full.
at 8   Mira: RevokeCohost Ana
    -> CohostRevoked Ana role="listener"
    = live | stage: Mira(host muted) Kofi(speaker muted) | queue: Lena | audience: Ana Lena(invited)
at 9   Mira: SetStage limit=2
    -> StageChanged limit=2 queue_open=true
at 10  Lena: AcceptInvitation
    -> SteppedUp Lena role="speaker" by Lena
    = live | stage: Mira(host muted) Kofi(speaker muted) Lena(speaker muted) | audience: Ana
# A lower limit sends nobody down.
at 11  Mira: SetStage limit=1
    -> StageChanged limit=1 queue_open=true
    = live | stage: Mira(host muted) Kofi(speaker muted) Lena(speaker muted) | audience: Ana
at 12  Lena: SetStage limit=5
    -> refused forbidden "only the host and co-hosts may do that"
at 12  Mira: SetStage limit=0
    -> refused malformed "the stage holds 1 to 12 speakers"
at 12  Mira: SetStage limit=13
    -> refused malformed "the stage holds 1 to 12 speakers"
at 12  Mira: SetStage limit=true
    -> refused malformed "limit is a whole number"
at 12  Mira: SetStage
    -> refused malformed "SetStage wants limit, queue_open or both"
at 12  Mira: SetStage limit=1
    -> nothing
at 13  Mira: SetStage limit=12 queue_open=false
    -> StageChanged limit=12 queue_open=false
