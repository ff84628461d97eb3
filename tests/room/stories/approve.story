# The host lets people in by id, never by place: what is on the card is what happens.
at 0   Mira: StartSpace title="Evening radio"
    -> SpaceStarted title="Evening radio" access="open" record=false
at 1   Ana: Join name="Ana"
    -> Joined Ana name="Ana" role="listener"
at 1   Kofi: Join name="Kofi"
    -> Joined Kofi name="Kofi" role="listener"
at 10  Ana: RequestToSpeak reason="radio"
    -> SpeakRequested Ana name="Ana" reason="radio"
at 12  Kofi: RequestToSpeak
    -> SpeakRequested Kofi name="Kofi"
    = live | stage: Mira(host muted) | queue: Ana Kofi | audience: Ana Kofi
at 15  Ana: WithdrawRequest
    -> RequestWithdrawn Ana
at 15  Mira: Approve Ana
    -> refused not_now "that request is gone"
at 16  Mira: Approve Kofi
    -> SteppedUp Kofi role="speaker" by Mira
    = live | stage: Mira(host muted) Kofi(speaker muted) | audience: Ana
at 17  Kofi: ReportUplink
    -> UplinkOpened Kofi
at 18  Kofi: SetMuted muted=false
    -> MuteChanged Kofi muted=false by Kofi
    = live | stage: Mira(host muted) Kofi(speaker open) | audience: Ana
at 19  Mira: Approve Kofi
    -> refused not_now "that request is gone"
at 20  Kofi: Approve Ana
    -> refused forbidden "only the host and co-hosts may do that"
at 21  Mira: Approve Nobody
    -> refused not_now "that request is gone"
at 30  Kofi: StepDown
    -> SteppedDown Kofi by Kofi
    = live | stage: Mira(host muted) | audience: Ana Kofi
at 31  Kofi: StepDown
    -> refused forbidden "only a guest on stage may do that"
