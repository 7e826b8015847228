# Guide: what there is, what you may have meant, what can't be done yet

intent-help = Show the menu
intent-human = Ask a person
intent-emergency = Danger: call for help now
intent-language = Change the language
intent-privacy = My personal data
intent-smalltalk = Say hello
intent-find_shop = Find a shop
intent-browse_circle = Shops nearby
intent-list_activities = Activities
intent-join_activity = Sign up for an activity
intent-leave_activity = Leave an activity
intent-my_activities = My activities
intent-check_in = Check in at an activity
intent-points_balance = My points
intent-points_history = Where my points went
intent-list_rewards = What points can get
intent-redeem = Redeem a reward
intent-report_problem = Report a problem
intent-report_status = What became of my report
intent-elder_status = Devices at home
intent-bind_elder = Link an elder
intent-set_away = I will be away
intent-end_away = I am back
intent-bind_home = Register my address
intent-announcements = Notices
intent-my_tickets = My tickets
intent-resident_lookup = Look up a resident
intent-elder_record = Open a health record
intent-request_device = Apply for a device
intent-register_device = Register a device
intent-device_requests = Waiting list for devices
intent-device_status = Check devices
intent-visit_plan = Visit plan
intent-record_visit = Record a visit
intent-duty_on = I am on duty
intent-duty_off = Go off duty
intent-ticket_ack = Take the ticket
intent-ticket_arrive = I have arrived
intent-ticket_transfer = Pass the ticket on
intent-ticket_help = Ask for backup
intent-ticket_resolve = Finish the ticket
intent-confirm_redemption = Confirm a code
intent-settlement = Statement

unsure-title = I am not sure what you meant. Is it one of these?
unsure-again = I still do not understand. Shall I get a person for you?
unsure-next = Press one or reply with its number. You may also say it in other words.

not-yet-next = For now the community's staff do this: press "Ask a person".
not-yet-check_in = I cannot check you in yet. When you are there, please tell the organiser, who notes it down.
not-yet-report_problem = I cannot take down reports yet.
not-yet-report_status = I cannot look up reports yet.
not-yet-announcements = I cannot show the community's notices yet.
not-yet-visit_plan = I have no visit plan yet.
not-yet-record_visit = I cannot record visits yet; please note it on paper for now.
not-yet-settlement = I cannot show statements yet.

smalltalk-hello = Hello, I am Linling. What can I do for you?
smalltalk-welcome = You are welcome. Ask me any time.
smalltalk-bye = Goodbye, and take care. Ask me any time.

language-name = English
language-which = Which language would you like?
language-set = All right, I will speak English with you from now on.

privacy-title = Your personal data
privacy-kept = What is kept
privacy-kept-text = Your name, telephone, address, and what you did here. All of it is encrypted.
privacy-seen = Who may see it
privacy-seen-text = The worker of your grid and the staff on duty, when a matter needs it. Relatives see only their own elder; shops see only a family name and points.
privacy-asked = To see, change or delete it
privacy-asked-text = Please ask the community's staff: press "Ask a person".

devices-all-normal = All { $total } devices in your care are normal.
devices-not-normal = { $count } of the { $total } devices in your care are not normal.
devices-more = { $count } more are not listed; please look at the command centre's map.

duty-on = You are on duty: { $grids }. When something alarms, I tell you at once.
duty-off = You are off duty: { $grids }.
duty-off-next = Alarms in the rest of this shift go to the backup first. To come back, reply "on duty".
duty-no-shift = The rota has no shift for you now. Please tell the command centre.
duty-tickets-open = You still have { $count } unfinished tickets. Please finish them first, or ask the command centre to send someone.

ticket-help-asked = { $names } have been told and asked to come and help you.
ticket-help-next = In danger, please dial 110, 119 or 120 yourself.
ticket-help-not-yours = Please take the ticket first, then ask for backup.
ticket-help-nobody = There is nobody else to tell now. Please telephone the command centre.
