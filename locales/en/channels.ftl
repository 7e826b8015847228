text-answer-by-number = Reply with a number to choose, or 0 for a person.
text-read-on = There is more: reply “more” to read on.

text-telegram-details = Details
text-telegram-unreachable = Telegram can't be reached: check the network and LINLING_TELEGRAM__API_BASE.
text-telegram-wrong-mode = Telegram delivers in another way than LINLING_TELEGRAM__MODE says: restart bot and worker, they register again.
text-telegram-webhook-fails = Telegram can't deliver to LINLING_BASE_URL: check the domain, the certificate and the proxy.
halted-telegram-token = Telegram refuses the bot's token: compare LINLING_TELEGRAM__TOKEN with BotFather, mend it and restart.
halted-telegram-poller = Another program fetches messages with the same bot token: stop it, or use another bot.

text-rest = (Continued)

somebody-worker = the grid worker
somebody-neighbour = a resident
said-elsewhere = (see it on the Linling page)

channel-web = the web chat
channel-wechat = the WeChat service account
channel-miniprogram = the WeChat mini-program
channel-wecom = WeChat Work
channel-telegram = Telegram
channel-halted = { $channel } can’t send messages at the moment

somebody-new = New neighbour
welcome-new = Hello, I am Linling, the assistant of your community.
welcome-next = To find a shop, join an activity or report a problem, just write to me. For a person, reply 0.
action-share-number = Share my telephone number
link-code = Your code: { $code }
link-code-next = Within { $minutes } minutes, send “link { $code }” to Linling from your other chat (WeChat, WeChat Work or Telegram). The code works once; tell it to nobody.
link-code-wrong = This code is wrong or too old. Send “link my account” again in your first chat to get a new one.
link-too-often = Too many wrong codes. Please try again in an hour, or reply 0 for a person.
link-same-account = This is your own account already.
link-not-new = This account is already registered with other details, so it can’t simply be joined. Reply 0 and the community’s staff will help.
link-done = Linked, { $name }.
link-done-next = You can be reached on both now; messages go to the chat you used last.
link-number-foreign = This is not your own number. Please use the button to send yours.
link-number-unknown = This number is not registered with the community yet.
link-number-next = Please register at the community office, or reply 0 for a person.
strange-sticker = I got your sticker, but I can’t tell what it means.
strange-voice = I can’t listen to voice messages yet. Please write to me.
strange-video = I can’t watch videos yet. A photo will do.
strange-file = I can’t open files yet. Please write, or send a photo.
strange-link = I can’t open links yet. Please tell me in words.
strange-other = I can’t read this yet. Please tell me in words.
strange-picture-unreadable = This picture can’t be opened. Please send another one (JPG, PNG or WebP).
strange-picture-too-big = This picture is too big. Please send a smaller one (up to 6 MB).
strange-unheard = I could not make out that voice message. Please say it again or write.
strange-unfetched = What you sent did not arrive. Please send it again.
strange-next = For a person, reply 0.

link-press-button = Please use the button below the chat to share your number.
# WeChat Work
wecom-source = Linling
wecom-line = { $label }: { $value }
wecom-phone = Phone
wecom-link = Link
wecom-choose = Please choose
wecom-submit = That one
wecom-nothing-to-press = Nothing to do
halted-wecom-ip = WeChat Work refuses this server's address: add it to the application's trusted IPs in the admin console.
halted-wecom-secret = WeChat Work does not accept the credentials: check CORP_ID and the application's SECRET.
halted-wecom-agent = The WeChat Work application can't be used: check AGENT_ID and that the application is enabled.
halted-wecom-quota = WeChat Work's calls are used up for now: they are tried again in an hour; use another channel or the telephone for what is urgent.

wechat-tone-danger = 报警
wechat-tone-warning = 处理中
wechat-tone-success = 已办结
wechat-tone-info = 通知
wechat-tone-neutral = 通知
wechat-see-more = Tap for details
wechat-name = 邻铃
wechat-date = { $year }年{ $month }月{ $day }日
wechat-menu-services = Services
wechat-menu-shops = Shops nearby
wechat-menu-shops-says = shops nearby
wechat-menu-activities = Activities
wechat-menu-activities-says = activities
wechat-menu-rewards = Rewards
wechat-menu-rewards-says = rewards
wechat-menu-mine = My home
wechat-menu-home = Home status
wechat-menu-home-says = home status
wechat-menu-points = My points
wechat-menu-points-says = my points
wechat-menu-help = Help
wechat-menu-help-says = help
wechat-menu-person = A person
wechat-menu-person-says = a person

halted-wechat-quota = The WeChat service account has used up today’s API calls. See “接口权限” on mp.weixin.qq.com, where a few resets a month are free; otherwise it works again after midnight.
halted-wechat-address = The WeChat service account refuses this server’s IP address. Add the server’s public IP to the white list under “基本配置” on mp.weixin.qq.com.
halted-wechat-keys = The WeChat service account does not accept the AppID or AppSecret, or may not send messages. Check the settings, and the account’s state on mp.weixin.qq.com.
halted-wechat-silent = The WeChat service account’s interface can’t be reached. Check that the server reaches the internet, and try again in a few minutes.
halted-miniprogram-quota = The WeChat mini-program has used up today’s API calls. See its console for the figures; otherwise it works again after midnight.
halted-miniprogram-address = The WeChat mini-program refuses this server’s IP address. Add the server’s public IP to the white list under “开发设置” in its console.
halted-miniprogram-keys = The WeChat mini-program does not accept the AppID or AppSecret, or has no customer service. Check the settings and the mini-program’s console.
halted-miniprogram-silent = The WeChat mini-program’s interface can’t be reached. Check that the server reaches the internet, and try again in a few minutes.

duty-no-channel = On duty you must be reachable at any time. Link WeChat Work or log in to the web chat first, then say you are on duty.

undelivered-left = The person unfollowed, left, or has no account that works.
undelivered-window = The person has not written for long, so the channel lets us send nothing more, and there is no template to use.
undelivered-unlicensed = WeChat Work has no interface licence for this member.
undelivered-silent = The channel did not answer, however often it was tried.
undelivered-refused = The channel refused this message.
undelivered-fault = A fault of the system kept this message back. Please tell the maintainers the code below.
undelivered-unknown = This message is not your community’s.

menus-off = The WeChat service account is not configured: set LINLING_WECHAT__APPID and the rest, then run this again.
menus-failed = The menu was not pushed ({ $reason }). Run ops doctor to see what is wrong.
menus-done = The menu is pushed, { $count } buttons; phones show it within a day.
link-recognised = We recognise you, { $name }: this WeChat is now linked with your account in the community.
link-instead = Or open one of these instead of typing the code:
link-by = Open with { $channel }
