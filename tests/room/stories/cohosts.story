# Two co-hosts at most; only the host makes them, and only the host sends them away.
at 0   Mira: StartSpace
    -> SpaceStarted title="A Space with Mira" access="open" record=false
at 1   Ana: Join name="Ana"
    -> Joined Ana name="Ana" role="listener"
at 1   Kofi: Join name="Kofi"
    -> Joined Kofi name="Kofi" role="listener"
at 1   Lena: Join name="Lena"
    -> Joined Lena name="Lena" role="listener"
at 1   Anon: Join
    -> Joined Anon role="listener"
at 2   Ana: RequestToSpeak
    -> SpeakRequested Ana name="Ana"
at 3   Mira: MakeCohost Ana
    -> CohostMade Ana
    = live | stage: Mira(host muted) Ana(cohost muted) | audience: Kofi Lena +1
at 4   Ana: MakeCohost Kofi
    -> refused forbidden "only the host may do that"
at 5   Mira: MakeCohost Kofi
    -> CohostMade Kofi
at 6   Mira: MakeCohost Lena
    -> refused not_now "there are two co-hosts already"
at 6   Mira: MakeCohost Ana
    -> refused not_now "they are a host already"
at 6   Mira: MakeCohost Mira
    -> refused not_now "they are a host already"
at 6   Mira: MakeCohost Anon
    -> refused not_now "nobody of that id is here by name"
    = live | stage: Mira(host muted) Ana(cohost muted) Kofi(cohost muted) | audience: Lena +1
# A third does not come in by a link either.
at 7   Omar: Join name="Omar" role="cohost"
    -> refused full "there are two co-hosts already"
# A co-host moderates, and is muted by a host like anybody; co-hosts do not send each other away.
at 10  Kofi: ReportUplink
    -> UplinkOpened Kofi
at 10  Kofi: SetMuted muted=false
    -> MuteChanged Kofi muted=false by Kofi
at 11  Ana: Mute Kofi
    -> MuteChanged Kofi muted=true by Ana
at 12  Ana: MoveToAudience Kofi
    -> refused forbidden "only the host may do that to a co-host"
at 12  Ana: Remove Kofi
    -> refused forbidden "only the host may do that to a co-host"
at 12  Ana: Remove Mira
    -> refused forbidden "the host stays"
at 12  Ana: MoveToAudience Mira
    -> refused forbidden "the host stays"
at 12  Mira: Remove Mira
    -> refused forbidden "the host stays"
at 12  Ana: RevokeCohost Kofi
    -> refused forbidden "only the host may do that"
at 12  Ana: WrapUp
    -> refused forbidden "only the host may do that"
at 12  Ana: EndSpace
    -> refused forbidden "only the host may do that"
at 12  Ana: EditSpace title="Ana's evening"
    -> SpaceEdited title="Ana's evening"
# Back among the speakers, their microphone as it was.
at 20  Kofi: SetMuted muted=false
    -> MuteChanged Kofi muted=false by Kofi
at 21  Mira: RevokeCohost Kofi
    -> CohostRevoked Kofi role="speaker"
    = live | stage: Mira(host muted) Ana(cohost muted) Kofi(speaker open) | audience: Lena +1
at 22  Mira: RevokeCohost Kofi
    -> refused not_now "that is no co-host"
at 23  Mira: MakeCohost Kofi
    -> CohostMade Kofi
    = live | stage: Mira(host muted) Ana(cohost muted) Kofi(cohost open) | audience: Lena +1
at 24  Kofi: StepDown
    -> SteppedDown Kofi by Kofi
at 25  Omar: Join name="Omar" role="cohost"
    -> Joined Omar name="Omar" role="cohost"
    = live | stage: Mira(host muted) Ana(cohost muted) Omar(cohost muted) | audience: Kofi Lena +1
