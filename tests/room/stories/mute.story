# Muting is a state; only oneself unmutes.
at 0   Mira: StartSpace
    -> SpaceStarted title="A Space with Mira" access="open" record=false
at 1   Ana: Join name="Ana"
    -> Joined Ana name="Ana" role="listener"
at 1   Kofi: Join name="Kofi"
    -> Joined Kofi name="Kofi" role="listener"
at 2   Mira: MakeCohost Ana
    -> CohostMade Ana
at 2   Kofi: RequestToSpeak
    -> SpeakRequested Kofi name="Kofi"
at 3   Mira: Approve Kofi
    -> SteppedUp Kofi role="speaker" by Mira
at 4   Ana: ReportUplink
    -> UplinkOpened Ana
at 4   Kofi: ReportUplink
    -> UplinkOpened Kofi
# Up there, one arrives muted: the host too.
    = live | stage: Mira(host muted) Ana(cohost muted) Kofi(speaker muted)
at 5   Mira: SetMuted muted=false
    -> MuteChanged Mira muted=false by Mira
at 5   Mira: SetMuted muted=false
    -> nothing
at 5   Ana: SetMuted muted=false
    -> MuteChanged Ana muted=false by Ana
at 5   Kofi: SetMuted muted=false
    -> MuteChanged Kofi muted=false by Kofi
    = live | stage: Mira(host open) Ana(cohost open) Kofi(speaker open)
at 6   Mira: Mute Kofi
    -> MuteChanged Kofi muted=true by Mira
at 6   Mira: Mute Kofi
    -> nothing
at 7   Kofi: SetMuted muted=false
    -> MuteChanged Kofi muted=false by Kofi
# No command unmutes another: there is nowhere to say whom.
at 8   Mira: SetMuted participant="kofi" muted=false
    -> refused malformed "SetMuted has no field 'participant'"
at 8   Mira: SetMuted muted="no"
    -> refused malformed "muted is true or false"
at 8   Kofi: Mute Ana
    -> refused forbidden "only the host and co-hosts may do that"
at 8   Kofi: MuteAll
    -> refused forbidden "only the host and co-hosts may do that"
at 8   Mira: Mute Nobody
    -> refused not_now "they are not on stage"
# Who asks for quiet goes on speaking.
at 10  Ana: MuteAll
    -> MuteChanged Mira muted=true by Ana
    -> MuteChanged Kofi muted=true by Ana
    = live | stage: Mira(host muted) Ana(cohost open) Kofi(speaker muted)
at 10  Ana: MuteAll
    -> nothing
at 11  Kofi: SetMuted muted=false
    -> MuteChanged Kofi muted=false by Kofi
# Down in the audience there is no microphone.
at 12  Mira: MoveToAudience Kofi
    -> SteppedDown Kofi by Mira
at 13  Kofi: SetMuted muted=false
    -> refused forbidden "only somebody on stage may do that"
at 13  Mira: Mute Kofi
    -> refused not_now "they are not on stage"
at 13  Mira: MoveToAudience Kofi
    -> refused not_now "they are not on stage"
    = live | stage: Mira(host muted) Ana(cohost open) | audience: Kofi
