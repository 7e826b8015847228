text-answer-by-number = Reply with a number to choose, or 0 for a person.
text-read-on = There is more: reply “more” to read on.

text-telegram-details = Details
text-telegram-unreachable = Telegram can't be reached: check the network and LINLING_TELEGRAM__API_BASE.
text-telegram-wrong-mode = Telegram delivers in another way than LINLING_TELEGRAM__MODE says: restart bot and worker, they register again.
text-telegram-webhook-fails = Telegram can't deliver to LINLING_BASE_URL: check the domain, the certificate and the proxy.
halted-telegram-token = Telegram refuses the bot's token: compare LINLING_TELEGRAM__TOKEN with BotFather, mend it and restart.
halted-telegram-poller = Another program fetches messages with the same bot token: stop it, or use another bot.
