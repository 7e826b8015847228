text-answer-by-number = 回复数字选择，回复 0 找人。
text-read-on = 没显示完，回复“更多”接着看。

text-telegram-details = 详情
text-telegram-unreachable = 连不上 Telegram：检查网络和 LINLING_TELEGRAM__API_BASE。
text-telegram-wrong-mode = Telegram 那边的接收方式和 LINLING_TELEGRAM__MODE 不一致：重启 bot 和 worker，它们会重新登记。
text-telegram-webhook-fails = Telegram 推送不到 LINLING_BASE_URL：检查域名、证书和反向代理。
halted-telegram-token = Telegram 不认这个机器人令牌：到 BotFather 核对 LINLING_TELEGRAM__TOKEN，改好后重启。
halted-telegram-poller = 有另一个程序在用同一个机器人令牌收消息：停掉它，或换一个机器人。
