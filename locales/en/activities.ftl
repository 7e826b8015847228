# Activities

activities-title = Activities coming up
activities-none-then = Nothing is on at that time; this is what is coming up
activities-next = Reply with a number to see more and to join.
activities-none = There is no activity to join at the moment.
activities-none-next = Reply "activities" later to see new ones.
activity-line = { $when }, { $place }, { $free ->
    [one] one place left
   *[other] { $free } places left
}
activity-line-full = { $when }, { $place }, full
activity-line-joined = { $when }, { $place }, you have a place
activity-places = { $free } of { $capacity } left
activity-points = { $points ->
    [one] one point for coming
   *[other] { $points } points for coming
}
activity-ask-join = To take part, press "Confirm".
activity-have-place = You have a place.
activity-joined = You have a place: { $title }
activity-joined-next = I will remind you the evening before and about two hours before.
activity-ask-leave = Do you really want to leave "{ $title }"?
activity-ask-leave-next = Your place then goes to somebody else.
activity-left = You have left: { $title }
activity-left-next = Your place is free for somebody else. See you next time.
my-activities-title = Your activities
my-activities-none = You have not joined an activity yet.
activity-own-coming = { $when }, { $place }, joined
activity-own-past = { $when }, attendance to be confirmed by staff
activity-own-attended = { $when }, attendance confirmed
activity-unknown = This activity was not found.
activity-full = "{ $title }" is full this time.
activity-full-others = "{ $title }" is full. Reply "activities" to see others.
activity-joined-already = You have a place in "{ $title }" already.
activity-not-joined = You have no place in "{ $title }".
activity-begun = "{ $title }" has begun.
activity-cancelled = "{ $title }" has been called off.
activity-overlaps = You have joined "{ $title }" at that time. Please leave it first.
activity-no-such-number = There are only { $count }. Please choose another number.
activity-not-begun = "{ $title }" has not begun; attendance can be confirmed after that.
attendance-title = Attendance of which activity?
attendance-none = There is no attendance to confirm from the last week.
attendance-of = Attendance: { $title }
attendance-next = Press the name of whoever came; each gets { $points } points.
attendance-done = All confirmed; each got { $points } points.
attendance-approved = Attendance confirmed
attendance-waiting = To be confirmed
attendance-approved-already = This attendance has been confirmed already, or the person has left.
attendance-yours = Your attendance of "{ $title }" is confirmed
attendance-credited = You got { $points } points and now have { $balance }.
attendance-thanks = Thank you for coming.
reminder-today = Today { $time }: { $title }
reminder-tomorrow = Tomorrow { $time }: { $title }
reminder-later = Coming up: { $title }
reminder-next = You have a place. If you can't come, please leave early so that somebody else can.
field-when = Time
field-places = Places
field-points = Points
date-and-time = { $weekday } { $day }/{ $month } { $time }
action-more-activities = More activities
action-other-activities = Other activities
action-join = Confirm
action-leave = Leave this activity
action-leave-sure = Yes, leave
action-keep-place = Keep my place
action-approve = { $name } came
intent-approve_attendance = Confirm attendance
