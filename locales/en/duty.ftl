# Duty, rota, swaps, hand-over

duty-post-worker = worker on duty
duty-post-backup = backup
duty-post-lead = team lead
duty-span = { $day } { $weekday } { $begins } to { $ends }
duty-span-night = { $day } { $weekday } { $begins } to { $ends } the next day
duty-span-days = { $day } { $weekday } { $begins } to { $last } { $ends }
duty-field-shift = Shift
duty-begins = Your shift begins soon: { $grid }, { $post }
duty-begins-next = Please tap "I am on duty" within 15 minutes of its start; until then alarms go to the backup. If you cannot come, swap it or tell the command centre.
duty-missed = You have not said that you are on duty: { $grid }
duty-missed-next = Alarms go to the backup now. Tap it when you are there, and you count at once.
duty-missed-by = { $name } did not come on duty: { $grid }
duty-missed-by-next = Until they do, alarms of this grid go to backup and team lead. The command centre can set somebody else in the rota.
duty-mine = { $count ->
    [one] You have one shift to come
   *[other] You have { $count } shifts to come
}
duty-mine-none = You have no shift in the next two weeks.
duty-calendar = Linling duty
duty-entry = { $grid }, { $post }
action-calendar = Add to my calendar

relief-title = { $name } is going home; { $count } tickets are for you to take over
relief-next = With "Take all" they are yours, and the families see who comes now. If nobody takes them within 15 minutes, everybody is told again.
action-relief = Take all
relief-given = Your shift is over and you still have { $count } tickets
relief-asked = { $names } was asked to take over. Until then they are yours; tap "Done" for what you finish.
relief-asked-nobody = Nobody else can take over now. They are still yours; tap "Done" for what you finish. After 15 minutes everybody is told again.
relief-taken = You have all { $count } now. Please look at the cards above.
relief-empty = Nothing is left to take over: it is all done.
relief-is-over = Somebody has taken these over already, or everybody was told again.

intent-swap_shift = Swap a shift
intent-my_shifts = My shifts
swap-ask-shift = Which shift?
swap-ask-whom = Whom shall I ask to take it?
swap-none = You have no shift to come that could be swapped.
swap-nobody = No colleague is free for this shift. Please tell the command centre.
swap-sent = I have asked { $name }.
swap-sent-next = Until they agree the shift is yours.
swap-cancelled = All right, nothing is swapped; the shift is yours.
swap-asked = { $name } asks whether you could take this shift.
action-swap-yes = I take it
action-swap-no = I cannot
swap-yours = All right, the shift is yours. You will be reminded before it begins.
swap-kept = All right, I have told { $name } that you cannot.
swap-taken = { $name } takes this shift of { $giver }.
swap-refused = { $name } cannot take this shift of { $giver }; nothing has changed.
swap-not-yours = This shift is not yours or has begun, so it cannot be swapped.
swap-asked-already = Another colleague is being asked for this shift; please wait for the answer.
swap-is-over = This question has been answered already, or the shift has begun.
swap-not-free = This colleague has a shift at that time, or that day off.

rota-days = Please choose one or more days from Monday to Sunday.
rota-unknown = There is no such entry in the rota.
shift-span = The time must end in the future and last { $hours } hours at most.
shift-there-already = This person already has a shift in this grid that begins at that time.
office-hours = These hours cannot be read; write them like 08:30, and days as 1 to 7.
office-phone = This number cannot be read; write it like 0519-88000000.
