text-answer-by-number = Reply with a number to choose, or 0 for a person.
text-read-on = There is more: reply “more” to read on.

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
