text-answer-by-number = 回复数字选择，回复 0 找人。
text-read-on = 没显示完，回复“更多”接着看。

somebody-worker = 网格员
somebody-neighbour = 一位居民
said-elsewhere = （内容请在邻铃网页里看）

channel-web = 网页聊天
channel-wechat = 微信服务号
channel-miniprogram = 微信小程序
channel-wecom = 企业微信
channel-telegram = Telegram
channel-halted = { $channel }暂时发不出消息
