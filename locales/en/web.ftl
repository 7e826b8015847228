### The words on the web pages: start page, chat, command centre. Whole sentences; placeables only as { $name }.

web-brand = Linling
web-language = 中文
web-unreachable = The server cannot be reached. Please check your network.
web-server-failed = Something went wrong on the server. Please try again in a moment.
web-reconnecting = Reconnecting…

web-role-resident = Resident
web-role-family = Family
web-role-elder = Elder
web-role-worker = Grid worker
web-role-merchant = Merchant
web-role-operator = Command centre

## Start page

web-start-page = Linling: the community's alarm bell and chat assistant
web-start-what = When a device in an elder's home or in a public place reports trouble, Linling brings a card to the responsible grid worker at once, and the family and the command centre know at the same moment. Residents, families, grid workers and merchants do everything in a chat, with no further app to install.
web-start-enter = Come in here
web-start-try = Step into somebody's shoes
web-start-try-how = Each card opens a new tab; you can keep several open side by side.
web-start-chat = Open the chat
web-start-console = Open the command centre
web-start-resident = Ask where shoes are mended or medicine is sold and what is on this week; collect points and spend them in the shops.
web-start-family = When an elder's device raises an alarm you know at once, and you see who is handling it.
web-start-elder = Large type and short sentences, answers by number; told that the grid worker is on the way.
web-start-worker = Receive alarm cards; accept, arrive and resolve, all in the chat.
web-start-merchant = Residents come with points: enter the six-digit code or scan the QR code, check it, and confirm with one tap.
web-start-operator = See the map and the live figures of the community, dispatch alarms to grid workers.
web-start-demo = Demo: follow one alarm from beginning to end
web-start-demo-what = Choose a device and let it send a real message, then watch how it reaches people step by step.
web-start-kind = Which alarm
web-start-kind-smoke = Smoke
web-start-kind-gas = Gas
web-start-kind-sos = Wristband call for help
web-start-device = Which device
web-start-ring-smoke = Let a smoke detector ring
web-start-ring-gas = Let a gas detector ring
web-start-ring-sos = Let a wristband call for help
web-start-clear = Let it recover
web-start-no-device = There is no device of this kind here.
web-start-rung = “{ $name }” has rung. Please follow the steps.
web-start-cleared = “{ $name }” is back to normal.
web-start-sent = What the device sent
web-start-steps = What to watch next
web-start-step-open = Open the command centre and the grid worker first, best side by side; open the family too if you want to see their side.
web-start-step-ring = Come back here and let the device ring. Within about a second the dot on the map becomes a red triangle, the grid worker receives an alarm card, and the family is told.
web-start-step-ack = In the grid worker's chat, choose “接单” (accept). The clock in the command centre stops and names who accepted; everybody else's card changes too.
web-start-step-resolve = Choose “处置完成” (resolved) and answer what was found and who was seen. While the device has not recovered, its point is an amber diamond.
web-start-step-clear = Come back here and let the device recover. The ticket closes and the point turns into a blue dot again.
web-start-failed = This did not work: { $reason }

## Chat

web-chat-page = Linling
web-chat-page-unseen = ({ $count }) Alarm from Linling
web-chat-me = { $name } · { $role }
web-chat-large = Large type
web-chat-larger = Larger still
web-chat-log = Conversation
web-chat-newest = New messages, show them
web-chat-field = Your message
web-chat-hint = Say it here…
web-chat-photo = Send a photo
web-chat-place = Send my location
web-chat-send = Send
web-chat-sending = Sending…
web-chat-again = Not sent. Tap here to send it again
web-chat-updated = Updated { $time }
web-chat-folded = { $title } (there is a newer card)
web-chat-my-photo = The photo I sent
web-chat-my-place = My location
web-chat-photo-unreadable = This photo cannot be opened. Please try another one.
web-chat-picture-gone = This picture can't be opened any more.
web-chat-place-unknown = Your location is not available. Please allow it in the phone's settings, or write down the place.
web-chat-hello = Hello, I am Linling. Just tell me what you need; if you are not sure how, send “help”.
web-chat-log-in = Your login has expired. Please open Linling again from the chat you normally use.
web-chat-scanned = Scanned the customer's QR code

## Command centre

web-console-page = Linling command centre
web-console-page-alarms = ({ $count }) Alarm in the Linling command centre
web-console-login = Log in to the command centre
web-console-account = Account
web-console-password = Password
web-console-enter = Log in
web-console-enter-demo = Enter as the demo operator
web-console-log-out = Log out
web-console-on-watch = On watch: { $name }
web-console-logged-out = Your login has expired. Please log in again.
web-console-stale = The data is { $seconds } seconds old. Reconnecting…
web-console-stale-since = The data is from { $time }. Reconnecting…
web-console-sound-blocked = The browser has blocked the sound. Click here to switch it on
web-console-mute = Mute
web-console-muted = Muted until { $time }; click to unmute
web-console-map = Map of the community
web-console-map-said = Map of the community: { $total } devices, { $alarm } in alarm, { $handled } handled but not recovered, { $offline } offline. The alarms are in the list beside it.
web-console-zoom-in = Zoom in
web-console-zoom-out = Zoom out
web-console-whole = Whole community
web-console-all-kinds = All devices
web-console-kinds = Show one kind of device
web-console-legend = Legend
web-console-queue = To be handled
web-console-queue-empty = Nothing needs handling now.
web-console-queue-keys = G: oldest alarm, A: take it; Enter: open, Enter again: dispatch.
web-console-new-alarm = New alarm: { $title }, { $place }
web-console-close = Close
web-console-cluster = Devices here
web-console-cluster-count = { $count } devices
web-console-cluster-building = Look at this building: { $name }

