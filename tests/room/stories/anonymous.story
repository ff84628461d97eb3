# Listeners without a name are counted, never shown; everybody may react.
at 0   Mira: StartSpace
    -> SpaceStarted title="A Space with Mira" access="open" record=false
at 1   Anon: Join
    -> Joined Anon role="listener"
at 2   box: ReportListeners listeners=3
    -> ListenersChanged listeners=3
at 3   box: ReportListeners listeners=3
    -> nothing
    = live | stage: Mira(host muted) | audience: +1
at 4   Anon: React emoji="👏"
    -> Reacted Anon emoji="👏"
at 5   Anon: React emoji="👏"
    -> Reacted Anon emoji="👏"
at 6   Mira: React emoji="❤️"
    -> Reacted Mira emoji="❤️"
at 7   Anon: React emoji="🍕"
    -> refused malformed "a reaction is one of 👏 ❤️ 😂 😮 💯 👋"
at 8   Anon: RequestToSpeak
    -> refused not_now "say your name first: the host wants to know who asks"
at 9   Mira: InviteToStage Anon
    -> refused not_now "nobody of that id is here by name"
at 9   Mira: MakeCohost Anon
    -> refused not_now "nobody of that id is here by name"
at 9   Mira: MoveToAudience Anon
    -> refused not_now "nobody of that id is here by name"
at 10  Anon: Join
    -> nothing
at 11  Anon: Leave
    -> Left Anon
    = live | stage: Mira(host muted)
at 12  Anon: React emoji="👏"
    -> refused forbidden "you are not in this Space"
at 13  box: ReportOnAir microphone_lost=false heard=true
    -> OnAirChanged microphone_lost=false heard=true
at 14  box: ReportOnAir microphone_lost=false heard=true
    -> nothing
at 15  box: ReportOnAir microphone_lost=true heard=false
    -> OnAirChanged microphone_lost=true heard=false
