# Nobody is put on stage; they are asked.
at 0   Mira: StartSpace
    -> SpaceStarted title="A Space with Mira" access="open" record=false
at 1   Ana: Join name="Ana"
    -> Joined Ana name="Ana" role="listener"
at 1   Kofi: Join name="Kofi"
    -> Joined Kofi name="Kofi" role="listener"
at 1   Anon: Join
    -> Joined Anon role="listener"
at 2   Mira: InviteToStage Ana
    -> InvitedToStage Ana by Mira
    = live | stage: Mira(host muted) | audience: Ana(invited) Kofi +1
at 3   Mira: InviteToStage Ana
    -> nothing
at 4   Ana: DeclineInvitation
    -> InvitationDeclined Ana
    = live | stage: Mira(host muted) | audience: Ana Kofi +1
at 5   Ana: AcceptInvitation
    -> refused not_now "there is no invitation"
at 5   Ana: DeclineInvitation
    -> refused not_now "there is no invitation"
at 6   Mira: InviteToStage Ana
    -> InvitedToStage Ana by Mira
at 7   Ana: AcceptInvitation
    -> SteppedUp Ana role="speaker" by Ana
    = live | stage: Mira(host muted) Ana(speaker muted) | audience: Kofi +1
at 8   Mira: InviteToStage Ana
    -> refused not_now "they are on stage already"
at 8   Mira: InviteToStage Mira
    -> refused not_now "they are on stage already"
at 8   Mira: InviteToStage Anon
    -> refused not_now "nobody of that id is here by name"
at 8   Mira: InviteToStage Nobody
    -> refused not_now "nobody of that id is here by name"
at 8   Ana: InviteToStage Kofi
    -> refused forbidden "only the host and co-hosts may do that"
at 8   Kofi: AcceptInvitation
    -> refused not_now "there is no invitation"
# Who goes up by asking is invited no longer.
at 9   Kofi: RequestToSpeak
    -> SpeakRequested Kofi name="Kofi"
at 9   Mira: InviteToStage Kofi
    -> InvitedToStage Kofi by Mira
at 10  Mira: Approve Kofi
    -> SteppedUp Kofi role="speaker" by Mira
at 11  Mira: MoveToAudience Kofi
    -> SteppedDown Kofi by Mira
at 12  Kofi: AcceptInvitation
    -> refused not_now "there is no invitation"
    = live | stage: Mira(host muted) Ana(speaker muted) | audience: Kofi +1