web-figure-population = Population
web-figure-elders = Aged 60+
web-figure-devices = Devices
web-figure-devices-alarm = { $alarm } ▲ · { $offline } off
web-figure-open = Waiting
web-figure-acked = In hand
web-figure-resolved = To recover
web-figure-closed = Closed today
web-figure-ack-median = To accept
web-figure-close-median = To close
web-figure-on-duty = On duty
web-figure-minutes = { $minutes } min
web-figure-seconds = { $seconds } s
web-figure-none = –
web-figure-share = { $percent }% of all
web-figure-median = median

web-kind-door = Door
web-kind-gas = Gas
web-kind-smoke = Smoke
web-kind-wristband = Wristband
web-kind-water = Water meter
web-kind-camera = Camera
web-kind-manhole = Manhole
web-kind-fire = Fire watch
web-kind-lane = Fire lane
web-kind-rubbish = Rubbish
web-kind-parking = Parking
web-kind-street = Street order
web-kind-gateway = Gateway

web-state-normal = Normal
web-state-alarm = Alarm
web-state-handled = Handled, device not recovered
web-state-offline = Offline

web-severity-life = Danger to life
web-severity-care = Care
web-severity-property = Public safety
web-severity-maintenance = Maintenance

web-status-open = Waiting for someone to accept
web-status-acked = Accepted by { $name }
web-status-acked-unnamed = Accepted
web-status-resolved = Handled, device to recover
web-status-closed = Closed

web-ticket-waiting = Waiting { $time }
web-ticket-since = { $time } so far
web-ticket-kind = Device
web-ticket-place = Place
web-ticket-opened = Began
web-ticket-acked = Accepted
web-ticket-escalation = Reminders
web-ticket-escalation-step = Escalated, step { $step }
web-ticket-epoch = Rings
web-ticket-epoch-again = Ring number { $epoch }
web-ticket-photo = Show the photo
web-ticket-timeline = What happened
web-ticket-no-events = Nothing recorded yet.
web-ticket-workers = Dispatch to
web-ticket-workers-none = There is no grid worker to dispatch to.
web-ticket-on-duty = On duty
web-ticket-off-duty = Off duty
web-ticket-worker-open = { $count } in hand
web-ticket-dispatch = Dispatch
web-ticket-dispatched = Dispatched to { $name }; the card is on its way.
web-ticket-gone = This has been closed.
web-ticket-locate = Show on the map

web-theme-to-night = Night
web-theme-to-day = Day

web-search = Find a building, flat, person, device
web-search-hint = Find a building, flat, person, device ( / )
web-search-found = Found
web-search-buildings = Buildings
web-search-flats = Flats
web-search-people = Residents
web-search-devices = Devices
web-search-more = There are more; please write a little more.
web-search-none = Nothing found.

web-queue-all = All
web-queue-statuses = Only one stage
web-queue-more = { $count } less urgent ones are not listed.

web-keys-title = Keys
web-keys-oldest = Select the alarm that has waited longest
web-keys-next = Select the next one
web-keys-before = Select the one before
web-keys-claim = Take the selected one
web-keys-open = Open the selected one; once more dispatches
web-keys-mute = Mute, or let it sound again
web-keys-search = Find a building, flat, person, device
web-keys-close = Close what is open beside the map

web-mute-title = Mute
web-mute-what = Only this page falls silent; it ends by itself and colleagues see it. A life alarm that comes after it began is heard all the same.
web-mute-how-long = For how long
web-mute-minutes = { $minutes } minutes
web-mute-why = Why
web-mute-talking = On the telephone
web-mute-handled = Somebody sees to it already
web-mute-drill = A drill
web-mute-other = Another reason (optional)
web-mute-begin = Mute

web-watch-hand-over = Hand over
web-watch-give = Hand the watch over
web-watch-give-how = Write what the next one must know. Once they have signed, what you have in hand is theirs; till then it is yours.
web-watch-note = What to say
web-watch-give-now = Hand over, wait for the signature
web-watch-waits = Nobody has signed for your watch yet
web-watch-to-sign = { $name } hands over: please read and sign
web-watch-from = Handed over by { $name }, { $time }
web-watch-no-note = No note was left.
web-watch-mine = In their hand
web-watch-sign = Sign, take over
web-watch-muted = { $name } muted till { $time }: { $reason }

web-calls-title = Telephone
web-calls-duty = Telephone on duty
web-calls-minds = { $name }, mind: { $what }
web-calls-noted = That this list was opened is written down. Touching 119, 120 or 110 notes that you dialled it.

