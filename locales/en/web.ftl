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
web-console-mute = Mute for 10 minutes
web-console-muted = Muted until { $time }; click to unmute
web-console-map = Map of the community
web-console-map-said = Map of the community: { $total } devices, { $alarm } in alarm, { $handled } handled but not recovered, { $offline } offline. The alarms are in the list beside it.
web-console-zoom-in = Zoom in
web-console-zoom-out = Zoom out
web-console-whole = Whole community
web-console-find-building = Look at a building
web-console-find-building-hint = Choose a building…
web-console-all-kinds = All devices
web-console-kinds = Show one kind of device
web-console-legend = Legend
web-console-queue = To be handled
web-console-queue-empty = Nothing needs handling now.
web-console-queue-keys = Press G for the oldest alarm, Enter to open it, Enter again to dispatch.
web-console-new-alarm = New alarm: { $title }, { $place }
web-console-close = Close
web-console-cluster = Devices here
web-console-cluster-count = { $count } devices
web-console-cluster-building = Look at this building: { $name }

web-figure-population = Population
web-figure-elders = Aged 60+
web-figure-devices = Devices
web-figure-devices-alarm = { $alarm } in alarm · { $offline } offline
web-figure-open = Waiting
web-figure-acked = In hand
web-figure-resolved = Device to recover
web-figure-closed = Closed today
web-figure-ack-median = Time to accept
web-figure-close-median = Time to close
web-figure-on-duty = Workers on duty
web-figure-minutes = { $minutes } min
web-figure-seconds = { $seconds } s
web-figure-none = None yet
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

web-building-figures = { $flats } flats, { $elders } people aged 60+, { $grid }
web-building-flats = Flats
web-building-nobody = Nobody registered
web-building-no-flats = No flats are registered in this building yet.
web-building-devices = Shared devices
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
