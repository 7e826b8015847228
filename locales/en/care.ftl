# Rules, asking first, times away, silence

rule-schedule = The hours are not written right. Please give weekdays (1 to 7) and both times, such as 22:00 to 06:00.
rule-number = The limit must be a number.
rule-span = This kind of rule needs a length of time, at most { $days } days.
rule-times = Please ask for at least 2 times.
rule-life = An alarm of a life cannot be put off, switched off or kept to certain hours. A vital sign may wait for a second reading within 60 seconds; anything else alarms at once.

care-worker-asking = The family is being asked, { $minutes } minutes left (until { $time }). If you are uneasy, go at once.
care-worker-open = No need to wait for the family any longer. Please take it and look after the elder.
care-worker-acked = { $name } has taken it and is on the way.
care-worker-arrived = { $name } is at the door.
care-worker-safe = The family knows that the elder is safe; nobody has to go. Without a sign of life within 4 hours you will hear again.
care-worker-resolved = { $name } has dealt with it. Without a sign of life within 4 hours you will hear again.
care-worker-closed = This ticket is closed; the elder is safe.
care-elder-asking = We have not seen anything from your home for a while. Are you well? If so, press "I am safe"; if you need somebody, press "I need help". Without an answer by { $time } the grid worker will come by.
care-elder-open = The grid worker will come by. If you are well, press "I am safe".
care-elder-acked = { $name } is on the way to you.
care-elder-arrived = { $name } is at your door.
care-elder-safe = Good to know that you are safe.
care-elder-resolved = { $name } has been to see you.
care-elder-closed = All is well.
care-family-asking = Please telephone your elder. If you reached them, press "Safe", if not, "Not reached". Without an answer by { $time } the grid worker will go there.
care-family-open = The grid worker has been asked to go there. If you reach your elder, please tell us too.
care-family-acked = Grid worker { $name } has taken it and is on the way.
care-family-arrived = Grid worker { $name } is at your elder's door.
care-family-safe = Your elder is known to be safe, so nobody goes there. Without a sign of life within 4 hours we ask again.
care-family-resolved = Grid worker { $name } has dealt with it; we keep watching.
care-family-closed = All is well, your elder is safe.

action-go-now = Go at once
action-safe-yes = Safe
action-safe-no = Not reached
action-safe-self = I am safe
action-safe-help = I need help
action-safe-undo = Take my answer back

safe-ask-how = How do you know that your elder is safe?
safe-ask-how-hint = If you have just spoken, or are together, nobody goes there. If it is a guess, somebody still looks.
safe-how-voice = We just spoke
safe-how-together = They are with me
safe-how-guess = I guess so
safe-said-self = { $time } says they are safe
safe-said-voice = { $time } just spoke with the elder
safe-said-together = { $time } is with the elder
safe-said-guess = { $time } guesses that all is well
safe-said-not_reached = { $time } could not reach the elder
safe-noted-self = Good to know that you are safe.
safe-noted-voice = Noted: you just spoke with your elder. Nobody goes there this time.
safe-noted-together = Noted: your elder is with you. Nobody goes there this time.
safe-noted-guess = Noted. As you are not certain, the grid worker will still go there. If you reach your elder, tell us again.
safe-noted-not_reached = Noted. The grid worker has been asked to go there.
safe-undo-until = A mistake can be taken back until { $time }.
safe-too-late = Ten minutes have passed, so it can't be taken back. If things have changed, please telephone the community.
safe-taken-back = Your answer was taken back.
safe-ask-again = How is your elder now?
safe-nobody-asks = Good to know that all is well.
safe-no-nobody-asks = Nothing waits for your answer. If you can't reach your elder and are worried, reply "human", or dial 110.
somebody-family = A relative

away-who = Who will be away?
away-how-long = For how many days will { $name } be away?
away-how-long-hint = Press one, or say the day, such as "back on the 10th".
away-offer = Will { $name } stay with you for some days? Report it, and nobody asks about unused water or a closed door meanwhile.
away-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
away-day = { $weekday ->
    [1] Mon
    [2] Tue
    [3] Wed
    [4] Thu
    [5] Fri
    [6] Sat
   *[7] Sun
} { $day }/{ $month }
away-confirm = { $name } is away from { $begins } to { $ends }, is that right?
away-confirm-hint = Once confirmed, unused water or a closed door rings nobody. Smoke, gas and calls for help ring as ever.
action-away-confirm = Yes, note it
action-away-drop = Do not note it
away-dropped = Nothing was noted.
away-noted = Noted: { $name } is away until { $ends }.
away-noted-longest = Noted: { $name } is away until { $ends } for now. At most 14 days can be noted at once; you will be asked again then.
away-noted-hint = If they are back early, press "Back" or say so. Any use of water or the door at home ends it by itself, and you hear of it.
away-told-elder = { $who } has reported you away until { $ends }.
away-told-elder-hint = Nobody will disturb you about unused water or a closed door. If you are at home, press "Back".
away-none = Nobody is reported away. To report, just say so, such as "mum is in Nanjing for 3 days".
away-list = Away now
away-line = { $begins } to { $ends }, reported by { $who }
away-ended = Welcome back, { $name }. The report has ended and everything rings again.
away-used = Something was used at { $name }'s home, so the report has ended by itself.
away-used-hint = If nobody is back, please see whether somebody else is in there, and dial 110 if you must. If it was before leaving, press "Report again".
away-back = { $name } was to be back today. Is everybody home?
away-back-longest = { $name } has been reported away for 14 days. If they are not back, please report it again.
away-back-hint = Without a word and a sign of life within 24 hours we ask the family.
action-away-end = Back
action-away-end-of = { $name } is back
action-away-again = Report again
action-away-more = { $count ->
    [one] 1 more day
   *[other] { $count } more days
}
away-nobody = You have neither a home nor an elder linked here, so there is nobody to report away yet.
away-no-home = There is no home on record, so being away can't be reported. Please ask the community to record it.
away-past = That day has passed. Please say again when they will be back.
away-over = This report has already ended.

