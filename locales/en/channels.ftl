text-answer-by-number = Reply with a number to choose, or 0 for a person.
text-read-on = There is more: reply “more” to read on.

somebody-worker = the grid worker
somebody-neighbour = a resident
said-elsewhere = (see it on the Linling page)

channel-web = the web chat
channel-wechat = the WeChat service account
channel-miniprogram = the WeChat mini-program
channel-wecom = WeChat Work
channel-telegram = Telegram
channel-halted = { $channel } can’t send messages at the moment
