text-answer-by-number = 回复数字选择，回复 0 找人。
text-read-on = 没显示完，回复“更多”接着看。

# 企业微信
wecom-source = 邻铃
wecom-line = { $label }：{ $value }
wecom-phone = 电话
wecom-link = 链接
wecom-choose = 请选一项
wecom-submit = 选好了
wecom-nothing-to-press = 无需操作
halted-wecom-ip = 企业微信不接受这台服务器的地址：请在管理后台这个应用的“企业可信IP”里加上它。
halted-wecom-secret = 企业微信不认这组密钥：请核对企业ID（CORP_ID）和这个应用的 SECRET。
halted-wecom-agent = 企业微信里这个应用用不了：请核对 AGENT_ID，并确认应用已经启用。
halted-wecom-quota = 企业微信今天的调用次数用完了：一小时后自动再试，急事请改用其他渠道或打电话。
