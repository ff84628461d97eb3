# One request per person, in order of asking; later means the end of the line.
at 0   Mira: StartSpace
    -> SpaceStarted title="A Space with Mira" access="open" record=false
at 1   Ana: Join name="Ana"
    -> Joined Ana name="Ana" role="listener"
at 1   Kofi: Join name="Kofi"
    -> Joined Kofi name="Kofi" role="listener"
at 1   Lena: Join name="Lena"
    -> Joined Lena name="Lena" role="listener"
at 10  Ana: RequestToSpeak reason="first"
    -> SpeakRequested Ana name="Ana" reason="first"
at 11  Kofi: RequestToSpeak
    -> SpeakRequested Kofi name="Kofi"
at 12  Lena: RequestToSpeak
    -> SpeakRequested Lena name="Lena"
    = live | stage: Mira(host muted) | queue: Ana Kofi Lena | audience: Ana Kofi Lena
# Asking again keeps the place and takes the new reason.
at 13  Ana: RequestToSpeak reason="first, and quick"
    -> SpeakRequested Ana name="Ana" reason="first, and quick"
at 13  Ana: RequestToSpeak reason="first, and quick"
    -> nothing
    = live | stage: Mira(host muted) | queue: Ana Kofi Lena | audience: Ana Kofi Lena
at 20  Mira: Defer Ana
    -> RequestDeferred Ana
    = live | stage: Mira(host muted) | queue: Kofi Lena Ana | audience: Ana Kofi Lena
at 21  Mira: Decline Kofi
    -> RequestDeclined Kofi
    = live | stage: Mira(host muted) | queue: Lena Ana | audience: Ana Kofi Lena
# Who was declined may ask again, at the end.
at 22  Kofi: RequestToSpeak
    -> SpeakRequested Kofi name="Kofi"
    = live | stage: Mira(host muted) | queue: Lena Ana Kofi | audience: Ana Kofi Lena
at 23  Mira: Decline Nobody
    -> refused not_now "that request is gone"
at 23  Mira: Defer Nobody
    -> refused not_now "that request is gone"
at 23  Kofi: Decline Ana
    -> refused forbidden "only the host and co-hosts may do that"
at 24  Mira: Decline Mira
    -> refused not_now "that request is gone"
# A closed queue keeps who is in it, and lets them change their reason.
at 30  Mira: SetStage queue_open=false
    -> StageChanged limit=10 queue_open=false
at 31  Ana: WithdrawRequest
    -> RequestWithdrawn Ana
at 32  Ana: RequestToSpeak
    -> refused not_now "the queue is closed"
at 33  Lena: RequestToSpeak reason="still here"
    -> SpeakRequested Lena name="Lena" reason="still here"
at 34  Mira: SetStage queue_open=true
    -> StageChanged limit=10 queue_open=true
at 35  Ana: RequestToSpeak
    -> SpeakRequested Ana name="Ana"
    = live | stage: Mira(host muted) | queue: Lena Kofi Ana | audience: Ana Kofi Lena
at 36  Ana: WithdrawRequest
    -> RequestWithdrawn Ana
at 37  Ana: WithdrawRequest
    -> refused not_now "that request is gone"
at 38  Mira: RequestToSpeak
    -> refused forbidden "only a listener may do that"
at 39  Ana: RequestToSpeak reason="1234567890123456789012345678901234567890123456789012345678901"
    -> refused malformed "a reason has at most 60 characters"
# Who goes is in no queue.
at 40  Lena: Leave
    -> Left Lena
    = live | stage: Mira(host muted) | queue: Kofi | audience: Ana Kofi
