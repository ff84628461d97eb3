# The end without wrapping up and without grace; also in the middle of a grace.
at 0   Mira: StartSpace
    -> SpaceStarted title="A Space with Mira" access="open" record=false
at 1   Ana: Join name="Ana"
    -> Joined Ana name="Ana" role="listener"
at 2   Ana: EndSpace now=true
    -> refused forbidden "only the host may do that"
at 3   Mira: SetMuted muted=false
    -> MuteChanged Mira muted=false by Mira
at 4   Mira: EndSpace now=true
    -> MuteChanged Mira muted=true by Mira
    -> SpaceEnded grace_s=0.0
    -> SpaceClosed
    = idle | stage: Mira(host muted)
at 5   Ana: React emoji="👋"
    -> refused forbidden "you are not in this Space"
at 6   Mira: StartSpace
    -> SpaceStarted title="A Space with Mira" access="open" record=false
at 7   Mira: EndSpace
    -> SpaceEnded grace_s=10.0
at 8   Mira: EndSpace now=true
    -> SpaceClosed
    = idle | stage: Mira(host muted)
at 9   Mira: StartSpace
    -> SpaceStarted title="A Space with Mira" access="open" record=false
at 10  Mira: WrapUp
    -> WrappingUp
at 11  Mira: EndSpace now=true
    -> SpaceEnded grace_s=0.0
    -> SpaceClosed
    = idle | stage: Mira(host muted)