web-flat-stair = Stair { $stair }
web-flat-floor = Floor { $floor }
web-flat-people = { $count } people
web-flat-elder = 60+
web-flat-legend = Blue line: let; dashed: vacant; 60+: somebody of 60 or more
web-flat-choose = Choose a flat to see who lives there and its devices.

web-status-sent = { $name } sent, not yet taken
web-ticket-claim = I take it
web-ticket-calls = Telephone
web-ticket-building = See the building
web-ticket-note = Note something
web-ticket-note-keep = Note
web-ticket-close = Close without waiting, with this reason
web-ticket-sent = Sent
web-ticket-reachable = Reachable
web-ticket-unreachable = Not reachable
web-ticket-far = About { $distance } (from where they were at { $time })
web-ticket-far-unknown = Place unknown
web-ticket-metres = { $metres } m
web-ticket-kilometres = { $kilometres } km

web-figure-groups = In need
web-figure-activities = Activities
web-figure-week = next 7 days
web-figure-points = Points
web-figure-points-held = residents

web-building-figures = { $flats } flats, { $elders } people aged 60+, { $grid }
web-building-flats = Flats
web-building-nobody = Nobody registered
web-building-no-flats = No flats are registered in this building yet.
web-building-devices = Shared devices
web-building-open = Open
web-building-open-noted = Shows name and telephone; it is logged, and the person can read of it
web-building-no-phone = no telephone registered
web-building-loading = Opening…

## The demo's three phones

web-start-phones = See how it looks in WeChat, WeChat Work and Telegram: the page below shows three phones, and their cards can be pressed.
web-start-phones-go = Open the three phones
web-phones-page = Linling: three phones
web-phones-title = Three phones
web-phones-what = The phones are simulated, but each message has really passed through Linling. A program on this machine plays the part of the three vendors; nothing is sent to the outside.
web-phones-app-wechat = WeChat
web-phones-app-wecom = WeChat Work
web-phones-app-telegram = Telegram
web-phones-who-wechat = the elder's daughter
web-phones-who-wecom = a grid worker
web-phones-who-telegram = a neighbour in the same building
web-phones-name = { $name } (demo)
web-phones-screen = The chat in { $app }
web-phones-empty = No messages yet. Ring a device on the start page, or say something below.
web-phones-field = What to say in { $app }
web-phones-send = Send
web-phones-place = Send place
web-phones-picture = Send photo
web-phones-join-wechat = Follow
web-phones-leave-wechat = Unfollow
web-phones-away-wechat = No longer following: no messages arrive.
web-phones-join-wecom = Join the app
web-phones-leave-wecom = Leave the app
web-phones-away-wecom = Has left the app: no messages arrive.
web-phones-join-telegram = Start (/start)
web-phones-leave-telegram = Block the bot
web-phones-away-telegram = Has blocked the bot: no messages arrive.
web-phones-sent-place = [place]
web-phones-sent-picture = [photo]
web-phones-sent-contact = [telephone number]
web-phones-edited = updated
web-phones-open = Open the details
web-phones-changed = This card has just changed: please look again.
web-phones-failed = That did not work: please try again.

web-reach-undelivered = { $count } not delivered
web-reach-unreachable = { $count } can’t be reached
web-reach-resting = { $name } rests
web-reach-resting-title = Channels that rest
web-reach-rests = Rests since { $since }, tries again at { $until }
web-reach-title = What did not arrive, and who can’t be reached
web-reach-all-well = Everything has arrived, and everybody can be reached.
web-reach-card = { $what } (ticket { $number }), to { $name }
web-reach-reply = A message in a chat, to { $name }
web-reach-resend = Send again
web-reach-resend-all = Send all again
web-reach-resent = Being sent again: { $count }.
web-reach-ring-up = No message reaches these people now. For what is urgent, ring them up or go there.
web-reach-left = unfollowed, or left the chat
web-reach-never = never joined a chat
web-channel-web = The web chat
web-channel-wechat = WeChat
web-channel-miniprogram = The mini-program
web-channel-wecom = WeChat Work
web-channel-telegram = Telegram

## The map on the worker's phone

web-field-page = My grid
web-field-all = All
web-field-none = There are no points here.
web-field-points = Points, alarms first
web-field-kinds = By kind
web-field-map = Map
web-field-no-key = This link is wrong or has expired. Say "my tickets" in the chat and open it from there.
web-field-stale = The data is not fresh, trying again…
web-field-take = Take it
web-field-taken = Yours. Please go there.
web-field-send = Send somebody
web-field-send-to = Whom to send?
web-field-sent = { $name } is sent.
web-field-people = Contacts and notes
web-field-way = Way there
web-field-close = Close
web-field-since = Alarm at { $time }
web-field-by = Taken by { $name }
web-field-mine = Taken by you
web-field-drill = [Drill]
web-field-aloud = Say when calling
web-field-floor = Floor { $floor }
web-field-minds = Please mind
web-field-calls = Telephone
web-field-no-phone = No number known
web-field-key = Has the key
web-field-dies = This page can be read only while the ticket is live; every look is noted.
web-field-on-duty = On duty
