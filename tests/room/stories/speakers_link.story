# A tool with a speaker's link has no button: it arrives open. What the host closes stays closed.
at 0   Mira: StartSpace
    -> SpaceStarted title="A Space with Mira" access="open" record=false
at 1   Obs: Join name="Studio" role="speaker"
    -> Joined Obs name="Studio" role="speaker"
    = live | stage: Mira(host muted) Obs(speaker muted)
at 2   Obs: ReportUplink unmuted=true
    -> UplinkOpened Obs
    -> MuteChanged Obs muted=false by box
    = live | stage: Mira(host muted) Obs(speaker open)
# It comes back as it was left.
at 3   Obs: ReportUplink unmuted=true
    -> UplinkOpened Obs
at 4   Mira: Mute Obs
    -> MuteChanged Obs muted=true by Mira
at 5   Obs: ReportUplink unmuted=true
    -> UplinkOpened Obs
    = live | stage: Mira(host muted) Obs(speaker muted)
# Not by going and coming either.
at 6   Obs: StepDown
    -> SteppedDown Obs by Obs
at 7   Obs: Join role="speaker"
    -> SteppedUp Obs role="speaker" by Obs
at 8   Obs: ReportUplink unmuted=true
    -> UplinkOpened Obs
    = live | stage: Mira(host muted) Obs(speaker muted)
at 9   Obs: SetMuted muted=false
    -> MuteChanged Obs muted=false by Obs
at 10  Obs: ReportUplink unmuted=true
    -> UplinkOpened Obs
    = live | stage: Mira(host muted) Obs(speaker open)
# Muted by itself, it comes back muted too; after going down and up it is open again.
at 11  Obs: SetMuted muted=false
    -> nothing
at 11  Obs: SetMuted muted=true
    -> MuteChanged Obs muted=true by Obs
at 12  Obs: ReportUplink unmuted=true
    -> UplinkOpened Obs
at 13  Obs: StepDown
    -> SteppedDown Obs by Obs
at 14  Obs: Join role="speaker"
    -> SteppedUp Obs role="speaker" by Obs
at 15  Obs: ReportUplink unmuted=true
    -> UplinkOpened Obs
    -> MuteChanged Obs muted=false by box
    = live | stage: Mira(host muted) Obs(speaker open)
# Without an uplink it has a minute like anybody.
at 20  Other: Join role="speaker"
    -> Joined Other name="Guest" role="speaker"
at 80  box: CheckDeadlines
    -> SteppedDown Other by box
    = live | stage: Mira(host muted) Obs(speaker open) | audience: Other
# A seat that nobody knew by name gets one with the stage.
at 81  Anon: Join
    -> Joined Anon role="listener"
at 82  Anon: Join role="speaker"
    -> Named Anon name="Guest 2" role="listener"
    -> SteppedUp Anon role="speaker" by Anon
    = live | stage: Mira(host muted) Obs(speaker open) Anon(speaker muted) | audience: Other
# There is one host.
at 83  Eve: Join name="Eve" role="host"
    -> refused forbidden "the one host sits at the box"
at 84  Other: ReportUplink unmuted=true
    -> nothing