field-signs = What else the flat says
field-unusual = Unlike other days
sign-list = {"; "}
sign-never = never
sign-silent = { $device } silent (last { $time })
sign-used = { $device } last moved { $time }
sign-unused = { $device } did not move
sign-opened = { $device } last opened or closed { $time }
sign-moved = { $device } last saw somebody { $time }
sign-worn = { $device } worn ({ $time })
sign-unworn = { $device } not worn ({ $time })
sign-pulse = { $device } pulse { $value } ({ $time })
unusual-water_total = By { $usual } water has always been used, today at { $now } not yet
unusual-contact_open = By { $usual } the door has always been opened, today at { $now } not yet


silence-longest = At most { $minutes } minutes.
silence-reason = Please give a reason.
silence-live = This device has a silence or a test already; please end that first.
silence-two = A silence needs a second person; nobody can agree to their own.
silence-over = This silence has begun or ended already.
silence-no-device = This device was not found.

away-remedy = If { $name } will be away for some days, report it here and spare the next false alarm.
remedy-faulty = The device is on the repair list. Until then please keep an eye on this elder.

silence-ask-place = Where is the device to be silenced?
silence-ask-device = Which one? It alone is silenced; all others ring as ever.
silence-ask-minutes = For how long?
silence-ask-reason = Why? You can also write it in your own words.
silence-why-dust = Dust of building work
silence-why-cooking = Cooking
silence-why-repair = Repair of the device
silence-cancelled = Left; no device was silenced.
silence-asked = Asked for: { $device } silent for { $minutes } minutes.
silence-asked-hint = It begins when a second person agrees. Asked: { $names }. Until then it rings as ever.
silence-asked-nobody = It begins when a second person agrees, and there is nobody to ask now: please telephone the team lead. Until then it rings as ever.
silence-request = { $who } wants { $device } silent for { $minutes } minutes. Do you agree?
silence-request-hint = While it is silent its alarms reach nobody, so please make sure that somebody watches there. All other devices ring as ever.
silence-begun = { $device } is silent until { $until }.
silence-begun-test = { $device } is being tested until { $until }.
silence-begun-hint = Until then its alarms reach nobody, so somebody should watch there. If it still alarms at the end, everyone hears at once.
silence-agreed = { $who } agreed: { $device } is silent until { $until }.
silence-ended = The silence of { $device } ends; it rings again.
silence-refused = { $who } did not agree to silence { $device }; it rings as ever.
silence-lapsed = The silence of { $device } never began; it rings as ever.
silence-is-over = The silence of { $device } is over; it rings again.
silence-over-rings = The silence of { $device } is over and it still alarms; those on duty were told.
silence-over-nothing = Nothing alarmed while it was silent.
silence-held-rings = Alarmed meanwhile and still does; told
silence-held-over = Alarmed meanwhile and has recovered
intent-silences = Silenced devices
silences-none = No device is silenced or being tested now.
silences-how = To silence a device write "silence 3幢2单元501 smoke 1 hour, dust"; to try one out write "test mode".
silences-title = Silenced or being tested: { $count }
silences-waiting = { $who } asks for { $minutes } minutes, nobody has agreed yet; it rings as ever
silences-test = tested by { $who } until { $until }{ $held ->
    [0] {""}
   *[other] ; kinds of alarm meanwhile: { $held }
}
silences-line = asked by { $who }, agreed by { $second }, until { $until }{ $held ->
    [0] {""}
   *[other] ; kinds of alarm meanwhile: { $held }
}
action-silence-agree = Agree
action-silence-agree-to = Agree: { $device }
action-silence-refuse = Do not agree
action-silence-withdraw = Withdraw
action-silence-end = End it now
action-silence-end-of = End: { $device }

proposal-title = Proposed for { $device }: { $what }
proposal-hint = It was a false alarm. Once accepted it counts for this flat alone (of a wristband for its wearer), and after { $days } days the old limit returns by itself.
field-limit-now = Limit now
field-limit-proposed = Proposed
limit-span = { $hours } hours
limit-heart_rate = { $value } a minute
limit-spo2 = { $value } %
limit-systolic = { $value } mmHg
limit-diastolic = { $value } mmHg
limit-temperature = { $value } °C
limit-water_total = { $value } m³
action-proposal-accept = Accept for 90 days
action-proposal-decline = Leave it
proposal-sent = The command centre was asked whether to adjust the limit.
proposal-sent-hint = Now { $was }, proposed { $now }. Until they accept nothing changes.
proposal-accepted = The limit of { $device } is { $limit } now; after { $days } days the old one returns by itself.
proposal-declined = The limit of { $device } stays.
proposals-none = No proposed limit waits.
proposal-over = Somebody has decided about this proposal, or the rule is another by now.

limit-confirm = { $whose }: { $what }. Change the limit to this?
limit-confirm-hint = It changes when people are asked, never the critical value. All is judged anew at once.
field-limit-new = New
limit-own = { $limit } (the person's or the vendor's own)
limit-common = { $limit } (the community's)
action-limit-put = Yes, change it
limit-put = The limit for { $whose } is changed.
limit-who = Nobody was found, or several. Please write the whole name or the door, for example: limit 3幢2单元501 heart rate above 110, doctor's advice.
limit-source = Please write the reason at the end, such as a doctor's advice or the page of the vendor's manual.
limit-no-rule = There is no such rule, so it can't have a limit of its own.
limit-bounds = The limit must lie between { $least } and { $most }; beyond that a life is in danger.
