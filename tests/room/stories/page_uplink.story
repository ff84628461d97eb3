# A page always arrives muted, also when it comes back.
at 0   Mira: StartSpace
    -> SpaceStarted title="A Space with Mira" access="open" record=false
at 1   Ana: Join name="Ana"
    -> Joined Ana name="Ana" role="listener"
at 2   Ana: ReportUplink
    -> nothing
at 3   Mira: InviteToStage Ana
    -> InvitedToStage Ana by Mira
at 4   Ana: AcceptInvitation
    -> SteppedUp Ana role="speaker" by Ana
at 5   Ana: ReportUplink
    -> UplinkOpened Ana
at 6   Ana: SetMuted muted=false
    -> MuteChanged Ana muted=false by Ana
at 7   Ana: ReportSpeaking speaking=true talk_s=0.0
    -> Speaking Ana speaking=true talk_s=0.0
    = live | stage: Mira(host muted) Ana(speaker open)
at 9   Ana: ReportUplink
    -> UplinkOpened Ana
    -> Speaking Ana speaking=false talk_s=2.0
    -> MuteChanged Ana muted=true by box
at 9   Ana: ReportSpeaking speaking=true talk_s=2.0
    -> nothing
    = live | stage: Mira(host muted) Ana(speaker muted)
at 10  Ana: SetMuted muted=false
    -> MuteChanged Ana muted=false by Ana
at 11  Ana: ReportSpeaking speaking=true talk_s=2.0
    -> Speaking Ana speaking=true talk_s=2.0
at 12  Ana: ReportSpeaking speaking=true talk_s=3.0
    -> nothing
at 13  Ana: ReportSpeaking speaking=false talk_s=4.0
    -> Speaking Ana speaking=false talk_s=4.0
at 14  Ana: ReportSpeaking speaking=false talk_s=4.0
    -> nothing
at 15  Nobody: ReportSpeaking speaking=true talk_s=1.0
    -> nothing
at 16  Nobody: ReportUplink unmuted=true
    -> nothing
