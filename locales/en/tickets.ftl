# Tickets and alarm cards

what-smoke = Smoke alarm
what-gas = Gas leak alarm
what-carbon_monoxide = Carbon monoxide alarm
what-sos = Call for help
what-fall = Fall alarm
what-fire_point = Fire point alarm
what-water_leak = Water leak
what-manhole_open = Manhole open
what-manhole_tilted = Manhole cover out of place
what-manhole_leaning = Manhole cover tilted
what-manhole_flooded = Water in the manhole
what-manhole_level = Water high in the manhole
what-lane_blocked = Fire lane blocked
what-rubbish_overflow = Rubbish overflowing
what-parking_disorder = Vehicles parked in the way
what-street_disorder = Street obstructed
what-unregistered = Alarm from an unregistered device
what-unreadable = Unreadable message from a device

ticket-title = { $what }: { $place }
ticket-worker-open = Please take it now and go there.
ticket-worker-open-gas = Knock. Do not ring the bell, switch on a light or use a telephone inside. Please take it now and go there.
ticket-worker-open-place = Please take it and deal with it on the spot.
ticket-worker-open-manhole = Please take it now, keep people and cars away, put up warning signs, then call the owner of the manhole.
ticket-worker-open-fire_point = Please take it now and look. If you see flames, get people out and dial 119.
ticket-worker-again = The device alarmed again, so the earlier result no longer counts. Please take it again and go there.
ticket-worker-acked = { $name } has taken it and is on the way.
ticket-worker-arrived = { $name } is at the door.
ticket-worker-resolved = { $name } has dealt with it. The device is not back to normal yet.
ticket-worker-closed = Dealt with, and the device is back to normal.

ticket-elder-open = The alarm in your home went off. Please go to a safe place; the grid worker has been told.
ticket-elder-open-gas = The gas alarm in your home went off. Close the valve, open the windows and go outside now. Touch no light switch and use no telephone inside.
ticket-elder-acked = { $name } is on the way. Please wait in a safe place.
ticket-elder-arrived = { $name } is at your door.
ticket-elder-resolved = { $name } has dealt with it. The alarm is not back to normal yet; we keep watching.
ticket-elder-closed = All is well. The alarm is back to normal.

ticket-family-open = The alarm at your elder's home went off. The grid worker on duty has been told. Please telephone your elder first.
ticket-family-open-gas = The gas alarm at your elder's home went off. The grid worker on duty has been told. Ask your elder to go outside before using a telephone or a light switch.
ticket-family-nobody-yet = Nobody has taken it yet. Please dial { $number } yourself and reach your elder or a neighbour.
ticket-family-acked = Grid worker { $name } has taken it and is on the way.
ticket-family-arrived = Grid worker { $name } is at your elder's door.
ticket-family-resolved = Grid worker { $name } has dealt with it. The device is not back to normal yet; we keep watching.
ticket-family-closed = Dealt with, and the device is back to normal.

field-place = Place
field-time = Time of alarm
field-late = Came late
late-minutes = { $minutes } minutes; things may have changed since
field-number = Ticket
field-grid = Grid
field-sent = Sent
field-worker = Taken by
field-device = Device
field-device-alarming = Still alarming
field-device-recovered = Back to normal

action-ack = Take it
action-arrive = I am there
action-resolve = Done
action-dial = Dial { $number }
action-skip = Skip
action-finish = Finish

ticket-taken = { $who } took this ticket at { $time }.
ticket-yours-already = You have this ticket already.
ticket-is-over = This ticket has been dealt with.
ticket-ack-first = Please take the ticket first.
ticket-unknown = This ticket was not found.
ticket-none-for-words = There is no ticket for which this can be done now. Reply "my tickets" to see.
ticket-several-for-words = You have { $count } such tickets. Press the button on the card, or reply "my tickets" and choose.
worker-not-of-grid = This worker does not work in this grid. Please choose another.

my-tickets-title = { $count ->
    [one] You have one ticket
   *[other] You have { $count } tickets
}
my-tickets-none = There is nothing to do right now.
status-open = To be taken
status-acked = In progress
status-resolved = Dealt with, waiting for the device
status-closed = Closed

resolve-ask-found = What did you find?
resolve-ask-seen = How do you know that the person is safe?
resolve-ask-note = Would you like to add a note or a photo?
flow-how-to-answer = Press a button or reply with its number. Reply "cancel" to leave.
flow-choose-one = Please choose one below: press a button or reply with its number.
flow-cancelled = You have left; the ticket is unchanged.
flow-step-is-past = This step is over. Please look at the newest card.
nothing-to-cancel = Nothing is under way.
note-too-long = Please keep the note within { $limit } characters.
found-real_handled = Real danger, dealt with
found-false_alarm = False alarm (cooking, dust, touched by accident)
found-faulty_device = Faulty device
found-test = Test
seen-in_person = Saw the person
seen-by_voice = Spoke with the person
seen-by_family = The family confirmed
seen-not_found = Neither seen nor reached
resolve-wait-device = Noted. The ticket closes when the device is back to normal; if it is not within { $wait } you will hear again.
wait-minutes = { $count } minutes
wait-hours = { $count } hours
resolve-closed = Done, and the ticket is closed. Thank you.
resolve-not-found = Noted. The person has not been found, so those on duty have been told again. Keep trying the elder and the family, and dial 110 if you must.

event-opened = Alarm
event-alarm_again = The device alarmed again
event-reopened = Red again, everyone told again
event-told = { $who } was told
event-unreachable = { $who } cannot be reached: no chat is linked
event-escalated = Nobody took it, more people told
event-dispatched = Sent by { $who }
event-acked = Taken by { $who }
event-arrived = { $who } is at the door
event-not_found = { $who } went there and found nobody
event-resolved = Dealt with by { $who }:
event-recovered = The device is back to normal
event-closed = Closed
event-note = Note: { $note }
somebody = the system
