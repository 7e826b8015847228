### The command centre's lists and forms: titles, columns, what can be done, what to do where there is nothing.

list-people = Residents
list-devices = Devices
group-of-homes = People and homes
group-of-devices = Devices

empty-people = There are no residents here. Search for something else, or bring in the register with "Import".
empty-devices = There are no devices here. Search for something else, or bring in the list of devices with "Import".

col-name = Name
col-phone = Telephone
col-building = Building
col-flat = Flat
col-grid = Grid
col-elder = Elder
col-groups = Care groups
col-group = Care group
col-standing = Registration
col-state = State
col-kind = Kind
col-battery = Battery %
col-last_seen = Last heard
col-source = Source
col-model = Model

act-open = Show
list-yes = Yes
list-no = No
lives-here = lives and is registered here
list-place-wrong = This page no longer follows on. Please open the list anew.
list-filter-wrong = That filter does not fit. Please choose again.

list-undelivered = Undelivered messages
list-unreachable = People out of reach
group-of-delivery = Delivery
empty-undelivered = Everything arrived; there is nothing to send again.
empty-unreachable = Everybody can be reached.
col-since = Since
col-who = Who
col-what = What
col-number = Ticket
col-channel = Channel
col-cause = Reason
col-detail = The channel's word
col-role = Role
col-where = Where
col-left = What happened
act-resend = Send again
act-resend-all = Send all again
sure-resend-all = Send every message of this list again? Of a ticket that has ended, people see how it is now.
list-reply = A reply in the chat
list-left = Has left the chat; please telephone
list-never = Never joined a channel; please telephone
role-worker = Grid worker
role-elder = Elder
role-family = Relative
