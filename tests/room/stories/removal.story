# Who was shown out may come again, who was banned may not: by the token, whatever the name.
at 0   Mira: StartSpace
    -> SpaceStarted title="A Space with Mira" access="open" record=false
at 1   Ana: Join name="Ana"
    -> Joined Ana name="Ana" role="listener"
at 1   Kofi: Join name="Kofi"
    -> Joined Kofi name="Kofi" role="listener"
at 1   Anon: Join
    -> Joined Anon role="listener"
at 2   Ana: RequestToSpeak
    -> SpeakRequested Ana name="Ana"
at 3   Mira: Remove Ana
    -> Removed Ana banned=false by Mira
    = live | stage: Mira(host muted) | audience: Kofi +1
at 4   Ana: React emoji="👋"
    -> refused forbidden "you are not in this Space"
at 5   Ana: Join name="Ana"
    -> Joined Ana name="Ana" role="listener"
at 6   Kofi: Remove Ana
    -> refused forbidden "only the host and co-hosts may do that"
at 7   Mira: Remove Ana ban=true
    -> Removed Ana banned=true by Mira
at 8   Ana: Join name="Ana"
    -> refused banned "the host has closed this Space to you"
at 8   Ana: Join name="Bea"
    -> refused banned "the host has closed this Space to you"
at 8   Ana: Join
    -> refused banned "the host has closed this Space to you"
at 8   Ana: Join name="Ana" role="speaker"
    -> refused banned "the host has closed this Space to you"
    = live | stage: Mira(host muted) | audience: Kofi +1
at 9   Mira: Remove Anon ban=true
    -> Removed Anon banned=true by Mira
at 10  Anon: Join
    -> refused banned "the host has closed this Space to you"
at 11  Mira: Remove Nobody
    -> refused not_now "nobody of that id is here"
# A name is nobody's: another may have it.
at 12  Other: Join name="Ana"
    -> Joined Other name="Ana" role="listener"
# The next Space begins with a clean slate.
at 20  Mira: EndSpace now=true
    -> SpaceEnded grace_s=0.0
    -> SpaceClosed
at 21  Mira: StartSpace
    -> SpaceStarted title="A Space with Mira" access="open" record=false
at 22  Ana: Join name="Ana"
    -> Joined Ana name="Ana" role="listener"
    = live | stage: Mira(host muted) | audience: Ana
