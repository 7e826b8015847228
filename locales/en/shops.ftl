# Shops nearby

shops-closed-title = Nearby, all closed now: { $what }
shops-closed-near = All shops nearby are closed now; each line says when one opens
shops-title = Nearby: { $what }
shops-maybe-title = I am not sure I understood. Did you mean { $what }?
shops-name-title = These shops were found
shops-nearby-title = The shops nearest to you
shops-from-home = Counted from your home.
shops-from-sent = Counted from the place you sent.
shops-from-centre = Counted from the middle of the community; send me your place to count from there.
shops-how = { $count ->
    [1] {" "}Reply 1 for details, 0 for a person.
    [2] {" "}Reply 1 or 2 for details, 0 for a person.
   *[other] {" "}Reply 1, 2 or 3 for details, 0 for a person.
}
shops-none = Nothing was found nearby for "{ $what }".
shops-none-at-all = No shops have been registered in this community yet.
shops-none-next = Please ask in other words, for example "shoe repair" or "pharmacy", or look at what is nearby.
shops-no-community = I do not know your community yet. Please ask the community's staff to register you.
shop-gone = This shop is no longer on the list. Please search again.
shop-way = about { $metres } m, about { $minutes } min at a slow walk
shop-way-far = about { $km } km, about { $minutes } min at a slow walk
shop-phone = telephone { $phone }
shop-hours-unknown = opening hours not registered
shop-check-first = Better telephone before you go.
shop-always-open = open day and night
shop-open-until = open now, closes at { $time }
shop-closed = closed now
shop-opens-today = closed now, opens today at { $time }
shop-opens-tomorrow = closed now, opens tomorrow at { $time }
shop-opens-on = closed now, opens on { $day } at { $time }
weekday-0 = Monday
weekday-1 = Tuesday
weekday-2 = Wednesday
weekday-3 = Thursday
weekday-4 = Friday
weekday-5 = Saturday
weekday-6 = Sunday
word-or = {" "}or{" "}
word-comma = {", "}
word-list = {", "}
word-semicolon = {"; "}
field-category = Kind
field-way = Way
field-open = Now
field-hours = Opening hours
field-address = Address
field-phone = Telephone
field-also = Also
action-more = More
action-call = Call
action-call-to = Call { $name }
action-route = The way there
action-route-to = The way to { $name }
action-route-amap = The way on Amap
action-ask-person = Ask a person
action-browse-circle = What is nearby
place-datum-unknown = The datum of this place is unknown. Please send the place again.
find-line = { $asked }: { $shops }
find-shop = { $name } ({ $category }, about { $metres } m)
find-around = nearby
find-nothing = nothing found
action-shop-report = Something is wrong
shop-fault-closed = Closed for good
shop-fault-moved = Moved away
shop-fault-hours = Opening hours are wrong
shop-fault-phone = Telephone is wrong
correct-ask-fault = What is wrong about “{ $name }”?
correct-ask-hours = When does “{ $name }” open and close now?
correct-ask-phone = What is the telephone number of “{ $name }” now?
correct-ask-moved = Where has “{ $name }” moved to?
correct-example-hours = Like this: 8:00-20:00.
correct-example-phone = A landline with its area code, such as 0519-88000000; a mobile number with its 11 digits.
correct-example-moved = Roughly is enough, such as “east gate of the market”; if you do not know, choose the button.
correct-where-unknown = I do not know where
correct-sure-closed = “{ $name }” has closed for good. Is that right?
correct-sure-moved = “{ $name }” has moved away. Is that right?
correct-sure-moved-to = “{ $name }” has moved to “{ $said }”. Is that right?
correct-sure-hours = The opening hours of “{ $name }” are “{ $said }”. Is that right?
correct-sure-phone = The telephone number of “{ $name }” is { $said }. Is that right?
correct-yes = Yes
correct-no = No, leave it
correct-cancelled = All right, nothing was changed.
correct-thanks = Thank you for telling us.
correct-next = { $count ->
    [1] A grid worker will look when passing, put it right and let you know.
   *[other] { $count } neighbours say so by now. A grid worker will look when passing, put it right and let you know.
}
correct-own-done = “{ $name }” now shows what you said, for everybody who looks.
shop-hours-unread = I could not read these opening hours. Please write them like this: 8:00-20:00.
shop-phone-unread = I could not read this telephone number. A landline with its area code, such as 0519-88000000; a mobile number with its 11 digits.
shop-report-title = A resident says of “{ $name }”: { $fault }
shop-report-look = { $count ->
    [1] Please have a look when you pass, then press a button below.
   *[other] { $count } residents say so. Please have a look when you pass, then press a button below.
}
action-shop-true = I looked, it is so
action-shop-untrue = No, leave it
shop-reports-none = There is no shop to check now.
shop-reports-more = { $count ->
    [0] This is the only one to check.
   *[other] { $count } more to check after this one.
}
shop-report-gone = “{ $name }” is off the list.
shop-report-put = “{ $name }” has been put right.
shop-report-kept = Looked at: “{ $name }” stays as it is.
shop-report-over = Somebody has dealt with this report already.
shop-report-too-often = You have reported a lot just now. Please let the grid worker look first and come back in an hour, or reply 0 for a person.
shop-word-short = Please give a word of 2 to { $limit } characters.
shop-category-unknown = There is no such category. Near ones: { $known }.
